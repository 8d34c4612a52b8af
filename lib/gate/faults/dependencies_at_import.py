"""A deployment whose module imports PyTorch, for nothing."""

import torch  # noqa: F401  # this is the fault

from lib.gate.deployed import Planted, factories

PLANTED = (Planted("PyTorch imported with the module", "dependencies", lambda ours, _: ours),)

__getattr__ = factories(PLANTED)
