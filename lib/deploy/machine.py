"""What this process may use of its machine: the cores and the memory of its container, not those of the host."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_CONTROL_GROUPS, _OWN_GROUPS = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")  # of Linux; elsewhere there are none
_NO_LIMIT = 2**60  # bytes; version 1 says "no limit" as the largest multiple of a page


def cores() -> int:
    """Cores that this process may use, 1 or more: those it may run on, or fewer by the quota of its control group.

    A quota of 1.5 cores counts as 1: threads that have used it up stand still until the next period.
    """
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, int(min([affinity, *_quotas()])))


def threads() -> int:
    """How many threads may work at once: as ``OMP_NUM_THREADS`` says, where it says one number, else :func:`cores`."""
    said = os.environ.get("OMP_NUM_THREADS", "")
    return int(said) if said.isdecimal() and int(said) else cores()


def memory() -> int:
    """Bytes of memory that this process may have: the machine's, or less by the limit of its control group; 0 if unknown."""
    try:
        physical = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    except (AttributeError, OSError, ValueError):  # Windows has no sysconf
        physical = []
    limits = [*_numbers("", "memory.max"), *_numbers("memory", "memory.limit_in_bytes")]
    return min([*physical, *(limit for limit, *_ in limits if limit < _NO_LIMIT)], default=0)


def held() -> int:
    """Bytes of memory that this process holds; 0 if unknown."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return 0


def _quotas() -> Iterator[float]:
    """Cores by each quota that binds this process; -1 is none in version 1."""
    pairs = [(pair[0], pair[1]) for pair in _numbers("", "cpu.max") if len(pair) == 2]
    quotas, periods = (_numbers("cpu", f"cpu.cfs_{name}_us") for name in ("quota", "period"))
    pairs += [(quota[0], period[0]) for quota, period in zip(quotas, periods, strict=False)]
    return (quota / period for quota, period in pairs if quota > 0 and period > 0)


def _numbers(controller: str, name: str) -> Iterator[list[int]]:
    """The whole numbers that a file says in this process's control group and in all above it, from the root on.

    Args:
        controller: of version 1, as "cpu"; empty for version 2.
        name: of the file. Where it says "max" there is no limit.
    """
    for folder in _folders(controller):
        try:
            yield [int(word) for word in (folder / name).read_text(encoding="utf-8").split()]
        except (OSError, ValueError):
            continue


def _folders(controller: str) -> Iterator[Path]:
    try:
        lines = [line.split(":", 2) for line in _OWN_GROUPS.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeError):
        return
    for _, controllers, group in (line for line in lines if len(line) == 3):
        if controller in controllers.split(","):
            # In a container the group's own path may be the host's, and the files lie at the root.
            root = _CONTROL_GROUPS / controller
            inside = (root / group.strip("/"), *(root / group.strip("/")).parents)
            yield from (each for each in reversed(inside) if each.is_relative_to(root))
