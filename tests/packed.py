"""Packages as folders, as pip would leave them, without pip: of a network that answers at once."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lib.bundle import names, versions
from lib.bundle.contents import Contents, contents
from lib.deploy import Contract, Domain, pipeline
from lib.handoff import Handoff

CLASSES = ("red", "leaf\ngreen", "bleu é")
CONTRACT = Contract(32, "squash", "box", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
DOMAIN = Domain(32, 64)
TOLERANCES = {"decode": 0, "resize": 0, "normalise": 1e-5, "infer": 1e-3, "score": 5e-4}
NAME = "tiny-onnx"
MODULE = "tiny_onnx"


def tiny(handoff: Handoff, folder: Path, **fields: Any) -> Handoff:
    """The hand-off with a network that answers with the mean of each channel, and other fields of its subject."""
    from tests.deploy.test_model import tiny as written

    entries = {
        "handoff.contract": CONTRACT.to_json(),
        "handoff.domain": DOMAIN.to_json(),
        "handoff.classes": json.dumps(CLASSES),
    }
    path = written(folder / "tiny.onnx", entries)
    subject = replace(handoff.subject, **{"name": "tiny", "classes": CLASSES, "contract": CONTRACT} | fields)
    copy = replace(handoff, subject=subject)
    vars(copy).update(onnx_path=path, reference=pipeline(path))
    return copy


def contents_of(handoff: Handoff, **changes: Any) -> Contents:
    """What is packed of a hand-off, for the versions that are installed here, without a run."""
    given: dict[str, Any] = {
        "tolerances": TOLERANCES, "sets": versions.sets("installed"), "beside": {}, "evidence": None,
    } | changes  # fmt: skip
    return contents(handoff, **given)


@dataclass(frozen=True)
class Package:
    """A package in a folder that Python can import from.

    Attributes:
        folder: that one.
        name: of the package, as pip knows it.
    """

    folder: Path
    name: str = NAME

    @property
    def here(self) -> Path:
        """The package's own folder."""
        return self.folder / names.module(self.name)

    @property
    def data(self) -> Path:
        return self.here / "data"

    def tell(self, **fields: Any) -> None:
        """Change the manifest."""
        path = self.data / "manifest.json"
        path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | fields), encoding="utf-8")

    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "manifest.json").read_text(encoding="utf-8"))
        return found

    def claim(self, name: str) -> None:
        """Let the manifest say of a file that it is as it was packed."""
        from lib.inputs.weights import digest_of

        self.tell(files=self.told()["files"] | {name: digest_of(self.here / name)})

    @contextmanager
    def imported(self, module: str = "") -> Iterator[Any]:
        """A module of the package, imported here and forgotten afterwards."""
        own = names.module(self.name)
        sys.path.insert(0, str(self.folder))
        importlib.invalidate_caches()
        try:
            yield importlib.import_module(f"{own}.{module}".rstrip("."))
        finally:
            sys.path.remove(str(self.folder))
            for each in [each for each in sys.modules if each.partition(".")[0] == own]:
                del sys.modules[each]

    def main(self, *arguments: str) -> int:
        """The package's command in this process."""
        with self.imported("command") as command:
            code: int = command.main(arguments)
            return code

    def command(self, *arguments: str) -> list[str]:
        """The package's command in a process of its own, to be started with :attr:`environment`."""
        return [sys.executable, "-m", names.module(self.name), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return kept | {"PYTHONPATH": str(self.folder)}

    def run(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """The package's command in a process of its own."""
        environment = self.environment | options.pop("env", {})
        given = {"capture_output": True, "encoding": "utf-8", "errors": "surrogateescape", "timeout": 60} | options
        done: subprocess.CompletedProcess[str] = subprocess.run(self.command(*arguments), env=environment, **given)
        return done


def laid_out(packed: Contents, folder: Path) -> Package:
    """Write a package as pip would leave it."""
    manifest = packed.manifest
    module = names.module(manifest.name)
    for name, data in packed.all.items():
        path = folder / module / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    metadata = folder / f"{module}-{manifest.version}.dist-info"
    metadata.mkdir()
    lines = [f"Name: {manifest.name}", f"Version: {manifest.version}"]
    lines += [f"Requires-Dist: {each}" for each in manifest.requires]
    (metadata / "METADATA").write_text("\n".join(["Metadata-Version: 2.4", *lines]) + "\n")
    return Package(folder, manifest.name)


def copy(package: Package, folder: Path) -> Package:
    """A copy of a package, to be damaged."""
    shutil.copytree(package.folder, folder)
    return replace(package, folder=folder)


def rows(text: str) -> list[Mapping[str, Any]]:
    """One JSON object a line."""
    return [json.loads(line) for line in text.splitlines()]
