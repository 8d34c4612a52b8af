"""Pictures and tables of the failed export, its fix and what that costs."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from lib import networks
from lib.export import exporter
from lib.handoff import Handoff
from lib.numbers import number
from lib.report.drawing import BLUE, DARK, PALE_BLUE, PALE_VERMILION, VERMILION, over_all, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html, folded, note, table, verbatim
from lib.studies.swish.attempts import FAILURE, Attempt
from lib.studies.swish.fix import FixEvidence
from lib.studies.swish.memory import EFFICIENT, FIX, FORMULA

LEAST = 0.0005  # of the memory: less rounds to no tenth of a percent


@styled
def chains(named: Mapping[str, Sequence[str]]) -> Html:
    """Operators in a row, one row a graph; a call back into Python is marked."""
    figure = blank(1.1 * len(named) + 0.2)
    axes = figure.subplots()
    axes.set(xlim=(0, 1), ylim=(0, len(named)))
    axes.axis("off")
    for row, (name, operators) in enumerate(named.items()):
        y = len(named) - row - 0.65
        axes.text(0, y + 0.42, name, fontweight="bold")
        boxes = []
        for i, operator in enumerate(operators):
            face, edge = (PALE_VERMILION, VERMILION) if "PythonOp" in operator else (PALE_BLUE, BLUE)
            box = {"boxstyle": "round,pad=0.4", "facecolor": face, "edgecolor": edge}
            x = (i + 0.5) / len(operators)
            text = operator.replace("::", "::\n").replace(" ", "\n")
            boxes.append(axes.text(x, y, text, ha="center", va="center", bbox=box))
        for left, right in itertools.pairwise(boxes):
            ends = {"patchA": left.get_bbox_patch(), "patchB": right.get_bbox_patch()}
            arrow = {"arrowstyle": "->", "color": DARK, "shrinkA": 0, "shrinkB": 2, **ends}
            axes.annotate("", right.get_position(), left.get_position(), arrowprops=arrow)
    ways = "; ".join(f"{name}: {' then '.join(operators)}" for name, operators in named.items())
    calls = [name for name, operators in named.items() if any("PythonOp" in operator for operator in operators)]
    said = f"It calls back into Python, by prim::PythonOp, in: {'; '.join(calls)}" if calls else "None calls Python"
    return show(figure, f"Rows of boxes joined by arrows. {ways}.", f"The graph around the first activation. {said}.")


@styled
def matrix(attempts: Sequence[Attempt], title: str) -> Html:
    """Outcomes of exports as a grid: one row a thing exported, one column a way of exporting; a sentence where none fails."""
    failed = [f"{a.what} through {a.exporter}, {a.setting}" for a in attempts if a.error]
    if not failed:
        return note(f"{title}: all {len(attempts)} of them; none fails.")
    ways = list(dict.fromkeys((a.exporter, a.setting) for a in attempts))
    things = list(dict.fromkeys(a.what for a in attempts))
    figure = blank(0.5 * len(things) + 1.3)
    axes = figure.subplots()
    axes.set(xlim=(0, len(ways)), ylim=(len(things), 0))
    for attempt in attempts:
        x, y = ways.index((attempt.exporter, attempt.setting)), things.index(attempt.what)
        face, mark = (PALE_VERMILION, "✗ fails") if attempt.error else (PALE_BLUE, "✓ exports")
        axes.fill([x, x + 1, x + 1, x], [y, y, y + 1, y + 1], facecolor=face, edgecolor="white", linewidth=3)
        axes.text(x + 0.5, y + 0.5, mark, ha="center", va="center", fontweight="bold" if attempt.error else "normal")
    axes.set_xticks(np.arange(len(ways)) + 0.5, ["\n".join(way) for way in ways])
    axes.set_yticks(np.arange(len(things)) + 0.5, things)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_title(title)
    said = f"{len(attempts) - len(failed)} of {len(attempts)} exports succeed; it fails for {'; '.join(failed)}"
    alt = (
        f"Grid of {len(things)} rows, what was exported, by {len(ways)} columns, the exporters with their settings: a tick on "
        "blue where the export succeeds, a cross on orange where it fails."
    )
    return show(figure, alt, f"{title}: {said}.")


@styled
def memory(values: Mapping[str, float], batch: int) -> Html:
    """Mebibytes that autograd keeps for the backward pass, one bar a swish."""
    figure = blank(0.5 * len(values) + 1.1)
    axes = figure.subplots()
    names = list(values)[::-1]
    bars = axes.barh(names, [values[name] for name in names], color=BLUE)
    axes.bar_label(bars, fmt="%.0f MiB", padding=3)
    axes.margins(x=0.18)
    axes.set_xlabel(f"MiB kept, batch of {batch}")
    over_all(figure, "What each swish keeps for the backward pass")
    most, least = max(values.values()), min(values.values())
    said = (
        f"Activations kept for one training step: {least:.0f} MiB at least and {most:.0f} MiB at most, {most / least:.2f} times"
    )
    return show(figure, f"Bars, one a swish: {'; '.join(values)}. Each has its MiB at its end.", f"{said}.")


def attempts(results: Sequence[Attempt], unit: str) -> Html:
    """What came of each export, folded: the operators written or the error, and the difference from eager PyTorch.

    Args:
        results: in the order to show.
        unit: of the difference, or what it is of.
    """
    rows = [
        (
            result.what,
            result.exporter,
            result.setting,
            result.outcome,
            "—" if result.error else number(result.difference),
        )
        for result in results
    ]
    headers = ("exported", "exporter", "setting", "most frequent nodes written, or the error", f"off from eager, {unit}")
    shown = table(headers, rows)
    return folded(f"What was written by each of the {len(results)} calls, and how far ONNX Runtime is off with it", shown)


def why_this_subject(asked: Handoff) -> Html:
    """Which network the swish story is told on, and why."""
    if networks.family(asked.subject).has_swish:
        return note(f"{asked.subject.name} has swish: the story is told on it.")
    name = asked.story.subject.name
    reason = f"{asked.subject.name} has no swish, so the story is told on {name}."
    if asked.story.subject.claims_accuracy:
        return note(reason)
    return note(
        f"{reason} To see it on EfficientNet-B0's own ImageNet weights, download them once with SUBJECT=b0-imagenet, "
        "or give a copy with SUBJECT=b0-imagenet WEIGHTS=path."
    )


def answer(failure: Attempt, lines: int = 6) -> Html:
    """What the exporter said, word for word; of a long text the first lines."""
    return verbatim(head(failure.error, lines) or "no error: the call exported")


def head(text: str, lines: int) -> str:
    """The first lines of a text, with a count of those left out."""
    every = text.splitlines()
    return "\n".join(every[:lines] + [f"[{len(every) - lines} more lines]"] * (len(every) > lines))


def failure_finding(failure: Attempt) -> Html:
    """Whether the article's failure still happens."""
    torch = f"torch {exporter.versions()['torch']}"
    if FAILURE in failure.error:
        return note(f"{torch} still fails as the article's did: {FAILURE}.")
    outcome = f"it now says: {failure.outcome}" if failure.error else "the call now exports"
    return note(f"{torch} no longer fails as the article's did; {outcome}.", "warning")


def fix_evidence(evidence: FixEvidence) -> Html:
    """What the fix changes in outputs and gradients."""
    rows = [
        ("logits, evaluation mode", f"{number(evidence.logits)} logits", f"{evidence.photos} photos"),
        ("logits, training mode", f"{number(evidence.training_logits)} logits", f"{evidence.photos} photos"),
        ("gradients", f"{number(evidence.gradients)} of the largest gradient", f"{evidence.parameters} parameters"),
    ]
    return table(("before against after", "largest difference", "compared"), rows, caption="What set_swish changes")


def memory_finding(kept: Mapping[str, float], allowed: float) -> Html:
    """What the fix and the formula cost, against memory-efficient swish.

    Args:
        kept: MiB by swish, as :func:`lib.studies.swish.memory.training_memory` gives it.
        allowed: what the fix may keep, in times of what memory-efficient swish keeps.
    """
    fix, formula = (kept[name] / kept[EFFICIENT] for name in (FIX, FORMULA))
    costs = "as much as" if abs(fix - 1) < LEAST else f"{fix - 1:.1%} more than"
    return note(
        f"nn.SiLU keeps {costs} memory-efficient swish, the formula {formula - 1:.1%} more. "
        + (
            "SiLU's own backward pass keeps only the input, so the fix may be used in training too."
            if fix <= allowed
            else "Train with memory-efficient swish and switch for the export."
        )
    )
