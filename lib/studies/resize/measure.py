"""What the network is shown of a photo under each shape rule, and what that does to the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from lib.compare.comparison import Comparison, furthest_apart, most_changed
from lib.compare.most import Most
from lib.compare.pair import Pair
from lib.compare.shared import SharedTraces
from lib.compare.trial import Refused, attempt, tried
from lib.compare.unanswered import Unanswered, answering, causes
from lib.compare.view import View, of_contract, whole
from lib.deploy import Pipeline, Trace
from lib.export.exporter import domain
from lib.handoff import Handoff
from lib.inputs.photos import Photo
from lib.mistakes import CATALOGUE, SHAPES
from lib.mistakes.own import own
from lib.mistakes.shape import OF_CROPS, VIEWERS
from lib.mistakes.unnoticed import Noticed, noticed
from lib.policy import Policy

REFERENCE = "reference"
SQUASH = "squash"
KINDS = ("landscape", "portrait", "square")


@dataclass(frozen=True)
class Shape:
    """One shape rule on one photo.

    Attributes:
        comparison: the deployment with the rule in it against the reference, from ``resize`` on, under the mistake's name;
            under the name ``reference`` the reference against itself. A rule that leads to a size that the file
            is not right for, or that cannot take the photo, is refused.
        view: which part of the photo the network is shown, and how large; None where the rule is refused.
        unseen: the share of the photo that the network is not shown, 0..1; NaN without a view.
        stretch: how much wider than high the photo is shown than it is: 1 where its proportions are kept. NaN without a view.
        mean_difference: from the reference's picture, in levels, where both show something of the photo; NaN where they show
            nothing in common.
    """

    comparison: Comparison
    view: View | None
    unseen: float
    stretch: float
    mean_difference: float


@dataclass(frozen=True)
class Drawn:
    """One shape rule on a photo that is drawn, with its pixels; none that is refused.

    Attributes:
        shape: the numbers.
        view: which part of the photo the network is shown, and how large.
        trace: of the pipeline with this rule.
    """

    shape: Shape
    view: View
    trace: Trace

    def on_photo(self, width: int, height: int) -> NDArray[np.float64]:
        """What the network is shown, put back on the photo, as :meth:`lib.compare.view.View.in_photo` takes and gives it."""
        return self.view.in_photo(self.trace.resize, width, height)


@dataclass(frozen=True)
class Study:
    """What 04_resize measures.

    Attributes:
        shapes: for each photo the reference, then every shape mistake of the catalogue.
        stated: the rules that are no mistake, since the subject file states them, and that are left out everywhere here.
        squashed: the reference and the squash on the photo whose answer that changes most; None where the squash is no mistake.
        changed: the reference, then every shape mistake, with their pixels, on the photo whose answer one of them changes most.
        kinds: those of the first landscape, portrait and square photo, as far as there are any.
        deployed: for each photo the deployment as it is.
        furthest: the deployment and the reference on the photo on which their pictures differ most.
        noticed: what came of the shape mistakes in the deployment.
        shared: the traces of the first photo.
        unanswered: the stages of the deployment that failed; PyTorch's stand in their place.
    """

    shapes: tuple[tuple[Shape, ...], ...]
    stated: tuple[str, ...]
    squashed: tuple[Drawn, Drawn] | None
    changed: tuple[Drawn, ...]
    kinds: Mapping[str, tuple[Drawn, ...]]
    deployed: tuple[Comparison, ...]
    furthest: Pair
    noticed: Noticed
    shared: SharedTraces
    unanswered: tuple[Unanswered, ...] = ()

    @property
    def of_changed(self) -> tuple[Shape, ...]:
        """The numbers of every rule on the photo of :attr:`changed`, those of rules that are refused there among them."""
        return next(shapes for shapes in self.shapes if shapes[0] is self.changed[0].shape)

    @property
    def other_shape(self) -> list[str]:
        """The photos on which the deployment's input has another shape than the reference's."""
        inputs = [(each.photo, each["normalise"]) for each in self.deployed]
        return [photo for photo, each in inputs if each.reference.shape != each.candidate.shape]


def measured(handoff: Handoff, rules: Policy) -> Study:
    """Everything that the notebook shows, in one pass over the photos."""
    contract, photos = handoff.subject.contract, handoff.photos.readable
    first = SharedTraces(photos[0].data)
    shapes, deployed, found, unanswered = [], [], Noticed(), list[Unanswered]()
    worst, most_squashed, most = Most(partial(furthest_apart, stage="resize")), Most(most_changed), Most(most_changed)
    squashed: tuple[Drawn, Drawn] | None = None
    kinds: dict[str, tuple[Drawn, ...]] = {}
    for i, photo in enumerate(photos):
        shared = SharedTraces(photo.data) if i else first
        reference = shared.trace(handoff.reference)
        deployment, failed = answering(photo.name, shared, handoff.deployment, handoff.reference)
        unanswered += failed
        pair = Pair.of(photo.name, "deployment", reference, shared.trace(deployment))
        deployed.append(pair.comparison)
        if worst.is_now(pair.comparison):
            furthest = pair
        numbers, drawn = shapes_of(handoff, photo, shared, deployment)
        shapes.append(numbers)
        kinds.setdefault(kind_of(photo), drawn)
        for squash in (each for each in drawn if each.shape.comparison.name == SQUASH):
            if most_squashed.is_now(squash.shape.comparison):
                squashed = drawn[0], squash
        if most.is_now(most_changed(each.shape.comparison for each in drawn)):
            changed = drawn
        found += noticed(shared, reference, deployment, contract, SHAPES, rules.tolerances)
    in_order = {kind: kinds[kind] for kind in KINDS if kind in kinds}
    without = OF_CROPS if contract.crop is None else frozenset[str]()
    stated = tuple(name for name in VIEWERS if name in own(contract) - without)
    return Study(
        tuple(shapes), stated, squashed, changed, in_order, tuple(deployed), furthest, found, first, causes(unanswered)
    )


def shapes_of(
    handoff: Handoff, photo: Photo, shared: SharedTraces, deployment: Pipeline
) -> tuple[tuple[Shape, ...], tuple[Drawn, ...]]:
    """The reference, then every shape mistake of the catalogue in the deployment, on one photo.

    A rule that the contract asks for is no mistake, and left out.

    Args:
        handoff: whose pipelines.
        photo: the photo.
        shared: its traces.
        deployment: the deployment, with PyTorch's stage in place of each that fails on this photo.

    Returns:
        All of them, and those that are not refused with their pixels; the reference comes first in both.
    """
    contract, (width, height) = handoff.subject.contract, photo.size
    sizes, reference = domain(handoff.subject), shared.trace(handoff.reference)
    right = of_contract(contract, width, height)
    original = right.in_photo(reference.resize, *right.scaled)
    shapes: list[Shape] = []
    drawn: list[Drawn] = []

    def add(rule: str, view: View | Refused, trace: Trace | Refused) -> None:
        compared = Comparison.of_tried(photo.name, rule, reference, trace, ("resize", "infer", "score"))
        if isinstance(view, Refused) or isinstance(trace, Refused):
            shapes.append(Shape(compared, None, float("nan"), float("nan"), float("nan")))
            return
        shown = trace.resize.shape[1], trace.resize.shape[0]
        known = view if view.size == shown else whole(shown)  # the deployment's decode gives another shape, as without EXIF
        picture = known.in_photo(trace.resize, *right.scaled)
        difference = np.abs(picture - original)
        common = difference[~np.isnan(difference)]
        shape = Shape(
            compared,
            known,
            float(np.isnan(picture[:, :, 0]).mean()),
            known.scaled[0] / width / (known.scaled[1] / height),
            float(common.mean()) if common.size else float("nan"),
        )
        shapes.append(shape)
        drawn.append(Drawn(shape, known, trace))

    add(REFERENCE, right, reference)
    for rule, viewer in VIEWERS.items():
        if rule not in own(contract):
            mistaken = CATALOGUE[rule].commit(deployment, contract)
            add(rule, attempt(partial(viewer, contract, width, height)), tried(shared, mistaken, sizes))
    return tuple(shapes), tuple(drawn)


def kind_of(photo: Photo) -> str:
    """``landscape``, ``portrait`` or ``square``."""
    width, height = photo.size
    return "square" if width == height else "landscape" if width > height else "portrait"
