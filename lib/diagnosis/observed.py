"""The tensor that a service fed its network, whatever its layout and type."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.deploy import BadInput
from lib.deploy.contract import LARGEST
from lib.inputs.reading import TENSOR, read_bytes


@dataclass(frozen=True)
class Observed:
    """A dumped tensor, laid out as (3, h, w).

    Attributes:
        values: float32 (3, h, w); levels 0..255 where ``levels`` is true, else what the network is to be fed.
        levels: whether the dump held whole levels as integers: the network itself normalises them.
        layout: ``HWC`` or ``CHW``, as it was dumped.
        kind: dtype and shape, as it was dumped.
        rounding: what the dumped type may have rounded away, in the values' own unit; 0 for integers.
    """

    values: NDArray[np.float32]
    levels: bool
    layout: str
    kind: str
    rounding: float

    @property
    def unit(self) -> str:
        """What the values are in."""
        return "levels" if self.levels else "std"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.values.shape[2], self.values.shape[1]

    @classmethod
    def of(cls, array: NDArray[Any]) -> Observed:
        """Read an array of shape (h, w, 3), (3, h, w), or one of these with a leading 1; integers 0..255 or floats.

        Raises:
            BadInput: another shape or type, no values, more pixels a side than a network is fed, or values that are NaN,
                infinite or too large for float32.
        """
        kind = f"{array.dtype} {array.shape}"
        picture = array[0] if array.ndim == 4 and array.shape[0] == 1 else array
        if picture.ndim != 3 or 3 not in (picture.shape[0], picture.shape[2]) or picture.size == 0:
            raise BadInput(
                f"tensor is {kind}; dump what one photo becomes: (h, w, 3) or (3, h, w), with or without a leading 1"
            )
        if max(picture.shape) > LARGEST:
            raise BadInput(f"tensor is {kind}; no network is fed more than {LARGEST} pixels a side")
        if array.dtype.kind not in "uif":
            raise BadInput(f"tensor is {kind}; dump numbers: uint8 levels, or the floats that the network is fed")
        if not (np.abs(picture, dtype=np.float64) <= np.finfo(np.float32).max).all():
            raise BadInput(f"tensor is {kind} and holds NaN, infinite or huge values; look at the step that made them first")
        levels = array.dtype.kind in "ui"
        if levels and (picture.min() < 0 or picture.max() > 255):
            raise BadInput(f"tensor is {kind} with values {picture.min()} to {picture.max()}; whole levels are 0 to 255")
        layout = "CHW" if picture.shape[0] == 3 else "HWC"
        planes = picture if layout == "CHW" else picture.transpose(2, 0, 1)
        rounding = 0.0 if levels else float(np.finfo(array.dtype).eps * np.abs(picture).max())
        return cls(np.ascontiguousarray(planes, dtype=np.float32), levels, layout, kind, rounding)

    @classmethod
    def load(cls, path: Path) -> Observed:
        """Read a ``.npy`` file; one that holds Python objects is refused, since unpickling them could run code.

        Raises:
            BadInput: the file cannot be read or is no ``.npy`` file, or as :meth:`of`.
        """
        data = read_bytes(path, "tensor", TENSOR)
        if data.startswith(b"PK"):
            raise BadInput(f"tensor {path}: an archive of several arrays; save one with np.save")
        try:
            array = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
        except Exception:  # of a damaged header numpy lets out whatever Python says, and of an absurd shape MemoryError
            raise BadInput(
                f"tensor {path}: not a .npy file of numbers, as np.save writes it; one that holds Python objects is refused"
            ) from None
        try:
            return cls.of(array)
        except BadInput as error:
            raise BadInput(f"{path}: {error}") from None


def at_size(values: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Scaled to a width and height, so that tensors of different shapes can be subtracted: float32 (3, h, w) both.

    Those of that size already are given back as they are.
    """
    if (values.shape[2], values.shape[1]) == size:
        return values
    planes = (Image.fromarray(plane).resize(size, Image.Resampling.BILINEAR) for plane in values)
    return np.stack([np.asarray(plane, np.float32) for plane in planes])
