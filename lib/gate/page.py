"""The gate's page and its JSON file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lib.gate.suite import Tried
from lib.report.html import Html, folded, join, table
from lib.report.templating import environment, stylesheet


def sentences(results: Sequence[Tried]) -> list[str]:
    """What came of faults and of harmless variants."""
    said = []
    for harmless, words in ((False, "faults found with the right part blamed"), (True, "harmless variants passed")):
        every = [each for each in results if each.case.harmless is harmless]
        if every:
            said.append(f"{sum(not each.wrong for each in every)} of {len(every)} {words}.")
    return said


def as_json(results: Sequence[Tried], seed: int) -> dict[str, Any]:
    """Everything, as JSON types."""
    return {
        "seed": seed,
        "passed": not any(each.wrong for each in results),
        "faults": [_entry(each) for each in results if not each.case.harmless],
        "harmless": [_entry(each) for each in results if each.case.harmless],
    }


def _entry(each: Tried) -> dict[str, Any]:
    return {
        "group": each.case.group,
        "name": each.case.name,
        "expected": each.case.expected,
        "ended": each.outcome.ended,
        "blamed": list(each.outcome.blamed),
        "failed": list(each.outcome.failed),
        "said": each.outcome.said,
        "wrong": each.wrong,
        "seconds": round(each.seconds, 1),
    }


def write(results: Sequence[Tried], seed: int, folder: Path) -> None:
    """Write ``index.html`` and ``gate.json`` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gate.json").write_text(json.dumps(as_json(results, seed), indent=2) + "\n", encoding="utf-8")
    right = not any(each.wrong for each in results)
    html = (
        environment()
        .get_template("gate.html.j2")
        .render(
            title="The gate",
            css=stylesheet(),
            pages=[],
            state="ship" if right else "stop",
            heading="✓ The gate holds" if right else "✗ The gate does not hold",
            sentences=sentences(results),
            seed=seed,
            groups=groups(results),
            tables=[
                _cases([each for each in results if each.case.harmless is harmless], harmless) for harmless in (False, True)
            ],
        )
    )
    (folder / "index.html").write_text(html, encoding="utf-8")


def groups(results: Sequence[Tried]) -> Html:
    """How many cases of each group went as they have to."""
    names = dict.fromkeys((each.case.harmless, each.case.group) for each in results)
    rows = []
    for harmless, group in names:
        those = [each for each in results if (each.case.harmless, each.case.group) == (harmless, group)]
        right = sum(not each.wrong for each in those)
        mark = "✓" if right == len(those) else "✗"
        rows.append((group, "harmless variants" if harmless else "faults", f"{mark} {right} of {len(those)}"))
    return table(("about", "what", "right"), rows, caption="By group")


def _cases(results: Sequence[Tried], harmless: bool) -> Html:
    """Those that went wrong; folded, those that went as they have to."""
    kind = "harmless variants" if harmless else "faults"
    wrong, right = ([each for each in results if bool(each.wrong) is amiss] for amiss in (True, False))
    parts = [_table(wrong, f"Went wrong: {len(wrong)} of {len(results)} {kind}")] if wrong else []
    parts += [folded(f"{len(right)} {kind} that went as they have to", _table(right))] if right else []
    return join(*parts)


def _table(results: Sequence[Tried], caption: str = "") -> Html:
    rows = [
        (
            f"{each.case.group}: {each.case.name}",
            each.case.expected or "nothing",
            each.outcome.blamed[0] if each.outcome.blamed else each.outcome.ended,
            ", ".join(each.outcome.failed) or "—",
            f"✗ {each.wrong}" if each.wrong else "✓",
        )
        for each in results
    ]
    headers = ("planted", "has to be blamed", "was blamed", "checks that failed", "result")
    return table(headers, rows, caption)
