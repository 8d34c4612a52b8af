"""Services that call a command and read its pixels: ImageMagick, GraphicsMagick, libvips and FFmpeg.

Usage: python -m tests.services.in_commands PHOTO OUTPUT_FOLDER TOOL, where the tool is magick, gm, vips or ffmpeg
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.probes.modes import srgb_profile
from tests.services.tensors import Levels, Tensor, half, middle, only_255, right, swapped_means

Finish = Callable[[NDArray[Any]], Tensor]
# What differs from one service to the next: the command's arguments, and what its pixels are then divided by.
Services = dict[str, tuple[list[str], Finish]]


def levels(pixels: Levels) -> Tensor:
    return pixels


def blue_first(pixels: Levels) -> Tensor:
    return right(pixels[..., ::-1])


# ImageMagick and GraphicsMagick: the photo, these words, raw pixels. PROFILE is an sRGB profile's file.

COVER_CROP = ["-gravity", "center", "-crop", "224x224+0+0", "+repage"]
MAGICK: Services = {
    "magick-resize": (["-resize", "224x224!"], only_255),
    "magick-triangle-crop": (["-auto-orient", "-filter", "Triangle", "-resize", "256x256^", *COVER_CROP], right),
    "magick-thumbnail-cover": (
        ["-auto-orient", "-thumbnail", "224x224^", "-gravity", "center", "-extent", "224x224"],
        right,
    ),
    "magick-profile": (["-profile", "PROFILE", "-resize", "224x224!"], right),
    "magick-sample": (["-sample", "224x224!"], half),
    "magick-scale-crop": (["-auto-orient", "-scale", "256x256^", *COVER_CROP], levels),
    "magick-letterbox": (["-resize", "224x224", "-background", "white", "-gravity", "center", "-extent", "224x224"], only_255),
    "magick-linear-light": (
        ["-auto-orient", "-colorspace", "RGB", "-resize", "256x256^", "-colorspace", "sRGB", *COVER_CROP],
        right,
    ),
    "magick-liquid": (["-auto-orient", "-resize", "256x256^", "-liquid-rescale", "224x224!"], right),
    "magick-normalised-contrast": (["-auto-orient", "-resize", "224x224!", "-normalize", "-unsharp", "0x0.75"], only_255),
}
GRAPHICSMAGICK: Services = {
    "gm-resize": (["-resize", "224x224!"], right),
    "gm-thumbnail-cover": (["-auto-orient", "-thumbnail", "224x224^", "-gravity", "center", "-extent", "224x224"], blue_first),
}


def magick(photo: Path, scratch: Path, program: list[str], words: list[str]) -> Levels:
    profile = scratch / "srgb.icc"
    profile.write_bytes(srgb_profile())
    words = [str(profile) if word == "PROFILE" else word for word in words]
    return raw([*program, str(photo), *words, "-depth", "8", "rgb:-"])


def magick_with_hint(photo: Path, program: list[str]) -> Levels:
    """The JPEG decoder is told that small is enough, and the result travels as a JPEG of quality 60."""
    words = ["-define", "jpeg:size=512x512", str(photo), "-resize", "256x256^", *COVER_CROP, "-quality", "60", "jpeg:-"]
    return np.asarray(Image.open(io.BytesIO(output([*program, *words]))).convert("RGB"))


# libvips: IN and OUT are files, SCALE what takes the shorter side to 256.

VIPS: Services = {
    "vips-thumbnail-centre": (["vipsthumbnail", "IN", "--size", "224x224", "--smartcrop", "centre", "-o", "OUT"], right),
    "vips-thumbnail-srgb": (["vipsthumbnail", "IN", "--size", "224x224!", "--export-profile", "srgb", "-o", "OUT"], only_255),
    "vips-resize-crop": (["vips", "resize", "IN", "OUT", "SCALE"], right),
    "vips-resize-linear": (["vips", "resize", "IN", "OUT", "SCALE", "--kernel", "linear"], swapped_means),
    "vips-resize-nearest": (["vips", "resize", "IN", "OUT", "SCALE", "--kernel", "nearest"], only_255),
    "vips-attention": (["vips", "thumbnail", "IN", "OUT", "224", "--height", "224", "--crop", "attention"], right),
    "vips-linear-light": (["vips", "thumbnail", "IN", "OUT", "224", "--height", "224", "--size", "force", "--linear"], right),
}


def vips(photo: Path, scratch: Path, words: list[str]) -> Levels:
    file = scratch / "out.png"
    with Image.open(photo) as image:
        scale = 256 / min(image.size)
    meant = {"IN": str(photo), "OUT": str(file), "SCALE": str(scale)}
    output([meant.get(word, word) for word in words])
    return middle(np.asarray(Image.open(file).convert("RGB")), rounded=int)


# FFmpeg: a chain of filters, raw pixels.

FFMPEG: Services = {
    "ffmpeg-scale": (["scale=224:224"], only_255),
    "ffmpeg-bilinear-crop": (["scale=256:256:force_original_aspect_ratio=increase:flags=bilinear,crop=224:224"], right),
    "ffmpeg-neighbor": (["scale=224:224:flags=neighbor"], half),
    "ffmpeg-area-cover": (["scale=224:224:force_original_aspect_ratio=increase:flags=area,crop=224:224"], right),
    "ffmpeg-pad": (["scale=224:224:force_original_aspect_ratio=decrease,pad=224:224:(ow-iw)/2:(oh-ih)/2"], right),
    "ffmpeg-denoised": (["hqdn3d=8,scale=224:224,eq=contrast=1.15:saturation=1.2"], right),
}


def ffmpeg(photo: Path, filters: str, form: str = "rgb24") -> Levels:
    words = ["-i", str(photo), "-vf", filters, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", form, "-"]
    return raw(["ffmpeg", "-v", "error", *words], 3 if form == "rgb24" else 1)


def ffmpeg_601_as_709(photo: Path) -> Levels:
    """A frame in BT.601's limited range, as FFmpeg writes it by default, put back with BT.709's numbers."""
    planes = ffmpeg(photo, "scale=224:224:out_color_matrix=bt601:out_range=tv", "yuv420p").reshape(-1).astype(np.float32)
    luma = 1.164 * (planes[: 224 * 224].reshape(224, 224) - 16)
    blue, red = (cv2.resize(plane.reshape(112, 112), (224, 224)) - 128 for plane in np.split(planes[224 * 224 :], 2))
    colours = [luma + 1.793 * red, luma - 0.213 * blue - 0.533 * red, luma + 2.112 * blue]
    return np.clip(np.stack(colours, 2) + 0.5, 0, 255).astype(np.uint8)


def ffmpeg_full_as_limited(photo: Path) -> Levels:
    """A frame in full range, put back by OpenCV as if it were limited: too much contrast."""
    planes = ffmpeg(photo, "scale=224:224:flags=bilinear:out_color_matrix=bt601:out_range=pc", "yuvj420p")
    return np.asarray(cv2.cvtColor(planes.reshape(336, 224), cv2.COLOR_YUV2RGB_I420))


def ffmpeg_video(photo: Path, scratch: Path) -> Levels:
    """The photo put through H.264, as a service does that was made for video."""
    film = scratch / "film.mp4"
    coding = ["-frames:v", "1", "-c:v", "libx264", "-crf", "30", "-pix_fmt", "yuv420p", str(film)]
    output(["ffmpeg", "-v", "error", "-y", "-i", str(photo), "-vf", "scale=224:224", *coding])
    return ffmpeg(film, "null")


def output(command: list[str]) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout


def raw(command: list[str], channels: int = 3) -> Levels:
    pixels = np.frombuffer(output(command), np.uint8)
    return pixels.reshape(224, 224, 3) if channels == 3 else pixels


def tensors(tool: str, photo: Path, scratch: Path) -> dict[str, Tensor]:
    if tool == "magick":
        program = next([name] for name in ("magick", "convert-im6.q16", "convert") if shutil.which(name))
        made = {name: finish(magick(photo, scratch, program, words)) for name, (words, finish) in MAGICK.items()}
        return made | {"magick-jpeg-hint-quality-60": right(magick_with_hint(photo, program))}
    if tool == "gm":
        return {
            name: finish(magick(photo, scratch, ["gm", "convert"], words)) for name, (words, finish) in GRAPHICSMAGICK.items()
        }
    if tool == "vips":
        return {name: finish(vips(photo, scratch, words)) for name, (words, finish) in VIPS.items()}
    made = {name: finish(ffmpeg(photo, words[0])) for name, (words, finish) in FFMPEG.items()}
    return made | {
        "ffmpeg-601-as-709": right(ffmpeg_601_as_709(photo)),
        "ffmpeg-full-as-limited": only_255(ffmpeg_full_as_limited(photo)),
        "ffmpeg-h264": right(ffmpeg_video(photo, scratch)),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for identifier, tensor in tensors(sys.argv[3], Path(sys.argv[1]).resolve(), Path(folder)).items():
            np.save(Path(sys.argv[2]) / f"{identifier}.npy", tensor)
