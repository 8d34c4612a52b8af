"""How often diagnosis is right, does not know, and is wrong."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from lib.compare.view import denormalised
from lib.diagnosis import confusion as module
from lib.diagnosis.confusion import (
    KINDS,
    NOISE,
    ONE,
    OUTCOMES,
    PART,
    RIGHT,
    STRANGER,
    TWO,
    UNKNOWN,
    WRONG,
    Attempt,
    Confusion,
    beyond,
    confusion,
)
from lib.diagnosis.finding import diagnose_all
from lib.diagnosis.strangers import STRANGERS
from lib.inputs.photos import Photo
from lib.mistakes import CATALOGUE
from tests.diagnosis import toy

MANY = 8
EVERY = CATALOGUE.values()
CONTRACT = toy.CONTRACT


@pytest.fixture(scope="module")
def photo() -> Photo:
    return Photo.of("toy.png", toy.DATA)


@pytest.fixture(scope="module")
def measured(photo) -> Confusion:
    return confusion(photo, CONTRACT, np.random.default_rng(0), EVERY)


@pytest.fixture(scope="module")
def more(photo) -> Confusion:
    return beyond(photo, CONTRACT, np.random.default_rng(0), MANY)


def test_every_mistake_is_tried_once(measured):
    assert measured.photos == 1
    assert len(measured.attempts) + measured.idle + measured.slight == len(CATALOGUE)
    assert len({attempt.committed for attempt in measured.attempts}) == len(measured.attempts)
    assert {(attempt.photo, attempt.kind) for attempt in measured.attempts} == {("toy.png", ONE)}


def test_mistakes_are_named_through_the_noise_and_a_healthy_tensor_is_not_one(measured):
    assert measured.share >= 0.9
    assert measured.wrong <= 0.02
    assert measured.false_alarms == 0


def test_a_mistake_that_changes_nothing_is_not_tried(measured):
    tried = {name for attempt in measured.attempts for name in attempt.committed}
    assert not tried & {"Pillow bilinear", "ImageNet's mean and std"}  # the contract's own
    assert "BGR" in tried


def test_mistakes_that_are_one_on_a_photo_share_their_names(measured):
    named = {attempt.committed: attempt.named for attempt in measured.attempts}
    assert set(named["Pillow nearest",]) == {("Pillow nearest",), ("OpenCV nearest-exact",), ("sharp nearest",)}


def test_two_at_once_and_strangers_are_tried(more):
    assert len(more.of(STRANGER)) == len(STRANGERS)
    assert 0 < len(more.of(TWO)) <= MANY
    assert all(len(attempt.committed) == 2 for attempt in more.of(TWO))
    assert more.photos == more.idle == 0


def test_two_at_once_are_named_and_strangers_are_not(more):
    assert more.count(WRONG) == 0
    assert more.count(UNKNOWN, STRANGER) == len(STRANGERS)
    assert more.count(RIGHT, TWO) + more.count(PART, TWO) >= 0.7 * len(more.of(TWO))


def test_a_stranger_that_is_a_mistake_on_a_photo_is_not_tried(photo, monkeypatch):
    own = {"the reference": toy.RIGHT, "BGR": toy.RIGHT[:, :, ::-1], "inverted": 255 - toy.RIGHT}
    strangers = {name: lambda *_, made=made: toy.NORMALISE(made)[0] for name, made in own.items()}
    monkeypatch.setattr(module, "STRANGERS", strangers)
    found = beyond(photo, CONTRACT, np.random.default_rng(0), 0)
    assert [attempt.committed for attempt in found.attempts] == [("inverted",)]


def test_diagnosis_that_names_anything_is_caught(photo, monkeypatch):
    def careless(*given):
        return [replace(each, names=("squash",), ties=[("squash",)]) for each in diagnose_all(*given)]

    monkeypatch.setattr(module, "diagnose_all", careless)
    monkeypatch.setattr(module, "STRANGERS", dict(list(STRANGERS.items())[:3]))
    found = confusion(photo, CONTRACT, np.random.default_rng(0), EVERY) + beyond(photo, CONTRACT, np.random.default_rng(0), 0)
    assert found.false_alarms == 1
    assert found.count(WRONG, STRANGER) == 3
    assert found.wrong > 0.02


def test_diagnosis_that_never_knows_is_caught(photo, monkeypatch):
    monkeypatch.setattr(module, "diagnose_all", lambda *given: [replace(f, names=(), ties=[]) for f in diagnose_all(*given)])
    found = confusion(photo, CONTRACT, np.random.default_rng(0), EVERY)
    assert found.share == 0
    assert found.wrong == 0


def test_what_is_diagnosed_has_the_noise_in_it(photo, monkeypatch):
    diagnosed = []

    def watched(data, tensors, contract):
        diagnosed.extend(tensors)
        return diagnose_all(data, tensors, contract)

    monkeypatch.setattr(module, "diagnose_all", watched)
    confusion(photo, CONTRACT, np.random.default_rng(0), EVERY)
    off = np.abs(denormalised(diagnosed[0].values, CONTRACT) - toy.RIGHT.transpose(2, 0, 1))
    assert off.max() == pytest.approx(1, abs=1e-3)
    assert (off > 0.5).mean() == pytest.approx(NOISE, abs=0.02)  # a level of 0 or 255 cannot go further


def test_noise_puts_its_share_of_values_off_by_one():
    noise = module._noise((100, 100, 3), np.random.default_rng(0))
    assert set(np.unique(noise)) == {-1, 0, 1}
    assert np.abs(noise).mean() == pytest.approx(NOISE, abs=0.01)
    same = np.random.default_rng(0).choice([-1, 0, 1], size=noise.shape, p=[NOISE / 2, 1 - NOISE, NOISE / 2])
    np.testing.assert_array_equal(noise, same)


def test_the_seed_decides_which_pairs_are_tried(photo, more, monkeypatch):
    monkeypatch.setattr(module, "STRANGERS", {})

    def tried(seed: int) -> list[tuple[str, ...]]:
        return [each.committed for each in beyond(photo, CONTRACT, np.random.default_rng(seed), MANY).attempts]

    assert tried(0) == [attempt.committed for attempt in more.of(TWO)] != tried(1)


def test_photos_add_up():
    one = Confusion(
        (Attempt("a", ONE, ("BGR",), (("BGR",),), RIGHT), Attempt("a", ONE, ("squash",), (("box",),), WRONG)), 2, 1, 1
    )
    two = Confusion((Attempt("b", ONE, ("BGR",), (), UNKNOWN), Attempt("b", STRANGER, ("blur",), (), UNKNOWN)), 3, 0, 1)
    both = one + two
    assert both == Confusion(one.attempts + two.attempts, 5, 1, 2)
    assert [both.count(outcome, ONE) for outcome in OUTCOMES] == [1, 0, 1, 1]
    assert [len(both.of(kind)) for kind in KINDS] == [3, 0, 1]
    assert both.share == pytest.approx(1 / 3)
    assert both.wrong == pytest.approx(1 / 4)
    assert math.isnan(Confusion().share)
    assert math.isnan(Confusion().wrong)
