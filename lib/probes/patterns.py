"""Probes of patterns: the worst cases of antialiasing, of clipping and of rounding."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.probes.motif import Motif
from lib.probes.probe import Probe, saved

SIDE = 301  # pixels; odd, and above what most networks are fed, so that the pattern is shrunk
SEED = 0


def probes(motif: Motif) -> Iterator[Probe]:
    """All patterns, as PNG."""
    for name, levels in drawn(motif).items():
        yield Probe(name, saved(Image.fromarray(levels), "PNG", compress_level=1))


def drawn(motif: Motif) -> dict[str, NDArray[np.uint8]]:
    """Levels, uint8 (h, w, 3), by name: the patterns, and a photo made bright and dark."""
    return patterns() | {"bright": _stretched(motif, 225, 255), "dark": _stretched(motif, 0, 30)}


def patterns() -> dict[str, NDArray[np.uint8]]:
    """Levels, uint8 (301, 301, 3), by the pattern's name."""
    rows, columns = np.indices((SIDE, SIDE))
    noise = np.random.default_rng(SEED).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    corners = np.array([[r, g, b] for r in (0, 255) for g in (0, 255) for b in (0, 255)], np.uint8)
    dot = np.zeros((SIDE, SIDE, 3), np.uint8)
    dot[SIDE // 2, SIDE // 2] = 255
    return {
        "flat black": np.zeros((SIDE, SIDE, 3), np.uint8),
        "flat white": np.full((SIDE, SIDE, 3), 255, np.uint8),
        "flat grey": np.full((SIDE, SIDE, 3), 127, np.uint8),
        "noise": noise,
        "stripes down": _grey(columns % 2 * 255),
        "stripes across": _grey(rows % 2 * 255),
        "checkerboard": _grey((rows + columns) % 2 * 255),
        "saturated colours": corners[(rows // 40 * 3 + columns // 40) % 8],
        "every level": _grey((rows + columns) * 255 // (2 * SIDE - 2)),
        "one white pixel": dot,
    }


def _grey(levels: NDArray[np.int_]) -> NDArray[np.uint8]:
    return np.repeat(levels.astype(np.uint8)[:, :, None], 3, axis=2)


def _stretched(motif: Motif, least: int, most: int) -> NDArray[np.uint8]:
    levels = np.asarray(motif.picture()).astype(np.float64)
    return np.rint(least + levels / 255 * (most - least)).astype(np.uint8)
