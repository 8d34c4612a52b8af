"""How often diagnosis is right."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lib.compare.view import denormalised
from lib.diagnosis import confusion as module
from lib.diagnosis.confusion import NOISE, Attempt, Confusion, confusion
from lib.diagnosis.finding import ranked
from lib.inputs.photos import Photo
from lib.mistakes import CATALOGUE
from tests.diagnosis.toy import CONTRACT, DATA, RIGHT


@pytest.fixture(scope="module")
def photo() -> Photo:
    return Photo.of("toy.png", DATA)


@pytest.fixture(scope="module")
def measured(photo) -> Confusion:
    return confusion(photo, CONTRACT, np.random.default_rng(0))


def test_every_mistake_is_tried_once(measured):
    assert measured.photos == 1
    assert len(measured.attempts) + measured.idle == len(CATALOGUE)
    assert len({attempt.mistake for attempt in measured.attempts}) == len(measured.attempts)
    assert {attempt.photo for attempt in measured.attempts} == {"toy.png"}


def test_mistakes_are_named_through_the_noise_and_a_healthy_tensor_is_not_one(measured):
    assert measured.share >= 0.9
    assert measured.false_alarms == 0


def test_a_mistake_that_changes_nothing_is_not_tried(measured):
    tried = {attempt.mistake for attempt in measured.attempts}
    assert not tried & {"Pillow bilinear", "ImageNet's mean and std"}  # the contract's own
    assert "BGR" in tried


def test_mistakes_that_are_one_on_a_photo_share_their_names(measured):
    named = {attempt.mistake: attempt.named for attempt in measured.attempts}
    assert set(named["Pillow nearest"]) == {"Pillow nearest", "OpenCV nearest-exact"}


def test_diagnosis_that_names_anything_is_caught(photo, monkeypatch):
    monkeypatch.setattr(module, "tied", lambda _: [("squash",)])
    found = confusion(photo, CONTRACT, np.random.default_rng(0))
    assert found.false_alarms == 1
    assert found.right == 1


def test_what_is_diagnosed_has_the_noise_in_it(photo, monkeypatch):
    diagnosed = []

    def watched(observed, candidates, levels):
        diagnosed.append(observed)
        return ranked(observed, candidates, levels)

    monkeypatch.setattr(module, "ranked", watched)
    confusion(photo, CONTRACT, np.random.default_rng(0))
    off = np.abs(denormalised(diagnosed[0], CONTRACT) - RIGHT.transpose(2, 0, 1))
    assert off.max() == pytest.approx(1, abs=1e-3)
    assert (off > 0.5).mean() == pytest.approx(NOISE, abs=0.02)  # a level of 0 or 255 cannot go further


def test_noise_puts_its_share_of_values_off_by_one():
    noise = module._noise((100, 100, 3), np.random.default_rng(0))
    assert set(np.unique(noise)) == {-1, 0, 1}
    assert np.abs(noise).mean() == pytest.approx(NOISE, abs=0.01)
    same = np.random.default_rng(0).choice([-1, 0, 1], size=noise.shape, p=[NOISE / 2, 1 - NOISE, NOISE / 2])
    np.testing.assert_array_equal(noise, same)


def test_photos_add_up():
    one = Confusion((Attempt("a", "BGR", ("BGR",)), Attempt("a", "squash", ("letterbox",))), 2, 1, 1)
    two = Confusion((Attempt("b", "BGR", ()),), 3, 0, 1)
    both = one + two
    assert both == Confusion(one.attempts + two.attempts, 5, 1, 2)
    assert both.right == 1
    assert both.share == pytest.approx(1 / 3)
    assert math.isnan(Confusion().share)
