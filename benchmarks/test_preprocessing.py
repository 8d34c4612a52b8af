"""From a file's bytes to the network's input: the deployment against torchvision, and against Pillow's part of the work."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from lib.deploy.stages import decode, preprocessing
from tests.deploy.torchvision_transforms import preprocessing as torchvision_preprocessing


def test_preprocessing(race, photo, lite0):
    contract = lite0.subject.contract
    resize, normalise = preprocessing(contract)
    transform = torchvision_preprocessing(contract)

    def alone(data):
        image = Image.open(io.BytesIO(data))
        image.load()
        image = image if image.mode == "RGB" else image.convert("RGB")
        return image.resize(resize.target(*image.size), Image.Resampling.BILINEAR)

    def ours(data):
        return normalise(resize(decode(data)))

    def torchvision(data):
        return transform(Image.open(io.BytesIO(data)).convert("RGB")).unsqueeze(0).numpy()

    np.testing.assert_array_equal(ours(photo.data), torchvision(photo.data))
    routes = {"Pillow's decode and resize alone": alone, "lib.deploy": ours, "torchvision": torchvision}
    race("From a file's bytes to the network's input", routes)
