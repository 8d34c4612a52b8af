"""A wheel in an environment that has nothing else: what it says of itself there, and what it answers."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lib.bundle import names, wheels
from lib.bundle.environment import Environment, fresh
from lib.bundle.libraries import Library, installed, needed_by
from lib.deploy import package
from lib.deploy.manifest import Manifest
from lib.inputs.weights import digest_of
from lib.studies.handoff import quiet
from lib.studies.handoff.costs import Cost, of_package
from lib.studies.handoff.unseen import written

# In the fresh environment: a file that lies beside the wheel, opened by the installed package.
_BESIDE = """
import dataclasses, json, sys
from {module} import Classifier
classifier = Classifier(sys.argv[1])
for photo in sys.argv[2:]:
    found = classifier.classify(photo, len(classifier.model.classes))
    print(json.dumps({{"photo": photo, "predictions": [dataclasses.asdict(each) for each in found]}}))
"""


@dataclass(frozen=True)
class Proof:
    """What came of one set of versions.

    Attributes:
        versions: of the three libraries, as they were asked for.
        libraries: everything that was installed beside the package.
        unneeded: what of that the package does not require.
        without_pytorch: whether ``import torch`` fails there.
        selftest: what the package says of itself, with its exit code.
        traces: sockets that it opened and files that it wrote while it answered a photo.
        notices: whether selftest finds an edited golden trace, with a manifest that was made to fit it.
        answers: probabilities float32 (classes,) by photo, from the package's own command.
        beside: the same from the end-to-end file, opened by the package; empty where there is none.
        cost: what it costs; None where that was not measured.
    """

    versions: Mapping[str, str]
    libraries: tuple[Library, ...]
    unneeded: tuple[str, ...]
    without_pytorch: bool
    selftest: subprocess.CompletedProcess[str]
    traces: tuple[str, ...]
    notices: bool
    answers: Mapping[str, NDArray[np.float32]]
    beside: Mapping[str, NDArray[np.float32]]
    cost: Cost | None

    @property
    def passed(self) -> bool:
        """Whether selftest found nothing."""
        return self.selftest.returncode == 0


def prove(
    wheel: Path,
    manifest: Manifest,
    versions: Mapping[str, str],
    classes: int,
    photos: Mapping[str, bytes],
    end_to_end: Path | None,
    timed: bytes | None,
    rounds: int,
) -> Proof:
    """Install a wheel in a fresh environment and try it.

    Args:
        wheel: the file.
        manifest: what it says of itself.
        versions: of the libraries to install.
        classes: how many its model knows.
        photos: files by name, to be answered.
        end_to_end: the file beside the wheel, or None.
        timed: the file of the photo to measure the cost on; None measures none.
        rounds: answers to time.

    Raises:
        BadInput: it cannot be installed.
    """
    temporary = tempfile.TemporaryDirectory
    with fresh(wheel, manifest.name, versions) as there, temporary() as folder, temporary() as apart:
        paths = written(photos, Path(folder))
        libraries = installed(there.site, wheels.FOLDER)
        answers = there.run(str(there.command), "predict", folder, "--json", "--top", str(classes))
        beside = None
        if end_to_end is not None:
            code = _BESIDE.format(module=names.module(manifest.name))
            beside = there.run(str(there.python), "-c", code, str(end_to_end), *map(str, paths))
        torch = there.run(str(there.python), "-c", "import torch")
        selftest = there.run(str(there.command), "selftest")
        cost = of_package(there, written({"photo": timed}, Path(apart))[0], rounds) if timed else None
        return Proof(
            versions=versions,
            libraries=tuple(each for each in libraries if each.name != manifest.name),
            unneeded=tuple(sorted({each.name for each in libraries} - needed_by([manifest.name], libraries))),
            without_pytorch="No module named 'torch'" in torch.stderr,
            selftest=selftest,
            traces=quiet.traces(there, names.module(manifest.name), paths[0]),
            notices=_notices(there),
            answers=_probabilities(answers, classes),
            beside=_probabilities(beside, classes) if beside else {},
            cost=cost,
        )


def _probabilities(ran: subprocess.CompletedProcess[str], classes: int) -> dict[str, NDArray[np.float32]]:
    """By photo, from what was printed; without those that were not answered."""
    found = {}
    for line in ran.stdout.splitlines():
        told = json.loads(line)
        if "predictions" in told:
            row = np.full(classes, np.nan, np.float32)
            for each in told["predictions"]:
                row[each["index"]] = each["probability"]
            found[Path(told["photo"]).name] = row
    return found


def _notices(there: Environment) -> bool:
    """Edit a golden trace and the manifest with it, and hear what selftest says; the environment is of no use afterwards."""
    here = there.site / names.module(there.package)
    golden, told = (here / package.name(path) for path in (package.GOLDEN, package.MANIFEST))
    with np.load(golden) as file:
        arrays = dict(file)
    edited = next(name for name in arrays if name.endswith("/infer"))
    arrays[edited] = arrays[edited] + 1
    np.savez_compressed(golden, **arrays)
    manifest = json.loads(told.read_text(encoding="utf-8"))
    manifest["files"][package.name(package.GOLDEN)] = digest_of(golden)
    told.write_text(json.dumps(manifest), encoding="utf-8")
    ran = there.run(str(there.command), "selftest")
    photo = edited.rpartition("/")[0]
    return ran.returncode == 1 and any(line.startswith(f"✗ {photo}: infer off by 1") for line in ran.stdout.splitlines())
