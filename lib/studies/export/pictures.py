"""Pictures and tables of the exported file."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import LogLocator

from lib.compare.comparison import Comparison, worst
from lib.handoff import Handoff
from lib.numbers import number
from lib.policy.results import listed
from lib.report.drawing import BLUE, VERMILION, logarithmic, over_all, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html, join, note, table
from lib.studies.export.facts import Facts
from lib.studies.export.inscription import Inscription
from lib.studies.export.measure import Distances

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
def differences(networks: Sequence[Comparison], tolerance: float) -> Html:
    """The networks' logits against each other on the same input.

    One bar a photo on a logarithmic scale, with the tolerance as a line; the largest ones where there are many photos.
    """
    title, values = "Logits, eager PyTorch against the deployment", {each.photo: each["infer"].largest for each in networks}
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
    axes.set_xlabel("logits, logarithmic scale")
    over_all(figure, title)
    said = f"{count} of {len(values)} photos stay within the tolerance of {number(tolerance)} logits"
    largest = number(worst(networks, "infer"))
    return show(figure, f"{title}: {said}; the largest is {largest}.", f"{title}: {said}.")


@styled
def distances(measured: Distances) -> Html:
    """How far the logits of any two photos, and those of a plain grey input, are apart: a map of pairs."""
    names, values = measured.names, measured.largest
    figure = blank(max(0.31 * len(names) + 1.5, 2.6))  # room for the colour bar's label
    axes = figure.subplots()
    image = axes.imshow(values, cmap="cividis", vmin=0)
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right")
    axes.set_yticks(range(len(names)), names)
    middle = np.nanmax(values) / 2 if np.isfinite(values).any() else 0
    for (y, x), value in np.ndenumerate(values):
        text = number(round(value, 1))
        axes.text(x, y, text, ha="center", va="center", color="white" if value < middle else "black", fontsize=8.5)
    figure.colorbar(image, label="largest difference, logits", shrink=0.6)
    axes.set_title("How far logits are apart")
    least = number(float(values[~np.eye(len(names), dtype=bool)].min()))
    return show(
        figure,
        f"Map of how far the logits of each pair of inputs are apart; the closest pair differs by {least}.",
        f"Largest difference in any logit between two inputs. The closest pair differs by {least}: outputs that did not "
        "move would make every comparison pass.",
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
    """What the file says of its own origin, and whether all that it says of itself is the subject's."""
    entries = facts.provenance
    versions = ", ".join(f"{name} {version}" for name, version in entries.get("versions", {}).items())
    rows = [(name, str(value)) for name, value in entries.items() if name != "versions"]
    origin = table(("written into the model", "value"), [*rows, ("versions", versions)], caption="Provenance, read back")
    return join(origin, inscribed(metadata))


def inscribed(metadata: Inscription) -> Html:
    """Whether contract, class names, domain and origin in a file are the subject's, in a sentence."""
    if metadata.wrong:
        said = f"{len(metadata.wrong)} of {metadata.fields} fields in the file are not the subject's: {listed(metadata.wrong)}."
        return note(said, "warning")
    return note(f"All {metadata.fields} fields of contract, class names, domain and origin in the file are the subject's.")
