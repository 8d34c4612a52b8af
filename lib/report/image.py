"""Pixels as pictures inside a page."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.report.html import Html, content

QUALITY = 80  # of photographs, drawn with two of their pixels to one of CSS


def webp_source(pixels: NDArray[np.uint8], exact: bool = False) -> str:
    """A picture as a ``data:`` URL.

    Args:
        pixels: uint8 (h, w, 3).
        exact: whether every pixel is kept as it is. A photograph can do without.
    """
    buffer = io.BytesIO()
    options = {"lossless": True} if exact else {"quality": QUALITY}
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "WEBP", **options)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def image(pixels: NDArray[np.uint8], alt: str, exact: bool = False) -> Html:
    """A picture as an element, as large as its frame.

    Args:
        pixels: uint8 (h, w, 3).
        alt: what can be seen on it, for those who cannot.
        exact: as :func:`webp_source` takes it; then a pixel is also drawn as a square.
    """
    height, width = pixels.shape[:2]
    kind = ' class="exact"' if exact else ""
    return Html(f'<img{kind} alt="{content(alt)}" width="{width}" height="{height}" src="{webp_source(pixels, exact)}">')
