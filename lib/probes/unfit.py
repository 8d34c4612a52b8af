"""Probes that have no right answer: files which a deployment has to refuse, and libraries open all the same."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PIL import Image

from lib.probes.motif import Motif
from lib.probes.probe import Probe, saved


def probes(motif: Motif) -> Iterator[Probe]:
    """Pixels deeper than 8 bits, of which libraries keep other bits, and files that end early."""
    picture = motif.picture()
    grey = picture.convert("L")
    shown = np.asarray(grey.convert("RGB"))
    deep = np.asarray(grey).astype(np.uint16) * 256 + 200
    yield Probe("16 bits, grey PNG", saved(Image.fromarray(deep), "PNG"), shown)
    yield Probe("16 bits, grey TIFF", saved(Image.fromarray(deep), "TIFF"), shown)
    yield Probe("32 bits, floating point", saved(Image.fromarray(deep.astype(np.float32)), "TIFF"), shown)
    for kind in ("JPEG", "PNG"):
        whole = saved(picture, kind)
        yield Probe(f"cut short, {kind}", whole[: len(whole) // 2], np.asarray(picture))
    yield Probe("no picture", b"no picture\n" * 40)
    yield Probe("empty", b"")
