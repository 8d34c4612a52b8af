"""A run in Markdown."""

from __future__ import annotations

import html
import re

import mistune
import pytest

from lib.report.summary import summary
from tests.report import made

TOLD = {"files": made.FILES, "package": made.PACKAGE, "sizes": made.SIZES}


def assert_in_order(text: str, parts: list[str]) -> None:
    places = [text.index(each) for each in parts]
    assert places == sorted(places)


def test_a_run_that_says_ship_says_first_what_to_install():
    wheel = made.PACKAGE["wheel"]
    parts = [
        "# ✓ Ship",
        f"pip install handoff/{wheel['name']}",
        wheel["sha256"],
        "b" * 64,
        "## What could still go wrong",
        "<details>",
    ]
    text = summary(made.run(told=TOLD))
    assert_in_order(text, parts)
    assert "a" * 64 not in text  # the network is in the wheel


def test_what_failed_comes_first_and_nobody_is_told_to_install():
    text = summary(made.run(off=2, turned=1, told=TOLD))
    failed = [
        "# ✗ Do not ship",
        "✗ turned photos",
        "1 measured, = 0 required",
        "Likeliest: EXIF",
        "✗ how far off",
        "Where: cup.png",
        "<details open>",
    ]
    assert_in_order(text, failed)
    assert "pip install" not in text
    assert "stage decode" in text


def test_a_failed_check_without_a_value_says_why():
    run = made.run()
    run.pages[0].record.measurements.pop()
    assert "✗ turned photos**: not measured: the notebook ended without it. Look at: part run" in summary(run)


def test_a_run_of_some_notebooks_tells_nobody_to_install():
    text = summary(made.run(told=TOLD, complete=False))
    assert "pip install" not in text
    assert "**Sizes:** 180 from 32 to 896 px" in text


def test_without_a_package_it_names_what_the_workbooks_own_deployment_needs():
    assert "pip install numpy==2.4.6 pillow==13.0.0 onnxruntime==1.32.0" in summary(made.run(told={"files": made.FILES}))
    theirs = summary(made.run(told={"files": made.FILES}, parameters={"deployment": "myteam.serving:pipeline"}))
    assert "pip install" not in theirs
    assert "a" * 64 in theirs


@pytest.mark.parametrize(
    ("changes", "states"),
    [
        ({}, [("", "✓"), ("", "✓")]),
        ({"off": 2}, [(" open", "✗"), ("", "✓")]),
        ({"slow": 3}, [("", "✓"), (" open", "!")]),
        ({"skipped": "no file"}, [("", "✓"), (" open", "!")]),
    ],
)
def test_checks_are_folded_where_all_passed_and_open_where_not(changes, states):
    assert re.findall(r"<details( open)?>\n<summary>(.) 0", summary(made.run(**changes))) == [
        (opened, mark) for opened, mark in states
    ]


def test_every_check_is_in_it():
    text = summary(made.run(off=2, slow=3))
    for check in made.RULES.checks:
        assert f"| {check.says} |" in text
    assert text.count("**✗ FAIL**") == 1


def test_all_of_it_is_markdown_that_shows_names_as_they_are():
    """Files that a run is given have names from anywhere."""
    name = "<script>a|b</script> **x** _y_.png"
    text = summary(made.run(photos={"readable": [], "unreadable": [{"name": name, "reason": "<b>no photo</b>"}]}))
    page = mistune.create_markdown(escape=False, plugins=["table"])(text)
    assert f"Left out: {name} (<b>no photo</b>)" in html.unescape(page).replace("&lt;", "<")
    assert set(re.findall(r"<(/?\w+)", page)) <= {
        f"{end}{tag}"
        for end in ("", "/")
        for tag in (
            "h1",
            "h2",
            "p",
            "ul",
            "li",
            "strong",
            "code",
            "pre",
            "details",
            "summary",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
        )
    }
    assert len(re.findall("<table>", page)) == 2
