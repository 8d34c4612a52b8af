"""The exported model as a worker opens it."""

from __future__ import annotations

import numpy as np
import pytest

from lib.deploy import STAGES, BadInput
from lib.inputs.reading import sha256
from lib.sweep.model import SweptModel


def test_its_pipeline_is_the_deployments_on_one_thread_and_opened_once(lite0):
    digest = sha256(lite0.onnx_path.read_bytes())
    model = SweptModel.opened(str(lite0.onnx_path), digest)
    assert SweptModel.opened(str(lite0.onnx_path), digest) is model
    assert model.pipeline.infer.session.get_session_options().intra_op_num_threads == 1
    data = lite0.photos.readable[0].data
    one, other = model.pipeline.trace(data), lite0.reference.trace(data)
    for stage in STAGES[:3]:
        np.testing.assert_array_equal(getattr(one, stage), getattr(other, stage))
    np.testing.assert_allclose(one.score, other.score, atol=1e-4)


def test_another_file_than_was_named_is_refused(lite0, tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"something else")
    with pytest.raises(BadInput, match="is another file than was named"):
        SweptModel.opened(str(tmp_path / "model.onnx"), sha256(lite0.onnx_path.read_bytes()))
    with pytest.raises(BadInput, match="cannot read"):
        SweptModel.opened(str(tmp_path / "missing.onnx"), "0" * 64)
