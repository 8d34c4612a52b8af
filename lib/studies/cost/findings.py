"""What the notebook found: records without any arithmetic, which are measured in one place and drawn in another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A value with its interval of :data:`CONFIDENCE`, which resamples whole clusters of photos.

    Attributes:
        value: over all photos.
        low: the interval's lower end.
        high: its upper end. All three are NaN where nothing can be said.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Labelled:
    """What a pipeline's answers are worth where the right class is known.

    Attributes:
        photos: how many have a label.
        accuracy: share of right answers, 0..1.
        gained: accuracy less the reference's, -1..1.
        negative: how many flips made a right answer wrong.
        negative_rate: their share of the labelled photos, 0..1.
        positive: how many flips made a wrong answer right.
        positive_rate: their share of the labelled photos, 0..1.
        p: of McNemar's exact test that both are right equally often, two-sided, 0..1. It takes photos for independent.
    """

    photos: int
    accuracy: Estimate
    gained: Estimate
    negative: int
    negative_rate: Estimate
    positive: int
    positive_rate: Estimate
    p: float


@dataclass(frozen=True)
class Cost:
    """What one pipeline's answers are beside the reference's.

    Attributes:
        name: of the pipeline: a mistake, a pair of them, a step, a deployment.
        photos: how many were compared.
        no_answer: on how many the pipeline gave none. These count as flips, and not for ``margin_lost`` and ``kl``.
        flips: on how many its likeliest class is another.
        agreement: share of photos whose likeliest class is the reference's, 0..1.
        margin_lost: mean of the reference's lead less the margin that its class still has, in logits.
        kl: mean Kullback-Leibler divergence from the reference, in nats.
        labelled: where some photos have a label.
    """

    name: str
    photos: int
    no_answer: int
    flips: int
    agreement: Estimate
    margin_lost: Estimate
    kl: Estimate
    labelled: Labelled | None


@dataclass(frozen=True)
class Band:
    """Photos whose lead in the reference lies in one stretch.

    Attributes:
        low: least lead, logits.
        high: largest.
        answers: how many answers of mistaken pipelines there are to these photos.
        flips: how many of them are another class.
        rate: their share, 0..1.
    """

    low: float
    high: float
    answers: int
    flips: int
    rate: Estimate


@dataclass(frozen=True)
class Predictor:
    """How well a number of the reference's answer alone tells which answers flip.

    Attributes:
        name: of the number, as pages say it.
        auc: area under the ROC curve, 0..1: the chance that of one answer that flipped and one that did not, by the same
            mistake, the flipped one has the smaller number. 0.5 tells nothing, 1 everything.
        safe: the least value from which on at most ``SAFE`` of the answers flip; NaN where there is none.
    """

    name: str
    auc: Estimate
    safe: float


@dataclass(frozen=True)
class Margins:
    """Which margin predicts a flip.

    Attributes:
        predictors: the numbers that were tried, the best first.
        bands: of the lead in logits, from small to large, with equally many photos each.
        safe_rate: the share of flips that ``safe`` allows, 0..1.
    """

    predictors: tuple[Predictor, ...]
    bands: tuple[Band, ...]
    safe_rate: float


@dataclass(frozen=True)
class Together:
    """Two mistakes made at once.

    Attributes:
        first: one mistake's cost by itself.
        second: the other's.
        both: of both at once.
        extra: margin lost by both less the sum of what each loses by itself, in logits: 0 where costs add, negative where they
            are less than their sum.
        extra_flips: the same of the share of flips, -2..1.
    """

    first: Cost
    second: Cost
    both: Cost
    extra: Estimate
    extra_flips: Estimate


@dataclass(frozen=True)
class Repair:
    """One part of a deployment mended, the others left as they are.

    Attributes:
        part: what is mended, as ``resize filter``; ``all`` is everything.
        cost: of the deployment with this part mended.
        won: its agreement less that of the deployment as it was, -1..1.
        margin_won: margin lost before less margin lost after, in logits.
    """

    part: str
    cost: Cost
    won: Estimate
    margin_won: Estimate


@dataclass(frozen=True)
class Repairs:
    """What repairing one part at a time wins back.

    Attributes:
        before: the deployment as it is.
        repairs: a part each, and ``all`` last.
    """

    before: Cost
    repairs: tuple[Repair, ...]


@dataclass(frozen=True)
class Replacement:
    """Whether a new version may replace an old one.

    Attributes:
        old: name of what is in production, as pages say it.
        new: name of what would replace it.
        photos: how many both were asked.
        old_no_answer: how many of them the old one did not answer.
        new_no_answer: how many of them the new one did not answer.
        flips: on how many the likeliest class is another.
        agreement: share on which it is the same, 0..1.
        labelled: where some photos have a label: the new one's accuracy, what it gained, and flips from right to wrong and from
            wrong to right, all against the old one.
        old_accuracy: the old one's on the same photos, NaN where none has a label.
    """

    old: str
    new: str
    photos: int
    old_no_answer: int
    new_no_answer: int
    flips: int
    agreement: Estimate
    labelled: Labelled | None
    old_accuracy: float


@dataclass(frozen=True)
class Found:
    """What was found in a table.

    Attributes:
        reference_accuracy: share of labelled photos that the reference gets right, 0..1; None where none has a label.
        costs: of each mistake, by its name, in the order of the catalogue.
        deployment: of the deployment under test.
        margins: which margin predicts a flip.
        together: pairs of mistakes.
        repairs: of the naive deployment, part by part, and where the deployment under test answers otherwise than the reference
            also of it; by what pages call them.
        replacement: where there is another version.
    """

    reference_accuracy: Estimate | None
    costs: Mapping[str, Cost]
    deployment: Cost
    margins: Margins
    together: tuple[Together, ...]
    repairs: Mapping[str, Repairs]
    replacement: Replacement | None


@dataclass(frozen=True)
class Looked:
    """Which photos were looked at.

    Attributes:
        files: how many pictures were found.
        others: how many files of the folder are no pictures.
        photos: how many were compared: each content once.
        copies: how many have the content of another one.
        failed: how many could not be read.
        reasons: name and reason of the first of these.
        clusters: how many groups of photos do not depend on one another.
        cropped: how many photos the crops were cut out of; 0 where a folder of the user's was looked at.
        labelled: how many have a label.
        labels: what was made of labels, as a sentence.
        left_out: mistakes that could not be tried, with the reason.
        seconds: that the sweep took; what lay there from an earlier one took none.
        computed: how many photos were computed now, and not read from an earlier sweep.
    """

    files: int
    others: int
    photos: int
    copies: int
    failed: int
    reasons: tuple[tuple[str, str], ...]
    clusters: int
    cropped: int
    labelled: int
    labels: str
    left_out: Mapping[str, str]
    seconds: float
    computed: int
