"""Probes drawn from a grammar of files: formats, and in each every two of its choices together, at sizes drawn at random.

A list of files can be learned; what is drawn anew in every run cannot, and over many runs everything is met.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from itertools import combinations, product

import numpy as np

from lib.compare.trial import Refused, attempt
from lib.deploy import BadInput, Contract, Domain
from lib.deploy.stages import decode
from lib.probes.motif import Motif
from lib.probes.probe import Probe
from lib.probes.sizes import longest
from lib.probes.written import KINDS, Kind
from lib.probes.written.kind import ORDINARY

SIDES = (12, 200)  # pixels: small, so that hundreds take seconds
TRIES = 4  # to complete two values that go together with others that do, too

Row = dict[str, str]


def probes(motif: Motif, contract: Contract, domain: Domain, seed: int, times: int = 1) -> Iterator[Probe]:
    """As many files as it takes for every two choices of a format to be together in one of them.

    What the reference does not read is left out: such files have no right answer.

    Args:
        motif: what they show.
        contract: what the network is fed.
        domain: no picture leads outside of it.
        seed: of the choices that are left free, and of the sizes.
        times: how often every two are together, each time beside others and at other sizes.
    """
    random = np.random.default_rng([seed, 1])
    aspect = longest(contract, domain)
    for number in range(times):
        for kind in KINDS:
            for row in pairwise(kind, random):
                width, height = _size(aspect, random)
                made = attempt(partial(kind.write, motif.picture(width, height, number), row))
                if made is None or isinstance(made, Refused) or not _readable(made):
                    continue
                yield Probe(f"{named(kind, row)} / {width} × {height}", made, traits=tuple(traits(kind, row)))


def named(kind: Kind, row: Row) -> str:
    """The format and what is not ordinary about it."""
    return " / ".join([kind.name, *(value for value in row.values() if value != ORDINARY)])


def traits(kind: Kind, row: Row) -> Iterator[str]:
    """What is not ordinary, each by itself, as properties are named."""
    yield from (f"{kind.name}: {value}" for value in row.values() if value != ORDINARY)


def pairwise(kind: Kind, random: np.random.Generator) -> list[Row]:
    """Rows of choices in which every two values of different choices stand together at least once, if they can.

    Each row begins with a pair that no row has yet, and takes from some drawn at random what adds most.
    """
    missing = {
        ((one, a), (other, b))
        for one, other in combinations(kind.choices, 2)
        for a, b in product(kind.choices[one], kind.choices[other])
    }
    rows: list[Row] = []
    while missing:
        first = sorted(missing)[int(random.integers(len(missing)))]
        options = [
            {name: str(random.choice(values)) for name, values in kind.choices.items()} | dict(first) for _ in range(TRIES)
        ]
        best = max(options, key=lambda row: len(missing & set(_pairs(row))))
        missing -= set(_pairs(best))
        rows.append(best)
    return rows


def _pairs(row: Row) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    yield from combinations(row.items(), 2)


def _size(aspect: float, random: np.random.Generator) -> tuple[int, int]:
    """Width and height in pixels."""
    least, most = SIDES
    width = round(math.exp(random.uniform(math.log(least), math.log(most))))
    low, high = max(least, math.ceil(width / aspect)), min(most, math.floor(width * aspect))
    return width, round(math.exp(random.uniform(math.log(low), math.log(max(low, high)))))


def _readable(data: bytes) -> bool:
    try:
        decode(data)
    except BadInput:
        return False
    return True
