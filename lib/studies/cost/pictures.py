"""Which photos were looked at, and what each mistake costs on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lib.compare.comparison import BEFORE_NETWORK
from lib.numbers import counted, number
from lib.report.drawing import shortened
from lib.report.html import Html, folded, join, note, table
from lib.studies.cost import words
from lib.studies.cost.findings import Cost, Found, Labelled, Looked
from lib.studies.cost.forest import Axis, Row, forest
from lib.studies.cost.holm import LEVEL, adjusted


def looked(found: Looked) -> Html:
    """How many photos were compared, and first of all what these can tell and what they cannot."""
    said = [_can_tell(found)]
    if found.clusters < found.photos and found.cropped:
        said.append(f"Each {words.INTERVAL} below draws whole photos anew, since crops of one photo depend on one another.")
    elif found.clusters < found.photos:
        groups = f"{counted(found.clusters, 'group')} of photos"
        said.append(f"Each {words.INTERVAL} below draws whole groups anew, of {groups} that depend on one another.")
    if found.copies:
        said.append(f"{counted(found.copies, 'file')} with the content of another one counted once with it.")
    if found.others:
        said.append(f"{counted(found.others, 'file')} of the folder that are no pictures were left out.")
    said += [found.labels] if found.labels else []
    took = f"{found.computed} of {found.photos} were computed now, in {number(round(found.seconds, 1))} s"
    rest = found.photos - found.computed
    said.append(f"{took}; the others were read from an earlier sweep." if rest else f"{took}.")
    parts: list[str] = [note(" ".join(said))]
    if found.failed:
        first = " The first of them:" if found.failed > len(found.reasons) else ""
        parts.append(
            note(f"{found.failed} of {counted(found.files, 'file')} could not be read, and count nowhere.{first}", "warning")
        )
        parts.append(table(("photo", "why it was left out"), found.reasons, caption="What could not be read"))
    if found.left_out:
        rows = list(found.left_out.items())
        shown = table(("mistake", "why it was left out"), rows, caption="Mistakes that were not tried")
        parts.append(folded(f"{counted(len(rows), 'mistake')} of the catalogue not tried", shown))
    return join(*parts)


def _can_tell(found: Looked) -> str:
    if found.cropped:
        return (
            f"{counted(found.photos, 'crop')} of {counted(found.cropped, 'photo')} can tell how an answer changes, and cannot "
            "tell how often it does on your photos: for that, name a folder of yours."
        )
    return (
        f"{counted(found.photos, 'photo')} can tell how often an answer changes on photos like them, as exactly as the "
        "intervals say, and cannot tell it of other kinds of photos."
    )


def costs(found: Found, stages: Mapping[str, str]) -> Html:
    """The deployment in a sentence, then every mistake, the costliest first, and all numbers in tables.

    Args:
        found: in a table.
        stages: which stage each mistake changes.
    """
    every = sorted(found.costs.values(), key=_order)
    flipping, keeping = [each for each in every if each.flips], [each for each in every if not each.flips]
    parts: list[str] = [_deployment(found.deployment)]
    if flipping:
        most = f"{flipping[0].name}: {words.of_share(words.changed(flipping[0]))}"
        said = f"{len(flipping)} of {counted(len(every), 'mistake')} {_verb(flipping, 'change')} an answer. Most of all {most}."
        parts += [note(said), _forest(flipping, stages)]
    parts += _without_flips(keeping)
    parts.append(folded(f"All numbers of {counted(len(every), 'mistake')}", numbers(every)))
    if any(each.labelled for each in every):
        parts.append(labelled(every, found))
    return join(*parts)


def _order(cost: Cost) -> tuple[float, float]:
    """For sorting: what changes most answers first, then what takes most margin; what gives no answer at all has none."""
    return -words.changed(cost).value, -float(np.nan_to_num(cost.margin_lost.value, nan=np.inf))


def _deployment(cost: Cost) -> Html:
    said = f"The deployment under test changes {cost.flips or 'none'} of {counted(cost.photos, 'answer')}"
    said += f" (of which {cost.no_answer} it does not give)" if cost.no_answer else ""
    return note(f"{said}: {words.of_share(words.changed(cost))}.", "warning" if cost.flips else "finding")


def _forest(flipping: Sequence[Cost], stages: Mapping[str, str]) -> Html:
    rows = [
        Row(
            shortened(each.name),
            words.scaled(words.changed(each), 100),
            words.percent(words.changed(each).value),
            stages[each.name],
        )
        for each in flipping
    ]
    return forest(
        rows,
        Axis(
            "Answers that a mistake changes",
            f"% of {counted(flipping[0].photos, 'answer')}; lines: {words.INTERVAL}",
            BEFORE_NETWORK,
        ),
        f"Forest plot of {counted(len(rows), 'mistake')}, one a row, the costliest on top: the share of answers that each "
        "changes, with its interval",
        "Each mistake is made by itself. Those that change no answer are not drawn. AA: antialiased.",
        "cost-mistakes",
    )


def _without_flips(keeping: Sequence[Cost]) -> list[str]:
    """The mistakes that change no answer: those that move some number, and those that move none."""
    moving = [each for each in keeping if each.kl.value or each.margin_lost.value]
    still = [each for each in keeping if each not in moving]
    said = []
    if moving:
        highest = max(words.changed(each).high for each in moving)
        said.append(
            f"{counted(len(moving), 'mistake')} {_verb(moving, 'change')} no answer here, and on photos like these at most "
            f"{words.percent(highest)}\u00a0%, the upper end of the {words.INTERVAL}: {_names(moving)}."
        )
    if still:
        untold = "so that these photos tell nothing of " + ("it" if len(still) == 1 else "them")
        said.append(
            f"{counted(len(still), 'mistake')} {_verb(still, 'change')} not one number here, {untold}: {_names(still)}."
        )
    return [note(each) for each in said]


def _verb(every: Sequence[Cost], verb: str) -> str:
    return verb + "s" * (len(every) == 1)


def _names(every: Sequence[Cost]) -> str:
    return "; ".join(each.name for each in every)


def numbers(every: Sequence[Cost]) -> Html:
    """Agreement, flips, margin lost and divergence of each."""
    rows = [
        (
            each.name,
            words.in_percent(each.agreement),
            str(each.flips),
            str(each.no_answer),
            words.of_number(each.margin_lost, 2),
            words.of_number(each.kl, 2),
        )
        for each in every
    ]
    headers = ("mistake", "agreement, %", "flips", "no answer", "margin lost, logits", "KL, nats")
    return table(headers, rows, caption=f"Against the reference's answers, with the {words.INTERVAL} in brackets")


def refused(costs: Mapping[str, Cost], reasons: Mapping[str, tuple[str, str]]) -> Html:
    """The mistakes that give no answer to some photos, each with the first of these and why; empty where there are none.

    Args:
        costs: of each mistake, by its name.
        reasons: a photo and why, by the mistake's name.
    """
    rows = [
        (name, f"{costs[name].no_answer} of {costs[name].photos}", photo, f"refused: {why}")
        for name, (photo, why) in reasons.items()
        if name in costs
    ]
    if not rows:
        return join()
    said = "A photo to which a mistake gives no answer counts as one whose answer it changes"
    return table(("mistake", "no answer", "the first", "why"), rows, caption=said)


def labelled(every: Sequence[Cost], found: Found) -> Html:
    """Accuracy and flips to wrong and to right, of those with labels, and which of the differences stand among so many tests.

    Args:
        every: mistakes in the order of the table's rows.
        found: what they belong to.
    """
    known = [(each, each.labelled) for each in every if each.labelled]
    corrected = adjusted([labels.p for _, labels in known])
    rows = [_labelled(each, labels, p) for (each, labels), p in zip(known, corrected, strict=True)]
    stand, alone = sum(p <= LEVEL for p in corrected), sum(labels.p <= LEVEL for _, labels in known)
    headers = (
        "mistake", "accuracy, %", "gained, points", "right to wrong, %", "wrong to right, %", "McNemar's p", "p by Holm",
    )  # fmt: skip
    shown = table(headers, rows, caption=f"Against the labels of {counted(known[0][1].photos, 'photo')}")
    said = f"The reference is right on {words.of_share(found.reference_accuracy)}. " if found.reference_accuracy else ""
    said += (
        f"McNemar's exact test has p \u2264 {LEVEL} for {alone} of {counted(len(known), 'mistake')}; among so many tests some "
        f"have that by chance, and by Holm's correction {stand} stand. The test takes photos for independent, the intervals do "
        "not."
    )
    return join(note(said), *_hidden(known), folded("Accuracy, and flips to wrong and to right", shown))


def _labelled(each: Cost, labels: Labelled, p: float) -> tuple[str, ...]:
    return (
        each.name,
        words.in_percent(labels.accuracy),
        words.of_points(labels.gained),
        f"{labels.negative}: {words.in_percent(labels.negative_rate)}",
        f"{labels.positive}: {words.in_percent(labels.positive_rate)}",
        words.plain(labels.p, 2),
        words.plain(p, 2) + ", stands" * (p <= LEVEL),
    )


def _hidden(known: Sequence[tuple[Cost, Labelled]]) -> list[str]:
    """The mistake with most flips to wrong of those whose accuracy cannot be told from the reference's."""
    alike = [(each, labels) for each, labels in known if labels.gained.low <= 0 <= labels.gained.high and labels.negative]
    if not alike:
        return []
    each, labels = max(alike, key=lambda pair: pair[1].negative)
    return [
        note(
            f"Accuracy hides flips: with {each.name} it moves by {words.of_points(labels.gained)} points, and "
            f"{counted(labels.negative, 'answer')} that were right are wrong, {labels.positive} that were wrong are right."
        )
    ]
