"""Deployments that are planted: ours, with a stage or more of it replaced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lib.deploy import Contract, Model, Pipeline
from lib.deploy.classifier import pipeline

Stage = Callable[[Any], Any]


@dataclass(frozen=True)
class Planted:
    """A changed deployment.

    Attributes:
        name: what is done, in half a sentence.
        blames: the part that has to be blamed first; empty where the change is harmless.
        change: from our pipeline, and the model that it was made of, to the changed one.
        words: what the verdict has to name besides.
    """

    name: str
    blames: str
    change: Callable[[Pipeline, Model], Pipeline]
    words: tuple[str, ...] = ()


def stage(name: str, blames: str, make: Callable[[Contract], Stage], words: tuple[str, ...] = ()) -> Planted:
    """A deployment in which the stage that is to be blamed is another one, made from the contract."""
    return Planted(name, blames, lambda ours, model: replace(ours, **{blames: make(model.contract)}), words)


def around(name: str, blames: str, change: Callable[[Stage], Stage], words: tuple[str, ...] = ()) -> Planted:
    """A deployment in which the blamed stage is made from the right one."""
    return Planted(name, blames, lambda ours, _: replace(ours, **{blames: change(getattr(ours, blames))}), words)


def before(name: str, blames: str, change: Callable[[Any], Any], words: tuple[str, ...] = ()) -> Planted:
    """A deployment in which something is done to what the blamed stage is given."""
    return around(name, blames, lambda right: lambda value: right(change(value)), words)


def after(name: str, blames: str, change: Callable[[Any], Any], words: tuple[str, ...] = ()) -> Planted:
    """A deployment in which something is done to what the blamed stage gives."""
    return around(name, blames, lambda right: lambda value: change(right(value)), words)


def factories(planted: Sequence[Planted]) -> Callable[[str], Callable[[Path], Pipeline]]:
    """A module's ``__getattr__``, by which ``package.module:name`` names each of them as a deployment."""
    by_name = {each.name: each for each in planted}

    def attribute(name: str) -> Callable[[Path], Pipeline]:
        if name not in by_name:
            raise AttributeError(name)
        return lambda path: by_name[name].change(pipeline(path), Model.open(path))

    return attribute
