"""Every library's resize side by side, a file a library: the right size, by another library's idea of how to get there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lib.compare.view import of_contract
from lib.deploy import Contract
from lib.mistakes.mistake import Mistake
from lib.mistakes.resizers import halving, libvips, onnx_resize, opencv, pillow, pytorch, scikit_image
from lib.mistakes.resizers.resizer import Pixels, Resizer

RESIZERS: dict[str, Resizer] = {
    each.name: each
    for library in (pillow, opencv, pytorch, onnx_resize, scikit_image, libvips, halving)
    for each in library.RESIZERS
}


def _resize(resizer: Resizer) -> Callable[[Contract], Callable[[Any], Any]]:
    def make(contract: Contract) -> Callable[[Any], Any]:
        def resize(picture: Any) -> Pixels:
            pixels = np.asarray(picture)
            view = of_contract(contract, pixels.shape[1], pixels.shape[0])
            left, top, right, bottom = view.window
            return np.ascontiguousarray(resizer.scale(pixels, view.scaled)[top:bottom, left:right])

        return resize

    return make


FILTERS = tuple(Mistake(each.name, "resize", each.code, each.why, _resize(each), each.needs) for each in RESIZERS.values())
