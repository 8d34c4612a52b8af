"""Services in Python, as people write them with Pillow, OpenCV, PyTorch, scikit-image and SciPy.

Usage: python -m tests.services.in_python PHOTO OUTPUT_FOLDER
"""

from __future__ import annotations

import importlib
import io
import struct
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageDraw, ImageFilter, ImageOps
from scipy import ndimage
from skimage import exposure
from skimage import io as skimage_io
from skimage import transform as skimage_transform

from tests.services.tensors import MEAN, STD, Tensor, chw, half, middle, only_255, right, shorter_side, swapped_means

# torchvision's wheel is for another build of torch: it imports once torch has heard of the operators that it registers.
_library: Any = torch.library.Library
_operators = _library("torchvision", "FRAGMENT")
for _name in ("nms", "qnms"):
    _operators.define(_name + "(Tensor boxes, Tensor scores, float threshold) -> Tensor")
warnings.filterwarnings("ignore", "Failed to load image")
transforms = importlib.import_module("torchvision.transforms")
v2 = importlib.import_module("torchvision.transforms.v2")

resize_by_skimage: Any = skimage_transform.resize

Service = Callable[[Path], Tensor]
SERVICES: dict[str, Service] = {}
EVALUATION = transforms.Compose(
    [transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(), transforms.Normalize(MEAN, STD)]
)


def service(function: Service) -> Service:
    SERVICES["python-" + function.__name__.replace("_", "-")] = function
    return function


def opened(photo: Path) -> Image.Image:
    return Image.open(photo).convert("RGB")


def upright(photo: Path) -> Image.Image:
    return ImageOps.exif_transpose(Image.open(photo)).convert("RGB")


def cropped(image: Image.Image, resample: Image.Resampling = Image.Resampling.BILINEAR) -> Image.Image:
    """Shorter side to 256 and the middle 224, as an image still."""
    return Image.fromarray(middle(np.asarray(image.resize(shorter_side(*image.size), resample))))


def read(photo: Path) -> NDArray[Any]:
    """OpenCV's photo: blue first, upright."""
    return np.asarray(cv2.imread(str(photo)))


# The ways of Pillow and torchvision.


@service
def torchvision_evaluation(photo: Path) -> Tensor:
    return np.asarray(EVALUATION(upright(photo)))


@service
def torchvision_no_exif(photo: Path) -> Tensor:
    return np.asarray(EVALUATION(opened(photo)))


@service
def torchvision_v2_tensor(photo: Path) -> Tensor:
    image = torch.from_numpy(np.array(opened(photo))).permute(2, 0, 1)
    steps = [v2.Resize(256, antialias=True), v2.CenterCrop(224), v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, STD)]
    return np.asarray(v2.Compose(steps)(image))


@service
def torchvision_resize_256_256(photo: Path) -> Tensor:
    return right(middle(np.asarray(transforms.Resize((256, 256))(opened(photo)))))


@service
def torchvision_flipped(photo: Path) -> Tensor:
    return np.asarray(transforms.Compose([transforms.RandomHorizontalFlip(p=1.0), EVALUATION])(opened(photo)))


@service
def timm_bicubic(photo: Path) -> Tensor:
    return right(np.asarray(cropped(opened(photo), Image.Resampling.BICUBIC)))


@service
def pillow_resize_224(photo: Path) -> Tensor:
    return only_255(np.asarray(opened(photo).resize((224, 224))))


@service
def pillow_levels_dump(photo: Path) -> Tensor:
    return np.asarray(cropped(upright(photo)))


@service
def pillow_thumbnail_pasted(photo: Path) -> Tensor:
    small = Image.open(photo)
    small.thumbnail((224, 224))
    canvas = Image.new("RGB", (224, 224))
    canvas.paste(small.convert("RGB"), ((224 - small.width) // 2, (224 - small.height) // 2))
    return right(np.asarray(canvas))


@service
def pillow_fit_lanczos(photo: Path) -> Tensor:
    return right(np.asarray(ImageOps.fit(upright(photo), (224, 224), Image.Resampling.LANCZOS)))


@service
def pillow_draft(photo: Path) -> Tensor:
    image = Image.open(photo)
    image.draft("RGB", (256, 256))
    return right(np.asarray(cropped(ImageOps.exif_transpose(image).convert("RGB"))))


@service
def pillow_colour_managed(photo: Path) -> Tensor:
    image = Image.open(photo)
    converted = upright(photo)
    if profile := image.info.get("icc_profile"):
        converted = ImageCms.profileToProfile(converted, io.BytesIO(profile), ImageCms.createProfile("sRGB")) or converted
    return right(np.asarray(cropped(converted)))


@service
def pillow_means_without_255(photo: Path) -> Tensor:
    return chw((np.asarray(cropped(opened(photo)), np.float32) - MEAN) / STD)


@service
def pillow_reshaped(photo: Path) -> Tensor:
    levels = np.asarray(opened(photo).resize((224, 224), Image.Resampling.BILINEAR), np.float32)
    return ((levels / 255 - MEAN) / STD).reshape(3, 224, 224)


@service
def keras_caffe(photo: Path) -> Tensor:
    blue_first = np.asarray(opened(photo).resize((224, 224), Image.Resampling.NEAREST), np.float32)[..., ::-1]
    return blue_first - np.array([103.939, 116.779, 123.68], np.float32)


# The ways of OpenCV.


@service
def opencv_naive(photo: Path) -> Tensor:
    return only_255(cv2.resize(read(photo), (224, 224)))


@service
def opencv_area_crop(photo: Path) -> Tensor:
    image = cv2.cvtColor(read(photo), cv2.COLOR_BGR2RGB)
    size = shorter_side(image.shape[1], image.shape[0])
    return right(middle(cv2.resize(image, size, interpolation=cv2.INTER_AREA), rounded=int))


@service
def opencv_blue_first(photo: Path) -> Tensor:
    image = read(photo)
    return right(middle(cv2.resize(image, shorter_side(image.shape[1], image.shape[0]))))


@service
def opencv_means_swapped(photo: Path) -> Tensor:
    image = cv2.cvtColor(read(photo), cv2.COLOR_BGR2RGB)
    size = shorter_side(image.shape[1], image.shape[0])
    return swapped_means(middle(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), rounded=int))


@service
def opencv_sides_swapped(photo: Path) -> Tensor:
    image = cv2.cvtColor(read(photo), cv2.COLOR_BGR2RGB)
    width, height = shorter_side(image.shape[1], image.shape[0])
    return right(middle(cv2.resize(image, (height, width), interpolation=cv2.INTER_AREA), rounded=int))


@service
def opencv_letterbox(photo: Path) -> Tensor:
    image = cv2.cvtColor(read(photo), cv2.COLOR_BGR2RGB)
    scale = 224 / max(image.shape[:2])
    width, height = round(image.shape[1] * scale), round(image.shape[0] * scale)
    canvas = np.full((224, 224, 3), 114, np.uint8)
    top, left = (224 - height) // 2, (224 - width) // 2
    canvas[top : top + height, left : left + width] = cv2.resize(image, (width, height))
    return only_255(canvas)


@service
def opencv_inception_crop(photo: Path) -> Tensor:
    image = cv2.cvtColor(read(photo), cv2.COLOR_BGR2RGB)
    top, left = int(image.shape[0] * 0.0625), int(image.shape[1] * 0.0625)
    return half(cv2.resize(image[top : image.shape[0] - top, left : image.shape[1] - left], (224, 224)))


@service
def opencv_reflected_border(photo: Path) -> Tensor:
    image = cv2.cvtColor(read(photo), cv2.COLOR_BGR2RGB)
    scale = 224 / max(image.shape[:2])
    small = cv2.resize(image, (round(image.shape[1] * scale), round(image.shape[0] * scale)), interpolation=cv2.INTER_AREA)
    top, left = (224 - small.shape[0]) // 2, (224 - small.shape[1]) // 2
    bottom, rest = 224 - top - small.shape[0], 224 - left - small.shape[1]
    return right(cv2.copyMakeBorder(small, top, bottom, left, rest, cv2.BORDER_REFLECT_101))


# The ways of PyTorch's tensors, scikit-image and SciPy.


@service
def torch_interpolate(photo: Path) -> Tensor:
    image = torch.from_numpy(np.array(upright(photo))).permute(2, 0, 1)[None].float() / 255
    width, height = shorter_side(image.shape[3], image.shape[2])
    small = torch.nn.functional.interpolate(image, size=(height, width), mode="bilinear", align_corners=False)[0]
    return right(middle(small.permute(1, 2, 0).numpy() * 255, rounded=int))


@service
def torch_normalised_first(photo: Path) -> Tensor:
    image = transforms.Compose([transforms.ToTensor(), transforms.Normalize(MEAN, STD)])(opened(photo))
    return np.asarray(torch.nn.functional.interpolate(image[None], size=(224, 224), mode="bilinear", antialias=True)[0])


@service
def skimage_resize(photo: Path) -> Tensor:
    return np.asarray(resize_by_skimage(skimage_io.imread(photo)[..., :3], (224, 224)), np.float32)


@service
def skimage_255_twice(photo: Path) -> Tensor:
    return only_255(resize_by_skimage(skimage_io.imread(photo)[..., :3], (224, 224), anti_aliasing=False))


@service
def scipy_zoom(photo: Path) -> Tensor:
    image = np.asarray(opened(photo))
    return right(ndimage.zoom(image, (224 / image.shape[0], 224 / image.shape[1], 1), order=1))


# What a list of ordinary mistakes will not hold.


@service
def linear_light(photo: Path) -> Tensor:
    light = cv2.resize((np.asarray(upright(photo), np.float32) / 255) ** 2.2, (224, 224), interpolation=cv2.INTER_AREA)
    return right(np.round(255 * light ** (1 / 2.2)))


@service
def sharpened(photo: Path) -> Tensor:
    return right(np.asarray(cropped(upright(photo)).filter(ImageFilter.UnsharpMask(radius=1, percent=80, threshold=0))))


@service
def autocontrast(photo: Path) -> Tensor:
    return right(np.asarray(ImageOps.autocontrast(cropped(upright(photo)), cutoff=2)))


@service
def palette(photo: Path) -> Tensor:
    return right(np.asarray(cropped(upright(photo)).quantize(64).convert("RGB")))


@service
def exif_thumbnail(photo: Path) -> Tensor:
    """Takes the small JPEG that the camera put into EXIF where there is one, as it is quick to decode."""
    exif = photo.read_bytes()[:65536]
    found = exif.find(b"Exif\0\0II*\0")
    image = opened(photo)
    if found >= 0:
        ifd = found + 6 + struct.unpack_from("<I", exif, found + 10)[0]
        second = struct.unpack_from("<I", exif, ifd + 2 + 12 * struct.unpack_from("<H", exif, ifd)[0])[0]
        if second:
            entries = {
                tag: value
                for tag, _, _, value in (struct.unpack_from("<HHII", exif, found + 8 + second + 12 * i) for i in range(3))
            }
            start = found + 6 + entries[0x0201]
            image = Image.open(io.BytesIO(exif[start : start + entries[0x0202]])).convert("RGB")
    return right(np.asarray(cropped(image)))


@service
def denoised(photo: Path) -> Tensor:
    levels = np.ascontiguousarray(np.asarray(cropped(upright(photo))))
    return right(cv2.fastNlMeansDenoisingColored(levels, None, 6, 6, 5, 15))


@service
def straightened(photo: Path) -> Tensor:
    return right(np.asarray(cropped(upright(photo).rotate(1.0, Image.Resampling.BILINEAR))))


@service
def watermarked(photo: Path) -> Tensor:
    image = cropped(upright(photo))
    ImageDraw.Draw(image).text((110, 196), "(c) example.org", fill=(255, 255, 255), font_size=14)
    return right(np.asarray(image))


@service
def equalised_locally(photo: Path) -> Tensor:
    return chw((exposure.equalize_adapthist(np.asarray(cropped(opened(photo))), clip_limit=0.01) - MEAN) / STD)


@service
def grey(photo: Path) -> Tensor:
    return right(np.asarray(upright(photo).convert("L").resize((224, 224), Image.Resampling.BILINEAR).convert("RGB")))


if __name__ == "__main__":
    torch.set_num_threads(2)
    for identifier, preprocess in SERVICES.items():
        np.save(Path(sys.argv[2]) / f"{identifier}.npy", preprocess(Path(sys.argv[1])))
