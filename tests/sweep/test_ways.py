"""Pipelines from words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lib.compare import ablation
from lib.deploy import BadInput, Pipeline
from lib.inputs.reading import sha256
from lib.mistakes import CATALOGUE
from lib.sweep.model import SweptModel
from lib.sweep.ways import Deployed, Exported, Mistaken, Naive, forget_processes, require_classes


@pytest.fixture(scope="module")
def model(lite0) -> SweptModel:
    return SweptModel.opened(str(lite0.onnx_path), sha256(lite0.onnx_path.read_bytes()))


def differing(one: Pipeline, other: Pipeline) -> set[str]:
    return {stage for stage in vars(one) if getattr(one, stage) != getattr(other, stage)}


def test_mistakes_of_several_stages_are_made_together(model):
    both = Mistaken(("re-encoded JPEG", "squash", "no mean and std"))
    assert both.name == "re-encoded JPEG + squash + no mean and std"
    made = both.made(model)
    assert differing(made, model.pipeline) == {"decode", "resize", "normalise"}
    for name in both.mistakes:
        alone = CATALOGUE[name].commit(model.pipeline, model.contract)
        stage = CATALOGUE[name].stage
        assert getattr(made, stage) == getattr(alone, stage)


def test_a_mistake_says_which_library_a_worker_may_lack():
    assert Mistaken(("torch bilinear", "BGR")).needs == {"torch"}
    assert Mistaken(("squash",)).needs == frozenset()


def test_squashed_by_the_nearest_pixel_is_the_ablations_first_step(model):
    assert Naive("both").made(model) == ablation.naive(model.pipeline, model.contract)


def test_a_deployment_is_asked_in_one_process_whatever_is_mended(model, lite0):
    forget_processes()
    whole = Deployed.of("deployment", "lib.deploy:pipeline", 60).made(model)
    mended = Deployed.of("mended", "lib.deploy:pipeline", 60, ("resize",)).made(model)
    assert mended.resize == model.pipeline.resize
    assert mended.decode == whole.decode
    data = lite0.photos.readable[0].data
    np.testing.assert_array_equal(whole(data), model.pipeline(data))
    forget_processes()


def test_another_exported_model_brings_its_own_network_and_preprocessing(model, stand_in):
    path = str(stand_in.onnx_path)
    made = Exported("against", path, sha256(stand_in.onnx_path.read_bytes())).made(model)
    assert made.infer != model.pipeline.infer
    assert made.normalise.mean == stand_in.subject.contract.mean


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (("cat", "dog"), "v2.onnx: it names 2 classes, and the model it is held against 3"),
        (("cat", "dog", "bus"), "v2.onnx: its class 2 is 'bus', and 'car' in the model it is held against"),
    ],
)
def test_a_model_of_other_classes_is_refused(found, said):
    require_classes(("cat", "dog", "car"), ("cat", "dog", "car"), "v2.onnx")
    with pytest.raises(BadInput) as refused:
        require_classes(("cat", "dog", "car"), found, "v2.onnx")
    assert str(refused.value) == said


def test_words_of_a_way_tell_it_from_others():
    one = Deployed.of("deployment", "lib.deploy:pipeline", 60)
    assert len({one, replace(one, mended=("resize",)), replace(one, source="1"), replace(one, time_limit=1)}) == 4
