"""Pictures and tables of mistakes outside the resize, and of how well diagnosis names a mistake."""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Sequence
from html import escape

import numpy as np

from lib.compare.comparison import UNITS, Comparison
from lib.diagnosis.candidates import Names
from lib.diagnosis.confusion import KINDS, NOISE, ONE, OUTCOMES, PART, RIGHT, STRANGER, UNKNOWN, WRONG, Confusion
from lib.mistakes import CATALOGUE
from lib.numbers import counted, number, probability, signed
from lib.report.drawing import figure as blank
from lib.report.drawing import over_all, shortened, show, styled
from lib.report.gallery import Panel, gallery
from lib.report.html import Html, note, table
from lib.studies.parity.examples import Example

COLUMNS = 4  # of the gallery
_UNKNOWN, _ANOTHER = 2, 5  # columns of the confusion matrix beyond the mistakes', apart so that their names fit


def examples_gallery(shown: Sequence[Example]) -> Html:
    """What the network takes its input for under each mistake."""
    panels = [
        Panel(each.picture, f"{textwrap.fill(each.mistake.name, 20)}\n{_likely(each.comparison)}", each.comparison.flipped)
        for each in shown
    ]
    flipped = [each.mistake.name for each in shown if each.comparison.flipped]
    said = f"{len(shown)} mistakes on {shown[-1].comparison.photo} or on a photo made from it: "
    said += f"another class wins under {', '.join(flipped)}" if flipped else "none changes the likeliest class"
    return gallery(
        panels,
        COLUMNS,
        f"What the network takes its input for. {said}.",
        f"{said}. Each picture is the network's input with the reference's normalisation undone; under the name stands the "
        "probability of the reference's class.",
        size=7,
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
    return table(headers, rows, caption="Mistakes outside the resize, and what comes of them")


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
    attempts = measured.of(ONE)
    names = [name for name in CATALOGUE if any(attempt.committed == (name,) for attempt in attempts)]
    place: dict[Names, int] = {(name,): i for i, name in enumerate(names)}
    counts = np.zeros((len(names), len(names) + _ANOTHER + 1))
    for attempt in attempts:
        if attempt.outcome == RIGHT:
            column = place[attempt.committed]
        else:
            column = place.get(attempt.named[0], len(names) + _ANOTHER) if attempt.named else len(names) + _UNKNOWN
        counts[place[attempt.committed], column] += 1
    shares = counts / counts.sum(axis=1, keepdims=True)
    drawn = blank(0.135 * len(names) + 1.9)
    axes = drawn.subplots()
    image = axes.imshow(np.ma.masked_equal(shares, 0), cmap="cividis_r", vmin=0, vmax=1, aspect="auto")
    axes.set_yticks(range(len(names)), [f"{shortened(name)}  {i + 1}" for i, name in enumerate(names)], fontsize=6.5)
    ticks = list(range(4, len(names) - 2, 5))
    ends = [len(names) + _UNKNOWN, len(names) + _ANOTHER]
    axes.set_xticks([*ticks, *ends], [*(str(i + 1) for i in ticks), "not known", "another"], fontsize=7.5)
    for label in axes.get_xticklabels()[len(ticks) :]:
        label.set_rotation(90)
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
        f"Of {len(measured.of(ONE))} combinations of mistake and photo, diagnosis names the right mistake in "
        f"{measured.count(RIGHT, ONE)} ({measured.share:.1%}), with {NOISE:.0%} of each picture's values put off by one level"
    )


def outcomes(measured: Confusion) -> Html:
    """How often diagnosis is right, does not know, and is wrong, for one mistake, for two, and for what is none."""
    rows = [(kind, str(len(measured.of(kind))), *(str(measured.count(end, kind)) for end in OUTCOMES)) for kind in KINDS]
    rows.append(("all", str(len(measured.attempts)), *(str(measured.count(outcome)) for outcome in OUTCOMES)))
    return table(("what was done", "attempts", *OUTCOMES), rows, caption="What diagnosis says of tensors whose story is known")


def ties(measured: Confusion) -> Html:
    """The mistakes that cannot be told apart on a photo, those that were taken for another, and those that were not known."""
    groups = dict.fromkeys(
        (each.photo, each.named) for each in measured.of(ONE) if len(each.named) > 1 and each.outcome == RIGHT
    )
    counts = Counter(_group(named) for _, named in groups)
    rows = [(group, counted(count, "photo"), "give the same tensor") for group, count in counts.most_common()]
    others = Counter(
        (_together(each.committed), f"{_ENDS[each.outcome]} {_group(each.named)}".strip())
        for each in measured.attempts
        if each.outcome in _ENDS and not (each.kind == STRANGER and each.outcome == UNKNOWN)
    )
    rows += [(committed, counted(count, "photo"), end) for (committed, end), count in others.most_common()]
    return table(("mistakes", "on", "what happens"), rows, caption="What diagnosis cannot tell")


_ENDS = {PART: "only part is named:", UNKNOWN: "is not known", WRONG: "is taken for"}


def _together(names: Names) -> str:
    return " and ".join(names)


def _group(named: Sequence[Names]) -> str:
    return " = ".join(map(_together, named))


def diagnosis_finding(measured: Confusion) -> Html:
    """How far diagnosis can be trusted, in a sentence."""
    alone = sum(len(each.named) == 1 and each.outcome == RIGHT for each in measured.of(ONE))
    strange = measured.of(STRANGER)
    return note(
        f"{_counted(measured)}: {alone} by its own name, the rest within a group that is one on that photo. "
        f"Of {len(strange)} changes that are not in the catalogue it gives no name to {measured.count(UNKNOWN, STRANGER)}. "
        f"A wrong name is given in {measured.count(WRONG)} of {len(measured.attempts)} attempts ({measured.wrong:.1%}). "
        f"{measured.idle} combinations change nothing and have nothing to diagnose; on {measured.false_alarms} of "
        f"{measured.photos} photos a healthy tensor was taken for a mistake."
    )
