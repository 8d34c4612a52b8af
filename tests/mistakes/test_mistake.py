"""What every mistake of the catalogue has in common."""

from __future__ import annotations

import pytest

from lib import mistakes
from lib.compare.shared import SharedTraces
from lib.deploy import STAGES
from lib.mistakes import CATALOGUE
from lib.mistakes.mistake import Mistake, always
from lib.mistakes.resizers import RESIZERS
from tests.conftest import encoded, picture
from tests.mistakes.committing import CONTRACT, HEALTHY


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_mistake_changes_its_stage_alone_and_explains_itself(name):
    mistake = CATALOGUE[name]
    broken = mistake.commit(HEALTHY, CONTRACT)
    changed = [stage for stage in STAGES if getattr(broken, stage) is not getattr(HEALTHY, stage)]
    assert changed == [mistake.stage]
    assert mistake.code
    assert mistake.why
    assert "\n" not in mistake.code


def test_the_catalogue_has_every_family():
    families = {name: getattr(mistakes, name) for name in mistakes.__all__ if name.isupper() and name != "CATALOGUE"}
    known = {  # how many there were; more may come
        "DECODING": 7, "SHAPES": 9, "PROCESSORS": 2, "FILTERS": 25, "TURNS": 5, "COLOUR": 5, "TONE": 5, "SHARPENING": 2,
        "NORMALISATION": 10,
    }  # fmt: skip
    assert families.keys() == known.keys()
    assert all(len(families[name]) >= count for name, count in known.items())
    assert len(CATALOGUE) == sum(len(family) for family in families.values())  # no name stands for two
    assert [mistake.name for mistake in mistakes.FILTERS] == list(RESIZERS)


def test_a_mistake_that_is_committed_twice_runs_once_a_photo():
    calls = []

    def make(_):
        return lambda data: calls.append(data) or HEALTHY.decode(data)

    mistake = Mistake("counted", "decode", "code", "why", make)
    shared = SharedTraces(encoded(picture(90, 70)))
    first, second = (shared.trace(mistake.commit(HEALTHY, CONTRACT)) for _ in range(2))
    assert len(calls) == 1
    assert second.score is first.score


def test_a_mistake_may_leave_the_contract_out_of_account():
    stage = always(HEALTHY.resize)
    assert stage(CONTRACT) is HEALTHY.resize
