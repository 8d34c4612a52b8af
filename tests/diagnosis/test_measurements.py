"""What measured values say, and where they keep silent."""

from __future__ import annotations

import pytest

from lib.diagnosis.measurements import (
    ANOTHER_NORMALISATION,
    UPRIGHT,
    Bias,
    Channels,
    Curve,
    Detail,
    Geometry,
    Shift,
    Turn,
    WholeLevels,
)

ONES, ZEROS = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("measurement", "said"),
    [
        (Geometry((336, 224), (336, 224)), "the right shape"),
        (Geometry((224, 336), (336, 224)), "width and height have changed places"),
        (Geometry((335, 224), (336, 224)), "the shape is wrong: it should be 336 × 224, one pixel off"),
        (WholeLevels(0.995, True), "normalisation is right, so what differs came before it"),
        (WholeLevels(0.3, True), "normalisation is not the reference's, or the picture was resized in floating point"),
        (WholeLevels(0.3, False), "normalisation is not the reference's"),
        (Turn(UPRIGHT, 0.9, 0.05), ""),  # as like when it is turned
        (Turn(UPRIGHT, 0.9, 0.5), "upright"),
        (Turn("mirrored", 0.9, 0.5), "the picture is mirrored"),
        (Channels((0, 1, 2), 0.99, 0.99, 0.001), ""),  # a grey photo
        (Curve(ONES, ZEROS, 5, 0, 0.9), "near 1, no gain"),
        (Curve((2, 2, 2), ZEROS, 5, 0, 0.9), ""),
        (Bias(0.5, 0.5, 1, "levels"), "nearly all errors have one sign: values are cut or shifted"),
        (Shift(0.2, 0.1), "in its place"),
        (Detail(1.0), ""),
    ],
)
def test_a_measurement_says_what_its_values_mean(measurement, said):
    assert measurement.says == said
    assert measurement.value


def test_what_is_not_certain_rules_nothing_out():
    for measurement in (Turn(UPRIGHT, 0.9, 0.05), Channels((0, 1, 2), 0.99, 0.99, 0.001), WholeLevels(0.9, True)):
        for name in ("BGR", "mirrored", "no mean and std"):
            assert measurement.allows((name,))


def test_a_free_fit_needs_a_line():
    assert Curve(ONES, ZEROS, 0.5, 0.1, 0.01).allows((ANOTHER_NORMALISATION,))
    assert not Curve(ONES, ZEROS, 0.5, 0.3, 0.01).allows((ANOTHER_NORMALISATION,))  # bent
    assert not Curve(ONES, ZEROS, 2.0, 0.1, 0.01).allows((ANOTHER_NORMALISATION,))  # scattered
    assert not WholeLevels(1.0, True).allows((ANOTHER_NORMALISATION,))
