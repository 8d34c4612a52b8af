"""A package tests itself: what was tampered with is named, whatever it is."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lib.deploy.errors import printable
from lib.deploy.package import GOLDEN
from tests.conftest import encoded, picture
from tests.packed import MODULE, Package


def findings(package: Package, capsys) -> tuple[int, list[str], list[str]]:
    """The exit code, the lines, and those of them that find something."""
    code = package.main("selftest")
    printed = capsys.readouterr()
    assert printed.err == ""
    *lines, last = printed.out.splitlines()
    assert all(line.startswith(("✓ ", "✗ ")) for line in lines)
    wrong = [line for line in lines if line.startswith("✗ ")]
    assert last == (f"{len(wrong)} of these differ" if wrong else "all as packed; answers as PyTorch's within the tolerances")
    assert code == bool(wrong)
    return code, lines, wrong


def test_a_good_package_passes_and_says_what_it_held_against_what(shipped, capsys):
    code, lines, wrong = findings(shipped, capsys)
    assert (code, wrong) == (0, [])
    told = shipped.told()
    assert lines[0] == f"✓ files: all {len(told['files'])} as they were packed"
    assert [line[2:].partition(":")[0] for line in lines] == [
        "files", "python", "numpy", "onnxruntime", "pillow", "model", "providers", *told["golden"],
    ]  # fmt: skip
    name, likeliest = list(told["golden"].items())[-1]
    said = f"decode equal; resize equal; normalise equal; infer equal; score equal; likeliest {printable(likeliest)}"
    assert lines[-1] == f"✓ {name}: {said}"


def test_it_passes_where_nothing_can_be_written_and_from_an_unpacked_folder(package):
    shutil.rmtree(package.here / "__pycache__", ignore_errors=True)
    for path in (package.here, *package.here.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    done = package.run("selftest", cwd=package.folder, env={"PYTHONPATH": ""})
    for path in (package.here, *package.here.rglob("*")):
        path.chmod(0o755)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_folder_that_was_copied_without_its_metadata_says_so(package, capsys):
    shutil.rmtree(next(package.folder.glob("*.dist-info")))
    _, _, wrong = findings(package, capsys)
    assert wrong == ["✗ requirements: no package tiny-onnx is installed: this folder was copied from one"]


def flipped(path: Path, at: float = 0.5) -> None:
    data = bytearray(path.read_bytes())
    data[int(len(data) * at)] ^= 1
    path.write_bytes(data)


def unlink(name: str) -> Callable[[Package], None]:
    return lambda package: (package.here / name).unlink()


def flip(name: str) -> Callable[[Package], None]:
    return lambda package: flipped(package.here / name)


def put(name: str, data: bytes) -> Callable[[Package], object]:
    return lambda package: (package.here / name).write_bytes(data)


def as_folder(package: Package) -> None:
    (package.data / "classes.json").unlink()
    (package.data / "classes.json").mkdir()


def as_dangling_link(package: Package) -> None:
    (package.here / "__main__.py").unlink()
    (package.here / "__main__.py").symlink_to(package.folder / "gone.py")


def fifo(package: Package) -> None:
    (package.data / "golden" / "coffee.jpg").unlink()
    os.mkfifo(package.data / "golden" / "coffee.jpg")


@pytest.mark.parametrize(
    ("tampered", "said"),
    [
        (flip("data/model.onnx"), "files: data/model.onnx is another file than was packed"),
        (flip("data/model.onnx"), "model: .*model.onnx: is not the file that was packed"),
        (unlink("data/model.onnx"), "files: data/model.onnx is missing"),
        (unlink("data/model.onnx"), "model: .*model.onnx: No such file or directory; install the package again"),
        (flip("data/classes.json"), "files: data/classes.json is another file"),
        (unlink("data/classes.json"), "model: the class names in the model file and in the package differ"),
        (put("data/classes.json", b"[" * 10**5), "model: the class names in the model file and in the package differ"),
        (put("data/classes.json", b"\xff"), "model: the class names"),
        (as_folder, "files: data/classes.json is missing"),
        (put("__main__.py", b"# edited"), "files: __main__.py is another file"),
        (as_dangling_link, "files: __main__.py is missing"),
        (put("extra.py", b""), "files: extra.py was not packed"),
        (put("data/golden/mine.jpg", b""), "files: data/golden/mine.jpg was not packed"),
        (unlink("data/golden/coffee.jpg"), "coffee.jpg: its photo cannot be read: No such file"),
        (fifo, "files: data/golden/coffee.jpg is missing"),
        (fifo, "coffee.jpg: its photo cannot be read: is a FIFO"),
        (put("data/golden/coffee.jpg", b"no photo"), "coffee.jpg: cannot be answered: not an image"),
        (put("data/golden/coffee.jpg", encoded(picture(160, 107))), "coffee.jpg: decode off by .* levels, where 0 is allowed"),
        (put("data/golden/coffee.jpg", encoded(picture(60, 40))), "coffee.jpg: decode has another shape"),
        (unlink("data/golden.npz"), "model: .*golden.npz: No such file or directory; install the package again"),
        (put("data/golden.npz", b""), "model: .*golden.npz: cannot be read"),
        (put("data/golden.npz", b"PK\x03\x04 and no more"), "model: .*golden.npz: cannot be read"),
        (put("data/golden.npz", b"no archive"), "model: .*golden.npz: cannot be read"),
        (put("data/golden.npz", b"\x93NUMPY\x01\x00"), "model: .*golden.npz: cannot be read"),
        (flip("data/golden.npz"), "model: .*golden.npz: cannot be read"),
    ],
)  # fmt: skip
def test_what_was_tampered_with_is_named(package, capsys, tampered, said):
    tampered(package)
    code, _, wrong = findings(package, capsys)
    assert code == 1
    assert any(re.match(f"✗ {said}", line) for line in wrong), wrong


def rewritten(package: Package, change: Callable[[dict[str, np.ndarray]], object]) -> None:
    """Change golden traces, and let the manifest say that they were packed so."""
    path = package.here / "data" / GOLDEN.name
    with np.load(path) as file:
        arrays = dict(file)
    change(arrays)
    np.savez_compressed(path, **arrays)
    package.claim("data/golden.npz")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda a: a.update({"coffee.jpg/infer": a["coffee.jpg/infer"] + 1}), "coffee.jpg: infer off by 1 logits, where 0.001"),
        (lambda a: a.update({"coffee.jpg/score": a["coffee.jpg/score"] * np.nan}), "coffee.jpg: score off by nan"),
        (lambda a: a.update({"coffee.jpg/resize": a["coffee.jpg/resize"][1:]}), "coffee.jpg: resize has another shape"),
        (lambda a: a.update({"coffee.jpg/infer": np.array("text")}), "model: .*it holds something else than arrays of numbers"),
        (lambda a: a.update({"coffee.jpg/infer": np.array([None])}), "model: .*golden.npz: cannot be read: Object arrays"),
        (lambda a: a.pop("coffee.jpg/decode"), "coffee.jpg: there is no golden trace 'coffee.jpg/decode'"),
    ],
)
def test_a_golden_trace_that_was_edited_together_with_the_manifest_is_found_all_the_same(package, capsys, change, said):
    rewritten(package, change)
    code, lines, wrong = findings(package, capsys)
    assert code == 1
    assert lines[0].startswith("✓ files")
    assert any(re.match(f"✗ {said}", line) for line in wrong), wrong


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"golden": {}}, "golden traces: there are none"),
        ({"golden": {"coffee.jpg": "leaf\ngreen"}}, r"coffee.jpg: .*likeliest red, where PyTorch says leaf\\ngreen"),
        ({"golden": {"../../x\n": "red"}}, r"../../x\\n: its photo cannot be read"),
        ({"version": "1.0"}, "requirements: version 0.dev0 with .*, where 1.0 was packed"),
        ({"requires": ["numpy==1"]}, "requirements: version 0.dev0 with .*, where 0.dev0 was packed with numpy==1"),
        ({"domain": {"least": 32, "most": 65}}, "model: the sizes it is right for in the model file and in the package differ"),
        ({"name": "other"}, "requirements: no package other is installed"),
        ({"tested": []}, "numpy: .*; tested with none"),
        (
            {"tested": [{"python": "3", "numpy": "0.1", "onnxruntime": "0.1rc1", "pillow": "99.0"}]},
            "numpy: .*; tested with 0.1$",
        ),
    ],
)
def test_a_manifest_that_says_something_else_is_found(package, capsys, fields, said):
    package.tell(**fields)
    code, _, wrong = findings(package, capsys)
    assert code == 1
    assert any(re.match(f"✗ {said}", line) for line in wrong), wrong


def test_a_contract_in_the_manifest_that_is_not_the_models_is_found(package, capsys):
    package.tell(contract=package.told()["contract"] | {"filter": "bilinear"})
    _, _, wrong = findings(package, capsys)
    assert wrong == ["✗ model: the preprocessing contract in the model file and in the package differ"]


def test_versions_within_those_that_were_tried_pass_and_others_do_not(package, capsys):
    (now,) = package.told()["tested"]
    package.tell(tested=[now | {"numpy": "0.9"}, now | {"numpy": "9.10"}])
    code, lines, _ = findings(package, capsys)
    assert code == 0
    assert f"✓ numpy: {now['numpy']}; tested with 0.9 and 9.10" in lines
    package.tell(tested=[now | {"numpy": "1.0"}, now | {"numpy": "1.26"}])
    _, _, wrong = findings(package, capsys)
    assert wrong == [f"✗ numpy: {now['numpy']}; tested with 1.0 and 1.26"]


@pytest.mark.parametrize(("here", "wrong"), [("3.11", False), ("3.10", True), ("3.12", True), ("4.11", True)])
def test_another_python_than_proven_is_found_and_another_patch_is_not(package, monkeypatch, capsys, here, wrong):
    (now,) = package.told()["tested"]
    package.tell(tested=[now | {"python": "3.11.7"}])
    monkeypatch.setattr("platform.python_version", lambda: f"{here}.99")
    _, lines, found = findings(package, capsys)
    assert f"{'✗' if wrong else '✓'} python: {here}.99; tested with 3.11.7" in lines
    assert len(found) == wrong


@pytest.mark.parametrize(("name", "module"), [("numpy", "numpy"), ("onnxruntime", "onnxruntime"), ("pillow", "PIL")])
def test_a_library_that_is_missing_is_one_line(package, photo, name, module):
    there = {"PYTHONPATH": f"{_without(package, module)}:{package.folder}"}
    done = package.run("selftest", env=there)
    assert (done.returncode, done.stderr) == (1, "")
    tested = package.told()["tested"][0][name]
    assert [line for line in done.stdout.splitlines() if line[0] == "✗"] == [f"✗ {name}: not installed; tested with {tested}"]
    done = package.run("predict", str(photo), env=there)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {module}: cannot be imported; call selftest\n"
    assert package.run("info", env=there).returncode == 0


def test_a_library_that_is_broken_is_one_line(package):
    there = {"PYTHONPATH": f"{_without(package, 'onnxruntime', 'libgomp.so.1: cannot open')}:{package.folder}"}
    done = package.run("selftest", env=there)
    assert (done.returncode, done.stderr) == (1, "")
    assert "✗ onnxruntime: cannot be imported: libgomp.so.1: cannot open; tested with" in done.stdout


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    (tmp_path / "photo.png").write_bytes(encoded(picture(60, 40)))
    return tmp_path / "photo.png"


def _without(package: Package, module: str, problem: str = "") -> Path:
    """A folder to import from first, where a library cannot be imported."""
    folder = package.folder / "missing"
    folder.mkdir()
    raised = f"ImportError({problem!r})" if problem else f"ModuleNotFoundError('No module named {module}', name={module!r})"
    (folder / f"{module}.py").write_text(f"raise {raised}")
    return folder


def test_bytecode_that_python_leaves_is_nothing_that_was_packed(package):
    assert package.run("selftest").returncode == 0
    assert list((package.folder / MODULE / "__pycache__").glob("*.pyc"))
    assert package.run("selftest").returncode == 0


def test_the_manifest_names_every_file_but_itself(shipped):
    there = {str(path.relative_to(shipped.here)) for path in shipped.here.rglob("*") if path.is_file()}
    there = {name for name in there if "__pycache__" not in name}
    assert json.loads((shipped.data / "manifest.json").read_text())["files"].keys() == there - {"data/manifest.json"}
