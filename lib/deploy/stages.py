"""The five stages of the deployment pipeline.

Between stages a photo is an RGB picture in levels 0..255: a Pillow image, or what ``np.asarray`` makes of one, an array of
shape (H, W, 3) and dtype uint8. A stage takes either, so that stages of different pipelines can be swapped.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from . import formats, photo_memory
from .contract import LARGEST, Contract
from .domain import Domain
from .errors import BadInput, BadPhoto

FORMATS = tuple(formats.READ)
MOST_PIXELS = 178_956_970  # Pillow's own limit, twice Image.MAX_IMAGE_PIXELS, which a program may have changed
# A header of a few bytes may ask for all of these, which take 1.4 GB. So many any file may have, as a white page of 35 million
# does, scanned with 600 dots an inch; and so many more for each of its bytes, of which a photo packed to uselessness has 100.
FREE_PIXELS = 50_000_000
PIXELS_A_BYTE = 200


def decode(data: bytes, most: int = photo_memory.MOST) -> Image.Image:
    """Stage 1: the bytes of an image file become an upright RGB picture.

    The EXIF orientation is applied; grey, palette and alpha modes are converted as Pillow's ``convert("RGB")`` does.

    Pillow warns of some damage. What becomes of its warnings is the caller's to say; where they are errors, such a photo is
    refused. They are not silenced here, since Python's way to do so is not safe among threads.

    Args:
        data: the whole file, in one of the formats of :data:`~lib.deploy.formats.READ`. Of an animation the first frame
            counts; a colour PNG of 16 bits a channel is read by Pillow itself at 8.
        most: bytes of memory that decoding may take, as :func:`lib.deploy.photo_memory.needed` counts them.

    Raises:
        BadPhoto: the bytes are empty, truncated, damaged, not an image, of more pixels than :data:`MOST_PIXELS` or than so few
            bytes can mean, of a grey mode deeper than 8 bits, or would take more than ``most``.
    """
    if not data:
        raise BadPhoto("the file is empty (0 bytes)")
    try:
        for width, height in photo_memory.inside(data):
            _bound(width, height, data)
            _fit(width, height, photo_memory.of_icon(width, height), most)  # Pillow decodes some when it opens them
        image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
        _bound(*image.size, data)
        _fit(*image.size, photo_memory.needed(image, data), most)
        _require_8_bits(image)
        image.load()
        _bound(*image.size, data)
        _require_8_bits(image)  # an icon is of the mode of the picture that lies in it
        if "transparency" in image.info:
            image = image.convert("RGBA")  # the same colours; Pillow warns where transparency is dropped on the way to RGB
        ImageOps.exif_transpose(image, in_place=True)  # a copy only where the photo has to be turned
        picture = image if image.mode == "RGB" else image.convert("RGB")
    except BadPhoto:
        raise
    except UnidentifiedImageError:
        raise BadPhoto(formats.why_not_read(data)) from None
    except Exception as error:  # on damaged bytes Pillow's readers raise nearly anything
        raise BadPhoto(f"cannot be decoded: {str(error) or type(error).__name__}") from None
    if not (picture.width and picture.height):
        raise BadPhoto("has no pixels")
    return picture


def _bound(width: int, height: int, data: bytes) -> None:
    most = min(MOST_PIXELS, FREE_PIXELS + PIXELS_A_BYTE * len(data))
    if width * height > most:
        raise BadPhoto(f"has {width} × {height} pixels in {len(data)} bytes; {most:,} at most are decoded")


def _fit(width: int, height: int, needed: int, most: int) -> None:
    if needed > most:
        raise BadPhoto(
            f"has {width} × {height} pixels, and decoding it may take {needed / 1e6:,.0f} MB of memory; {most / 1e6:,.0f} MB "
            "are allowed: give a smaller photo, or allow more"
        )


def _require_8_bits(image: Image.Image) -> None:
    if image.mode.startswith(("I", "F")):
        raise BadPhoto(f"pixels are deeper than 8 bits (mode {image.mode}); convert the photo to 8 bits a channel")


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

        Raises:
            BadPhoto: the longer side would be longer than any network is fed, which that of a line of pixels easily is.
        """
        if self.rule == "squash":
            return self.size, self.size
        longer = int(self.size * max(width, height) / min(width, height))
        if longer > 4 * LARGEST:
            raise BadPhoto(
                f"has {width} × {height} pixels, and with a shorter side of {self.size} would have a longer one of {longer}; "
                "give a photo of another shape"
            )
        return (self.size, longer) if width <= height else (longer, self.size)

    def fed(self, width: int, height: int) -> tuple[int, int]:
        """Width and height in pixels of what comes out; errors as of :meth:`target`."""
        scaled = self.target(width, height)
        return scaled if self.crop is None else (self.crop, self.crop)


def _centre_crop(image: Image.Image, side: int) -> Image.Image:
    # Python's round: a half goes to the even neighbour, as in torchvision's CenterCrop.
    left = round((image.width - side) / 2)
    top = round((image.height - side) / 2)
    return image.crop((left, top, left + side, top + side))


@dataclass(frozen=True)
class Normalise:
    """Stage 3: an RGB picture becomes the network's input, float32 of shape (1, 3, H, W).

    ``(level / 255 - mean) / std`` per channel in float32, equal bit for bit to torchvision's ``ToTensor`` and ``Normalize``.
    """

    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def __call__(self, picture: Image.Image | NDArray[np.uint8]) -> NDArray[np.float32]:
        planes: Sequence[Any]
        if isinstance(picture, Image.Image) and picture.mode == "RGB":
            (width, height), planes = picture.size, picture.split()  # Pillow takes channels apart faster than numpy does
        else:
            pixels = np.asarray(picture)
            if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
                raise BadInput(f"normalise takes a uint8 (H, W, 3) picture, not {pixels.dtype} {pixels.shape}")
            (height, width), planes = pixels.shape[:2], list(pixels.transpose(2, 0, 1))
        tensor = np.empty((1, 3, height, width), dtype=np.float32)
        for out, plane, mean, std in zip(tensor[0], planes, self.mean, self.std, strict=True):
            out[...] = plane
            out /= np.float32(255)
            out -= np.float32(mean)
            out /= np.float32(std)
        return tensor


def logits_of(session: onnxruntime.InferenceSession, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
    """One run of a network with one input: float32 (N, 3, H, W) in, its first output, logits float32 (N, classes), out."""
    logits: Any = session.run(None, {session.get_inputs()[0].name: tensor})[0]
    return logits


@dataclass(frozen=True)
class Infer:
    """Stage 4: the network. float32 (N, 3, H, W) in, logits float32 (N, classes) out, by ONNX Runtime.

    An input whose size is outside of ``domain`` raises BadPhoto.
    """

    session: onnxruntime.InferenceSession
    domain: Domain

    def __call__(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        height, width = tensor.shape[2:]
        self.domain.require(width, height)
        return logits_of(self.session, tensor)


def score(logits: ArrayLike) -> NDArray[np.float32]:
    """Stage 5: softmax. Logits (N, classes) in, probabilities float32 (N, classes) out, each row summing to 1."""
    values = np.asarray(logits, dtype=np.float32)
    exponentials = np.exp(values - values.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def preprocessing(contract: Contract) -> tuple[Resize, Normalise]:
    """The two stages that a contract determines."""
    return Resize(contract.size, contract.rule, contract.filter, contract.crop), Normalise(contract.mean, contract.std)
