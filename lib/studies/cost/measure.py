"""What each mistake costs, on a folder of photos or on crops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lib.compare.pair import Pair
from lib.deploy import STAGES
from lib.deploy.errors import printable
from lib.deploy.files import PHOTO
from lib.handoff import Handoff
from lib.inputs import deployment
from lib.inputs.reading import read_bytes
from lib.mistakes import CATALOGUE
from lib.numbers import enumerated
from lib.policy import Policy
from lib.studies.cost.findings import Cost, Found, Looked
from lib.studies.cost.found import found
from lib.studies.cost.worst import worst
from lib.sweep.one_thread import one_thread
from lib.sweep.photo import one_at_a_time
from lib.sweep.plan import pipelines
from lib.sweep.progress import in_notebook
from lib.sweep.sweep import AGAINST, DEPLOYMENT, SQUASHED, THREE, Asked, Swept, swept

# What the mended deployments are called.
FIRST = f"deployment with {enumerated(THREE)}"
NAIVE = "deployment that squashes and takes the nearest pixel"
RECOMPUTED = 60  # answers that are computed again by a plain loop


@dataclass(frozen=True)
class Study:
    """What the notebook measured.

    Attributes:
        looked: at which photos.
        found: what mistakes cost.
        worst: of each stage's costliest mistake, the photo whose answer changed most, under the reference and the mistake.
        stages: the stage of each mistake, by its name.
        refused: of each pipeline that gives no answer to some photo, the first such photo and why, by the pipeline's name.
        recomputed: how many answers a plain loop gives otherwise, and of how many.
        deployment_off: names of photos whose likeliest class is another by the deployment under test, and for which the
            reference's leads by more than a logit may differ by.
    """

    looked: Looked
    found: Found
    worst: tuple[Pair, ...]
    stages: Mapping[str, str]
    refused: Mapping[str, tuple[str, str]]
    recomputed: tuple[int, int]
    deployment_off: tuple[str, ...]


def measured(
    handoff: Handoff, rules: Policy, folder: str, labels: str, against: str, scheduler: str, crops: int, seed: int
) -> Study:
    """Sweep, and work out what each mistake costs.

    Args:
        handoff: whose exported network is the reference, and whose deployment is under test.
        rules: what a logit may differ by, so that a tie may fall either way.
        folder: of photos; empty takes crops of the hand-off's photos.
        labels: a CSV file of labels, or empty.
        against: another version, or empty: as :meth:`lib.sweep.sweep.Asked.of` takes it.
        scheduler: address of a Dask scheduler; empty starts workers here.
        crops: how many are cut out of each photo.
        seed: of the crops, of the intervals and of what is computed again.

    Raises:
        BadInput: as :meth:`lib.sweep.sweep.Asked.of` and :func:`lib.sweep.sweep.swept`.
    """
    seen = swept(Asked.of(handoff, folder, labels, against, crops, seed), scheduler, in_notebook)
    table = seen.collected.table
    names = {FIRST: (" + ".join(THREE), _without_one())} if set(THREE) <= set(seen.mistakes) else {}
    names |= {NAIVE: (" + ".join(SQUASHED), {"shape": SQUASHED[1], "filter": SQUASHED[0], "all": ""})}
    if handoff.deployment_name != deployment.DEFAULT:
        names["deployment under test"] = (
            DEPLOYMENT,
            {stage: f"{DEPLOYMENT}, {stage} mended" for stage in STAGES} | {"all": ""},
        )
    result = found(
        table,
        seen.labels,
        seen.mistakes,
        seen.pairs,
        {name: repairs for name, repairs in names.items() if {repairs[0], *repairs[1].values()} <= {*table.ways, ""}},
        DEPLOYMENT,
        (_shown(against), AGAINST, f"{handoff.subject.name}, {handoff.deployment_name}", DEPLOYMENT) if against else None,
        seed,
    )
    tie = rules.tolerances["infer"]
    off = (table.read(DEPLOYMENT).top1 != table.top1) & (table.lead > tie)
    return Study(
        looked=_looked(seen),
        found=result,
        worst=worst(seen.folder, _worst(seen, result), pipelines(seen.plan)[0], handoff.subject.contract),
        stages={name: CATALOGUE[name].stage for name in seen.mistakes},
        refused=seen.collected.refused,
        recomputed=_recomputed(seen, seed),
        deployment_off=tuple(table.photos[i] for i in np.flatnonzero(off)),
    )


def _shown(against: str) -> str:
    """What was named, without the place where it lies."""
    return printable(Path(against).name if Path(against).exists() else against)


def _without_one() -> dict[str, str]:
    """Of the three mistakes, by the stage that is mended, the pipeline that has the others."""
    return {CATALOGUE[each].stage: " + ".join(other for other in THREE if other != each) for each in THREE} | {"all": ""}


def _looked(seen: Swept) -> Looked:
    table, collected = seen.collected.table, seen.collected
    grouped = int(table.clusters.max()) + 1
    return Looked(
        files=seen.files,
        others=seen.others,
        photos=len(table.photos),
        copies=collected.copies,
        failed=collected.failed + seen.refused,
        reasons=(*seen.reasons, *collected.reasons),
        clusters=grouped,
        cropped=grouped if seen.cropped else 0,
        labelled=int((seen.labels >= 0).sum()),
        labels=seen.said,
        left_out=seen.left_out,
        seconds=seen.seconds,
        computed=seen.computed,
    )


def _worst(seen: Swept, result: Found) -> list[tuple[str, str]]:
    """Of each stage the costliest mistake, with the photo whose answer is furthest from the reference's."""
    by_stage: dict[str, Cost] = {}
    for cost in sorted(result.costs.values(), key=lambda cost: -np.nan_to_num(cost.kl.value)):
        if cost.kl.value > 0:
            by_stage.setdefault(CATALOGUE[cost.name].stage, cost)
    costly = by_stage.values()
    furthest = [int(np.nan_to_num(seen.collected.table.read(cost.name).kl).argmax()) for cost in costly]
    return [(cost.name, seen.collected.paths[i]) for cost, i in zip(costly, furthest, strict=True)]


def _recomputed(seen: Swept, seed: int) -> tuple[int, int]:
    table, random = seen.collected.table, np.random.default_rng(seed)
    reference, ways = pipelines(seen.plan)
    differing, compared = 0, 0
    with one_thread(seen.plan):
        for _ in range(RECOMPUTED):
            photo, way = int(random.integers(len(table.photos))), table.ways[int(random.integers(len(table.ways)))]
            data = read_bytes(seen.folder / seen.collected.paths[photo], "photo", PHOTO)
            plain, answers = one_at_a_time(data, reference, ways[way]), table.read(way)
            there = np.array([answers.top1[photo], answers.margin[photo], answers.kl[photo]])
            again = np.array([plain.top1, np.float32(plain.margin), plain.kl])
            differing, compared = differing + (not np.array_equal(there, again, equal_nan=True)), compared + 1
    return differing, compared
