"""The end-to-end file against PyTorch's pipeline, from the same decoded pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from PIL import Image

from lib.compare.comparison import Comparison, worst
from lib.deploy import Trace
from lib.deploy.model import PIXELS
from lib.deploy.sessions import open_session
from lib.export.end_to_end import obstacle, probed, written
from lib.handoff import Handoff
from lib.report.checks import Checks
from lib.studies.export.facts import Facts

SHORTER_SIDES = (64, 800)  # pixels, of the random sizes
LONGEST_ASPECT = 2.0
CHECKS = ("equal", "levels", "logits", "flips")  # their ids begin with export.end-to-end


@dataclass(frozen=True)
class EndToEnd:
    """What came of the end-to-end file.

    Attributes:
        file: the file, or None where there is none.
        missing: why there is none, or empty.
        photos: one comparison a photo, as it was decoded.
        sizes: one comparison a random size.
        tied: what PyTorch's likeliest class may lead by, in logits, for the two likeliest to count as tied: either may come
            out first.
    """

    file: Facts | None
    missing: str
    photos: tuple[Comparison, ...]
    sizes: tuple[Comparison, ...]
    tied: float

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """All of them."""
        return self.photos + self.sizes

    @property
    def equal(self) -> float:
        """Share of the values, 0..1, that are PyTorch's, on average over all comparisons."""
        return float(np.mean([each["resize"].equal for each in self.comparisons]))

    @property
    def flips(self) -> int:
        """In how many comparisons another class is likeliest, ties aside."""
        return sum(not each.reference.lead <= self.tied for each in self.comparisons if each.flipped)

    def record(self, checks: Checks) -> None:
        """Record the checks of the file; where there is none, skip them with the reason."""
        if self.file is None:
            for name in CHECKS:
                checks.skip(f"export.end-to-end.{name}", self.missing)
            return
        n = len(self.comparisons)
        checks.record("export.end-to-end.equal", 100 * self.equal, n)
        checks.record("export.end-to-end.levels", worst(self.comparisons, "resize"), n)
        checks.record("export.end-to-end.logits", worst(self.comparisons, "infer"), n)
        checks.record("export.end-to-end.flips", self.flips, n)
        checks.about(self.file.path)


class EndToEndPass:
    """Holds the end-to-end file against PyTorch, photo by photo.

    Each photo is compared as it was decoded, and scaled to random sizes: sides from :data:`SHORTER_SIDES`, up to
    :data:`LONGEST_ASPECT` times as long as wide. The photos take the sizes in turn.

    Args:
        handoff: whose file.
        opset: the operator set that its network is written in.
        count: how many random sizes there are; 0 writes no file.
        seed: for the random sizes.
    """

    def __init__(self, handoff: Handoff, opset: int, count: int, seed: int) -> None:
        contract = handoff.subject.contract
        left_out = "" if count else "it was left out of this run (random_sizes is 0)"
        self._missing = left_out or obstacle(contract, opset)
        self._path = None if self._missing else written(handoff.onnx_path, contract)
        self._session = open_session(probed(onnx.load(self._path)).SerializeToString()) if self._path else None
        self._reference = handoff.reference
        self._sizes = random_sizes(count, seed)
        self._every = len(handoff.photos.readable)
        self._on_photos: list[Comparison] = []
        self._on_sizes: dict[int, Comparison] = {}

    def add(self, photo: str, trace: Trace) -> None:
        """Compare on one photo, of which PyTorch's trace is given. The photos come in the order of the run."""
        if self._session is None:
            return
        number = len(self._on_photos)
        self._on_photos.append(self._compared(photo, trace.decode, trace.resize, trace.infer, trace.score))
        image = Image.fromarray(trace.decode)
        for i in range(number, len(self._sizes), self._every):
            self._on_sizes[i] = self._at_size(photo, image, self._sizes[i])

    def found(self, tied: float) -> EndToEnd:
        """What came of it; ``tied`` as in :class:`EndToEnd`."""
        file = Facts.of(self._path) if self._path else None
        sizes = tuple(self._on_sizes[i] for i in sorted(self._on_sizes))
        return EndToEnd(file, self._missing, tuple(self._on_photos), sizes, tied)

    def _at_size(self, photo: str, image: Image.Image, size: tuple[int, int]) -> Comparison:
        scaled = image.resize(size, Image.Resampling.LANCZOS)
        resized = np.asarray(self._reference.resize(scaled))
        logits = self._reference.infer(self._reference.normalise(resized))
        return self._compared(photo, np.asarray(scaled), resized, logits, self._reference.score(logits))

    def _compared(
        self,
        photo: str,
        pixels: NDArray[np.uint8],
        resized: NDArray[np.uint8],
        logits: NDArray[np.float32],
        probabilities: NDArray[np.float32],
    ) -> Comparison:
        """PyTorch's outputs against what the file makes of the same pixels."""
        assert self._session is not None
        outputs: Sequence[NDArray[Any]] = self._session.run(None, {PIXELS: pixels})
        given, levels, given_logits = outputs
        pairs: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {
            "decode": (pixels, pixels),
            "resize": (resized, levels[0].transpose(1, 2, 0)),
            "infer": (logits, given_logits),
            "score": (probabilities, given),
        }
        return Comparison.of(photo, "end-to-end file", pairs)


def random_sizes(count: int, seed: int) -> list[tuple[int, int]]:
    """Widths and heights in pixels, upright or lying: the shorter side is drawn evenly on a logarithmic scale."""
    random = np.random.default_rng(seed)
    sizes = []
    for _ in range(count):
        short = round(float(np.exp(random.uniform(*np.log(SHORTER_SIDES)))))
        long = round(short * random.uniform(1, LONGEST_ASPECT))
        sizes.append((short, long) if random.random() < 0.5 else (long, short))
    return sizes
