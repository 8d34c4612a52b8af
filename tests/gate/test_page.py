"""The gate's page and file."""

from __future__ import annotations

import json

from lib.gate import page
from lib.gate.case import SHIPS, STOPS, Case, Outcome
from lib.gate.suite import Tried
from tests.run.looks import look_at


def tried(name: str, expected: str, outcome: Outcome) -> Tried:
    case = Case("decode", name, expected, lambda _: outcome)
    return Tried(case, outcome, case.judge(outcome), 1.0)


FOUND = tried("EXIF <ignored>", "decode", Outcome(STOPS, ("decode",), ("robustness.decode",)))
MISSED = tried("CMYK inverted", "decode", Outcome(SHIPS))
PASSED = tried("numpy alone", "", Outcome(SHIPS))


def test_what_was_found_is_told_from_what_was_missed(tmp_path):
    page.write([FOUND, PASSED, MISSED], 1, tmp_path / "gate")
    html, data = ((tmp_path / "gate" / name).read_text() for name in ("index.html", "gate.json"))
    assert "1 of 2 faults found with the right part blamed." in html
    assert "1 of 1 harmless variants passed." in html
    assert "✗ The gate does not hold" in html
    assert "EXIF &lt;ignored&gt;" in html
    assert html.index("Went wrong: 1 of 2 faults") < html.index("CMYK inverted") < html.index("<details")
    assert html.index("<details") < html.index("EXIF &lt;ignored&gt;") < html.index("numpy alone")
    assert json.loads(data)["passed"] is False
    assert [each["wrong"] for each in json.loads(data)["faults"]] == ["", "it was missed"]


def test_where_all_is_right_it_says_so(tmp_path):
    page.write([FOUND, PASSED], 1, tmp_path)
    html = (tmp_path / "index.html").read_text()
    assert "✓ The gate holds" in html
    assert html.count("<table") == 3  # by group; faults and harmless variants are folded
    assert html.count("<details") == 2
    assert json.loads((tmp_path / "gate.json").read_text())["passed"] is True


def test_its_page_is_fit_to_read(tmp_path, browser):
    page.write([FOUND, PASSED, MISSED], 1, tmp_path)
    look_at(browser, tmp_path / "index.html")
