"""What a user hands in through the real command: deployments that are broken, a subject of their own, one without weights."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from lib import cache
from lib.run.command import main
from lib.run.exit_codes import CHECK_FAILED, SHIP, WRONG_USE
from tests.conftest import edited
from tests.few import copied
from tests.run import tiny
from tests.run.looks import assert_self_contained, look_at, pages, results


@pytest.fixture(scope="module")
def two_photos(tmp_path_factory) -> Path:
    return copied(tmp_path_factory.mktemp("two_photos"), "chelsea.png", "rocket.jpg")


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> tuple[Path, Path]:
    """A set of notebooks that is one small one, and its policy."""
    folder = tmp_path_factory.mktemp("small")
    shutil.copy(tiny.NOTEBOOKS / "small.ipynb", folder)
    return folder, tiny.table(["small"], folder / "policy.toml")


@pytest.fixture(scope="module", params=["bgr", "mean_off", "nan_weight"])
def broken(request, tmp_path_factory, two_photos, small) -> tuple[str, Path]:
    out = tmp_path_factory.mktemp(request.param) / "latest"
    options = ["--photos", str(two_photos), "--deployment", f"tests.run.broken:{request.param}"]
    assert main(["run", "--out", str(out), *options], *small) == CHECK_FAILED
    return request.param, out


def test_a_broken_deployment_does_not_ship(broken):
    name, report = broken
    got = results(report)
    assert got["verdict"] == "do not ship"
    failed = [check["id"] for check in got["checks"] if not check["passed"]]
    expected = {
        "bgr": {"small.decode", "small.resize", "small.normalise", "small.logits", "small.probabilities"},
        "mean_off": {"small.normalise", "small.logits", "small.probabilities"},
        "nan_weight": {"small.logits", "small.probabilities", "small.non-finite"},
    }
    assert expected[name] <= set(failed)
    assert failed[0] == {"bgr": "small.decode", "mean_off": "small.normalise", "nan_weight": "small.logits"}[name]
    assert f'<p class="warning">No. {len(failed)} of 7 checks failed: ' in (report / "small.html").read_text()
    assert "✗ Do not ship" in (report / "index.html").read_text()


def test_a_deployment_that_ends_its_process_is_wrong_use(two_photos, small, tmp_path, capsys):
    options = ["--photos", str(two_photos / "rocket.jpg"), "--deployment", "tests.run.broken:leaves", "--time-limit", "30"]
    assert main(["run", "--out", str(tmp_path / "latest"), *options], *small) == WRONG_USE
    said = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("[")]
    assert said == ["error: small: deployment 'tests.run.broken:leaves': stage decode: its process ended with exit code 0"]
    assert not (tmp_path / "latest").exists()


def test_a_broken_report_is_one_small_file_without_script(broken):
    for page in pages(broken[1]):
        assert_self_contained(page)


def test_a_broken_report_is_fit_to_read(browser, broken):
    for page in pages(broken[1]):
        look_at(browser, page)


def test_a_users_own_subject_runs_from_its_toml_file(own_subject, two_photos, tmp_path):
    (tmp_path / "run.yml").write_text("exporter: torchscript\nopset: 17\nrandom_sizes: 10\n")
    shared = ["--subject", str(own_subject), "--photos", str(two_photos), "--params", str(tmp_path / "run.yml")]
    for notebook in ("01_export", "03_parity"):
        assert main(["run", "--out", str(tmp_path / "latest"), "--only", notebook, *shared]) == SHIP
        assert results(tmp_path / "latest")["subject"]["name"] == "mine"
    assert "cat" in (tmp_path / "latest" / "03_parity.html").read_text()


def test_an_opset_that_is_not_honoured_does_not_ship(two_photos, tmp_path):
    # torch's dynamo exporter writes 18 where it is asked for 17, and only logs it
    (tmp_path / "run.yml").write_text("opset: 17\nrandom_sizes: 10\n")
    options = ["--only", "01_export", "--photos", str(two_photos), "--params", str(tmp_path / "run.yml")]
    assert main(["run", "--out", str(tmp_path / "latest"), "--subject", "b0-stand-in", *options]) == CHECK_FAILED
    failed = [check for check in results(tmp_path / "latest")["checks"] if not check["passed"]]
    assert [check["id"] for check in failed] == ["export.opset"]
    assert (failed[0]["measured"], failed[0]["threshold"]) == (1, 0)
    for name in ("index.html", "summary.md"):
        assert "makes no claim on accuracy" in (tmp_path / "latest" / name).read_text()


def test_plain_papermill_works_from_any_folder(two_photos, small, tmp_path):
    shutil.copytree(two_photos, tmp_path / "mine")
    command = [sys.executable, "-m", "papermill", small[0] / "small.ipynb", "out.ipynb", "-p", "photos", "mine"]
    environment = os.environ | {"PYTHONPATH": str(cache.ROOT)}  # for the policy, which is the tests'
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, env=environment)
    executed = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert " checks, 0 failed" in json.dumps(executed)


def test_an_offline_b0_says_in_one_line_what_to_do(own_subject, tmp_path, cache_folder, capsys):
    name = edited(own_subject, 'file = "mine.pth"', 'url = "https://weights.invalid/mine.pth"')
    assert main(["run", "--subject", name, "--out", str(tmp_path / "latest")]) == 2
    printed = capsys.readouterr().err
    assert printed.count("\n") == 1
    assert "cannot reach https://weights.invalid/mine.pth" in printed
    assert main(["run", "--subject", name, "--weights", str(own_subject.parent / "none.pth")]) == 2
