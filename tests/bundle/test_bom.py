"""The bill of materials: valid, the same each time, and complete."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lib.bundle.bom import complaints, document
from lib.bundle.libraries import Library
from lib.cache import ROOT
from lib.inputs.reading import sha256
from lib.policy import Measurement
from tests import hostile_texts
from tests.bundle.shipped import DIGITS, MEASURED, evidence, manifest

LIBRARIES = (
    Library("lite0-imagenet-onnx", "2026.11.27.193407", "Apache-2.0", ("numpy", "onnxruntime", "pillow"), ""),
    Library("numpy", "2.4.6", "BSD-3-Clause AND 0BSD", (), "a" * 64),
    Library("onnxruntime", "1.32.0", "MIT License", ("flatbuffers", "numpy"), "b" * 64),
    Library("flatbuffers", "25.1", "not said", (), ""),
    Library("pillow", "13.0.0", "MIT-CMU", (), "c" * 64),
    Library("pip", "26.0", "MIT License", (), ""),
)
AWKWARD = """<script>"'&amp;</script> é 日本 \\ \x07 \udcff"""


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "lite0_imagenet_onnx-2026.11.27.193407-py3-none-any.whl"
    path.write_bytes(b"a wheel")
    return path


def parts(text: str) -> dict[str, dict[str, Any]]:
    """The components, by name."""
    return {each["name"]: each for each in json.loads(text)["components"]}


def depends(text: str) -> dict[str, list[str]]:
    return {each["ref"]: each.get("dependsOn", []) for each in json.loads(text)["dependencies"]}


def test_it_is_valid_and_tells_all_that_ships(wheel):
    text = document(wheel, manifest(), LIBRARIES, evidence(MEASURED))
    assert complaints(text) == []
    said, known = json.loads(text), parts(text)
    package = said["metadata"]["component"]
    assert said["specVersion"] == "1.6"
    assert said["metadata"]["timestamp"] == "2026-11-27T19:34:07+00:00"
    assert [each["name"] for each in said["metadata"]["tools"]["components"]] == [
        "onnx-handoff-workbook",
        "cyclonedx-python-lib",
    ]
    assert package["properties"] == [
        {"name": "onnxruntime:telemetry", "value": "off: the package sets ORT_DISABLE_TELEMETRY=1"}
    ]
    assert package["purl"] == "pkg:pypi/lite0-imagenet-onnx@2026.11.27.193407"
    assert package["hashes"] == [{"alg": "SHA-256", "content": sha256(b"a wheel")}]
    assert known.keys() == {
        "lite0-imagenet", "lite0-end-to-end.onnx", "notes.txt", "coffee.jpg",
        "numpy", "onnxruntime", "flatbuffers", "pillow", "pip",
    }  # fmt: skip
    model = known["lite0-imagenet"]
    assert model["type"] == "machine-learning-model"
    assert model["hashes"][0]["content"] == "2" * 64
    assert model["pedigree"]["ancestors"][0]["hashes"][0]["content"] == "1" * 64
    assert len(model["modelCard"]["quantitativeAnalysis"]["performanceMetrics"]) == len(MEASURED)
    assert [name for name, each in known.items() if "modelCard" in each] == ["lite0-imagenet"]
    assert (known["coffee.jpg"]["type"], known["coffee.jpg"]["hashes"][0]["content"]) == ("data", "3" * 64)
    assert known["lite0-end-to-end.onnx"]["type"] == "machine-learning-model"
    assert known["notes.txt"]["type"] == "file"
    assert known["onnxruntime"]["purl"] == "pkg:pypi/onnxruntime@1.32.0"
    assert known["onnxruntime"]["hashes"][0]["content"] == "b" * 64


def test_what_needs_what(wheel):
    graph = depends(document(wheel, manifest(), LIBRARIES, None))
    assert graph["pkg:pypi/lite0-imagenet-onnx@2026.11.27.193407"] == [
        "model:data/model.onnx", "photo:coffee.jpg",
        "pkg:pypi/numpy@2.4.6", "pkg:pypi/onnxruntime@1.32.0", "pkg:pypi/pillow@13.0.0",
    ]  # fmt: skip
    assert graph["pkg:pypi/onnxruntime@1.32.0"] == ["pkg:pypi/flatbuffers@25.1", "pkg:pypi/numpy@2.4.6"]
    assert graph["pkg:pypi/pip@26.0"] == []


def test_what_is_installed_but_not_needed_is_told_from_what_is(wheel):
    known = parts(document(wheel, manifest(), LIBRARIES, None))
    scopes = {name: each["scope"] for name, each in known.items() if each["type"] == "library"}
    assert scopes == dict.fromkeys(("numpy", "onnxruntime", "flatbuffers", "pillow"), "required") | {"pip": "excluded"}


def test_what_is_required_and_was_not_installed_is_listed_by_the_manifest(wheel):
    text = document(wheel, manifest(), [], None)
    known = parts(text)
    assert complaints(text) == []
    assert known["numpy"]["version"] == "2.4.6"
    assert known["numpy"]["licenses"][0]["license"]["id"] == "BSD-3-Clause"
    assert "hashes" not in known["numpy"]


def test_libraries_that_need_each_other_end(wheel):
    circle = [Library("numpy", "1", "MIT", ("pillow",), ""), Library("pillow", "2", "MIT", ("numpy", "gone"), "")]
    text = document(wheel, manifest(), circle, None)
    assert complaints(text) == []
    assert depends(text)["pkg:pypi/pillow@2"] == ["pkg:pypi/numpy@1"]


PROGRAM = """
import sys
from pathlib import Path
from tests.bundle.test_bom import LIBRARIES, MEASURED, document, evidence, manifest
sys.stdout.write(document(Path(sys.argv[1]), manifest(), LIBRARIES, evidence(MEASURED)))
"""


def test_the_same_arguments_give_the_same_bytes_in_any_process(wheel):
    texts = {document(wheel, manifest(), LIBRARIES, evidence(MEASURED)) for _ in range(2)}
    texts |= {document(wheel, manifest(), LIBRARIES[::-1], evidence(MEASURED))}
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        program = [sys.executable, "-c", PROGRAM, str(wheel)]
        texts.add(subprocess.run(program, env=environment, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert len(texts) == 1


def test_another_wheel_has_another_serial_number(wheel):
    before = json.loads(document(wheel, manifest(), LIBRARIES, None))["serialNumber"]
    wheel.write_bytes(b"another wheel")
    assert json.loads(document(wheel, manifest(), LIBRARIES, None))["serialNumber"] != before


def test_a_wheel_that_is_not_there_has_no_bill(tmp_path):
    with pytest.raises(FileNotFoundError):
        document(tmp_path / "missing.whl", manifest(), LIBRARIES, None)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("MIT", {"license": {"acknowledgement": "declared", "id": "MIT"}}),
        ("apache-2.0", {"license": {"acknowledgement": "declared", "id": "Apache-2.0"}}),
        ("(MIT OR Apache-2.0) AND Zlib", {"acknowledgement": "declared", "expression": "(MIT OR Apache-2.0) AND Zlib"}),
        (
            "Apache-2.0 WITH LLVM-exception",
            {"acknowledgement": "declared", "expression": "Apache-2.0 WITH LLVM-exception"},
        ),
        *(
            (name, {"license": {"acknowledgement": "declared", "name": name}})
            for name in ("MIT License", "GPL", "BSD", "MIT AND", "MIT and Zlib", "(", "OR", "MIT AND what I like", "<MIT>")
        ),
    ],
)
def test_a_licence_is_spdx_where_it_is_one_and_else_a_name(wheel, said, written):
    text = document(wheel, manifest(), [Library("numpy", "1", said, (), "")], None)
    assert complaints(text) == []
    assert parts(text)["numpy"]["licenses"] == [written]


@pytest.mark.parametrize("said", ["not said", "", "  "])
def test_a_licence_that_was_not_said_is_left_out(wheel, said):
    known = parts(document(wheel, manifest(), [Library("numpy", "1", said, (), "")], None))
    assert "licenses" not in known["numpy"]


def test_awkward_names_come_through_and_stay_text(wheel):
    licences = manifest()["licences"] | {"model": AWKWARD, "photos": {AWKWARD: AWKWARD}}
    subject = manifest()["subject"] | {"name": AWKWARD, "about": AWKWARD, "preprocessing_source": AWKWARD}
    said = manifest(
        subject=subject, golden={AWKWARD: AWKWARD}, beside={f"{AWKWARD}.onnx": DIGITS}, licences=licences,
        weights={"name": AWKWARD, "sha256": DIGITS},
    )  # fmt: skip
    found = evidence(MEASURED, photos={"readable": [{"name": AWKWARD, "sha256": DIGITS}]})
    libraries = [Library("numpy", "1", AWKWARD, (), "")]
    text = document(wheel, said, libraries, found)
    assert complaints(text) == []
    shown = AWKWARD.replace("\udcff", "\\xff")  # a byte that is no UTF-8, as pages show it
    assert parts(text.encode().decode()).keys() == {shown, f"{shown}.onnx", "numpy", "onnxruntime", "pillow"}


def test_a_stand_in_and_values_that_are_no_numbers_are_valid(wheel):
    of_stand_in = manifest(subject=manifest()["subject"] | {"claims_accuracy": False}, evidence=None)
    found = evidence([Measurement("parity.flips", float("nan"), 7), Measurement("parity.resize", float("inf"), 7)])
    text = document(wheel, of_stand_in, LIBRARIES, json.loads(json.dumps(found, allow_nan=False)))
    assert complaints(text) == []
    assert "NaN" in text


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda bom: bom.update(specVersion=1.6), "$.specVersion"),
        (lambda bom: bom.update(unheard_of=1), "unheard_of"),
        (lambda bom: bom["components"][0].pop("name"), "'name' is a required property"),
        (lambda bom: bom["components"][0].update(modelCard={"accuracy": 1}), "accuracy"),
        (lambda bom: bom["metadata"].update(timestamp="yesterday"), "yesterday"),
        (lambda bom: bom["metadata"]["component"]["hashes"][0].update(content="no digits"), "no digits"),
        (lambda bom: bom.update(externalReferences=[{"type": "website", "url": "http://[é"}]), "http://[é"),
        (lambda bom: bom["components"][0].update(licenses=[{"license": {"id": "GPL"}}]), "GPL"),
    ],
)
def test_a_broken_document_is_complained_about(wheel, broken, said):
    bom = json.loads(document(wheel, manifest(), LIBRARIES, evidence(MEASURED)))
    broken(bom)
    found = complaints(json.dumps(bom))
    assert found
    assert any(said in line for line in found)
    assert all("\n" not in line for line in found)


CHECKED = """
import json, sys
from lib.bundle.bom import complaints
bom = json.load(sys.stdin)
for address in ("http://[é", "https://例え.jp/é?a=b#c"):
    bom["externalReferences"] = [{"type": "website", "url": address}]
    print(len(complaints(json.dumps(bom))))
print(sys.modules["rfc3987_syntax"])
"""


def test_addresses_are_checked_where_the_slow_grammar_of_them_is_left_out(wheel):
    text = document(wheel, manifest(), LIBRARIES, None)
    program = [sys.executable, "-c", CHECKED]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    found = subprocess.run(program, input=text, env=environment, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert found.stdout.split() == ["1", "0", "None"]


def test_an_address_beyond_ascii_is_none_of_the_complaints(wheel):
    bom = json.loads(document(wheel, manifest(), LIBRARIES, None))
    bom["externalReferences"] = [{"type": "website", "url": "https://例え.jp/é?a=b#c"}]
    assert complaints(json.dumps(bom)) == []


def test_what_is_no_json_is_complained_about():
    assert complaints("<bom/>")[0].startswith("not JSON")


def test_it_can_be_printed_whatever_a_library_or_a_subject_says_of_itself(wheel):
    subject = manifest()["subject"] | {"about": hostile_texts.TEXT}
    libraries = [*LIBRARIES, Library("other", hostile_texts.TEXT, hostile_texts.TEXT, (), "")]
    text = document(wheel, manifest(subject=subject), libraries, evidence(MEASURED))
    assert not hostile_texts.raw(text)
    assert json.loads(text)
