"""From the files that a sweep's tasks left to one table."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute
from numpy.typing import NDArray

from lib.deploy import BadInput
from lib.deploy.errors import printable
from lib.sweep import kept
from lib.sweep.plan import Plan
from lib.sweep.shard import Done
from lib.sweep.table import Answers, Table

_ANSWER = np.dtype([("top1", np.int32), ("margin", np.float32), ("kl", np.float64)])
_REFERENCE = np.dtype([("top1", np.int32), ("lead", np.float32), ("probability", np.float32), ("second", np.float32)])
REASONS = 20  # of photos that failed, that are kept


@dataclass(frozen=True)
class Collected:
    """What all tasks found.

    Attributes:
        table: of the photos that have numbers, each content once.
        paths: theirs, in the order of the table, from the folder on; bytes that are no UTF-8 as Python keeps them.
        copies: how many files have the content of an earlier one.
        failed: how many files have no numbers.
        reasons: names and reasons of the first of these.
        refused: the first photo, by name, to which a pipeline gave no answer, and why; by the pipeline's name.
    """

    table: Table
    paths: tuple[str, ...]
    copies: int
    failed: int
    reasons: tuple[tuple[str, str], ...]
    refused: Mapping[str, tuple[str, str]]


def collected(done: Sequence[Done], plan: Plan, results: Path, cluster: Callable[[str], str] | None = None) -> Collected:
    """Read what tasks left. Numbers of pipelines are put aside in one file, and read when they are asked for.

    Args:
        done: what each task did, in the order of their photos.
        plan: what they did it by.
        results: the folder that they wrote to.
        cluster: from a photo's path to what names the group of photos that it depends on; None where each stands for itself.

    Raises:
        BadInput: a file is damaged, or cannot be read, as where the workers wrote to another folder of this name; or not one
            photo has numbers.
    """
    most, names = sum(each.photos for each in done), [way.name for way in plan.all_ways]
    with tempfile.TemporaryFile(dir=results) as aside:  # it has no name, and is gone when nothing refers to the table
        answers = np.memmap(aside, _ANSWER, "w+", shape=(len(names), max(1, most)))
    reference, digests = np.empty(most, _REFERENCE), np.empty(most, "S64")
    paths: list[str] = []
    reasons: list[tuple[str, str]] = []
    refused: dict[str, tuple[str, str]] = {}
    failed, at = 0, 0
    for each in done:
        groups = [_Group.read(Path(results, file), len(ways)) for file, ways in zip(each.files, plan.groups, strict=True)]
        whole = [path for path in groups[0].rows if all(path in group.rows for group in groups)]
        wrong = {path: reason for group in groups for path, reason in group.errors.items()}
        failed += len(wrong)
        reasons += [(printable(os.fsdecode(path)), reason) for path, reason in wrong.items()][: REASONS - len(reasons)]
        for name, first, why in (each for group in groups for each in group.refused):
            refused.setdefault(name, (printable(os.fsdecode(first)), why))
        end, way = at + len(whole), 0
        for number, group in enumerate(groups):
            rows = group.numbers[[group.rows[path] for path in whole]]  # (photos, reference and ways)
            if number == 0:
                for column, source in (
                    ("top1", "top1"),
                    ("lead", "margin"),
                    ("probability", "probability"),
                    ("second", "second"),
                ):
                    reference[column][at:end] = rows[source][:, 0]
                digests[at:end] = [group.digests[path] for path in whole]
            others = len(plan.groups[number])
            for column in ("top1", "margin", "kl"):
                answers[column][way : way + others, at:end] = rows[column][:, 1:].T
            way += others
        paths += [os.fsdecode(path) for path in whole]
        at = end
    if not at:
        name, reason = reasons[0] if reasons else ("", "there is none")
        raise BadInput(f"photos: none of {most:,} can be used; the first, {name}: {reason}")
    kept = np.sort(np.unique(digests[:at], return_index=True)[1])
    paths_kept = tuple(paths[i] for i in kept)
    clusters = np.unique([cluster(path) for path in paths_kept], return_inverse=True)[1] if cluster else np.arange(len(kept))
    table = Table(
        photos=tuple(printable(path) for path in paths_kept),
        clusters=clusters,
        top1=reference["top1"][kept],
        lead=reference["lead"][kept],
        probability=reference["probability"][kept],
        second=reference["second"][kept],
        ways=tuple(names),
        read=_Reader(answers, {name: i for i, name in enumerate(names)}, kept),
    )
    return Collected(table, paths_kept, at - len(kept), failed, tuple(reasons), refused)


@dataclass(frozen=True)
class _Group:
    """One file.

    Attributes:
        rows: from a photo's path to its row in ``numbers``.
        numbers: (photos, reference and ways).
        digests: of each photo with numbers, SHA-256.
        errors: of each without, the reason.
        refused: of each pipeline that gave no answer to some photo, its name, the first of them and the reason.
    """

    rows: dict[bytes, int]
    numbers: NDArray[Any]
    digests: dict[bytes, bytes]
    errors: dict[bytes, str]
    refused: tuple[tuple[str, bytes, str], ...]

    @classmethod
    def read(cls, path: Path, others: int) -> _Group:
        try:
            found = kept.read(path)
        except kept.Damaged:
            raise BadInput(f"sweep: {path} was damaged just now; the same command computes it again") from None
        except OSError:
            raise BadInput(
                f"sweep: {path} cannot be read; workers have to see the folder of results that this command sees"
            ) from None
        valid = found["error"].is_null()
        errors = found.filter(pyarrow.compute.invert(valid)).select(["photo", "error"]).to_pylist()
        found = found.filter(valid)
        photos = found["photo"].to_pylist()
        first = [i for i, way in enumerate(found["way"].to_pylist()) if way == ""]
        columns = ("top1", "margin", "kl", "probability", "second")
        numbers = np.empty(len(photos), [(name, found[name].type.to_pandas_dtype()) for name in columns])
        for name in columns:
            numbers[name] = found[name].to_numpy()
        digests = found["sha256"].to_pylist()
        without = found.filter(found["refused"].is_valid()).select(["way", "photo", "refused"]).to_pylist()
        refused = {each["way"]: (each["way"], each["photo"], each["refused"]) for each in reversed(without)}
        return cls(
            {photos[i]: row for row, i in enumerate(first)},
            numbers.reshape(len(first), 1 + others),
            {photos[i]: digests[i].encode() for i in first},
            {each["photo"]: each["error"] for each in errors},
            tuple(refused.values()),
        )


@dataclass(frozen=True)
class _Reader:
    answers: NDArray[Any]
    ways: dict[str, int]
    kept: NDArray[np.intp]

    def __call__(self, way: str) -> Answers:
        row = self.answers[self.ways[way]]
        return Answers(row["top1"][self.kept], row["margin"][self.kept], row["kl"][self.kept])
