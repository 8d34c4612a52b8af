"""Pictures and tables of the file that holds its preprocessing."""

from __future__ import annotations

import onnx
from matplotlib.ticker import NullFormatter

from lib.export import graph
from lib.numbers import number
from lib.deploy import Contract
from lib.report.drawing import BLUE, GREY, VERMILION, over_all, show, styled
from lib.report.drawing import figure as blank
from lib.studies.export.end_to_end import Measured, worst
from lib.report.html import Html, join, note, table
from lib.inputs.weights import digest_of

OUTSIDE = "Decoding the file, turning it by its EXIF orientation and converting it to RGB stay outside."


def shown(measured: Measured, contract: Contract) -> Html:
    """Everything there is to see; a sentence where there is no file."""
    if measured.path is None:
        return note(f"There is no end-to-end file: {measured.missing}.")
    return join(facts(measured), photos(measured), sizes(measured, contract), finding(measured))


def facts(measured: Measured) -> Html:
    """What the file takes and gives."""
    assert measured.path is not None
    model, path = onnx.load(measured.path), measured.path
    rows = [
        ("size", f"{path.stat().st_size / 1e6:.1f} MB"),
        ("SHA-256", digest_of(path)),
        ("onnx checker", graph.checker_complaint(path) or "no complaint"),
        ("nodes", str(len(model.graph.node))),
        *((f"{kind} {name}", type_) for kind, name, type_ in graph.signature(model)),
    ]
    return table(("the file", path.name), rows, caption="Preprocessing, network and softmax in one file")


def photos(measured: Measured) -> Html:
    """One row a photo."""
    rows = [
        (
            trial.name,
            f"{trial.size[0]} × {trial.size[1]}",
            f"{trial.equal:.2%}",
            number(trial.levels),
            number(trial.logits),
            number(trial.probability),
            "✗ another" if trial.flipped else "✓ the same",
        )
        for trial in measured.photos
    ]
    headers = ("photo", "pixels", "equal values", "levels", "logits", "probability", "likeliest class")
    return table(headers, rows, caption="The end-to-end file against PyTorch: largest differences, photo by photo")


@styled
def sizes(measured: Measured, contract: Contract) -> Html:
    """How far the file is off at random sizes: values and logits against the shorter side."""
    trials = measured.sizes
    figure = blank(4.6)
    above, below = figure.subplots(2, 1, sharex=True)
    sides = [min(trial.size) for trial in trials]
    for axes, values, label in (
        (above, [100 * (1 - trial.equal) for trial in trials], "values that differ, %"),
        (below, [trial.logits for trial in trials], "largest difference, logits"),
    ):
        colors = [VERMILION if trial.flipped else BLUE for trial in trials]
        axes.scatter(sides, values, s=9, c=colors, alpha=0.5, linewidths=0)
        axes.axvline(contract.size, color=GREY, linestyle="--", linewidth=1)
        axes.set_ylabel(label, fontsize=9)
        axes.set_ylim(bottom=0)
    above.annotate(
        f" {contract.size}: left of it photos are enlarged",
        (contract.size, 0.98),
        xycoords=("data", "axes fraction"),
        va="top",
        fontsize=8.5,
        color="#5a6570",
    )
    below.set_xscale("log")
    ticks = [side for side in (64, 128, 224, 400, 800) if min(sides) <= side <= max(sides)]
    below.set_xticks(ticks, [str(side) for side in ticks])
    below.xaxis.set_minor_formatter(NullFormatter())
    below.set_xlabel("shorter side of the photo, pixels")
    over_all(figure, f"{len(trials)} random sizes")
    said = (
        f"at {len(trials)} random sizes {1 - sum(t.equal for t in trials) / len(trials):.2%} of the values differ, by at most "
    )
    said += f"{number(worst(trials, 'levels'))} levels; the worst logit is off by {number(worst(trials, 'logits'))}"
    return show(figure, f"Scatter plots against the shorter side: {said}.", f"{said[0].upper()}{said[1:]}.")


def finding(measured: Measured) -> Html:
    """What a reviewer may quote."""
    n, leads = len(measured.trials), [trial.lead for trial in measured.trials if trial.flipped]
    answer = "and the likeliest class never changes"
    if leads:
        answer = (
            f"and the likeliest class changes on {len(leads)}, where PyTorch's leads by at most {number(max(leads))} logits"
        )
    return note(
        f"From decoded pixels, {measured.equal:.2%} of the values that the network is fed are PyTorch's over {n} pictures, "
        f"the others are off by at most {number(worst(measured.trials, 'levels'))} levels, {answer}. {OUTSIDE}"
    )
