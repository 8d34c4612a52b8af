"""Pictures and tables of the exported file."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from matplotlib.ticker import LogLocator
from numpy.typing import NDArray

from lib.compare.comparison import max_abs_difference
from lib.export import exporter, graph
from lib.handoff import Handoff
from lib.inputs.weights import digest_of
from lib.numbers import number
from lib.report.drawing import BLUE, PICTURED, VERMILION, logarithmic, over_all, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html, table

BARS = 24  # photos that a bar chart of all photos shows at most


@styled
def inventory(counts: Mapping[str, Mapping[str, int]]) -> Html:
    """How many nodes of each operator each graph has: horizontal bars, one panel a graph."""
    lengths = [len(operators) for operators in counts.values()]
    figure = blank(0.27 * sum(lengths) + 0.9 * len(counts))
    panels = figure.subplots(len(counts), 1, squeeze=False, gridspec_kw={"height_ratios": [n + 2 for n in lengths]})[:, 0]
    for axes, (name, operators) in zip(panels, counts.items(), strict=True):
        ordered = sorted(operators.items(), key=lambda item: item[1])
        bars = axes.barh([op for op, _ in ordered], [n for _, n in ordered], color=BLUE)
        axes.bar_label(bars, padding=3)
        axes.set_title(textwrap.fill(f"{name}: {sum(operators.values())} nodes", 40))
        axes.set_xlabel("nodes")
        axes.margins(x=0.1)
    said = "; ".join(
        f"{name} has {sum(operators.values())} nodes, most of them "
        + ", ".join(f"{op} ({n})" for op, n in sorted(operators.items(), key=lambda item: -item[1])[:3])
        for name, operators in counts.items()
    )
    return show(figure, f"Bar chart of operators: {said}.", f"What is in the file, by operator: {said}.")


@styled
def differences(values: Mapping[str, float], tolerance: float, title: str, unit: str) -> Html:
    """One bar a photo on a logarithmic scale, with the tolerance as a line; the largest ones where there are many photos."""
    # a NaN is drawn as infinitely large, and so comes first
    ordered = sorted(values, key=lambda name: -np.nan_to_num(values[name], nan=np.inf))[:BARS]
    names = [name for name in values if name in ordered][::-1]
    figure = blank(0.34 * len(names) + 1.2)
    axes = figure.subplots()
    drawn = [min(max(values[name], 1e-9), 1e6) if math.isfinite(values[name]) else 1e6 for name in names]
    within = [values[name] <= tolerance for name in names]
    count = sum(value <= tolerance for value in values.values())
    axes.barh(names, drawn, color=[BLUE if ok else VERMILION for ok in within])
    for y, name in enumerate(names):
        axes.annotate(number(values[name]), (drawn[y], y), xytext=(4, 0), textcoords="offset points", va="center")
    axes.set_xscale("log")
    logarithmic(axes.xaxis)
    axes.axvline(tolerance, color=VERMILION, linestyle="--")
    axes.annotate("tolerance", (tolerance, len(names) - 0.45), color=VERMILION, ha="center", va="bottom", annotation_clip=False)
    axes.set_xlim(1e-9, max(*drawn, tolerance) * 30)
    axes.xaxis.set_major_locator(LogLocator(100))
    axes.set_xlabel(f"{unit}, logarithmic scale")
    over_all(figure, title)
    said = f"{count} of {len(values)} photos stay within the tolerance of {number(tolerance)} {unit}"
    largest = number(float(np.max(list(values.values()))))
    return show(figure, f"{title}: {said}; the largest is {largest}.", f"{title}: {said}.")


@styled
def distances(names: Sequence[str], outputs: Sequence[NDArray[Any]], grey: NDArray[Any]) -> Html:
    """How far the logits of any two photos, and those of a plain grey input, are apart: a map of pairs."""
    shown = [*names[: PICTURED - 1], "plain grey"]
    drawn = [*outputs[: PICTURED - 1], grey]
    table = np.array([[max_abs_difference(a, b) for b in drawn] for a in drawn])
    figure = blank(0.31 * len(shown) + 1.5)
    axes = figure.subplots()
    image = axes.imshow(table, cmap="cividis", vmin=0)
    axes.set_xticks(range(len(shown)), shown, rotation=40, ha="right")
    axes.set_yticks(range(len(shown)), shown)
    middle = np.nanmax(table) / 2 if np.isfinite(table).any() else 0
    for (y, x), value in np.ndenumerate(table):
        text = number(round(value, 1))
        axes.text(x, y, text, ha="center", va="center", color="white" if value < middle else "black", fontsize=8.5)
    figure.colorbar(image, label="largest difference, logits", shrink=0.6)
    axes.set_title("Logits move with the photo")
    least = number(float(table[~np.eye(len(shown), dtype=bool)].min()))
    return show(
        figure,
        f"Map of how far the logits of each pair of inputs are apart; the closest pair differs by {least}.",
        f"Largest difference in any logit between two inputs. The closest pair differs by {least}: outputs that did not "
        "move would make every comparison pass.",
    )


def file_facts(handoff: Handoff, model: onnx.ModelProto) -> Html:
    """What was asked of the exporter and what the file says."""
    path = handoff.onnx_path
    rows = [
        ("exporter", handoff.exporter),
        ("operator set asked for", str(handoff.opset)),
        ("operator set written", str(graph.opset(model))),
        ("size", f"{path.stat().st_size / 1e6:.1f} MB"),
        ("SHA-256", digest_of(path)),
        ("tensors in other files", str(graph.external_tensors(path))),
        ("onnx checker", graph.checker_complaint(path) or "no complaint"),
        *((f"{kind} {name}", type_) for kind, name, type_ in graph.signature(model)),
    ]
    return table(("the file", path.name), rows, caption="What was written")


def provenance(model: onnx.ModelProto) -> Html:
    """What the file says of its own origin."""
    entries = exporter.provenance(model)
    versions = ", ".join(f"{name} {version}" for name, version in entries["versions"].items())
    rows = [(name, str(value)) for name, value in entries.items() if name != "versions"]
    return table(("written into the model", "value"), [*rows, ("versions", versions)], caption="Provenance, read back")
