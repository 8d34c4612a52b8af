"""The mistake behind a deployment's own tensor."""

from __future__ import annotations

import numpy as np
import pytest

from lib.diagnosis.likeliest import likeliest
from lib.mistakes import CATALOGUE


@pytest.fixture(scope="module")
def asked(lite0):
    photo, contract = lite0.photos.readable[0], lite0.subject.contract

    def ask(*names):
        pipeline = lite0.reference
        for name in names:
            pipeline = CATALOGUE[name].commit(pipeline, contract)
        return likeliest(photo.name, photo.data, pipeline.trace(photo.data).normalise, contract)

    return ask


def test_the_references_own_tensor_has_no_mistake(asked):
    assert asked() == {}


def test_a_mistake_is_named_by_the_stage_that_it_changes_with_why_people_make_it(asked):
    (stage, said), *others = asked("squash").items()
    assert (stage, others) == ("resize", [])
    assert said.startswith("squash, which explains 100.0% of the difference on coffee.png")
    assert CATALOGUE["squash"].why in said


def test_what_is_not_in_the_catalogue_says_so(lite0):
    photo, contract = lite0.photos.readable[0], lite0.subject.contract
    tensor = lite0.reference.trace(photo.data).normalise
    noise = np.random.default_rng(0).normal(0, 1, tensor.shape).astype(np.float32)
    said = likeliest(photo.name, photo.data, noise, contract)
    assert said
    assert all("no mistake of the catalogue" in each for each in said.values())


def test_a_tensor_that_cannot_be_read_says_nothing(lite0):
    photo, contract = lite0.photos.readable[0], lite0.subject.contract
    assert likeliest(photo.name, photo.data, np.full((1, 3, 4, 4), np.nan), contract) == {}
