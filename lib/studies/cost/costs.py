"""What each pipeline's answers cost, beside the reference's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from lib.studies.cost.findings import Cost, Estimate, Labelled
from lib.studies.cost.intervals import Drawn, Resampling, change, mean, share
from lib.sweep.table import Answers, Table

REFERENCE = ""
"""The way that is the reference itself."""

NOTHING = Estimate(0.0, 0.0, 0.0)
"""What costs nothing, for certain."""


@dataclass(frozen=True)
class Judged:
    """Sums over labelled photos of one pipeline's answers, against another's.

    Attributes:
        photos: how many have a label.
        right: right answers.
        negative: flips that made a right answer wrong.
        positive: flips that made a wrong answer right.
    """

    photos: Drawn
    right: Drawn
    negative: Drawn
    positive: Drawn

    @property
    def before(self) -> Drawn:
        """Right answers of the other pipeline."""
        return self.right + self.negative - self.positive


@dataclass(frozen=True)
class Tally:
    """Sums over photos of one pipeline's answers, against the reference's.

    Attributes:
        way: the pipeline's name in the table; :data:`REFERENCE` for the reference itself.
        photos: how many were compared.
        agreed: answers of the reference's class.
        answered: answers at all.
        lost: margin lost, logits, where there is an answer.
        kl: Kullback-Leibler divergence, nats, where there is an answer.
        judged: where some photos have a label.
        flipped: uint8 (N / 8 rounded up,), a bit a photo as :func:`numpy.packbits` packs them: there is an answer, of another
            class.
        silent: the same of photos without an answer.
    """

    way: str
    photos: Drawn
    agreed: Drawn
    answered: Drawn
    lost: Drawn
    kl: Drawn
    judged: Judged | None
    flipped: NDArray[np.uint8]
    silent: NDArray[np.uint8]

    @property
    def agreement(self) -> Drawn:
        """Share of photos with the reference's class, 0..1."""
        return self.agreed / self.photos

    @property
    def margin_lost(self) -> Drawn:
        """Mean over answers, logits."""
        return self.lost / self.answered


def answers(table: Table, way: str) -> Answers:
    """What a way answered; for :data:`REFERENCE` the reference's own answers."""
    return Answers(table.top1, table.lead, np.zeros(len(table.top1))) if way == REFERENCE else table.read(way)


def judgements(
    labels: NDArray[np.int32], old: NDArray[np.int32], new: NDArray[np.int32]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """What becomes of right and wrong answers.

    Args:
        labels: (N,), index of the right class, -1 where it is not known.
        old: (N,), index of the likeliest class before, -1 for no answer, which is wrong.
        new: the same after.

    Returns:
        bool (N,) each: the new answer is right; it is wrong and the old one was right; it is right and the old one was wrong.
    """
    was, now = (labels >= 0) & (old == labels), (labels >= 0) & (new == labels)
    return now, was & ~now, now & ~was


def tallied(table: Table, labels: NDArray[np.int32] | None, ways: Sequence[str], resampling: Resampling) -> dict[str, Tally]:
    """The sums of each way, whose answers are read once.

    Args:
        table: of the sweep.
        labels: int32 (N,), index of the right class, -1 where it is not known.
        ways: names in the table, or :data:`REFERENCE`.
        resampling: of the table's clusters.
    """
    known = labels if labels is not None and (labels >= 0).any() else None
    bits: list[tuple[NDArray[np.uint8], NDArray[np.uint8]]] = []

    def columns() -> Iterator[NDArray[np.bool_] | NDArray[np.float64]]:
        yield np.ones(len(table.top1), dtype=np.bool_)
        if known is not None:
            yield known >= 0
        for way in ways:
            read = answers(table, way)
            answered, agreed = read.top1 >= 0, read.top1 == table.top1
            bits.append((np.packbits(answered & ~agreed), np.packbits(~answered)))
            yield agreed
            yield answered
            yield np.where(answered, table.lead.astype(np.float64) - read.margin, 0.0)
            yield np.where(answered, read.kl, 0.0)
            if known is not None:
                yield from judgements(known, table.top1, read.top1)

    sums = iter(resampling.sums(columns()))
    photos = next(sums)
    with_label = None if known is None else next(sums)
    found = {}
    for way, (flipped, silent) in zip(ways, bits, strict=True):
        agreed, answered, lost, kl = islice(sums, 4)
        judged = None if with_label is None else Judged(with_label, *islice(sums, 3))
        found[way] = Tally(way, photos, agreed, answered, lost, kl, judged, flipped, silent)
    return found


def cost(tally: Tally) -> Cost:
    """The cost of a way, with intervals. What the reference costs beside itself is certain."""
    photos = int(tally.photos.value)
    found = Cost(
        name=tally.way,
        photos=photos,
        no_answer=photos - int(tally.answered.value),
        flips=photos - int(tally.agreed.value),
        agreement=share(tally.agreement),
        margin_lost=mean(tally.margin_lost),
        kl=mean(tally.kl / tally.answered),
        labelled=labelled(tally.judged) if tally.judged else None,
    )
    if tally.way != REFERENCE:
        return found
    judged = found.labelled and replace(found.labelled, gained=NOTHING, negative_rate=NOTHING, positive_rate=NOTHING)
    return replace(found, name="reference", agreement=Estimate(1.0, 1.0, 1.0), margin_lost=NOTHING, kl=NOTHING, labelled=judged)


def labelled(judged: Judged) -> Labelled:
    """What answers are worth, with intervals.

    The test is McNemar's, "Note on the sampling error of the difference between correlated proportions or percentages",
    Psychometrika 12, 1947, in its exact form: of the photos that one pipeline has right and the other wrong, as many should be
    on either side, as of tosses of a coin.
    """
    negative, positive = int(judged.negative.value), int(judged.positive.value)
    return Labelled(
        photos=int(judged.photos.value),
        accuracy=share(judged.right / judged.photos),
        gained=change((judged.positive - judged.negative) / judged.photos),
        negative=negative,
        negative_rate=share(judged.negative / judged.photos),
        positive=positive,
        positive_rate=share(judged.positive / judged.photos),
        p=mcnemar(negative, positive),
    )


def mcnemar(negative: int, positive: int) -> float:
    """The chance, 0..1, of a split of flips as uneven or more, were both sides as likely; 1 where there are no flips."""
    discordant = negative + positive
    return float(binomtest(negative, discordant, 0.5).pvalue) if discordant else 1.0
