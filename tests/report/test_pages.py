"""A run becomes pages."""

from __future__ import annotations

import re

import pytest
import yaml

from lib.report import pages
from tests import hostile_texts
from tests.report import made
from tests.run.looks import look_at

TOLD = {
    "files": made.FILES,
    "costs": made.COSTS,
    "sizes": made.SIZES,
    "probes": {"tried": 108, "refused": ["grey with alpha"]},
    "libraries": {"wrong": [{"name": "OpenCV", "other_classes": 2}], "missing": [{"name": "LiteRT"}]},
}


@pytest.fixture
def written(tmp_path):
    def write(**changes):
        pages.write(made.run(**{"told": TOLD} | changes), tmp_path)
        return (tmp_path / "report.html").read_text()

    return write


def assert_in_order(html: str, texts: list[str]) -> None:
    places = [html.index(each) for each in texts]
    assert places == sorted(places)


def text(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def test_the_one_file_says_what_to_install_what_it_buys_and_what_could_go_wrong_before_any_check(written):
    html = written()
    assert_in_order(
        html,
        [
            "✓ Ship",
            "pip install numpy==",
            "a" * 64,
            "b" * 64,
            "0.08×",
            "What could still go wrong",
            "not measured",
            'id="checks"',
        ],
    )


def test_where_a_check_failed_that_comes_first_and_no_line_tells_anyone_to_install(written):
    html = written(off=2, turned=1)
    assert_in_order(
        html,
        [
            "✗ Do not ship",
            "What failed",
            "turned photos",
            "EXIF",
            "bars of how far off",
            "how far off",
            "cup.png",
            'id="checks"',
        ],
    )
    assert "install" not in text(html[: html.index('id="checks"')])


def test_a_run_of_only_some_notebooks_tells_nobody_to_install(written):
    html = written(complete=False)
    assert "No verdict: only part was run" in html
    assert "pip install" not in html


def test_the_index_names_the_folder_of_a_package_where_there_is_one(written, tmp_path):
    written(told=TOLD | {"package": made.PACKAGE})
    assert "<code>handoff</code>, a folder" in (tmp_path / "index.html").read_text()
    written()
    assert "<code>handoff</code>" not in (tmp_path / "index.html").read_text()


def test_checks_are_folded_where_all_of_a_notebook_passed_and_open_where_not(written):
    states = re.findall(r'<details class="checks (\w+)"( open)?>', written(off=2, skipped="there is no file"))
    assert states == [("failed", " open"), ("open", " open")]
    assert re.findall(r'<details class="checks (\w+)"( open)?>', written()) == [("passed", ""), ("passed", "")]


def test_a_skipped_check_is_counted_as_skipped(written):
    assert "2 checks: 1 passed, 1 skipped" in text(written(skipped="there is no file"))


def test_every_notebook_is_inside_behind_an_anchor(written):
    html = written()
    for name in ("01_a", "02_b"):
        assert f'<details class="notebook" id="{name}">' in html
        assert f'href="#{name}"' in html
    assert made.SOURCE in html


def test_the_parameters_lie_beside_it_and_in_it(written, tmp_path):
    html = written()
    assert (tmp_path / "parameters.yml").read_text() in html.replace("&#39;", "'")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"told": TOLD | {"package": made.PACKAGE}},
        {"off": 2, "turned": 1},
        {"skipped": "there is no file", "slow": 3},
    ],
)
def test_the_pages_are_fit_to_read(written, tmp_path, browser, changes):
    written(**changes)
    for name in ("report.html", "index.html"):
        look_at(browser, tmp_path / name)


def test_no_file_of_a_run_holds_a_character_that_cannot_be_printed_nor_markup_of_a_subject(tmp_path):
    known = made.run().facts
    subject = known["subject"] | dict.fromkeys(("name", "about", "weights", "preprocessing_source"), hostile_texts.TEXT)
    photos = {
        "readable": [known["photos"]["readable"][0] | {"name": hostile_texts.TEXT, "kind": hostile_texts.TEXT}],
        "unreadable": [{"name": hostile_texts.TEXT, "reason": hostile_texts.TEXT}],
    }
    told = TOLD | {"probes": {"tried": 2, "refused": [hostile_texts.TEXT]}}
    given = known["parameters"] | {"photos": hostile_texts.TEXT}
    for off in (0.5, 2):
        run = made.run(
            off=off, told=told, subject=subject, photos=photos, parameters=given, likeliest={"infer": hostile_texts.TEXT}
        )
        pages.write(run, tmp_path)
        texts = {path.name: path.read_text() for path in tmp_path.iterdir() if path.is_file()}
        assert len(texts) > 5
        for name, written in texts.items():
            assert not hostile_texts.raw(written), name
            assert "<b>*i*</b>" not in written or name.endswith((".json", ".yml")), name
        assert not re.search(r"(?<!\\)\]\(http", texts["summary.md"])
        assert yaml.safe_load(texts["parameters.yml"])["photos"] == hostile_texts.TEXT
