"""Which number of the reference's answer tells what flips."""

from __future__ import annotations

import math

from lib.numbers import counted, number
from lib.report.html import Html, join, note, table
from lib.studies.cost import words
from lib.studies.cost.findings import Band, Margins
from lib.studies.cost.forest import Axis, Row, forest


def margins(found: Margins) -> Html:
    """How often answers flip by the reference's lead, and how well each number tells it."""
    if not any(band.flips for band in found.bands):
        return note("No mistake changes an answer here: nothing can be said of which margin predicts a flip.")
    return join(_best(found), _bands(found), _predictors(found))


def _best(found: Margins) -> Html:
    best, *others = found.predictors
    said = f"Of {counted(len(found.predictors), 'number')} {best.name} tells best which answers flip: "
    said += f"AUC {words.of_number(best.auc)}."
    apart = [each.name for each in others if each.auc.high < best.auc.low]
    close = [each.name for each in others if each.name not in apart]
    if close:
        said += f" Its interval overlaps with {'that' if len(close) == 1 else 'those'} of {' and '.join(close)}."
    said += (
        " AUC is how often, of an answer that flipped and one that did not by the same mistake, the flipped one has the "
        "smaller number; 0.5 is chance."
    )
    return note(said)


def _bands(found: Margins) -> Html:
    rows = [Row(_range(band), words.scaled(band.rate, 100), words.percent(band.rate.value)) for band in found.bands]
    first, last = found.bands[0], found.bands[-1]
    return forest(
        rows,
        Axis("Answers that flip, by the reference's lead in logits", f"% of answers, all mistakes; lines: {words.INTERVAL}"),
        f"Forest plot of {len(rows)} bands of the reference's lead, the smallest on top: the share of answers that flip, with "
        "its interval",
        f"{_ends(first, last)} Each band has equally many pictures, and each of them an answer by every mistake.",
        "cost-margins",
    )


def _ends(first: Band, last: Band) -> str:
    if first is last:
        return f"Of the answers with a lead of {_range(first)} logits {words.of_share(first.rate)} flip."
    return (
        f"Of the answers with a lead up to {first.high:.2f} logits {words.of_share(first.rate)} flip, of those with a lead "
        f"from {last.low:.2f} logits on {words.of_share(last.rate)}."
    )


def _range(band: Band) -> str:
    return f"{band.low:.2f} to {band.high:.2f}"


def _predictors(found: Margins) -> Html:
    rows = [
        (each.name, words.of_number(each.auc), "none" if math.isnan(each.safe) else f"from {number(each.safe)} on")
        for each in found.predictors
    ]
    safe = f"at most {number(100 * found.safe_rate)}\u00a0% flip"
    caption = "How well a number of the reference's answer alone tells a flip"
    return table(("number", f"AUC ({words.INTERVAL})", safe), rows, caption=caption)
