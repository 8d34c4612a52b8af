"""The real notebooks through the real command, once, on few photos and sizes: they ship, and the pages are fit to read."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from lib import cache
from lib.policy import load
from lib.policy.policy import BASELINE
from lib.report.pages import FIGURES
from lib.run.command import NOTEBOOKS, main
from lib.run.exit_codes import SHIP
from tests.conftest import picture
from tests.few import copied, of_three_classes
from tests.run import sentences, tiny
from tests.run.looks import assert_self_contained, look_at, look_under_jenkins, pages, results


@pytest.fixture(scope="module")
def healthy(tmp_path_factory) -> Path:
    """Every notebook, as ``make report`` runs them, on three photos: a PNG, a JPEG and a grey one."""
    folder = tmp_path_factory.mktemp("healthy")
    copied(folder / "photos", "coffee.png", "grace_hopper.jpg", "camera.png")
    (folder / "run.yml").write_text("random_sizes: 20\nsizes_seed: 1\n")
    options = ["--photos", str(folder / "photos"), "--params", str(folder / "run.yml")]
    assert main(["run", "--out", str(folder / "latest"), *options]) == SHIP
    return folder / "latest"


@pytest.fixture(scope="module")
def cropping(lite0, tmp_path_factory) -> Path:
    """The same of a subject of another kind, which crops and has three classes, on photos of odd shapes and a plain one."""
    folder = tmp_path_factory.mktemp("cropping")
    photos = copied(folder / "photos", "coffee.png")
    picture(69, 103).save(photos / "small.png")
    picture(800, 200, seed=1).save(photos / "wide.jpg")
    picture(32, 32).point(lambda level: 128).save(photos / "plain.png")
    (folder / "run.yml").write_text("random_sizes: 20\nsizes_seed: 1\n")
    options = ["--photos", str(photos), "--params", str(folder / "run.yml")]
    subject = of_three_classes(lite0, folder)
    assert main(["run", "--out", str(folder / "latest"), "--subject", str(subject), *options]) == SHIP
    return folder / "latest"


@pytest.fixture(scope="module")
def everything(tmp_path_factory) -> Path:
    """A page with every kind of output that a notebook can have."""
    folder = tmp_path_factory.mktemp("everything")
    (folder / "notebooks").mkdir()
    shutil.copy(tiny.NOTEBOOKS / "shows_everything.ipynb", folder / "notebooks")
    rules = tiny.table(["shows_everything"], folder / "policy.toml")
    assert main(["run", "--out", str(folder / "latest")], folder / "notebooks", rules) == SHIP
    return folder / "latest"


def test_the_healthy_run_ships_with_at_least_20_checks(healthy):
    got = results(healthy)
    assert got["verdict"] == "ship"
    # no earlier run was named, and no other version
    held = {check.id for check in load().checks if check.notebook != BASELINE and not check.optional}
    assert {check["id"] for check in got["checks"]} == held
    for check in got["checks"]:
        assert isinstance(check["measured"], int | float)
        assert isinstance(check["threshold"], int | float)
        assert check["compared"] > 0
        assert check["passed"] is True
    assert {check["notebook"] for check in got["checks"]} == {"run", *(path.stem for path in NOTEBOOKS.glob("*.ipynb"))}


def test_every_page_opens_with_this_runs_answer(healthy):
    assert len(results(healthy)["notebooks"]) == len(list(NOTEBOOKS.glob("*.ipynb"))) > 0
    for notebook in results(healthy)["notebooks"]:
        page = (healthy / f"{notebook['name']}.html").read_text().replace("&nbsp;", "\u00a0").replace("&#x27;", "'")
        opening = page[page.index("<h1") : page.index("<h1") + 1500]
        assert f'<p class="finding">{notebook["answer"]}</p>' in opening, notebook["name"]
        assert "{" not in notebook["answer"]
        assert notebook["answer"] in (healthy / "index.html").read_text().replace("&#39;", "'")


def test_the_results_say_what_was_run_on_what(healthy):
    got = results(healthy)
    assert got["subject"]["name"] == "lite0-imagenet"
    assert got["subject"]["architecture"] == "efficientnet-lite0"
    assert len(got["subject"]["weights_sha256"]) == 64
    assert got["versions"]["torch"].startswith("2.13.0")
    assert got["parameters"]["opset"] == 20
    assert all(len(photo["sha256"]) == 64 for photo in got["photos"]["readable"])
    assert {"commit", "clean"} == got["git"].keys()
    assert len(got["files"]) == 5  # the network, the file that holds its preprocessing too, the wheel, two requirements
    for name, digest in got["files"].items():
        folder = healthy / "handoff" if name.endswith((".whl", ".txt")) else cache.directory() / "models"
        assert digest == hashlib.sha256((folder / name).read_bytes()).hexdigest()
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


def test_every_page_is_small_and_without_script(healthy, everything):
    for page in (*pages(healthy), *pages(everything)):
        assert_self_contained(page)


def test_no_file_of_a_report_says_where_things_lie_on_the_machine(healthy):
    for path in (path for path in healthy.rglob("*") if path.is_file()):
        data = path.read_bytes()
        for place in (healthy.parent, cache.ROOT, sys.prefix, cache.directory()):
            assert str(place).encode() not in data, path.name


def test_what_a_notebook_leaves_for_other_tools_lies_beside_its_page(everything, healthy):
    assert (everything / "shows_everything.drift.json").read_text() == "{}"
    assert 'href="shows_everything.drift.json"' in (everything / "index.html").read_text()
    assert results(everything)["attachments"] == {"shows_everything.drift.json": hashlib.sha256(b"{}").hexdigest()}
    assert {path.name for path in healthy.glob("*.json")} == {"results.json", *results(healthy)["attachments"]}
    assert {"07_layers.accumulated_node_data.json", "07_layers.local_node_data.json", "07_layers.netron.json"} == set(
        results(healthy)["attachments"]
    )


def test_what_operations_install_lies_beside_the_report_with_what_it_was_packed_on(healthy):
    told, folder = results(healthy), healthy / "handoff"
    wheel = told["told"]["package"]["wheel"]
    beside = {"evidence.json", "bom.cdx.json", "Dockerfile", "README.md", "service.py", "reproduce.md"}
    assert {path.name for path in folder.iterdir()} - beside == {name for name in told["files"] if (folder / name).exists()}
    assert hashlib.sha256((folder / wheel["name"]).read_bytes()).hexdigest() == wheel["sha256"]
    with zipfile.ZipFile(folder / wheel["name"]) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/data/manifest.json"))
        manifest = json.loads(archive.read(name))
    assert manifest["evidence"]["sha256"] == hashlib.sha256((folder / "evidence.json").read_bytes()).hexdigest()
    assert manifest["made"] == told["started"]
    before = json.loads((folder / "evidence.json").read_text())["checks"]
    assert {check["id"] for check in told["checks"]} - {check["id"] for check in before} == {
        check.id for check in load().of("10_handoff")
    }


def test_what_a_notebook_prints_is_text_in_the_page(everything):
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in (everything / "shows_everything.html").read_text()


def test_pages_are_fit_to_read_on_phone_and_desktop(browser, healthy, everything):
    for page in (*pages(healthy), everything / "index.html"):
        look_at(browser, page)


def test_the_folders_pages_show_under_jenkins_policy(browser, healthy, everything):
    for report in (healthy, everything):
        look_under_jenkins(browser, report)


@pytest.mark.parametrize("name", ["index.html", "report.html"])
def test_the_verdict_is_the_first_thing(browser, healthy, name):
    tab = browser.new_page(viewport={"width": 390, "height": 800})
    tab.goto((healthy / name).as_uri())
    heading = tab.locator("main h1")
    assert heading.inner_text() == "✓ Ship"
    assert heading.bounding_box()["y"] < 300
    tab.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
def test_the_one_file_alone_answers_three_questions_on_its_first_screen(browser, healthy, tmp_path, width, height):
    alone = tmp_path / "report.html"
    shutil.copy(healthy / "report.html", alone)
    tab = browser.new_page(viewport={"width": width, "height": height})
    tab.goto(alone.as_uri())
    front = tab.locator(".front")
    for text in (
        "pip install handoff/",
        "onnx selftest",
        "sha256:",
        "PyTorch, eager",
        "What could still go wrong",
        "Accuracy: not measured",
    ):
        box = front.get_by_text(text).first.bounding_box()
        assert box["y"] + box["height"] <= height, text
    if width > 1000:
        box = front.bounding_box()
        assert box["y"] + box["height"] <= height
    tab.close()


def test_the_one_file_is_small_and_prints_on_few_pages(browser, healthy, tmp_path):
    assert (healthy / "report.html").stat().st_size < 6_000_000
    tab = browser.new_page()
    tab.goto((healthy / "report.html").as_uri())
    printed = tab.pdf(format="A4")
    assert 2 <= len(re.findall(rb"/Type\s*/Page[^s]", printed)) <= 12
    tab.close()


def test_the_one_file_shows_the_figures_that_matter_and_holds_every_notebook(healthy):
    page = (healthy / "report.html").read_text()
    for notebook, _, title in FIGURES:
        assert f"<h3>{title}</h3>" in page, notebook
    for notebook in results(healthy)["notebooks"]:
        assert f'<details class="notebook" id="{notebook["name"]}">' in page


def test_links_lead_to_files_of_the_report(healthy):
    for page in pages(healthy):
        for target in re.findall(r'(?:href|src)="([\w./]+)"', page.read_text()):
            assert (healthy / target).is_file(), target


def test_sentences_say_what_the_tables_and_checks_beside_them_say(healthy, cropping):
    for report in (healthy, cropping):
        assert sentences.complaints(report) == []
    assert sentences.unused(healthy, cropping) == []


def test_another_number_in_a_sentence_is_found(healthy):
    changed = 0
    for page in sentences.pages(healthy):
        for said in page.sentences:
            for pattern, _ in sentences.RULES[page.name]:
                match = re.search(pattern, said)
                groups = enumerate(match.groups() if match else (), 1)
                if first := next((n for n, group in groups if sentences.NUMBER.fullmatch(group or "")), 0):
                    other = said[: match.start(first)] + re.sub(r"\d", r"7\g<0>", said[match.start(first) :], count=1)
                    assert sentences.untrue(page, other), other
                    changed += 1
    assert changed > 50
