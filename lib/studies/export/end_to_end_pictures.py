"""Pictures and tables of the file that holds its preprocessing."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import NullFormatter

from lib.compare.comparison import Comparison, worst
from lib.deploy import Contract
from lib.numbers import number
from lib.report.drawing import BLUE, GREY, VERMILION, over_all, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html, join, note, table
from lib.studies.export.end_to_end import EndToEnd
from lib.studies.export.facts import Facts
from lib.studies.export.pictures import inscribed, signature, size_and_hash

INSIDE = ("normalise", "network", "softmax")
OUTSIDE = "Decoding the file, turning it by its EXIF orientation and converting it to RGB stay outside."


def shown(measured: EndToEnd, contract: Contract) -> Html:
    """Everything there is to see; a sentence where there is no file."""
    if measured.file is None or measured.metadata is None:
        return note(f"There is no end-to-end file: {measured.missing}.")
    return join(
        facts(measured.file),
        inscribed(measured.metadata),
        photos(measured),
        sizes(measured, contract),
        inside(measured),
        finding(measured),
    )


def facts(file: Facts) -> Html:
    """What the file takes and gives."""
    rows = [
        *size_and_hash(file),
        ("onnx checker", file.complaint or "no complaint"),
        ("nodes", str(file.nodes)),
        *signature(file),
    ]
    return table(("the file", file.path.name), rows, caption="Preprocessing, network and softmax in one file")


def photos(measured: EndToEnd) -> Html:
    """One row a photo."""
    rows = [
        (
            each.photo,
            "{1} × {0}".format(*each["decode"].reference.shape),
            f"{each['resize'].equal:.2%}",
            *(number(each[stage].largest) for stage in ("resize", "infer", "score")),
            "✗ another" if each.flipped else "✓ the same",
        )
        for each in measured.photos
    ]
    headers = ("photo", "pixels", "equal values", "levels", "logits", "probability", "likeliest class")
    return table(headers, rows, caption="The end-to-end file against PyTorch: largest differences, photo by photo")


@styled
def sizes(measured: EndToEnd, contract: Contract) -> Html:
    """How far the file is off at random sizes: values and logits against the shorter side."""
    compared = measured.sizes
    figure = blank(4.6)
    above, below = figure.subplots(2, 1, sharex=True)
    sides = [min(each["decode"].reference.shape[:2]) for each in compared]
    for axes, values, label in (
        (above, [100 * (1 - each["resize"].equal) for each in compared], "values that differ, %"),
        (below, [each["infer"].largest for each in compared], "largest difference, logits"),
    ):
        colors = [VERMILION if each.flipped else BLUE for each in compared]
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
    over_all(figure, f"{len(compared)} random sizes")
    said = _off(compared)
    return show(figure, f"Scatter plots against the shorter side: {said}.", f"{said[0].upper()}{said[1:]}.")


def _off(compared: tuple[Comparison, ...]) -> str:
    differing = 1 - sum(each["resize"].equal for each in compared) / len(compared)
    return (
        f"at {len(compared)} random sizes {differing:.2%} of the values differ, by at most "
        f"{number(worst(compared, 'resize'))} levels; the worst logit is off by {number(worst(compared, 'infer'))}"
    )


def inside(measured: EndToEnd) -> Html:
    """Each stage of the file on what the stage before gave it."""
    worst_of = {name: number(float(np.nanmax([getattr(each, name) for each in measured.inside]))) for name in INSIDE}
    return note(
        f"On its own levels the file's normalise is off from PyTorch's by {worst_of['normalise']} std at most, on its own "
        f"input its network from the exported one by {worst_of['network']} logits, on its own logits its softmax by "
        f"{worst_of['softmax']}."
    )


def finding(measured: EndToEnd) -> Html:
    """What a reviewer may quote."""
    n, leads = len(measured.comparisons), [each.reference.lead for each in measured.comparisons if each.flipped]
    answer = "and the likeliest class never changes"
    if leads:
        answer = (
            f"and the likeliest class changes on {len(leads)}, where PyTorch's leads by at most {number(max(leads))} logits"
        )
    return note(
        f"From decoded pixels, {measured.equal:.2%} of the values that the network is fed are PyTorch's over {n} pictures, "
        f"the others are off by at most {number(worst(measured.comparisons, 'resize'))} levels, {answer}. {OUTSIDE}"
    )
