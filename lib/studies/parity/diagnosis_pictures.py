"""Pictures and tables of mistakes outside the resize, and of how well diagnosis names a mistake."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from html import escape

import numpy as np

from lib.compare.comparison import Comparison
from lib.deploy.difference import UNITS
from lib.diagnosis.confusion import (
    KINDS,
    NOISE,
    ONE,
    OUTCOMES,
    PART,
    RIGHT,
    SLIGHT,
    STRANGER,
    UNKNOWN,
    WRONG,
    Attempt,
    Confusion,
)
from lib.diagnosis.framing import Names
from lib.numbers import counted, number, probability, signed
from lib.report.gallery import Panel, gallery
from lib.report.html import Html, folded, join, note, table
from lib.studies.parity.examples import Example


def examples_gallery(shown: Sequence[Example], classes: Sequence[str]) -> Html:
    """What the network takes its input for under each mistake, by how far the answer moves; folded where the class stays.

    A mistake that is refused is named with the reason.
    """
    answered = [each for each in shown if not each.comparison.refused]
    ordered = sorted(answered, key=lambda each: -float(np.nan_to_num(abs(each.comparison.change), nan=np.inf)))
    flipped = [each for each in ordered if each.comparison.flipped]
    still = [each.mistake.name for each in answered if each.comparison.apart() is None]
    others = [each for each in ordered if not each.comparison.flipped and each.comparison.apart()]
    names = ", ".join(each.mistake.name for each in flipped)
    said = f"{counted(len(shown), 'mistake')} on {shown[-1].comparison.photo} or on a photo made from it: "
    said += f"another class wins under {names}" if flipped else "none changes the likeliest class"
    said += f"; nothing at all changes under {', '.join(still)}" if still else ""
    said += "".join(f"; {each.mistake.name} is refused: {each.comparison.refused}" for each in shown if each.comparison.refused)
    parts = [_gallery(flipped, classes, f"What the network takes its input for. {said}.")] if flipped else [note(f"{said}.")]
    if others:
        kept = f"{counted(len(others), 'mistake')} that move the answer, under which the likeliest class stays the same"
        parts.append(folded(kept, _gallery(others, classes, "The likeliest class and its probability under each mistake.")))
    return join(*parts)


def _gallery(shown: Sequence[Example], classes: Sequence[str], caption: str) -> Html:
    panels = [
        Panel(
            each.picture,
            each.mistake.name,
            f"{each.comparison.photo} as the network takes it under {each.mistake.name}",
            _winner(each.comparison, classes),
            each.comparison.flipped,
        )
        for each in shown
        if each.picture is not None
    ]
    return gallery(panels, f"{caption} Each picture is the network's input with the reference's normalisation undone.")


def consequences(shown: Sequence[Example], classes: Sequence[str]) -> Html:
    """For each mistake the code that commits it, where it shows first, by how much, and what comes of it."""
    rows = [
        (
            Html(f"{escape(each.mistake.name)}<br><code>{escape(each.mistake.code)}</code>"),
            each.mistake.why,
            f"{_where(each.comparison)}; {each.comparison.photo}",
            signed(each.comparison.change),
            _winner(each.comparison, classes),
        )
        for each in shown
    ]
    headers = ("mistake", "why people make it", "shows first at, on", "change", "likeliest")
    said = "and by how much they change the probability of the reference's class"
    return table(headers, rows, caption=f"Mistakes other than shape, filter and colour, where they show, {said}")


def _where(comparison: Comparison) -> str:
    if comparison.refused:
        return "nowhere: refused"
    first = comparison.apart()
    if first is None:
        return "nowhere on this photo"
    size = "other shape" if math.isinf(first.largest) else f"{number(first.largest)} {UNITS[first.stage]}"
    return f"{first.stage}: {size}"


def _winner(comparison: Comparison, classes: Sequence[str]) -> str:
    if comparison.refused:
        return f"refused: {comparison.refused}"
    answer = comparison.candidate
    return f"{classes[answer.top1]} {probability(answer.probability, 3)}" if answer.likeliest else "none: NaN"


def confusions(measured: Confusion) -> Html:
    """The mistakes that were not named right on every photo, with what they were taken for; and how many others there are."""
    by_mistake: dict[Names, list[Attempt]] = {}
    for attempt in measured.of(ONE):
        by_mistake.setdefault(attempt.committed, []).append(attempt)
    off = {names: each for names, each in by_mistake.items() if any(attempt.outcome != RIGHT for attempt in each)}
    right = len(by_mistake) - len(off)
    said = f"Named right on every photo on which they change something: {right} of {counted(len(by_mistake), 'mistake')}."
    if not off:
        return note(said)
    rows = [
        (
            _together(names),
            counted(len(each), "photo"),
            str(sum(attempt.outcome == RIGHT for attempt in each)),
            str(sum(attempt.outcome == UNKNOWN for attempt in each)),
            _taken_for(each),
        )
        for names, each in off.items()
    ]
    headers = ("mistake", "tried on", "named right on", "not known on", "taken for")
    return join(note(said), table(headers, rows, caption="Mistakes that are not always named right"))


def _taken_for(attempts: Sequence[Attempt]) -> str:
    wrong = Counter(_group(attempt.named) for attempt in attempts if attempt.outcome not in (RIGHT, UNKNOWN))
    return ", ".join(f"{group}: {counted(count, 'photo')}" for group, count in wrong.most_common()) or "—"


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
        (each.photo, tuple(dict.fromkeys((*each.named, each.committed))))
        for each in measured.of(ONE)
        if each.outcome == RIGHT and each.named != (each.committed,)
    )
    counts = Counter(_group(alike) for _, alike in groups)
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
    right = [each for each in measured.of(ONE) if each.outcome == RIGHT]
    alone = sum(each.named == (each.committed,) for each in right)
    others = sum(each.committed not in each.named for each in right)
    by_another = f"{others} by another's that gives the same tensor on that photo, " if others else ""
    strange = measured.of(STRANGER)
    return note(
        f"{_counted(measured)}: {alone} by its own name, {by_another}the rest within a group that is one on that photo. "
        f"Of {len(strange)} changes that are not in the catalogue it gives no name to {measured.count(UNKNOWN, STRANGER)}. "
        f"A wrong name is given in {measured.count(WRONG)} of {len(measured.attempts)} attempts ({measured.wrong:.1%}). "
        f"{measured.idle} combinations change nothing and have nothing to diagnose, and {measured.slight} change the picture "
        f"by less than {number(SLIGHT)} levels (root mean square), which other roundings hide; on {measured.false_alarms} of "
        f"{measured.photos} photos a healthy tensor was taken for a mistake."
    )
