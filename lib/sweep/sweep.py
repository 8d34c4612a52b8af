"""A sweep from its words to its table: which photos, which pipelines, where it is computed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lib import cache
from lib.deploy import STAGES, BadInput, Contract, Model, files
from lib.deploy.errors import printable
from lib.handoff import Handoff
from lib.inputs import crops, deployment, labels, photo_tree
from lib.inputs.labels import Labels
from lib.inputs.photo_tree import Found
from lib.inputs.reading import absolute, read_bytes, sha256
from lib.mistakes import CATALOGUE
from lib.mistakes.own import own
from lib.sweep import versions
from lib.sweep.plan import Plan
from lib.sweep.progress import EACH, Progress, Show
from lib.sweep.results import REASONS, Collected, collected
from lib.sweep.shard import Task
from lib.sweep.shards import shards
from lib.sweep.spread import Workers
from lib.sweep.ways import Deployed, Exported, Mistaken, Naive, Way, require_classes

DEPLOYMENT, AGAINST = "deployment", "against"  # names of ways that are no mistakes
# Mistakes of one service, a stage each, as a first deployment may have all of them: what each repair wins back is told of it.
THREE = ("re-encoded JPEG", "Pillow nearest", "no mean and std")
# What else is made together: the article's two, whose filter and shape both are one stage's, and others that are common.
SQUASHED = ("squash", "Pillow nearest")
PAIRS = (
    *combinations(THREE, 2),
    SQUASHED,
    ("re-encoded JPEG", "squash"),
    ("squash", "no mean and std"),
    ("re-encoded JPEG", "BGR"),
    ("BGR", "no mean and std"),
)


@dataclass(frozen=True)
class Asked:
    """What a sweep is about.

    Attributes:
        handoff: whose exported network, and whose deployment.
        folder: of photos; None takes crops of the hand-off's photos.
        labels: of its photos; None for crops.
        other: another version; None for none.
        crops: how many are cut out of each photo where there is no folder.
        seed: of the crops.
    """

    handoff: Handoff
    folder: Path | None
    labels: Labels | None
    other: Way | None
    crops: int
    seed: int

    @classmethod
    def of(cls, handoff: Handoff, folder: str, labels_file: str, against: str, count: int, seed: int) -> Asked:
        """What was given, checked as far as it can be before anything is computed.

        Args:
            handoff: whose exported network, and whose deployment.
            folder: of photos; empty takes crops of the hand-off's photos.
            labels_file: a CSV file of labels; empty takes those that the names of subfolders are.
            against: another version: an ONNX file, or a deployment as ``package.module:attribute``; empty for none.
            count: how many crops are cut out of each photo where there is no folder.
            seed: of the crops.

        Raises:
            BadInput: the folder holds no photo, there is no such labels file, labels were given without a folder, ``against``
                is neither a file nor a deployment, or crops or seed are less than what can be.
        """
        if labels_file and not folder:
            raise BadInput(f"labels {labels_file}: there is no folder of photos that they could be of; name one")
        if count < 1 or seed < 0:
            raise BadInput(f"crops {count}, seed {seed}: give 1 crop or more, and a seed of 0 or more")
        place, found = absolute(folder, "photos") if folder else None, None
        if place is not None:
            photo_tree.require(place)
            file = absolute(labels_file, "labels") if labels_file else None
            found = labels.of(place, handoff.subject.classes, file)
        return cls(handoff, place, found, _other(handoff, against) if against else None, count, seed)

    def photos(self) -> tuple[Path, Callable[[str], str] | None]:
        """The folder, and from a photo's path to the group that it depends on where there are such groups."""
        if self.folder is not None:
            return self.folder, None
        return crops.made(self.handoff.photos.readable, self.crops, self.seed), lambda path: path.partition("/")[0]


@dataclass(frozen=True)
class Swept:
    """What a sweep found, and of what.

    Attributes:
        collected: the numbers.
        plan: the pipelines.
        folder: that the photos lie in.
        cropped: whether they are crops of the hand-off's photos.
        mistakes: names of those of the catalogue that were tried.
        left_out: names of those that were not, with the reason.
        pairs: mistakes that were tried together.
        labels: int32 (N,), class of each photo of the table, -1 where it has none.
        said: of the labels, a sentence.
        files: how many pictures were found.
        others: how many files that are none.
        refused: how many of the pictures are not to be read, as links out of the folder.
        reasons: names and reasons of the first of these.
        seconds: that it took.
        computed: how many photos were worked on now.
    """

    collected: Collected
    plan: Plan
    folder: Path
    cropped: bool
    mistakes: tuple[str, ...]
    left_out: Mapping[str, str]
    pairs: tuple[tuple[str, str], ...]
    labels: NDArray[np.int32]
    said: str
    files: int
    others: int
    refused: int
    reasons: tuple[tuple[str, str], ...]
    seconds: float
    computed: int


def swept(asked: Asked, scheduler: str, show: Show, each: float = EACH) -> Swept:
    """Ask all pipelines about all photos. What lies there from an earlier sweep is not computed again.

    Args:
        asked: what it is about.
        scheduler: address of a Dask scheduler; empty starts workers here.
        show: what to do with a line on the progress; an empty one comes last.
        each: seconds between two of them.

    Raises:
        BadInput: as :class:`lib.sweep.spread.Workers` and :func:`lib.sweep.results.collected`.
    """
    begun = time.monotonic()
    folder, cluster = asked.photos()
    given, model = asked.labels, asked.handoff.onnx_path
    results = cache.directory() / "sweep"
    results.mkdir(exist_ok=True)
    listing = _Listing(folder)
    try:
        with Workers(scheduler) as workers:
            contract = asked.handoff.subject.contract
            left_out = _left_out(contract, workers.lacking)
            mistakes = tuple(name for name in CATALOGUE if name not in left_out)
            pairs = tuple(pair for pair in PAIRS if not left_out.keys() & set(pair))
            digest = sha256(read_bytes(model, "model", files.MODEL))
            plan = Plan.of(str(model), digest, _groups(asked, mistakes, pairs), versions.here())
            tasks = (Task(plan, str(folder), paths, str(results)) for paths in shards(listing.photos()))
            to_do = (found for found in photo_tree.listed(folder) if not found.refused)
            done = workers.spread(tasks, Progress(show, to_do, each))
    finally:
        show("")
    if damaged := [line for each in done for line in each.damaged]:
        more = f" ({len(damaged) - 1} more are)" * (len(damaged) > 1)
        print(f"{damaged[0]}{more}", file=sys.stderr, flush=True)
    found = collected(done, plan, results, cluster)
    classes = np.array([given.index(path) if given else labels.NONE for path in found.paths], np.int32)
    labelled = int((classes != labels.NONE).sum())
    if given:
        given.require(len(classes), labelled)
    return Swept(
        collected=found,
        plan=plan,
        folder=folder,
        cropped=asked.folder is None,
        mistakes=mistakes,
        left_out=left_out,
        pairs=pairs,
        labels=classes,
        said=given.said(len(classes), labelled) if given else "Crops have no labels.",
        files=listing.files,
        others=listing.others,
        refused=listing.refused,
        reasons=tuple(listing.reasons),
        seconds=time.monotonic() - begun,
        computed=sum(each.computed for each in done),
    )


def _other(handoff: Handoff, against: str) -> Way:
    if ":" in against and not Path(against).exists():
        deployment.check(against, handoff.time_limit)
        return Deployed.of(AGAINST, against, handoff.time_limit)
    path = absolute(against, "against")
    try:
        model = Model.open(path)
    except BadInput as error:
        raise BadInput(f"against: {error}") from None
    if model.end_to_end:
        raise BadInput(f"against {against}: this file holds its preprocessing; name the network's own file")
    require_classes(handoff.subject.classes, model.classes, f"against {against}")
    return Exported(AGAINST, str(path), sha256(read_bytes(path, "against", files.MODEL)))


class _Listing:
    """A folder's photos as they are listed, with what is not to be read counted aside."""

    def __init__(self, folder: Path) -> None:
        self._found: Iterator[Found] = photo_tree.listed(folder)
        self.files = self.refused = self.others = 0
        self.reasons: list[tuple[str, str]] = []

    def photos(self) -> Iterator[str]:
        for each in self._found:
            if each.other:
                self.others += 1
                continue
            self.files += 1
            if each.refused:
                self.refused += 1
                self.reasons += [(printable(each.path), each.refused)][: REASONS - len(self.reasons)]
            else:
                yield each.path


def _left_out(contract: Contract, lacking: frozenset[str]) -> dict[str, str]:
    """Mistakes that are not tried, with the reason."""
    stated = dict.fromkeys(sorted(own(contract)), "is what the subject itself states, or does the same")
    lacked = {name: mistake.needs for name, mistake in CATALOGUE.items() if mistake.needs in lacking}
    needed = {name: f"needs {library}, which a worker does not have" for name, library in lacked.items()}
    return stated | needed


def _groups(asked: Asked, mistakes: tuple[str, ...], pairs: tuple[tuple[str, str], ...]) -> list[list[Way]]:
    catalogue: list[Way] = [Mistaken((name,)) for name in mistakes]
    catalogue += [Naive(" + ".join(pair)) if pair == SQUASHED else Mistaken(pair) for pair in pairs]
    if set(THREE) <= set(mistakes):
        catalogue.append(Mistaken(THREE))
    name, limit = asked.handoff.deployment_name, asked.handoff.time_limit
    deployed: list[Way] = [Deployed.of(DEPLOYMENT, name, limit)]
    if name != deployment.DEFAULT:
        deployed += [Deployed.of(f"{DEPLOYMENT}, {stage} mended", name, limit, (stage,)) for stage in STAGES]
    return [catalogue, deployed, [asked.other] if asked.other else []]
