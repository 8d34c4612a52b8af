"""What operations install, held to the run that left it: the wheel, what lies beside it, and what each says of the others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import onnx

from lib.audit import strict
from lib.audit.finding import Complaints, held, words
from lib.audit.recomputed import NAME, Report, as_json
from lib.audit.wheel import Wheel, beyond_tested
from lib.bundle import bom, names
from lib.bundle.libraries import Library
from lib.bundle.names import BILL, CONTAINER, README, SERVICE
from lib.bundle.words import dockerfile, readme, service
from lib.deploy import Contract, Domain, package
from lib.deploy.errors import quoted
from lib.deploy.finding import Finding
from lib.deploy.model import CLASSES_KEY, CONTRACT_KEY, DOMAIN_KEY
from lib.inputs.reading import read_bytes, sha256
from lib.numbers import counted
from lib.report.run import EVIDENCE, PACKAGE, Run

MODEL = package.name(package.MODEL)


def findings(report: Report) -> Iterator[Finding]:
    """Everything about the folder of what operations install, one thing after the other."""
    said, folder = report.said, report.folder / PACKAGE
    yield from held(PACKAGE, _place(said, folder))
    wheels = sorted(folder.glob("*.whl")) if folder.is_dir() and not folder.is_symlink() else []
    if len(wheels) != 1 or wheels[0].is_symlink():
        return
    path = wheels[0]
    try:
        wheel = Wheel.read(path)
    except Exception as error:  # whatever an archive that was made to break its reader leads to
        yield Finding(f"{PACKAGE}/{path.name}", words(error), wrong=True)
        return
    parts = {
        path.name: _wheel(wheel, said),
        "manifest": _manifest(wheel, report),
        MODEL: _model(wheel, said),
        EVIDENCE: _evidence(wheel, report, folder),
        BILL: _bill(wheel, report, folder),
        "beside": _beside(wheel, report, folder),
    }
    for about, complaints in parts.items():
        yield from held(f"{PACKAGE}/{about}", complaints)


def _place(said: Mapping[str, Any], folder: Path) -> Complaints:
    """Whether there is a package exactly where there has to be one."""
    ships, packed = said["verdict"] == "ship", bool(said["told"].get("package"))
    if not ships or not packed:
        why = "nothing was packed" if ships else f"the verdict is {quoted(said['verdict'])}"
        if folder.exists() or folder.is_symlink():
            yield f"is there, though {why}"
        return f"is not there: {why}"
    if folder.is_symlink() or not folder.is_dir():
        yield "is missing, or no folder; the verdict is 'ship'"
        return ""
    name = said["told"]["package"]["wheel"]["name"]
    found = sorted(path.name for path in folder.glob("*.whl"))
    if found != [name]:
        yield f"holds the wheels {', '.join(found) or 'none'}, where the run left {name}"
    return f"holds {name}, as a run that says ship leaves it"


def _wheel(wheel: Wheel, said: Mapping[str, Any]) -> Complaints:
    """The file as the run's results have it, and as it says itself."""
    told = said["told"]["package"]["wheel"]
    for where, expected in ((f"{NAME}: files", said["files"].get(wheel.name)), (f"{NAME}: told", told["sha256"])):
        if wheel.sha256 != expected:
            yield f"is another file than the run left: its SHA-256 is {wheel.sha256}, and {expected} by {where}"
    yield from wheel.complaints()
    yield from beyond_tested(wheel.manifest)
    return f"SHA-256 {wheel.sha256}, as the run recorded it; {counted(len(wheel.held), 'file')} as RECORD and manifest say"


def _manifest(wheel: Wheel, report: Report) -> Complaints:
    """What the package says of itself, held to what the run says."""
    manifest, said = wheel.manifest, report.said
    subject, told, evidence = said["subject"], said["told"]["package"], manifest.evidence or {}
    libraries = {name: said["versions"].get(name) for name in (manifest.tested[-1] if manifest.tested else ())}
    shared = ("name", "about", "sha256", "claims_accuracy", "preprocessing_source")
    for field, found, expected in (
        ("name", manifest.name, names.distribution(subject["name"])),
        ("made", manifest.made, said["started"]),
        ("subject", dict(manifest.subject), {name: subject[name] for name in shared}),
        ("weights", dict(manifest.weights), {"name": subject["weights"], "sha256": subject["weights_sha256"]}),
        ("tolerances", dict(manifest.tolerances), report.policy.tolerances),
        ("tested", dict(manifest.tested[-1]) if manifest.tested else {}, libraries),
        ("evidence", evidence.get("commit"), said["git"]["commit"] or "unknown"),
        *((name, _plain(getattr(manifest, name)), told[name]) for name in ("name", "version", "requires", "python", "tested")),
    ):
        if found != expected:
            yield f"field '{field}' is {quoted(found)}, and {quoted(expected)} by {NAME}"
    photos = {package.name(package.PHOTOS / name) for name in manifest.golden}
    if photos != {name for name in manifest.files if name.startswith(f"{package.name(package.PHOTOS)}/")}:
        yield "field 'golden' names other photos than lie in the package"
    return f"{manifest.name} {manifest.version}: subject, weights, tolerances and versions are those of the run"


def _model(wheel: Wheel, said: Mapping[str, Any]) -> Complaints:
    """The network, and what it says of its own preprocessing."""
    data, manifest = wheel.own[MODEL], wheel.manifest
    network = next(each for each in said["told"]["files"] if each["role"] == "network")
    for where, expected in (
        (f"{NAME}: files: {network['name']}", said["files"].get(network["name"])),
        (f"{NAME}: told", network["sha256"]),
    ):
        if sha256(data) != expected:
            yield f"is another network than was exported: its SHA-256 is {sha256(data)}, and {expected} by {where}"
    stored = {entry.key: entry.value for entry in onnx.load_model_from_string(data).metadata_props}
    contract = Contract.from_mapping(json.loads(stored[CONTRACT_KEY]), CONTRACT_KEY)
    domain = Domain.from_mapping(json.loads(stored[DOMAIN_KEY]), DOMAIN_KEY)
    classes = json.loads(stored[CLASSES_KEY])
    if json.loads(contract.to_json()) != manifest.contract:
        yield "the preprocessing contract in it and in the manifest differ"
    if asdict(domain) != manifest.domain:
        yield "the sizes in it and in the manifest differ"
    if classes != json.loads(wheel.own[package.name(package.CLASSES)]):
        yield f"the class names in it and in {package.name(package.CLASSES)} differ"
    if not set(manifest.golden.values()) <= set(classes):
        yield "the manifest's field 'golden' names a class that it does not know"
    return "the exported network, with the contract, the sizes and the class names of the package"


def _evidence(wheel: Wheel, report: Report, folder: Path) -> Complaints:
    """What the run had measured when it packed, worked out again from the same notebooks."""
    data, told, run = read_bytes(folder / EVIDENCE, EVIDENCE, strict.MOST), wheel.manifest.evidence or {}, report.run
    if sha256(data) != told.get("sha256"):
        yield f"is another file than the manifest says: its SHA-256 is {sha256(data)}, and {told.get('sha256')} there"
    said = strict.parsed(data, EVIDENCE)
    found = _before_packing(run)
    for place, how in strict.differences(said | {"seconds": found["seconds"]}, found):
        yield f"{place} {how}"
    if told.get("checks") != len(found["checks"]):
        yield f"holds {len(found['checks'])} checks, and {told.get('checks')} by the manifest"
    return f"the {counted(len(found['checks']), 'check')} of all notebooks but the last, as {NAME} has them"


def _before_packing(run: Run) -> dict[str, Any]:
    """What the run had measured when it packed: that of all notebooks but the last."""
    first = [page for page in run.pages if not page.notebook.metadata.get("last", False)]
    return as_json(Run(first, run.record, run.policy, run.facts, complete=False))


def _bill(wheel: Wheel, report: Report, folder: Path) -> Complaints:
    """The bill of materials, which has to be valid, of this very package, and what its sources give."""
    text = read_bytes(folder / BILL, BILL, strict.MOST).decode()
    bill = strict.parsed(text.encode(), BILL)
    yield from bom.complaints(text)
    libraries = [Library(**each | {"requires": tuple(each["requires"])}) for each in report.run.told["package"]["libraries"]]
    made = bom.document(folder / wheel.name, wheel.manifest.as_json(), libraries, _before_packing(report.run))
    other = False
    for place, how in strict.differences(bill, strict.parsed(made.encode(), BILL)):
        other = True
        yield f"{place} {how}"
    if text != made and not other:
        yield "holds what it has to, written in another way than a run writes it"
    return f"valid CycloneDX 1.6, made again from wheel, notebooks and results: {counted(len(bill['components']), 'component')}"


def _beside(wheel: Wheel, report: Report, folder: Path) -> Complaints:
    """What lies beside the wheel: everything that the manifest names, the texts made of it, and nothing else."""
    manifest = wheel.manifest
    for name, expected in manifest.beside.items():
        if Path(name).name != name:
            yield f"{name}: leads outside of the folder"
            continue
        for where, digest in (("the manifest", expected), (f"{NAME}: files", report.said["files"].get(name))):
            if package.digest(folder / name) != digest:
                yield f"{name}: is another file than {where} says"
    texts: dict[str, str] = {README: readme(manifest), CONTAINER: dockerfile(manifest), SERVICE: service(manifest)}
    for name, text in texts.items():
        if read_bytes(folder / name, name) != text.encode():
            yield f"{name}: is not the text that is made of the manifest"
    known = {wheel.name, EVIDENCE, BILL, *texts, *manifest.beside}
    known |= {name.removeprefix(f"{PACKAGE}/") for name in report.made}
    yield from (f"{path.name}: was not handed over" for path in sorted(folder.iterdir()) if path.name not in known)
    return f"{', '.join([*texts, *manifest.beside])}: as the manifest has them, and nothing else"


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else [dict(each) if isinstance(each, Mapping) else each for each in value]
