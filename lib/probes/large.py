"""Probes as large as photos from phones and cameras, by pixels and by bytes, which services treat in ways of their own."""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from lib.deploy import Contract, Domain
from lib.probes.files import exif
from lib.probes.motif import Motif
from lib.probes.probe import Probe, saved
from lib.probes.sizes import longest

# Megapixels between which a size is drawn, evenly on a logarithmic scale: phones begin at 5, cameras end at 50.
MEGAPIXELS = ((5.1, 8.0), (8.1, 12.0), (12.1, 50.0))
ABOVE = (5, 8, 12, 24)  # megapixels, above each of which something changes in one service or another
EVERYWHERE = (1920, 3840, 4000, 4032)  # pixels: widths of screens and phones; of these some heights are drawn
WIDTHS = (1024, 1080, 1280, 1600, 2048, 2560, 3024, 3264, 4096, 4608, 6000)  # others, of which some are drawn
EXACT = 1  # of these in a run
LONG = (8_200, 9_500)  # pixels: above what textures and some formats hold
# Of megapixels and pixels, where more than a default run's files are asked for: each takes seconds.
HUGE, PANORAMAS = (50.1, 70.0), (16_400, 22_500)
MEGABYTES = ((1.05, 2.0), (2.1, 5.0), (5.1, 8.0), (8.5, 20.0))  # files of few pixels and many bytes
LOOSE = (10.5, 16.0)  # megabytes of pixels that were not packed, so that what is cut off is seen
SIDE = 700  # pixels of those, about
TURNED = 6  # the orientation of a photo that a phone took upright


def probes(motif: Motif, contract: Contract, domain: Domain, seed: int, times: int = 1) -> Iterator[Probe]:
    """Sizes drawn from every stretch, some exact widths and heights, and files of megabytes.

    Args:
        motif: what they show.
        contract: what the network is fed.
        domain: no picture leads outside of it.
        seed: of the sizes.
        times: how often each stretch is drawn from.
    """
    random = np.random.default_rng([seed, 2])
    most_aspect = longest(contract, domain)
    aspect = min(most_aspect, 2.0)
    for number in range(times):
        for least, most in (*MEGAPIXELS, *([HUGE] if times > 1 else [])):
            pixels = 1e6 * math.exp(random.uniform(math.log(least), math.log(most)))
            ratio = random.uniform(1, aspect) ** random.choice((-1, 1))
            yield _photo(motif, round(math.sqrt(pixels * ratio)), round(math.sqrt(pixels / ratio)), number, random)
        upright, others = (random.choice(sides, EXACT, replace=False).tolist() for sides in (EVERYWHERE, WIDTHS))
        for i, side in enumerate((*EVERYWHERE, *others, *upright)):
            other = round(side / random.uniform(max(1.0, most_aspect / 1.2), most_aspect))
            yield _photo(motif, *((side, other) if i < len(EVERYWHERE) + 1 else (other, side)), i, random)
        for least, most in (LONG, *([PANORAMAS] if times > 1 else [])):
            side = int(random.integers(least, most))
            sides = side, math.ceil(side / (0.99 * most_aspect))
            yield _photo(motif, *(sides if random.random() < 0.5 else sides[::-1]), number, random)
        for i, (least, most) in enumerate(MEGABYTES):
            yield _heavy(motif, random.uniform(least, most), random, turned=(i + number + seed) % 2 == 1)
        yield _loose(motif, random.uniform(*LOOSE), random)


def _photo(motif: Motif, width: int, height: int, number: int, random: np.random.Generator) -> Probe:
    """A photo with fine detail, which a wrong filter shows; JPEG, as cameras write it."""
    pixels = np.array(cv2.resize(np.asarray(motif.picture(480, 360, number)), (width, height), interpolation=cv2.INTER_LINEAR))
    grain = random.integers(0, 24, (256, 256, 1), dtype=np.uint8)
    for top in range(0, height, 256):
        tiled = np.tile(grain, (1, -(-width // 256), 1))[: min(256, height - top), :width]
        band = pixels[top : top + 256]
        np.copyto(band, cv2.add(band, np.repeat(tiled, 3, axis=2)))
    name = f"{width} × {height} ({width * height / 1e6:.1f} megapixels)"
    above = tuple(f"above {least} megapixels" for least in ABOVE if width * height > least * 1e6)
    exact = tuple(f"a side of {side:,} pixels" for side in (width, height) if side in (*EVERYWHERE, *WIDTHS))
    return Probe(
        name,
        _jpeg(np.asarray(pixels, np.uint8), 85),
        traits=(*above, *exact, *(("a side above 8,192 pixels",) if max(width, height) > 8192 else ())),
    )


def _heavy(motif: Motif, megabytes: float, random: np.random.Generator, turned: bool) -> Probe:
    """A file of so many bytes: noise at the best quality, and comments for what is missing; some lie on their side."""
    side = int(SIDE * random.uniform(0.8, 1.2))
    levels = np.asarray(motif.picture(side + 40, side), np.int16) + random.integers(
        -60, 60, (side, side + 40, 3), dtype=np.int16
    )
    data = _jpeg(np.clip(levels, 0, 255).astype(np.uint8), 98)
    missing = max(0, int(megabytes * 1e6) - len(data))
    comment = b"\xff\xfe\xff\xff" + bytes(0xFFFD)
    said = exif(TURNED).tobytes()
    segment = b"\xff\xe1" + (len(said) + 2).to_bytes(2, "big") + said if turned else b""
    data = data[:2] + segment + comment * -(-missing // len(comment)) + data[2:]
    name = f"{len(data) / 1e6:.1f} MB of JPEG ({side + 40} × {side}{', on its side' * turned})"
    return Probe(name, data, traits=("above a megabyte",))


def _loose(motif: Motif, megabytes: float, random: np.random.Generator) -> Probe:
    """A PNG that was saved without being packed, as for speed."""
    side = round(math.sqrt(megabytes * 1e6 / 3))
    data = saved(motif.picture(side, side), "PNG", compress_level=0)
    return Probe(f"{len(data) / 1e6:.1f} MB of PNG ({side} × {side})", data, traits=("above a megabyte",))


def _jpeg(pixels: NDArray[np.uint8], quality: int) -> bytes:
    return bytes(
        cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
    )
