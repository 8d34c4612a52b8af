"""Faults of a package: installed, for its own ``selftest`` to find, and in the wheel of a report, for ``verify``."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from PIL import Image

from lib import handoff
from lib.bundle.environment import Environment
from lib.deploy import package
from lib.deploy.model import CLASSES_KEY
from lib.gate.bench import Bench
from lib.gate.case import SHIPS, STOPS, Case, Outcome
from lib.gate.shipped import copied, installed, left, tested
from lib.inputs.reading import sha256
from lib.report.run import EVIDENCE, PACKAGE
from lib.studies.handoff import quiet

MODEL, GOLDEN, CLASSES, MANIFEST = (
    package.name(path) for path in (package.MODEL, package.GOLDEN, package.CLASSES, package.MANIFEST)
)
PHOTO = package.name(package.PHOTOS / "coffee.jpg")
METADATA, RECORD = ".dist-info/METADATA", ".dist-info/RECORD"

# Bytes by name: of the package's own files, and of what pip reads, under .dist-info/.
Files = dict[str, bytes]
Change = Callable[[Files], object]


def _fitted(files: Files) -> None:
    """The manifest's hashes made to fit the files."""
    told = json.loads(files[MANIFEST])
    told["files"] = {
        name: sha256(data) for name, data in files.items() if name != MANIFEST and not name.startswith(".dist-info/")
    }
    files[MANIFEST] = json.dumps(told, indent=1, ensure_ascii=False).encode()


def _and_fitted(change: Change) -> Change:
    def both(files: Files) -> None:
        change(files)
        _fitted(files)

    return both


# ---- what is done to a package's files


def _edited(name: str, old: str, new: str) -> Change:
    def change(files: Files) -> None:
        text = files[name].decode()
        assert re.search(old, text), old
        files[name] = re.sub(old, new, text).encode()

    return change


def _told(change: Callable[[dict[str, Any]], object]) -> Change:
    """A change to the manifest's fields."""

    def apply(files: Files) -> None:
        told = json.loads(files[MANIFEST])
        change(told)
        files[MANIFEST] = json.dumps(told).encode()

    return apply


def _golden(stage: str, by: float) -> Change:
    """One number of a golden trace."""

    def change(files: Files) -> None:
        with np.load(io.BytesIO(files[GOLDEN])) as file:
            arrays = dict(file)
        name = next(each for each in arrays if each.endswith(f"/{stage}"))
        arrays[name].reshape(-1)[0] += by
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **arrays)
        files[GOLDEN] = buffer.getvalue()

    return change


def _photo(files: Files) -> None:
    picture = np.asarray(Image.open(io.BytesIO(files[PHOTO]))).copy()
    picture[:8, :8] = 255 - picture[:8, :8]
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=95)
    files[PHOTO] = buffer.getvalue()


def _exchanged(names: list[str]) -> list[str]:
    return [names[1], names[0], *names[2:]]


def _classes(files: Files) -> None:
    files[CLASSES] = json.dumps(_exchanged(json.loads(files[CLASSES])), indent=0, ensure_ascii=False).encode()


def _classes_of_model(files: Files) -> None:
    model = onnx.load_model_from_string(files[MODEL])
    entry = next(each for each in model.metadata_props if each.key == CLASSES_KEY)
    entry.value = json.dumps(_exchanged(json.loads(entry.value)))
    files[MODEL] = model.SerializeToString()


def _all_classes(files: Files) -> None:
    _classes(files)
    _classes_of_model(files)


def _of_another_subject(files: Files) -> None:
    files[MODEL] = handoff.load("b0-stand-in").onnx_path.read_bytes()


def _bit(files: Files) -> None:
    data = bytearray(files[MODEL])
    data[len(data) // 2] ^= 0x40
    files[MODEL] = bytes(data)


def _code(files: Files) -> None:
    files["stages.py"] += b"\n# another line\n"


def _added(files: Files) -> None:
    files["extra.py"] = b"import this\n"


def _any_version(files: Files) -> None:
    _edited(METADATA, r"(?m)^(Requires-Dist: \w+)\S*$", r"\1")(files)


def _any_version_told(files: Files) -> None:
    _any_version(files)
    _told(lambda told: told.update(requires=[re.split("[=<>]", each)[0] for each in told["requires"]]))(files)


def _tested_lower(told: dict[str, Any]) -> None:
    for each in told["tested"]:
        each["numpy"] = "1.0.0"


def _contract(told: dict[str, Any]) -> None:
    told["contract"]["filter"] = "nearest"


def _with_line(line: str) -> Change:
    """One more line of code, run when the package is imported."""

    def change(files: Files) -> None:
        files["__init__.py"] += f"\n{line}\n".encode()

    return change


# What a package does beside answering, with a word of what is seen of it.
_LOUD: tuple[tuple[str, Change, str], ...] = (
    ("telemetry is left on", _edited("__init__.py", r"(?m)^telemetry\.switch_off\(\)$", ""), "onnxruntime.db"),
    ("a name is looked up", _with_line("__import__('socket').getaddrinfo('127.0.0.1', 9)"), "socket.getaddrinfo"),
    ("a file is left at home", _with_line("__import__('pathlib').Path.home().joinpath('device').touch()"), "home/device"),
)


# Name, change, words for selftest where it has to find it, words for verify.
_BOTH: tuple[tuple[str, Change, tuple[str, ...], tuple[str, ...]], ...] = (
    ("a number of a golden trace", _golden("infer", 1), (GOLDEN,), (GOLDEN,)),
    (
        "a number of a golden trace, the manifest made to fit",
        _and_fitted(_golden("infer", 1)),
        ("infer off by 1",),
        ("another file",),
    ),
    (
        "a level of a golden picture, the manifest made to fit",
        _and_fitted(_golden("decode", 3)),
        ("decode off by",),
        ("another file",),
    ),
    ("pixels of a golden photo", _photo, (PHOTO,), (PHOTO,)),
    (
        "pixels of a golden photo, the manifest made to fit",
        _and_fitted(_photo),
        ("coffee.jpg: decode off by",),
        ("another file",),
    ),
    (
        "no golden trace",
        _and_fitted(_told(lambda told: told.update(golden={}))),
        ("golden traces: there are none",),
        ("field 'golden'",),
    ),
    ("two class names exchanged in the list", _classes, (CLASSES, "class names"), (CLASSES, "class names")),
    (
        "two class names exchanged in the list, the manifest made to fit",
        _and_fitted(_classes),
        ("class names",),
        ("class names",),
    ),
    (
        "two class names exchanged in the model, the manifest made to fit",
        _and_fitted(_classes_of_model),
        ("class names",),
        (f"{MODEL}: is another network", "class names"),
    ),
    (
        "two class names exchanged everywhere, the manifest made to fit",
        _and_fitted(_all_classes),
        (),
        (f"{MODEL}: is another network",),
    ),
    ("the model of another subject", _of_another_subject, (MODEL,), (MODEL,)),
    (
        "the model of another subject, the manifest made to fit",
        _and_fitted(_of_another_subject),
        ("model",),
        (f"{MODEL}: is another network",),
    ),
    ("a bit of the model", _bit, (MODEL,), (MODEL,)),
    ("a bit of the model, the manifest made to fit", _and_fitted(_bit), (), (f"{MODEL}: is another network",)),
    ("no model", lambda files: files.pop(MODEL), (MODEL,), (f"{MODEL} is missing",)),
    ("a file added", _added, ("extra.py was not packed",), ("extra.py was not packed",)),
    ("a file of code changed", _code, ("stages.py",), ("stages.py",)),
    ("a file of code changed, the manifest made to fit", _and_fitted(_code), (), ("another file than the run left",)),
    ("any version of libraries allowed", _any_version, ("requirements",), ("METADATA: Requires-Dist",)),
    (
        "any version of libraries allowed, the manifest made to fit",
        _any_version_told,
        (),
        ("requires numpy, where it was tested",),
    ),
    ("tested with another numpy", _told(_tested_lower), ("numpy:", "1.0.0"), ("field 'tested'", "requires numpy")),
    (
        "another contract in the manifest",
        _told(_contract),
        ("preprocessing contract",),
        ("contract in it and in the manifest differ",),
    ),
    ("wider sizes in the manifest", _told(lambda told: told["domain"].update(most=4096)), ("sizes",), ("sizes in it",)),
    ("wider tolerances in the manifest", _told(lambda told: told["tolerances"].update(infer=9)), (), ("field 'tolerances'",)),
    ("other evidence in the manifest", _told(lambda told: told["evidence"].update(sha256="0" * 64)), (), (EVIDENCE, "0" * 64)),
)
# The same, where selftest ends with a line that says that the package cannot be used.
_REFUSED: tuple[tuple[str, Change, str, tuple[str, ...]], ...] = (
    ("no manifest", lambda files: files.pop(MANIFEST), "manifest.json", ("manifest.json",)),
    (
        "a manifest with an unknown field",
        _told(lambda told: told.update(note="x")),
        "unknown field 'note'",
        ("unknown field 'note'",),
    ),
    (
        "a manifest without a field",
        _told(lambda told: told.pop("domain")),
        "field 'domain' is missing",
        ("field 'domain' is missing",),
    ),
    ("a manifest that is no JSON", lambda files: files.update({MANIFEST: b"{"}), "no JSON", ("no JSON",)),
)


# ---- where it is done


def _installed(bench: Bench, change: Change) -> tuple[Environment, Path, str]:
    """A package that was changed where it is installed: the environment, the folder to import it from, its module."""
    environment, site = installed(bench.seed), bench.folder / "site"
    own = copied(environment, site)
    information = next(site.glob("*.dist-info"))
    paths = {path: path.relative_to(own).as_posix() for path in own.rglob("*") if "__pycache__" not in path.parts}
    paths |= {path: f".dist-info/{path.relative_to(information).as_posix()}" for path in information.rglob("*")}
    files = {name: path.read_bytes() for path, name in paths.items() if path.is_file()}
    before = dict(files)
    change(files)
    for name in before.keys() | files.keys():
        inside = name.removeprefix(".dist-info/")
        path = information / inside if inside != name else own / name
        if name not in files:
            path.unlink()
        elif files[name] != before.get(name):
            path.write_bytes(files[name])
    return environment, site, own.name


def _in_environment(change: Change) -> Callable[[Bench], Outcome]:
    """A package that was changed where it is installed, and its selftest there."""
    return lambda bench: tested(*_installed(bench, change))


def _answering(change: Change) -> Callable[[Bench], Outcome]:
    """A package that was changed where it is installed, and what 10_handoff sees of it while it answers."""

    def run(bench: Bench) -> Outcome:
        environment, site, module = _installed(bench, change)
        photo = site / module / PHOTO
        # nothing of ours calls home: a proxy that is not there keeps even the look-up of a name from happening
        found = quiet.traces(environment, module, photo, str(site), https_proxy="http://127.0.0.1:9")
        return Outcome(STOPS, ("package",), ("handoff.quiet",), "\n".join(found)) if found else Outcome(SHIPS)

    return run


def _in_wheel(change: Change) -> Callable[[Path], None]:
    """A report whose wheel was opened, changed and closed again, with a RECORD that fits."""

    def apply(report: Path) -> None:
        wheel = next((report / PACKAGE).glob("*.whl"))
        module, version = wheel.name.split("-")[:2]
        files: Files = {}
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                first, _, rest = name.partition("/")
                files[f".dist-info/{rest}" if first.endswith(".dist-info") else rest] = archive.read(name)
        change(files)
        full = {
            f"{module}-{version}{name}" if name.startswith(".dist-info/") else f"{module}/{name}": data
            for name, data in files.items()
            if name != RECORD
        }
        _write(wheel, full, f"{module}-{version}{RECORD}")

    return apply


def _write(wheel: Path, files: Files, record: str) -> None:
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\n")
    for name, data in files.items():
        digest = urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
        writer.writerow((name, f"sha256={digest}", len(data)))
    writer.writerow((record, "", ""))
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_STORED) as archive:
        for name, data in {**files, record: rows.getvalue().encode()}.items():
            archive.writestr(name, data)


CASES = (
    *(
        Case("package", f"installed: {name}", "package", _in_environment(change), words)
        for name, change, words, _ in _BOTH
        if words
    ),
    *(Case("package", f"installed: {name}", said, _in_environment(change)) for name, change, said, _ in _REFUSED),
    *(Case("package", f"wheel: {name}", "package", left(_in_wheel(change)), words) for name, change, *_, words in _BOTH),
    *(Case("package", f"wheel: {name}", "package", left(_in_wheel(change)), words) for name, change, *_, words in _REFUSED),
    Case("package", "wheel: packed again", "package", left(_in_wheel(lambda _: None)), ("is another file than the run left",)),
    *(Case("package", f"answering: {name}", "package", _answering(change), (said,)) for name, change, said in _LOUD),
    Case("package", "answering: as it was installed", "", _answering(lambda _: None)),
    Case("package", "as it was installed", "", _in_environment(lambda _: None)),
)
