"""The sentences of a run's pages, held against the tables and the checks beside them.

A sentence that was reworded loses its rule; so every rule has to hold something (``unused``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

from lib.mistakes import COLOUR
from tests.run.looks import results

N = r"([−+-]?\d+(?:\.\d+)?(?:e[−+-]?\d+)?)"
NUMBER = re.compile(N)
PARTS = "decode|resize shape|resize filter|normalise|infer|score"
# The texts that a run writes, and not the notebook or a picture's title.
SENTENCES = ".verdict p, .front p, .risks li, p.finding, p.warning, figcaption, caption"
ANOTHER = "another class wins"
Pairs = Iterator[tuple[Any, ...]]  # what is said, what is found, and how far they may be apart beyond rounding


def number(said: str) -> float:
    """The first number of a text."""
    return float(NUMBER.search(said)[1].replace("−", "-"))  # type: ignore[index]


def agrees(said: str, found: str | float, within: float = 0) -> bool:
    """Whether a number that is said is the one found, to its last digit or ``within`` more; a text has to be the same text."""
    if not NUMBER.fullmatch(said):
        return said == str(found)
    mantissa, _, exponent = said.replace("−", "-").partition("e")
    digits = len(mantissa.partition(".")[2])
    value = number(found) if isinstance(found, str) else float(found)
    return abs(float(said.replace("−", "-")) - value) <= within + 0.5001 * 10.0 ** (int(exponent or 0) - digits)


@dataclass(frozen=True)
class Table:
    caption: str
    rows: Sequence[dict[str, str]]

    def column(self, name: str) -> list[str]:
        return [row[name] for row in self.rows]

    def row(self, name: str) -> dict[str, str]:
        """The row that begins with a name."""
        return next(row for row in self.rows if next(iter(row.values())).startswith(name))


@dataclass(frozen=True)
class Page:
    name: str
    sentences: Sequence[str]
    tables: Sequence[Table]
    checks: dict[str, dict[str, Any]]
    run: dict[str, Any]

    def table(self, has: str) -> Table:
        """The first table whose caption or heading of a column has a text."""
        return next(table for table in self.tables if has in table.caption or any(has in key for key in table.rows[0]))

    def measured(self, check: str) -> float:
        return self.checks[check]["measured"]

    def compared(self, check: str) -> int:
        return self.checks[check]["compared"]


def read(report: Path, name: str) -> Page:
    run = results(report)
    soup = BeautifulSoup((report / f"{name}.html").read_text(), "html.parser")
    sentences = list(dict.fromkeys(_text(tag) for tag in soup.select(SENTENCES)))
    tables = [table for table in map(_table, soup.find_all("table")) if table.rows]
    return Page(name, sentences, tables, {check["id"]: check for check in run["checks"]}, run)


def _text(tag: Tag) -> str:
    return re.sub(r"\s+", " ", tag.get_text().replace("\xa0", " ")).strip()


def _table(table: Tag) -> Table:
    rows = [[_text(cell) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]
    caption = _text(table.caption) if table.caption else ""
    heading = rows[0] if table.thead else [str(each) for each in range(len(rows[0]))]
    return Table(caption, [dict(zip(heading, row, strict=True)) for row in rows[bool(table.thead) :]])


def complaints(report: Path) -> list[str]:
    """Every sentence that is not true of what stands beside it."""
    return [
        f"{page.name}: {complaint}: {sentence}"
        for page in pages(report)
        for sentence in page.sentences
        for complaint in untrue(page, sentence)
    ]


def unused(*reports: Path) -> list[str]:
    """The rules that hold no sentence of any of these reports."""
    read_once = [page for report in reports for page in pages(report)]
    return [
        f"{name}: {pattern}"
        for name, rules in RULES.items()
        for pattern, _ in rules
        if not any(re.search(pattern, said) for page in read_once if page.name == name for said in page.sentences)
    ]


def pages(report: Path) -> list[Page]:
    return [read(report, path.stem) for path in sorted(report.glob("*.html")) if path.stem in RULES]


def untrue(page: Page, sentence: str) -> list[str]:
    """What a sentence says otherwise than the page does."""
    rules = [(match, rule) for pattern, rule in RULES[page.name] + EVERYWHERE if (match := re.search(pattern, sentence))]
    pairs = [pair for match, rule in rules for pair in rule(match, page) if pair[0] is not None]
    return [f"{pair[0]} is said, {pair[1]} found" for pair in pairs if not agrees(*pair)]


def _of(*values: str) -> Callable[[re.Match[str], Page], Pairs]:
    """A sentence whose groups are, in this order, what checks measured: ``id``, or over how many, ``id:compared``."""

    def rule(match: re.Match[str], page: Page) -> Pairs:
        for said, value in zip(match.groups(), values, strict=True):
            id_, _, compared = value.partition(":")
            yield said, page.compared(id_) if compared else page.measured(id_)

    return rule


def _beyond(table: Table, column: str, least: float) -> int:
    return sum(abs(number(cell)) > least for cell in table.column(column))


def _checks(match: re.Match[str], page: Page) -> Pairs:
    table = next(table for table in page.tables if table.caption.startswith(match[0]))
    yield match[1], len(table.rows)
    yield match[2], sum(cell.startswith("✗") for cell in table.column("result"))


# --- the front page


def _ships(match: re.Match[str], page: Page) -> Pairs:
    yield match[1], sum(check["passed"] and not check["skipped"] for check in page.checks.values())
    yield match[2], page.compared("parity.logits")
    yield match[1], sum(map(int, re.findall(r"(\d+) on ", match[3])))


def _from_pixels_on(match: re.Match[str], page: Page) -> Pairs:
    measured = next(file for file in page.run["told"]["files"] if file["role"] == "end-to-end")
    far = [measured[pictures]["probability"] for pictures in ("photos", "random_sizes")]
    yield match[1], max(*far, page.measured("handoff.end-to-end"))
    yield match[2], page.measured("export.end-to-end.flips")
    yield match[3], page.compared("export.end-to-end.flips") + page.compared("handoff.end-to-end")


def _tried_sizes(match: re.Match[str], page: Page) -> Pairs:
    yield match[1], page.compared("dynamic-shapes.logits") + page.compared("dynamic-shapes.drawn")


# --- 01_export


def _logits(match: re.Match[str], page: Page) -> Pairs:
    yield match[1], match[2]  # or the check failed, which a healthy run has not
    yield match[2], page.compared("export.logits")
    yield match[3], page.checks["export.logits"]["threshold"]
    yield match[4], page.measured("export.logits")


def _end_to_end(match: re.Match[str], page: Page) -> Pairs:
    table = page.table("equal values")
    yield match[1], page.compared("export.end-to-end.levels") - len(table.rows)
    yield str(max(number(match[3]), *map(number, table.column("logits off")))), page.measured("export.end-to-end.logits")


def _from_pixels(match: re.Match[str], page: Page) -> Pairs:
    yield match[1], page.measured("export.end-to-end.equal"), 0.006  # never rounded up to 100
    yield match[2], page.compared("export.end-to-end.equal")
    yield match[3], page.measured("export.end-to-end.levels")


# --- 02_swish


def _fix(match: re.Match[str], page: Page) -> Pairs:
    changes = page.table("set_swish changes")
    yield match[1], page.measured("swish.fix-logits")
    yield match[1], changes.row("logits, evaluation mode")["largest difference"]
    yield match[2], page.measured("swish.fix-gradients")
    yield match[2], changes.row("gradients")["largest difference"]


def _exports(match: re.Match[str], page: Page) -> Pairs:
    written = "most frequent nodes written, or the error"
    table = next(each for each in page.tables if len(each.rows) == int(match[2]) and written in each.rows[0])
    yield match[1], len(table.rows) - sum("Error" in cell for cell in table.column(written))


def _kept(match: re.Match[str], page: Page) -> Pairs:
    yield match[3], number(match[2]) / number(match[1]), 0.002


# --- 03_parity


def _stages(match: re.Match[str], page: Page) -> Pairs:
    yield match[1], page.compared("parity.logits")
    yield match[2], page.measured("parity.logits")
    yield match[2], page.table("The deployment, worst of").row("infer")["largest difference"]
    yield match[3], page.compared("parity.unnoticed")
    yield match[4], page.measured("parity.unnoticed")


def _naive(match: re.Match[str], page: Page) -> Pairs:
    row = page.table("fix by fix").row(match[1])
    if row["reference's class"] == match[2]:
        yield match[3], row["naive"]
    yield match[4], row["reference"]


def _fixes(match: re.Match[str], page: Page) -> Pairs:
    table = page.table("fix by fix")
    off = max(abs(number(row["naive"]) - number(row["reference"])) for row in table.rows)
    yield match[1], off, 0.0001
    yield match[2], sum(ANOTHER in cell for cell in table.column("naive"))
    yield match[3], len(table.rows)
    # of the reference's class alone; the table has the worst of all classes
    yield "0", number(match[4]) > 1.01 * number(page.table("The deployment, worst of").row("score")["largest difference"])


def _higher(match: re.Match[str], page: Page) -> Pairs:
    rows = page.table("fix by fix").rows
    yield match[1], sum(number(row["naive"]) > number(row["reference"]) for row in rows)
    yield match[2], len(rows)
    yield match[3], sum(ANOTHER in row["naive"] for row in rows)


def _shares(match: re.Match[str], page: Page) -> Pairs:
    row = page.table("Shapley").row(match[1])
    fixes = page.table("fix by fix").row(match[1])
    yield match[2], fixes["naive"]
    yield match[3], fixes["deployment"]
    yield match[5], row[match[4]]
    most = max((abs(number(value)), part) for part, value in row.items() if part not in ("photo", "gap"))
    yield match[4], most[1]
    for part in re.findall(PARTS, match[6] or ""):
        yield "0", float(_beyond(page.table("Shapley"), part, 0))


def _averages(match: re.Match[str], page: Page) -> Pairs:
    table = page.table("Shapley")
    yield match[1], len(table.rows)
    for part, said in re.findall(rf"({PARTS}) (?:moves the probability )?by {N}", match[0]):
        yield said, sum(abs(number(cell)) for cell in table.column(part)) / len(table.rows), 0.00005


def _diagnosis(match: re.Match[str], page: Page) -> Pairs:
    table = page.table("What diagnosis says")
    one, rest = table.row("one mistake"), table.row("no mistake")
    yield match[1], one["attempts"]
    yield match[2], one["right"]
    yield match[3], 100 * int(one["right"]) / int(one["attempts"])
    yield match[3], page.measured("parity.diagnosis")
    yield match[4], rest["attempts"]
    yield match[5], rest["not known"]
    yield match[6], table.row("all")["wrong"]
    yield match[7], table.row("all")["attempts"]
    yield match[8], page.measured("parity.wrong-names")
    yield match[9], page.measured("parity.false-alarms")
    yield match[10], page.compared("parity.false-alarms")


def _named(match: re.Match[str], page: Page) -> Pairs:
    wrong = [table for table in page.tables if table.caption == "Mistakes that are not always named right"]
    yield match[1], int(match[2]) - sum(len(table.rows) for table in wrong)


def _made(match: re.Match[str], page: Page) -> Pairs:
    table = page.table("Mistakes other than shape, filter and colour")
    yield match[1], len(table.rows)
    for name in re.split(", ", match[2] or ""):
        yield "0", not any(row["mistake"].startswith(name) for row in table.rows)


# --- 04_resize and 05_interpolation


def _rules(match: re.Match[str], page: Page) -> Pairs:
    yield match[2], len(page.table("what each rule shows").rows) - 1


def _combinations(match: re.Match[str], page: Page) -> Pairs:
    rules = [table for table in page.tables if "what each rule shows" in table.caption]
    tried = len(rules[0].rows) - 1 if rules else len(page.table("error of the network's picture").rows) - 1 + len(COLOUR)
    yield match[1], tried * page.compared("parity.logits")


def _worst_filter(match: re.Match[str], page: Page) -> Pairs:
    rows = page.table("error of the network's picture").rows
    yield match[1], max(rows, key=lambda row: number(row["mean"]))["resize"]
    yield match[2], max(number(row["mean"]) for row in rows)
    bias = page.table("error of the network's picture").row(match[3])["bias"]
    yield match[4], bias
    yield str(abs(number(match[4]))), max(abs(number(row["bias"])) for row in rows)


def _groups(match: re.Match[str], page: Page) -> Pairs:
    cells = [cell for row in page.table("The group of each filter").rows for cell in list(row.values())[1:]]
    letters = [cell for cell in cells if re.fullmatch(r"[A-Z]\W*", cell)]
    yield match[1], len(page.table("error of the network's picture").rows)
    yield match[2], len({letter[0] for letter in letters})


def _within(match: re.Match[str], page: Page) -> Pairs:
    rows = page.table("error of the network's picture").rows
    yield match[1], sum(number(row["max"]) == 0 for row in rows) - 1
    yield match[2], len(rows) - 1
    yield match[3], sum(number(row["max"]) == 1 for row in rows)
    yield match[5], next(row["max"] for row in rows if row["resize"] == match[4])
    yield match[5], max(number(row["max"]) for row in rows)


def _factors(match: re.Match[str], page: Page) -> Pairs:
    table = page.table("Mean error in levels by downscale factor")
    for name, least, most in ((match[1], match[2], match[4]), (match[6], match[7], match[8])):
        row = next(row for row in table.rows if row["resize"] == name)
        yield least, row[f"{match[3]}×"], 0.005
        yield most, row[f"{match[5]}×"], 0.005


# --- 06_dynamic_shapes


def _way(name: str) -> Callable[[re.Match[str], Page], Pairs]:
    def rule(match: re.Match[str], page: Page) -> Pairs:
        right, tried = page.table("Ways to export").row(name)["sizes right"].split(" of ")
        yield match[1], right
        yield match[2], tried
        for wrong in match.groups()[2:3]:
            yield wrong, int(tried) - int(right)

    return rule


def _ways(match: re.Match[str], page: Page) -> Pairs:
    table = page.table("Ways to export")
    yield match[1], page.measured("dynamic-shapes.ways")
    yield match[2], page.compared("dynamic-shapes.ways")
    yield match[4], table.row(match[3])["time"]


# --- 07_layers


def _blocks(match: re.Match[str], page: Page) -> Pairs:
    rows = page.table("in the block's own units").rows
    yield match[1], sum(row["result"].startswith("✓") for row in rows)
    yield match[2], len(rows)
    yield match[3], page.measured("layers.accumulated")
    yield match[4], page.measured("layers.local")


def _settings(match: re.Match[str], page: Page) -> Pairs:
    table = page.table("The same file, set up otherwise")
    yield match[1], len(table.rows)
    yield match[2], max(number(cell) for cell in table.column("logits off"))
    slowest = max(table.rows, key=lambda row: number(row["time"]))
    yield match[3], slowest["time"]


def _smaller(match: re.Match[str], page: Page) -> Pairs:
    table = page.table("Smaller files against eager PyTorch")
    as_exported = number(table.rows[0]["MB"])
    said = rf"((?:FP|INT)\d+(?:, \w+)?) saves {N}% of the file, takes {N}× the time, .*? by up to {N} and changes {N}"
    for name, saves, time, moves, flips in re.findall(said, match[0]):
        row = table.row(name)
        yield saves, 100 * (1 - number(row["MB"]) / as_exported), 0.7
        yield time, row["time"]
        yield moves, row["probability off"]
        yield flips, row["photos with another class"]


def _smallest(match: re.Match[str], page: Page) -> Pairs:
    rows = page.table("Smaller files against eager PyTorch").rows
    smallest = min(rows, key=lambda row: number(row["MB"]))
    yield match[1], smallest["file"]
    yield match[2], smallest["MB"]
    changing = [row["file"] for row in rows if number(row["photos with another class"])]
    yield match[3], " and ".join(changing) or "none"


# --- 08_runtimes


def _runtime(match: re.Match[str], page: Page) -> Pairs:
    table = page.table("off PyTorch, logits")
    for name, off, flips in re.findall(r"([\w ]+, [\w ]+): off by ([\d.e-]+)(?: logits)?, another class on (\d+)", match[0]):
        row = table.row(name.strip())
        yield off, row["off PyTorch, logits"]
        yield flips, row["another class"]


def _times(match: re.Match[str], page: Page) -> Pairs:
    held = page.table("memory, MB")
    numbers = page.table("first answer, s")
    first = number(numbers.row("PyTorch, eager")["first answer, s"]) / number(numbers.row("ONNX Runtime")["first answer, s"])
    yield match[1], first, 0.05 * first
    memory = number(held.row("ONNX Runtime")["memory, MB"]) / number(held.row("PyTorch, eager")["memory, MB"])
    yield match[2], memory, 0.01


# --- 09_cost


def _costs(match: re.Match[str], page: Page) -> Pairs:
    rows = page.table("flips").rows
    yield match[1], sum(row["flips"] != "0" for row in rows)
    yield match[2], len(rows)
    first = rows[0]
    yield match[3], first["mistake"]
    yield match[4], 100 - number(first["agreement, %"])


def _nothing(match: re.Match[str], page: Page) -> Pairs:
    rows = page.table("flips").rows
    names = match[2].split("; ")
    yield match[1], len(names)
    for name in names:
        row = next(row for row in rows if row["mistake"] == name)
        yield "0", row["flips"]
    unflipped = [row for row in rows if row["flips"] == "0"]
    still = [row["mistake"] for row in unflipped if row["KL, nats"] == "0 (0 to 0)"]
    moved = [row["mistake"] for row in unflipped if row["mistake"] not in still]
    yield "; ".join(sorted(names)), "; ".join(sorted(still if "not one number" in match[0] else moved))


def _pairs(match: re.Match[str], page: Page) -> Pairs:
    for caption, said in (("Answers that change, in %", match.groups()[1:4]), ("Margin lost in logits", match.groups()[4:7])):
        adds = [row["costs add"] for row in page.table(caption).rows]
        yield match[1], len(adds)
        for word, count in zip(("yes", "less", "more"), said, strict=True):
            yield count, adds.count(word)


def _auc(match: re.Match[str], page: Page) -> Pairs:
    table = page.table("How well a number")
    yield match[1], len(table.rows)
    best = max(table.rows, key=lambda row: number(row["AUC (95 % interval)"]))
    yield match[2], best["number"]
    yield match[3], best["AUC (95 % interval)"]


def _repairs(match: re.Match[str], page: Page) -> Pairs:
    parts = next(table for table in page.tables if table.caption.startswith(match[1])).rows
    won = {row["mended"]: number(row["won back, points"]) for row in parts}
    yield match[2], max((part for part in won if part != "all"), key=lambda part: won[part])
    yield match[3], won[match[2]]


# --- 10_handoff and 11_robustness


def _bought(match: re.Match[str], page: Page) -> Pairs:
    table = page.table("the package")
    first = table.row("first answer")
    yield match[1], number(first["PyTorch, eager"]) / number(first["the package"]), 0.05 * number(match[1])
    yield match[2], table.row("memory")["ratio"]


def _probes(match: re.Match[str], page: Page) -> Pairs:
    tried = page.compared("robustness.decode")
    yield match[1], tried - page.measured("robustness.refused")
    off = sum(page.measured(f"robustness.{stage}") for stage in ("decode", "resize", "normalise"))
    yield match[2], tried - page.measured("robustness.refused") - off
    yield match[3], page.compared("robustness.unfit")


def _drawn_probes(match: re.Match[str], page: Page) -> Pairs:
    yield match[2], page.run["parameters"]["sizes_seed"]
    most = page.compared("robustness.decode")
    yield match[1], match[1] if 0 < int(match[1]) < most else f"fewer than {most}"


def _properties(match: re.Match[str], page: Page) -> Pairs:
    table = page.table("photos of this run")
    yield match[1], len(table.rows)
    yield match[2], sum(cell != "—" for cell in table.column("photos of this run"))


def _behaves(match: re.Match[str], page: Page) -> Pairs:
    yield match[1], page.compared("robustness.decode")
    yield match[2], len(page.table("photos of this run").rows)


Rules = list[tuple[str, Callable[[re.Match[str], Page], Pairs]]]
EVERYWHERE: Rules = [
    (r"^(\d+) checks?, (\d+) failed$", _checks),
    (r"^The deployment's resize gives PyTorch's picture on all (\d+) photos", _of("resize.levels:compared")),
]
RULES: dict[str, Rules] = {
    "index": [
        (r"^All (\d+) checks passed.* on (\d+) photos: (.*)\.", _ships),
        (
            rf"^Take the wheel.* off PyTorch's by {N} of probability, another class on (\d+) of (\d+) answers",
            _of("handoff.probabilities", "handoff.flips", "handoff.flips:compared"),
        ),
        (rf"from a photo's pixels on, .* off by {N} of probability, another class on (\d+) of (\d+) pictures", _from_pixels_on),
        (
            r"^Photos: (\d+) \(.*\)(?:,| and) (\d+) made pictures.* on (\d+) crops",
            _of("run.photos-left-out:compared", "robustness.decode:compared", "cost.deployment:compared"),
        ),
        (r"^Sizes: (\d+) from ", _tried_sizes),
    ],
    "01_export": [
        (
            rf"off from eager PyTorch by {N} logits at most on (\d+) photos?, and every number of its (\d+) tensors",
            _of("export.logits", "export.logits:compared", "export.external-tensors:compared"),
        ),
        (rf"(\d+) of (\d+) photos stay within the tolerance of {N} logits; the largest is {N}", _logits),
        (rf"^At (\d+) random sizes {N}% of the values differ.* the worst is off by {N} logits", _end_to_end),
        (rf"^From decoded pixels, {N}% .* over (\d+) pictures, the others are off by at most (\d+) of 255", _from_pixels),
    ],
    "02_swish": [
        (rf"it moves the answers by {N} logits at most, and gradients by {N} of the largest", _fix),
        (r": (\d+) of (\d+) exports succeed", _exports),
        (rf"^Activations kept for one training step: {N} MiB at least and {N} MiB at most, {N} times", _kept),
    ],
    "03_parity": [
        (
            rf"answer on (\d+) photos, off by {N} logits at most\. Of (\d+) mistakes put .*, (\d+) went",
            _stages,
        ),
        (rf"^(\S+): naive gives (.+) {N}, the reference {N}", _naive),
        (rf"moves that probability by up to {N} and names another class on (\d+) of (\d+) photos; .* by at most {N}", _fixes),
        (r"^On (\d+) of (\d+) photos the naive deployment gives .* and on (\d+) it names another", _higher),
        (
            rf"^(\S+) goes from {N} to {N}, (?:most|all) of it by (.+?) \({N}\)\.(?: No photo is moved .* by (.*?)\.)?",
            _shares,
        ),
        (r"^Over (\d+) photos .* moves the probability by .*", _averages),
        (
            rf"^Of (\d+) combinations of mistake and photo, diagnosis names the right mistake in (\d+) \({N}%\).* "
            rf"Of (\d+) changes that are not in .* to (\d+)\. A wrong name is given in (\d+) of (\d+) attempts \({N}%\)\. "
            r".* on (\d+) of (\d+) photos a healthy tensor",
            _diagnosis,
        ),
        (r"^Named right on every photo .*: (\d+) of (\d+) mistakes", _named),
        (r"^What the network takes its input for\. (\d+) mistakes on .* another class wins under ([^;]*);", _made),
    ],
    "04_resize": [
        (
            r"(\d+) of (\d+) photos are shown in another shape, and of (\d+) shape mistakes .* (\d+) went unnoticed",
            _of("resize.shape", "resize.shape:compared", "resize.unnoticed:compared", "resize.unnoticed"),
        ),
        (r"^(\S+) under (\d+) shape rules", _rules),
        (r"\d+ of (\d+) combinations change the likeliest class", _combinations),
    ],
    "05_interpolation": [
        (
            rf"off from PyTorch's by {N} levels at most, and of (\d+) filter and colour mistakes .* (\d+) went",
            _of("interpolation.levels", "interpolation.unnoticed:compared", "interpolation.unnoticed"),
        ),
        (r"^(\d+) resizes of \d+ libraries, .* fall into (\d+) groups", _groups),
        (
            rf"^On \S+ (.+?) errs most, by {N} levels on average; (.+?) shifts .* most, by {N} levels",
            _worst_filter,
        ),
        (
            rf"^On \S+: (\d+) of (\d+) other resizes equal .*, (\d+) more stay .*; the widest, (.*?), reaches {N} levels",
            _within,
        ),
        (rf"^On \S+ the error of (.+?) is {N} levels at ([\d.]+)× and {N} at ([\d.]+)×, that of (.+?) {N} and {N}\.", _factors),
        (r"\d+ of (\d+) combinations change the likeliest class", _combinations),
    ],
    "06_dynamic_shapes": [
        (
            rf"over (\d+) sizes it is off from PyTorch by {N} logits at most, and .* takes (\d+) of (\d+) sizes outside",
            _of(
                "dynamic-shapes.logits:compared",
                "dynamic-shapes.logits",
                "dynamic-shapes.outside",
                "dynamic-shapes.outside:compared",
            ),
        ),
        (r"the file is right at (\d+) of (\d+) sizes, refuses", _way("fixed size")),
        (r"^Static padding is right at (\d+) of (\d+) sizes(?:, wrong at (\d+))?", _way("static padding")),
        (rf"^(\d+) of (\d+) ways that compute .* The fastest of them is (.*), at {N} times", _ways),
        (
            rf"gives PyTorch's logits at \d+ of (\d+) sizes, off by {N} at most",
            _of("dynamic-shapes.logits:compared", "dynamic-shapes.logits"),
        ),
        (
            rf"is right at \d+ of (\d+) sizes, the worst is off by {N} logits",
            _of("dynamic-shapes.logits:compared", "dynamic-shapes.logits"),
        ),
        (
            rf"^Of (\d+) more, drawn at random .* the seed \d+, none is off by more than {N} logits",
            _of("dynamic-shapes.drawn:compared", "dynamic-shapes.drawn"),
        ),
    ],
    "07_layers": [
        (
            rf"off by more than {N} of 1 plus its largest value, and no block alone by more than {N}\.",
            _of("layers.accumulated", "layers.local"),
        ),
        (
            rf"off by more than {N} of 1 plus its largest value\. No block alone errs by more than {N};",
            _of("layers.accumulated", "layers.local"),
        ),
        (rf"^(\d+) of (\d+) blocks stay within both tolerances; the largest error is {N} accumulated and {N} local", _blocks),
        (rf"^No setting of (\d+) moves a logit more than {N} .* which an answer takes {N}×", _settings),
        (r"^FP16 saves .*", _smaller),
        (rf"the smallest is (.*?), {N} MB; answers change with (.*?)\. A flip", _smallest),
    ],
    "08_runtimes": [
        (rf"^(\d+) runtimes do, .*: .* off by {N} logits at most", _of("runtimes.answered", "runtimes.logits")),
        (r"^(?:OpenVINO|OpenCV DNN), .*: off by .*", _runtime),
        (rf"its first answer {N} times as soon as eager PyTorch.*; it holds {N} times the memory", _times),
    ],
    "09_cost": [
        (
            r"^On (\d+) pictures the deployment changes (\d+) answers; .* of (\d+) numbers .* found (\d+)",
            _of("cost.deployment:compared", "cost.deployment", "cost.recomputed:compared", "cost.recomputed"),
        ),
        (rf"^(\d+) of (\d+) mistakes change an answer\. Most of all (.*): {N} %", _costs),
        (r"^(\d+) mistakes? changes? (?:no answer here.*interval|not one number here.*): (.*)\.$", _nothing),
        (
            r"^Of (\d+) pairs of mistakes costs in answers .* in (\d+), are less than the sum in (\d+) and more in (\d+); "
            r"those in margin lost .* in (\d+), are less than the sum in (\d+) and more in (\d+)",
            _pairs,
        ),
        (rf"^Of (\d+) numbers (.*) tells best which answers flip: AUC {N}", _auc),
        (rf"^(The deployment .*) gives the reference's class on .* Of single parts (.*) wins most back, {N} ", _repairs),
    ],
    "10_handoff": [
        (
            rf"as PyTorch does on (\d+) answers to pictures not seen before, off by {N} probability at most",
            _of("handoff.probabilities:compared", "handoff.probabilities"),
        ),
        (
            rf"^The package: off by {N} .* on (\d+) of (\d+) answers; end-to-end file: off by {N} at most",
            _of("handoff.probabilities", "handoff.flips", "handoff.flips:compared", "handoff.end-to-end"),
        ),
        (rf"^The package gives its first answer {N} times as soon as eager PyTorch, and holds {N} times the memory", _bought),
    ],
    "11_robustness": [
        (r"^It would: (\d+) pictures made to go wrong, with all of (\d+) properties", _behaves),
        (r"^Of (\d+) probes that the deployment takes, (\d+) become PyTorch's input, and of (\d+) files", _probes),
        (r"^Of the probes (\d+) were drawn with the seed (\d+)", _drawn_probes),
        (r"^In (\d+) calls in a row, (\d+) of them", _of("robustness.memory:compared", "robustness.soak:compared")),
        (r"^Each of (\d+) properties is in some picture, .* photos of this run have (\d+) of them", _properties),
        (
            rf"^At the contract's size, the deployment's logits are off .* by {N} at most",
            _of("robustness.sizes"),
        ),
        (
            rf"^At (\d+) sizes that the contract can lead to, .* the deployment's logits are off .* by {N} at most",
            _of("robustness.sizes:compared", "robustness.sizes"),
        ),
        (
            rf"^Of (\d+) pictures of sizes drawn .* by {N} at most",
            _of("robustness.photo-sizes:compared", "robustness.photo-sizes"),
        ),
        (
            rf"^On (\d+) pictures that no photo is like.* by {N} at most",
            _of("robustness.patterns:compared", "robustness.patterns"),
        ),
        (rf"^Of (\d+) rows of logits .* by {N} at most", _of("robustness.scores:compared", "robustness.scores")),
    ],
}
