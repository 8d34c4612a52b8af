"""Faults of decoding: bytes to the wrong picture, most of them on files of one kind alone."""

from lib.gate.deployed import factories
from lib.gate.faults.decode import damaged, files, modes, pixels, turned

FAULTS = (*turned.FAULTS, *files.FAULTS, *modes.FAULTS, *pixels.FAULTS, *damaged.FAULTS)

__getattr__ = factories(FAULTS)
