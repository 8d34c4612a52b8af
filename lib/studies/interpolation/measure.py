"""What each library's resize makes of a photo at the right size, pixel by pixel, and what that does to the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from lib.compare.comparison import Comparison, furthest_apart, most_changed
from lib.compare.most import Most
from lib.compare.pair import Pair
from lib.compare.shared import SharedTraces
from lib.compare.trial import Refused, attempt, tried
from lib.compare.view import densest
from lib.deploy import Contract, Trace
from lib.deploy.difference import max_abs_difference
from lib.export.exporter import domain
from lib.handoff import Handoff
from lib.mistakes import COLOUR, FILTERS, SHAPES, Mistake
from lib.mistakes.own import own
from lib.mistakes.resizers import RESIZERS
from lib.mistakes.resizers.pillow import pillow
from lib.mistakes.resizers.resizer import Pixels
from lib.mistakes.unnoticed import Noticed, noticed
from lib.policy import Policy

# Where each resizer stands in the table: its name by its column, by its row.
COLUMNS = tuple(dict.fromkeys(each.column for each in RESIZERS.values()))
GRID: dict[str, dict[str, str]] = {
    row: {each.column: each.name for each in RESIZERS.values() if each.row == row}
    for row in sorted({each.row for each in RESIZERS.values()})
}
FACTORS = (1.1, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0)
# Changes that keep every pixel in its place, or nearly: their pictures can be subtracted.
SAME_SHAPE: tuple[Mistake, ...] = (*FILTERS, *(m for m in SHAPES if m.name == "shifted by one"), *COLOUR)
LEAST_MOVED = 1e-6  # a probability below counts as this one: logarithms need some
_SSIM_WINDOW = 7  # pixels


@dataclass(frozen=True)
class PixelError:
    """One mistake that keeps the picture's shape, on one photo.

    Attributes:
        comparison: PyTorch's pipeline with the mistake in it against itself as it is, from ``resize`` on, under the mistake's
            name. Its largest difference at ``resize`` is the largest absolute error in levels. A resize that cannot take the
            photo is refused.
        mean: mean absolute error of the picture in levels; NaN where it is refused.
        bias: mean error in levels: above 0 where the picture got lighter; NaN where it is refused.
        own: whether it is no mistake but the resize that the subject file states.
    """

    comparison: Comparison
    mean: float
    bias: float
    own: bool

    @classmethod
    def of(cls, photo: str, name: str, reference: Trace, trace: Trace | Refused, own: bool) -> PixelError:
        """Of two traces whose pictures have the same shape."""
        compared = Comparison.of_tried(photo, name, reference, trace, ("resize", "infer", "score"))
        if isinstance(trace, Refused):
            return cls(compared, float("nan"), float("nan"), own)
        error = error_of(reference.resize, trace.resize)
        return cls(compared, float(np.abs(error).mean()), float(error.mean()), own)

    @property
    def largest(self) -> float:
        """Largest absolute error of the picture in levels; infinite where it is refused."""
        return self.comparison["resize"].largest


@dataclass(frozen=True)
class Drawn:
    """One filter on the photo that is drawn, with its pixels; none that is refused.

    Attributes:
        measured: the numbers.
        reference: the reference's picture, uint8 (h, w, 3).
        picture: the filter's, of the same shape.
    """

    measured: PixelError
    reference: NDArray[Any]
    picture: NDArray[Any]

    @property
    def name(self) -> str:
        """The filter's name."""
        return self.measured.comparison.name

    @property
    def label(self) -> str:
        """The name, and whether it is the reference's own resize."""
        return self.name + ", the reference" * self.measured.own

    @property
    def error(self) -> NDArray[np.int16]:
        """As :func:`error_of` gives it."""
        return error_of(self.reference, self.picture)

    @property
    def psnr(self) -> float:
        """Peak signal-to-noise ratio in decibels; infinite where the pictures are equal."""
        return float(peak_signal_noise_ratio(self.reference, self.picture)) if self.error.any() else float("inf")

    @property
    def ssim(self) -> float:
        """Structural similarity, 1 where the pictures are equal; NaN where a side is below the 7 pixels of its window."""
        if min(self.picture.shape[:2]) < _SSIM_WINDOW:
            return float("nan")
        return float(structural_similarity(self.reference, self.picture, win_size=_SSIM_WINDOW, channel_axis=2))


@dataclass(frozen=True)
class Inversion:
    """Two mistakes on one photo: the one that changes the pixels more changes the answer less.

    Attributes:
        harmless: the one whose pixels are further off.
        harmful: the one whose answer is further off.
    """

    harmless: PixelError
    harmful: PixelError

    @property
    def size(self) -> float:
        """How striking it is: the ratio of pixel errors or that of answers, whichever is less, in powers of e."""
        pixels = np.log(self.harmless.mean / self.harmful.mean)
        return float(min(pixels, np.log(self.harmful.comparison.moved / max(self.harmless.comparison.moved, LEAST_MOVED))))


@dataclass(frozen=True)
class Inversions:
    """How often pixel distance and answer put two mistakes on the same photo in opposite order.

    Attributes:
        pairs: how many pairs there are.
        found: how many of them are in opposite order.
        striking: the most striking pair of each photo that has one, the most striking first.
    """

    pairs: int
    found: int
    striking: tuple[Inversion, ...]


@dataclass(frozen=True)
class Study:
    """What 05_interpolation measures.

    Attributes:
        errors: for each photo every mistake that keeps the picture's shape, by name, in PyTorch's own pipeline.
        seen: the filters, with their pixels, on the photo whose answer one of them changes most.
        growth: on the first photo, as :func:`by_factor` gives it.
        inversions: of all photos.
        deployed: for each photo the deployment as it is.
        furthest: the deployment and the reference on the photo on which their pictures differ most.
        noticed: what came of the filters and the mistakes in colour in the deployment.
        shared: the traces of the first photo.
    """

    errors: tuple[Mapping[str, PixelError], ...]
    seen: tuple[Drawn, ...]
    growth: Mapping[str, Sequence[float]]
    inversions: Inversions
    deployed: tuple[Comparison, ...]
    furthest: Pair
    noticed: Noticed
    shared: SharedTraces


def measured(handoff: Handoff, rules: Policy) -> Study:
    """Everything that the notebook shows, in one pass over the photos."""
    contract, photos = handoff.subject.contract, handoff.photos.readable
    first = SharedTraces(photos[0].data)
    errors, deployed, found = [], [], Noticed()
    worst, most = Most(partial(furthest_apart, stage="resize")), Most(most_changed)
    for i, photo in enumerate(photos):
        shared = SharedTraces(photo.data) if i else first
        reference = shared.trace(handoff.reference)
        pair = Pair.of(photo.name, "deployment", reference, shared.trace(handoff.deployment))
        deployed.append(pair.comparison)
        if worst.is_now(pair.comparison):
            furthest = pair
        errors.append(pixel_errors(handoff, photo.name, shared))
        if most.is_now(most_changed(errors[-1][each.name].comparison for each in FILTERS)):
            seen = drawn(handoff, errors[-1], shared)
        found += noticed(shared, reference, handoff.deployment, contract, (*FILTERS, *COLOUR), rules.tolerances)
    growth = by_factor(first.trace(handoff.reference).decode, contract)
    return Study(tuple(errors), seen, growth, inversions(errors), tuple(deployed), furthest, found, first)


def pixel_errors(handoff: Handoff, photo: str, shared: SharedTraces) -> dict[str, PixelError]:
    """Every mistake that keeps the picture's shape, by name, committed in PyTorch's own pipeline on one photo.

    So nothing but the mistake is between a trace and the reference's.

    Args:
        handoff: whose reference.
        photo: the photo's name.
        shared: its traces.
    """
    reference, contract = shared.trace(handoff.reference), handoff.subject.contract
    sizes, stated = domain(handoff.subject), own(contract)
    traces = {mistake.name: tried(shared, mistake.commit(handoff.reference, contract), sizes) for mistake in SAME_SHAPE}
    return {name: PixelError.of(photo, name, reference, trace, name in stated) for name, trace in traces.items()}


def drawn(handoff: Handoff, errors: Mapping[str, PixelError], shared: SharedTraces) -> tuple[Drawn, ...]:
    """The filters among ``errors``, as :func:`pixel_errors` gives them for the photo of ``shared``, with their pixels."""
    reference, contract = shared.trace(handoff.reference), handoff.subject.contract
    return tuple(
        Drawn(errors[each.name], reference.resize, shared.trace(each.commit(handoff.reference, contract)).resize)
        for each in FILTERS
        if not errors[each.name].comparison.refused
    )


def error_of(reference: NDArray[Any], picture: NDArray[Any]) -> NDArray[np.int16]:
    """Level by level what there is too much in ``picture``: uint8 (h, w, 3) both, int16 (h, w, 3), -255..255."""
    return picture.astype(np.int16) - reference


def agreeing(seen: Sequence[Drawn], levels: int = 1) -> list[list[Drawn]]:
    """Groups whose members are all within ``levels`` of the group's first, in the order in which they are met."""
    groups: list[list[Drawn]] = []
    for each in seen:
        for group in groups:
            if max_abs_difference(group[0].picture, each.picture) <= levels:
                group.append(each)
                break
        else:
            groups.append([each])
    return groups


def busiest(seen: Sequence[Drawn], side: int) -> tuple[int, int]:
    """Left and top of the square of ``side`` pixels in which the filters disagree most."""
    spread = np.stack([each.picture.mean(axis=2) for each in seen]).std(axis=0)
    rows, columns = densest(spread, side, side)
    return columns.start, rows.start


def by_factor(pixels: Pixels, contract: Contract) -> dict[str, list[float]]:
    """How each filter's error depends on how far a photo shrinks: mean absolute error in levels at each of :data:`FACTORS`.

    The right picture is Pillow's with the contract's filter, at the same size. NaN where a resize cannot take the photo.

    Args:
        pixels: the photo, uint8 (H, W, 3).
        contract: whose filter.
    """
    height, width = pixels.shape[:2]
    right = pillow(contract.filter)
    errors: dict[str, list[float]] = {name: [] for name in RESIZERS}
    for factor in FACTORS:
        size = max(1, round(width / factor)), max(1, round(height / factor))
        expected = right(pixels, size)
        for name, resizer in RESIZERS.items():
            made = attempt(partial(resizer.scale, pixels, size))
            errors[name].append(float("nan") if isinstance(made, Refused) else float(np.abs(error_of(expected, made)).mean()))
    return errors


def inversions(every: Iterable[Mapping[str, PixelError]]) -> Inversions:
    """Over the pairs of mistakes on the same photo; those that change no pixel are left out.

    Args:
        every: for each photo its mistakes by name.
    """
    pairs, found, striking = 0, 0, []
    for errors in every:
        compared = list(combinations([each for each in errors.values() if each.mean > 0], 2))
        inverted = [
            Inversion(a, b) if a.mean > b.mean else Inversion(b, a)
            for a, b in compared
            if (a.mean - b.mean) * (a.comparison.moved - b.comparison.moved) < 0
        ]
        pairs, found = pairs + len(compared), found + len(inverted)
        if inverted:
            striking.append(max(inverted, key=lambda inversion: inversion.size))
    return Inversions(pairs, found, tuple(sorted(striking, key=lambda inversion: -inversion.size)))
