"""Every probe, made once."""

from __future__ import annotations

import pytest

from lib.export.exporter import domain
from lib.probes import Probe, probes


@pytest.fixture(scope="package")
def every(lite0) -> dict[str, Probe]:
    return {probe.name: probe for probe in probes(lite0.subject.contract, domain(lite0.subject), 0)}
