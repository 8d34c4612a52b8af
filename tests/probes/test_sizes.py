"""How long a photo may be."""

from __future__ import annotations

from lib.deploy import Contract, Domain
from lib.probes.sizes import LONGEST, longest

HALF = (0.5, 0.5, 0.5)


def test_the_domain_limits_the_aspect_only_where_the_shape_is_kept():
    keeps = Contract(224, "shorter-side", "bilinear", HALF, HALF)
    assert longest(keeps, Domain(32, 448)) == 2
    assert longest(keeps, Domain(32, 4096)) == LONGEST
    assert longest(Contract(224, "squash", "bilinear", HALF, HALF), Domain(32, 448)) == LONGEST
