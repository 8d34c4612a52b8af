"""The worst photos, traced once more."""

from __future__ import annotations

import numpy as np
import pytest

from lib.studies.cost.worst import worst
from tests.conftest import encoded, picture

NAME = "<b>'a'.png"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / NAME).write_bytes(encoded(picture(300, 260)))
    (tmp_path / "cut.png").write_bytes(encoded(picture(300, 260))[:900])
    return tmp_path


def test_both_are_traced_in_the_order_given_and_what_cannot_be_read_is_left_out(folder, lite0):
    chosen = [("BGR", f"sub/{NAME}"), ("squash", "gone.png"), ("BGR", "cut.png"), ("squash", f"sub/{NAME}")]
    pairs = worst(folder, chosen, lite0.reference, lite0.subject.contract)
    assert [(each.comparison.name, each.comparison.photo) for each in pairs] == [
        ("BGR", f"sub/{NAME}"),
        ("squash", f"sub/{NAME}"),
    ]
    np.testing.assert_array_equal(pairs[0].candidate.resize, pairs[0].reference.resize[:, :, ::-1])
    assert pairs[1].candidate.resize.shape[:2] == (224, 224)
