"""Faults of how the file is handed on."""

from __future__ import annotations

from collections.abc import Callable
from operator import methodcaller
from pathlib import Path

import onnx

from lib import handoff
from lib.gate.bench import Bench
from lib.gate.case import Case, Outcome


def _cut(share: float) -> Callable[[Path], object]:
    def change(path: Path) -> None:
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])

    return change


def _apart(path: Path, lost: bool) -> None:
    """The weights in a second file, which is lost or not."""
    beside = path.with_suffix(".data")
    onnx.save(onnx.load(path), path, save_as_external_data=True, location=beside.name)
    if lost:
        beside.unlink()


def _newer(path: Path) -> None:
    model = onnx.load(path)
    model.opset_import[0].version = 999
    onnx.save(model, path)


def _newer_file(path: Path) -> None:
    model = onnx.load(path)
    model.ir_version = 99
    onnx.save(model, path)


def _text(path: Path) -> None:
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 18700000\n", encoding="utf-8")


def _of_another_subject(bench: Bench) -> Outcome:
    other = handoff.load("b0-stand-in").onnx_path
    return bench.with_file(lambda path: path.write_bytes(other.read_bytes()))


def _end_to_end_for_network(bench: Bench) -> Outcome:
    from lib.export.end_to_end import written

    ours = handoff.load("lite0-imagenet")
    other = written(ours.onnx_path, ours.subject.contract)
    return bench.with_file(lambda path: path.write_bytes(other.read_bytes()))


_CHANGES: tuple[tuple[str, str, Callable[[Path], object]], ...] = (
    ("the file cut in the middle", "cut short", _cut(0.5)),
    ("the last byte missing", "cut short", lambda path: path.write_bytes(path.read_bytes()[:-1])),
    ("an empty file", "cut short", lambda path: path.write_bytes(b"")),
    ("a pointer of Git LFS in its place", "not an ONNX file", _text),
    ("the weights left behind", "not beside it", lambda path: _apart(path, lost=True)),
    ("the weights in a file beside", "file", lambda path: _apart(path, lost=False)),
    ("an operator set newer than the runtime", "newer", _newer),
    ("a file version newer than the runtime", "newer", _newer_file),
    ("no file", "no such model file", lambda path: path.unlink()),
)
CASES = (
    *(Case("packaging", name, expected, methodcaller("with_file", change)) for name, expected, change in _CHANGES),
    Case("packaging", "the file of another subject", "metadata", _of_another_subject),
    Case("packaging", "the end-to-end file for the network", "preprocessing", _end_to_end_for_network),
)
