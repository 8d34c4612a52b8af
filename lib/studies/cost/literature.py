"""What others measured of the same mistakes, and why theirs is another measurement than ours."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lib.compare.comparison import BEFORE_NETWORK
from lib.numbers import counted
from lib.report.html import Html, join, note, table
from lib.studies.cost import words
from lib.studies.cost.findings import Found

# Top-1 points lost, mean and maximum over implementations: network, its top-1, decode, resize, colour, INT8, all at once.
# Source: Wang et al., "SysNoise", MLSys 2023, arXiv 2307.00280.
SYSNOISE = (
    ("EfficientNet-B0", "76.83", "0.75 (0.76)", "1.70 (3.79)", "0.15", "0.19", "4.39"),
    ("EfficientNet-B4", "83.43", "0.29 (0.30)", "0.45 (0.93)", "0.17", "0.26", "2.32"),
    ("MobileNetV2", "73.12", "1.39 (1.39)", "1.48 (2.43)", "0.07", "0.77", "5.03"),
    ("ResNet-50", "76.39", "0.98 (0.98)", "0.75 (1.69)", "0.09", "0.06", "3.95"),
)
_HEADERS = ("network", "top-1, %", "decode", "resize", "colour", "INT8", "combined")


def literature(found: Found, stages: Mapping[str, str]) -> Html:
    """The numbers of two papers beside ours.

    Args:
        found: in this run's table.
        stages: which stage each mistake changes.
    """
    return join(
        table(_HEADERS, SYSNOISE, caption="SysNoise (MLSys 2023): top-1 points lost, mean (maximum)"),
        note(
            "Not the same measurement: theirs are points of accuracy on the 50,000 labelled photos of ImageNet, over a few "
            "implementations of each step, with networks that others trained; ours are answers that are another class than the "
            f"reference's, right or wrong, on the photos of this page. {_ours(found, stages)}"
        ),
        note(
            "Yan et al. (CVPR 2021): of two trainings of one ResNet-18, with errors of 30.24\u00a0% and 30.29\u00a0% on "
            "ImageNet, the second gets 6.44\u00a0% of all photos wrong that the first gets right. Not the same measurement: "
            "there the weights are others and every photo has a label; here the weights stay, and a step before them changes."
        ),
    )


def _ours(found: Found, stages: Mapping[str, str]) -> str:
    parts = []
    for stage in BEFORE_NETWORK:
        shares = [words.changed(each).value for each in found.costs.values() if stages[each.name] == stage]
        if shares:
            median, most = words.percent(float(np.median(shares))), words.percent(max(shares))
            parts.append(
                f"of {counted(len(shares), 'mistake')} in {stage} {median}\u00a0% in the median, {most}\u00a0% at most"
            )
    return f"Answers that change here: {'; '.join(parts)}."
