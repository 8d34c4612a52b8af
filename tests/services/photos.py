"""Makes the photos that every service is run on: the same bytes every time, in all the shapes that phones and cameras send."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import skimage.data
from matplotlib import cbook
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from lib.probes.modes import display_p3_profile


def make_photos(folder: Path) -> list[Path]:
    """Writes the photos into a folder and returns them, leaving those alone that are there already."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in _PHOTOS.items():
        if not (folder / name).exists():
            make(folder / name)
    return [folder / name for name in _PHOTOS]


def _subject(name: str) -> Image.Image:
    if name == "grace_hopper":
        return Image.open(str(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False))).convert("RGB")
    load: Any = getattr(skimage.data, name)
    return Image.fromarray(load()).convert("RGB")


def _filled(name: str, size: tuple[int, int], grain: float = 6.0) -> Image.Image:
    """A photo of exactly this size: enlarged to cover it, cut at the middle, with fine detail added that enlarging lacks."""
    photo = _subject(name)
    scale = max(size[0] / photo.width, size[1] / photo.height)
    photo = photo.resize((round(photo.width * scale + 0.5), round(photo.height * scale + 0.5)), Image.Resampling.LANCZOS)
    left, top = (photo.width - size[0]) // 2, (photo.height - size[1]) // 2
    levels = np.asarray(photo.crop((left, top, left + size[0], top + size[1])), np.float32)
    noise = np.random.default_rng(sum(size)).normal(0, grain, levels.shape[:2]).astype(np.float32)
    rows, columns = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    weave = grain * np.sin(columns * 1.9) * np.sin(rows * 2.3) * (levels.mean(2) > 90)
    return Image.fromarray(np.clip(levels + (noise + weave)[..., None] + 0.5, 0, 255).astype(np.uint8))


def _exif(orientation: int, thumbnail: Image.Image | None) -> bytes:
    """An EXIF block with an orientation and, as cameras add it, a small JPEG (IFD1)."""
    if thumbnail is None:
        exif = Image.Exif()
        exif[0x0112] = orientation
        return exif.tobytes()
    small = io.BytesIO()
    thumbnail.save(small, "JPEG", quality=80)
    first = struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 26)
    where = 8 + len(first) + 2 + 3 * 12 + 4
    second = struct.pack("<H", 3) + b"".join(
        struct.pack("<HHII", tag, kind, 1, value)
        for tag, kind, value in ((0x0103, 3, 6), (0x0201, 4, where), (0x0202, 4, len(small.getvalue())))
    )
    return b"Exif\0\0" + b"II*\0\x08\0\0\0" + first + second + b"\0\0\0\0" + small.getvalue()


def _turned(path: Path, name: str, size: tuple[int, int], orientation: int) -> None:
    """Saves a photo lying as the sensor saw it, so that a viewer that honours its orientation shows it upright."""
    turn = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}[orientation]
    stored = _filled(name, size).transpose(turn)
    thumbnail = stored.copy()
    thumbnail.thumbnail((160, 160))
    stored.save(path, quality=92, exif=_exif(orientation, thumbnail if orientation != 3 else None))


def _plain(path: Path, name: str, size: tuple[int, int], grain: float = 6.0) -> None:
    _filled(name, size, grain).save(path, quality=92)


def _camera(path: Path, name: str, size: tuple[int, int]) -> None:
    photo = _filled(name, size, 10.0)
    thumbnail = photo.copy()
    thumbnail.thumbnail((160, 160))
    photo.save(path, quality=92, exif=_exif(1, thumbnail))


def _display_p3(path: Path) -> None:
    """Strong colours, tagged Display P3: the levels mean more saturated colours than the same levels of sRGB."""
    levels = np.asarray(_filled("coffee", (900, 640)), np.float32)
    grey = levels.mean(2, keepdims=True)
    strong = Image.fromarray(np.clip(grey + 2.2 * (levels - grey), 0, 255).astype(np.uint8))
    strong.save(path, quality=92, icc_profile=display_p3_profile())


def _smooth(path: Path) -> None:
    rows, columns = np.mgrid[0:600, 0:800].astype(np.float32)
    levels: NDArray[np.float32] = np.stack([columns / 799, rows / 599, 0.5 + 0.5 * np.sin(columns / 160 + rows / 90)], 2)
    blurred = _filled("astronaut", (800, 600), 0).filter(ImageFilter.GaussianBlur(12))
    mixed = 0.5 * 255 * levels + 0.5 * np.asarray(blurred, np.float32)
    Image.fromarray(mixed.astype(np.uint8)).save(path, quality=92)


_PHOTOS: dict[str, Callable[[Path], None]] = {
    "exif6.jpg": lambda path: _turned(path, "grace_hopper", (900, 1200), 6),
    "wide.jpg": lambda path: _plain(path, "rocket", (1279, 719)),
    "tall.jpg": lambda path: _plain(path, "grace_hopper", (719, 1279)),
    "large.jpg": lambda path: _camera(path, "coffee", (4000, 3000)),
    "display-p3.jpg": _display_p3,
    "smooth.jpg": _smooth,
    "photo.png": lambda path: _plain(path, "astronaut", (641, 481)),
    "two-megapixel.jpg": lambda path: _camera(path, "chelsea", (1733, 1155)),
}
