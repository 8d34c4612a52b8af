"""What a deployment needs beside its own code: every library that it imported and every program that it started in any call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions

from packaging.utils import canonicalize_name

from lib.guarded.seen import PROGRAM
from lib.inputs.deployment import Brought
from lib.runtimes.package import required

DECLARED = ("numpy", "pillow", "onnxruntime")  # what the package that is handed over requires
PYTORCH = "torch"


@dataclass(frozen=True)
class Needed:
    """Libraries and programs beyond what the package declares.

    Attributes:
        at_start: libraries that every process of the deployment needs, PyTorch aside.
        in_some_calls: those that came with a later call, each with its stage, and PyTorch and programs whenever they came.
    """

    at_start: tuple[str, ...]
    in_some_calls: tuple[str, ...]


def needed(every: Iterable[Brought]) -> Needed:
    """What several processes of one deployment brought, less what the package declares and all that it requires."""
    at_start: dict[str, None] = {}
    later: dict[str, str] = {}
    for brought in every:
        at_start |= dict.fromkeys(name for name in brought.at_start if not _declared(name))
        later |= {name: step for name, step in brought.later.items() if not _declared(name)}
    # no package can require a program, nor is it seen what it imports
    for name in [name for name in at_start if name == PYTORCH or name.startswith(PROGRAM)]:
        later[name] = later.get(name, "the start")
        del at_start[name]
    return Needed(tuple(at_start), tuple(f"{name} ({step})" for name, step in later.items() if name not in at_start))


def _declared(module: str) -> bool:
    if canonicalize_name(module) in _allowed():
        return True
    distributions = _installed().get(module, ())
    return bool(distributions) and any(canonicalize_name(each) in _allowed() for each in distributions)


@cache
def _installed() -> dict[str, list[str]]:
    return {module: list(names) for module, names in packages_distributions().items()}


@cache
def _allowed() -> frozenset[str]:
    return frozenset(name for each in DECLARED for name in required(each))
