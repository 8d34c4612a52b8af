"""What each library's resize makes of a photo at the right size, pixel by pixel, and what that does to the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from lib.compare.comparison import lead, max_abs_difference, top1
from lib.deploy import Contract, Trace
from lib.deploy.stages import decode
from lib.handoff import Handoff, without_picture
from lib.mistakes import COLOUR, KERNELS, SHAPES, Mistake
from lib.mistakes.kernels import SCALERS, pillow
from lib.inputs.photos import Photo
from lib.compare.shared import Sweep
from lib.compare.view import densest

# Where each resize of the catalogue stands in the grid: filter by library, with and without antialiasing.
COLUMNS = ("Pillow", "OpenCV", "torch", "torch, AA", "ONNX", "ONNX, AA", "scikit-image", "scikit-image, AA")
GRID: dict[str, dict[str, str]] = {
    "nearest": {"Pillow": "Pillow nearest", "OpenCV": "OpenCV nearest", "torch": "torch nearest"},
    "nearest-exact": {"OpenCV": "OpenCV nearest-exact"},
    "linear": {
        "Pillow": "Pillow bilinear",
        "OpenCV": "OpenCV linear",
        "torch": "torch bilinear",
        "torch, AA": "torch bilinear, antialiased",
        "ONNX": "ONNX linear",
        "ONNX, AA": "ONNX linear, antialiased",
        "scikit-image": "scikit-image",
        "scikit-image, AA": "scikit-image, antialiased",
    },
    "linear, exclude_outside": {"ONNX, AA": "ONNX linear, antialiased, exclude_outside"},
    "linear, asymmetric": {"ONNX": "ONNX linear, asymmetric"},
    "linear, align_corners": {"ONNX": "ONNX linear, align_corners"},
    "linear, reducing_gap": {"Pillow": "Pillow reducing_gap"},
    "cubic": {
        "Pillow": "Pillow bicubic",
        "OpenCV": "OpenCV cubic",
        "torch": "torch bicubic",
        "torch, AA": "torch bicubic, antialiased",
    },
    "lanczos": {"Pillow": "Pillow lanczos", "OpenCV": "OpenCV lanczos4"},
    "area": {"Pillow": "Pillow box", "OpenCV": "OpenCV area"},
    "hamming": {"Pillow": "Pillow hamming"},
}
FACTORS = (1.1, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0)
# Changes that keep every pixel in its place, or nearly: their pictures can be subtracted.
SAME_SHAPE: tuple[Mistake, ...] = (*KERNELS, *(m for m in SHAPES if m.name == "shifted by one"), *COLOUR)


@dataclass(frozen=True)
class Filtered:
    """One mistake that keeps the picture's shape, on one photo.

    Attributes:
        photo: the photo.
        name: the mistake's name.
        reference: PyTorch's trace.
        trace: what PyTorch's pipeline with the mistake in it put out.
    """

    photo: Photo
    name: str
    reference: Trace
    trace: Trace

    @property
    def error(self) -> NDArray[np.int16]:
        """Level by level what there is too much: int16 (h, w, 3), -255..255."""
        return self.trace.resize.astype(np.int16) - self.reference.resize

    @property
    def largest(self) -> float:
        """Largest absolute error in levels."""
        return max_abs_difference(self.reference.resize, self.trace.resize)

    @property
    def mean(self) -> float:
        """Mean absolute error in levels."""
        return float(np.abs(self.error).mean())

    @property
    def bias(self) -> float:
        """Mean error in levels: above 0 where the picture got lighter."""
        return float(self.error.mean())

    @property
    def psnr(self) -> float:
        """Peak signal-to-noise ratio in decibels; infinite where the pictures are equal."""
        if not self.error.any():
            return float("inf")
        return float(peak_signal_noise_ratio(self.reference.resize, self.trace.resize))

    @property
    def ssim(self) -> float:
        """Structural similarity, 1 where the pictures are equal; NaN where a side is below the 7 pixels of its window."""
        if min(self.error.shape[:2]) < 7:
            return float("nan")
        return float(structural_similarity(self.reference.resize, self.trace.resize, channel_axis=2))

    @property
    def logits(self) -> float:
        """Largest absolute difference in logits."""
        return max_abs_difference(self.reference.infer, self.trace.infer)

    @property
    def moved(self) -> float:
        """How much probability went from some classes to others, 0..1: total variation distance."""
        return float(np.abs(self.trace.score - self.reference.score).sum() / 2)

    @property
    def change(self) -> float:
        """By how much the probability of the reference's class changed."""
        target = top1(self.reference.score)
        return float(self.trace.score[0, target] - self.reference.score[0, target])

    @property
    def margin(self) -> float:
        """The likeliest class's lead over the second, in logits."""
        return lead(self.trace.infer)

    @property
    def kept(self) -> int:
        """How many of the reference's five likeliest classes are still among the five likeliest."""
        five = [set(score[0].argsort()[-5:].tolist()) for score in (self.reference.score, self.trace.score)]
        return len(five[0] & five[1])

    @property
    def flipped(self) -> bool:
        """Whether the likeliest class is another."""
        return top1(self.trace.score) != top1(self.reference.score)


def filtered(handoff: Handoff, photo: Photo) -> dict[str, Filtered]:
    """Every mistake that keeps the picture's shape, by name, committed by PyTorch's own pipeline on one photo.

    So nothing but the mistake is between a trace and the reference's.
    """
    sweep, contract = Sweep(photo.data), handoff.subject.contract
    reference = sweep.trace(handoff.reference)
    broken = {m.name: sweep.trace(m.commit(handoff.reference, contract)) for m in SAME_SHAPE}
    return {name: Filtered(photo, name, without_picture(reference), without_picture(trace)) for name, trace in broken.items()}


def kernels(seen: Mapping[str, Filtered]) -> list[Filtered]:
    """The resize filters among what :func:`filtered` gives."""
    return [seen[mistake.name] for mistake in KERNELS]


def agreeing(seen: Sequence[Filtered], levels: int = 1) -> list[list[Filtered]]:
    """Groups whose members are all within ``levels`` of the group's first, in the order in which they are met."""
    groups: list[list[Filtered]] = []
    for each in seen:
        for group in groups:
            if max_abs_difference(group[0].trace.resize, each.trace.resize) <= levels:
                group.append(each)
                break
        else:
            groups.append([each])
    return groups


def busiest(seen: Sequence[Filtered], side: int) -> tuple[int, int]:
    """Left and top of the square of ``side`` pixels in which the filters disagree most."""
    spread = np.stack([each.trace.resize.mean(axis=2) for each in seen]).std(axis=0)
    rows, columns = densest(spread, side, side)
    return columns.start, rows.start


def by_factor(photo: Photo, contract: Contract) -> dict[str, list[float]]:
    """How each filter's error grows as the photo shrinks: mean absolute error in levels at each of :data:`FACTORS`.

    The right picture is Pillow's with the contract's filter, at the same size.
    """
    pixels = np.asarray(decode(photo.data))
    height, width = pixels.shape[:2]
    right = pillow(contract.filter)
    errors: dict[str, list[float]] = {name: [] for name in SCALERS}
    for factor in FACTORS:
        size = max(1, round(width / factor)), max(1, round(height / factor))
        expected = right(pixels, size).astype(np.int16)
        for name, scaler in SCALERS.items():
            errors[name].append(float(np.abs(scaler(pixels, size) - expected).mean()))
    return errors


@dataclass(frozen=True)
class Inversion:
    """Two mistakes on one photo: the one that changes the pixels more changes the answer less.

    Attributes:
        harmless: the one whose pixels are further off.
        harmful: the one whose answer is further off.
    """

    harmless: Filtered
    harmful: Filtered

    @property
    def size(self) -> float:
        """How striking it is: the ratio of pixel errors times the ratio of answers, in powers of e."""
        pixels = np.log(self.harmless.mean / self.harmful.mean)
        return float(min(pixels, np.log(self.harmful.moved / max(self.harmless.moved, 1e-6))))


def inversions(every: Sequence[Mapping[str, Filtered]]) -> tuple[list[Inversion], int]:
    """All pairs that pixel distance and answer put in opposite order, the most striking first, and how many pairs there are.

    Pairs on one photo are compared; those that change no pixel are left out.
    """
    found, pairs = [], 0
    for seen in every:
        changed = [each for each in seen.values() if each.mean > 0]
        for a, b in combinations(changed, 2):
            pairs += 1
            if (a.mean - b.mean) * (a.moved - b.moved) < 0:
                found.append(Inversion(a, b) if a.mean > b.mean else Inversion(b, a))
    return sorted(found, key=lambda inversion: -inversion.size), pairs
