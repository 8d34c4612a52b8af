"""The five stages of the deployment pipeline.

Between stages a photo is an RGB picture in levels 0..255: a Pillow image, or what ``np.asarray`` makes of one, an array of
shape (H, W, 3) and dtype uint8. A stage takes either, so that stages of different pipelines can be swapped.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from lib.deploy.contract import Contract
from lib.deploy.errors import BadInput


def decode(data: bytes) -> Image.Image:
    """Stage 1: the bytes of an image file become an upright RGB picture.

    The EXIF orientation is applied; grey, palette and alpha modes are converted as Pillow's ``convert("RGB")`` does.

    Args:
        data: the whole file, in any format that Pillow reads. Of an animation the first frame counts; a colour PNG of 16 bits
            a channel is read by Pillow itself at 8.

    Raises:
        BadInput: the bytes are empty, truncated, not an image, too large to be safe, or of a grey mode deeper than 8 bits.
    """
    if not data:
        raise BadInput("the file is empty (0 bytes)")
    try:
        image: Image.Image = Image.open(io.BytesIO(data))
        if image.mode.startswith(("I", "F")):
            raise BadInput(f"pixels are deeper than 8 bits (mode {image.mode}); convert the photo to 8 bits a channel")
        if "transparency" in image.info:
            image = image.convert("RGBA")  # the same colours; Pillow warns where transparency is dropped on the way to RGB
        return ImageOps.exif_transpose(image).convert("RGB")
    except UnidentifiedImageError:
        raise BadInput("not an image in a format that Pillow knows") from None
    except (OSError, SyntaxError, ValueError, TypeError, EOFError, struct.error, Image.DecompressionBombError) as error:
        # Pillow's readers raise any of these on damaged files: SyntaxError on a PNG, struct.error and TypeError on EXIF.
        raise BadInput(f"cannot be decoded: {error}") from None


@dataclass(frozen=True)
class Resize:
    """Stage 2: an RGB picture of any size becomes one of the size the network expects.

    Equal, bit for bit, to torchvision's transforms on Pillow images. Takes a Pillow RGB image or a uint8 (H, W, 3) array and
    gives a Pillow RGB image. The attributes are those of :class:`~lib.deploy.contract.Contract`.
    """

    size: int
    rule: str
    filter: str
    crop: int | None = None

    def __call__(self, picture: Image.Image | NDArray[np.uint8]) -> Image.Image:
        image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
        resized = image.resize(self.target(*image.size), Image.Resampling[self.filter.upper()])
        return resized if self.crop is None else _centre_crop(resized, self.crop)

    def target(self, width: int, height: int) -> tuple[int, int]:
        """Width and height in pixels after scaling and before any crop.

        The longer side is truncated, not rounded: ``int(size * longer / shorter)``, as in torchvision's ``Resize``.
        """
        if self.rule == "squash":
            return self.size, self.size
        if width <= height:
            return self.size, int(self.size * height / width)
        return int(self.size * width / height), self.size


def _centre_crop(image: Image.Image, side: int) -> Image.Image:
    # Python's round: a half goes to the even neighbour, as in torchvision's CenterCrop.
    left = round((image.width - side) / 2)
    top = round((image.height - side) / 2)
    return image.crop((left, top, left + side, top + side))


@dataclass(frozen=True)
class Normalise:
    """Stage 3: an RGB picture becomes the network's input, float32 of shape (1, 3, H, W).

    ``(level / 255 - mean) / std`` per channel in float32, equal bit for bit to torchvision's ``ToTensor`` and ``Normalize``.
    A channel has 256 levels, so the 3 x 256 results are computed once and looked up.
    """

    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    @cached_property
    def table(self) -> NDArray[np.float32]:
        """The value of each level in each channel, float32 of shape (3, 256)."""
        levels = np.arange(256, dtype=np.float32) / np.float32(255)
        mean, std = (np.array(v, dtype=np.float32)[:, None] for v in (self.mean, self.std))
        return (levels - mean) / std

    def __call__(self, picture: Image.Image | NDArray[np.uint8]) -> NDArray[np.float32]:
        pixels = np.asarray(picture)
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
            raise BadInput(f"normalise takes a uint8 (H, W, 3) picture, not {pixels.dtype} {pixels.shape}")
        tensor = np.empty((1, 3, *pixels.shape[:2]), dtype=np.float32)
        for channel in range(3):
            np.take(self.table[channel], pixels[:, :, channel], out=tensor[0, channel], mode="clip")
        return tensor


@dataclass(frozen=True)
class Infer:
    """Stage 4: the network. float32 (N, 3, H, W) in, logits float32 (N, classes) out, by ONNX Runtime."""

    session: onnxruntime.InferenceSession

    def __call__(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        logits: Any = self.session.run(None, {self.session.get_inputs()[0].name: tensor})[0]
        return logits


def score(logits: ArrayLike) -> NDArray[np.float32]:
    """Stage 5: softmax. Logits (N, classes) in, probabilities float32 (N, classes) out, each row summing to 1."""
    values = np.asarray(logits, dtype=np.float32)
    exponentials = np.exp(values - values.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def preprocessing(contract: Contract) -> tuple[Resize, Normalise]:
    """The two stages that a contract determines."""
    return Resize(contract.size, contract.rule, contract.filter, contract.crop), Normalise(contract.mean, contract.std)
