"""Pictures and tables of mistakes outside the resize, and of how well diagnosis names a mistake."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from html import escape

import numpy as np

from lib.numbers import number, probability, signed
from lib.compare.comparison import UNITS, top1
from lib.deploy import Contract
from lib.diagnosis.confusion import NOISE, Trials
from lib.report.drawing import VERMILION, over_all, shortened, show, styled
from lib.report.drawing import figure as blank
from lib.studies.parity.examples import Exhibit
from lib.report.html import Html, note, table
from lib.mistakes import CATALOGUE
from lib.compare.view import fed


@styled
def gallery(shown: Sequence[Exhibit], contract: Contract) -> Html:
    """What the network takes its input for under each mistake."""
    columns = 3
    rows = -(-len(shown) // columns)
    figure = blank(1.75 * rows)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in panels:
        axes.axis("off")
    for axes, each in zip(panels, shown, strict=False):
        axes.imshow(fed(each.trace.normalise, contract))
        likely = probability(float(each.trace.score[0, top1(each.reference.score)]), 3) + " ✗" * each.flipped
        title = f"{each.mistake.name}\n{likely}"
        axes.set_title(title, fontsize=7.5, fontweight="normal", color=VERMILION if each.flipped else "black")
    flipped = [each.mistake.name for each in shown if each.flipped]
    said = f"{len(shown)} mistakes of decoding and normalisation on {shown[-1].photo.name}: "
    said += f"another class wins under {', '.join(flipped)}" if flipped else "none changes the likeliest class"
    return show(
        figure,
        f"What the network takes its input for. {said}.",
        f"{said}. Each picture is the network's input with the right normalisation undone; under the name stands the "
        "probability of the reference's class.",
        photographic=True,
    )


def consequences(shown: Sequence[Exhibit], classes: Sequence[str]) -> Html:
    """For each mistake the code that commits it, where it shows first, by how much, and what comes of it."""
    rows = []
    for each in shown:
        where = "nowhere on this photo"
        if each.first:
            size = "other shape" if math.isinf(each.difference) else f"{number(each.difference)} {UNITS[each.first]}"
            where = f"{each.first}: {size}"
        wins = top1(each.trace.score)
        rows.append(
            (
                Html(f"{escape(each.mistake.name)}<br><code>{escape(each.mistake.code)}</code>"),
                each.mistake.why,
                each.photo.name,
                where,
                signed(each.change),
                f"{classes[wins]} {probability(float(each.trace.score[0, wins]), 3)}",
            )
        )
    headers = ("mistake", "why people make it", "photo", "shows first at", "reference's class", "likeliest")
    return table(headers, rows, caption="Mistakes of decoding and normalisation, and what comes of them")


@styled
def confusion(measured: Trials) -> Html:
    """The mistake that was committed against the one that diagnosis named, in shares of the photos."""
    names = [name for name in CATALOGUE if any(trial.mistake == name for trial in measured.trials)]
    place = {name: i for i, name in enumerate(names)}
    counts = np.zeros((len(names), len(names) + 1))
    for trial in measured.trials:
        named = trial.mistake if trial.right else trial.ties[0] if trial.ties else ""
        counts[place[trial.mistake], place.get(named, len(names))] += 1
    shares = counts / counts.sum(axis=1, keepdims=True)
    figure = blank(0.135 * len(names) + 1.9)
    axes = figure.subplots()
    image = axes.imshow(np.ma.masked_equal(shares, 0), cmap="cividis_r", vmin=0, vmax=1, aspect="auto")
    axes.set_yticks(range(len(names)), [f"{shortened(name)}  {i + 1}" for i, name in enumerate(names)], fontsize=6.5)
    ticks = list(range(4, len(names) - 2, 5))
    axes.set_xticks([*ticks, len(names)], [*(str(i + 1) for i in ticks), "none"], fontsize=7.5)
    axes.set_xlabel("mistake named, by its number")
    axes.grid(color="#e4e7ea", linewidth=0.4)
    axes.set_axisbelow(True)
    figure.colorbar(image, label="share of the photos", orientation="horizontal", shrink=0.6, aspect=40)
    over_all(figure, "Mistake committed against mistake named")
    said = _counted(measured)
    return show(
        figure,
        f"Confusion matrix of diagnosis: {said}.",
        f"{said}. Mistakes that give the very same tensor on a photo count as one, and stand on the diagonal.",
    )


def _counted(measured: Trials) -> str:
    right = sum(trial.right for trial in measured.trials)
    return (
        f"Of {len(measured.trials)} combinations of mistake and photo, diagnosis names the right mistake in {right} "
        f"({measured.share:.1%}), with {NOISE:.0%} of each picture's values put off by one level"
    )


def ties(measured: Trials) -> Html:
    """The mistakes that cannot be told apart on a photo, and those that were taken for another."""
    groups = {(trial.photo, trial.ties) for trial in measured.trials if len(trial.ties) > 1 and trial.right}
    counts = Counter(" = ".join(names or "no mistake" for names in tied) for _, tied in groups)
    rows = [(group, _photos(count), "give the same tensor") for group, count in counts.most_common()]
    wrong = Counter((trial.mistake, " = ".join(trial.ties) or "no mistake") for trial in measured.trials if not trial.right)
    rows += [(mistake, _photos(count), f"is taken for {named}") for (mistake, named), count in wrong.most_common()]
    return table(("mistakes", "on", "what happens"), rows, caption="What diagnosis cannot tell apart")


def _photos(count: int) -> str:
    return f"{count} photo{'s' * (count != 1)}"


def finding(measured: Trials) -> Html:
    """How far diagnosis can be trusted, in a sentence."""
    alone = sum(len(trial.ties) == 1 and trial.right for trial in measured.trials)
    return note(
        f"{_counted(measured)}: {alone} by its own name, the rest within a group that is one on that photo. "
        f"{measured.idle} combinations change nothing and have nothing to diagnose; on {measured.false_alarms} of "
        f"{measured.photos} photos a healthy tensor was taken for a mistake."
    )
