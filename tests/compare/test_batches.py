"""Whether inputs in a batch are answered as each alone."""

from __future__ import annotations

import numpy as np
import pytest

from lib.compare import batches
from lib.compare.batches import batch_difference
from lib.deploy.stages import Infer


@pytest.fixture(scope="module")
def tensor(lite0):
    return lite0.reference.trace(lite0.photos.readable[0].data).normalise


def test_an_exported_file_answers_a_batch_as_each_alone(lite0, tensor):
    assert batch_difference(lite0.onnx_path, tensor, (2, 3)) < 1e-4


def test_a_file_whose_answers_depend_on_the_neighbours_is_noticed(lite0, tensor, monkeypatch):
    sizes = []

    class Mixing(Infer):
        def __call__(self, inputs):
            sizes.append(len(inputs))
            return super().__call__(inputs) + np.float32(0.5 * (len(inputs) - 1))

    monkeypatch.setattr(batches, "Infer", Mixing)
    assert batch_difference(lite0.onnx_path, tensor, (2, 4)) == pytest.approx(1.5, abs=1e-3)
    assert sizes == [1, 1, 1, 1, 2, 4]


def test_the_inputs_of_a_batch_are_not_alike(lite0, tensor, monkeypatch):
    given = []

    class Watched(Infer):
        def __call__(self, inputs):
            given.append(inputs)
            return super().__call__(inputs)

    monkeypatch.setattr(batches, "Infer", Watched)
    batch_difference(lite0.onnx_path, tensor)
    first, second = given[-1]
    np.testing.assert_array_equal(first, tensor[0])
    assert np.abs(first - second).max() > 0.1
