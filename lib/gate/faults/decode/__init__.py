"""Faults of decoding: bytes to the wrong picture, most of them on files of one kind alone."""

from lib.gate.deployed import factories
from lib.gate.faults.decode import damaged, files, modes, pixels, turned

PLANTED = (*turned.PLANTED, *files.PLANTED, *modes.PLANTED, *pixels.PLANTED, *damaged.PLANTED)

__getattr__ = factories(PLANTED)
