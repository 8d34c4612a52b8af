"""The end-to-end file against PyTorch's pipeline, from the same decoded pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime import InferenceSession, RunOptions
from PIL import Image

from lib.compare.comparison import Comparison
from lib.compare.sizes import in_stretches
from lib.deploy import BadPhoto, Model, Trace
from lib.deploy.difference import max_abs_difference
from lib.deploy.model import PIXELS, PROBABILITIES
from lib.deploy.sessions import open_session
from lib.deploy.stages import logits_of, preprocessing
from lib.export import graph
from lib.export.end_to_end import REFUSED, obstacle, probed, written
from lib.handoff import Handoff
from lib.inputs.reading import one_line
from lib.report.checks import Checks
from lib.studies.export.facts import Facts
from lib.studies.export.inscription import Inscription

SHORTER_SIDES = (64, 800)  # pixels, of the random sizes
LONGEST_ASPECT = 2.0
LONGEST_SQUASHED = 5000  # pixels of a line; where every photo is squashed none is too long
# After export.end-to-end.
CHECKS = ("equal", "levels", "logits", "normalise", "network", "softmax", "metadata", "limits", "flips")


@dataclass(frozen=True)
class Inside:
    """What the file's own stages make of what the stage before gave them, against the right ones on the same input.

    Attributes:
        normalise: largest difference of what the network is fed, in units of std.
        network: largest difference of any logit from the exported network's; NaN where it was not compared.
        softmax: largest difference of any probability from PyTorch's softmax; NaN where it was not compared.
    """

    normalise: float
    network: float = float("nan")
    softmax: float = float("nan")


@dataclass(frozen=True)
class Limited:
    """What the file does with photos at the limits of the package, and just beyond.

    Attributes:
        tried: how many sizes.
        wrong: those that only one of the two refuses, as height × width.
        said: what the file says of a photo that it refuses; empty where it refused none.
    """

    tried: int
    wrong: tuple[str, ...]
    said: str


@dataclass(frozen=True)
class EndToEnd:
    """What came of the end-to-end file.

    Attributes:
        file: the file, or None where there is none.
        missing: why there is none, or empty.
        photos: one comparison a photo, as it was decoded.
        sizes: one comparison a random size.
        inside: one a comparison; network and softmax on the photos only.
        metadata: what the file says of itself.
        limited: which photos it refuses.
        tied: what PyTorch's likeliest class may lead by, in logits, for the two likeliest to count as tied: either may come
            out first.
    """

    file: Facts | None
    missing: str
    photos: tuple[Comparison, ...]
    sizes: tuple[Comparison, ...]
    inside: tuple[Inside, ...]
    metadata: Inscription | None
    limited: Limited | None
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
        if self.file is None or self.metadata is None or self.limited is None:
            for name in CHECKS:
                checks.skip(f"export.end-to-end.{name}", self.missing)
            return
        n = len(self.comparisons)
        checks.record("export.end-to-end.equal", 100 * self.equal, n)
        checks.compare("export.end-to-end.levels", self.comparisons, "resize")
        checks.compare("export.end-to-end.logits", self.comparisons, "infer")
        checks.record("export.end-to-end.normalise", float(np.max([each.normalise for each in self.inside])), n)
        photos = self.inside[: len(self.photos)]
        checks.record("export.end-to-end.network", float(np.max([each.network for each in photos])), len(photos))
        checks.record("export.end-to-end.softmax", float(np.max([each.softmax for each in photos])), len(photos))
        checks.record("export.end-to-end.flips", self.flips, n)
        checks.record("export.end-to-end.limits", len(self.limited.wrong), self.limited.tried, self.limited.wrong)
        checks.record("export.end-to-end.metadata", len(self.metadata.wrong), self.metadata.fields, self.metadata.wrong)
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
        self._handoff = handoff
        self._opset = opset
        self._reference = handoff.reference
        self._network = partial(logits_of, open_session(handoff.onnx_path))
        self._sizes = random_sizes(count, seed)
        self._every = len(handoff.photos.readable)
        self._on_photos: list[Comparison] = []
        self._on_sizes: dict[int, Comparison] = {}
        self._inside_photos: list[Inside] = []
        self._inside_sizes: dict[int, Inside] = {}

    def add(self, photo: str, trace: Trace) -> None:
        """Compare on one photo, of which PyTorch's trace is given. The photos come in the order of the run."""
        if self._session is None:
            return
        number = len(self._on_photos)
        comparison, inside = self._compared(photo, trace.decode, trace.resize, trace.infer, trace.score, network=True)
        self._on_photos.append(comparison)
        self._inside_photos.append(inside)
        image = Image.fromarray(trace.decode)
        for i in range(number, len(self._sizes), self._every):
            self._on_sizes[i], self._inside_sizes[i] = self._at_size(photo, image, self._sizes[i])

    def found(self, tied: float) -> EndToEnd:
        """What came of it; ``tied`` as in :class:`EndToEnd`."""
        file = Facts.of(self._path) if self._path else None
        order = sorted(self._on_sizes)
        sizes = tuple(self._on_sizes[i] for i in order)
        inside = (*self._inside_photos, *(self._inside_sizes[i] for i in order))
        metadata = self._metadata(onnx.load(self._path)) if self._path else None
        limited = limits(self._session, self._handoff.onnx_path) if self._session else None
        return EndToEnd(file, self._missing, tuple(self._on_photos), sizes, inside, metadata, limited, tied)

    def _metadata(self, model: onnx.ModelProto) -> Inscription:
        """What the file says of itself; its operator set has to be the network's."""
        found = Inscription.of(model, self._handoff)
        wrong = () if graph.opset(model) == self._opset else ("operator set",)
        return Inscription(found.fields + 1, found.wrong + wrong)

    def _at_size(self, photo: str, image: Image.Image, size: tuple[int, int]) -> tuple[Comparison, Inside]:
        scaled = image.resize(size, Image.Resampling.LANCZOS)
        resized = np.asarray(self._reference.resize(scaled))
        logits = self._reference.infer(self._reference.normalise(resized))
        return self._compared(photo, np.asarray(scaled), resized, logits, self._reference.score(logits), network=False)

    def _compared(
        self,
        photo: str,
        pixels: NDArray[np.uint8],
        resized: NDArray[np.uint8],
        logits: NDArray[np.float32],
        probabilities: NDArray[np.float32],
        network: bool,
    ) -> tuple[Comparison, Inside]:
        """PyTorch's outputs against what the file makes of the same pixels, and its stages each on their own input.

        Network and softmax by themselves only where ``network`` is true: they do not depend on the photo's size.
        """
        assert self._session is not None
        outputs: Sequence[NDArray[Any]] = self._session.run(None, {PIXELS: pixels})
        given, levels, tensor, given_logits = outputs
        picture = levels[0].transpose(1, 2, 0)
        inside = Inside(max_abs_difference(self._reference.normalise(picture), tensor))
        if network:
            inside = replace(
                inside,
                network=max_abs_difference(self._network(tensor), given_logits),
                softmax=max_abs_difference(self._reference.score(given_logits), given),
            )
        pairs: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {
            "decode": (pixels, pixels),
            "resize": (resized, picture),
            "infer": (logits, given_logits),
            "score": (probabilities, given),
        }
        return Comparison.of(photo, "end-to-end file", pairs), inside


def limits(session: InferenceSession, network: Path) -> Limited:
    """Try lines of pixels, lying and upright: the longest that the package takes, and one that is a pixel longer."""
    model = Model.open(network, tried=True)
    resize = preprocessing(model.contract)[0]
    longest = model.domain.longest(model.contract)
    most = LONGEST_SQUASHED if longest is None else max(1, longest // model.contract.size)
    tried = [(1, most), (most, 1), (1, most + 1), (most + 1, 1)]
    quiet, wrong, said = RunOptions(), [], ""
    quiet.log_severity_level = 4  # it would say on stderr what it raises
    for height, width in tried:
        try:
            model.domain.require(*resize.fed(width, height))
            refused = ""
        except BadPhoto as error:
            refused = str(error)
        try:
            session.run([PROBABILITIES], {PIXELS: np.full((height, width, 3), 127, np.uint8)}, quiet)
            answered = ""
        except Exception as error:  # ONNX Runtime's own
            answered = one_line(error)
        if bool(refused) != (REFUSED in answered):
            wrong.append(f"{height} × {width}")
        said = said or answered
    return Limited(len(tried), tuple(wrong), said)


def random_sizes(count: int, seed: int) -> list[tuple[int, int]]:
    """Widths and heights in pixels, upright or lying: a shorter side from each of as many stretches, on a logarithmic scale."""
    random = np.random.default_rng(seed)
    sizes = []
    for short in in_stretches(*SHORTER_SIDES, count, random):
        long = round(short * random.uniform(1, LONGEST_ASPECT))
        sizes.append((short, long) if random.random() < 0.5 else (long, short))
    return sizes
