"""``torch.nn.functional.interpolate``, whose antialiasing is off by default."""

from __future__ import annotations

import numpy as np

from lib.mistakes.resizers.resizer import (
    CUBIC,
    HABIT,
    LINEAR,
    NEAREST,
    SMOOTH_CUBIC,
    SMOOTH_LINEAR,
    Pixels,
    Resizer,
    Scaler,
    to_levels,
)


def interpolate(mode: str, antialias: bool) -> Scaler:
    """In float32, rounded to levels."""

    def scale(pixels: Pixels, size: tuple[int, int]) -> Pixels:
        import torch  # a worker of a sweep may have none

        batch = torch.from_numpy(np.array(pixels)).permute(2, 0, 1)[None].float()
        corners = None if mode == "nearest" else False
        scaled = torch.nn.functional.interpolate(batch, size[::-1], mode=mode, align_corners=corners, antialias=antialias)
        return to_levels(scaled[0].permute(1, 2, 0).numpy())

    return scale


RESIZERS = tuple(
    Resizer(
        f"torch {mode}{', antialiased' * antialias}",
        f"torch{', AA' * antialias}",
        mode.removeprefix("bi"),
        interpolate(mode, antialias),
        f'F.interpolate(batch, size, mode="{mode}", antialias={antialias})',
        HABIT if antialias else "a tensor went in, and antialias is off by default",
        effect,
        "torch",
    )
    for mode, antialias, effect in (
        ("nearest", False, NEAREST),
        ("bilinear", False, LINEAR),
        ("bilinear", True, SMOOTH_LINEAR),
        ("bicubic", False, CUBIC),
        ("bicubic", True, SMOOTH_CUBIC),
    )
)
