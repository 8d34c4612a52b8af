"""What lies in a package: the deployment as it is here, the exported file, names, traces, and the manifest of it all."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lib.bundle import versions
from lib.bundle.contents import DEPLOY, Evidence, licence_text
from lib.deploy.manifest import Manifest
from lib.inputs.reading import sha256
from lib.inputs.weights import digest_of
from lib.policy import Measurement
from lib.runtimes.package import NOT_SAID
from tests.bundle.shipped import MEASURED, evidence
from tests.packed import TOLERANCES, contents_of, tiny


def test_the_code_is_that_of_the_workbook_byte_for_byte(packed):
    code = {name: data for name, data in packed.files.items() if name.endswith(".py")}
    assert code == {path.name: path.read_bytes() for path in DEPLOY.glob("*.py")}
    assert {name.partition("/")[0] for name in packed.all} == {*code, "py.typed", "data"}


def test_the_model_is_the_exported_file_and_the_names_are_its_own(packed, lite0):
    assert packed.files["data/model.onnx"] == lite0.onnx_path.read_bytes()
    assert json.loads(packed.files["data/classes.json"]) == list(lite0.subject.classes)


def test_the_manifest_tells_of_every_file_and_where_it_is_from(packed, lite0, ran):
    told = Manifest.parse(packed.all["data/manifest.json"], "manifest.json")
    assert told == packed.manifest
    assert told.files == {name: sha256(data) for name, data in packed.files.items()}
    assert told.beside == {"whole.onnx": sha256(b"a file")}
    assert told.subject == {
        "name": "lite0-imagenet",
        "about": lite0.subject.about,
        "sha256": digest_of(lite0.subject.path),
        "claims_accuracy": True,
        "preprocessing_source": lite0.subject.source,
    }
    assert told.weights == {"name": lite0.weights_path.name, "sha256": digest_of(lite0.weights_path)}
    assert told.contract["size"] == lite0.subject.contract.size
    assert told.domain == {"least": 32, "most": 1024}
    assert told.tolerances == TOLERANCES
    assert told.golden["coffee.jpg"] == "espresso"
    assert told.tested == versions.tested(versions.sets("installed"))
    assert (told.version, told.made) == ("2026.11.27.90407", "2026-11-27T09:04:07+00:00")
    assert told.evidence == {"sha256": sha256(ran.data), "checks": len(MEASURED), "commit": "abc"}


def test_without_a_run_it_is_no_release_and_says_when_it_was_packed(lite0, tmp_path):
    packed = contents_of(tiny(lite0, tmp_path))
    assert packed.manifest.evidence is None
    assert packed.manifest.version == "0.dev0"
    assert packed.made.isoformat(timespec="seconds") == packed.manifest.made
    assert packed.made.utcoffset().total_seconds() == 0


@pytest.mark.parametrize(("stated", "told"), [("CC-BY-4.0", "CC-BY-4.0"), ("", NOT_SAID), ('"; rm', '"; rm')])
def test_the_models_licence_is_the_subjects_word_and_the_codes_stays(lite0, tmp_path, stated, told):
    weights = replace(lite0.subject.weights, licence=stated)
    packed = contents_of(tiny(lite0, tmp_path, weights=weights))
    assert packed.manifest.licences["model"] == told
    assert packed.manifest.licences["package"] == "Apache-2.0"
    assert packed.manifest.licences["libraries"].keys() == {"numpy", "onnxruntime", "pillow"}
    assert b"Apache License" in licence_text()


def test_a_stand_in_says_so(lite0, tmp_path):
    assert contents_of(tiny(lite0, tmp_path, claims_accuracy=False)).manifest.subject["claims_accuracy"] is False


def test_evidence_names_what_failed_and_lets_warnings_and_skipped_checks_pass():
    failing = (Measurement("parity.flips", 1, 7), Measurement("parity.logits", 1, 7))
    told = evidence((*failing, MEASURED[2]))
    assert Evidence(json.dumps(told).encode()).failed == ["parity.flips", "parity.logits"]
    told["checks"][0]["severity"] = "warning"
    told["checks"][1]["skipped"] = "there was nothing"
    assert Evidence(json.dumps(told).encode()).failed == []


def test_evidence_counts_what_passed_and_not_what_was_skipped_or_only_warned():
    told = evidence((*MEASURED, Measurement("parity.non-finite", 1, 7)))
    assert Evidence(json.dumps(told | {"git": {"commit": "abc"}}).encode()).said["checks"] == len(MEASURED)


def test_evidence_without_a_commit_says_that_it_is_not_known():
    told = evidence(MEASURED, git={"commit": "", "clean": None})
    assert Evidence(json.dumps(told).encode()).said["commit"] == "unknown"
