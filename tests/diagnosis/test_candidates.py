"""What a photo becomes under one mistake and under several."""

from __future__ import annotations

import numpy as np
import pytest

from lib.deploy import Pipeline
from lib.deploy.stages import decode
from lib.diagnosis.candidates import MIXED, Base, Candidate, composed, pairs, singles
from lib.diagnosis.framing import framed
from lib.diagnosis.measurements import ANOTHER_SIZE
from lib.mistakes import CATALOGUE, DECODING
from tests.conftest import encoded
from tests.diagnosis.toy import CONTRACT, DATA, NORMALISE, PHOTO, PIXELS, RESIZE, RIGHT


def unused(value):
    raise AssertionError("a candidate ends at the network's input")


DECODERS = {mistake.name for mistake in DECODING}


def together(sizes, allowed=lambda _: True, levels=True, data=DATA):
    """Several mistakes at once on the toy photo, every filter with every rule."""
    base = Base.of(data, CONTRACT, levels)
    frames = framed(base.pixels, CONTRACT, sizes)
    return composed(base, frames, range(len(frames)), {frame.names for frame in frames}, allowed)


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
    two = list(together([(96, 64)], lambda names: names == ("OpenCV linear", "BGR")))
    assert [candidate.names for candidate in two] == [("OpenCV linear", "BGR")]


def test_a_level_is_what_normalisation_makes_of_it(single):
    std = np.array(CONTRACT.std).reshape(3, 1, 1)
    np.testing.assert_allclose(single[()].level, 1 / 255 / std, rtol=1e-5)
    np.testing.assert_allclose(single["levels as they are",].level, np.ones((3, 1, 1)))
    assert Candidate((), RIGHT, None).level.ravel().tolist() == [1, 1, 1]


def test_a_decoder_that_cannot_read_the_photo_gives_no_candidate():
    unknown_to_opencv = encoded(PHOTO, "PCX")
    for every in (singles(unknown_to_opencv, CONTRACT, True), together([(96, 64)], data=unknown_to_opencv)):
        names = {name for candidate in every for name in candidate.names}
        assert "re-encoded JPEG" in names
        assert "OpenCV decode" not in names


def test_several_at_once_are_of_different_kinds():
    names = [candidate.names for candidate in together([(96, 64)], levels=False)]
    assert ("OpenCV linear", "BGR") in names
    assert ("mirrored", "BGR") in names
    assert ("BGR", "limited range") in names
    assert ("OpenCV linear", MIXED) in names
    assert ("cover, lanczos", "BGR") not in names  # of another size
    assert ANOTHER_SIZE not in {name for each in names for name in each}


def test_what_naive_services_do_at_once_is_tried_three_at_a_time():
    names = {candidate.names for candidate in together([(64, 64)])}
    assert ("squash", "OpenCV linear", "BGR") in names
    assert ("squash", "OpenCV linear", "re-encoded JPEG") in names
    assert ("re-encoded JPEG", "squash", "OpenCV linear") in names
    assert ("squash", "OpenCV linear", "mirrored") not in names


def test_a_filter_is_tried_with_the_rules_that_are_near_alone():
    base = Base.of(DATA, CONTRACT, True)
    frames = framed(base.pixels, CONTRACT, [(64, 64)])
    squash = next(place for place, frame in enumerate(frames) if frame.names == ("squash",))
    names = {candidate.names for candidate in composed(base, frames, [squash], ())}
    assert ("squash", "OpenCV linear") in names
    assert ("letterbox", "OpenCV linear") not in names
    assert ("letterbox", "BGR") in names


def test_one_mistake_comes_after_the_other():
    pair = next(c for c in together([(96, 64)]) if c.names == ("OpenCV linear", "BGR"))
    linear = CATALOGUE["OpenCV linear"].make(CONTRACT)(PIXELS)
    np.testing.assert_array_equal(pair.picture, linear[:, :, ::-1])


def test_a_decoder_that_changes_nothing_is_not_tried():
    decoders = {name for candidate in together([(96, 64)]) for name in candidate.names if name in DECODERS}
    assert decoders == {"re-encoded JPEG"}  # of a PNG without orientation, profile or alpha


def test_pairs_are_of_two_mistakes_each_of_whatever_size():
    names = [candidate.names for candidate in pairs(DATA, CONTRACT)]
    assert all(len(each) == 2 for each in names)
    assert {("OpenCV linear", "BGR"), ("cover, lanczos", "BGR"), ("squash", "no mean and std")} <= set(names)
    chosen = list(pairs(DATA, CONTRACT, lambda names: names == ("squash", "no mean and std")))
    squashed = CATALOGUE["squash"].make(CONTRACT)(PHOTO)
    expected = CATALOGUE["no mean and std"].make(CONTRACT)(np.asarray(squashed))
    np.testing.assert_array_equal(chosen[0].values, expected[0])


def test_rows_of_normalised_pixels_may_be_cut_into_planes():
    every = [c for c in together([(96, 64)], levels=False) if c.names == (MIXED,)]
    expected = NORMALISE(RIGHT)[0].transpose(1, 2, 0).reshape(3, 64, 96)
    assert any(np.array_equal(each.values, expected) for each in every)
