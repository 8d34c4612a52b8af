"""That nothing in a picture is cut off or left in math markup."""

from __future__ import annotations

import onnx

from lib.report import figures
from lib.export import graph
from lib.studies.parity import measure as parity
from lib.studies.swish import measure as swish
from tests.conftest import assert_whole


def test_pictures_of_export_are_whole(lite0, stand_in, drawn):
    readable = lite0.photos.readable
    figures.gallery(readable)
    figures.inventory({m.subject.label: graph.inventory(onnx.load(m.onnx_path)) for m in (lite0, stand_in)})
    results = parity.networks(lite0)
    values = {result.photo.name: result.difference for result in results}
    figures.differences(values, 1e-3, "Logits, eager PyTorch against the deployment", "logits")
    figures.distances(list(values), [result.deployment for result in results], parity.plain_grey(lite0))
    assert len(drawn) == 4
    for figure in drawn:
        assert_whole(figure)


def test_pictures_of_swish_are_whole(drawn):
    attempts = swish.activation_attempts()
    figures.matrix(attempts, "Which activations export")
    figures.memory({"memory-efficient swish": 123.0, "standard swish, set_swish(False)": 220.0}, 7)
    figures.chains({"written to ONNX": ["Conv", "Sigmoid", "Mul", "Conv"]})
    for figure in drawn:
        assert_whole(figure)


def test_pictures_of_diagnosis_are_whole(lite0, drawn):
    diagnosis_report.gallery(exhibits(lite0, lite0.photos.readable[0]), lite0.subject.contract)
    for figure in drawn:
        assert_whole(figure)
