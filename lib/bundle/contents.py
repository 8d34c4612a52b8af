"""Everything that lies in a package: the deployment's own code, the model, names, golden traces, and the manifest of it all."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lib.bundle import golden, memory, names, versions
from lib.cache import LIB, ROOT
from lib.deploy import Model, package
from lib.deploy.manifest import FORMAT, Manifest
from lib.handoff import Handoff
from lib.inputs.reading import sha256
from lib.inputs.weights import digest_of
from lib.runtimes.package import NOT_SAID, about

DEPLOY = LIB / "deploy"
LICENCE = "Apache-2.0"  # of lib.deploy, whose text is in LICENSE


@dataclass(frozen=True)
class Evidence:
    """The checks that a run had passed when it packed: its results without those of the package.

    Attributes:
        data: the bytes of the file, as :meth:`lib.report.run.Run.as_json` has them.
    """

    data: bytes

    @property
    def results(self) -> dict[str, Any]:
        """What the file says."""
        results: dict[str, Any] = json.loads(self.data)
        return results

    @property
    def made(self) -> datetime.datetime:
        """When the run began."""
        return datetime.datetime.fromisoformat(self.results["started"])

    @property
    def failed(self) -> list[str]:
        """Ids of the checks because of which it may not ship."""
        return [each["id"] for each in self.results["checks"] if _failed(each)]

    @property
    def said(self) -> dict[str, Any]:
        """What the manifest says of it."""
        commit = self.results["git"]["commit"] or "unknown"
        passed = sum(each["passed"] for each in self.results["checks"])
        return {"sha256": sha256(self.data), "checks": passed, "commit": commit}


def _failed(check: Mapping[str, Any]) -> bool:
    return check["severity"] == "error" and not check["passed"] and not check["skipped"]


@dataclass(frozen=True)
class Contents:
    """The files of a package.

    Attributes:
        files: bytes by name, from the package's own folder on, without the manifest.
        manifest: what it says of itself.
        made: when its run began; where there is no run, now.
    """

    files: Mapping[str, bytes]
    manifest: Manifest
    made: datetime.datetime

    @property
    def all(self) -> dict[str, bytes]:
        """The files with the manifest."""
        return {**self.files, package.name(package.MANIFEST): self.manifest.to_json().encode()}


def contents(
    handoff: Handoff,
    tolerances: Mapping[str, float],
    sets: Sequence[Mapping[str, str]],
    beside: Mapping[str, Path],
    evidence: Evidence | None,
) -> Contents:
    """What is to be packed of a hand-off.

    Args:
        handoff: whose exported file, names and PyTorch pipeline.
        tolerances: what the output of each stage may differ by from PyTorch's.
        sets: the versions that the package is going to be run with; see :func:`lib.bundle.versions.sets`.
        beside: files that are handed over beside the wheel, by name.
        evidence: what the run has measured; None where there is no run.
    """
    model = Model.open(handoff.onnx_path)
    photos = golden.small(model.contract.size)
    traces, likeliest = golden.traces(photos, handoff.reference)
    files = {path.name: path.read_bytes() for path in sorted([*DEPLOY.glob("*.py"), DEPLOY / "py.typed"])}
    files |= {
        package.name(package.MODEL): handoff.onnx_path.read_bytes(),
        package.name(package.CLASSES): json.dumps(model.classes, indent=0, ensure_ascii=False).encode(),
        package.name(package.GOLDEN): traces,
        **{package.name(package.PHOTOS / name): data for name, data in photos.items()},
    }
    made = evidence.made if evidence else datetime.datetime.now(datetime.UTC)
    subject = handoff.subject
    manifest = Manifest(
        format=FORMAT,
        name=names.distribution(subject.name),
        version=names.version(made if evidence else None),
        made=made.isoformat(timespec="seconds"),
        subject={
            "name": subject.name,
            "about": subject.about,
            "sha256": subject.digest,
            "claims_accuracy": subject.claims_accuracy,
            "preprocessing_source": subject.source,
        },
        weights={"name": handoff.weights_name, "sha256": handoff.weights_sha256},
        contract=json.loads(model.contract.to_json()),
        domain=asdict(model.domain),
        files={name: sha256(data) for name, data in files.items()},
        beside={name: digest_of(path) for name, path in beside.items()},
        memory=memory.measured(handoff.onnx_path),
        tolerances=dict(tolerances),
        golden={name: model.classes[index] for name, index in likeliest.items()},
        requires=versions.requirements(sets),
        python=versions.python(),
        tested=versions.tested(sets),
        licences={
            "package": LICENCE,
            "model": subject.weights.licence or NOT_SAID,
            "photos": golden.LICENCES,
            "libraries": {name: str(about(name)["licence"]) for name in versions.LIBRARIES},
        },
        evidence=evidence.said if evidence else None,
    )
    return Contents(files, manifest, made)


def licence_text() -> bytes:
    """The text of the licence of :mod:`lib.deploy`."""
    return (ROOT / "LICENSE").read_bytes()
