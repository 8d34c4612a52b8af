"""Wheels of every kind that somebody may hand over."""

from __future__ import annotations

import base64
import hashlib
import json
import stat
import warnings
import zipfile

import pytest

from lib.audit.wheel import Wheel, beyond_tested
from lib.deploy.manifest import Manifest
from tests.bundle.shipped import manifest

OWN = {"classifier.py": b"code", "data/model.onnx": b"network", "data/golden/coffee.jpg": b"photo"}
MODULE, INFORMATION = "lite0_imagenet_onnx", "lite0_imagenet_onnx-2026.11.27.193407.dist-info"
NAME = "lite0_imagenet_onnx-2026.11.27.193407-py3-none-any.whl"


def told(**fields):
    return manifest(files={name: hashlib.sha256(data).hexdigest() for name, data in OWN.items()}, **fields)


def files(said=None):
    said = said or told()
    metadata = [f"Name: {said['name']}", f"Version: {said['version']}", f"Requires-Python: {said['python']}"]
    metadata += [f"Requires-Dist: {each}" for each in said["requires"]]
    return {
        **{f"{MODULE}/{name}": data for name, data in OWN.items()},
        f"{MODULE}/data/manifest.json": json.dumps(said).encode(),
        f"{INFORMATION}/METADATA": ("\n".join(["Metadata-Version: 2.4", *metadata]) + "\n\nWords.").encode(),
        f"{INFORMATION}/WHEEL": b"Wheel-Version: 1.0\n",
        f"{INFORMATION}/entry_points.txt": f"[console_scripts]\n{said['name']}={MODULE}.command:main\n".encode(),
        f"{INFORMATION}/licenses/LICENSE": b"as it is",
    }


def record(held):
    rows = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip('=')},{len(data)}"
        for name, data in held.items()
    ]
    return "\n".join([*rows, f"{INFORMATION}/RECORD,,", ""]).encode()


def packed(folder, held, listed=None):
    path = folder / NAME
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**held, f"{INFORMATION}/RECORD": record(listed or held)}.items():
            archive.writestr(name, data)
    return path


def complaints(path):
    return list(Wheel.read(path).complaints())


def test_a_wheel_as_it_was_packed_holds(tmp_path):
    path = packed(tmp_path, files())
    wheel = Wheel.read(path)
    assert list(wheel.complaints()) == []
    assert wheel.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert wheel.own == OWN


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda held: held.update({f"{MODULE}/classifier.py": b"edited"}), "classifier.py is another file"),
        (lambda held: held.update({f"{MODULE}/more.py": b""}), "more.py was not packed"),
        (lambda held: held.pop(f"{MODULE}/data/model.onnx"), "data/model.onnx is missing"),
        (lambda held: held.update({"numpy/__init__.py": b""}), "numpy/__init__.py is no part of a package"),
        (lambda held: held.update({f"{INFORMATION}/top_level.txt": b""}), "top_level.txt is no part"),
        (lambda held: held.pop(f"{INFORMATION}/entry_points.txt"), "entry_points.txt is missing"),
        (
            lambda held: held.update({f"{INFORMATION}/entry_points.txt": b"[console_scripts]\npip=os:abort\n"}),
            "installs other commands",
        ),
        (lambda held: held.update({f"{INFORMATION}/METADATA": b"Name: x\n"}), "METADATA: Name is x"),
        (
            lambda held: held.update(
                {f"{INFORMATION}/METADATA": held[f"{INFORMATION}/METADATA"].replace(b"numpy==2.4.6", b"numpy")}
            ),
            "METADATA: Requires-Dist is numpy, onnxruntime==1.32.0",
        ),
    ],
)
def test_what_does_not_belong_there_is_named_though_its_own_record_fits(tmp_path, change, words):
    held = files()
    change(held)
    assert any(words in each for each in complaints(packed(tmp_path, held)))


def test_a_record_that_does_not_fit_is_named(tmp_path):
    held = files()
    less = {name: data for name, data in held.items() if "classifier" not in name}
    assert f"RECORD: does not list {MODULE}/classifier.py" in complaints(packed(tmp_path, held, less))
    more = held | {f"{MODULE}/x.py": b""}
    assert f"RECORD: lists {MODULE}/x.py, which is not there" in complaints(packed(tmp_path, held, more))
    other = held | {f"{INFORMATION}/WHEEL": b"other"}
    assert f"RECORD: {INFORMATION}/WHEEL is another file than it says" in complaints(packed(tmp_path, held, other))


def test_a_wheel_under_another_name_is_named(tmp_path):
    path = packed(tmp_path, files()).rename(tmp_path / "x.whl")
    assert complaints(path)[0] == f"its manifest is of {NAME}"


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a//b", "a/./b", "a\\b", "folder/"])
def test_entries_that_lead_elsewhere_are_refused(tmp_path, name):
    with pytest.raises(Exception, match="leads elsewhere"):
        Wheel.read(packed(tmp_path, files() | {name: b""}))


def test_links_bombs_doubles_and_crowds_are_refused(tmp_path):
    path = packed(tmp_path, files())
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(Exception, match=r"no regular file: link"):
        Wheel.read(path)
    with pytest.raises(Exception, match="times its own size"):
        Wheel.read(packed(tmp_path, files() | {"zeros": bytes(10**7)}))
    with warnings.catch_warnings(), zipfile.ZipFile(packed(tmp_path, files()), "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(f"{MODULE}/classifier.py", b"second")
    with pytest.raises(Exception, match="two entries of one name"):
        Wheel.read(path)
    with pytest.raises(Exception, match=r"has 1,5.. entries"):
        Wheel.read(packed(tmp_path, files() | {f"{i}": b"" for i in range(1500)}))


def test_a_wheel_without_a_manifest_or_with_two_is_refused(tmp_path):
    held = files()
    with pytest.raises(Exception, match=r"has 2 data/manifest\.json"):
        Wheel.read(packed(tmp_path, held | {"x/data/manifest.json": b"{}"}))
    del held[f"{MODULE}/data/manifest.json"]
    with pytest.raises(Exception, match=r"has no data/manifest\.json"):
        Wheel.read(packed(tmp_path, held))


LOW = {"python": "3.11.7", "numpy": "1.26.4", "onnxruntime": "1.18.1", "pillow": "11.3.0"}
HIGH = {"python": "3.11.7", "numpy": "2.4.6", "onnxruntime": "1.32.0", "pillow": "13.0.0"}
EXACT = ["numpy==2.4.6", "onnxruntime==1.32.0", "pillow==13.0.0"]
SPAN = ["numpy>=1.26.4,<=2.4.6", "onnxruntime>=1.18.1,<=1.32.0", "pillow>=11.3.0,<=13.0.0"]


@pytest.mark.parametrize(
    ("requires", "tested", "python", "words"),
    [
        (EXACT, [HIGH], "==3.11.*", ""),
        (SPAN, [LOW, HIGH], "==3.11.*", ""),
        (EXACT, [LOW, HIGH], "==3.11.*", ""),
        (SPAN, [HIGH], "==3.11.*", "requires numpy<=2.4.6,>=1.26.4, where it was tested with 2.4.6"),
        (["numpy", *EXACT[1:]], [HIGH], "==3.11.*", "requires numpy, where"),
        (["numpy>=2.4.6", *EXACT[1:]], [HIGH], "==3.11.*", "requires numpy>=2.4.6"),
        (["numpy<=2.4.6", *EXACT[1:]], [HIGH], "==3.11.*", "requires numpy<=2.4.6"),
        (["numpy==2.4.7", *EXACT[1:]], [HIGH], "==3.11.*", "requires numpy==2.4.7"),
        (["numpy!=1", *EXACT[1:]], [HIGH], "==3.11.*", "requires numpy!=1"),
        (["numpy @ https://x/y.whl", *EXACT[1:]], [HIGH], "==3.11.*", "requires numpy"),
        (['numpy==2.4.6; python_version < "3"', *EXACT[1:]], [HIGH], "==3.11.*", "requires numpy"),
        (EXACT[1:], [HIGH], "==3.11.*", "where a package takes numpy, onnxruntime, pillow"),
        ([*EXACT, "torch==2.13.0"], [HIGH], "==3.11.*", "where a package takes"),
        (EXACT, [], "==3.11.*", "tested with nothing"),
        (EXACT, [HIGH], ">=3.8", "is for Python >=3.8"),
    ],
)
def test_versions_that_nobody_tried_are_named(requires, tested, python, words):
    said = Manifest.parse(json.dumps(told(requires=requires, tested=tested, python=python)).encode(), "manifest")
    found = list(beyond_tested(said))
    assert any(words in each for each in found) if words else found == []
