"""Reading a dumped tensor."""

from __future__ import annotations

import io

import numpy as np
import pytest

from lib.deploy import BadInput
from lib.diagnosis import Observed


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((10, 10)), "dump what one photo becomes"),
        (np.zeros((2, 3, 8, 8)), "dump what one photo becomes"),
        (np.zeros((0, 8, 3)), "dump what one photo becomes"),
        (np.zeros((8, 8, 3), bool), "dump numbers"),
        (np.full((8, 8, 3), np.nan), "NaN"),
        (np.full((8, 8, 3), 256), "whole levels are 0 to 255"),
    ],
)
def test_what_is_no_tensor_is_refused_in_one_line(array, said):
    with pytest.raises(BadInput, match=said) as refused:
        Observed.of(array)
    assert "\n" not in str(refused.value)


def test_layouts_and_types_are_read():
    levels = Observed.of(np.arange(24, dtype=np.uint8).reshape(2, 4, 3))
    assert (levels.layout, levels.levels, levels.unit, levels.size, levels.rounding) == ("HWC", True, "levels", (4, 2), 0)
    tensor = Observed.of(np.ones((1, 3, 2, 4), np.float16))
    assert (tensor.layout, tensor.levels, tensor.unit, tensor.size) == ("CHW", False, "std", (4, 2))
    assert tensor.rounding == float(np.finfo(np.float16).eps)
    assert levels.values.dtype == tensor.values.dtype == np.float32
    np.testing.assert_array_equal(levels.values[:, 0, 0], [0, 1, 2])


def test_a_saved_tensor_is_read_as_it_was(tmp_path):
    array = np.random.default_rng(0).normal(size=(3, 4, 5)).astype(np.float32)
    np.save(tmp_path / "tensor.npy", array)
    np.testing.assert_array_equal(Observed.load(tmp_path / "tensor.npy").values, array)


def several() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, a=np.zeros((4, 4, 3)), b=np.zeros(1))
    return buffer.getvalue()


def pickled() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.array([print], dtype=object), allow_pickle=True)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"no numpy", "not a .npy file of numbers"),
        (b"", "not a .npy file of numbers"),
        (several(), "an archive of several arrays"),
        (pickled(), "Python objects is refused"),
    ],
    ids=["text", "empty", "archive", "pickle"],
)
def test_a_file_that_is_no_tensor_is_refused_in_one_line(tmp_path, data, said):
    path = tmp_path / "tensor.npy"
    path.write_bytes(data)
    with pytest.raises(BadInput, match=said) as refused:
        Observed.load(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(BadInput, match="cannot read"):
        Observed.load(tmp_path / "missing.npy")
