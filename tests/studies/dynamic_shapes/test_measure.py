"""At which sizes exported files are right."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from lib.deploy import STAGES, Domain
from lib.networks import reference
from lib.studies.dynamic_shapes import measure
from lib.studies.dynamic_shapes.measure import Difference, SizeMap
from lib.studies.dynamic_shapes.ways import CANDIDATES, FIXED, STATIC, TRACED, files
from tests.few import asked, of_photos

TOLERANCE = 1e-3
DRAWN = [(40, 50), (61, 35)]


@pytest.fixture(scope="module")
def three(lite0):
    return of_photos(lite0, "coffee.png", "chelsea.png", "rocket.jpg")


@pytest.fixture(scope="module")
def measured(three, rules):
    """The study, what it asked the reference, and the pictures that were scaled with the sizes they were scaled to."""
    (counted, written), scaled = asked(three), []
    with pytest.MonkeyPatch.context() as patch:
        scale = measure.scaled
        patch.setattr(measure, "scaled", lambda *given: scaled.append((given[0].size, given[1])) or scale(*given))
        patch.setattr(measure, "SIDES", ())
        patch.setattr(measure, "drawn", lambda *_: DRAWN)
        patch.setattr(measure, "ROUNDS", 1)
        return measure.measured(counted, rules, seed=7), written, scaled


@pytest.fixture(scope="module")
def study(measured):
    return measured[0]


@pytest.fixture(scope="module")
def maps(study):
    return {name: way.seen for name, way in study.ways.items()}


def test_the_sizes_reach_from_end_to_end_of_the_domain_and_hold_odd_and_prime_ones(lite0):
    tried = measure.sides(lite0)
    assert (tried[0], tried[-1]) == (32, 1024)
    assert {33, 97, 224, 225, 299, 512} <= set(tried)


def test_the_ways_are_tried_on_smaller_sizes_than_the_file_that_ships(study, maps):
    assert study.shipped.sides == (32, 33, 224, 225, 1024)
    assert {seen.sides for seen in maps.values()} == {(32, 33, 224, 225)}


def test_a_file_of_a_fixed_size_refuses_every_other(maps, study):
    assert (maps[FIXED].right, maps[FIXED].refused, maps[FIXED].wrong) == (1, 15, 0)
    assert "Expected: 224" in study.refusal


def test_the_size_that_the_file_was_made_for_is_not_refused(three):
    path = files(three, measure.by_padding(three))[FIXED]
    opened = measure.Opened.of(three, {}, {FIXED: path})
    assert opened.refusal((224, 224)) == ""
    assert "Expected: 224" in opened.refusal((224, 336))


def test_static_padding_is_right_only_where_the_parity_is_that_of_its_size(maps):
    assert maps[STATIC].right == 4  # 32 and 224, in both directions
    assert maps[STATIC].wrong == 12
    assert maps[STATIC].refused == 0


def test_traced_padding_is_right_at_the_size_it_was_traced_at_and_nowhere_else(maps):
    assert maps[TRACED].right == 1
    assert maps[TRACED].differences[2, 2] < TOLERANCE
    assert maps[TRACED].worst > 1


def test_three_ways_are_right_at_every_size(maps, study):
    for name in CANDIDATES:
        assert maps[name].right == 16
        assert not maps[name].flips.any()
    assert study.right_everywhere == list(CANDIDATES)


def test_the_exported_file_agrees_with_its_network_whichever_way_that_pads(study, stand_in, rules):
    assert study.shipped.everywhere
    assert study.free_axes == 3
    opened = measure.Opened.of(stand_in, {"static": stand_in.model}, {STATIC: stand_in.onnx_path})
    picture = measure.Image.fromarray(stand_in.reference.trace(stand_in.photos.readable[0].data).decode)
    for size in ((32, 33), (225, 32), (224, 225)):
        found = opened.shipped(measure.scaled(picture, size, stand_in.subject.contract))
        assert found.largest < TOLERANCE
        assert not found.flipped


def test_each_photo_is_held_in_both_paddings_at_the_size_it_is_fed(study, three):
    modules = measure.by_padding(three)
    assert len(study.padded) == 3
    for photo, each in zip(three.photos.readable, study.padded, strict=True):
        trace = three.reference.trace(photo.data)
        assert each.comparison.photo == photo.name
        assert each.fed == trace.resize.shape[:2]
        static = reference.infer(modules["static"])(trace.normalise)
        assert each.comparison["infer"].largest == measure.max_abs_difference(trace.infer, static)
        assert each.comparison["infer"].largest > TOLERANCE


def test_a_photo_of_the_size_that_was_built_for_is_padded_alike(stand_in):
    opened = measure.Opened.of(stand_in, measure.by_padding(stand_in), {})
    trace = stand_in.reference.trace(stand_in.photos.readable[5].data)
    assert trace.normalise.shape == (1, 3, 224, 224)
    assert opened.padded(stand_in.photos.readable[5], trace).comparison["infer"].largest < 1e-4


def test_the_reference_sees_each_photo_once_and_each_is_scaled_to_its_share_of_the_sizes(measured):
    _, written, scaled = measured
    assert {stage: len(given) for stage, given in written.inputs.items()} == dict.fromkeys(STAGES, 3)
    assert len({size for _, size in scaled}) == len(scaled) == 25 + len(DRAWN)
    assert Counter(Counter(picture for picture, _ in scaled).values()) == Counter([10, 9, 8])


def test_more_photos_than_sizes_are_each_held_once(three, rules, monkeypatch):
    monkeypatch.setattr(measure, "sides", lambda _: (32,))
    monkeypatch.setattr(measure, "drawn", lambda *_: DRAWN[:1])
    monkeypatch.setattr(measure, "ROUNDS", 1)
    study = measure.measured(three, rules, seed=7)
    assert (study.shipped.sizes, len(study.padded), len(study.drawn.found)) == (1, 3, 1)


def test_the_file_is_right_at_sizes_drawn_at_random_too(study):
    assert set(study.drawn.found) == set(DRAWN)
    assert study.drawn.seed == 7
    assert study.drawn.worst <= TOLERANCE
    assert study.drawn.wrong == ()


def test_a_file_that_is_wrong_only_between_the_sizes_always_tried_is_found():
    found = {(40, 50): Difference(2e-5, False), (430, 411): Difference(0.7, False), (460, 33): Difference(math.inf, False)}
    drawn = measure.Drawn(7, found, TOLERANCE)
    assert drawn.wrong == ("430 × 411", "460 × 33")
    assert math.isinf(drawn.worst)


def test_sizes_are_told_in_numbers(study):
    assert study.tried == {
        "least": 32,
        "most": 1024,
        "tried": 25 + len(DRAWN),
        "drawn": len(DRAWN),
        "refused": 0,
        "wrong": 0,
        "outside": {"tried": 4, "refused": 4},
        "photos": "photos are fed with a shorter side of 224 pixels and a longer one of at most 1024, or refused",
    }
    broken = np.where(np.arange(25).reshape(5, 5) < 3, math.inf, np.nan)
    found = {(40, 50): Difference(0.7, False), (430, 411): Difference(math.inf, False), (460, 33): Difference(0.0, False)}
    other = replace(
        study,
        shipped=replace(study.shipped, differences=broken),
        drawn=measure.Drawn(7, found, TOLERANCE),
        outside=replace(study.outside, taken=1),
    )
    assert (other.tried["refused"], other.tried["wrong"], other.tried["tried"]) == (3 + 1, 22 + 1, 28)
    assert other.tried["outside"] == {"tried": 4, "refused": 3}
    assert json.loads(json.dumps(other.tried)) == other.tried


def test_candidates_are_timed_against_the_statically_padded_file(study):
    assert study.ways[STATIC].ratio == 1
    assert all(study.ways[name].ratio > 0 for name in CANDIDATES)
    assert all(math.isnan(study.ways[name].ratio) for name in (FIXED, TRACED))
    assert all(way.nodes > 0 and way.megabytes > 10 for way in study.ways.values())


def test_inputs_in_a_batch_answer_as_they_do_alone(study):
    assert study.batch < TOLERANCE
    assert sum(measure.BATCHES) == 13


def test_the_deployment_refuses_what_lies_outside(study):
    assert measure.just_outside(Domain(32, 1024)) == [(31, 32), (32, 31), (1025, 32), (32, 1025)]
    assert (study.outside.taken, study.outside.tried) == (0, 4)
    assert study.outside.domain == Domain(32, 1024)
    assert "known to be right from 32 to 1024 a side" in study.outside.said


def test_a_nan_is_wrong_and_a_refusal_is_not():
    seen = SizeMap("x", (1, 2), np.array([[0.0, np.nan], [np.inf, 1.0]]), np.zeros((2, 2), bool), 0.1)
    assert (seen.right, seen.wrong, seen.refused) == (1, 2, 1)
    assert np.isnan(seen.worst)
    assert not seen.everywhere


def test_a_map_puts_heights_in_rows_and_widths_in_columns():
    found = {(h, w): Difference(10 * h + w, (h, w) == (2, 1)) for h in (2, 1) for w in (1, 2)}
    seen = SizeMap.of("x", found, 0.1)
    assert seen.sides == (1, 2)
    assert seen.differences.tolist() == [[11, 12], [21, 22]]
    assert seen.flips.tolist() == [[False, False], [True, False]]


def test_a_difference_of_a_refused_size_is_infinite_and_changes_no_class():
    logits = np.array([[0.0, 1.0]], np.float32)
    assert Difference.of(logits, None) == Difference(math.inf, False)
    assert Difference.of(logits, logits[:, ::-1]) == Difference(1.0, True)
    assert math.isnan(Difference.of(logits, np.full_like(logits, np.nan)).largest)
