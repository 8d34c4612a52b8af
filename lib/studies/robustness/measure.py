"""The deployment against the reference on pictures that were made to go wrong, and against itself in other circumstances."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.compare.comparison import BEFORE_NETWORK, StageDifference
from lib.compare.sizes import drawn_fed, drawn_photos
from lib.deploy import STAGES, BadInput, Domain, Pipeline
from lib.deploy.difference import max_abs_difference
from lib.deploy.stages import decode
from lib.export.exporter import domain
from lib.handoff import Handoff
from lib.inputs.deployment import Deployment, Over, taken
from lib.policy import Policy
from lib.probes import Probe, probes, properties
from lib.probes.large import ABOVE
from lib.probes.sizes import longest
from lib.studies.robustness.behaviour import Behaviour, Case, behaviour, brought_by
from lib.studies.robustness.dependencies import Needed, needed
from lib.studies.robustness.made import Made, at_photo_sizes, at_sizes, on_logits, on_patterns

THUMBNAIL = 64  # pixels
WHOLE = 40  # probes that are answered in one call, too
LARGE, TOO_LARGE = (f"above {least} megapixels" for least in ABOVE[:2])
AHEAD = 3  # probes that are made while the deployment is asked for one
# Properties that more than one stage may take care of, so that one of them does it twice or too late: of every format.
SHARED = {
    *(f"EXIF orientation {i}" for i in range(2, 9)), "alpha", "ICC profile", "palette with transparency", "grey",
    "grey with alpha", LARGE,
}  # fmt: skip
ALONE = 3  # of the probes that differ at a stage the first ones, each of which is asked again in a process of its own
LARGEST = 256  # pixels along a side of the pictures that are kept where they differ


@dataclass(frozen=True)
class Sides:
    """Both pictures where a probe first differs, for drawing.

    They are no larger than :data:`LARGEST` pixels a side: rows and columns are left out.

    Attributes:
        reference: uint8 (h, w, 3), after ``decode`` or ``resize``.
        deployment: the same, of any other size.
    """

    reference: NDArray[np.uint8]
    deployment: NDArray[np.uint8]


@dataclass(frozen=True)
class Held:
    """One probe that has a right answer, held against the reference.

    Attributes:
        name: of the probe.
        properties: the names of those that it has.
        thumbnail: of what it shows, uint8 (h, w, 3).
        differences: stage by stage, of those that both pipelines got to.
        resized: whether the reference's resize changes it.
        refused: why the deployment does not take it, or empty.
        first: the first stage that differs by more than its tolerance or ended the deployment's process, or empty.
        sides: both pictures, where they differ before ``normalise``.
        ended: how the deployment's process ended at :attr:`first`, or empty.
    """

    name: str
    properties: tuple[str, ...]
    thumbnail: NDArray[np.uint8]
    differences: tuple[StageDifference, ...]
    resized: bool
    refused: str
    first: str
    sides: Sides | None
    ended: str = ""

    @property
    def at_first(self) -> StageDifference | None:
        """The difference at the first stage that differs by more than its tolerance; None if there is none."""
        return next((each for each in self.differences if each.stage == self.first), None)

    def after_the_end(self) -> Held:
        """The same, if the process had ended before: then the probe is only one more that is not taken."""
        return replace(self, refused=self.ended, first="", ended="")


@dataclass(frozen=True)
class Unfit:
    """One file that has no right answer, given to the deployment.

    Attributes:
        name: of the probe.
        properties: the names of those that it has.
        refused: why the deployment does not take it, or empty.
        as_loaded: whether its decode gives what PyTorch's image loader gives, to the last bit.
        off: how far what its decode gives is from the picture that the file was made of, in levels on average; NaN if it is
            refused, or of another shape, or the file shows nothing.
        ended: how the file ended the deployment's process, or empty.
    """

    name: str
    properties: tuple[str, ...]
    refused: str
    as_loaded: bool
    off: float
    ended: str = ""

    def after_the_end(self) -> Unfit:
        """As :meth:`Held.after_the_end`."""
        return replace(self, refused=self.ended, ended="")


@dataclass(frozen=True)
class Covered:
    """What pictures have one property.

    Attributes:
        property: its name.
        probes: how many probes have it.
        photos: how many of the user's photos have it.
        off: how many of the probes differ at some stage, or have no right answer and are given one that is not the loader's.
    """

    property: str
    probes: int
    photos: int
    off: int


@dataclass(frozen=True)
class Study:
    """What the notebook measured.

    Attributes:
        held: one for each probe that has a right answer.
        unfit: one for each that has none.
        seed: of the sizes drawn at random.
        sizes: the network at these, in logits.
        photo_sizes: resize on pictures of other ones, in levels.
        patterns: the network on pictures that no photo is like, in logits.
        scores: the last stage on logits that no photo need lead to, in probability.
        covered: one a property.
        photos_resized: how many of the user's photos the reference's resize changes.
        behaviour: of the deployment, asked in other ways.
        whole: probes answered in one call, against stage by stage.
        muddled: names of probes that differ after others, and are right where they are asked first.
        needed: libraries and programs beyond what the package declares.
        drawn: how many of the probes were drawn.
    """

    held: tuple[Held, ...]
    unfit: tuple[Unfit, ...]
    seed: int
    sizes: Made
    photo_sizes: Made
    patterns: Made
    scores: Made
    covered: tuple[Covered, ...]
    photos_resized: int
    behaviour: Behaviour
    whole: Case
    muddled: tuple[str, ...]
    needed: Needed
    drawn: int

    @property
    def fit(self) -> list[Held]:
        """The probes that have a right answer and that the deployment takes."""
        return [each for each in self.held if not each.refused]

    @property
    def refused(self) -> list[Held]:
        """Those that have a right answer and that it does not take."""
        return [each for each in self.held if each.refused]

    @property
    def as_loaded(self) -> list[Unfit]:
        """The files without a right answer that are answered as PyTorch's image loader answers them."""
        return [each for each in self.unfit if not each.refused and each.as_loaded]

    @property
    def invented(self) -> list[Unfit]:
        """The files without a right answer that are answered in another way."""
        return [each for each in self.unfit if not each.refused and not each.as_loaded]

    @property
    def tried(self) -> dict[str, Any]:
        """What the deployment was tried on and did not take or got wrong: JSON types."""
        return {
            "tried": len(self.fit) + len(self.refused),
            "refused": [each.name for each in self.refused],
            "differ": [each.name for each in self.fit if each.first],
            "without_answer": len(self.unfit),
            "answered_without": [each.name for each in (*self.as_loaded, *self.invented)],
        }

    @property
    def resized(self) -> int:
        """How many probes resize changes."""
        return sum(each.resized for each in self.fit)

    @property
    def uncovered(self) -> list[str]:
        """Properties that no picture has."""
        return [each.property for each in self.covered if not each.probes + each.photos]

    def off(self, stage: str) -> list[Held]:
        """The probes that first differ at a stage."""
        return [each for each in self.fit if each.first == stage]

    def where(self, stage: str) -> tuple[str, ...]:
        """What is common to the probes that first differ at a stage.

        A property is named where every probe that has it differs there, the most general first and none that only few of a
        named one's probes have; a probe by its own name where it has no such property. Where all of them differ, that is said
        instead.
        """
        off = self.off(stage)
        if off and len(off) == len(self.fit):
            return ("every probe",)
        having = {
            each.property: {probe.name for probe in self.fit if each.property in probe.properties} for each in self.covered
        }
        differing = {each.name for each in off}
        named: list[str] = []
        found = {each.name for each in properties.PROPERTIES}  # before what is known only of how a file was made
        for name in sorted(having, key=lambda name: (name not in found, -len(having[name]))):
            if having[name] and having[name] <= differing and not any(having[name] <= having[other] for other in named):
                named.append(name)
        others = [each for each in off if not set(named) & set(each.properties)]
        listed = sum(name in found for name in named)
        fixed = [
            each.name for each in off if found.issuperset(each.properties) and not set(named[:listed]) & set(each.properties)
        ]
        drawn = [each.name for each in others if each.name not in fixed]
        return (*named[:listed], *fixed, *named[listed:], *drawn)


def measured(handoff: Handoff, rules: Policy, seed: int, times: int = 1) -> Study:
    """Every probe through both pipelines, stage by stage, without the network; the first photos in other circumstances.

    Args:
        handoff: whose deployment.
        rules: the policy.
        seed: for the sizes and the files that are drawn at random.
        times: how many times as many files are drawn, and calls made in a row.
    """
    sizes, contract = domain(handoff.subject), handoff.subject.contract
    held: list[Held] = []
    unfit: list[Unfit] = []
    over = False
    kept: list[tuple[Held, Probe]] = []
    drawn = 0
    for right in _ahead(right_of(probe, handoff, sizes) for probe in probes(contract, sizes, seed, times)):
        probe = right.probe
        drawn += bool(probe.traits)
        found = against(right, handoff, rules.tolerances, handoff.deployment)
        if over and found.ended:  # it has ended before: this probe has no part in that
            found = found.after_the_end()
        over = over or bool(found.ended)
        held += [found] if isinstance(found, Held) else []
        unfit += [found] if isinstance(found, Unfit) else []
        if isinstance(found, Held) and not found.first and not found.refused:
            kept.append((found, probe))
    held, muddled = _alone(held, handoff, sizes, rules.tolerances, seed, times)
    of_photos: Counter[str] = Counter()
    resized = 0
    for photo in handoff.photos.readable:
        of_photos.update(properties.of(photo.data, contract, sizes))
        decoded = handoff.reference.decode(photo.data)
        resized += handoff.reference.resize(decoded).size != decoded.size
    asked = behaviour(handoff, rules, seed, times)
    scores = on_logits(handoff, rules["robustness.scores"].threshold)  # before many calls of the last stage
    whole = answered_whole(handoff.deployment_process, _various(kept, seed, WHOLE * times), rules["robustness.whole"].threshold)
    return Study(
        tuple(held),
        tuple(unfit),
        seed,
        at_sizes(handoff, drawn_fed(contract, sizes, seed), rules["robustness.sizes"].threshold),
        at_photo_sizes(handoff, drawn_photos(longest(contract, sizes), seed), rules.tolerances["resize"]),
        on_patterns(handoff, rules["robustness.patterns"].threshold),
        scores,
        covered((*held, *unfit), of_photos),
        resized,
        asked,
        whole,
        muddled,
        needed((*brought_by(handoff.deployment_process), *asked.brought)),
        drawn,
    )


def _alone(
    held: Sequence[Held], handoff: Handoff, sizes: Domain, allowed: Mapping[str, float], seed: int, times: int
) -> tuple[list[Held], tuple[str, ...]]:
    """Ask the first ones that differ at a stage again, each in a process that was asked nothing before.

    Where all of these are right so, the others that differ at that stage are taken to be right as well: they came later still.

    Returns:
        All of them, those as right that are right so; and the names of those that were asked.
    """
    few: set[str] = set()
    for stage in BEFORE_NETWORK:
        few |= set(list(dict.fromkeys(each.name for each in held if each.first == stage and not each.ended))[:ALONE])
    again: dict[str, Held] = {}
    for probe in probes(handoff.subject.contract, sizes, seed, times) if few else ():
        if probe.name in few:
            with handoff.opened_deployment() as opened:
                fresh = compared(probe, handoff, sizes, allowed, opened.pipeline)
            if isinstance(fresh, Held) and not fresh.first and not fresh.refused:
                again[probe.name] = fresh
    first = {each.name: each.first for each in held}
    late = {stage for stage in BEFORE_NETWORK if {name for name in few if first[name] == stage} <= again.keys()}
    right = [replace(each, first="", sides=None) if each.first in late and not each.ended else each for each in held]
    return [again.get(each.name, each) for each in right], tuple(again)


def _various(kept: Sequence[tuple[Held, Probe]], seed: int, most: int) -> list[Probe]:
    """So many probes, each of which has some property that those before it have not, in an order drawn at random."""
    order = np.random.default_rng([seed, 5]).permutation(len(kept)).tolist()
    order = [i for i in order if TOO_LARGE not in kept[i][0].properties]  # each of those takes up to seconds
    chosen: dict[str, Probe] = {}
    met: set[tuple[str, str]] = set()
    # what concerns several stages comes first, then that in every format, then everything else
    for features in (_shared, _shared_by_format, _all):
        for held, probe in (kept[i] for i in order):
            has = features(held)
            if len(chosen) < most and not met >= has:
                met |= has
                chosen[probe.name] = probe
    return list(chosen.values())


def _shared(held: Held) -> set[tuple[str, str]]:
    return {(name, "") for name in SHARED.intersection(held.properties)}


def _shared_by_format(held: Held) -> set[tuple[str, str]]:
    kind = next((name for name in held.properties if name.startswith("file format ")), "")
    return {(name, kind) for name in SHARED.intersection(held.properties)}


def _all(held: Held) -> set[tuple[str, str]]:
    return {(name, "") for name in held.properties}


def answered_whole(opened: Deployment, chosen: Sequence[Probe], same: float) -> Case:
    """Each probe from its bytes to its answer within the deployment's process, against stage by stage.

    Between stages a copy is made here of what each gives; a service hands the thing itself on, a picture that is read late or
    lies in memory in another order among them.
    """
    worst, off = 0.0, []
    for probe in chosen:
        by_stages, refused = fed(opened.pipeline, probe.data, STAGES)
        answer = opened.answers([probe.data])[0]
        if refused is not None and isinstance(answer, BadInput):
            continue
        apart = refused is not None or isinstance(answer, BadInput)
        difference = float("inf") if apart else max_abs_difference(np.asarray(by_stages), np.asarray(answer))
        worst = float(np.max([worst, difference]))
        off += [] if difference <= same else [probe.name]
    return Case(worst, len(chosen), tuple(off))


def covered(tried: Collection[Held | Unfit], of_photos: Mapping[str, int]) -> tuple[Covered, ...]:
    """For every property how many pictures have it.

    Args:
        tried: the probes.
        of_photos: how many of the user's photos have each property.
    """
    known = [each.name for each in properties.PROPERTIES]
    names = dict.fromkeys([*known, *(name for probe in tried for name in probe.properties)])
    having: dict[str, list[Held | Unfit]] = {name: [] for name in names}
    for probe in tried:
        for name in probe.properties:
            having[name].append(probe)
    return tuple(Covered(name, len(those), of_photos.get(name, 0), sum(map(_off, those))) for name, those in having.items())


def _off(probe: Held | Unfit) -> bool:
    return not (probe.refused or probe.as_loaded) if isinstance(probe, Unfit) else bool(probe.first)


@dataclass(frozen=True)
class Right:
    """What the reference makes of a probe.

    Attributes:
        probe: the picture.
        properties: that it has.
        outputs: by stage, up to the network's input; empty where the file has no right answer.
    """

    probe: Probe
    properties: tuple[str, ...]
    outputs: Mapping[str, NDArray[Any]]


def right_of(probe: Probe, handoff: Handoff, sizes: Domain) -> Right:
    """The reference's side of a probe.

    Args:
        probe: the picture.
        handoff: whose reference.
        sizes: what the network may be fed.
    """
    contract = handoff.subject.contract
    try:
        upright = decode(probe.data)
    except BadInput:
        return Right(probe, properties.of(probe.data, contract, sizes), {})
    value: Any = probe.data
    outputs = {}
    for stage in BEFORE_NETWORK:
        value = getattr(handoff.reference, stage)(value)
        outputs[stage] = np.asarray(value)
    return Right(probe, (*properties.of(probe.data, contract, sizes, upright), *probe.traits), outputs)


def _ahead(made: Iterator[Right]) -> Iterator[Right]:
    """The next ones are made in a thread while the deployment, in its own process, is asked for this one."""
    with ThreadPoolExecutor(1) as pool:
        coming = deque(pool.submit(next, made, None) for _ in range(AHEAD))
        while (right := coming.popleft().result()) is not None:
            coming.append(pool.submit(next, made, None))
            yield right


def compared(
    probe: Probe, handoff: Handoff, sizes: Domain, allowed: Mapping[str, float], deployment: Pipeline | None = None
) -> Held | Unfit:
    """One probe through both pipelines.

    Args:
        probe: the picture.
        handoff: whose pipelines.
        sizes: what the network may be fed.
        allowed: the tolerance of each stage.
        deployment: the hand-off's deployment in another process; None for that which all the others were tried in.
    """
    return against(right_of(probe, handoff, sizes), handoff, allowed, deployment or handoff.deployment)


def against(right: Right, handoff: Handoff, allowed: Mapping[str, float], deployment: Pipeline) -> Held | Unfit:
    """The deployment's side of a probe, held against the reference's; arguments as of :func:`compared`."""
    probe, has, outputs = right.probe, right.properties, right.outputs
    if not outputs:
        return _unfit(probe, has, handoff)
    candidate: Any = probe.data
    differences: list[StageDifference] = []
    first, sides, error = "", None, None
    for stage in BEFORE_NETWORK:
        candidate, error = taken(getattr(deployment, stage), candidate)
        if error is not None:
            first = first or (stage if isinstance(error, Over) else "")
            break
        differences.append(StageDifference.of(stage, outputs[stage], np.asarray(candidate)))
        if not first and not differences[-1].within(allowed[stage]):
            first = stage
            if stage != "normalise":
                sides = Sides(_small(outputs[stage]), _small(np.asarray(candidate)))
    step = max(1, min(outputs["decode"].shape[:2]) // (4 * THUMBNAIL))  # of a large photo some pixels are enough
    thumbnail = Image.fromarray(np.ascontiguousarray(outputs["decode"][::step, ::step]))
    thumbnail.thumbnail((THUMBNAIL, THUMBNAIL))
    resized = outputs["decode"].shape != outputs["resize"].shape
    refused, ended = ("", str(error)) if isinstance(error, Over) else (str(error or ""), "")
    return Held(probe.name, has, np.asarray(thumbnail), tuple(differences), resized, refused, first, sides, ended)


def _unfit(probe: Probe, has: tuple[str, ...], handoff: Handoff) -> Unfit:
    """A file without a right answer: what the deployment makes of it, beside what PyTorch's image loader does."""
    answer, refused = taken(handoff.deployment.decode, probe.data)
    if refused is None:
        _, refused = fed(handoff.deployment, answer, BEFORE_NETWORK[1:])
    if refused is not None:
        over = isinstance(refused, Over)
        return Unfit(probe.name, has, "" if over else str(refused), False, float("nan"), str(refused) if over else "")
    levels = np.asarray(answer)
    try:
        loaded: Any = np.asarray(handoff.reference.decode(probe.data))
    except Exception:  # on damaged bytes Pillow's readers raise nearly anything
        loaded = None
    alike = loaded is not None and np.array_equal(levels, loaded)
    shown = probe.levels is not None and probe.levels.shape == levels.shape
    off = float(np.abs(levels.astype(float) - probe.levels).mean()) if shown else float("nan")
    return Unfit(probe.name, has, "", alike, off)


def _small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    step = -(-max(picture.shape) // LARGEST)
    return picture[::step, ::step].copy()


def fed(deployment: Pipeline, value: Any, stages: Sequence[str] = BEFORE_NETWORK) -> tuple[Any, BadInput | None]:
    """What a deployment makes of an image file for its network; or None, and why it does not take the file.

    Args:
        deployment: the pipeline under test.
        value: the file's bytes, or what an earlier stage gave.
        stages: those to run on it.
    """
    for stage in stages:
        value, error = taken(getattr(deployment, stage), value)
        if error is not None:
            return None, error
    return value, None
