"""What one run is about: read and checked at once, made when first asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lib import handoff
from lib.deploy import STAGES, BadInput
from lib.inputs import deployment, weights
from tests.conftest import encoded, picture


def test_nothing_costly_is_made_by_loading():
    loaded = handoff.load("lite0-imagenet")
    assert not {"model", "onnx_path", "reference", "deployment"} & vars(loaded).keys()


def test_what_is_made_is_made_once(lite0):
    assert lite0.model is lite0.model
    assert lite0.reference is lite0.reference
    assert lite0.deployment is lite0.deployment
    assert lite0.onnx_path.is_file()
    assert not lite0.model.training


def test_reference_and_deployment_answer_the_same_photo(lite0):
    data = lite0.photos.readable[0].data
    traces = [each.trace(data) for each in (lite0.reference, lite0.deployment)]
    assert traces[0].score.shape == (1, len(lite0.subject.classes))
    np.testing.assert_allclose(traces[1].score, traces[0].score, atol=5e-4)


def test_the_weights_hash_is_that_of_the_subject(lite0):
    assert lite0.weights_sha256 == weights.digest_of(lite0.weights_path)
    assert lite0.weights_sha256.startswith(lite0.subject.weights.sha256)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("lite0-imagenett",), "did you mean 'lite0-imagenet'"),
        (("lite0-imagenet", "nowhere"), "photos nowhere: no such file or folder"),
        (("lite0-imagenet", "", "lib.deploy"), "write it as package.module:pipeline"),
        (("lite0-imagenet", "", deployment.DEFAULT, "no.pth"), "no file no.pth"),
        (("lite0-imagenet", "", deployment.DEFAULT, "", "dynamo", 20, 0.0), "time limit: it is 0 s"),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_runs(arguments, said):
    with pytest.raises(BadInput, match=said):
        handoff.load(*arguments)


def test_a_photo_that_leads_out_of_the_domain_is_left_out(tmp_path):
    (tmp_path / "flat.png").write_bytes(encoded(picture(2400, 60)))
    (tmp_path / "good.png").write_bytes(encoded(picture(300, 200)))
    loaded = handoff.load("lite0-imagenet", str(tmp_path))
    assert [photo.name for photo in loaded.photos.readable] == ["good.png"]
    assert [name for name, _ in loaded.photos.unreadable] == ["flat.png"]


def test_the_deployment_under_test_runs_in_a_process_of_its_own(lite0):
    named = replace(lite0, deployment_name="tests.guarded.hostile:pipeline", time_limit=20.0)
    vars(named)["onnx_path"] = lite0.onnx_path
    assert set(vars(named.deployment)) == set(STAGES)
    with pytest.raises(BadInput, match=r"tests\.guarded\.hostile:pipeline': stage decode: its process ended with exit code 0"):
        named.deployment(b"exit")
    with named.opened_deployment() as another, pytest.raises(BadInput, match="stage decode raised SystemExit"):
        another.pipeline(b"exit 0")


@pytest.mark.parametrize("there", [True, False])
def test_the_swish_story_is_told_on_b0_where_its_weights_are_there(lite0, monkeypatch, there):
    monkeypatch.setattr(weights, "at_hand", lambda subject: there)
    monkeypatch.setattr(weights, "locate", lambda subject: lite0.weights_path)
    story = replace(lite0).story
    assert story.subject.name == ("b0-imagenet" if there else "b0-stand-in")
    assert story.photos is lite0.photos
    assert (story.exporter, story.opset) == (lite0.exporter, lite0.opset)


def test_a_network_with_swish_tells_its_own_story(stand_in):
    assert stand_in.story is stand_in
