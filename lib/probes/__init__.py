"""Made pictures that together have every property on which a decode, a resize or a normalise is known to go wrong.

>>> from lib.probes import probes
>>> [probe.name for probe in probes(contract, domain)]  # doctest: +SKIP
['EXIF orientation 1', 'EXIF orientation 2', …]
"""

from collections.abc import Iterator

from lib.deploy import Contract, Domain
from lib.probes import files, modes, patterns, sizes, unfit
from lib.probes.motif import Motif
from lib.probes.probe import Probe

__all__ = ["Motif", "Probe", "probes"]


def probes(contract: Contract, domain: Domain) -> Iterator[Probe]:
    """All of them, made one after the other; the same ones each time.

    Args:
        contract: what the network is fed decides which pictures are small and which are long.
        domain: no picture leads outside of it.
    """
    motif = Motif.bundled()
    for module in (files, modes, patterns):
        yield from module.probes(motif)
    yield from sizes.probes(motif, contract, domain)
    yield from unfit.probes(motif)
