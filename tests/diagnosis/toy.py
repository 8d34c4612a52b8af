"""A small photo, and what the right preprocessing makes of it."""

from __future__ import annotations

import numpy as np

from lib.deploy import Contract
from lib.deploy.stages import preprocessing
from lib.diagnosis import Finding, diagnose
from tests.conftest import encoded, picture

CONTRACT = Contract(64, "shorter-side", "bilinear", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
RESIZE, NORMALISE = preprocessing(CONTRACT)
PHOTO = picture(150, 100)
DATA = encoded(PHOTO)
PIXELS = np.asarray(PHOTO)
RIGHT = np.asarray(RESIZE(PHOTO))  # 96 x 64


def found(tensor) -> Finding:
    """What diagnosis says of a tensor that was made of the photo."""
    return diagnose(DATA, np.asarray(tensor), CONTRACT)
