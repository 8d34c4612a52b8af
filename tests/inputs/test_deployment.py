"""A team's own pipeline: found by name, and kept to the stages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lib.deploy import STAGES, BadInput, Pipeline, pipeline
from lib.inputs import deployment


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lib.deploy", "write it as package.module:pipeline"),
        ("no.such.module:pipeline", "cannot import no.such.module"),
        (".relative:pipeline", "cannot import .relative: TypeError"),
        ("lib.deploy:pipelin", "unknown function in lib.deploy 'pipelin': did you mean 'pipeline'"),
        ("lib.deploy:Contract.x", "unknown function"),
    ],
)
def test_a_deployment_that_cannot_be_found_is_refused(name, said):
    with pytest.raises(BadInput, match=said) as refused:
        deployment.factory(name)
    assert "\n" not in str(refused.value)


def test_the_default_is_what_ships():
    assert deployment.factory(deployment.DEFAULT) is pipeline


def test_a_deployment_that_makes_no_pipeline_is_refused(lite0):
    with pytest.raises(BadInput, match=r"gave a str; it must return a lib\.deploy\.Pipeline"):
        deployment.build("os:fspath", str(lite0.onnx_path))


def test_a_deployment_that_raises_while_it_is_made_is_refused_in_one_line(lite0):
    with pytest.raises(BadInput, match="deployment 'json:loads': raised TypeError on") as refused:
        deployment.build("json:loads", lite0.onnx_path)
    assert "\n" not in str(refused.value)


def test_a_file_that_cannot_be_used_is_said_as_it_is(tmp_path):
    with pytest.raises(BadInput, match="no such model file"):
        deployment.build(deployment.DEFAULT, tmp_path / "missing.onnx")


@pytest.mark.parametrize(
    ("stage", "function", "said"),
    [
        ("resize", lambda _: 1 / 0, "stage resize raised ZeroDivisionError: division by zero"),
        ("decode", lambda _: np.zeros((4, 4, 3), np.float32), r"stage decode gave float32 \(4, 4, 3\); it must give a uint8"),
        ("normalise", lambda _: np.zeros((3, 32, 32), np.float32), "stage normalise gave float32"),
        ("infer", lambda _: np.zeros(1000, np.float32), r"stage infer gave float32 \(1000,\); it must give \(N, 1000\) logits"),
        ("score", lambda _: np.zeros((1, 999), np.float32), "stage score gave"),
    ],
)
def test_a_deployment_that_does_not_keep_to_the_stages_is_told_so_in_one_line(lite0, stage, function, said):
    broken = replace(pipeline(lite0.onnx_path), **{stage: function})
    with pytest.raises(BadInput, match=f"deployment 'team.code:pipeline': {said}") as refused:
        deployment.guarded(broken, "team.code:pipeline", 1000)(lite0.photos.readable[0].data)
    assert "\n" not in str(refused.value)


def test_a_guarded_stage_gives_what_the_stage_gave():
    picture, logits = np.zeros((2, 2, 3), np.uint8), np.zeros((1, 4), np.float32)
    outputs = dict(zip(STAGES, (picture, picture, np.zeros((1, 3, 2, 2), np.float32), logits, logits), strict=True))
    team = Pipeline(**{stage: lambda _, output=output: output for stage, output in outputs.items()})
    guarded = deployment.guarded(team, "team.code:pipeline", 4)
    for stage, output in outputs.items():
        assert getattr(guarded, stage)(b"") is output
