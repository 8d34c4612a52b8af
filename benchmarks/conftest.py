"""What several routes to the same result cost, as ratios.

Processors change their clock from second to second. So one round runs every route once, the ratio is taken within the round,
and the median over rounds counts. ONNX Runtime's and torch's threads stay awake for a while after each call, in wait of the
next; a pause before each route lets those of the route before go to sleep.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from statistics import median
from time import sleep
from typing import Any

import onnxruntime
import PIL
import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture

from lib import handoff
from lib.handoff import Handoff
from lib.inputs import photos
from lib.inputs.photos import Photo
from lib.timing import laps

ROUNDS = 150
PAUSE = 0.005  # seconds
REPORTS = pytest.StashKey[list[list[str]]]()  # what is printed as it is, each under its first line
RATIOS = pytest.StashKey[dict[str, dict[str, dict[str, float]]]]()  # by comparison, route and photo


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RATIOS] = {}
    config.stash[REPORTS] = []


@pytest.fixture(scope="session")
def lite0() -> Handoff:
    return handoff.load("lite0-imagenet")


@pytest.fixture(params=photos.load().readable, ids=lambda photo: photo.name)
def photo(request: pytest.FixtureRequest) -> Photo:
    return request.param


@pytest.fixture
def race(benchmark: BenchmarkFixture, pytestconfig: pytest.Config, photo: Photo) -> Callable[..., None]:
    """A function of a comparison's name and its routes, from a photo's bytes; ratios are to the first route."""

    def race(comparison: str, routes: Mapping[str, Callable[[bytes], Any]]) -> None:
        times: dict[str, list[float]] = {route: [] for route in routes}

        def lap() -> None:
            for route, call in routes.items():
                sleep(PAUSE)
                times[route] += laps(partial(call, photo.data), 1)

        benchmark.group = f"{comparison}, all routes in turn"
        benchmark.pedantic(lap, rounds=ROUNDS, warmup_rounds=10)
        base = times[next(iter(routes))]
        for route, taken in times.items():
            ratio = median(one / other for one, other in zip(taken[-ROUNDS:], base[-ROUNDS:], strict=True))
            benchmark.extra_info[route] = ratio
            pytestconfig.stash[RATIOS].setdefault(comparison, {}).setdefault(route, {})[photo.name] = ratio

    return race


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for comparison, routes in config.stash[RATIOS].items():
        terminalreporter.section(comparison)
        for route, ratios in routes.items():
            each = ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items())
            terminalreporter.line(f"{median(ratios.values()):.2f}  {route} ({each})")
        terminalreporter.line(
            f"Ratios to the first route, medians of {ROUNDS} rounds and of photos; {os.cpu_count()} CPUs, "
            f"onnxruntime {onnxruntime.__version__}, Pillow {PIL.__version__}, torch {torch.__version__}."
        )
    for title, *lines in config.stash[REPORTS]:
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.line(line)
