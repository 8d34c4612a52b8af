"""Made pictures that together have every property on which a decode, a resize or a normalise is known to go wrong.

>>> from lib.probes import probes
>>> [probe.name for probe in probes(contract, domain)]  # doctest: +SKIP
['EXIF orientation 1', 'EXIF orientation 2', …]
"""

from collections.abc import Iterator

from lib.deploy import Contract, Domain
from lib.probes import drawn, files, large, modes, patterns, sizes, unfit
from lib.probes.motif import Motif
from lib.probes.probe import Probe

__all__ = ["Motif", "Probe", "probes"]


def probes(contract: Contract, domain: Domain, seed: int, times: int = 1) -> Iterator[Probe]:
    """All of them, made one after the other: those that are the same each time, and then those that are drawn.

    Args:
        contract: what the network is fed decides which pictures are small and which are long.
        domain: no picture leads outside of it.
        seed: of what is drawn.
        times: how many times as much is drawn.
    """
    motif = Motif.bundled()
    for module in (files, modes, patterns):
        yield from module.probes(motif)
    yield from sizes.probes(motif, contract, domain)
    yield from unfit.probes(motif)
    yield from drawn.probes(motif, contract, domain, seed, times)
    yield from large.probes(motif, contract, domain, seed, times)
