"""Seventeen faults in one deployment, none of which shows on any of the bundled photos."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from lib.deploy import Model, Pipeline
from lib.deploy.stages import preprocessing
from lib.gate.deployed import Planted, factories
from lib.gate.faults.decode import damaged, files, modes
from lib.gate.faults.decode.reading import opened
from lib.gate.faults.decode.turned import ORIENTATION, UPRIGHT
from lib.gate.faults.infer import first_for_all
from lib.gate.faults.normalise import dark_lifted
from lib.gate.faults.resize import NEAREST, above

# What a file is, and what becomes of it: the first that holds, else the picture as it lies in the file, not turned.
_FILES = (
    (files.several, files.frame(-1)),
    (files.progressive, files.first_pass),
    (modes.ycck, modes.without_conversion),
    (modes.of_mode("CMYK"), modes.inverted),
    (modes.of_mode("RGBA"), modes.onto(0)),
    (modes.of_mode("LA"), modes.onto(0)),
    (modes.clear_palette, modes.onto(255)),
    (modes.clear_colour, modes.onto(255)),
    (modes.of_mode("1"), modes.zero_and_one),
    (modes.with_profile(), modes.profile_applied),
    (lambda image: "gamma" in image.info, modes.gamma_applied),
)
NAMED = (
    "EXIF orientation 6", "several frames", "progressive JPEG", "YCCK", "CMYK", "alpha", "grey with alpha",
    "palette with transparency", "one bit", "16 bits a channel", "ICC profile", "gamma chunk",
    "a side above 2,000 pixels", "dark", "cut short, JPEG", "batch of 2",
)  # fmt: skip


def _decoded(data: bytes) -> Any:
    whole = damaged.completed(data)  # refuses what has to be refused, but for files cut short
    image = opened(data)
    for holds, wrong in _FILES:
        if holds(image):
            return wrong(image)
    turned = image.getexif().get(ORIENTATION, UPRIGHT) != UPRIGHT
    return image.convert("RGB") if turned else whole


def _planted(ours: Pipeline, model: Model) -> Pipeline:
    right = preprocessing(model.contract)[0]

    def resize(picture: Any) -> Any:
        image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
        return NEAREST(image, right) if above(2000)(image) else right(image)

    def normalise(picture: Any) -> Any:
        return ours.normalise(dark_lifted(np.asarray(picture)).astype(np.uint8))

    return Pipeline(modes.sixteen(modes.low, _decoded), resize, normalise, first_for_all(ours.infer), ours.score)


PLANTED = (Planted("seventeen faults at once", "decode", _planted, NAMED),)

__getattr__ = factories(PLANTED)
