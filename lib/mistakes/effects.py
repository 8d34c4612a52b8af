"""What a mistake does, whoever makes it, and who is known to make it.

A tensor shows the effect: that a filter had two taps is in the pixels, and that OpenCV computed it mostly is not.
"""

from __future__ import annotations

from lib.mistakes.resizers import RESIZERS
from lib.mistakes.resizers.resizer import (
    AREA,
    CUBIC,
    LANCZOS,
    LINEAR,
    NEAREST,
    SMOOTH_CUBIC,
    SMOOTH_LANCZOS,
    SMOOTH_LINEAR,
)

# Mistakes that do two things at once, each of which is a mistake by itself.
TOGETHER: dict[str, tuple[str, ...]] = {
    "squash, nearest": ("squash", "Pillow nearest"),
    "cover, lanczos": ("resize to the crop's size", "Pillow lanczos"),
}

# Decoders that do the same, each by its own library.
_DECODERS = {"JPEG draft mode": "JPEG shrunk on load"}

# Who does so, as measured on services written with these libraries (``make services``).
WHO: dict[str, str] = {
    NEAREST: "Pillow's old default, Java's Graphics2D by default, sharp's nearest, ImageMagick's -sample, PHP GD's "
    "imagecopyresized",
    AREA: "OpenCV's INTER_AREA, Pillow's BOX, PHP GD's imagecopyresampled",
    LINEAR: "OpenCV's default, torch and ONNX without antialias, Java's Graphics2D bilinear, Go's ApproxBiLinear, Skia",
    SMOOTH_LINEAR: "Pillow's BILINEAR, torch with antialias=True, Go's BiLinear",
    CUBIC: "OpenCV's INTER_CUBIC, torch without antialias, Java's Graphics2D bicubic",
    SMOOTH_CUBIC: "Pillow's BICUBIC, Go's CatmullRom, FFmpeg's default",
    LANCZOS: "OpenCV's INTER_LANCZOS4",
    SMOOTH_LANCZOS: "Pillow's LANCZOS, sharp and libvips, ImageMagick's default",
    "halving, then bilinear": "canvas code in browsers, Java services",
    "squash": "cv2.resize(image, (224, 224)), Keras' load_img(target_size=…), Resize((224, 224))",
    "resize to the crop's size": "sharp's resize(224, 224), thumbnail -crop, ImageOps.fit",
    "JPEG shrunk on load": "sharp and libvips, Pillow's draft mode does the like",
    "EXIF ignored": "Image.open without exif_transpose, Java's ImageIO, PHP's GD, Go's image/jpeg, stb_image",
    "colour profile applied": "browsers' canvas, libvips' thumbnail, ImageMagick's -profile, Java's ImageIO",
}


def effects(names: tuple[str, ...]) -> tuple[str, ...]:
    """What mistakes do, in the order of the pipeline, each once: a resizer's is its filter, whichever library's."""
    parts = [part for name in names for part in TOGETHER.get(name, (name,))]
    return tuple(dict.fromkeys(RESIZERS[part].effect if part in RESIZERS else _DECODERS.get(part, part) for part in parts))


def simpler(names: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """Each thing that was done, with the mistakes that are left where it alone is left undone."""
    fewer = []
    for i, name in enumerate(names):
        parts = TOGETHER.get(name, (name,))
        fewer += [(part, (*names[:i], *parts[:j], *parts[j + 1 :], *names[i + 1 :])) for j, part in enumerate(parts)]
    return fewer
