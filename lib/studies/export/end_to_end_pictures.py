"""Pictures and tables of the file that holds its preprocessing."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import NullFormatter

from lib.compare.comparison import Comparison, flips, worst
from lib.deploy import Contract
from lib.numbers import counted, number, percent
from lib.report.drawing import BLUE, GREY, SMALL, VERMILION, over_all, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html, join, note, table, verbatim
from lib.studies.export.end_to_end import EndToEnd, Limited
from lib.studies.export.facts import Facts
from lib.studies.export.pictures import inscribed, signature, size_and_hash

POINTS = 1000  # of a scatter plot; more are drawn as a picture, which is smaller than as many marks
INSIDE = ("normalise", "network", "softmax")
OUTSIDE = "Decoding the file, turning it by its EXIF orientation and converting it to RGB stay outside."


def shown(measured: EndToEnd, contract: Contract) -> Html:
    """Everything there is to see; a sentence where there is no file."""
    if measured.file is None or measured.metadata is None or measured.limited is None:
        return note(f"There is no end-to-end file: {measured.missing}.")
    return join(
        facts(measured.file),
        inscribed(measured.metadata),
        photos(measured),
        sizes(measured, contract),
        inside(measured),
        limits(measured.limited),
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
    """One row a photo; a sentence where on each of them all that the network is fed is PyTorch's."""
    if all(each["resize"].equal == 1 and not each.flipped for each in measured.photos):
        return note(
            f"On all {counted(len(measured.photos), 'photo')} every value that the network is fed is PyTorch's; its logits are "
            f"off by {number(worst(measured.photos, 'infer'))} at most."
        )
    rows = [
        (
            each.photo,
            "{1} × {0}".format(*each["decode"].reference.shape),
            f"{percent(100 * each['resize'].equal)}%",
            *(number(each[stage].largest) for stage in ("resize", "infer", "score")),
            "✗ another" if each.flipped else "✓ the same",
        )
        for each in measured.photos
    ]
    headers = ("photo", "pixels", "equal values", "levels off", "logits off", "probability off", "likeliest class")
    return table(
        headers, rows, caption="The end-to-end file against PyTorch, photo by photo: equal values and largest differences"
    )


@styled
def sizes(measured: EndToEnd, contract: Contract) -> Html:
    """How far the file is off at random sizes: values and logits against the shorter side."""
    compared = measured.sizes
    figure = blank(4.6)
    above, below = figure.subplots(2, 1, sharex=True)
    sides = [min(each["decode"].reference.shape[:2]) for each in compared]
    many = len(compared) > POINTS
    for axes, values, label in (
        (above, [100 * (1 - each["resize"].equal) for each in compared], "values that differ, %"),
        (below, [each["infer"].largest for each in compared], "largest difference, logits"),
    ):
        for flipped, marker, color in ((False, "o", BLUE), (True, "X", VERMILION)):
            those = [i for i, each in enumerate(compared) if each.flipped is flipped]
            at = [sides[i] for i in those], [values[i] for i in those]
            axes.scatter(*at, s=60 if flipped else 14, marker=marker, color=color, alpha=0.7, linewidths=0, rasterized=many)
        axes.axvline(contract.size, color=GREY, linestyle="--", linewidth=1)
        axes.set_ylabel(label)
        axes.set_ylim(bottom=0)
    above.annotate(
        f" {contract.size}: left of it the\n shorter side is enlarged",
        (contract.size, 0.98),
        xycoords=("data", "axes fraction"),
        va="top",
        fontsize=SMALL,
    )
    below.set_xscale("log")
    ticks = [side for side in (64, 128, 224, 400, 800) if min(sides) <= side <= max(sides)]
    below.set_xticks(ticks, [str(side) for side in ticks])
    below.xaxis.set_minor_formatter(NullFormatter())
    below.set_xlabel("shorter side of the photo, pixels")
    over_all(figure, f"{len(compared)} random sizes")
    said = _off(compared)
    others = flips(compared)
    crosses = f"; a cross is another likeliest class, on {counted(others, 'picture')}" if others else ""
    alt = (
        f"Two scatter plots of {len(compared)} pictures against their shorter side on a logarithmic axis: the share of values "
        "that differ, and the largest difference of a logit. A dashed line is the side that photos are resized to."
    )
    return show(figure, alt, f"{said[0].upper()}{said[1:]}{crosses}.", "end-to-end-sizes")


def _off(compared: tuple[Comparison, ...]) -> str:
    differing = 1 - sum(each["resize"].equal for each in compared) / len(compared)
    far = number(worst(compared, "resize"))
    some = (
        f"{max(differing, 0.0001):.2%} of the values differ, by at most {far} of 255 levels"
        if differing
        else "no value differs"
    )
    return f"at {len(compared)} random sizes {some}; the worst is off by {number(worst(compared, 'infer'))} logits"


def inside(measured: EndToEnd) -> Html:
    """Each stage of the file on what the stage before gave it."""
    tried = {name: measured.inside if name == "normalise" else measured.inside[: len(measured.photos)] for name in INSIDE}
    worst_of = {name: number(float(np.max([getattr(each, name) for each in every]))) for name, every in tried.items()}
    return note(
        f"On its own levels the file's normalise is off from PyTorch's by {worst_of['normalise']} std at most, on its own "
        f"input its network from the exported one by {worst_of['network']} logits, on its own logits its softmax by "
        f"{worst_of['softmax']}."
    )


def limits(limited: Limited) -> Html:
    """Which photos the file refuses."""
    if limited.wrong:
        return note(f"Of {limited.tried} lines of pixels only the file or only the package refuses {', '.join(limited.wrong)}.")
    if not limited.said:
        return note("The file takes photos of any shape, as the package does.")
    return join(
        note("A photo that is too long for its width is refused by the file as by the package. The runtime's error:"),
        verbatim(limited.said),
    )


def finding(measured: EndToEnd) -> Html:
    """What a reviewer may quote."""
    n, leads = len(measured.comparisons), [each.reference.lead for each in measured.comparisons if each.flipped]
    answer = "and the likeliest class never changes"
    if leads:
        answer = (
            f"and the likeliest class changes on {len(leads)}, where PyTorch's leads by at most {number(max(leads))} logits"
        )
    far = number(worst(measured.comparisons, "resize"))
    share = f"{percent(100 * measured.equal)}% of the values that the network is fed are"
    said = f"every value that the network is fed is PyTorch's over {n} pictures"
    if measured.equal != 1:
        said = f"{share} PyTorch's over {n} pictures, the others are off by at most {far} of 255 levels"
    return note(f"From decoded pixels, {said}, {answer}. {OUTSIDE}")
