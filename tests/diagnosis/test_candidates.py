"""What a photo becomes under one mistake and under two."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from lib.deploy import Pipeline
from lib.deploy.stages import decode
from lib.diagnosis import candidates
from lib.diagnosis.candidates import Candidate, fitted, pairs, singles
from lib.diagnosis.measurements import ANOTHER_NORMALISATION, ANOTHER_SIZE
from lib.mistakes import CATALOGUE
from tests.conftest import encoded
from tests.diagnosis.toy import CONTRACT, DATA, NORMALISE, PHOTO, PIXELS, RESIZE, RIGHT


def unused(value):
    raise AssertionError("a candidate ends at the network's input")


@pytest.fixture(scope="module")
def single():
    return {candidate.names: candidate for candidate in singles(DATA, CONTRACT, levels=False)}


def test_the_references_way_comes_first(single):
    first = next(iter(single.values()))
    assert first.names == ()
    np.testing.assert_array_equal(first.picture, RIGHT)
    np.testing.assert_array_equal(first.values, NORMALISE(RIGHT)[0])
    assert first.size == (96, 64)


def test_every_mistake_of_the_catalogue_is_a_candidate(single):
    assert set(single) == {(), *((name,) for name in CATALOGUE)}


@pytest.mark.parametrize("name", ["OpenCV decode", "squash", "OpenCV linear", "YUV 4:2:0", "no division by 255"])
def test_a_candidate_is_what_a_pipeline_with_the_mistake_gives(single, name):
    pipeline = CATALOGUE[name].commit(Pipeline(decode, RESIZE, NORMALISE, unused, unused), CONTRACT)
    made = pipeline.normalise(pipeline.resize(pipeline.decode(DATA)))
    np.testing.assert_array_equal(single[name,].values, made[0])


def test_where_levels_are_enough_mistakes_in_normalisation_are_left_out():
    every = list(singles(DATA, CONTRACT, levels=True))
    assert all(candidate.normalise is None for candidate in every)
    assert {CATALOGUE[name].stage for candidate in every for name in candidate.names} == {"decode", "resize"}
    assert every[0].values.dtype == np.float32
    np.testing.assert_array_equal(every[0].values.transpose(1, 2, 0), RIGHT)


def test_what_is_not_allowed_is_not_committed():
    every = list(singles(DATA, CONTRACT, False, lambda names: names == ("BGR",)))
    assert [candidate.names for candidate in every] == [(), ("BGR",)]
    two = list(pairs(DATA, CONTRACT, False, [(96, 64)], lambda names: names == ("OpenCV linear", "BGR")))
    assert [candidate.names for candidate in two] == [("OpenCV linear", "BGR")]


def test_a_level_is_what_normalisation_makes_of_it(single):
    std = np.array(CONTRACT.std).reshape(3, 1, 1)
    np.testing.assert_allclose(single[()].level, 1 / 255 / std, rtol=1e-5)
    np.testing.assert_allclose(single["levels as they are",].level, np.ones((3, 1, 1)))
    assert Candidate((), RIGHT, None).level.ravel().tolist() == [1, 1, 1]


def test_a_decoder_that_cannot_read_the_photo_gives_no_candidate():
    unknown_to_opencv = encoded(PHOTO, "PCX")
    for every in (singles(unknown_to_opencv, CONTRACT, True), pairs(unknown_to_opencv, CONTRACT, True, [(96, 64)])):
        names = {name for candidate in every for name in candidate.names}
        assert "re-encoded JPEG" in names
        assert "OpenCV decode" not in names


def test_pairs_are_two_mistakes_of_different_kinds():
    every = list(pairs(DATA, CONTRACT, levels=False, sizes=[(96, 64)]))
    names = [candidate.names for candidate in every]
    assert len(set(names)) == len(names)
    assert all(len(each) <= 2 for each in names)
    # of the observed size, or with its sides the other way round, which a mistake in normalisation can turn back
    assert {candidate.picture.shape for candidate in every} == {(64, 96, 3), (96, 64, 3)}
    assert ("OpenCV linear", "BGR") in names
    assert ("OpenCV decode", "OpenCV linear") in names
    assert ("mirrored", "BGR") in names
    assert ("BGR", "limited range") in names
    assert ("sharp's cover", "BGR") not in names  # of another size
    assert ANOTHER_SIZE not in {name for each in names for name in each}


def test_a_pair_is_one_mistake_after_the_other():
    pair = next(c for c in pairs(DATA, CONTRACT, levels=True, sizes=[(96, 64)]) if c.names == ("OpenCV linear", "BGR"))
    linear = CATALOGUE["OpenCV linear"].make(CONTRACT)(PIXELS)
    np.testing.assert_array_equal(pair.picture, linear[:, :, ::-1])


def test_an_observed_size_that_no_rule_gives_is_another_size():
    every = list(pairs(DATA, CONTRACT, levels=True, sizes=[(80, 50)]))
    assert every
    assert all(ANOTHER_SIZE in candidate.names for candidate in every)
    alone = next(candidate for candidate in every if candidate.names == (ANOTHER_SIZE,))
    np.testing.assert_array_equal(alone.picture, np.asarray(PHOTO.resize((80, 50), Image.Resampling.BILINEAR)))


def test_a_photo_is_decoded_once_for_each_way_to_decode(monkeypatch):
    decoded = []

    def counting(data):
        decoded.append(data)
        return decode(data)

    monkeypatch.setattr(candidates, "decode", counting)
    assert list(pairs(DATA, CONTRACT, levels=True, sizes=[(96, 64)]))
    assert len(decoded) == 1


def test_pairs_of_several_sizes_are_made_in_one_pass():
    names = {candidate.names for candidate in pairs(DATA, CONTRACT, True, [(96, 64), (64, 64), (80, 50)])}
    assert {("OpenCV linear", "BGR"), ("sharp's cover", "BGR"), ("squash", "OpenCV linear"), (ANOTHER_SIZE, "BGR")} <= names
    anywhere = {candidate.names for candidate in pairs(DATA, CONTRACT, True, None)}
    assert {("OpenCV linear", "BGR"), ("sharp's cover", "BGR")} <= anywhere
    assert ANOTHER_SIZE not in {name for each in anywhere for name in each}


def test_a_fitted_candidate_has_the_observed_mean_and_spread():
    wanted = (RIGHT.transpose(2, 0, 1) * np.float32(0.3) - 2).astype(np.float32)
    made = fitted(Candidate((), RIGHT, NORMALISE), wanted)
    assert made.names == (ANOTHER_NORMALISATION,)
    np.testing.assert_allclose(made.values, wanted, atol=1e-3)
    np.testing.assert_allclose(made.level, np.full((3, 1, 1), 0.3), rtol=1e-3)
    flat = fitted(Candidate((), np.full_like(RIGHT, 7), NORMALISE), wanted)
    np.testing.assert_allclose(flat.values[0], np.full(flat.values[0].shape, wanted[0].mean()), rtol=1e-6)
