"""The real notebooks through the real command, once, and a small one for deployments that are broken.

A healthy run ships, a broken deployment does not, and the pages are fit to read.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from lib import cache
from lib.inputs import photos
from lib.policy import load
from lib.run.command import NOTEBOOKS, main
from lib.run.exit_codes import CHECK_FAILED, SHIP
from tests.conftest import edited
from tests.run import tiny


@pytest.fixture(scope="module")
def healthy(tmp_path_factory) -> Path:
    """The whole run with its defaults, as ``make report`` makes it."""
    out = tmp_path_factory.mktemp("healthy") / "latest"
    assert main(["run", "--out", str(out)]) == SHIP
    return out


@pytest.fixture(scope="module")
def two_photos(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("two_photos")
    for photo in photos.load().readable[1:3]:
        (folder / photo.name).write_bytes(photo.data)
    return folder


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


@pytest.fixture(scope="module")
def everything(tmp_path_factory) -> Path:
    """A page with every kind of output that a notebook can have."""
    folder = tmp_path_factory.mktemp("everything")
    (folder / "notebooks").mkdir()
    shutil.copy(tiny.NOTEBOOKS / "shows_everything.ipynb", folder / "notebooks")
    rules = tiny.table(["shows_everything"], folder / "policy.toml")
    assert main(["run", "--out", str(folder / "latest")], folder / "notebooks", rules) == SHIP
    return folder / "latest"


def results(report: Path) -> dict[str, Any]:
    return json.loads((report / "results.json").read_text())


def test_the_healthy_run_ships_with_at_least_20_checks(healthy):
    got = results(healthy)
    assert got["verdict"] == "ship"
    assert {check["id"] for check in got["checks"]} == {check.id for check in load().checks}
    for check in got["checks"]:
        assert isinstance(check["measured"], int | float)
        assert isinstance(check["threshold"], int | float)
        assert check["compared"] > 0
        assert check["passed"] is True
    assert {check["notebook"] for check in got["checks"]} == {"run", *(path.stem for path in NOTEBOOKS.glob("*.ipynb"))}


def test_every_page_opens_with_this_runs_answer(healthy):
    for notebook in results(healthy)["notebooks"]:
        page = (healthy / f"{notebook['name']}.html").read_text().replace("&nbsp;", "\u00a0").replace("&#x27;", "'")
        opening = page[page.index("<h1") : page.index("<h1") + 1500]
        assert f'<p class="finding">{notebook["answer"]}</p>' in opening, notebook["name"]
        assert "{" not in notebook["answer"]
        assert notebook["answer"] in (healthy / "index.html").read_text().replace("&#39;", "'")


def test_the_results_say_what_was_run_on_what(healthy):
    got = results(healthy)
    assert got["subject"]["name"] == "lite0-imagenet"
    assert len(got["subject"]["weights_sha256"]) == 64
    assert got["versions"]["torch"].startswith("2.13.0")
    assert got["parameters"]["opset"] == 20
    assert all(len(photo["sha256"]) == 64 for photo in got["photos"]["readable"])
    assert {"commit", "clean"} == got["git"].keys()
    assert len(got["files"]) == 2  # the network, and the file that holds its preprocessing too
    for name, digest in got["files"].items():
        assert digest == hashlib.sha256((cache.directory() / "models" / name).read_bytes()).hexdigest()
        assert digest in (healthy / "index.html").read_text()
    assert got["seconds"] > 0
    assert got["machine"]["cores"] >= 1


def test_the_swish_story_is_labelled_as_a_stand_in_where_b0_cannot_be_had(healthy):
    page = (healthy / "02_swish.html").read_text()
    assert "Couldn't export Python operator SwishImplementation" in page.replace("&#x27;", "'")
    about = {check["notebook"]: check["subject"] for check in results(healthy)["checks"]}
    assert about["01_export"] == about["03_parity"] == "lite0-imagenet"
    assert about["02_swish"] in ("b0-imagenet", "b0-stand-in (stand-in weights: no claim on accuracy)")
    assert f"on {about['02_swish']}" in (healthy / "index.html").read_text()
    assert "no claim on accuracy is made" in page or about["02_swish"] == "b0-imagenet"


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


def test_a_users_own_subject_runs_from_its_toml_file(own_subject, two_photos, tmp_path):
    (tmp_path / "run.yml").write_text("exporter: torchscript\nopset: 17\nrandom_sizes: 10\n")
    shared = ["--subject", str(own_subject), "--photos", str(two_photos), "--params", str(tmp_path / "run.yml")]
    for notebook in ("01_export", "03_parity"):
        assert main(["run", "--out", str(tmp_path / "latest"), "--only", notebook, *shared]) == SHIP
        assert results(tmp_path / "latest")["subject"]["name"] == "mine"
    assert "cat" in (tmp_path / "latest" / "03_parity.html").read_text()


def test_an_opset_that_is_not_honoured_does_not_ship(two_photos, tmp_path, cache_folder):
    # torch's dynamo exporter writes 18 where it is asked for 17, and only logs it
    (tmp_path / "run.yml").write_text("opset: 17\nrandom_sizes: 10\n")
    options = ["--only", "01_export", "--photos", str(two_photos), "--params", str(tmp_path / "run.yml")]
    assert main(["run", "--out", str(tmp_path / "latest"), "--subject", "b0-stand-in", *options]) == CHECK_FAILED
    failed = [check for check in results(tmp_path / "latest")["checks"] if not check["passed"]]
    assert [check["id"] for check in failed] == ["export.opset"]
    assert (failed[0]["measured"], failed[0]["threshold"]) == (1, 0)
    assert "makes no claim on accuracy" in (tmp_path / "latest" / "index.html").read_text()


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


def pages(report: Path) -> list[Path]:
    return sorted(report.glob("*.html"))


def assert_self_contained(page: Path) -> None:
    text = page.read_text()
    assert len(text.encode()) < 3_000_000
    assert "<script" not in text
    assert "default-src 'none'" in text
    assert not re.search(r"(?:src|href)=\"(?!data:|#|[\w.]+\")", text)
    assert not re.search(r"@import|url\(", text)
    for image in re.findall(r"<img [^>]*>", text):
        assert re.search(r'alt="[^"]{10,}"', image), image[:80]


def test_every_page_is_one_small_file_without_script(healthy, everything):
    for page in (*pages(healthy), *pages(everything)):
        assert_self_contained(page)


def test_a_broken_report_is_one_small_file_without_script(broken):
    for page in pages(broken[1]):
        assert_self_contained(page)


def test_what_a_notebook_prints_is_text_in_the_page(everything):
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in (everything / "shows_everything.html").read_text()


# What a person would trip over, measured in the page itself.
_TROUBLE = """() => {
  const trouble = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) trouble.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
  for (const image of document.images) {
    if (!image.alt) trouble.push("an image without alt text");
    if (!image.complete || !image.naturalWidth) trouble.push(`an image that does not show: ${image.alt}`);
  }
  for (const box of document.querySelectorAll("main *")) {
    const scrolls = ["auto", "scroll"].includes(getComputedStyle(box).overflowX) && box.scrollWidth > box.clientWidth;
    if (scrolls && box.tabIndex < 0) trouble.push(`cannot be scrolled by keyboard: ${box.outerHTML.slice(0, 80)}`);
  }
  if (document.querySelectorAll("h1").length !== 1) trouble.push("not exactly one h1");
  if (document.querySelectorAll("details.code[open]").length) trouble.push("code that is not folded");
  return trouble;
}"""


def look_at(browser: Any, page: Path) -> None:
    for width in (390, 1200):
        tab = browser.new_page(viewport={"width": width, "height": 800})
        asked: list[str] = []
        complaints: list[str] = []
        tab.on("request", lambda request, asked=asked: asked.append(request.url))
        tab.on("console", lambda message, complaints=complaints: complaints.append(message.text))
        tab.goto(page.as_uri())
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        assert complaints == []
        assert tab.evaluate(_TROUBLE) == [], page.name
        tab.close()


def test_pages_are_fit_to_read_on_phone_and_desktop(browser, healthy, everything):
    for page in (*pages(healthy), everything / "index.html"):
        look_at(browser, page)


def test_a_broken_report_is_fit_to_read(browser, broken):
    for page in pages(broken[1]):
        look_at(browser, page)


def test_the_verdict_is_the_first_thing_on_the_index(browser, healthy):
    tab = browser.new_page(viewport={"width": 390, "height": 800})
    tab.goto((healthy / "index.html").as_uri())
    heading = tab.locator("main h1")
    assert heading.inner_text() == "✓ Ship"
    assert heading.bounding_box()["y"] < 300
    tab.close()


def test_links_lead_to_files_of_the_report(healthy):
    for page in pages(healthy):
        for target in re.findall(r'href="([\w.]+)"', page.read_text()):
            assert (healthy / target).is_file(), target
