"""A small part of the gate, and that all of it is there."""

from __future__ import annotations

from collections import Counter

import pytest

from lib.gate.suite import cases, tried
from lib.policy.policy import PARTS

TRIED = ("seventeen faults at once", "class names shifted by one", "normalise by scale and bias")


@pytest.fixture(scope="module")
def every():
    return cases()


def test_there_are_faults_of_every_part_and_harmless_variants(every):
    assert sum(not case.harmless for case in every) >= 300
    assert sum(case.harmless for case in every) >= 60
    assert max(Counter((case.group, case.name) for case in every).values()) == 1
    blamed = {case.expected for case in every}
    assert blamed >= set(PARTS) - {"exporter", "runtimes", "weights"}


def test_some_of_them_are_found_and_let_pass(every):
    chosen = [next(case for case in every if case.name == name) for name in TRIED]
    results = tried(chosen, 1, lambda _: None)
    assert [(each.case.name, each.wrong, each.outcome.said) for each in results if each.wrong] == []
