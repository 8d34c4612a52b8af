"""Deployments with one fault each, as a team might hand them in: the gate must catch every one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from lib.deploy import Model, Pipeline, pipeline
from lib.deploy.sessions import open_session
from lib.deploy.stages import Infer, Normalise


def bgr(model: Path) -> Pipeline:
    """The channels in OpenCV's order."""
    ours = pipeline(model)

    def decode(data: bytes) -> Any:
        return np.ascontiguousarray(np.asarray(ours.decode(data))[:, :, ::-1])

    return replace(ours, decode=decode)


def leaves(model: Path) -> Pipeline:
    """It ends the process at the first photo, as if all had gone well."""
    return replace(pipeline(model), decode=lambda data: os._exit(0))


def mean_off(model: Path) -> Pipeline:
    """Every channel's mean off by 0.1."""
    contract = Model.open(model).contract
    red, green, blue = (value + 0.1 for value in contract.mean)
    return replace(pipeline(model), normalise=Normalise((red, green, blue), contract.std))


def nan_weight(model: Path) -> Pipeline:
    """One of the network's weights is NaN."""
    proto = onnx.load(model)
    tensor = next(tensor for tensor in proto.graph.initializer if len(tensor.dims) == 4)
    values = numpy_helper.to_array(tensor).copy()
    values.flat[0] = np.nan
    tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    return replace(pipeline(model), infer=Infer(open_session(proto.SerializeToString()), Model.open(model).domain))
