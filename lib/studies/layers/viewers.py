"""The errors of blocks as the files that two viewers of ONNX graphs open beside the network: Model Explorer and Netron.

What was compared of a block is its output, so its errors stand at the node that makes this output, by that node's name; other
nodes have none. Model Explorer shows one number a node and so gets a file an error, Netron gets one file.
"""

from __future__ import annotations

import json
import math
from typing import Any

from lib.numbers import counted, number
from lib.report.drawing import VERMILION
from lib.studies.layers.errors import Error, Reading
from lib.studies.layers.measure import Study

ACCUMULATED, LOCAL, NETRON = "accumulated_node_data.json", "local_node_data.json", "netron.json"
# Model Explorer's colours of errors up to each of these parts of the tolerance; what is over it is vermilion.
SHADES = {0.01: "#f2f7fb", 0.1: "#c6dcee", 1.0: "#7fb2d9"}


def files(study: Study) -> dict[str, str]:
    """JSON texts, by the end of the file's name."""
    return {
        ACCUMULATED: _text(node_data(study, "accumulated", study.tolerance)),
        LOCAL: _text(node_data(study, "local", study.alone)),
        NETRON: _text(attachment(study)),
    }


def node_data(study: Study, what: str, tolerance: float) -> dict[str, Any]:
    """Model Explorer's node data: one error of each block, worst of all photos, at the node that makes its output.

    Args:
        study: what was measured.
        what: ``accumulated`` or ``local``.
        tolerance: of that error.
    """
    results = {_node(study, each): _result(getattr(each, what), tolerance) for each in study.healthy}
    thresholds = [{"value": part * tolerance, "bgColor": shade} for part, shade in SHADES.items()]
    name = f"{what} error, of 1 + largest value"
    return {study.network.model.graph.name: {"name": name, "results": results, "thresholds": thresholds}}


def attachment(study: Study) -> dict[str, Any]:
    """Netron's attachment: both errors of each block, among the metrics of the node that makes its output."""
    about = (
        f"ONNX Runtime's block outputs against PyTorch's, worst of {counted(study.photos, 'photo')}, at the node that makes "
        "them: the largest difference over 1 plus the block's largest value. Accumulated: from the image on, tolerance "
        f"{number(study.tolerance)}. Local: the block alone, fed PyTorch's input, tolerance {number(study.alone)}."
    )
    metrics = [
        {"kind": "node", "target": _node(study, each), "name": name, "value": value}
        for each in study.healthy
        for name, value in _metrics(each).items()
    ]
    return {
        "signature": "netron:attachment",
        "metadata": [{"kind": "model", "target": "", "name": "errors of blocks", "value": about}],
        "metrics": metrics,
    }


def _node(study: Study, reading: Reading) -> str:
    return study.network.maker(study.network[reading.block])


def _result(error: Error, tolerance: float) -> dict[str, Any]:
    shown = number(error.scaled)
    value = float(shown) if math.isfinite(error.scaled) else shown  # JSON has no word for NaN and infinity
    return {"value": value} | ({"bgColor": VERMILION} if error.over(tolerance) else {})


def _metrics(reading: Reading) -> dict[str, str]:
    """As text: Netron writes small numbers with all their zeros."""
    return {
        "block": reading.block,
        "accumulated error": number(reading.accumulated.scaled),
        "local error": number(reading.local.scaled),
        "largest value": number(reading.accumulated.largest),
    }


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=1, allow_nan=False) + "\n"
