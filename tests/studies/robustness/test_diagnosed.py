"""The likeliest mistake behind probes that differ."""

from __future__ import annotations

from dataclasses import replace

from lib.deploy import BadInput
from lib.export.exporter import domain
from lib.mistakes import CATALOGUE
from lib.probes import probes
from lib.studies.robustness.diagnosed import diagnosed
from lib.studies.robustness.measure import compared
from tests.few import changed


def test_where_no_probe_differs_there_is_nothing_to_name(study, two):
    assert diagnosed(study.held, two, study.seed) == {}


def test_a_mistake_that_photos_do_not_show_is_named_from_a_probe(study, two, rules):
    contract, sizes = two.subject.contract, domain(two.subject)
    wrong = CATALOGUE["EXIF ignored"].commit(two.deployment, contract)
    other = changed(two, two.photos.readable, deployment=wrong)
    turned = next(i for i, each in enumerate(study.held) if "EXIF orientation 6" in each.properties)
    probe = list(probes(contract, sizes, study.seed))[turned]
    held = list(study.held)
    held[turned] = compared(probe, other, sizes, rules.tolerances)
    assert held[turned].first == "decode"
    (said,) = diagnosed(held, other, study.seed).values()
    assert said.startswith("EXIF ignored, which explains 100.0%")
    assert probe.name in said


def test_a_deployment_that_takes_no_such_probe_names_nothing(study, two):
    def refuse(_):
        raise BadInput("no")

    other = changed(two, two.photos.readable, deployment=replace(two.deployment, decode=refuse))
    held = [replace(study.held[0], first="decode"), *study.held[1:]]
    assert diagnosed(held, other, study.seed) == {}
