"""Files drawn from a grammar."""

from __future__ import annotations

import io
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from lib.deploy.stages import decode
from lib.export.exporter import domain
from lib.probes import Motif, drawn
from lib.probes.drawn import named, pairwise
from lib.probes.written import KINDS
from lib.probes.written.kind import ORDINARY

MOTIF = Motif.bundled()
PICTURE = MOTIF.picture(61, 43)


def rows(kind, seed=0):
    return pairwise(kind, np.random.default_rng(seed))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_two_choices_stand_together(kind):
    made = rows(kind)
    for one in kind.choices:
        for other in kind.choices:
            if one < other:
                seen = {(row[one], row[other]) for row in made}
                assert seen == {(a, b) for a in kind.choices[one] for b in kind.choices[other]}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_file_shows_the_picture_that_it_was_made_of(kind):
    grey = PICTURE.convert("L").convert("RGB")
    shown = 0
    for row in rows(kind):
        data = kind.write(PICTURE, row)
        if data is None:
            continue
        levels = np.asarray(decode(data), np.float64)[:43, :61]
        expected = np.asarray(grey if "grey" in row.get("colours", "") else PICTURE, np.float64)
        coarse = "1 bit" in named(kind, row) or "2 bits" in named(kind, row) or "white is 15" in named(kind, row)
        off = np.abs(levels - expected).mean()
        assert off < (70 if coarse else 16), (named(kind, row), off)
        shown += 1
    assert shown >= 4


def test_a_picture_that_lies_on_its_side_says_so():
    kind = next(each for each in KINDS if each.name == "PNG")
    row = {name: values[0] for name, values in kind.choices.items()} | {"with": "eXIf after the pixels"}
    data = kind.write(PICTURE, row)
    assert Image.open(io.BytesIO(data)).size == (43, 61)
    assert decode(data).size == (61, 43)


def test_each_seed_draws_others_and_the_same_seed_the_same(lite0):
    def names(seed, times=1):
        return [each.name for each in drawn.probes(MOTIF, lite0.subject.contract, domain(lite0.subject), seed, times)]

    assert names(1) == names(1)
    assert names(1) != names(2)
    assert len(names(1, 2)) > 1.8 * len(names(1))


def test_traits_tell_what_is_not_ordinary(lite0):
    probes = list(drawn.probes(MOTIF, lite0.subject.contract, domain(lite0.subject), 0))
    counts = Counter(trait for each in probes for trait in each.traits)
    for trait in (
        "PNG: interlaced",
        "JPEG: 4:1:1",
        "TIFF: tiles",
        "BMP: top-down",
        "GIF: larger than the frame",
        "PPM: as text",
    ):
        assert counts[trait] >= 1, trait
    assert all(trait.partition(": ")[2] != ORDINARY for trait in counts)
