"""A deployment that differs from the reference, on one photo: what each feeds the network, and where, stage by stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.compare.comparison import BEFORE_NETWORK, Comparison
from lib.compare.pair import Pair
from lib.compare.view import denormalised
from lib.deploy import Contract, Trace
from lib.report import heat, inputs_seen, zoom
from lib.report.gallery import groups
from lib.report.html import Html, join, note
from lib.report.inputs_seen import REFERENCE
from lib.report.zoom import Side

_SIZES = "pictures of different sizes, which cannot be subtracted"
_UNSEEN = 0.01  # levels: what normalising adds by its rounding is less


def stages_apart(
    pair: Pair, contract: Contract, classes: Sequence[str], name: str, stages: Sequence[str] = BEFORE_NETWORK
) -> Html:
    """What is fed to the network and what comes of it, and below a row for each stage whose pictures differ.

    A difference that a stage only passes on is not drawn again. Pictures of different shapes cannot be subtracted: both are
    shown.

    Args:
        pair: the reference and the deployment.
        contract: whose mean and std.
        classes: class names in the order of the probabilities.
        name: the figure's id.
        stages: of :data:`~lib.compare.comparison.BEFORE_NETWORK`, those to look at.
    """
    compared = pair.comparison
    right, other = _pictures(pair.reference, contract), _pictures(pair.candidate, contract)
    drawn = [stage for stage in stages if _differs(stage, right, other)]
    subtracted = [stage for stage in drawn if right[stage].shape == other[stage].shape]
    errors = {stage: zoom.furthest(right[stage], other[stage]) for stage in subtracted}
    reach = heat.reach(max(map(zoom.largest, errors.values()), default=0.0))
    network = [zoom.levels_shown(pictures["normalise"]) for pictures in (right, other)]
    first = inputs_seen.fed_as(network, pair, classes)
    if subtracted and subtracted[-1] != "decode":
        first.append(inputs_seen.difference(compared, right[subtracted[-1]], other[subtracted[-1]], reach))
    rows = {"": first}
    for stage in drawn:
        sides = Side(REFERENCE, right[stage]), Side(compared.name, other[stage])
        if stage in subtracted:
            rows |= {_title(stage, errors[stage]): zoom.panels_of(f"{compared.photo}, after {stage},", *sides, reach)}
        elif stage != "resize":  # what that gives stands in the first row
            rows |= {f"{stage}: {_SIZES}": [zoom.whole(f"{compared.photo}, after {stage},", side) for side in sides]}
    scale = heat.scale(reach, "levels of the furthest channel") if subtracted else None
    return groups(rows, f"{inputs_seen.said(compared, classes)}{_rest(stages, drawn, subtracted)}", scale, name)


def resizes_apart(every: Sequence[Comparison], furthest: Pair, contract: Contract, classes: Sequence[str], name: str) -> Html:
    """The deployment's resize: a sentence where its pictures are the reference's, else the photo on which they differ most.

    Args:
        every: the deployment against the reference, one a photo.
        furthest: both on the photo on which their pictures differ most.
        contract: as :func:`stages_apart` takes it.
        classes: as there.
        name: the figure's id.
    """
    off = sum(each["resize"].largest != 0 for each in every)
    if not off:
        return note(f"The deployment's resize gives PyTorch's picture on all {len(every)} photos.")
    said = note(f"The deployment's resize gives another picture than PyTorch's on {off} of {len(every)} photos.", "warning")
    return join(said, stages_apart(furthest, contract, classes, name, ("resize",)))


def _rest(stages: Sequence[str], drawn: Sequence[str], subtracted: Sequence[str]) -> str:
    """What the rows do not show."""
    sizes = f" After resize there are {_SIZES}." if "resize" in drawn and "resize" not in subtracted else ""
    passed_on = "normalise" not in drawn and "resize" in drawn
    same = [stage for stage in stages if stage not in drawn and not (stage == "normalise" and passed_on)]
    equal = f" The pictures after {', '.join(same)} do not differ." if same else ""
    return sizes + equal + " Normalise adds nothing to the difference." * (passed_on and "normalise" in stages)


def _pictures(trace: Trace, contract: Contract) -> dict[str, NDArray[Any]]:
    """What each of :data:`~lib.compare.comparison.BEFORE_NETWORK` put out, in levels: (h, w, 3)."""
    fed = trace.normalise[0]  # whole levels where the network itself normalises them
    levels = fed if fed.dtype == np.uint8 else denormalised(fed, contract)
    return {"decode": trace.decode, "resize": trace.resize, "normalise": levels.transpose(1, 2, 0)}


def _differs(stage: str, right: Mapping[str, NDArray[Any]], other: Mapping[str, NDArray[Any]]) -> bool:
    """Whether the pictures of a stage differ, and those of normalise by more than what resize gave it."""
    if stage != "normalise":
        return not np.array_equal(right[stage], other[stage])
    given, made = other["resize"], other["normalise"]
    return given.shape != made.shape or not bool((np.abs(made - given) <= _UNSEEN).all())


def _title(stage: str, error: NDArray[np.float64]) -> str:
    differing = int((~(np.abs(error) <= _UNSEEN)).sum())  # a NaN differs
    return f"{stage}: {differing} of {error.size} pixels differ, by {zoom.up_to(error)}"
