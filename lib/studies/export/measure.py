"""The exported file, and whether it computes what eager PyTorch computes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from lib.compare.batches import batch_difference
from lib.compare.comparison import Comparison, flips, worst
from lib.compare.spread import in_tolerances, spread
from lib.compare.unanswered import Unanswered, causes
from lib.deploy.difference import max_abs_difference
from lib.handoff import Handoff
from lib.inputs.deployment import Over, taken
from lib.numbers import finite
from lib.policy import Policy
from lib.studies.export.end_to_end import EndToEnd, EndToEndPass
from lib.studies.export.facts import Facts
from lib.studies.export.inscription import Inscription

MAPPED = 7  # photos on the map of distances
GREY = "plain grey"


@dataclass(frozen=True)
class Distances:
    """How far the logits of any two inputs are apart.

    Attributes:
        names: of the inputs: the first photos, and last :data:`GREY`.
        largest: float64 (inputs, inputs), the largest difference of any logit.
    """

    names: tuple[str, ...]
    largest: NDArray[np.float64]

    @classmethod
    def of(cls, names: Sequence[str], logits: Sequence[NDArray[Any]]) -> Distances:
        """The distances of logits, each (1, classes)."""
        return cls(tuple(names), np.array([[max_abs_difference(a, b) for b in logits] for a in logits]))


@dataclass(frozen=True)
class Study:
    """What was measured.

    Attributes:
        file: the exported network.
        operators: how many nodes of each operator the graph has, by subject: the hand-off's and that of its story.
        opset_difference: operator sets between the one asked for and the one written.
        metadata: what the file says of itself, against the subject.
        weights_match: whether the file says that it was made of the weights that the subject's TOML file names.
        networks: one comparison a photo: both networks on PyTorch's input.
        tolerance: what their logits may differ by.
        non_finite: how many of the deployment's logits are NaN or infinite.
        spread: how far PyTorch's logits of the middle photo are from the mean of all, in times of ``tolerance``.
        distances: between photos.
        batch: largest difference of the logits of two inputs in a batch from those of each alone.
        end_to_end: the file that takes decoded photos.
        unanswered: where the deployment's network gave nothing; PyTorch's logits stand in for its.
    """

    file: Facts
    operators: Mapping[str, Mapping[str, int]]
    opset_difference: int
    metadata: Inscription
    weights_match: bool
    networks: tuple[Comparison, ...]
    tolerance: float
    non_finite: int
    spread: float
    distances: Distances
    batch: float
    end_to_end: EndToEnd
    unanswered: tuple[Unanswered, ...] = ()


def measured(handoff: Handoff, rules: Policy, random_sizes: int, seed: int) -> Study:
    """Everything that the notebook shows, in one pass over the photos.

    Args:
        handoff: whose file.
        rules: the policy.
        random_sizes: at how many the end-to-end file is tried; 0 writes none.
        seed: for the random sizes.
    """
    file = Facts.of(handoff.onnx_path)
    whole = EndToEndPass(handoff, file.opset, random_sizes, seed)
    infer, unanswered = handoff.deployment.infer, list[Unanswered]()
    networks: list[Comparison] = []
    mapped: list[NDArray[Any]] = []
    expected: list[NDArray[Any]] = []
    non_finite = 0
    for photo in handoff.photos.readable:
        trace = handoff.reference.trace(photo.data)
        if not networks:
            first, plain = trace.normalise, np.zeros_like(trace.normalise)
            answer, error = taken(infer, plain)
            grey = np.asarray(answer if error is None else handoff.reference.infer(plain))
        answer, error = taken(infer, trace.normalise)
        if error is not None:
            unanswered.append(Unanswered(photo.name, "infer", str(error), isinstance(error, Over)))
        logits = np.asarray(answer) if error is None else trace.infer
        networks.append(Comparison.of(photo.name, "deployment", {"infer": (trace.infer, logits)}))
        expected.append(trace.infer)
        non_finite += int((~np.isfinite(logits)).sum())
        if len(mapped) < MAPPED:
            mapped.append(logits)
        whole.add(photo.name, trace)
    tolerance = rules["export.logits"].threshold
    return Study(
        file=file,
        operators=_operators(handoff, file),
        opset_difference=abs(file.opset - handoff.opset),
        metadata=Inscription.of(onnx.load(handoff.onnx_path), handoff),
        weights_match=str(file.provenance.get("weights_sha256")).startswith(handoff.subject.weights.sha256),
        networks=tuple(networks),
        tolerance=tolerance,
        non_finite=non_finite,
        spread=in_tolerances(spread(expected, lambda: handoff.reference.infer(np.zeros_like(first))), tolerance),
        distances=Distances.of([*(each.photo for each in networks[:MAPPED]), GREY], [*mapped, grey]),
        batch=batch_difference(handoff.onnx_path, first),
        end_to_end=whole.found(rules["export.end-to-end.logits"].threshold),
        unanswered=causes(unanswered),
    )


def files(study: Study) -> list[dict[str, Any]]:
    """The two files that may be handed over, each with how far it is from PyTorch: JSON types.

    The network's logits are from PyTorch's own input, the end-to-end file's answers from decoded photos.
    """
    network, whole = study.file, study.end_to_end
    one = _file("network", network) | {"photos": _logits(study.networks)}
    if whole.file is None:
        return [one, {"role": "end-to-end", "missing": whole.missing}]
    distances = {"photos": _answers(whole.photos), "random_sizes": _answers(whole.sizes)}
    return [one, _file("end-to-end", whole.file) | distances]


def _file(role: str, file: Facts) -> dict[str, Any]:
    takes, gives = (
        [f"{name}: {type_}" for kind, name, type_ in file.signature if kind == each] for each in ("input", "output")
    )
    described = {"role": role, "missing": "", "name": file.path.name, "bytes": file.size, "sha256": file.sha256}
    return described | {"takes": ", ".join(takes), "gives": ", ".join(gives)}


def _logits(compared: Sequence[Comparison]) -> dict[str, Any]:
    return {"compared": len(compared), "other_classes": flips(compared), "logits": finite(worst(compared, "infer"))}


def _answers(compared: Sequence[Comparison]) -> dict[str, Any]:
    """As :func:`_logits`, with the share of values after resize that are the same, 0..1, and by how much others are off."""
    return _logits(compared) | {
        "probability": finite(worst(compared, "score")),
        "levels": finite(worst(compared, "resize")),
        "levels_equal": finite(float(np.mean([each["resize"].equal for each in compared]))),
    }


def _operators(handoff: Handoff, file: Facts) -> dict[str, Mapping[str, int]]:
    """Operators by subject; one entry where the story is told on the hand-off itself."""
    story = handoff.story
    operators = {handoff.subject.label: file.operators}
    return operators if story is handoff else operators | {story.subject.label: Facts.of(story.onnx_path).operators}
