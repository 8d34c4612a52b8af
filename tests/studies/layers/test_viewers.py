"""The files for viewers of graphs, held to what those viewers read.

Model Explorer's side is its ``node_data_builder.py``: results of each graph by the id of a node, which its ONNX adapter takes
from the node's name. Netron's is ``metadata.Attachment`` in its ``view.js``.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from lib.report.checks import Checks
from lib.report.drawing import VERMILION
from lib.studies.layers import viewers
from lib.studies.layers.blocks import Divided
from lib.studies.layers.errors import Error, Reading
from lib.studies.layers.measure import Study
from lib.studies.layers.planted import Fault
from lib.studies.layers.search import Search
from tests.studies.layers.conftest import ALONE, TOLERANCE, blocks_of


def readings(network: Divided) -> tuple[Reading, ...]:
    """Of each block another error; one is over its tolerance, and one is no number."""
    found = [
        Reading(name, Error(1e-7 * (i + 1), 1.0), Error(1e-8 * (i + 1), 1.0), (1,)) for i, name in enumerate(network.names)
    ]
    found[4] = replace(found[4], local=Error(1.0, 1.0))
    found[5] = replace(found[5], accumulated=Error(math.nan, 1.0))
    return tuple(found)


def of(network: Divided) -> Study:
    fault, search = Fault("stem", "w", 0.0, network), Search("coffee.png", Error(0.0, 1.0), (), None)
    return Study(7, network, readings(network), fault, (), search, (), (), TOLERANCE, ALONE)


@pytest.fixture
def study(network) -> Study:
    return of(network)


def loaded(study: Study) -> dict[str, Any]:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return {name: json.loads(text, parse_constant=refuse) for name, text in viewers.files(study).items()}


def made_by(network: Divided) -> dict[str, str]:
    """Blocks by the name of the node that makes their output."""
    outputs = {name: node.name for node in network.model.graph.node for name in node.output}
    return {outputs[block.gives]: block.name for block in network.blocks}


@pytest.mark.parametrize("name", ["lite0", "stand_in"])
def test_errors_stand_at_the_nodes_that_make_the_blocks_outputs(name, request):
    network = blocks_of(request.getfixturevalue(name))
    found, nodes = loaded(of(network)), made_by(network)
    assert len(nodes) == len(network.blocks) == 20
    for end, what in ((viewers.ACCUMULATED, "accumulated"), (viewers.LOCAL, "local")):
        ((graph, data),) = found[end].items()
        assert graph == network.model.graph.name
        assert {node: each["value"] for node, each in data["results"].items()} == {
            node: pytest.approx(getattr(reading, what).scaled, rel=0.005)
            if math.isfinite(getattr(reading, what).scaled)
            else "NaN"
            for node, reading in zip(nodes, readings(network), strict=True)
        }
    targets = {item["target"]: item["value"] for item in found[viewers.NETRON]["metrics"] if item["name"] == "block"}
    assert targets == nodes


def test_node_data_have_the_fields_that_model_explorer_reads(study):
    for end in (viewers.ACCUMULATED, viewers.LOCAL):
        ((_, data),) = loaded(study)[end].items()
        assert data.keys() == {"name", "results", "thresholds"}
        assert all({"value"} <= each.keys() <= {"value", "bgColor", "textColor"} for each in data["results"].values())
        limits = [each["value"] for each in data["thresholds"]]
        assert limits == sorted(limits)
        assert limits[-1] == (TOLERANCE if end == viewers.ACCUMULATED else ALONE)
        assert all(each.keys() == {"value", "bgColor"} for each in data["thresholds"])


def test_what_is_over_the_tolerance_has_a_colour_of_its_own(study):
    found, nodes = loaded(study), made_by(study.network)
    for end, block in ((viewers.ACCUMULATED, study.network.names[5]), (viewers.LOCAL, study.network.names[4])):
        ((_, data),) = found[end].items()
        coloured = {node: each["bgColor"] for node, each in data["results"].items() if "bgColor" in each}
        assert {nodes[node]: colour for node, colour in coloured.items()} == {block: VERMILION}
        assert VERMILION not in [each["bgColor"] for each in data["thresholds"]]


def test_the_attachment_is_read_by_netron_whole(study):
    """Its parser drops items without kind or target, and the former of two of one name, without a word."""
    found = loaded(study)[viewers.NETRON]
    assert found["signature"] == "netron:attachment"
    assert found.keys() == {"signature", "metadata", "metrics"}
    kept: dict[str, dict[str, Any]] = {}
    for item in (*found["metadata"], *found["metrics"]):
        assert item["kind"] in ("model", "node")
        assert (item["target"] == "") == (item["kind"] == "model")
        assert "\n" not in item["target"]
        kept.setdefault(f"{item['kind']}::{item['target']}", {})[item["name"]] = item["value"]
    assert sum(map(len, kept.values())) == len(found["metadata"]) + len(found["metrics"])
    assert "worst of 7 photos" in kept["model::"]["errors of blocks"]
    first = kept[f"node::{next(iter(made_by(study.network)))}"]
    assert first == {"block": "stem", "accumulated error": "5e-08", "local error": "5e-09", "largest value": "1"}


def test_a_run_can_leave_them(study, rules):
    checks = Checks("07_layers", "lite0", rules)
    for name, text in viewers.files(study).items():
        checks.leave(name, text)
    assert checks.recorded.attachments == viewers.files(study)
