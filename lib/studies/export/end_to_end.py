"""The end-to-end file against PyTorch's pipeline, from the same decoded pixels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from PIL import Image

from lib.export import graph
from lib.report.checks import Checks
from lib.compare.comparison import lead, max_abs_difference, top1
from lib.deploy.model import PIXELS
from lib.deploy.sessions import open_session
from lib.export.end_to_end import obstacle, probed, written
from lib.handoff import Handoff

SHORTER_SIDES = (64, 800)  # pixels, of the random sizes
LONGEST_ASPECT = 2.0


@dataclass(frozen=True)
class Trial:
    """One picture through both.

    Attributes:
        name: of the photo.
        size: width and height of the decoded pixels.
        equal: share of the resized values, 0..1, that are PyTorch's.
        levels: largest difference of the resized values, in levels 0..255; infinite where the shapes differ.
        logits: largest difference of any logit.
        probability: largest difference of any probability.
        flipped: whether the likeliest class is another one.
        lead: of PyTorch's likeliest class over its second, in logits.
    """

    name: str
    size: tuple[int, int]
    equal: float
    levels: float
    logits: float
    probability: float
    flipped: bool
    lead: float


@dataclass(frozen=True)
class Measured:
    """What came of the end-to-end file.

    Attributes:
        path: the file, or None where there is none.
        missing: why there is none, or empty.
        photos: one trial a photo, as it was decoded.
        sizes: one trial a random size.
    """

    path: Path | None
    missing: str
    photos: list[Trial]
    sizes: list[Trial]

    @property
    def equal(self) -> float:
        """Share of the values that are PyTorch's, on average over all trials."""
        return float(np.mean([trial.equal for trial in self.trials]))

    @property
    def trials(self) -> list[Trial]:
        """All of them."""
        return [*self.photos, *self.sizes]

    def record(self, checks: Checks, levels: float, logits: float) -> None:
        """Add the checks of the file, none where there is none.

        Args:
            checks: of the notebook.
            levels: what a resized value may differ by.
            logits: what a logit may differ by. Where PyTorch's own lead is no more than that, two classes are tied, and either
                may come out first.
        """
        if self.path is None:
            return
        n = len(self.trials)
        checks.at_least("end to end: values equal to PyTorch's", 100 * self.equal, 99, n, "%")
        checks.at_most("end to end: worst value", worst(self.trials, "levels"), levels, n, "levels")
        checks.at_most("end to end: worst logit", worst(self.trials, "logits"), logits, n, "logits")
        changed = sum(trial.lead > logits for trial in self.trials if trial.flipped)
        checks.equal("end to end: likeliest classes that change, ties aside", changed, 0, compared=n)
        checks.about(self.path)


def worst(trials: Iterable[Trial], what: str) -> float:
    """The largest ``levels``, ``logits`` or ``probability``; NaN where one is NaN."""
    return float(np.max([getattr(trial, what) for trial in trials]))


def measured(handoff: Handoff, count: int, seed: int) -> Measured:
    """Write the end-to-end file and hold it against PyTorch on the photos and on ``count`` random sizes; 0 writes none."""
    if not count:
        return Measured(None, "it was left out of this run (random_sizes is 0)", [], [])
    if reason := obstacle(handoff.subject.contract, graph.opset(onnx.load(handoff.onnx_path))):
        return Measured(None, reason, [], [])
    path = written(handoff.onnx_path, handoff.subject.contract)
    return Measured(path, "", on_photos(handoff, path), on_random_sizes(handoff, path, count, seed))


def on_photos(handoff: Handoff, path: Path) -> list[Trial]:
    """Every readable photo."""
    pictures = ((photo.name, handoff.reference.decode(photo.data)) for photo in handoff.photos.readable)
    return list(_trials(handoff, path, pictures))


def on_random_sizes(handoff: Handoff, path: Path, count: int, seed: int) -> list[Trial]:
    """The photos in turn, each scaled to a random size: sides from :data:`SHORTER_SIDES`, up to twice as long as wide."""
    return list(_trials(handoff, path, _scaled(handoff, count, seed)))


def _scaled(handoff: Handoff, count: int, seed: int) -> Iterator[tuple[str, Image.Image]]:
    random = np.random.default_rng(seed)
    photos = handoff.photos.readable
    for i in range(count):
        photo = photos[i % len(photos)]
        short = round(float(np.exp(random.uniform(*np.log(SHORTER_SIDES)))))
        long = round(short * random.uniform(1, LONGEST_ASPECT))
        size = (short, long) if random.random() < 0.5 else (long, short)
        yield photo.name, handoff.reference.decode(photo.data).resize(size, Image.Resampling.LANCZOS)


def _trials(handoff: Handoff, path: Path, pictures: Iterator[tuple[str, Image.Image]]) -> Iterator[Trial]:
    session = open_session(probed(onnx.load(path)).SerializeToString())
    reference = handoff.reference
    for name, picture in pictures:
        outputs: Sequence[NDArray[Any]] = session.run(None, {PIXELS: np.asarray(picture)})
        probabilities, levels, logits = outputs
        resized = np.asarray(reference.resize(picture))
        expected = reference.infer(reference.normalise(resized))
        expected_probabilities = reference.score(expected)
        made = levels[0].transpose(1, 2, 0)
        yield Trial(
            name,
            picture.size,
            float((made == resized).mean()) if made.shape == resized.shape else 0.0,
            max_abs_difference(made, resized),
            max_abs_difference(logits, expected),
            max_abs_difference(probabilities, expected_probabilities),
            top1(probabilities) != top1(expected_probabilities),
            lead(expected),
        )
