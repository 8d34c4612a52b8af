"""One thread for libraries that would take more: what they compute then is the same wherever it is computed.

torch's ``interpolate`` without antialiasing rounds otherwise on two threads than on one, and two workers whose libraries take
all cores fight over them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import cv2

from lib.sweep.plan import Plan
from lib.sweep.versions import TORCH


@contextmanager
def one_thread(plan: Plan) -> Iterator[None]:
    """OpenCV, and torch where a pipeline of the plan needs it, have one thread in the ``with`` block."""
    with ExitStack() as former:
        former.callback(cv2.setNumThreads, cv2.getNumThreads())
        cv2.setNumThreads(1)
        if any(TORCH in way.needs for way in plan.all_ways):
            import torch

            former.callback(torch.set_num_threads, torch.get_num_threads())
            torch.set_num_threads(1)
        yield
