"""Pixels inside a page."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
from PIL import Image

from lib.report.image import image, webp_source
from tests.conftest import picture


def stored(source: str) -> np.ndarray:
    head, data = source.split(",", 1)
    assert head == "data:image/webp;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def test_where_it_has_to_be_exact_every_pixel_is_kept():
    pixels = np.asarray(picture(31, 17))
    assert (stored(webp_source(pixels, exact=True)) == pixels).all()


def test_a_photograph_is_smaller_and_close():
    pixels = np.asarray(picture(60, 30).resize((400, 200)))
    source = webp_source(pixels)
    assert len(source) < len(webp_source(pixels, exact=True)) / 2
    assert np.abs(stored(source).astype(int) - pixels).mean() < 8


def test_its_alt_text_is_escaped_and_its_size_given():
    said = image(np.zeros((3, 5, 3), np.uint8), 'a "cup" & <saucer>', exact=True)
    assert 'alt="a &quot;cup&quot; &amp; &lt;saucer&gt;" width="5" height="3"' in said
    assert re.search('class="exact"', said)
