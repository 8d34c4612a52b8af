"""Photos read in other ways than ours, by Pillow."""

from __future__ import annotations

import contextlib
import io
import mmap
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import IO, Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps

from lib.deploy import BadInput, BadPhoto, photo_memory
from lib.deploy.stages import FORMATS, FREE_PIXELS, MOST_PIXELS, PIXELS_A_BYTE
from lib.gate.deployed import Planted, Stage, factories
from lib.gate.harmless.helpers import Kept, PerProcess, variant, wrapped

Array = NDArray[Any]
Source = Path | IO[bytes] | mmap.mmap | io.BufferedIOBase
CHUNK = 16_384  # bytes
KEPT = 64_000_000  # bytes of decoded photos
SPOOLED = 100_000  # bytes of an upload that stay in memory
ORIENTATION = 0x0112  # the EXIF tag
THREADS = 2


# ---- a decode of our own, in parts


class Unreadable(BadPhoto):
    """A service's own exception."""

    status = 400


def _require(image: Image.Image, data: bytes) -> None:
    """Refuse what is too large, or deeper than 8 bits."""
    most = min(MOST_PIXELS, FREE_PIXELS + PIXELS_A_BYTE * len(data))
    if image.width * image.height > most or photo_memory.needed(image, data) > photo_memory.MOST:
        raise Unreadable(f"too large: {image.width} × {image.height} pixels")
    if image.mode.startswith(("I", "F")):
        raise Unreadable(f"deeper than 8 bits: mode {image.mode}")


@contextlib.contextmanager
def _opened(source: Source, data: bytes) -> Iterator[Image.Image]:
    """A photo with its pixels read, closed afterwards."""
    try:
        for width, height in photo_memory.inside(data):
            if photo_memory.of_icon(width, height) > photo_memory.MOST:
                raise Unreadable(f"too large: holds {width} × {height} pixels")
        with Image.open(source, formats=FORMATS) as image:  # type: ignore[arg-type]  # a map can be read as a file can
            _require(image, data)
            image.load()
            _require(image, data)  # an icon is of the mode of the picture that lies in it
            yield image
    except BadInput:
        raise
    except Exception as error:  # on damaged bytes Pillow's readers raise nearly anything
        raise Unreadable(f"cannot be read: {error}") from error


def _rgb(image: Image.Image) -> Image.Image:
    return (image.convert("RGBA") if "transparency" in image.info else image).convert("RGB")


def _upright(image: Image.Image) -> Image.Image:
    return _rgb(ImageOps.exif_transpose(image))


# ---- where the bytes come from


def _closed(data: bytes) -> Image.Image:
    with io.BytesIO(data) as file, _opened(file, data) as image:
        return _upright(image)


def _named_file(data: bytes) -> Image.Image:
    descriptor, name = tempfile.mkstemp(suffix=".upload")
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        with _opened(path, data) as image:
            return _upright(image)
    finally:
        path.unlink()


def _spooled(data: bytes) -> Image.Image:
    """As web frameworks hand uploads over."""
    with tempfile.SpooledTemporaryFile(max_size=SPOOLED) as file:
        file.write(data)
        file.seek(0)
        with _opened(file, data) as image:
            return _upright(image)


def _mapped(data: bytes) -> Image.Image:
    if not data:
        raise Unreadable("nothing was sent")
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory, _opened(memory, data) as image:
            return _upright(image)


def _buffered(data: bytes) -> Image.Image:
    with io.BufferedReader(io.BytesIO(data), CHUNK) as file, _opened(file, data) as image:
        return _upright(image)


def _in_chunks(decode: Stage) -> Stage:
    """JPEG files as they come over the network; others when they are there."""

    def decoded(data: bytes) -> Any:
        if not data.startswith(b"\xff\xd8\xff"):
            return decode(data)
        parser = ImageFile.Parser()
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _require(image, data)
            for start in range(0, len(data), CHUNK):
                parser.feed(data[start : start + CHUNK])
            return _upright(parser.close())
        except BadInput:
            raise
        except Exception as error:  # on damaged bytes Pillow's readers raise nearly anything
            raise Unreadable(f"cannot be read: {error}") from error

    return decoded


# ---- what is made of it

_TURNS: dict[int, Callable[[Array], Array]] = {
    2: lambda levels: levels[:, ::-1],
    3: lambda levels: levels[::-1, ::-1],
    4: lambda levels: levels[::-1],
    5: lambda levels: levels.transpose(1, 0, 2),
    6: lambda levels: levels[::-1].transpose(1, 0, 2),
    7: lambda levels: levels[::-1, ::-1].transpose(1, 0, 2),
    8: lambda levels: levels[:, ::-1].transpose(1, 0, 2),
}


def _turned_by_numpy(data: bytes) -> Array:
    with io.BytesIO(data) as file, _opened(file, data) as image:
        turn = _TURNS.get(image.getexif().get(ORIENTATION, 1))
        levels = np.asarray(_rgb(image))
        return levels if turn is None else np.ascontiguousarray(turn(levels))


def _modes_by_numpy(data: bytes) -> Array:
    """Grey repeated, alpha cut off; other modes by Pillow."""
    with io.BytesIO(data) as file, _opened(file, data) as image:
        upright = ImageOps.exif_transpose(image)
        if upright.mode == "L":
            return np.repeat(np.asarray(upright)[:, :, None], 3, axis=2)
        if upright.mode == "RGBA":
            return np.ascontiguousarray(np.asarray(upright)[:, :, :3])
        return np.asarray(_rgb(upright))


def _step_by_step(data: bytes) -> Array:
    """Each picture dropped as soon as the next one is there."""
    with io.BytesIO(data) as file, _opened(file, data) as image:
        upright = ImageOps.exif_transpose(image)
        del image
        picture = _rgb(upright)
        del upright
        levels = np.array(picture)
        del picture
    return levels


def _by_way_of_bytes(decode: Stage) -> Stage:
    def decoded(data: bytes) -> Any:
        picture = decode(data)
        return Image.frombytes(picture.mode, picture.size, picture.tobytes())

    return decoded


def _over_bytes(decode: Stage) -> Stage:
    def decoded(data: bytes) -> Any:
        picture = decode(data)
        return np.frombuffer(picture.tobytes(), np.uint8).reshape(picture.height, picture.width, 3)

    return decoded


# ---- around it


def _remembered(decode: Stage) -> Stage:
    kept: Kept[Image.Image] = Kept(KEPT)

    def decoded(data: bytes) -> Any:
        key = sha256(data).digest()
        picture = kept.get(key)
        if picture is None:
            picture = decode(data)
            kept.put(key, picture.copy(), 4 * picture.width * picture.height)
            return picture
        return picture.copy()

    return decoded


def _while_in_use(decode: Stage) -> Stage:
    """Two who ask for one photo at a time share its levels, which nobody can write."""
    lock = threading.Lock()
    known: WeakValueDictionary[bytes, Array] = WeakValueDictionary()

    def decoded(data: bytes) -> Any:
        key = sha256(data).digest()
        with lock:
            levels = known.get(key)
        if levels is None:
            levels = np.array(decode(data))
            levels.setflags(write=False)
            with lock:
                known[key] = levels
        return levels

    return decoded


def _in_a_pool(decode: Stage) -> Stage:
    pool = PerProcess(lambda: ThreadPoolExecutor(THREADS))
    return lambda data: pool().submit(decode, data).result()


def _own_exception(decode: Stage) -> Stage:
    def decoded(data: bytes) -> Any:
        try:
            return decode(data)
        except BadPhoto as error:
            raise Unreadable(f"400 Bad Request: {error}") from error

    return decoded


PLANTED: tuple[Planted, ...] = (
    variant("the photo's file opened and closed in a block", "decode", lambda _: _closed),
    variant("decode from a named file that is removed", "decode", lambda _: _named_file),
    variant("decode from an upload's spooled file", "decode", lambda _: _spooled),
    variant("decode from a file mapped into memory", "decode", lambda _: _mapped),
    variant("decode from a buffered stream", "decode", lambda _: _buffered),
    wrapped("JPEG files fed to a parser in chunks", "decode", _in_chunks),
    variant("photos turned by numpy", "decode", lambda _: _turned_by_numpy),
    variant("grey and alpha made RGB by numpy", "decode", lambda _: _modes_by_numpy),
    variant("each picture on the way dropped at once", "decode", lambda _: _step_by_step),
    wrapped("pictures copied by way of their bytes", "decode", _by_way_of_bytes),
    wrapped("decode gives an array over bytes that cannot be written", "decode", _over_bytes),
    wrapped("decoded photos remembered by SHA-256, some megabytes of them", "decode", _remembered),
    wrapped("decoded photos shared while they are in use", "decode", _while_in_use),
    wrapped("decode in a pool of two threads", "decode", _in_a_pool),
    wrapped("an exception of the service's own for bad photos", "decode", _own_exception),
)

__getattr__ = factories(PLANTED)
