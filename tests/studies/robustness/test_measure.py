"""Probes through both pipelines."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageOps

from lib.deploy import BadInput
from lib.inputs.deployment import Over
from lib.probes import Probe, properties
from lib.studies.robustness import measure
from lib.studies.robustness.measure import compared, domain
from tests.conftest import encoded, picture
from tests.few import changed

GREY = Probe("grey", encoded(picture(60, 40).convert("L")))
RGB = Probe("colour", encoded(picture(60, 40)))
DEEP = Probe("deep", encoded(Image.fromarray(np.full((40, 60), 4000, np.uint16))), np.full((40, 60, 3), 15, np.uint8))


@pytest.fixture
def held(two, rules):
    """What comes of a probe where stages of the deployment are replaced."""

    def compare(probe: Probe, **stages) -> measure.Held | measure.Unfit:
        other = changed(two, two.photos.readable, deployment=replace(two.deployment, **stages))
        return compared(probe, other, domain(two.subject), rules.tolerances)

    return compare


def refuse(_):
    raise BadInput("deployment 'x': stage decode raised ValueError: no")


def test_the_deployment_passes_every_probe_and_all_properties_are_covered(study, two):
    assert len(study.fit) > 100
    assert study.refused == study.as_loaded == study.invented == study.uncovered == []
    assert {each.first for each in study.held} == {""}
    assert [len(study.off(stage)) for stage in measure.BEFORE_NETWORK] == [0, 0, 0]
    assert len(study.covered) > len(properties.PROPERTIES)  # those of drawn files beside
    assert study.drawn > 150
    assert (study.needed.at_start, study.needed.in_some_calls) == ((), ())
    assert study.resized > 90
    assert study.photos_resized == len(two.photos.readable)


def test_the_users_photos_count_for_coverage(study):
    photos = {each.property: each.photos for each in study.covered}
    assert photos["file format JPEG"] == photos["file format PNG"] == 1
    assert photos["CMYK"] == 0


def test_a_probe_is_held_to_the_stage_at_which_it_first_differs(held):
    assert held(RGB).first == ""
    darker = held(RGB, decode=lambda data: np.asarray(Image.open(io.BytesIO(data))) // 2)
    assert darker.first == "decode"
    assert np.array_equal(darker.sides.deployment, darker.sides.reference // 2)
    shifted = held(RGB, resize=lambda picture: np.zeros((224, 336, 3), np.uint8))
    assert (shifted.first, shifted.differences[0].largest) == ("resize", 0)
    off = held(RGB, normalise=lambda picture: np.zeros((1, 3, 224, 336), np.float32))
    assert (off.first, off.sides) == ("normalise", None)


def test_what_the_deployment_refuses_is_told_from_what_it_gets_wrong(held):
    refused = held(RGB, decode=refuse)
    assert refused.first == ""
    assert "ValueError" in refused.refused


def test_a_file_without_a_right_answer_has_to_be_refused(held):
    refused = held(DEEP)
    assert "deeper than 8 bits" in refused.refused
    assert (refused.as_loaded, refused.ended) == (False, "")


def test_answering_it_as_pytorchs_loader_does_is_told_from_any_other_answer(held):
    plain = held(DEEP, decode=lambda data: ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    assert (plain.refused, plain.as_loaded) == ("", True)
    assert plain.off == 255 - 15  # white, where the file shows a dark grey
    high = held(DEEP, decode=lambda _: np.full((40, 60, 3), 15, np.uint8))
    assert (high.refused, high.as_loaded, high.off) == ("", False, 0)
    other_shape = held(DEEP, decode=lambda _: np.full((4, 6, 3), 15, np.uint8))
    assert np.isnan(other_shape.off)


def over(_):
    raise Over("deployment 'x': stage decode: its process ended with exit code 0")


def test_a_process_that_is_over_is_a_fault_of_the_probe_that_ended_it(held):
    ended = held(RGB, decode=over)
    assert (ended.first, ended.refused) == ("decode", "")
    assert "exit code 0" in ended.ended
    assert "exit code 0" in held(DEEP, decode=over).ended


def test_what_comes_after_the_end_is_only_refused(two, rules, monkeypatch):
    monkeypatch.setattr(measure, "probes", lambda *_: iter([Probe(name, RGB.data) for name in "abc"]))
    dead = changed(two, two.photos.readable[:1], deployment=replace(two.deployment, decode=over))
    study = measure.measured(dead, rules, 3)
    assert [(each.name, each.first, bool(each.refused)) for each in study.held] == [
        ("a", "decode", False),
        ("b", "", True),
        ("c", "", True),
    ]
    assert [each.name for each in study.off("decode")] == ["a"]


@pytest.mark.parametrize(("many", "asked"), [(1, ("1",)), (5, ("1", "2", "3"))])  # the first three stand for all
def test_a_probe_that_is_right_when_it_is_asked_first_is_muddled_and_not_wrong(two, rules, monkeypatch, many, asked):
    others = [Probe(str(number + 1), encoded(picture(64, 44 + number))) for number in range(many)]
    monkeypatch.setattr(measure, "probes", lambda *_: iter([Probe("first", RGB.data), *others]))
    seen = []

    def forgetful(data):
        seen.append(data)
        return two.deployment.decode(seen[0])  # the first file's picture, whatever comes after

    other = changed(two, two.photos.readable[:1], deployment=replace(two.deployment, decode=forgetful))
    study = measure.measured(other, rules, 3)
    assert study.muddled == asked
    assert study.off("decode") == []


def test_of_probes_that_differ_in_any_process_none_is_muddled(two, rules, monkeypatch):
    monkeypatch.setattr(measure, "probes", lambda *_: iter([RGB]))
    dark = replace(two.deployment, decode=lambda data: np.asarray(two.deployment.decode(data)) // 2)
    other = changed(two, two.photos.readable[:1], deployment=dark)

    original = type(other).opened_deployment

    def opened(self, without=(), name=""):
        made = original(self, without, name)
        made.pipeline = dark
        return made

    monkeypatch.setattr(type(other), "opened_deployment", opened)
    study = measure.measured(other, rules, 3)
    assert study.muddled == ()
    assert [each.name for each in study.off("decode")] == ["colour"]


def test_what_probes_that_differ_have_in_common_is_named(study):
    off = {"CMYK JPEG", "CMYK TIFF", "EXIF orientation 3", "palette, PNG"}
    held = [replace(each, first="decode") if each.name in off else each for each in study.held]
    found = replace(study, held=tuple(held))
    assert found.where("decode") == ("CMYK", "EXIF orientation 3", "palette, PNG")
    assert found.where("resize") == ()
    large = [replace(each, first="resize") if "a side above 1,000 pixels" in each.properties else each for each in study.held]
    assert replace(study, held=tuple(large)).where("resize")[0] == "a side above 1,000 pixels"
    everything = replace(study, held=tuple(replace(each, first="decode") for each in study.held))
    assert everything.where("decode") == ("every probe",)


def test_what_was_tried_is_told_by_name(study):
    assert study.tried == {
        "tried": len(study.fit),
        "refused": [],
        "differ": [],
        "without_answer": len(study.unfit),
        "answered_without": [],
    }
    changes = {"CMYK JPEG": {"refused": "no CMYK"}, "palette, PNG": {"first": "decode"}}
    other = replace(
        study,
        held=tuple(replace(each, **changes.get(each.name, {})) for each in study.held),
        unfit=(replace(study.unfit[0], refused=""), *study.unfit[1:]),
    )
    assert (other.tried["tried"], other.tried["without_answer"]) == (study.tried["tried"], study.tried["without_answer"])
    assert (other.tried["refused"], other.tried["differ"]) == (["CMYK JPEG"], ["palette, PNG"])
    assert other.tried["answered_without"] == [study.unfit[0].name]


def test_the_network_is_right_at_sizes_drawn_at_random(study):
    assert (study.seed, study.sizes.compared, study.sizes.off) == (3, 2, ())
    assert study.sizes.worst < 1e-3


def test_the_deployment_resizes_pictures_of_drawn_sizes_as_pytorch_does(study):
    assert study.photo_sizes == measure.Made(0, 3, ())


def test_large_pictures_that_differ_are_kept_small(held):
    large = Probe("large", encoded(picture(4000, 1100)))
    sides = held(large, decode=lambda data: np.asarray(Image.open(io.BytesIO(data)))[:, ::-1]).sides
    assert sides.reference.shape == sides.deployment.shape == (69, 250, 3)
    assert sides.reference.base is None
