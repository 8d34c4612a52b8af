"""What is measured beside, for people to look at: it rules nothing out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import laplace
from skimage.registration import phase_cross_correlation

from lib.deploy import Contract
from lib.diagnosis.evidence import Floats, planes
from lib.diagnosis.measurements import Bias, Border, Detail, Measurement, Shift
from lib.diagnosis.observed import Observed

BORDER = 3  # pixels that count as the border
_LEAST = 8  # pixels along a side by which a shift can be told


def details(observed: Observed, contract: Contract, right: NDArray[np.uint8]) -> Iterator[Measurement]:
    """What is to be said of a tensor that has the reference's shape, is like its photo, and differs.

    Args:
        observed: the tensor.
        contract: the preprocessing that the subject states.
        right: the reference's picture before normalisation, uint8 (h, w, 3).
    """
    values = observed.values.astype(np.float64)
    expected = planes(observed, contract, right).astype(np.float64)
    yield _bias(values, expected, observed.unit)
    yield _border(values, expected)
    if min(values.shape[1:]) >= _LEAST:
        yield _shift(values, expected)
    yield _detail(values, expected)


def _bias(values: Floats, expected: Floats, unit: str) -> Bias:
    error = values - expected
    size = np.abs(error)
    return Bias(float(error.mean()), float(size.mean()), float(size.max()), unit)


def _border(values: Floats, expected: Floats) -> Border:
    differs = (values != expected).any(axis=0)
    inner = differs.copy()
    inner[:BORDER] = inner[-BORDER:] = inner[:, :BORDER] = inner[:, -BORDER:] = False
    return Border(float(differs.mean()), float(inner.sum() / differs.sum()))


def _shift(values: Floats, expected: Floats) -> Shift:
    """By phase correlation."""
    pictures = expected.mean(axis=0), values.mean(axis=0)
    rows, columns = phase_cross_correlation(*pictures, upsample_factor=4, normalization=None)[0]
    return Shift(-float(columns), -float(rows))


def _detail(values: Floats, expected: Floats) -> Detail:
    """Each picture's relative to its own spread, so that a gain does not count."""
    strengths = [laplace(planes.mean(axis=0)).std() / (planes.mean(axis=0).std() or 1.0) for planes in (values, expected)]
    return Detail(float(strengths[0] / (strengths[1] or 1.0)))
