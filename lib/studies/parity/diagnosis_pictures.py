"""Pictures and tables of mistakes outside the resize, and of how well diagnosis names a mistake."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from html import escape

import numpy as np

from lib.compare.comparison import UNITS, Comparison
from lib.diagnosis.confusion import NOISE, Confusion
from lib.mistakes import CATALOGUE
from lib.numbers import number, probability, signed
from lib.report.drawing import figure as blank
from lib.report.drawing import over_all, shortened, show, styled
from lib.report.gallery import Panel, gallery
from lib.report.html import Html, note, table
from lib.studies.parity.examples import Example


def examples_gallery(shown: Sequence[Example]) -> Html:
    """What the network takes its input for under each mistake."""
    panels = [
        Panel(each.picture, f"{each.mistake.name}\n{_likely(each.comparison)}", each.comparison.flipped) for each in shown
    ]
    flipped = [each.mistake.name for each in shown if each.comparison.flipped]
    said = f"{len(shown)} mistakes of decoding and normalisation on {shown[-1].comparison.photo}: "
    said += f"another class wins under {', '.join(flipped)}" if flipped else "none changes the likeliest class"
    return gallery(
        panels,
        3,
        f"What the network takes its input for. {said}.",
        f"{said}. Each picture is the network's input with the right normalisation undone; under the name stands the "
        "probability of the reference's class.",
    )


def _likely(comparison: Comparison) -> str:
    return probability(comparison.probability, 3) + " ✗" * comparison.flipped


def consequences(shown: Sequence[Example], classes: Sequence[str]) -> Html:
    """For each mistake the code that commits it, where it shows first, by how much, and what comes of it."""
    rows = [
        (
            Html(f"{escape(each.mistake.name)}<br><code>{escape(each.mistake.code)}</code>"),
            each.mistake.why,
            each.comparison.photo,
            _where(each.comparison),
            signed(each.comparison.change),
            _winner(each.comparison, classes),
        )
        for each in shown
    ]
    headers = ("mistake", "why people make it", "photo", "shows first at", "reference's class", "likeliest")
    return table(headers, rows, caption="Mistakes of decoding and normalisation, and what comes of them")


def _where(comparison: Comparison) -> str:
    first = comparison.apart()
    if first is None:
        return "nowhere on this photo"
    size = "other shape" if math.isinf(first.largest) else f"{number(first.largest)} {UNITS[first.stage]}"
    return f"{first.stage}: {size}"


def _winner(comparison: Comparison, classes: Sequence[str]) -> str:
    answer = comparison.candidate
    return f"{classes[answer.top1]} {probability(answer.probability, 3)}" if answer.likeliest else "none: NaN"


@styled
def confusion_matrix(measured: Confusion) -> Html:
    """The mistake that was committed against the one that diagnosis named, in shares of the photos."""
    names = [name for name in CATALOGUE if any(attempt.mistake == name for attempt in measured.attempts)]
    place = {name: i for i, name in enumerate(names)}
    counts = np.zeros((len(names), len(names) + 1))
    for attempt in measured.attempts:
        named = attempt.mistake if attempt.right else attempt.named[0] if attempt.named else ""
        counts[place[attempt.mistake], place.get(named, len(names))] += 1
    shares = counts / counts.sum(axis=1, keepdims=True)
    drawn = blank(0.135 * len(names) + 1.9)
    axes = drawn.subplots()
    image = axes.imshow(np.ma.masked_equal(shares, 0), cmap="cividis_r", vmin=0, vmax=1, aspect="auto")
    axes.set_yticks(range(len(names)), [f"{shortened(name)}  {i + 1}" for i, name in enumerate(names)], fontsize=6.5)
    ticks = list(range(4, len(names) - 2, 5))
    axes.set_xticks([*ticks, len(names)], [*(str(i + 1) for i in ticks), "none"], fontsize=7.5)
    axes.set_xlabel("mistake named, by its number")
    axes.grid(color="#e4e7ea", linewidth=0.4)
    axes.set_axisbelow(True)
    drawn.colorbar(image, label="share of the photos", orientation="horizontal", shrink=0.6, aspect=40)
    over_all(drawn, "Mistake committed against mistake named")
    said = _counted(measured)
    return show(
        drawn,
        f"Confusion matrix of diagnosis: {said}.",
        f"{said}. Mistakes that give the very same tensor on a photo count as one, and stand on the diagonal.",
    )


def _counted(measured: Confusion) -> str:
    return (
        f"Of {len(measured.attempts)} combinations of mistake and photo, diagnosis names the right mistake in {measured.right} "
        f"({measured.share:.1%}), with {NOISE:.0%} of each picture's values put off by one level"
    )


def ties(measured: Confusion) -> Html:
    """The mistakes that cannot be told apart on a photo, and those that were taken for another."""
    groups = dict.fromkeys((each.photo, each.named) for each in measured.attempts if len(each.named) > 1 and each.right)
    counts = Counter(_group(named) for _, named in groups)
    rows = [(group, _photos(count), "give the same tensor") for group, count in counts.most_common()]
    wrong = Counter((each.mistake, _group(each.named)) for each in measured.attempts if not each.right)
    rows += [(mistake, _photos(count), f"is taken for {named}") for (mistake, named), count in wrong.most_common()]
    return table(("mistakes", "on", "what happens"), rows, caption="What diagnosis cannot tell apart")


def _group(named: Sequence[str]) -> str:
    return " = ".join(name or "no mistake" for name in named) or "no mistake"


def _photos(count: int) -> str:
    return f"{count} photo{'s' * (count != 1)}"


def diagnosis_finding(measured: Confusion) -> Html:
    """How far diagnosis can be trusted, in a sentence."""
    alone = sum(len(each.named) == 1 and each.right for each in measured.attempts)
    return note(
        f"{_counted(measured)}: {alone} by its own name, the rest within a group that is one on that photo. "
        f"{measured.idle} combinations change nothing and have nothing to diagnose; on {measured.false_alarms} of "
        f"{measured.photos} photos a healthy tensor was taken for a mistake."
    )
