"""Two mistakes at once, and one part mended at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lib.numbers import counted
from lib.report.html import Html, folded, join, note, table
from lib.studies.cost import words
from lib.studies.cost.findings import Estimate, Repair, Repairs, Together


def together(found: Sequence[Together]) -> Html:
    """Whether costs add: what two mistakes cost at once beyond the sum of what each costs by itself."""
    if not found:
        return note("No pair of mistakes was tried.")
    ordered = sorted(found, key=lambda each: each.extra_flips.value)
    flips, margin = _counted([each.extra_flips for each in found]), _counted([each.extra for each in found])
    said = (
        f"Of {counted(len(found), 'pair')} of mistakes costs in answers that change {flips}; those in margin lost {margin}. "
        "An answer that each of the two changes by itself counts twice in the sum and once where both are made: so less than "
        "the sum is usual."
    )
    return join(note(said), _flips(ordered), folded("The same in margin lost", _margin(ordered)))


def _counted(extra: Sequence[Estimate]) -> str:
    kinds = [_adds(each) for each in extra]
    return f"may add in {kinds.count('yes')}, are less than the sum in {kinds.count('less')} and more in {kinds.count('more')}"


def _adds(extra: Estimate) -> str:
    """Whether costs add: yes where the interval of what is beyond the sum holds 0, so that nothing speaks against it."""
    return "less" if extra.high < 0 else "more" if extra.low > 0 else "yes"


def _flips(found: Sequence[Together]) -> Html:
    rows = []
    for each in found:
        first, second, both = (words.changed(cost).value for cost in (each.first, each.second, each.both))
        shares = (first, second, first + second, both)
        extra = words.of_points(each.extra_flips)
        rows.append((_pair(each), *map(words.percent, shares), extra, _adds(each.extra_flips)))
    caption = f"Answers that change, in %, and by how many points both differ from the sum. Yes: the {words.INTERVAL} holds 0"
    return table(_HEADERS, rows, caption=caption)


def _margin(found: Sequence[Together]) -> Html:
    rows = []
    for each in found:
        first, second, both = (cost.margin_lost.value for cost in (each.first, each.second, each.both))
        lost = (_logits(value) for value in (first, second, first + second, both))
        rows.append((_pair(each), *lost, words.of_number(each.extra, 2), _adds(each.extra)))
    return table(_HEADERS, rows, caption="Margin lost in logits, and by how much that of both differs from the sum")


def _logits(value: float) -> str:
    return f"{round(value, 2) + 0:.2f}".replace("-", "−")  # 0 is added so that none is -0


_HEADERS = ("mistakes", "first", "second", "sum", "both", "both less the sum", "costs add")


def _pair(each: Together) -> str:
    return f"{each.first.name} + {each.second.name}"


def repairs(found: Mapping[str, Repairs]) -> Html:
    """What mending one part of a deployment wins back, the others left as they are."""
    if not found:
        return note("Not measured: the deployments told of here make mistakes that are none for this subject.")
    return join(*(_repairs(name, each) for name, each in found.items()))


def _repairs(name: str, found: Repairs) -> Html:
    single = [each for each in found.repairs if each.part != "all"]
    before = words.of_share(found.before.agreement)
    said = f"The {name} gives the reference's class on {before} of {counted(found.before.photos, 'answer')}."
    if single:
        best = max(single, key=lambda each: each.won.value)
        said += f" {_won(best)}"
        lost = [each.part for each in single if each.won.high < 0]
        said += f" It is worse with only this mended: {', '.join(lost)}." if lost else ""
    cells = [
        (each.part, words.of_share(each.cost.agreement), words.of_points(each.won), words.of_number(each.margin_won, 2))
        for each in found.repairs
    ]
    headers = ("mended", "agreement", "won back, points", "margin won back, logits")
    return join(note(said), table(headers, cells, caption=f"The {name}, one part mended at a time; all: every part at once"))


def _won(best: Repair) -> str:
    if best.won.value <= 0:
        return "No single part wins anything back."
    sure = "" if best.won.low > 0 else ", which these photos cannot tell from nothing"
    return f"Of single parts {best.part} wins most back, {words.of_points(best.won)} points{sure}."
