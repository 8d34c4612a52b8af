"""Probes of sizes: large and small, odd and even, long and high."""

from __future__ import annotations

from collections.abc import Iterator

from lib.deploy import Contract, Domain
from lib.probes.motif import Motif
from lib.probes.probe import Probe, saved

LONGEST = 4.5  # times as long as wide, where the domain sets no limit
LARGE = (1000, 2000, 4000)  # pixels; something changes above each of them in one library or another


def probes(motif: Motif, contract: Contract, domain: Domain) -> Iterator[Probe]:
    """All sizes, lying and upright; the large ones as JPEG, as cameras take them."""
    side, aspect = contract.size, longest(contract, domain)
    for above in LARGE:
        long = above + 101
        short = max(round(long / min(aspect, 4)), 1) + 1
        yield Probe(f"{long} × {short}", saved(motif.picture(long, short), "JPEG", quality=85))
        yield Probe(f"{short} × {long}", saved(motif.picture(short, long, 1), "JPEG", quality=85))
    edge = 90
    far = int(edge * aspect)
    sizes = [
        (far, edge), (edge, far), (side, side), (side + 1, side + 1), (side, round(side * 1.5)), (side - 1, side * 2),
        (side * 2, side * 2), (side * 3, side * 2), (side // 2 + 1, side // 2),
        (301, 200), (300, 201), (201, 300), (333, 251), (640, 480), (481, 640), (40, 30), (31, 37), (8, 8), (3, 2),
    ]  # fmt: skip
    for number, (width, height) in enumerate(sizes):
        yield Probe(f"{width} × {height}", saved(motif.picture(width, height, number), "PNG", compress_level=1))


def longest(contract: Contract, domain: Domain) -> float:
    """How many times as long as wide a photo may be for the network to be fed inside of its domain."""
    return min(LONGEST, domain.most / contract.size) if contract.rule == "shorter-side" else LONGEST
