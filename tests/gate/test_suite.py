"""A small part of the gate, and that all of it is there."""

from __future__ import annotations

from collections import Counter

import pytest

from lib.gate.suite import STAGES, cases, deployed, tried
from lib.policy.policy import PARTS

FAULTS = (("seventeen", "seventeen faults at once"), ("metadata", "class names shifted by one"))
PACKAGED = (
    ("package", "installed: a number of a golden trace, the manifest made to fit"),
    ("package", "installed: a manifest with an unknown field"),
    ("package", "wheel: two class names exchanged everywhere, the manifest made to fit"),
    ("package", "wheel: any version of libraries allowed, the manifest made to fit"),
    ("package", "wheel: a manifest that is no JSON"),
    ("report", "an entry of the wheel that fills the memory"),
    ("report", "a value in notebook and results.json"),
    ("report", "bill of materials: of another wheel"),
    ("report", "another Dockerfile"),
    ("report", "another end-to-end file"),
    ("package", "answering: telemetry is left on"),
    ("package", "answering: as it was installed"),
    ("package", "as it was installed"),
    ("report", "as it was left"),
)
HARMLESS = "normalise by scale and bias"  # through one notebook here


@pytest.fixture(scope="module")
def every():
    return cases()


def test_there_are_faults_of_every_part_and_harmless_variants(every):
    assert sum(not case.harmless for case in every) >= 400
    assert sum(case.harmless for case in every) >= 60
    assert max(Counter((case.group, case.name) for case in every).values()) == 1
    blamed = {case.expected for case in every}
    assert blamed >= set(PARTS) - {"exporter", "runtimes", "weights"}


def test_some_of_them_are_found_and_let_pass(every):
    faults = [case for case in every if (case.group, case.name) in FAULTS]
    harmless = [case for case in deployed("lib.gate.harmless.deployments", STAGES) if case.name == HARMLESS]
    chosen = [*faults, *harmless]
    assert [case.harmless for case in chosen] == [False, False, True]
    results = tried(chosen, 1, lambda _: None)
    assert [(each.case.name, each.wrong, each.outcome.said) for each in results if each.wrong] == []


def test_faults_of_a_package_and_of_a_report_are_found_and_what_was_left_is_let_pass(every):
    chosen = [case for case in every if (case.group, case.name) in PACKAGED]
    assert len(chosen) == len(PACKAGED)
    results = tried(chosen, 1, lambda _: None)
    assert [(each.case.name, each.wrong, each.outcome.said) for each in results if each.wrong] == []
