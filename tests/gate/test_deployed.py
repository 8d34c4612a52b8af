"""Planted deployments."""

from __future__ import annotations

import numpy as np
import pytest

from lib.gate.deployed import after, before, factories, stage

CASES = (
    stage("no picture", "decode", lambda contract: lambda _: np.zeros((contract.size, contract.size, 3), np.uint8)),
    before("upside down", "resize", lambda picture: np.asarray(picture)[::-1]),
    after("twice the logits", "infer", lambda logits: 2 * logits),
)


@pytest.fixture(scope="module")
def outputs(lite0):
    data = lite0.photos.readable[0].data
    made = factories(CASES)
    return {case.name: made(case.name)(lite0.onnx_path).trace(data) for case in CASES}


def test_one_stage_is_changed_and_the_others_are_ours(outputs, lite0):
    right = lite0.deployment.trace(lite0.photos.readable[0].data)
    assert not outputs["no picture"].decode.any()
    np.testing.assert_array_equal(outputs["upside down"].decode, right.decode)
    assert not np.array_equal(outputs["upside down"].resize, right.resize)
    np.testing.assert_allclose(outputs["twice the logits"].infer, 2 * right.infer, rtol=1e-4)


def test_what_is_not_planted_is_no_attribute():
    with pytest.raises(AttributeError):
        factories(CASES)("something else")
