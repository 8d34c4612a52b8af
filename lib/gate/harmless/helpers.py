"""What harmless variants are made with."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Generic, TypeVar

from lib.deploy import STAGES, Contract, Model
from lib.gate.deployed import Planted, Stage, around, stage

T = TypeVar("T")


def variant(name: str, stage_name: str, make: Callable[[Contract], Stage]) -> Planted:
    """One stage written anew."""
    return Planted(name, "", stage(name, stage_name, make).change)


def wrapped(name: str, stage_name: str, change: Callable[[Stage], Stage]) -> Planted:
    """One stage with something done around it."""
    return Planted(name, "", around(name, stage_name, change).change)


def each_stage(name: str, change: Callable[[str, Stage], Stage]) -> Planted:
    """Every stage with something done around it, given its name."""
    return Planted(name, "", lambda ours, _: replace(ours, **{key: change(key, getattr(ours, key)) for key in STAGES}))


def network(name: str, make: Callable[[Model], Stage]) -> Planted:
    """The network run in another way; sizes outside of the domain are refused as ours are."""

    def inferring(model: Model) -> Stage:
        run = make(model)

        def infer(tensor: Any) -> Any:
            height, width = tensor.shape[2:]
            model.domain.require(width, height)
            return run(tensor)

        return infer

    return Planted(name, "", lambda ours, model: replace(ours, infer=inferring(model)))


class PerProcess(Generic[T]):
    """Something with threads of its own, made when it is first asked for, and anew in a process that was forked."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: list[tuple[int, T]] = []  # a parent's is kept: to end it would be to wait for threads that are not here

    def __call__(self) -> T:
        here = os.getpid()
        if not self._made or self._made[-1][0] != here:
            with self._lock:
                if not self._made or self._made[-1][0] != here:
                    self._made.append((here, self._make()))
        return self._made[-1][1]


class Kept(Generic[T]):
    """The values that were asked for last, by key, as many as fit; threads may share it.

    Args:
        most: how many, or bytes, where a size is given with each.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[bytes, tuple[T, int]] = OrderedDict()
        self._held = 0

    def get(self, key: bytes) -> T | None:
        """What is kept under a key, if anything is."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, key: bytes, value: T, size: int = 1) -> None:
        """Keep a value, and drop those that were not asked for the longest."""
        with self._lock:
            if key in self._values or size > self._most:
                return
            self._values[key] = value, size
            self._held += size
            while self._held > self._most:
                self._held -= self._values.popitem(last=False)[1][1]
