"""What two traces of one photo differ by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.compare.trial import Refused
from lib.deploy import STAGES, Trace
from lib.deploy.difference import max_abs_difference
from lib.deploy.stages import score

BEFORE_NETWORK = ("decode", "resize", "normalise")  # the stages that make what the network is fed
TOP = 5  # classes that an answer keeps


def top1(scores: NDArray[Any]) -> int:
    """Index of the likeliest class in probabilities or logits (1, classes); -1 where they hold a NaN."""
    return -1 if np.isnan(scores).any() else int(scores[0].argmax())


def likeliest(probabilities: NDArray[Any], count: int) -> NDArray[np.intp]:
    """Indices of the ``count`` likeliest of (classes,) probabilities, likeliest first; equal ones in their order."""
    order: NDArray[np.intp] = np.argsort(-probabilities, kind="stable")
    return order[:count]


@dataclass(frozen=True)
class Summary:
    """What a stage put out, in short.

    Attributes:
        shape: of the array.
        least: its smallest value.
        greatest: its largest value.
        mean: of its values.
    """

    shape: tuple[int, ...]
    least: float
    greatest: float
    mean: float

    @classmethod
    def of(cls, array: NDArray[Any]) -> Summary:
        """The summary of an array that is not empty."""
        return cls(array.shape, float(array.min()), float(array.max()), float(array.mean()))


@dataclass(frozen=True)
class StageDifference:
    """What two traces differ by at one stage.

    Attributes:
        stage: the stage's name.
        reference: the reference's output.
        candidate: the other's.
        largest: largest absolute difference, in :data:`UNITS`; infinite where the shapes differ or the other gave none, NaN
            where a NaN is involved.
        equal: the share of the values, 0..1, that are the same; 0 where the shapes differ.
    """

    stage: str
    reference: Summary
    candidate: Summary
    largest: float
    equal: float

    @classmethod
    def of(cls, stage: str, reference: NDArray[Any], candidate: NDArray[Any]) -> StageDifference:
        """The difference of two arrays that are not empty."""
        if reference is candidate:  # pipelines that share a stage share its output, which may be a large photo
            summary = Summary.of(reference)
            return cls(stage, summary, summary, summary.mean - summary.mean, 1.0)
        if reference.dtype == candidate.dtype and np.array_equal(reference, candidate):  # as mostly, and several times as fast
            summary = Summary.of(reference)
            return cls(stage, summary, summary, 0.0, 1.0)
        equal = float((reference == candidate).mean()) if reference.shape == candidate.shape else 0.0
        return cls(stage, Summary.of(reference), Summary.of(candidate), max_abs_difference(reference, candidate), equal)

    @classmethod
    def none(cls, stage: str, reference: NDArray[Any]) -> StageDifference:
        """Where the other put out nothing."""
        nan = float("nan")
        return cls(stage, Summary.of(reference), Summary((), nan, nan, nan), float("inf"), 0.0)

    def within(self, tolerance: float) -> bool:
        """Whether the two count as the same; never where NaN is involved."""
        return self.largest <= tolerance


@dataclass(frozen=True)
class Answer:
    """The end of a trace.

    Attributes:
        likeliest: indices of the :data:`TOP` likeliest classes, likeliest first; empty where a NaN is involved.
        probabilities: theirs, 0..1.
        lead: of the likeliest class over the second, in logits; 0 where there is no second, NaN where there are no logits.
        non_finite: how many probabilities are NaN or infinite.
    """

    likeliest: tuple[int, ...]
    probabilities: tuple[float, ...]
    lead: float
    non_finite: int

    @classmethod
    def of(cls, probabilities: NDArray[Any], logits: NDArray[Any] | None) -> Answer:
        """The answer that (1, classes) probabilities give; ``logits`` of the same shape, where there are any, tell the lead."""
        wrong = int((~np.isfinite(probabilities)).sum())
        order = () if np.isnan(probabilities).any() else tuple(map(int, likeliest(probabilities[0], TOP)))
        return cls(order, tuple(float(probabilities[0, i]) for i in order), _lead(logits), wrong)

    @property
    def top1(self) -> int:
        """Index of the likeliest class; -1 where a NaN is involved."""
        return self.likeliest[0] if self.likeliest else -1

    @property
    def probability(self) -> float:
        """Of the likeliest class, 0..1; NaN where there is none."""
        return self.probabilities[0] if self.probabilities else float("nan")


def _lead(logits: NDArray[Any] | None) -> float:
    if logits is None:
        return float("nan")
    ordered = np.sort(logits[0])
    return float(ordered[-1] - ordered[-2]) if len(ordered) > 1 else 0.0


@dataclass(frozen=True)
class Comparison:
    """One photo, two traces of it, and what they differ by. It keeps numbers, not the traces: a thousand of it are small.

    Attributes:
        photo: the photo's name.
        name: of what was held against the reference: ``deployment``, a mistake, a step of an ablation, a variant, a runtime.
        stages: the differences, stage by stage; of those stages that were compared.
        reference: the reference's answer.
        candidate: the other's.
        probability: what the other gives the class that the reference finds likeliest, 0..1; NaN where there is none.
        moved: how much probability went from some classes to others, 0..1: total variation distance.
        refused: why the other, which was only tried, gave no answer; it is infinitely far away then at every stage, and its
            probability NaN. Empty where it gave one.
    """

    photo: str
    name: str
    stages: tuple[StageDifference, ...]
    reference: Answer
    candidate: Answer
    probability: float
    moved: float
    refused: str = ""

    @classmethod
    def of_tried(
        cls, photo: str, name: str, reference: Trace, candidate: Trace | Refused, stages: Sequence[str] = STAGES
    ) -> Comparison:
        """Some stages of what :func:`lib.compare.trial.tried` gives, ``infer`` or ``score`` at least."""
        if isinstance(candidate, Refused):
            nan, right = float("nan"), Answer.of(reference.score, reference.infer)
            differences = tuple(StageDifference.none(stage, getattr(reference, stage)) for stage in stages)
            return cls(photo, name, differences, right, Answer((), (), nan, 0), nan, nan, candidate.why)
        return cls.of(photo, name, {stage: (getattr(reference, stage), getattr(candidate, stage)) for stage in stages})

    @classmethod
    def of_traces(cls, photo: str, name: str, reference: Trace, candidate: Trace) -> Comparison:
        """Two whole traces, stage by stage."""
        return cls.of_tried(photo, name, reference, candidate)

    @classmethod
    def of(cls, photo: str, name: str, pairs: Mapping[str, tuple[NDArray[Any], NDArray[Any]]]) -> Comparison:
        """Some stages only.

        Args:
            photo: the photo's name.
            name: of what is held against the reference.
            pairs: the reference's output and the other's, by stage, in the order of the pipeline: ``infer`` or ``score`` at
                least. Where there is no ``score``, softmax of the logits takes its place.
        """
        logits = pairs.get("infer", (None, None))
        ends = pairs["score"] if "score" in pairs else (score(pairs["infer"][0]), score(pairs["infer"][1]))
        reference, candidate = (Answer.of(end, given) for end, given in zip(ends, logits, strict=True))
        same = ends[0].shape == ends[1].shape
        return cls(
            photo,
            name,
            tuple(StageDifference.of(stage, *pair) for stage, pair in pairs.items()),
            reference,
            candidate,
            float(ends[1][0, reference.top1]) if same and reference.likeliest else float("nan"),
            float(np.abs(ends[1] - ends[0]).sum() / 2) if same else float("nan"),
        )

    def __getitem__(self, stage: str) -> StageDifference:
        return next(each for each in self.stages if each.stage == stage)

    @property
    def change(self) -> float:
        """By how much the probability of the reference's class changed."""
        return self.probability - self.reference.probability

    @property
    def flipped(self) -> bool:
        """Whether the likeliest class is another; no answer is none."""
        return not self.refused and self.reference.top1 != self.candidate.top1

    @property
    def kept(self) -> int:
        """How many of the reference's likeliest classes, of :data:`TOP`, are still among the likeliest."""
        return len(set(self.reference.likeliest) & set(self.candidate.likeliest))

    def first(self, allowed: Mapping[str, float]) -> str | None:
        """The first stage whose outputs differ by more than ``allowed[stage]``, or None."""
        return next((each.stage for each in self.stages if not each.within(allowed[each.stage])), None)

    def apart(self) -> StageDifference | None:
        """The first stage whose outputs differ at all, or None."""
        return next((each for each in self.stages if not each.within(0)), None)


def worst(comparisons: Iterable[Comparison], stage: str) -> float:
    """The largest difference of any comparison at ``stage``; NaN where one is NaN, or where there is none."""
    differences = [each[stage].largest for each in comparisons]
    return float(np.max(differences)) if differences else float("nan")


def flips(comparisons: Iterable[Comparison]) -> int:
    """In how many comparisons the likeliest class is another."""
    return sum(each.flipped for each in comparisons)


def most_divergent(comparisons: Iterable[Comparison]) -> Comparison:
    """The one whose last stage differs most; one with a NaN comes before all others."""
    return max(comparisons, key=lambda each: np.nan_to_num(each.stages[-1].largest, nan=np.inf))


def furthest_apart(comparisons: Iterable[Comparison], stage: str) -> Comparison:
    """The one that differs most at ``stage``, a NaN first; of several that differ alike the one whose answer changes most."""
    return max(comparisons, key=lambda each: (np.nan_to_num(each[stage].largest, nan=np.inf), _changed(each)))


def most_changed(comparisons: Iterable[Comparison]) -> Comparison:
    """The one whose answer changes most.

    One whose likeliest class is another comes before those that keep it, a NaN first; one without an answer comes last.
    """
    return max(comparisons, key=_changed)


def _changed(each: Comparison) -> tuple[bool, float]:
    return each.flipped, -1.0 if each.refused else float(np.nan_to_num(each.moved, nan=np.inf))
