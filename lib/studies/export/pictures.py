"""Pictures and tables of the exported file."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import LogLocator

from lib.compare.comparison import Comparison, worst
from lib.handoff import Handoff
from lib.numbers import counted, number
from lib.policy.results import listed
from lib.report.drawing import BLUE, SMALL, VERMILION, logarithmic, over_all, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html, folded, join, note, table
from lib.studies.export.facts import Facts
from lib.studies.export.inscription import Inscription
from lib.studies.export.measure import Distances

BARS = 24  # photos that a bar chart of all photos shows at most


@styled
def inventory(counts: Mapping[str, Mapping[str, int]]) -> Html:
    """How many nodes of each operator each graph has: horizontal bars, one panel a graph."""
    if not counts:
        return note("There is no graph to count the operators of.")
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
    alt = f"{counted(len(counts), 'bar chart')}, one a graph, one bar an operator, as long as it has nodes, the longest on top."
    return show(figure, alt, f"What is in the file, by operator: {said}.")


@styled
def differences(networks: Sequence[Comparison], tolerance: float) -> Html:
    """The networks' logits against each other on the same input.

    One bar a photo on a logarithmic scale, with the tolerance as a line; the largest ones where there are many photos.
    """
    title, values = "Logits, eager PyTorch against the deployment", {each.photo: each["infer"].largest for each in networks}
    if not any(values.values()):  # a NaN is true
        return note(f"On all {counted(len(values), 'photo')} the deployment's logits are those of eager PyTorch, bit for bit.")
    # a NaN is drawn as infinitely large, and so comes first
    ordered = sorted(values, key=lambda name: -np.nan_to_num(values[name], nan=np.inf))[:BARS]
    names = [name for name in values if name in ordered][::-1]
    figure = blank(0.34 * len(names) + 1.2)
    axes = figure.subplots()
    drawn = [min(max(values[name], 1e-9), 1e6) if math.isfinite(values[name]) else 1e6 for name in names]
    within = [values[name] <= tolerance for name in names]
    count = sum(value <= tolerance for value in values.values())
    axes.barh(names, drawn, color=[BLUE if ok else VERMILION for ok in within], hatch=["" if ok else "//" for ok in within])
    for y, name in enumerate(names):
        axes.annotate(number(values[name]), (drawn[y], y), xytext=(4, 0), textcoords="offset points", va="center")
    axes.set_xscale("log")
    logarithmic(axes.xaxis)
    axes.axvline(tolerance, color=VERMILION, linestyle="--")
    axes.annotate("tolerance", (tolerance, len(names) - 0.45), ha="center", va="bottom", annotation_clip=False)
    axes.set_xlim(1e-9, max(*drawn, tolerance) * 300)
    axes.xaxis.set_major_locator(LogLocator(100))
    axes.set_xlabel("largest difference, logits")
    over_all(figure, title)
    said = f"{count} of {len(values)} photos stay within the tolerance of {number(tolerance)} logits"
    largest = number(worst(networks, "infer"))
    alt = (
        f"Bars on a logarithmic axis from 1e-9 logits on, one a photo, {counted(len(names), 'bar')}; a dashed line is the "
        "tolerance, and bars beyond it are hatched."
    )
    some = f" The {len(names)} furthest off are drawn." if len(values) > len(names) else ""
    return show(figure, alt, f"{title}: {said}; the largest is {largest}.{some}", "export-logits")


@styled
def distances(measured: Distances, photos: int) -> Html:
    """How far the logits of any two of the first photos, of so many, and of a plain grey input are apart: a map of pairs."""
    names, values = measured.names, measured.largest
    figure = blank(0.31 * len(names) + 1.4)
    axes = figure.subplots()
    axes.imshow(values, cmap="cividis", vmin=0, aspect="auto")
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right")
    axes.set_yticks(range(len(names)), names)
    middle = np.nanmax(values) / 2 if np.isfinite(values).any() else 0
    for (y, x), value in np.ndenumerate(values):
        text = number(np.round(value, int(value < 10)))
        axes.text(x, y, text, ha="center", va="center", color="white" if value < middle else "black", fontsize=SMALL)
    over_all(figure, "How far logits are apart")
    least = number(float(values[~np.eye(len(names), dtype=bool)].min()))
    some = (
        f" The first {len(names) - 1} of {photos} photos and a plain grey input are compared." if photos >= len(names) else ""
    )
    return show(
        figure,
        f"Table of {len(names)} by {len(names)} inputs, each pair with a number; the brighter, the further apart.",
        f"Largest difference in any logit between two inputs, in logits.{some} The closest pair differs by {least}: outputs "
        "that did not move would make every comparison pass.",
        "export-distances",
    )


def file_facts(handoff: Handoff, facts: Facts) -> Html:
    """What was asked of the exporter and what the file says."""
    rows = [
        ("exporter", handoff.exporter),
        ("operator set asked for", str(handoff.opset)),
        ("operator set written", str(facts.opset)),
        *size_and_hash(facts),
        ("tensors in other files", str(facts.external_tensors)),
        ("onnx checker", facts.complaint or "no complaint"),
        *signature(facts),
    ]
    return table(("the file", facts.path.name), rows, caption="What was written")


def size_and_hash(facts: Facts) -> list[tuple[str, str]]:
    """Rows that tell one file from another."""
    return [("size", f"{facts.size / 1e6:.1f} MB"), ("SHA-256", facts.sha256)]


def signature(facts: Facts) -> list[tuple[str, str]]:
    """Rows of what a file takes and gives."""
    return [(f"{kind} {name}", type_) for kind, name, type_ in facts.signature]


def provenance(facts: Facts, metadata: Inscription) -> Html:
    """Whether all that the file says of itself is the subject's; folded, what it says of its own origin."""
    entries = facts.provenance
    versions = ", ".join(f"{name} {version}" for name, version in entries.get("versions", {}).items())
    rows = [(name, str(value)) for name, value in entries.items() if name != "versions"]
    origin = table(("written into the file", "value"), [*rows, ("versions", versions)])
    return join(inscribed(metadata), folded("What the file says of its own origin", origin))


def inscribed(metadata: Inscription) -> Html:
    """Whether contract, class names, domain and origin in a file are the subject's, in a sentence."""
    if metadata.wrong:
        said = f"{len(metadata.wrong)} of {metadata.fields} fields in the file are not the subject's: {listed(metadata.wrong)}."
        return note(said, "warning")
    return note(f"All {metadata.fields} fields of contract, class names, domain and origin in the file are the subject's.")
