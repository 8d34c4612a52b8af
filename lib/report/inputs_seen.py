"""What pipelines feed the network for one photo, side by side, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from lib.compare.comparison import TOP, likeliest, top1
from lib.deploy import Trace
from lib.numbers import probability
from lib.report.drawing import GREEN, GREY, VERMILION, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html


@styled
def seen_by_the_model(photo: str, traces: Mapping[str, Trace], classes: Sequence[str]) -> Html:
    """What pipelines feed the network for one photo, side by side, and up to five likeliest classes of each.

    Args:
        photo: its name.
        traces: by the pipeline's name; the last one is the reference.
        classes: class names in the order of the probabilities.
    """
    figure = blank(4.6)
    grid = figure.add_gridspec(2, len(traces), height_ratios=(1.25, 1))
    target = top1(list(traces.values())[-1].score)
    said = []
    for column, (name, trace) in enumerate(traces.items()):
        size = f"{trace.resize.shape[1]}×{trace.resize.shape[0]}"
        axes = figure.add_subplot(grid[0, column])
        axes.imshow(trace.resize)
        axes.set_title(f"{name}\n{size}")
        axes.axis("off")
        _likeliest(figure.add_subplot(grid[1, column]), trace.score[0], target, classes)
        said.append(f"{name} sees {size} pixels and gives {classes[target]} {probability(trace.score[0, target])}")
    return show(
        figure,
        f"{photo} as {len(traces)} pipelines feed it to the network: {'; '.join(said)}.",
        f"{photo}: {'; '.join(said)}. The class that the reference finds likeliest is drawn in green.",
        photographic=True,
    )


def _likeliest(axes: Axes, probabilities: NDArray[Any], target: int, classes: Sequence[str]) -> None:
    axes.set_xlim(0, 1.25)
    axes.set_xticks([0, 0.5, 1])
    axes.set_xlabel("probability", fontsize=9)
    if not np.isfinite(probabilities).all():
        axes.set_yticks([])
        axes.text(0.6, 0.5, "NaN: no answer", color=VERMILION, fontweight="bold", ha="center", va="center")
        return
    top = likeliest(probabilities, TOP)[::-1]
    rows = range(len(top))
    bars = axes.barh(rows, probabilities[top], color=[GREEN if i == target else GREY for i in top])
    axes.bar_label(bars, fmt="%.3f", padding=2, fontsize=9)
    axes.set_yticks(rows, [_short(classes[i], 17) for i in top], fontsize=9)


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
