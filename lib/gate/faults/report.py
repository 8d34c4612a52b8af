"""Faults of what a run leaves, for ``verify`` to find."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from lib.gate.case import Case
from lib.gate.shipped import left
from lib.policy.results import MIMETYPE
from lib.report import sums
from lib.report.run import EVIDENCE, PACKAGE

BILL = f"{PACKAGE}/bom.cdx.json"
MODEL = "model:data/model.onnx"  # in the bill of materials


def _results(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    return _json("results.json", change)


def _json(name: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def apply(report: Path) -> None:
        path = report / name
        told = json.loads(path.read_text(encoding="utf-8"))
        change(told)
        path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")

    return apply


def _check(id_: str, **values: Any) -> Callable[[dict[str, Any]], None]:
    def change(told: dict[str, Any]) -> None:
        next(each for each in told["checks"] if each["id"] == id_).update(values)

    return change


def _text(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    def apply(report: Path) -> None:
        path = report / name
        before = path.read_text(encoding="utf-8")
        path.write_text(change(before), encoding="utf-8")
        assert path.read_text(encoding="utf-8") != before, name

    return apply


def _without(name: str) -> Callable[[Path], None]:
    return lambda report: (report / name).unlink()


def _notebook(change: Callable[[Any], object]) -> Callable[[Path], None]:
    """A change to what an executed notebook recorded."""

    def apply(report: Path) -> None:
        path = report / "04_resize.ipynb"
        notebook = nbformat.read(path, as_version=4)
        change(notebook.cells[-1])
        nbformat.write(notebook, path)

    return apply


def _record(change: Callable[[Any], object]) -> Callable[[Path], None]:
    return _notebook(lambda cell: change(cell.outputs[0].data[MIMETYPE]))


def _bytes_of_wheel(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def apply(report: Path) -> None:
        wheel = next((report / PACKAGE).glob("*.whl"))
        wheel.write_bytes(change(wheel.read_bytes()))

    return apply


def _entry(name: str, data: bytes) -> Callable[[Path], None]:
    def apply(report: Path) -> None:
        with zipfile.ZipFile(next((report / PACKAGE).glob("*.whl")), "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data)

    return apply


def _consistent_value(report: Path) -> None:
    """A value in the notebook's own record and in the results, not in what the run had measured when it packed."""
    _record(lambda told: told["measurements"][0].update(compared=2))(report)
    id_ = json.loads((report / "04_resize.ipynb").read_text(encoding="utf-8"))["cells"][-1]["outputs"][0]["data"][MIMETYPE]
    _results(_check(id_["measurements"][0]["id"], compared=2))(report)


def _second_wheel(report: Path) -> None:
    wheel = next((report / PACKAGE).glob("*.whl"))
    shutil.copy(wheel, wheel.with_name("other-1-py3-none-any.whl"))


def _beside(report: Path) -> None:
    path = next((report / PACKAGE).glob("*.onnx"))
    path.write_bytes(path.read_bytes() + b"\0")


def _link(report: Path) -> None:
    (report / "report.html").unlink()
    (report / "report.html").symlink_to("index.html")


def _component(told: dict[str, Any]) -> None:
    told["metadata"]["component"]["hashes"][0]["content"] = "0" * 64


def _part(name: str, **values: Any) -> Callable[[dict[str, Any]], None]:
    """A component of the bill of materials with other values."""

    def change(told: dict[str, Any]) -> None:
        next(each for each in told["components"] if each["name"] == name).update(values)

    return change


def _metric(told: dict[str, Any]) -> None:
    card = next(each for each in told["components"] if each["bom-ref"] == MODEL)["modelCard"]
    metrics = card["quantitativeAnalysis"]["performanceMetrics"]
    next(each for each in metrics if each["type"].startswith("export.logits"))["value"] = "0 logits"


def _bill_of_other_model(told: dict[str, Any]) -> None:
    next(each for each in told["components"] if each["bom-ref"] == MODEL)["hashes"][0]["content"] = "0" * 64


_IN_REPORT: tuple[tuple[str, Callable[[Path], object], tuple[str, ...]], ...] = (
    ("results.json: a measured value", _results(_check("export.logits", measured=0)), ("export.logits: measured",)),
    (
        "results.json: a threshold",
        _results(_check("export.logits", threshold=1)),
        ("export.logits: threshold", "check out commit"),
    ),
    ("results.json: a check that did not pass", _results(_check("export.logits", passed=False)), ("export.logits: passed",)),
    (
        "results.json: a warning for an error",
        _results(_check("export.logits", severity="warning")),
        ("export.logits: severity",),
    ),
    (
        "results.json: the verdict",
        _results(lambda told: told.update(verdict="do not ship")),
        ("verdict is", "though the verdict"),
    ),
    ("results.json: a check left out", _results(lambda told: told["checks"].pop()), ("is missing",)),
    ("results.json: a check twice", _results(lambda told: told["checks"].append(told["checks"][0])), ("results.json: checks",)),
    (
        "results.json: a notebook left out",
        _results(lambda told: told["notebooks"].pop(2)),
        ("03_parity.ipynb lies there", "parity.decode: measured"),
    ),
    (
        "results.json: the hash of a file",
        _results(lambda told: told["files"].update(dict.fromkeys(told["files"], "0" * 64))),
        ("files: ",),
    ),
    (
        "results.json: a change of the policy",
        _results(
            lambda told: told["policy_changes"].append(
                {"id": "export.logits", "field": "threshold", "before": 0.001, "after": 1, "why": "edited"}
            )
        ),
        ("policy_changes", "export.logits"),
    ),
    ("results.json: a photo left out", _results(lambda told: told["photos"]["readable"].pop()), ("run.photos-left-out",)),
    ("results.json: a parameter", _results(lambda told: told["parameters"].update(opset=13)), (EVIDENCE, "opset")),
    ("results.json: no JSON", _text("results.json", lambda text: text[:-9]), ("results.json: not valid JSON",)),
    ("results.json: no table", _text("results.json", lambda _: "[]"), ("a run leaves a table",)),
    ("results.json: nested without end", _text("results.json", lambda _: "[" * 10**5), ("nested too deep",)),
    ("no results.json", _without("results.json"), ("cannot read", "results.json")),
    (
        "a notebook: a measured value",
        _record(lambda told: told["measurements"][0].update(measured=99)),
        ("resize.", "measured"),
    ),
    ("a notebook: a check left out", _record(lambda told: told["measurements"].pop(0)), ("resize.", "compared")),
    ("a notebook: its record lost", _notebook(lambda cell: cell.update(outputs=[])), ("resize.",)),
    ("a notebook: a text", _notebook(lambda cell: cell.update(source="1")), ("04_resize.html is not what",)),
    ("a notebook: a record of another kind", _record(lambda told: told.update(measurements=7)), ("04_resize.ipynb",)),
    ("a notebook that is no notebook", _text("04_resize.ipynb", lambda _: "{}"), ("04_resize.ipynb",)),
    ("no notebook", _without("04_resize.ipynb"), ("04_resize.ipynb",)),
    ("a value in notebook and results.json", _consistent_value, (EVIDENCE, "resize.")),
    (
        "report.html: a word",
        _text("report.html", lambda text: text.replace("checks passed", "checks held")),
        ("report.html is not",),
    ),
    ("summary.md: a word", _text("summary.md", lambda text: text.replace("passed", "held")), ("summary.md is not",)),
    ("a link in the place of a page", _link, ("report.html is no regular file",)),
    (
        "evidence: a value",
        _json(f"{PACKAGE}/{EVIDENCE}", _check("export.logits", measured=0)),
        (EVIDENCE, "export.logits: measured"),
    ),
    ("no evidence", _without(f"{PACKAGE}/{EVIDENCE}"), (EVIDENCE,)),
    ("bill of materials: of another wheel", _json(BILL, _component), ("metadata: component: hashes",)),
    ("bill of materials: of another model", _json(BILL, _bill_of_other_model), ("components: lite0-imagenet: hashes",)),
    ("bill of materials: a component's version", _json(BILL, _part("numpy", version="1.0")), ("components: numpy: version",)),
    ("bill of materials: a licence", _json(BILL, _part("numpy", licenses=[])), ("components: numpy: licenses",)),
    ("bill of materials: a component left out", _json(BILL, lambda told: told["components"].pop()), ("is missing",)),
    ("bill of materials: a dependency left out", _json(BILL, lambda told: told["dependencies"].pop()), ("dependencies",)),
    ("bill of materials: a metric", _json(BILL, _metric), ("performanceMetrics", "is '0 logits'")),
    ("results.json: the machine", _results(lambda told: told["machine"].update(cores=64)), ("results.json: is another file",)),
    (
        "results.json: a library of the environment",
        _results(lambda told: told["told"]["package"]["libraries"].pop()),
        ("results.json: is another file", "told: package: libraries"),
    ),
    ("bill of materials: not valid", _json(BILL, lambda told: told.update(bomFormat="mine")), ("bom.cdx.json", "bomFormat")),
    ("no bill of materials", _without(BILL), ("bom.cdx.json",)),
    (
        "another Dockerfile",
        _text(f"{PACKAGE}/Dockerfile", lambda text: f"{text}USER root\n"),
        ("Dockerfile",),
    ),
    ("no Dockerfile", _without(f"{PACKAGE}/Dockerfile"), ("Dockerfile",)),
    ("another end-to-end file", _beside, (".onnx: is another file",)),
    ("no wheel", lambda report: next((report / PACKAGE).glob("*.whl")).unlink(), ("holds the wheels none",)),
    ("two wheels", _second_wheel, ("other-1-py3-none-any.whl",)),
    ("no handoff", lambda report: shutil.rmtree(report / PACKAGE), ("handoff: is missing",)),
    (
        "a file more in the report",
        lambda report: (report / "more.html").write_text("x"),
        ("more.html is nothing that a run leaves",),
    ),
    (
        "a file more in handoff",
        lambda report: (report / PACKAGE / "install.sh").write_text("exit"),
        ("install.sh: was not handed over",),
    ),
    ("the wheel cut short", _bytes_of_wheel(lambda data: data[:-1000]), (".whl",)),
    ("an entry of the wheel that leads elsewhere", _entry("../../.bashrc", b"x"), ("leads elsewhere",)),
    (
        "an entry of the wheel that fills the memory",
        _entry("lite0_imagenet_onnx/zeros", bytes(4 * 10**8)),
        ("times its own size",),
    ),
    ("an entry of the wheel that RECORD does not list", _entry("lite0_imagenet_onnx/more.py", b""), ("RECORD: does not list",)),
    ("a module beside the package in the wheel", _entry("numpy.py", b""), ("numpy.py is no part of a package",)),
)
_NOT_FITTED: tuple[tuple[str, Callable[[Path], object], tuple[str, ...]], ...] = (
    (
        "report.html: a word, the sums as they were",
        _text("report.html", lambda text: text + "x"),
        ("report.html is another file",),
    ),
    ("a file more", lambda report: (report / "more.txt").write_text("x"), ("more.txt lies there",)),
    ("a page less", _without("04_resize.html"), ("04_resize.html is missing",)),
    ("no sums", _without(sums.NAME), (sums.NAME,)),
    (
        "sums: a line that leads outside",
        _text(sums.NAME, lambda text: f"{text}{'0' * 64}  ../../etc/passwd\n"),
        ("leads outside",),
    ),
    ("sums: a line that is none", _text(sums.NAME, lambda text: f"{text}x\n"), ("is no line of sha256sum",)),
)

CASES = (
    *(Case("report", name, "package", left(change), words) for name, change, words in _IN_REPORT),
    *(Case("report", name, "package", left(change, fitted=False), words) for name, change, words in _NOT_FITTED),
    Case("report", "as it was left", "", left(lambda _: None, fitted=False)),
    Case("report", "its sums made again", "", left(lambda _: None)),
)
