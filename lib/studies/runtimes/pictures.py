"""Pictures and tables of the libraries that may run the network."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.ticker import LogLocator

from lib.numbers import counted, number
from lib.policy.results import with_unit
from lib.report.drawing import BLUE, GREY, VERMILION, logarithmic, over_all, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html, folded, join, note, table
from lib.runtimes.onnx_runtime import SHIPPED
from lib.runtimes.pytorch import EAGER
from lib.studies.runtimes.measure import Answers, held

_FLOOR = 1e-8  # where a difference of nothing is drawn on a logarithmic axis


def answers(results: Sequence[Answers], photos: int, tolerance: float) -> Html:
    """How many runtimes agree, in a sentence; folded, how far each is off, and what it took to run the network in it."""
    rows = []
    for each in results:
        if not each.answered:
            continue
        result = "✓ same"
        if not each.difference <= tolerance:
            result = "✗ other classes" if each.flips else "✗ other numbers"
        off = number(each.difference), number(each.from_evaluator)
        rows.append((each.runtime.name, each.process.version, *off, f"{each.flips} of {photos}", result))
    headers = ("library", "version", "off PyTorch, logits", "off the evaluator, logits", "another class", "answers")
    caption = f"Largest differences over {counted(photos, 'photo')}; the evaluator is ONNX's own"
    return join(
        agreement(results, photos),
        folded("The same numbers, with versions and against ONNX's own evaluator", table(headers, rows, caption)),
        folded("What it took to run the network in each, and why some gave no answer", taken(results)),
    )


def taken(results: Sequence[Answers]) -> Html:
    """What it took to run the network in each library, or why it did not run."""
    rows = [(each.runtime.name, each.took + (f". No answer: {each.process.error}" * (not each.answered))) for each in results]
    return table(("library", "what it took"), rows)


def agreement(results: Sequence[Answers], photos: int) -> Html:
    """How many libraries give PyTorch's classes, in a sentence."""
    others = held(results, EAGER)
    agreed = [each for each in others if each.flips == 0]
    silent = [each.runtime.name for each in results if not each.answered]
    said = f"{len(agreed)} of {len(others)} runtimes, informational ones aside, give PyTorch's likeliest class on all {photos} "
    said += "photos"
    if agreed:
        furthest = max(agreed, key=lambda each: each.difference)
        said += f"; of these {furthest.runtime.name} is furthest off, by {number(furthest.difference)} logits"
    said += f". No answer came from {', '.join(silent)}." if silent else "."
    return note(said)


def both_ways(results: Sequence[Answers], as_it_comes: str, told: str, photos: int) -> Html:
    """A default beside the setting that makes it right, in a sentence."""
    by_name = {each.runtime.name: each for each in results if each.answered}
    if not {as_it_comes, told} <= by_name.keys():
        return note(f"{as_it_comes.split(',')[0]} did not answer in this run, so there is nothing to compare.")
    loose, exact = by_name[as_it_comes], by_name[told]
    said = (
        f"{as_it_comes}: off by {with_unit(loose.difference, 'logits')}, another class on {loose.flips} of {photos} photos. "
        f"{told}: off by {number(exact.difference)}, another class on {exact.flips}."
    )
    return note(said, "warning" if loose.flips or loose.difference > 10 * exact.difference else "finding")


@styled
def differences(results: Sequence[Answers], tolerance: float) -> Html:
    """How far each library is from PyTorch, one bar each, with the tolerance as a line."""
    drawn = [each for each in results if each.answered and each.runtime.name != EAGER][::-1]
    figure = blank(0.36 * len(drawn) + 1.2)
    axes = figure.subplots()
    values = [max(each.difference, _FLOOR) if math.isfinite(each.difference) else 1e3 for each in drawn]
    colours = [BLUE if each.difference <= tolerance else VERMILION for each in drawn]
    hatches = ["" if each.difference <= tolerance else "//" for each in drawn]
    axes.barh([each.runtime.name for each in drawn], values, left=_FLOOR, color=colours, hatch=hatches)
    for row, (each, value) in enumerate(zip(drawn, values, strict=True)):
        text, paper = number(each.difference), {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        axes.annotate(text, (value, row), xytext=(4, 0), textcoords="offset points", va="center", bbox=paper)
    axes.axvline(tolerance, color=VERMILION, linestyle="--", linewidth=1)
    axes.set_xscale("log")
    axes.set_xlim(_FLOOR, max(*values, tolerance) * 300)
    logarithmic(axes.xaxis)
    axes.xaxis.set_major_locator(LogLocator(1000))
    axes.set_xlabel("largest difference, logits")
    over_all(figure, "How far from PyTorch")
    within = sum(each.difference <= tolerance for each in drawn)
    said = f"{within} of {len(drawn)} runtimes stay within the tolerance of {number(tolerance)} logits, the dashed line"
    alt = f"{counted(len(drawn), 'bar')}, one a library, on a logarithmic axis with a dashed line; bars beyond it are hatched."
    return show(figure, alt, f"{said}.", "runtimes-differences")


def costs(results: Sequence[Answers], rounds: int) -> Html:
    """What each library holds and takes up, the fastest first; folded, the times that :func:`times` draws, and licences."""
    answered = _fastest_first(results)
    eager = next((each.process for each in answered if each.runtime.name == EAGER), None)
    room, times = [], []
    for each in answered:
        name, process = each.runtime.name, each.process
        ratio = f"{process.median() / eager.median():.2f}×" if eager else "—"
        room.append((name, _megabytes(process.memory), _megabytes(process.installed), ratio))
        seconds = f"{process.first:.2f}", f"{1e3 * process.median():.1f}", f"{1e3 * process.percentile95():.1f}"
        times.append((name, *seconds, process.licence))
    headers = ("library", "memory, MB", "installed, MB", "median, of PyTorch's")
    more = ("library", "first answer, s", "median, ms", "95th percentile, ms", "licence")
    timed = counted(rounds, "answer")
    caption = f"Each in a process of its own, one photo at a time: memory over all photos, times over {timed} on the first"
    return join(table(headers, room, caption), folded("The times in numbers, and licences", table(more, times)))


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f}" if size else "—"


def _fastest_first(results: Sequence[Answers]) -> list[Answers]:
    """Those that answered, by the median of their times."""
    return sorted((each for each in results if each.answered), key=lambda each: each.process.median())


@styled
def times(results: Sequence[Answers]) -> Html:
    """First answer and median answer, one row a library, on a logarithmic axis; the fastest on top."""
    drawn = _fastest_first(results)[::-1]
    figure = blank(0.36 * len(drawn) + 1.5)
    axes = figure.subplots()
    rows = range(len(drawn))
    first, usual = [each.process.first for each in drawn], [each.process.median() for each in drawn]
    axes.hlines(rows, usual, first, color=GREY, linewidth=1)
    axes.plot(usual, rows, "o", color=BLUE, label="median answer")
    axes.plot(first, rows, "s", color=VERMILION, label="first answer, from the start of the process")
    axes.set_yticks(rows, [each.runtime.name for each in drawn])
    axes.set_xscale("log")
    logarithmic(axes.xaxis)
    axes.set_xlabel("seconds")
    figure.legend(loc="outside lower left", frameon=False)
    over_all(figure, "How long an answer takes")
    shipped = next((each.process for each in drawn if each.runtime.name == SHIPPED), None)
    eager = next((each.process for each in drawn if each.runtime.name == EAGER), None)
    said = f"{len(drawn)} libraries by the time of an answer"
    if shipped and eager:
        said = f"{SHIPPED} gives its first answer {eager.first / shipped.first:.1f} times as soon as eager PyTorch, and every "
        said += (
            f"other one {eager.median() / shipped.median():.1f} times as fast; it holds {shipped.memory / eager.memory:.2f} "
        )
        said += "times the memory"
    alt = (
        f"{counted(len(drawn), 'row')}, one a library: a dot at its median answer in seconds, joined to a square at its first."
    )
    return show(figure, alt, f"{said[0].upper()}{said[1:]}.", "runtimes-times")
