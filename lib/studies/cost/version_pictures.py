"""May a new version replace an old one?"""

from __future__ import annotations

import math

from lib.numbers import counted, number
from lib.report.html import Html, join, note, table
from lib.studies.cost import words
from lib.studies.cost.findings import Labelled, Replacement
from lib.studies.cost.holm import LEVEL

NONE = "no other version was named"


def replacement(found: Replacement | None) -> Html:
    """The answer in a sentence that says what the numbers say, and the numbers below it."""
    if found is None:
        return note(f"{_capital(NONE)}: the parameter against takes what is in production now.")
    labels = found.labelled
    worse = labels is not None and _told(labels) and labels.gained.value < 0
    rows = [
        ("same class", f"{words.of_share(found.agreement)} of {counted(found.photos, 'answer')}"),
        ("another class", str(found.flips)),
        ("no answer, old and new", f"{found.old_no_answer} and {found.new_no_answer}"),
        *(_labelled(found, labels) if labels else []),
    ]
    shown = table((f"{found.new} in place of {found.old}", "measured"), rows, caption=f"With the {words.INTERVAL} in brackets")
    return join(note(answer(found), "warning" if worse or found.new_no_answer > found.old_no_answer else "finding"), shown)


def _labelled(found: Replacement, labels: Labelled) -> list[tuple[str, str]]:
    return [
        ("photos with a label", str(labels.photos)),
        ("right to wrong", f"{labels.negative}: {words.of_share(labels.negative_rate)}"),
        ("wrong to right", f"{labels.positive}: {words.of_share(labels.positive_rate)}"),
        ("accuracy, old", f"{words.percent(found.old_accuracy)}\u00a0%"),
        ("accuracy, new", words.of_share(labels.accuracy)),
        ("accuracy gained, points", words.of_points(labels.gained)),
        ("McNemar's exact p, which takes photos for independent", number(labels.p)),
    ]


def answer(found: Replacement) -> str:
    """Whether the new version is told from the old one on these photos, and which way."""
    labels, asked = found.labelled, counted(found.photos, "photo")
    if not found.flips and found.old_no_answer == found.new_no_answer:
        highest = words.percent(words.other(found.agreement).high)
        said = f"{found.new} gives the class of {found.old} on all {asked}"
        return f"{said}; on others like them it may be another on up to {highest}\u00a0%."
    changes = f"the class is another on {found.flips} of {asked}, {words.of_share(words.other(found.agreement))}"
    if labels is None:
        return f"Nothing tells which version is right, since no photo has a label: {changes}."
    gained = f"accuracy moves by {words.of_points(labels.gained)} points"
    numbers = (
        f"{changes}; {labels.negative} right answers turn wrong and {labels.positive} wrong ones right, McNemar's exact p is "
        f"{number(labels.p)}"
    )
    if _told(labels) and labels.gained.value < 0:
        return f"No: {found.new} is right less often. {_capital(gained)}; {numbers}."
    if _told(labels):
        return f"{found.new} is right more often: {gained}; yet {numbers}."
    return f"These photos cannot tell which version is right more often: {gained}; {numbers}."


def _told(labels: Labelled) -> bool:
    """Whether one version is told to be right more often: by the interval, and by the exact test, which fits few flips too."""
    return not labels.gained.low <= 0 <= labels.gained.high and labels.p <= LEVEL


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def at_worst(found: Replacement) -> float:
    """The upper end of the share of answers that turn wrong, where labels tell it, else of those that change, in percent."""
    if found.labelled is not None:
        return 100 * found.labelled.negative_rate.high
    return math.nan if math.isnan(found.agreement.low) else 100 * (1 - found.agreement.low)
