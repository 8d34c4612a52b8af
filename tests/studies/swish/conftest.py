"""The network of the story and one small run of the study, which the tests of this folder share; none may change them."""

from __future__ import annotations

from typing import Any

import pytest
from torch import Tensor

from lib.handoff import Handoff
from lib.policy import Policy
from lib.studies.swish import attempts
from lib.studies.swish.attempts import Attempt, of_swish
from lib.studies.swish.measure import Study, example_batch, measured
from tests.few import of_photos


@pytest.fixture(scope="package")
def few(stand_in: Handoff) -> Handoff:
    return of_photos(stand_in, "coffee.png", "camera.png")


@pytest.fixture(scope="package")
def batch(few: Handoff) -> Tensor:
    return example_batch(few)


def of_swish_through_torchscript(*given: Any) -> tuple[Attempt, ...]:
    """As :func:`attempts.of_swish`, without the exports of the whole network through dynamo, which take long."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(attempts, "WAYS", attempts.WAYS[1:])
        return of_swish(*given)


@pytest.fixture(scope="package")
def study(few: Handoff, rules: Policy) -> Study:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(attempts, "of_swish", of_swish_through_torchscript)
        return measured(few, rules, seed=0)
