"""What two pipelines feed the network for one photo, what it answers, and where the pictures differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lib.compare import comparison
from lib.compare.comparison import TOP, Answer, Comparison
from lib.compare.pair import Pair
from lib.deploy import Trace
from lib.numbers import probability
from lib.report import heat, zoom
from lib.report.gallery import Panel, groups
from lib.report.html import Html, content
from lib.report.zoom import Side

REFERENCE = "the reference"
LARGEST = 1024  # pixels a side of a picture; of a larger one, which no network is fed, some rows and columns are left out


def seen_by_the_model(
    pair: Pair, laid: tuple[NDArray[np.floating], NDArray[np.floating]], classes: Sequence[str], name: str = ""
) -> Html:
    """Both pictures over the likeliest classes, the map of their difference, and the place where they differ most.

    Args:
        pair: the reference and the other, of one photo.
        laid: both pictures laid over the photo, the reference's first: (h, w, 3) in levels, NaN where nothing is shown.
        classes: class names in the order of the probabilities.
        name: the figure's id; empty for none.
    """
    compared, (right, other) = pair.comparison, laid
    reach = heat.reach(zoom.largest(zoom.furthest(right, other)))
    sides = (
        Side(REFERENCE, right, answered(compared.reference, classes)),
        Side(compared.name, other, answered(compared.candidate, classes)),
    )
    return groups(
        {
            "": [*fed(pair, classes), difference(compared, right, other, reach)],
            f"Where they differ most: {zoom.place(*sides)}": zoom.panels_of(compared.photo, *sides, reach),
        },
        said(compared, classes),
        heat.scale(reach, "levels of the furthest channel"),
        name,
    )


def difference(compared: Comparison, right: NDArray[np.floating], other: NDArray[np.floating], reach: float) -> Panel:
    """The map of a whole difference, over the outlines of the photo.

    Args:
        compared: whose photo and name.
        right: the reference's picture, (h, w, 3) in levels, NaN where nothing is shown.
        other: the other's, of the same shape.
        reach: levels at both ends of the scale.
    """
    error = np.abs(zoom.apart(right, other))
    known = error[~np.isnan(error)]
    return Panel(
        heat.outlined(heat.signed(zoom.furthest(right, other), reach), heat.outlines(right)),
        "difference",
        f"Map of what {compared.name} shows less what {REFERENCE} shows of {compared.photo}, with the photo's outlines",
        f"{zoom.in_levels(float(known.mean()))} on average" if known.size else "nothing in common",
        exact=True,
    )


def said(compared: Comparison, classes: Sequence[str]) -> str:
    """Both answers, in a sentence or two."""
    if not (compared.reference.likeliest and compared.candidate.likeliest):
        given = f"{compared.name} gives {answered(compared.candidate, classes, 4)}"
        return f"{compared.photo}: {given}, {REFERENCE} {answered(compared.reference, classes, 4)}."
    right = classes[compared.reference.top1]
    given = f"{compared.name} gives {right} {probability(compared.probability)}"
    said = f"{compared.photo}: {given}, {REFERENCE} {probability(compared.reference.probability)}."
    return f"{said} Another class wins: {answered(compared.candidate, classes, 4)}." if compared.flipped else said


def fed(pair: Pair, classes: Sequence[str]) -> list[Panel]:
    """What the reference and what the other feed the network, each over the likeliest classes that come of it.

    Args:
        pair: the reference and the other, whose normalise is right.
        classes: class names in the order of the probabilities.
    """
    return fed_as([pair.reference.resize, pair.candidate.resize], pair, classes)


def fed_as(pictures: Sequence[NDArray[np.uint8]], pair: Pair, classes: Sequence[str]) -> list[Panel]:
    """The same, where what the network takes its input for is another picture than resize gave.

    Args:
        pictures: the reference's and the other's, uint8 (h, w, 3).
        pair: as :func:`fed` takes it.
        classes: as there.
    """
    compared, (right, other) = pair.comparison, pictures
    return [
        _panel(compared, REFERENCE, right, pair.reference, classes),
        replace(_panel(compared, compared.name, other, pair.candidate, classes), marked=compared.flipped),
    ]


def _panel(compared: Comparison, name: str, picture: NDArray[np.uint8], trace: Trace, classes: Sequence[str]) -> Panel:
    size = f"{picture.shape[1]} × {picture.shape[0]} pixels"
    alt = f"{compared.photo} as {name} feeds it to the network, {size}"
    step = -(-max(picture.shape) // LARGEST)
    shown = picture[::step, ::step]
    return Panel(shown, name, alt, size, below=likeliest(trace.score, compared.reference.top1, classes))


def likeliest(probabilities: NDArray[np.floating], right: int, classes: Sequence[str]) -> Html:
    """The likeliest classes as bars, the reference's in bold; it comes last where it is not among them.

    Args:
        probabilities: (1, classes).
        right: index of the class that the reference finds likeliest; -1 where it finds none.
        classes: their names.
    """
    if not np.isfinite(probabilities).all():
        return Html('<p class="likeliest">NaN: no answer</p>')
    order = [int(i) for i in comparison.likeliest(probabilities[0], TOP)]
    order += [right] if right >= 0 and right not in order else []
    bars = "".join(_bar(classes[i], float(probabilities[0, i]), i == right) for i in order)
    return Html(f'<ol class="likeliest">{bars}</ol>')


def _bar(name: str, share: float, right: bool) -> str:
    kind, width = ' class="right"' if right else "", 100 * min(max(share, 0.0), 1.0)
    # drawn, since a page's server may forbid a style in an element
    bar = f'<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="{width:.1f}" height="1"/></svg>'
    return f"<li{kind}><span>{content(name)}</span> <span>{probability(share, 3)}</span>{bar}</li>"


def answered(answer: Answer, classes: Sequence[str], decimals: int = 2) -> str:
    """An answer in a few words: the likeliest class and its probability."""
    return f"{classes[answer.top1]} {probability(answer.probability, decimals)}" if answer.likeliest else "NaN"
