"""Mistakes put into a healthy pipeline, for the tests of each family."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from lib.deploy import Contract, Pipeline
from lib.deploy.stages import decode, preprocessing, score
from lib.mistakes import CATALOGUE

CONTRACT = Contract(64, "shorter-side", "bilinear", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
RESIZE, NORMALISE = preprocessing(CONTRACT)
HEALTHY = Pipeline(decode, RESIZE, NORMALISE, lambda tensor: tensor, score)


def committed(name: str, value: Any, contract: Contract = CONTRACT) -> np.ndarray:
    """What the stage with the mistake gives for ``value``."""
    mistake = CATALOGUE[name]
    return np.asarray(getattr(mistake.commit(HEALTHY, contract), mistake.stage)(value))


def smooth(width: int, height: int) -> Image.Image:
    """A picture without detail, on which every sensible filter agrees."""
    y, x = np.mgrid[0:height, 0:width]
    channels = [100 + 60 * np.sin(x / width * 3), 120 + 50 * np.cos(y / height * 2), 40 + 160 * x / width]
    return Image.fromarray(np.stack(channels, axis=2).astype(np.uint8))
