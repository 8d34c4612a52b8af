"""At which sizes an exported network is right: files made in several ways, held against PyTorch size by size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import onnx
from efficientnet_pytorch import EfficientNet
from numpy.typing import NDArray
from PIL import Image

from lib import cache
from lib.export import exporter as export
from lib.networks import efficientnet as model
from lib.export import padding
from lib.networks import reference
from lib.compare.comparison import max_abs_difference, top1
from lib.deploy import BadInput, Domain, Model
from lib.deploy.sessions import open_session
from lib.deploy.stages import Infer, logits_of, preprocessing
from lib.inputs.reading import sha256
from lib.handoff import Handoff
from lib.studies.parity.measure import SameInput
from lib.inputs.photos import Photo
from lib.inputs.subject import PADDINGS
from lib.timing import ratios

Answer = Callable[[NDArray[np.float32]], NDArray[np.float32]]

SIDES = (64, 97, 127, 160, 192, 240, 299, 336, 512, 701)  # between the ends of the domain; some odd, some prime
BATCHES = (2, 3, 8)
ROUNDS = 15

FIXED, STATIC, TRACED = "fixed size", "static padding", "padding traced"
SAME_UPPER, REMAINDERS, SCRIPTED = "auto_pad=SAME_UPPER", "remainders, dynamo", "remainders, TorchScript"
_AS_EXPORTED = {"static": STATIC, "same": SAME_UPPER}  # by the subject's own padding, what its exported file is
STORIES, CANDIDATES = (FIXED, STATIC, TRACED), (SAME_UPPER, REMAINDERS, SCRIPTED)


@dataclass(frozen=True)
class SizeMap:
    """One network held against another at every pair of sides.

    Attributes:
        name: of the network that is held.
        sides: in pixels, of heights and of widths.
        differences: (heights, widths), largest difference of any logit; infinite where the size is refused.
        flips: (heights, widths), whether the likeliest class is another.
    """

    name: str
    sides: tuple[int, ...]
    differences: NDArray[np.float64]
    flips: NDArray[np.bool_]

    @property
    def refused(self) -> int:
        """How many sizes are refused."""
        return int(np.isinf(self.differences).sum())

    @property
    def worst(self) -> float:
        """The largest difference of any size; NaN where one is NaN."""
        return float(np.max(self.differences))

    def wrong(self, tolerance: float) -> int:
        """At how many sizes there is an answer, and it is off by more than ``tolerance`` or NaN."""
        return int((~(self.differences <= tolerance)).sum()) - self.refused

    def everywhere(self, tolerance: float) -> bool:
        """Whether the answer is within ``tolerance`` at every size."""
        return self.right(tolerance) == self.differences.size

    def right(self, tolerance: float) -> int:
        """At how many sizes the answer is within ``tolerance``."""
        return int((self.differences <= tolerance).sum())


@dataclass(frozen=True)
class Exported:
    """The subject's network exported in several ways.

    Attributes:
        handoff: whose network.
    """

    handoff: Handoff

    @cached_property
    def networks(self) -> dict[str, EfficientNet]:
        """The network in PyTorch with either padding, by its name: ``static`` and ``same``."""
        own = self.handoff.subject.padding
        other = next(name for name in PADDINGS if name != own)
        rebuilt = model.build(replace(self.handoff.subject, padding=other), self.handoff.weights_path)
        return {own: self.handoff.model, other: rebuilt}

    @cached_property
    def paths(self) -> dict[str, Path]:
        """The files, by the name of the way they were made."""
        return {name: self._made(name) for name in (*STORIES, *CANDIDATES)}

    def _made(self, name: str) -> Path:
        network = self.handoff.onnx_path
        if name == _AS_EXPORTED[self.handoff.subject.padding]:
            return network
        key = sha256(Path(__file__).read_bytes())[:8]
        slug = "".join(letter if letter.isalnum() else "-" for letter in name.lower())
        path = network.with_name(f"{network.stem}-{slug}-{key}.onnx")
        with cache.making(path) as scratch:
            if scratch is not None:
                self._write(name, scratch)
        return path

    def _write(self, name: str, path: Path) -> None:
        example, exporter, opset = export.example(self.handoff.subject), self.handoff.exporter, self.handoff.opset
        static, same = (self.networks[kind] for kind in PADDINGS)
        if name == FIXED:
            export.write(path, export.for_export(static), example, exporter, opset, axes={})
        elif name == STATIC:
            export.write(path, export.for_export(static), example, exporter, opset)
        elif name == TRACED:
            export.write(path, export.with_standard_swish(same), example, "torchscript", opset)
        elif name == SAME_UPPER:
            export.write(path, export.for_export(same), example, exporter, opset)
            written = onnx.load(path)
            padding.same_upper(written)
            onnx.save(written, path)
        else:
            way = "dynamo" if name == REMAINDERS else "torchscript"
            export.write(path, padding.with_remainders(export.with_standard_swish(same)), example, way, opset)

    def fed(self, photo: Photo) -> tuple[int, int]:
        """Height and width in pixels at which the network is fed a photo."""
        width, height = preprocessing(self.handoff.subject.contract)[0].fed(*photo.size)
        return height, width

    def refusal(self, height: int, width: int) -> str:
        """What ONNX Runtime answers when the file of a fixed size is fed another; empty where it takes it."""
        try:
            of_file(self.paths[FIXED])(np.zeros((1, 3, height, width), np.float32))
        except Exception as error:  # ONNX Runtime's exceptions share no other base
            return str(error).strip()
        return ""

    def speeds(self) -> dict[str, float]:
        """The time of an answer of each candidate, in times of the statically padded file's, at the first photo's size."""
        _, trace = self.handoff.reference_traces[0]
        answers = {name: of_file(self.paths[name]) for name in (STATIC, *CANDIDATES)}
        return ratios({name: partial(answer, trace.normalise) for name, answer in answers.items()}, ROUNDS)


def of_file(path: Path) -> Answer:
    """An exported file as a function of its input. A size that it refuses raises ONNX Runtime's own exception."""
    session = open_session(path)
    return partial(logits_of, session)


def sides(handoff: Handoff, most: int | None = None) -> tuple[int, ...]:
    """The sides to try, in pixels: both ends of the domain, the size the network was built for, and others, odd ones too.

    Args:
        handoff: whose.
        most: leaves out what is larger.
    """
    domain, built_for = export.domain(handoff.subject), handoff.subject.image_size
    every = {domain.least, domain.least + 1, *SIDES, built_for, built_for + 1, domain.most}
    return tuple(sorted(side for side in every if domain.least <= side <= min(domain.most, most or domain.most)))


def inputs(handoff: Handoff, tried: tuple[int, ...]) -> Iterator[tuple[int, int, NDArray[np.float32]]]:
    """Every pair of sides with a photo scaled to it, the photos in turn: row, column, and float32 (1, 3, height, width)."""
    contract, photos = handoff.subject.contract, handoff.photos.readable
    normalise, kernel = preprocessing(contract)[1], Image.Resampling[contract.filter.upper()]
    pictures = [handoff.reference.decode(photo.data) for photo in photos]
    for row, height in enumerate(tried):
        for column, width in enumerate(tried):
            picture = pictures[(row * len(tried) + column) % len(pictures)]
            yield row, column, normalise(picture.resize((width, height), kernel))


def held(handoff: Handoff, truth: Answer, answers: Mapping[str, Answer], tried: tuple[int, ...]) -> dict[str, SizeMap]:
    """Hold every answer against the truth at every pair of sides; one map a name."""
    shape = (len(tried), len(tried))
    differences = {name: np.full(shape, np.inf) for name in answers}
    flips = {name: np.zeros(shape, bool) for name in answers}
    for row, column, tensor in inputs(handoff, tried):
        expected = truth(tensor)
        for name, answer in answers.items():
            try:
                got = answer(tensor)
            except Exception:  # noqa: S112  # ONNX Runtime's exceptions share no other base; a refused size stays infinite
                continue
            differences[name][row, column] = max_abs_difference(expected, got)
            flips[name][row, column] = top1(expected) != top1(got)
    return {name: SizeMap(name, tried, differences[name], flips[name]) for name in answers}


def shipped(handoff: Handoff) -> SizeMap:
    """The exported file against the subject's own network in PyTorch."""
    name = "the exported file"
    return held(handoff, reference.infer(handoff.model), {name: of_file(handoff.onnx_path)}, sides(handoff))[name]


def told(exported: Exported) -> dict[str, SizeMap]:
    """Every way to export, against the network that computes its padding for each input, by efficientnet_pytorch's own code.

    Sides go to twice what the network was built for, or a little more: what goes wrong, goes wrong there.
    """
    answers = {name: of_file(path) for name, path in exported.paths.items()}
    tried = sides(exported.handoff, most=max(SIDES[-2], 2 * exported.handoff.subject.image_size))
    return held(exported.handoff, reference.infer(exported.networks["same"]), answers, tried)


def paddings(exported: Exported) -> list[SameInput]:
    """Both paddings in PyTorch, on each photo as the network is fed it: that for each input as the reference."""
    same, static = (reference.infer(exported.networks[kind]) for kind in ("same", "static"))
    traces = exported.handoff.reference_traces
    return [SameInput(photo, same(trace.normalise), static(trace.normalise)) for photo, trace in traces]


def outside(domain: Domain) -> list[tuple[int, int]]:
    """Heights and widths just outside of a domain."""
    below, above, inside = domain.least - 1, domain.most + 1, domain.least
    return [(below, inside), (inside, below), (above, inside), (inside, above)]


def let_through(handoff: Handoff) -> tuple[int, str]:
    """How many of the sizes :func:`outside` the deployment's network takes all the same, and what it says to the others."""
    opened = Model.open(handoff.onnx_path)
    infer, said, passed = Infer(opened.session, opened.domain), "", 0
    for height, width in outside(opened.domain):
        try:
            infer(np.zeros((1, 3, height, width), np.float32))
            passed += 1
        except BadInput as error:
            said = str(error)
    return passed, said
