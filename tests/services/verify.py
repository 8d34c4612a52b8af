"""Holds what services.toml says of each service against what the service wrote.

python -m tests.services.verify [service ...]

Makes each photo in every combination of orientation, profile, shape and filter, undoes the stated order and numbers of a
tensor, and says which combination it is nearest to. The numbers are levels: the mean and the largest difference.
Crops of "cover" lie up to a pixel apart from one library to the next, which shows here as 3 to 6 levels.
"""

from __future__ import annotations

import io
import itertools
import sys
import tomllib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from tests.services.run import OUT, PHOTOS, SERVICES
from tests.services.tensors import MEAN, STD, middle, shorter_side

Image224 = NDArray[np.float32]
Facts = tuple[str, str, str, str]
SHOWING = ("exif6.jpg", "display-p3.jpg", "wide.jpg", "two-megapixel.jpg", "photo.png")
SHAPES = ("crop", "crop-floor", "cover", "squash", "squash-crop", "letterbox")
OPENCV = {"nearest-corner": cv2.INTER_NEAREST, "linear": cv2.INTER_LINEAR, "area": cv2.INTER_AREA, "cubic": cv2.INTER_CUBIC}
PILLOW = {
    "nearest": Image.Resampling.NEAREST,
    "triangle": Image.Resampling.BILINEAR,
    "cubic-aa": Image.Resampling.BICUBIC,
    "lanczos-aa": Image.Resampling.LANCZOS,
}
# Taps counted from a pixel's upper left corner instead of its middle, and corner pixels that are mapped onto each other.
PLACED = {"linear-corner": 1, "cubic-corner": 3, "linear-aligned": 1}
FILTERS = (*OPENCV, *PILLOW, *PLACED, "halving")
PLACES = {"taps counted from the pixel's upper left corner": "-corner", "corner pixels aligned": "-aligned"}
# Numbers that a level is multiplied by, and what is then taken off, by position in the tensor.
NUMBERS: dict[str, tuple[Any, Any]] = {
    "levels": (1, 0),
    "levels-float": (1, 0),
    "right": (1 / 255 / STD, MEAN / STD),
    "bgr-mean": (1 / 255 / STD[::-1], MEAN[::-1] / STD[::-1]),
    "only-255": (1 / 255, 0),
    "half": (1 / 127.5, 1),
    "twice": (1 / 255**2, 0),
}


def resized(image: Image.Image, size: tuple[int, int], how: str) -> Image.Image:
    if how == "halving":
        while image.width >= 2 * size[0] and image.height >= 2 * size[1]:
            image = resized(image, (image.width // 2, image.height // 2), "linear")
        how = "linear"
    if how in PLACED:
        return placed(image, size, how)
    if how in PILLOW:
        return image.resize(size, PILLOW[how])
    return Image.fromarray(cv2.resize(np.asarray(image), size, interpolation=OPENCV[how]))


def placed(image: Image.Image, size: tuple[int, int], how: str) -> Image.Image:
    away = 1 if how.endswith("aligned") else 0
    along, down = (np.arange(to, dtype=np.float32) * (of - away) / (to - away) for to, of in zip(size, image.size, strict=True))
    places = np.meshgrid(along, down)
    taps = cv2.INTER_LINEAR if PLACED[how] == 1 else cv2.INTER_CUBIC
    return Image.fromarray(cv2.remap(np.asarray(image), places[0], places[1], taps, borderMode=cv2.BORDER_REPLICATE))


def shaped(image: Image.Image, shape: str, how: str, fill: int) -> Image224:
    if shape == "squash":
        return np.asarray(resized(image, (224, 224), how), np.float32)
    if shape == "squash-crop":
        return middle(np.asarray(resized(image, (256, 256), how), np.float32))
    if shape == "letterbox":
        scale = 224 / max(image.size)
        small = np.asarray(resized(image, (round(image.width * scale), round(image.height * scale)), how), np.float32)
        canvas = np.full((224, 224, 3), fill, np.float32)
        top, left = (224 - small.shape[0]) // 2, (224 - small.shape[1]) // 2
        canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
        return canvas
    size = shorter_side(*image.size, 224 if shape == "cover" else 256)
    return middle(np.asarray(resized(image, size, how), np.float32), rounded=int if shape == "crop-floor" else round)


def models(photo: Path, fill: int) -> dict[Facts, Image224]:
    """The photo in every combination of facts; those of a photo without orientation or profile are there once."""
    stored = Image.open(photo)
    profile = stored.info.get("icc_profile")
    found: dict[Facts, Image224] = {}
    for exif, managed in itertools.product(("applied", "ignored"), ("applied", "ignored")):
        if (exif == "applied" and stored.getexif().get(0x0112, 1) == 1) or (managed == "applied" and not profile):
            continue
        image = (ImageOps.exif_transpose(stored) if exif == "applied" else stored).convert("RGB")
        if managed == "applied":
            image = ImageCms.profileToProfile(image, io.BytesIO(profile or b""), ImageCms.createProfile("sRGB")) or image
        for shape, how in itertools.product(SHAPES, FILTERS):
            found[exif, managed, shape, how] = shaped(image, shape, how, fill)
    return found


def undone(tensor: NDArray[Any], stated: dict[str, Any]) -> Image224 | None:
    """The levels that a tensor was made of, red first."""
    if stated["normalise"] not in NUMBERS:
        return None
    values = tensor.astype(np.float32).transpose(1, 2, 0) if tensor.shape[0] == 3 else tensor.astype(np.float32)
    factor, taken = NUMBERS[stated["normalise"]]
    levels: Image224 = (values + taken) / factor
    return levels[..., ::-1] if stated["order"] == "bgr" else levels


def main() -> None:
    services = tomllib.loads(SERVICES.read_text())["service"]
    wanted = [service for service in services if len(sys.argv) < 2 or service["id"] in sys.argv[1:]]
    for name in SHOWING:
        print(f"== {name}")
        made = {fill: models(PHOTOS / name, fill) for fill in {service.get("fill", 0) for service in wanted}}
        for service in wanted:
            path = OUT / Path(name).stem / f"{service['id']}.npy"
            levels = undone(np.load(path), service) if path.exists() else None
            if levels is None:
                print(f"{service['id']:34} {'not modelled' if path.exists() else 'not written'}")
                continue
            candidates = made[service.get("fill", 0)]
            away = {facts: float(np.abs(levels - model).mean()) for facts, model in candidates.items()}
            nearest = min(away, key=lambda facts: away[facts])
            turned, managed = (any(facts[at] == "applied" for facts in away) for at in (0, 1))
            stated = (
                service["exif"] if turned else "ignored",
                ("ignored" if service["profile"] == "ignored" else "applied") if managed else "ignored",
                service["shape"],
                service["filter"] + next((PLACES[words] for words in service["also"] if words in PLACES), ""),
            )
            said = f"{away[stated]:6.2f} {np.abs(levels - candidates[stated]).max():4.0f}" if stated in away else "   not  all"
            other = "" if nearest == stated else f"nearest {away[nearest]:6.2f} {' '.join(nearest)}"
            print(f"{service['id']:34} {said}  {' '.join(stated):40} {'; '.join(service['also'])[:40]:40} {other}")


if __name__ == "__main__":
    main()
