"""The package that operations install, built, installed where there is nothing else, and held against PyTorch."""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from lib import cache
from lib.bundle import bom, names, requirements, versions, wheels, words
from lib.bundle.contents import Contents, Evidence, contents
from lib.bundle.names import BILL, CONTAINER, OF_SERVICE, README, REQUIREMENTS, SERVICE
from lib.bundle.wheel import build
from lib.compare.comparison import Comparison, flips, worst
from lib.deploy.machine import threads
from lib.deploy.manifest import Manifest
from lib.deploy.stages import decode
from lib.export import end_to_end, graph
from lib.export.exporter import domain
from lib.handoff import Handoff
from lib.inputs import deployment
from lib.inputs.reading import read_bytes
from lib.inputs.weights import digest_of
from lib.numbers import finite
from lib.policy import Policy
from lib.policy.results import listed
from lib.report.checks import Checks
from lib.report.run import EVIDENCE, PACKAGE
from lib.studies.handoff.costs import Cost, of_pytorch
from lib.studies.handoff.proof import Proof, prove
from lib.studies.handoff.unseen import unseen, written

BUILDS = 2  # of the wheel, which have to be the same bytes
THUMBNAIL = 168  # pixels
NAMED = 3  # failed checks that a reason names
MOST = 10**8  # bytes of a run's results


@dataclass(frozen=True)
class Proven:
    """One set of versions, and what the package answered with it.

    Attributes:
        proof: what came of the environment.
        answers: the package's command against PyTorch, a comparison a photo.
        beside: the end-to-end file, opened by the package, against PyTorch; empty where there is no such file.
    """

    proof: Proof
    answers: tuple[Comparison, ...]
    beside: tuple[Comparison, ...]

    @property
    def name(self) -> str:
        """The set of versions in a line."""
        return ", ".join(f"{name} {version}" for name, version in self.proof.versions.items())


@dataclass(frozen=True)
class Study:
    """What was built and measured.

    Attributes:
        manifest: what the package says of itself.
        wheel: the file.
        builds: SHA-256 of each build.
        off: names of files that are not in the wheel as they are here, or should not be in it.
        packed: how many files the package has.
        end_to_end: the file beside the wheel; None where there is none.
        missing: why there is none, or empty.
        locked: the files of requirements with hashes.
        proven: what came of each set of versions, the lowest first.
        eager: what eager PyTorch costs.
        rounds: how many answers were timed.
        photo: the name of the photo that was timed.
        complaints: what the validator says against the bill of materials.
        parts: how many components the bill of materials has.
        dockerfile: the text of it.
        pictures: thumbnails of the photos that were answered, uint8 (h, w, 3), by name.
    """

    manifest: Manifest
    wheel: Path
    builds: tuple[str, ...]
    off: tuple[str, ...]
    packed: int
    end_to_end: Path | None
    missing: str
    locked: tuple[Path, ...]
    proven: tuple[Proven, ...]
    eager: Cost
    rounds: int
    photo: str
    complaints: tuple[str, ...]
    parts: int
    dockerfile: str
    pictures: Mapping[str, NDArray[np.uint8]]

    @property
    def cost(self) -> Cost:
        """What the package costs with the versions that are installed here."""
        cost = self.proven[-1].proof.cost
        assert cost is not None
        return cost


def measured(handoff: Handoff, policy: Policy, run: str, which: str, parts: int, seed: int, rounds: int) -> Study | str:
    """Pack a hand-off, install it where there is nothing else, and hold its answers against PyTorch's.

    Args:
        handoff: the hand-off.
        policy: whose tolerances the package tests itself by.
        run: the folder that a run works in, with what it measured; empty packs without a run.
        which: the versions of libraries to prove it with, as :func:`lib.bundle.versions.sets` takes it.
        parts: how many parts of the run's photos to answer, cut out at random.
        seed: for where.
        rounds: answers to time.

    Returns:
        What was measured, or why there is nothing to pack.

    Raises:
        BadInput: wheels for an environment are missing, the package cannot be installed, or there is no run in that folder.
    """
    wheels.require(which)
    sets, evidence = versions.sets(which), _evidence(run)
    if reason := _obstacle(handoff, evidence):
        return reason
    folder = _folder(handoff, run)
    contract = handoff.subject.contract
    missing = end_to_end.obstacle(contract, graph.opset(onnx.load(handoff.onnx_path)))
    beside = None if missing else Path(shutil.copy(end_to_end.written(handoff.onnx_path, contract), folder))
    locked = _locked(folder, sets[-1])
    packed = contents(
        handoff, policy.tolerances, sets, {path.name: path for path in ([beside] if beside else []) + locked}, evidence
    )
    manifest = packed.manifest
    wheel, builds = _built(packed, folder)
    photos = unseen(handoff, domain(handoff.subject), parts, seed)
    expected = {name: handoff.reference(data) for name, data in photos.items()}
    classes = len(handoff.subject.classes)
    proven, first = [], handoff.photos.readable[0]
    for each in sets:
        timed = first.data if each == sets[-1] else None
        proof = prove(wheel, manifest, each, classes, photos, beside, timed, rounds)
        answers = _held(expected, proof.answers, "package")
        proven.append(Proven(proof, answers, _held(expected, proof.beside, "end-to-end file") if beside else ()))
    bill = bom.document(wheel, manifest.as_json(), proven[-1].proof.libraries, evidence.results if evidence else None)
    dockerfile = words.dockerfile(manifest)
    texts = {BILL: bill, CONTAINER: dockerfile, README: words.readme(manifest), SERVICE: words.service(manifest)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        eager = of_pytorch(handoff, written({"photo": first.data}, Path(scratch))[0], rounds)
    return Study(
        manifest=manifest,
        wheel=wheel,
        builds=builds,
        off=_off(packed, wheel),
        packed=len(packed.all),
        end_to_end=beside,
        missing=missing,
        locked=tuple(locked),
        proven=tuple(proven),
        eager=eager,
        rounds=rounds,
        photo=first.name,
        complaints=tuple(bom.complaints(bill)),
        parts=len(json.loads(bill)["components"]),
        dockerfile=dockerfile,
        pictures={name: _thumbnail(data) for name, data in photos.items()},
    )


def _thumbnail(data: bytes) -> NDArray[np.uint8]:
    picture = decode(data)
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    return np.asarray(picture)


def _obstacle(handoff: Handoff, evidence: Evidence | None) -> str:
    """Why there is nothing to pack; empty where there is."""
    if handoff.deployment_name != deployment.DEFAULT:
        return f"the deployment under test is {handoff.deployment_name}, and a package holds the workbook's own"
    failed = evidence.failed if evidence else []
    if failed:
        return f"no package is made where checks failed: {listed(failed, NAMED)}"
    return ""


def _folder(handoff: Handoff, run: str) -> Path:
    """Where the package goes: into the run's folder; without a run into the cache, in place of what lay there."""
    if run:
        return Path(run) / PACKAGE
    folder = cache.directory() / PACKAGE / names.distribution(handoff.subject.name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _locked(folder: Path, versions_: Mapping[str, str]) -> list[Path]:
    """The requirements with hashes, of the package and of the service beside it."""
    paths = []
    for name, each in ((REQUIREMENTS, versions_), (OF_SERVICE, versions.of_service())):
        paths.append(folder / name)
        paths[-1].write_text(requirements.locked(each), encoding="utf-8")
    return paths


def _evidence(run: str) -> Evidence | None:
    return Evidence(read_bytes(Path(run) / PACKAGE / EVIDENCE, "run", MOST)) if run else None


def _built(packed: Contents, folder: Path) -> tuple[Path, tuple[str, ...]]:
    """The wheel in its folder, and the SHA-256 of each build."""
    wheel = build(packed, folder)
    digests = [digest_of(wheel)]
    for _ in range(BUILDS - 1):
        with tempfile.TemporaryDirectory() as scratch:
            digests.append(digest_of(build(packed, Path(scratch))))
    return wheel, tuple(digests)


def _off(packed: Contents, wheel: Path) -> tuple[str, ...]:
    """What is in the wheel otherwise than it was given, is missing there, or lies there besides."""
    module = names.module(packed.manifest.name)
    with zipfile.ZipFile(wheel) as archive:
        found = {name: archive.read(name) for name in archive.namelist() if not name.split("/")[0].endswith(".dist-info")}
    given = {f"{module}/{name}": data for name, data in packed.all.items()}
    return tuple(sorted(name for name in found.keys() | given.keys() if found.get(name) != given.get(name)))


def _held(expected: Mapping[str, NDArray[Any]], found: Mapping[str, NDArray[np.float32]], name: str) -> tuple[Comparison, ...]:
    """A comparison a photo; one that was not answered has NaN for its probabilities."""
    nothing = {photo: np.full(probabilities.shape[1], np.nan, np.float32) for photo, probabilities in expected.items()}
    return tuple(
        Comparison.of(photo, name, {"score": (probabilities, (nothing | dict(found))[photo][None])})
        for photo, probabilities in expected.items()
    )


def record(study: Study | str, checks: Checks) -> None:
    """Record what was found, the wheel's SHA-256 with it, and leave what it costs for the verdict's page.

    Args:
        study: what was measured; or why there was nothing to measure, which is said of every check.
        checks: of the notebook.
    """
    if isinstance(study, str):
        for check in checks.policy.of(checks.notebook):
            checks.skip(check.id, study)
        return
    proven, n = study.proven, len(study.proven)
    answers = [each for one in proven for each in one.answers]
    beside = [each for one in proven for each in one.beside]
    checks.record("handoff.reproducible", len(set(study.builds)) - 1, len(study.builds))
    checks.record("handoff.contents", len(study.off), study.packed, study.off)
    installed = sum(len(each.proof.libraries) for each in proven)
    unneeded = tuple(name for each in proven for name in each.proof.unneeded)
    checks.record("handoff.environment", len(unneeded), installed, unneeded)
    checks.record("handoff.free-of-pytorch", all(each.proof.without_pytorch for each in proven), n)
    failing = tuple(each.name for each in proven if not each.proof.passed)
    checks.record("handoff.selftest", len(failing), n, failing)
    traces = tuple(trace for each in proven for trace in each.proof.traces)
    checks.record("handoff.quiet", len(traces), n, traces)
    checks.record("handoff.guard", all(each.proof.notices for each in proven), n)
    checks.flips("handoff.flips", answers)
    checks.compare("handoff.probabilities", answers, "score")
    if study.end_to_end is not None:
        checks.compare("handoff.end-to-end", beside, "score")
        checks.about(study.end_to_end)
    else:
        checks.skip("handoff.end-to-end", study.missing)
    checks.record("handoff.bom", len(study.complaints), study.parts)
    for path in (study.wheel, *study.locked):
        checks.about(path)
    checks.tell("package", told(study))


def told(study: Study) -> dict[str, Any]:
    """What the verdict's page says of the package: JSON types."""
    manifest, answers = study.manifest, [each for one in study.proven for each in one.answers]
    beside = [each for one in study.proven for each in one.beside]
    return {
        "name": manifest.name,
        "version": manifest.version,
        "wheel": {"name": study.wheel.name, "bytes": study.wheel.stat().st_size, "sha256": study.builds[0]},
        "requires": list(manifest.requires),
        "python": manifest.python,
        "tested": list(manifest.tested),
        "libraries": [asdict(each) for each in study.proven[-1].proof.libraries],
        "photos": {
            "compared": len(answers),
            "other_classes": flips(answers),
            "probability": finite(worst(answers, "score")),
        },
        "end_to_end": {
            "compared": len(beside),
            "other_classes": flips(beside),
            "probability": finite(worst(beside, "score")),
        }
        if beside
        else None,
        "costs": {
            "pytorch": study.eager.as_json("PyTorch, eager"),
            "shipped": study.cost.as_json("the package"),
            "conditions": {
                "photo": study.photo,
                "batch": 1,
                "rounds": study.rounds,
                "threads": threads(),
                "timed": "from a photo's bytes to probabilities, each in a process of its own",
            },
        },
    }
