"""Eager PyTorch as a service would open it is the reference itself."""

from __future__ import annotations

import numpy as np

from lib.studies.handoff import eager


def test_it_answers_as_the_reference(lite0):
    data = lite0.photos.readable[0].data
    ours = eager.pipeline(str(lite0.subject.path), str(lite0.weights_path))
    np.testing.assert_array_equal(ours(data), lite0.reference(data))
