"""The deployment against the reference: every number of the study in one pass over the photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from lib.compare.ablation import Ablation, from_deployment, from_naive, naive
from lib.compare.comparison import Comparison, most_changed, most_divergent
from lib.compare.most import Most
from lib.compare.pair import Pair
from lib.compare.shared import SharedTraces
from lib.compare.trial import tried
from lib.deploy import Trace
from lib.diagnosis.confusion import Confusion, beyond, confusion
from lib.export.exporter import domain
from lib.handoff import Handoff
from lib.inputs.photos import Photo
from lib.mistakes import CATALOGUE, DECODING
from lib.mistakes.unnoticed import Noticed, noticed
from lib.policy import Policy
from lib.studies.parity.examples import Example, examples, made_from, smaller

DIAGNOSED = 4  # photos that diagnosis is tried on, beside those made from the first
PAIRS = 24  # of two mistakes that are tried on the first photo


@dataclass(frozen=True)
class OnePhoto:
    """What is kept of every photo: numbers.

    Attributes:
        from_naive: the way from the naive deployment to the reference.
        from_deployment: the way from the deployment as it is to the reference.
        network: both networks on the reference's input: logits.
        softmax: both softmaxes on the reference's logits: probabilities.
        noticed: what came of the catalogue's mistakes, each put into the deployment.
    """

    from_naive: Ablation
    from_deployment: Ablation
    network: Comparison
    softmax: Comparison
    noticed: Noticed

    @property
    def comparison(self) -> Comparison:
        """The deployment as it is against the reference."""
        return self.from_deployment.steps[0]


@dataclass(frozen=True)
class Study:
    """What the notebook measured.

    Attributes:
        photos: one a photo.
        naive: the naive deployment and the reference on the photo whose answer it changes most; None where it takes none.
        divergent: the deployment and the reference on the photo whose probabilities differ most, of those on which some stage
            differs by more than is allowed where there are any.
        examples: mistakes that have no notebook of their own on the first photo, or on one made from it.
        diagnosis: how well mistakes are named, on the first :data:`DIAGNOSED` photos, and those of decoding on the photos made
            from the first; on the first two mistakes at once, and what is no mistake.
    """

    photos: tuple[OnePhoto, ...]
    naive: Pair | None
    divergent: Pair
    examples: tuple[Example, ...]
    diagnosis: Confusion

    @property
    def from_naive(self) -> list[Ablation]:
        """The ways from the naive deployment, one a photo."""
        return [each.from_naive for each in self.photos]

    @property
    def from_deployment(self) -> list[Ablation]:
        """The ways from the deployment as it is, one a photo."""
        return [each.from_deployment for each in self.photos]

    @property
    def comparisons(self) -> list[Comparison]:
        """The deployment as it is against the reference, one a photo."""
        return [each.comparison for each in self.photos]

    @property
    def networks(self) -> list[Comparison]:
        """Both networks on the same input, one a photo."""
        return [each.network for each in self.photos]

    @property
    def softmaxes(self) -> list[Comparison]:
        """Both softmaxes on the same logits, one a photo."""
        return [each.softmax for each in self.photos]

    @property
    def noticed(self) -> Noticed:
        """What came of the catalogue's mistakes over all photos."""
        return sum((each.noticed for each in self.photos), Noticed())

    @property
    def most_divergent(self) -> Ablation:
        """The way from the deployment on the photo of :attr:`divergent`."""
        return next(each.from_deployment for each in self.photos if each.comparison is self.divergent.comparison)

    @property
    def non_finite(self) -> int:
        """How many of the deployment's probabilities are NaN or infinite."""
        return sum(each.candidate.non_finite for each in self.comparisons)

    @property
    def unexplained(self) -> float:
        """The largest part of any gap that its shares do not account for, in probability; NaN where one is NaN."""
        return float(np.max([each.unexplained for each in (*self.from_naive, *self.from_deployment)]))

    def diverging(self, allowed: Mapping[str, float]) -> list[str]:
        """The photos on which the deployment differs at some stage by more than ``allowed``."""
        return [each.photo for each in self.comparisons if each.first(allowed) is not None]


def measured(handoff: Handoff, rules: Policy, seed: int) -> Study:
    """Every photo once, and after them the photos that are made from the first.

    Args:
        handoff: what is measured.
        rules: whose tolerances decide which mistakes go unnoticed.
        seed: for the noise that diagnosis has to see through, and for the pairs that are tried.
    """
    contract, random = handoff.subject.contract, np.random.default_rng(seed)
    made = made_from(smaller(handoff.photos.readable[0]), contract)
    photos: list[OnePhoto] = []
    start: Pair | None = None
    worst, changed = Most(partial(_furthest, allowed=rules.tolerances)), Most(most_changed)
    diagnosis = Confusion()
    for i, photo in enumerate(handoff.photos.readable):
        shared = SharedTraces(photo.data)
        reference = shared.trace(handoff.reference)
        photos.append(_one(handoff, rules, photo, shared, reference))
        latest, first_step = photos[-1].comparison, photos[-1].from_naive.steps[0]
        if worst.is_now(latest):
            divergent = Pair(latest, reference, shared.trace(handoff.deployment))
        if not first_step.refused and changed.is_now(first_step):
            start = Pair(first_step, reference, shared.trace(naive(handoff.deployment, contract)))
        if i == 0:
            shown = examples(handoff, photo, shared, made)
            diagnosis += beyond(smaller(photo), contract, random, PAIRS)
        if i < DIAGNOSED:
            diagnosis += confusion(smaller(photo), contract, random, CATALOGUE.values())
    for photo in made:
        diagnosis += confusion(photo, contract, random, DECODING)
    return Study(tuple(photos), start, divergent, shown, diagnosis)


def _furthest(every: Sequence[Comparison], allowed: Mapping[str, float]) -> Comparison:
    """The furthest off in its probabilities, of those that differ from the reference by more than is allowed if any does."""
    return most_divergent([each for each in every if each.first(allowed)] or every)


def _one(handoff: Handoff, rules: Policy, photo: Photo, shared: SharedTraces, reference: Trace) -> OnePhoto:
    deployment, contract = handoff.deployment, handoff.subject.contract
    sizes = domain(handoff.subject)
    network = tried(shared, replace(handoff.reference, infer=deployment.infer), sizes)
    softmax = tried(shared, replace(handoff.reference, score=deployment.score), sizes)
    return OnePhoto(
        from_naive(photo.name, shared, deployment, handoff.reference, contract, sizes),
        from_deployment(photo.name, shared, deployment, handoff.reference, sizes),
        Comparison.of_tried(photo.name, "network", reference, network, ("infer",)),
        Comparison.of_tried(photo.name, "softmax", reference, softmax, ("score",)),
        noticed(shared, reference, deployment, contract, CATALOGUE.values(), rules.tolerances),
    )
