"""From a file's bytes to probabilities: normalising before the graph, in the graph, and resizing in the graph too."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import compose, parser

from lib.deploy import Classifier, pipeline
from lib.deploy.sessions import open_session
from lib.deploy.stages import decode, preprocessing
from lib.export import end_to_end, graph


def normalising(network: onnx.ModelProto, contract) -> bytes:
    """The network with normalise before it and softmax after it, from uint8 (H, W, 3) at the network's own size."""
    versions = f'<ir_version: {network.ir_version}, opset_import: ["" : {graph.opset(network)}]>'
    mean, std = ("{" + ", ".join(f"{value:.9e}" for value in values) + "}" for values in (contract.mean, contract.std))
    before = parser.parse_model(f"""{versions}
normalise (uint8[rows, columns, 3] pixels) => (float[single, 3, rows, columns] tensor)
<float[1, 3, 1, 1] mean = {mean}, float[1, 3, 1, 1] std = {std}, float white = {{255.0}}, int64[1] zero = {{0}}>
{{
  channels_first = Transpose <perm = [2, 0, 1]> (pixels)
  planes = Unsqueeze (channels_first, zero)
  as_float = Cast <to = 1> (planes)
  unit = Div (as_float, white)
  centred = Sub (unit, mean)
  tensor = Div (centred, std)
}}""")
    after = parser.parse_model(f"""{versions}
softmax (float[single, classes] scores) => (float[single, classes] probabilities) {{ probabilities = Softmax (scores) }}""")
    before = compose.add_prefix(before, "normalise/", rename_inputs=False)
    whole = compose.merge_models(before, network, [("normalise/tensor", network.graph.input[0].name)])
    whole = compose.merge_models(whole, after, [(network.graph.output[0].name, "scores")])
    return whole.SerializeToString()


@pytest.fixture(scope="module")
def routes(lite0):
    contract = lite0.subject.contract
    resize = preprocessing(contract)[0]
    inside = open_session(normalising(onnx.load(lite0.onnx_path), contract))
    whole = Classifier(end_to_end.written(lite0.onnx_path, contract)).probabilities
    return {
        "normalised outside, as shipped": pipeline(lite0.onnx_path),
        "normalised in the graph": lambda data: inside.run(None, {"pixels": np.asarray(resize(decode(data)))})[0],
        "resized in the graph too": whole,
    }


def test_graph(race, photo, routes):
    answers = [call(photo.data) for call in routes.values()]
    for answer in answers:
        np.testing.assert_allclose(answer, answers[0], atol=0.01)
    race("From a file's bytes to probabilities", routes)
