"""From a tensor to the mistake behind it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lib.deploy import BadInput, Contract
from lib.deploy.stages import decode, preprocessing
from lib.diagnosis import Observed, diagnose
from lib.diagnosis.candidates import ANOTHER_NORMALISATION, ANOTHER_SIZE, Candidate, pairs, singles
from lib.diagnosis.finding import NEAR, RankedCandidate, ranked, stage_of, tied
from lib.mistakes import CATALOGUE
from tests.diagnosis.toy import CONTRACT, DATA, NORMALISE, PHOTO, PIXELS, RIGHT, found


@pytest.mark.parametrize(
    "tensor",
    [
        NORMALISE(RIGHT),
        NORMALISE(RIGHT)[0],
        NORMALISE(RIGHT)[0].transpose(1, 2, 0),
        NORMALISE(RIGHT).astype(np.float64),
        NORMALISE(RIGHT).astype(np.float16),
        RIGHT,
        RIGHT[None],
        RIGHT.transpose(2, 0, 1).astype(np.int64),
    ],
    ids=["NCHW", "CHW", "HWC", "double", "half", "levels", "NHWC levels", "CHW levels"],
)
def test_the_references_own_input_is_healthy_in_every_layout_and_type(tensor):
    finding = found(tensor)
    assert finding.healthy
    assert finding.names == ()
    assert finding.stage == ""


@pytest.mark.parametrize("name", ["re-encoded JPEG", "squash", "OpenCV linear", "BGR", "ImageNet's mean and std"])
def test_one_mistake_is_named_with_its_stage(name):
    contract = Contract(64, "shorter-side", "bilinear", (0.5,) * 3, (0.25,) * 3)
    resize, normalise = preprocessing(contract)
    mistake = CATALOGUE[name]
    stage = mistake.make(contract)
    image = stage(DATA) if mistake.stage == "decode" else decode(DATA)
    image = stage(image) if mistake.stage == "resize" else resize(image)
    finding = diagnose(DATA, stage(image) if mistake.stage == "normalise" else normalise(image), contract)
    assert finding.names == (name,)
    assert finding.stage == mistake.stage
    assert finding.explained == 1
    assert not finding.healthy


def test_two_mistakes_at_once_are_named():
    assert found(cv2.resize(PIXELS, (96, 64))[:, :, ::-1]).names == ("OpenCV linear", "BGR")
    assert found(NORMALISE(cv2.resize(PIXELS, (64, 64)))).names == ("squash", "OpenCV linear")
    halves = (cv2.resize(PIXELS, (96, 64), interpolation=cv2.INTER_AREA) / 255 - 0.5) / 0.5
    assert found(halves.astype(np.float32)).names == ("OpenCV area", "mean and std of 0.5")


def test_what_the_catalogue_lacks_is_described():
    assert found(NORMALISE(RIGHT) - np.float32(0.1 / 0.229)).names == (ANOTHER_NORMALISATION,)
    assert found(NORMALISE(cv2.resize(PIXELS, (80, 80)))).names == (ANOTHER_SIZE, "OpenCV linear")


def test_a_tensor_of_something_else_is_not_explained():
    finding = found(np.random.default_rng(0).normal(size=(3, 64, 96)).astype(np.float32))
    assert finding.names == ()
    assert finding.ties == []
    assert not finding.healthy


def test_mistakes_that_are_one_on_this_photo_are_said_together():
    assert found(NORMALISE(PHOTO.resize((96, 64), 0))).ties == [("Pillow nearest",), ("OpenCV nearest-exact",)]


def test_a_finding_names_the_nearest_few():
    finding = found(NORMALISE(cv2.resize(PIXELS, (96, 64))))
    assert len(finding.nearest) == NEAR
    distances = [each.distance for each in finding.nearest]
    assert distances == sorted(distances)
    assert finding.nearest[0].label == "OpenCV linear"


def test_a_photo_that_cannot_be_decoded_is_refused():
    with pytest.raises(BadInput):
        diagnose(b"no photo", RIGHT, CONTRACT)


def test_every_name_has_a_stage():
    assert all(stage_of(name) == mistake.stage for name, mistake in CATALOGUE.items())
    assert stage_of(ANOTHER_NORMALISATION) == "normalise"
    assert stage_of(ANOTHER_SIZE) == "resize"


def test_ranking_puts_the_nearest_first_and_of_equals_the_simplest():
    observed = Observed.of(NORMALISE(RIGHT))
    ordered = ranked(observed.values, singles(DATA, CONTRACT, levels=False), levels=False)
    assert ordered[0].names == ()
    assert ordered[0].distance == 0
    keys = [(each.distance, len(each.names)) for each in ordered]
    assert keys == sorted(keys)


def test_of_hundreds_of_candidates_only_those_that_may_tie_are_held():
    observed = Observed.of(NORMALISE(cv2.resize(PIXELS, (96, 64))[:, :, ::-1]))
    ordered = ranked(observed.values, pairs(DATA, CONTRACT, levels=False, size=observed.size), levels=False)
    assert len(ordered) > 300
    assert sum(each.values is not None for each in ordered) < 30
    assert ordered[0].values is not None
    assert tied(ordered)[0] == ("OpenCV linear", "BGR")


def test_tensors_that_differ_by_rounding_alone_tie():
    observed = np.full((3, 2, 2), 0.25, np.float32)
    tensors = {"a": 0.0, "b": -5e-6, "c": -5e-5}
    candidates = [Candidate((name,), RIGHT, np.full_like(observed, value)) for name, value in tensors.items()]
    ordered = ranked(observed, candidates, levels=False)
    assert [each.names for each in ordered] == [("a",), ("b",), ("c",)]
    assert tied(ordered) == [("a",), ("b",)]


def test_names_that_only_add_to_another_are_left_out_of_a_tie():
    values = np.zeros((3, 2, 2), np.float32)
    near = [RankedCandidate(names, 0.0, values) for names in (("a",), ("b", "c"), ("a", "d"))]
    far = RankedCandidate(("e",), 1.0, values + 1)
    assert tied([*near, far]) == [("a",), ("b", "c")]
    slightly = RankedCandidate(("e",), 0.0, values + np.float32(1e-4))
    assert tied([near[0], slightly]) == [("a",)]
