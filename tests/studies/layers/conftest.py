"""A network on one photo, divided into its blocks, and what PyTorch's blocks put out."""

from __future__ import annotations

from typing import Any

import onnx
import pytest

from lib import networks
from lib.deploy.sessions import open_session
from lib.deploy.stages import logits_of
from lib.handoff import Handoff
from lib.studies.layers.blocks import Divided, divided, watched
from lib.studies.layers.errors import Error
from lib.studies.layers.search import Symptom
from tests.few import of_photos

TOLERANCE, ALONE = 1e-4, 1e-5


def blocks_of(handoff: Handoff) -> Divided:
    begins = networks.family(handoff.subject).beginnings(handoff.model)
    return divided(onnx.load(handoff.onnx_path), begins, handoff.onnx_path.name)


def outputs_of(handoff: Handoff, network: Divided, photo: int = 0) -> dict[str, Any]:
    with watched(handoff.model, network.blocks) as expected:
        trace = handoff.reference.trace(handoff.photos.readable[photo].data)
    return expected | {network.names[-1]: trace.infer}


def symptom_of(network: Divided, expected: dict[str, Any]) -> Symptom:
    session = open_session(network.model.SerializeToString())
    return Symptom("photo", Error.of(expected[network.names[-1]], logits_of(session, expected["image"])), expected)


@pytest.fixture(scope="package")
def lite(lite0) -> Handoff:
    return of_photos(lite0, "coffee.png")


@pytest.fixture(scope="package")
def network(lite) -> Divided:
    return blocks_of(lite)


@pytest.fixture(scope="package")
def expected(lite, network) -> dict[str, Any]:
    return outputs_of(lite, network)
