"""The network of the story and one small run of the study, which the tests of this folder share; none may change them."""

from __future__ import annotations

import pytest
from torch import Tensor

from lib.handoff import Handoff
from lib.policy import Policy
from lib.studies.swish import attempts
from lib.studies.swish.measure import Study, example_batch, measured
from tests.studies.few import of_photos


@pytest.fixture(scope="package")
def few(stand_in: Handoff) -> Handoff:
    return of_photos(stand_in, "coffee.png", "camera.png")


@pytest.fixture(scope="package")
def batch(few: Handoff) -> Tensor:
    return example_batch(few)


@pytest.fixture(scope="package")
def study(few: Handoff, rules: Policy) -> Study:
    """The study without the exports of the whole network through dynamo, which take long."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(attempts, "EXPORTERS", ("torchscript",))
        return measured(few, rules, seed=0)
