"""The set of probes as a whole."""

from __future__ import annotations

import pytest

from lib.deploy import BadInput
from lib.deploy.stages import decode, preprocessing
from lib.export.exporter import domain
from lib.inputs.photos import sha256
from lib.probes import probes, unfit
from lib.probes.motif import Motif


def test_the_set_is_the_same_each_time_and_small(every, lite0):
    again = {each.name: each.data for each in probes(lite0.subject.contract, domain(lite0.subject), 0)}
    assert len(again) == len(every) > 100
    timed = {name for name in every if name.startswith("AVIF / ") and "several" in name}  # its writer puts the time in
    assert all(sha256(again[name]) == sha256(probe.data) for name, probe in every.items() if name not in timed)
    assert sum(len(probe.data) for probe in every.values()) < 60e6


def test_each_leads_into_the_domain_but_for_those_that_have_no_right_answer(every, lite0):
    resize, allowed = preprocessing(lite0.subject.contract)[0], domain(lite0.subject)
    without = {probe.name for probe in unfit.probes(Motif.bundled())}
    for name, probe in every.items():
        if name in without:
            with pytest.raises(BadInput):
                decode(probe.data)
        else:
            allowed.require(*resize.fed(*decode(probe.data).size))
