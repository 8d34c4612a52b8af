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
        (np.full((8, 8, 3), np.inf, np.float16), "infinite"),
        (np.full((8, 8, 3), 1e300), "huge values"),
        (np.full((8, 8, 3), np.finfo(np.longdouble).max), "huge values"),
        (np.full((8, 8, 3), 256), "whole levels are 0 to 255"),
        (np.full((8, 8, 3), 2**64 - 1, np.uint64), "whole levels are 0 to 255"),
        (np.zeros((3, 1, 5000)), "no network is fed more than 4096 pixels a side"),
        (np.zeros((8, 8, 3), complex), "dump numbers"),
        (np.zeros((8, 8, 3), "M8[s]"), "dump numbers"),
        (np.zeros((8, 8, 3), "S4"), "dump numbers"),
        (np.zeros((8, 8, 3), [("a", "f4"), ("b", "f4")]), "dump numbers"),
        (np.zeros((8, 8, 3), "V4"), "dump numbers"),
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


def headed(header: str) -> bytes:
    """The beginning of a .npy file with this header, and a few values."""
    text = header.encode("latin1") + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + b"\0" * 64


DAMAGED = (
    headed("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 1000000000, 3), }"),
    headed("{'descr': '<f4', 'fortran_order': False, 'shape': (200000, 200000, 3), }"),
    headed("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 4, 3), }"),
    headed("{'descr': '<f4', 'fortran_order': False, 'shape': (4, 4, 3), }"),
    headed("{'descr': '<f4', 'fortran_order': False, 'shape': 3, }"),
    headed("{'descr': '<f4', 'fortran_order': 3, 'shape': (4, 4, 3), }"),
    headed("{'descr': 'nonsense', 'fortran_order': False, 'shape': (4, 4, 3), }"),
    headed("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"),
    headed("{'descr': '<f4'"),
    headed("{" * 20000),
    headed("__import__('os')"),
    b"\x93NUMPY\x09\x00" + b"\0" * 100,
    b"\x93NUMPY",
    b"\x93NUMPY\x01\x00\xff\xff{",
)


@pytest.mark.parametrize("data", DAMAGED)
def test_a_damaged_header_is_refused_in_one_line(tmp_path, data):
    (tmp_path / "tensor.npy").write_bytes(data)
    with pytest.raises(BadInput, match=r"tensor\.npy: not a \.npy file of numbers"):
        Observed.load(tmp_path / "tensor.npy")


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
