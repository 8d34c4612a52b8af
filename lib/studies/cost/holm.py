"""Which of many p-values stand: with many tests some are small by chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

LEVEL = 0.05  # the chance that any of the tests which stand does so for nothing


def adjusted(values: Sequence[float]) -> tuple[float, ...]:
    """Holm's step-down correction: what stands at a level does so among all tests, whatever they have to do with one another.

    The smallest of m p-values is multiplied by m, the next by m - 1 and so on; none comes out smaller than the one before.
    Source: S. Holm, "A simple sequentially rejective multiple test procedure", 1979.

    Args:
        values: p-values, 0..1; NaN where nothing was tested, which counts as no test.

    Returns:
        In the same order, 0..1; NaN stays NaN.
    """
    found = np.asarray(values, np.float64)
    result = np.full(len(found), np.nan)
    tested = np.flatnonzero(~np.isnan(found))
    order = tested[np.argsort(found[tested], kind="stable")]
    times = np.arange(len(order), 0, -1)
    result[order] = np.minimum(1, np.maximum.accumulate(found[order] * times))
    return tuple(map(float, result))
