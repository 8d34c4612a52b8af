"""One photo through many pipelines: the work they share is done once, and what the network is fed goes in batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from lib.compare.comparison import top1
from lib.compare.shared import SharedTraces
from lib.compare.trial import Refused
from lib.deploy import BadPhoto, Pipeline, Trace
from lib.deploy.stages import Infer
from lib.inputs.deployment import Over
from lib.inputs.reading import one_line

BATCH = 2  # inputs of one shape that a network answers at once; on CPUs more are slower: benchmarks/test_sweep.py tries sizes
_TO_INPUT = 3  # stages
_LEAST = float(np.finfo(np.float32).tiny)  # a probability that underflowed, so that its logarithm can be taken


@dataclass(frozen=True)
class Numbers:
    """What is kept of one answer.

    Attributes:
        top1: index of the likeliest class; -1 where there is none.
        margin: logit of the reference's class less the largest other one; NaN where there is no answer.
        kl: Kullback-Leibler divergence from the reference's probabilities, nats; NaN where there is no answer.
        probability: of the likeliest class, 0..1.
        second: of the second class, 0..1; 0 where there is none.
        refused: why there is no answer, or empty.
    """

    top1: int
    margin: float
    kl: float
    probability: float
    second: float
    refused: str = ""

    @classmethod
    def none(cls, refused: str) -> Numbers:
        """For a pipeline that gave no answer."""
        return cls(-1, np.nan, np.nan, np.nan, np.nan, refused)


@dataclass(frozen=True)
class _Answer:
    logits: NDArray[np.float32]
    probabilities: NDArray[np.float32]

    def numbers(self, reference: _Answer) -> Numbers:
        """What is kept of it beside the reference's."""
        if not np.isfinite(self.probabilities).all():
            return Numbers.none("its probabilities are not finite")
        ordered = np.sort(self.probabilities[0])
        second = float(ordered[-2]) if len(ordered) > 1 else 0.0
        return Numbers(
            top1(self.probabilities), self._margin(top1(reference.probabilities)), self._kl(reference), ordered[-1], second
        )

    def _margin(self, of: int) -> float:
        others = np.delete(self.logits[0], of)
        return float(self.logits[0, of] - others.max()) if others.size else 0.0

    def _kl(self, reference: _Answer) -> float:
        p, q = (np.maximum(each.probabilities[0].astype(np.float64), _LEAST) for each in (reference, self))
        return float(np.sum(p * (np.log(p) - np.log(q))))


# What a network is fed, and which network: the same pair is asked once.
_Question = tuple[Infer, NDArray[np.float32]]


class Prepared:
    """A photo up to the networks' inputs. What a pipeline of other people's answers is asked for at once.

    Args:
        data: the photo's bytes.
        reference: the right pipeline.
        ways: the others, by name.

    Attributes:
        over: whether the process of one of them is over, so that it has to be made again.

    Raises:
        BadPhoto: the reference does not take the photo.
    """

    def __init__(self, data: bytes, reference: Pipeline, ways: Mapping[str, Pipeline]) -> None:
        shared = SharedTraces(data)
        self._shared = shared  # holds the arrays whose ids tell questions apart
        self.over = False
        self._pipelines = {"": reference} | dict(ways)
        self._asked: dict[tuple[int, int], _Question] = {}
        self._found: dict[str, tuple[int, int] | _Answer | str] = {"": self._ask(reference)}
        for name, pipeline in ways.items():
            try:
                self._found[name] = self._ask(pipeline)
            except Exception as error:  # of a mistaken stage, or of other people's code, any
                self.over |= isinstance(error, Over)
                self._found[name] = one_line(error)

    def _ask(self, pipeline: Pipeline) -> tuple[int, int] | _Answer:
        if not isinstance(pipeline.infer, Infer):
            return _of_trace(self._shared.trace(pipeline))
        tensor = dict(islice(self._shared.outputs(pipeline), _TO_INPUT))["normalise"]
        width, height = tensor.shape[:1:-1]
        if not pipeline.infer.domain.holds(width, height):
            raise BadPhoto(Refused.outside(pipeline.infer.domain, width, height).why)
        question = id(pipeline.infer), id(tensor)
        self._asked[question] = pipeline.infer, tensor
        return question

    def answered(self) -> dict[str, Numbers]:
        """What is kept of each pipeline's answer, by its name; the reference's own comes first, named by an empty text.

        Raises:
            BadPhoto: the reference's answer is not finite.
        """
        logits = self._infer()

        def answer(name: str, found: tuple[int, int] | _Answer) -> _Answer:
            if isinstance(found, _Answer):
                return found
            return _Answer(logits[found], np.asarray(self._pipelines[name].score(logits[found])))

        said = {name: found if isinstance(found, str) else answer(name, found) for name, found in self._found.items()}
        reference = said[""]
        assert isinstance(reference, _Answer)
        if not np.isfinite(reference.probabilities).all():
            raise BadPhoto("the reference's answer is not finite")
        return {name: Numbers.none(each) if isinstance(each, str) else each.numbers(reference) for name, each in said.items()}

    def _infer(self) -> dict[tuple[int, int], NDArray[np.float32]]:
        """Logits (1, classes) of each question."""
        alike: dict[tuple[int, tuple[int, ...]], list[tuple[int, int]]] = {}
        for question, (infer, tensor) in self._asked.items():
            alike.setdefault((id(infer), tensor.shape), []).append(question)
        logits: dict[tuple[int, int], NDArray[np.float32]] = {}
        for questions in alike.values():
            for start in range(0, len(questions), BATCH):
                batch = questions[start : start + BATCH]
                infer = self._asked[batch[0]][0]
                rows = infer(np.concatenate([self._asked[question][1] for question in batch]))
                logits |= {question: row[None] for question, row in zip(batch, rows, strict=True)}
        return logits


def one_at_a_time(data: bytes, reference: Pipeline, way: Pipeline) -> Numbers:
    """The same numbers by a plain run of both pipelines, which shares nothing: what a sweep is held against.

    Raises:
        BadPhoto: the reference does not take the photo.
    """
    right = _of_trace(reference.trace(data))
    try:
        return _of_trace(way.trace(data)).numbers(right)
    except Exception as error:
        return Numbers.none(one_line(error))


def _of_trace(trace: Trace) -> _Answer:
    return _Answer(np.asarray(trace.infer, np.float32), np.asarray(trace.score, np.float32))
