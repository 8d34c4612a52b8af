"""The package is built, installed and held against PyTorch; where it answers otherwise, the checks say so."""

from __future__ import annotations

import datetime
import json
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lib.bundle.bom import complaints
from lib.bundle.contents import Contents
from lib.deploy import BadInput
from lib.deploy.manifest import Manifest
from lib.inputs.reading import sha256
from lib.inputs.weights import digest_of
from lib.policy import Measurement
from lib.policy.results import Record
from lib.report.checks import Checks
from lib.studies.handoff import measure
from lib.studies.handoff.measure import Study, measured, record, told
from tests.bundle.shipped import evidence
from tests.studies.handoff.conftest import STARTED, handed_on

NOTEBOOK = "10_handoff"


def recorded(study: Study | str, rules) -> Checks:
    checks = Checks(NOTEBOOK, "lite0", rules)
    record(study, checks)
    return checks


def failing(study: Study, rules) -> list[str]:
    return [each.check.id for each in recorded(study, rules).results if not each.passed and not each.skipped]


def test_all_checks_of_the_notebook_hold(study, rules):
    checks = recorded(study, rules)
    assert {each.check.id for each in checks.results} == {check.id for check in rules.of(NOTEBOOK)}
    for each in checks.results:
        assert each.passed, each.check.id
        assert each.measurement.compared > 0
    assert checks.recorded.files == {
        study.wheel.name: digest_of(study.wheel),
        study.end_to_end.name: digest_of(study.end_to_end),
        **{path.name: digest_of(path) for path in study.locked},
    }


def test_what_lies_in_the_folder_is_what_operations_are_given(study, run):
    folder = run / "handoff"
    assert {path.name for path in folder.iterdir()} == {
        "evidence.json", "bom.cdx.json", "Dockerfile", "README.md", study.wheel.name, study.end_to_end.name, "service.py",
        "requirements.txt", "requirements-service.txt",
    }  # fmt: skip
    assert study.wheel.parent == folder
    assert study.manifest.evidence["sha256"] == sha256((folder / "evidence.json").read_bytes())
    beside = (study.end_to_end, *study.locked)
    assert study.manifest.beside == {path.name: digest_of(path) for path in beside}
    assert study.manifest.made == STARTED
    assert complaints((folder / "bom.cdx.json").read_text(encoding="utf-8")) == []
    assert study.wheel.name in (folder / "Dockerfile").read_text(encoding="utf-8")
    assert study.dockerfile == (folder / "Dockerfile").read_text(encoding="utf-8")


def test_no_text_beside_the_wheel_says_where_things_lie(study, run):
    for path in (run / "handoff").iterdir():
        if path.suffix not in (".whl", ".onnx"):
            assert str(run) not in path.read_text(encoding="utf-8"), path.name
            assert str(Path.cwd()) not in path.read_text(encoding="utf-8"), path.name


def test_every_photo_was_answered_by_the_package_and_by_the_file_beside_it(study, few):
    (proven,) = study.proven
    assert [each.photo for each in proven.answers] == [each.photo for each in proven.beside] == list(study.pictures)
    assert not {photo.name for photo in few.photos.readable} & study.pictures.keys()
    assert any(each.photo.startswith("part-") for each in proven.answers)
    assert all(max(pixels.shape) <= measure.THUMBNAIL for pixels in study.pictures.values())


def test_what_is_told_fits_into_json_and_names_the_wheel_and_what_it_costs(study):
    said = json.loads(json.dumps(told(study), allow_nan=False))
    assert said["wheel"] == {
        "name": study.wheel.name,
        "bytes": study.wheel.stat().st_size,
        "sha256": digest_of(study.wheel),
    }
    assert said["photos"]["compared"] == len(study.pictures)
    assert said["photos"]["other_classes"] == 0
    assert said["costs"]["conditions"]["rounds"] == 2
    assert said["costs"]["conditions"]["photo"] == "coffee.png"
    ours, theirs = said["costs"]["shipped"], said["costs"]["pytorch"]
    assert ours.keys() == theirs.keys()
    assert ours["installed_bytes"] < theirs["installed_bytes"] / 2


def test_a_package_that_answers_otherwise_fails_where_it_does(study, rules):
    (proven,) = study.proven
    good = proven.proof
    failed = subprocess.CompletedProcess([], 1, "✗ files", "")
    for change, ids in (
        (replace(good, notices=False), ["handoff.guard"]),
        (replace(good, traces=("file home/.cache/device",)), ["handoff.quiet"]),
        (replace(good, without_pytorch=False), ["handoff.free-of-pytorch"]),
        (replace(good, unneeded=("pip",)), ["handoff.environment"]),
        (replace(good, selftest=failed), ["handoff.selftest"]),
    ):
        assert failing(replace(study, proven=(replace(proven, proof=change),)), rules) == ids
    assert failing(replace(study, builds=("a", "b")), rules) == ["handoff.reproducible"]
    assert failing(replace(study, off=("lite0/stages.py",)), rules) == ["handoff.contents"]
    assert failing(replace(study, complaints=("$: no",)), rules) == ["handoff.bom"]


def test_a_photo_that_was_not_answered_fails_the_checks_and_no_sum(study, rules):
    (proven,) = study.proven
    expected = {"a.png": np.full((1, 4), 0.25, np.float32)}
    unanswered = measure._held(expected, {}, "package")
    silent = replace(study, proven=(replace(proven, answers=unanswered, beside=unanswered),))
    assert failing(silent, rules) == ["handoff.flips", "handoff.probabilities", "handoff.end-to-end"]
    assert told(silent)["photos"]["probability"] is None
    json.dumps(told(silent), allow_nan=False)
    json.dumps(recorded(silent, rules).recorded.as_json(), allow_nan=False)


def test_without_an_end_to_end_file_its_check_is_skipped_and_says_why(study, rules):
    (proven,) = study.proven
    checks = recorded(
        replace(study, end_to_end=None, missing="ONNX has no such resize", proven=(replace(proven, beside=()),)), rules
    )
    skipped = [each for each in checks.results if each.skipped]
    assert [(each.check.id, each.unmeasured) for each in skipped] == [("handoff.end-to-end", "ONNX has no such resize")]
    assert all(each.passed for each in checks.results if not each.skipped)


def test_of_a_users_own_deployment_no_package_is_made_and_every_check_is_skipped(few, rules):
    copy = replace(few, deployment_name="myteam.serving:pipeline")
    reason = measured(copy, rules, "", "installed", 0, 0, 2)
    assert reason == "the deployment under test is myteam.serving:pipeline, and a package holds the workbook's own"
    checks = recorded(reason, rules)
    assert all(each.skipped for each in checks.results)
    assert {each.unmeasured for each in checks.results} == {reason}
    assert checks.recorded.told == checks.recorded.files == {}


def test_where_checks_failed_no_package_is_made(few, rules, tmp_path):
    ids = ("parity.flips", "parity.logits", "parity.resize", "parity.decode", "robustness.decode")
    told = evidence([Measurement(id_, 9, 9) for id_ in ids], started=STARTED, git={"commit": "abc"})
    run = handed_on(tmp_path, told)
    reason = measured(few, rules, str(run), "installed", 0, 0, 2)
    assert reason == "no package is made where checks failed: parity.flips, parity.logits, parity.resize and 2 more"
    assert [path.name for path in (run / "handoff").iterdir()] == ["evidence.json"]


def test_a_folder_that_no_run_works_in_is_refused(few, rules, tmp_path):
    with pytest.raises(BadInput, match=r"^run: cannot read .*evidence\.json: No such file"):
        measured(few, rules, str(tmp_path), "installed", 0, 0, 2)


def test_versions_that_are_none_are_refused_before_anything_is_made(few, rules):
    with pytest.raises(BadInput, match="unknown versions 'newest'"):
        measured(few, rules, "", "newest", 0, 0, 2)


def test_a_wheel_that_was_changed_after_it_was_built_is_seen(study, tmp_path):
    changed = tmp_path / study.wheel.name
    with zipfile.ZipFile(study.wheel) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            if not name.endswith("stages.py"):
                new.writestr(name, old.read(name) + (b"#" if name.endswith("model.py") else b""))
        new.writestr("evil.pth", "import evil")
    packed = contents_of(study)
    module = "lite0_imagenet_onnx"
    assert measure._off(packed, changed) == ("evil.pth", f"{module}/model.py", f"{module}/stages.py")
    assert measure._off(packed, study.wheel) == ()


def contents_of(study: Study) -> Contents:
    """What was packed, read back from the wheel."""
    with zipfile.ZipFile(study.wheel) as archive:
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist() if ".dist-info/" not in name}
    manifest = Manifest.parse(files.pop("data/manifest.json"), "manifest.json")
    assert manifest == study.manifest
    return Contents(files, manifest, datetime.datetime.fromisoformat(manifest.made))


def test_a_record_of_it_comes_back_from_a_notebook(study, rules):
    notebook = {"cells": [{"outputs": [{"data": recorded(study, rules)._repr_mimebundle_()}]}]}
    assert Record.in_notebook(notebook).told["package"]["name"] == "lite0-imagenet-onnx"
