"""Files exported in several ways against PyTorch, size by size, and the file to be shipped over its whole domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from lib.compare.batches import batch_difference
from lib.compare.comparison import Comparison, top1
from lib.compare.sizes import drawn
from lib.deploy import BadInput, Contract, Domain, Model, Trace
from lib.deploy.difference import max_abs_difference
from lib.deploy.sessions import open_session
from lib.deploy.stages import Infer, logits_of, preprocessing
from lib.export import exporter as export
from lib.export import graph
from lib.handoff import Handoff
from lib.inputs.photos import Photo
from lib.networks import reference
from lib.policy import Policy
from lib.studies.dynamic_shapes.ways import AS_EXPORTED, ATTEMPTS, CANDIDATES, FIXED, STATIC, by_padding, files
from lib.timing import ratios

Answer = Callable[[NDArray[np.float32]], NDArray[np.float32]]
Size = tuple[int, int]  # height and width in pixels

SIDES = (64, 97, 160, 299, 512)  # between the ends of the domain; some odd, some prime; more are drawn at random
FARTHEST = 512  # pixels: the ways are tried to here, or to twice what the network was built for where that is more
BATCHES = (2, 3, 8)
ROUNDS = 11
ARTICLE = (224, 336)  # height and width at which the network is fed the article's photo
PADDED_ONCE = "padded once"


@dataclass(frozen=True)
class Difference:
    """Logits against PyTorch's at one size.

    Attributes:
        largest: of any logit; infinite where the size is refused, NaN where one is NaN.
        flipped: whether the likeliest class is another.
    """

    largest: float
    flipped: bool

    @classmethod
    def of(cls, expected: NDArray[np.float32], got: NDArray[np.float32] | None) -> Difference:
        """The difference of logits (1, classes); ``got`` is None where the size is refused."""
        if got is None:
            return cls(float("inf"), False)
        return cls(max_abs_difference(expected, got), top1(expected) != top1(got))


@dataclass(frozen=True)
class SizeMap:
    """One network against another at every pair of sides.

    Attributes:
        name: of the network that is compared.
        sides: in pixels, of heights and of widths.
        differences: float64 (heights, widths), largest difference of any logit; infinite where the size is refused.
        flips: bool (heights, widths), whether the likeliest class is another.
        tolerance: what a logit may differ by.
    """

    name: str
    sides: tuple[int, ...]
    differences: NDArray[np.float64]
    flips: NDArray[np.bool_]
    tolerance: float

    @classmethod
    def of(cls, name: str, found: Mapping[Size, Difference], tolerance: float) -> SizeMap:
        """The map of what was found at every pair of some sides."""
        sides = tuple(sorted({height for height, _ in found}))
        shape, every = (len(sides), len(sides)), [found[size] for size in product(sides, sides)]
        differences = np.array([each.largest for each in every]).reshape(shape)
        return cls(name, sides, differences, np.array([each.flipped for each in every]).reshape(shape), tolerance)

    @property
    def sizes(self) -> int:
        """How many there are."""
        return self.differences.size

    @property
    def refused(self) -> int:
        """How many sizes are refused."""
        return int(np.isinf(self.differences).sum())

    @property
    def worst(self) -> float:
        """The largest difference of any size; NaN where one is NaN."""
        return float(np.max(self.differences))

    @property
    def right(self) -> int:
        """At how many sizes the answer is within the tolerance."""
        return int((self.differences <= self.tolerance).sum())

    @property
    def wrong(self) -> int:
        """At how many sizes there is an answer, and it is off by more than the tolerance or NaN."""
        return self.sizes - self.right - self.refused

    @property
    def everywhere(self) -> bool:
        """Whether the answer is within the tolerance at every size."""
        return self.right == self.sizes


@dataclass(frozen=True)
class Way:
    """One way to export.

    Attributes:
        seen: the file against the network that computes its padding for each input, by efficientnet_pytorch's own code.
        nodes: how many its graph has.
        megabytes: size of the file, in 10**6 bytes.
        ratio: time of an answer in times of the statically padded file's; NaN where it was not timed.
    """

    seen: SizeMap
    nodes: int
    megabytes: float
    ratio: float


@dataclass(frozen=True)
class Padded:
    """The network with its padding computed once against that with its padding computed for each input, both in PyTorch.

    Attributes:
        comparison: on one photo, of logits.
        fed: height and width at which the network is fed the photo.
    """

    comparison: Comparison
    fed: Size


@dataclass(frozen=True)
class Outside:
    """What the deployment's network makes of sizes just outside of its domain.

    Attributes:
        domain: as the file states it.
        tried: how many sizes.
        taken: how many of them it answers all the same.
        said: what it says to the others; empty where there are none.
        photos: at which sizes it feeds photos, and which it refuses, in words.
    """

    domain: Domain
    tried: int
    taken: int
    said: str
    photos: str


@dataclass(frozen=True)
class Drawn:
    """The file to be shipped at sizes drawn at random.

    Attributes:
        seed: of the random numbers.
        found: against the subject's own network, by size.
        tolerance: what a logit may differ by.
    """

    seed: int
    found: Mapping[Size, Difference]
    tolerance: float

    @property
    def worst(self) -> float:
        """The largest difference of any size; infinite where one is refused, NaN where one is NaN."""
        return float(np.max([each.largest for each in self.found.values()]))

    @property
    def refused(self) -> int:
        """How many sizes are refused."""
        return sum(each.largest == float("inf") for each in self.found.values())

    @property
    def wrong(self) -> tuple[str, ...]:
        """The sizes that differ by more than the tolerance, or are refused, as height × width."""
        return tuple(f"{h} × {w}" for (h, w), each in self.found.items() if not each.largest <= self.tolerance)


@dataclass(frozen=True)
class Study:
    """What 06_dynamic_shapes measures.

    Attributes:
        ways: by name, in the order of the page.
        shipped: the exported file against the subject's own network, over its whole domain.
        drawn: the same at sizes that are others in every run.
        padded: one a photo.
        refusal: what ONNX Runtime answers when the file of a fixed size is fed :data:`ARTICLE`; empty where it takes it.
        free_axes: of the exported file's input.
        batch: how far inputs in batches of :data:`BATCHES` are from each alone, in logits.
        outside: sizes just outside of the domain.
        tolerance: what a logit may differ by.
    """

    ways: Mapping[str, Way]
    shipped: SizeMap
    drawn: Drawn
    padded: tuple[Padded, ...]
    refusal: str
    free_axes: int
    batch: float
    outside: Outside
    tolerance: float

    @property
    def right_everywhere(self) -> list[str]:
        """The candidates that are right at every size."""
        return [name for name in CANDIDATES if self.ways[name].seen.everywhere]

    @property
    def tried(self) -> dict[str, Any]:
        """The sizes at which the file to be shipped was tried, in the domain and just outside, in numbers: JSON types."""
        shipped, drawn, outside = self.shipped, self.drawn, self.outside
        return {
            "least": outside.domain.least,
            "most": outside.domain.most,
            "tried": shipped.sizes + len(drawn.found),
            "drawn": len(drawn.found),
            "refused": shipped.refused + drawn.refused,
            "wrong": shipped.wrong + len(drawn.wrong) - drawn.refused,
            "outside": {"tried": outside.tried, "refused": outside.tried - outside.taken},
            "photos": outside.photos,
        }


@dataclass(frozen=True)
class Opened:
    """The networks that are compared, each as a function of its input.

    Attributes:
        own: the subject's padding.
        networks: in PyTorch, by padding.
        files: in ONNX Runtime, by the name of the way. A size that a file refuses raises ONNX Runtime's own exception.
    """

    own: str
    networks: Mapping[str, Answer]
    files: Mapping[str, Answer]

    @classmethod
    def of(cls, handoff: Handoff, modules: Mapping[str, nn.Module], paths: Mapping[str, Path]) -> Opened:
        """Of modules and files as :mod:`lib.studies.dynamic_shapes.ways` gives them."""
        answers = {name: partial(logits_of, open_session(path)) for name, path in paths.items()}
        return cls(handoff.subject.padding, {kind: reference.infer(each) for kind, each in modules.items()}, answers)

    def shipped(self, tensor: NDArray[np.float32]) -> Difference:
        """The exported file against the subject's own network, on one input."""
        return Difference.of(self.networks[self.own](tensor), self._got(AS_EXPORTED[self.own], tensor))

    def every(self, tensor: NDArray[np.float32]) -> tuple[Difference, dict[str, Difference]]:
        """As :meth:`shipped`, and every file against the network that computes its padding for each input."""
        expected = {kind: self.networks[kind](tensor) for kind in {self.own, "same"}}
        got = {name: self._got(name, tensor) for name in self.files}
        ways = {name: Difference.of(expected["same"], logits) for name, logits in got.items()}
        return Difference.of(expected[self.own], got[AS_EXPORTED[self.own]]), ways

    def padded(self, photo: Photo, trace: Trace) -> Padded:
        """Both paddings in PyTorch on a photo, of which the reference's trace is given: its answer is one of the two."""
        logits = {kind: trace.infer if kind == self.own else run(trace.normalise) for kind, run in self.networks.items()}
        comparison = Comparison.of(photo.name, PADDED_ONCE, {"infer": (logits["same"], logits["static"])})
        return Padded(comparison, (trace.normalise.shape[2], trace.normalise.shape[3]))

    def refusal(self, size: Size) -> str:
        """What ONNX Runtime answers when the file of a fixed size is fed another; empty where it takes it."""
        try:
            self.files[FIXED](np.zeros((1, 3, *size), np.float32))
        except Exception as error:  # ONNX Runtime's exceptions share no other base
            return str(error).strip()
        return ""

    def ratios(self, tensor: NDArray[np.float32]) -> dict[str, float]:
        """The time of an answer of each candidate, in times of the statically padded file's."""
        return ratios({name: partial(self.files[name], tensor) for name in (STATIC, *CANDIDATES)}, ROUNDS)

    def _got(self, name: str, tensor: NDArray[np.float32]) -> NDArray[np.float32] | None:
        try:
            return self.files[name](tensor)
        except Exception:  # ONNX Runtime's exceptions share no other base
            return None


def measured(handoff: Handoff, rules: Policy, seed: int) -> Study:
    """Everything that the notebook shows, in one pass over the photos, each of them scaled to its share of the sizes.

    Args:
        handoff: whose file and network.
        rules: the policy.
        seed: for the sizes that are drawn at random.
    """
    tolerance, photos = rules["dynamic-shapes.logits"].threshold, handoff.photos.readable
    modules = by_padding(handoff)
    paths = files(handoff, modules)
    opened = Opened.of(handoff, modules, paths)
    every, most = sides(handoff), max(FARTHEST, 2 * handoff.subject.image_size)
    sizes = list(product(every, every))
    at_random = drawn(export.domain(handoff.subject), seed)
    found: dict[Size, Difference] = {}
    padded: list[Padded] = []
    shipped: dict[Size, Difference] = {}
    ways: dict[str, dict[Size, Difference]] = {name: {} for name in paths}
    for i, photo in enumerate(photos):
        trace = handoff.reference.trace(photo.data)
        if i == 0:
            first = trace.normalise
        padded.append(opened.padded(photo, trace))
        picture = Image.fromarray(trace.decode)
        for size in sizes[i :: len(photos)]:
            tensor = scaled(picture, size, handoff.subject.contract)
            if max(size) > most:
                shipped[size] = opened.shipped(tensor)
                continue
            shipped[size], differences = opened.every(tensor)
            for name, difference in differences.items():
                ways[name][size] = difference
        for size in at_random[i :: len(photos)]:
            found[size] = opened.shipped(scaled(picture, size, handoff.subject.contract))
    return Study(
        _ways(paths, {name: SizeMap.of(name, found, tolerance) for name, found in ways.items()}, opened.ratios(first)),
        SizeMap.of("the exported file", shipped, tolerance),
        Drawn(seed, found, rules["dynamic-shapes.drawn"].threshold),
        tuple(padded),
        opened.refusal(ARTICLE),
        graph.free_axes(onnx.load(handoff.onnx_path)),
        batch_difference(handoff.onnx_path, first, BATCHES),
        outside(handoff.onnx_path),
        tolerance,
    )


def sides(handoff: Handoff) -> tuple[int, ...]:
    """The sides to try, in pixels: both ends of the domain, the size the network was built for, and others, odd ones too."""
    domain, built_for = export.domain(handoff.subject), handoff.subject.image_size
    every = {domain.least, domain.least + 1, *SIDES, built_for, built_for + 1, domain.most}
    return tuple(sorted(side for side in every if domain.least <= side <= domain.most))


def scaled(picture: Image.Image, size: Size, contract: Contract) -> NDArray[np.float32]:
    """A decoded photo at another height and width, as the network's input: float32 (1, 3, height, width)."""
    height, width = size
    return preprocessing(contract)[1](picture.resize((width, height), Image.Resampling[contract.filter.upper()]))


def just_outside(domain: Domain) -> list[Size]:
    """Sizes that a domain leaves out by one pixel."""
    below, above, inside = domain.least - 1, domain.most + 1, domain.least
    return [(below, inside), (inside, below), (above, inside), (inside, above)]


def outside(network: Path) -> Outside:
    """What the deployment's network makes of sizes just outside of the domain that its file states."""
    opened = Model.open(network)
    infer, said, taken = Infer(opened.session, opened.domain), "", 0
    tried = just_outside(opened.domain)
    for size in tried:
        try:
            infer(np.zeros((1, 3, *size), np.float32))
            taken += 1
        except BadInput as error:
            said = str(error)
    return Outside(opened.domain, len(tried), taken, said, opened.domain.of_photos(opened.contract))


def _ways(paths: Mapping[str, Path], maps: Mapping[str, SizeMap], timed: Mapping[str, float]) -> dict[str, Way]:
    return {
        name: Way(
            maps[name], len(onnx.load(paths[name]).graph.node), paths[name].stat().st_size / 1e6, timed.get(name, float("nan"))
        )
        for name in (*ATTEMPTS, *CANDIDATES)
    }
