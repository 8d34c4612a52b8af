"""What probes show: cuts of the bundled photos, since a fault of filters or colours shows best on a photo."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from lib.deploy.stages import decode
from lib.inputs import photos

HALF = 0.5
WIDTH, HEIGHT = 150, 110  # pixels of most probes: small, so that a hundred of them take seconds


@dataclass(frozen=True)
class Motif:
    """A few photos, from which any picture can be cut.

    Attributes:
        images: RGB, each 300 pixels a side or more.
    """

    images: tuple[Image.Image, ...]

    @classmethod
    def bundled(cls) -> Motif:
        """The photos that arrive with packages, whatever a run is about."""
        # through an array: a photo's own ICC profile and EXIF data must not come along
        return cls(tuple(Image.fromarray(np.asarray(decode(photo.data))) for photo in photos.load().readable[:3]))

    @cached_property
    def halves(self) -> tuple[Image.Image, ...]:
        """The images at half their size, which most pictures are cut from."""
        return tuple(image.resize((round(image.width * HALF), round(image.height * HALF))) for image in self.images)

    def picture(self, width: int = WIDTH, height: int = HEIGHT, number: int = 0) -> Image.Image:
        """The central part of one of the photos at a width and height in pixels, scaled where it is too small."""
        image = self.images[number % len(self.images)]
        factor = max(width / image.width, height / image.height, HALF)
        size = max(width, round(image.width * factor)), max(height, round(image.height * factor))
        scaled = self.halves[number % len(self.images)] if factor == HALF else image.resize(size)
        left, top = (scaled.width - width) // 2, (scaled.height - height) // 2
        return scaled.crop((left, top, left + width, top + height))
