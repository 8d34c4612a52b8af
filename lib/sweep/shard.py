"""One task of a sweep: some photos of a folder, through all pipelines, into one Parquet file for each group of them.

It takes paths and gives a few numbers. It may run twice, or be ended at any moment: a file is written under another name and
moved into place, under the key of what made it. So what lies there is whole, and made again it is the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lib import cache
from lib.cache import NO_ROOM
from lib.deploy import BadInput, Pipeline, files
from lib.inputs.reading import one_line
from lib.inputs.reading import sha256 as sha256_of
from lib.sweep import kept, versions
from lib.sweep.one_thread import one_thread
from lib.sweep.photo import Numbers, Prepared
from lib.sweep.plan import Plan, pipelines, renew
from lib.sweep.underway import Underway


@dataclass(frozen=True)
class Done:
    """What a task did.

    Attributes:
        files: of each group of the plan, below the folder of results.
        photos: how many files it was given.
        failed: how many of them have no numbers.
        computed: how many were worked on now; 0 where all lay there.
        damaged: a line on each file that was not what had been written, and was put aside and computed again.
    """

    files: tuple[str, ...]
    photos: int
    failed: int
    computed: int
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """Why a worker cannot do any task of this sweep.

    Attributes:
        why: one line, which says what is wrong and what to do.
    """

    why: str


@dataclass(frozen=True)
class Task:
    """Some photos of a folder.

    Attributes:
        plan: what is to be found out of them.
        folder: that they lie in.
        paths: theirs, from the folder on.
        results: the folder that numbers are written to.
    """

    plan: Plan
    folder: str
    paths: tuple[str, ...]
    results: str

    def run(self) -> Done | Refused:
        """Do what has not been done yet."""
        wrong = versions.differences(dict(self.plan.versions), versions.here())
        if wrong:
            return Refused(f"{'; '.join(wrong)}: install the same versions there, and start it again")
        for what, place in (("photos", self.folder), ("results", self.results)):
            if not Path(place).is_dir():
                return Refused(f"there is no folder {place}: {what} have to lie at one place for all workers")
        try:
            return self._done()
        except BadInput as error:
            return Refused(str(error))
        except OSError as error:
            if error.errno in NO_ROOM:
                return Refused(f"no room on the disk: {self.results}")
            raise

    def _done(self) -> Done:
        digests = [_digest(Path(self.folder, path)) for path in self.paths]
        content = hashlib.sha256(repr([*zip(self.paths, digests, strict=True)]).encode("utf-8", "surrogateescape")).hexdigest()
        places = [f"{key[:16]}/{content[:2]}/{content}.parquet" for key in self.plan.keys]
        damaged: list[str] = []
        missing = [number for number, place in enumerate(places) if not _kept(Path(self.results, place), damaged)]
        if missing:
            plan = Plan(self.plan.model, self.plan.sha256, tuple(self.plan.groups[n] for n in missing), self.plan.versions)
            with one_thread(plan):
                self._compute(plan, [Path(self.results, places[n]) for n in missing], [digest for digest, _ in digests])
        failed = _failed(Path(self.results, places[0]))
        return Done(tuple(places), len(self.paths), failed, len(self.paths) if missing else 0, tuple(damaged))

    def _compute(self, plan: Plan, places: Sequence[Path], digests: Sequence[str]) -> None:
        for place in places:
            place.parent.mkdir(parents=True, exist_ok=True)
        groups = [{"", *(way.name for way in group)} for group in plan.groups]
        rows: list[list[dict[str, object]]] = [[] for _ in groups]
        with Underway(places[0]) as underway:
            for path, digest, outcome in zip(self.paths, digests, self._outcomes(plan, digests, underway), strict=True):
                photo: dict[str, object] = {"photo": os.fsencode(path), "sha256": digest or None}
                for names, into in zip(groups, rows, strict=True):
                    if isinstance(outcome, str):
                        into.append(photo | {"error": outcome})
                    else:
                        into += [photo | _row(name, numbers) for name, numbers in outcome.items() if name in names]
            for place, into in zip(places, rows, strict=True):
                kept.write(place, into)

    def _outcomes(self, plan: Plan, digests: Sequence[str], underway: Underway) -> Iterator[dict[str, Numbers] | str]:
        """Of each photo its numbers, or why there are none. While one is answered, the next is decoded and resized."""
        with ThreadPoolExecutor(1) as beside:

            def prepared(number: int) -> Prepared | str:
                if number in underway.blamed:
                    return "ended the process that worked on it, more than once"
                underway.begins(number)
                photo = _prepared(Path(self.folder, self.paths[number]), digests[number], *pipelines(plan))
                if isinstance(photo, Prepared) and photo.over:
                    renew()  # a process of other people's code ended: the next photo gets a new one
                return photo

            ahead = beside.submit(prepared, 0)
            for number in range(len(self.paths)):
                photo = ahead.result()
                follows = number + 1 < len(self.paths)
                if follows and not underway.careful:
                    ahead = beside.submit(prepared, number + 1)
                yield photo if isinstance(photo, str) else _answered(photo)
                if follows and underway.careful:
                    ahead = beside.submit(prepared, number + 1)


def _digest(path: Path) -> tuple[str, str]:
    """SHA-256 of a file and an empty text, or an empty text and why it cannot be read."""
    try:
        with files.open_regular(path, files.PHOTO) as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), ""
    except OSError as error:
        return "", error.strerror or one_line(error)


def _prepared(path: Path, digest: str, reference: Pipeline, ways: Mapping[str, Pipeline]) -> Prepared | str:
    try:
        data = files.read(path, files.PHOTO)
        if sha256_of(data) != digest:
            return "was changed while it was read"
        return Prepared(data, reference, ways)
    except OSError as error:
        return error.strerror or one_line(error)
    except BadInput as error:
        return str(error)
    except MemoryError:
        return "takes more memory than there is"


def _answered(photo: Prepared) -> dict[str, Numbers] | str:
    try:
        return photo.answered()
    except BadInput as error:
        return str(error)


def _row(name: str, numbers: Numbers) -> dict[str, object]:
    return {
        "way": name,
        "top1": numbers.top1,
        "margin": numbers.margin,
        "kl": numbers.kl,
        "probability": numbers.probability,
        "second": numbers.second,
        "refused": numbers.refused or None,
    }


def _kept(place: Path, damaged: list[str]) -> bool:
    """Whether the numbers are there; a damaged file is put aside, and a line on it added."""
    try:
        kept.read(place)
        return True
    except FileNotFoundError:
        return False
    except kept.Damaged:
        with contextlib.suppress(FileNotFoundError):  # another worker has this task too
            damaged.append(cache.put_aside(place))
        return False


def _failed(place: Path) -> int:
    errors = kept.read(place)["error"]
    return len(errors) - errors.null_count
