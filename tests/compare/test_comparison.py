"""Comparison of traces; a comparison that compared nothing, or a NaN, is never equal."""

from __future__ import annotations

import dataclasses
import math
import pickle

import numpy as np
import pytest

from lib.compare.comparison import (
    TOP,
    Answer,
    Comparison,
    StageDifference,
    Summary,
    flips,
    furthest_apart,
    most_changed,
    most_divergent,
    top1,
    worst,
)
from lib.compare.trial import Refused
from lib.deploy import STAGES, Trace
from lib.deploy.difference import UNITS, max_abs_difference
from lib.deploy.stages import score


def trace(**changes) -> Trace:
    outputs = {
        "decode": np.zeros((4, 5, 3), np.uint8),
        "resize": np.zeros((2, 3, 3), np.uint8),
        "normalise": np.zeros((1, 3, 2, 3), np.float32),
        "infer": np.zeros((1, 4), np.float32),
        "score": np.full((1, 4), 0.25, np.float32),
    }
    return Trace(**(outputs | changes))


def compared(reference: Trace, candidate: Trace) -> Comparison:
    return Comparison.of_traces("photo", "candidate", reference, candidate)


def of_logits(*logits: list[float]) -> Comparison:
    return Comparison.of("photo", "candidate", {"infer": tuple(np.array([each], np.float32) for each in logits)})


def test_levels_are_subtracted_without_wrapping():
    assert max_abs_difference(np.array([0], np.uint8), np.array([255], np.uint8)) == 255
    assert max_abs_difference(np.array([255], np.uint8), np.array([0], np.uint8)) == 255


def test_other_shapes_are_infinitely_apart_and_nan_and_nothing_are_nan():
    assert max_abs_difference(np.zeros(3), np.zeros(4)) == math.inf
    assert math.isnan(max_abs_difference(np.array([np.nan]), np.zeros(1)))
    assert math.isnan(max_abs_difference(np.zeros(0), np.zeros(0)))


def test_top1_of_a_nan_is_no_class():
    assert top1(np.array([[0.1, 0.7, 0.2]])) == 1
    assert top1(np.array([[0.1, np.nan, 0.2]])) == -1


def test_the_first_stage_beyond_its_tolerance_is_named(rules):
    assert compared(trace(), trace()).first(rules.tolerances) is None
    off = np.full((2, 3, 3), 1, np.uint8)
    late = np.full((1, 4), 0.5, np.float32)
    assert compared(trace(), trace(resize=off, infer=late)).first(rules.tolerances) == "resize"
    squashed = np.zeros((2, 2, 3), np.uint8)
    assert compared(trace(), trace(resize=squashed)).first(rules.tolerances) == "resize"


def test_the_first_stage_that_differs_at_all_is_named_too(rules):
    slightly = compared(trace(), trace(infer=np.full((1, 4), 1e-7, np.float32)))
    assert slightly.first(rules.tolerances) is None
    assert slightly.apart() is slightly["infer"]
    assert compared(trace(), trace()).apart() is None


def test_a_nan_diverges(rules):
    broken = np.full((1, 4), np.nan, np.float32)
    assert compared(trace(), trace(infer=broken)).first(rules.tolerances) == "infer"
    assert compared(trace(infer=broken), trace(infer=broken)).first(rules.tolerances) == "infer"
    one = trace(infer=broken)
    assert compared(one, one).first(rules.tolerances) == "infer"  # the very same array


def test_logits_within_e_keep_probabilities_within_half_of_e(rules):
    e = rules.tolerances["infer"]
    random = np.random.default_rng(0)
    for _ in range(200):
        logits = random.normal(0, 3, 50)
        shifted = logits + random.uniform(-e, e, 50)
        a, b = (np.exp(x) / np.exp(x).sum() for x in (logits, shifted))
        assert np.abs(a - b).max() <= rules.tolerances["score"]


def test_every_stage_has_a_unit_and_a_tolerance(rules):
    assert tuple(UNITS) == tuple(rules.tolerances) == STAGES


def test_a_stage_keeps_its_numbers():
    reference, candidate = np.array([[0, 10]], np.uint8), np.array([[0, 13]], np.uint8)
    stage = StageDifference.of("resize", reference, candidate)
    assert stage.reference == Summary((1, 2), 0, 10, 5)
    assert stage.candidate == Summary((1, 2), 0, 13, 6.5)
    assert (stage.largest, stage.equal) == (3, 0.5)
    assert stage.within(3)
    assert not stage.within(2.9)
    assert StageDifference.of("resize", reference, np.zeros((2, 2), np.uint8)).equal == 0


def test_an_array_and_its_copy_are_compared_as_the_array_and_itself():
    array = np.random.default_rng(0).normal(size=(2, 3))
    assert StageDifference.of("infer", array, array) == StageDifference.of("infer", array, array.copy())


def test_of_equally_likely_classes_the_first_is_the_answer_everywhere():
    flat = np.zeros((1, 1000), np.float32)
    assert Answer.of(score(flat), flat).likeliest == (0, 1, 2, 3, 4)
    assert Answer.of(score(flat), flat).top1 == top1(score(flat)) == top1(flat)


def test_an_answer_is_the_likeliest_classes_and_the_lead():
    logits = np.array([[0, 3, 1, 2, -1, -2]], np.float32)
    answer = Answer.of(score(logits), logits)
    assert answer.likeliest == (1, 3, 2, 0, 4)
    assert answer.top1 == 1
    assert answer.lead == 1
    assert answer.non_finite == 0
    assert list(answer.probabilities) == sorted(answer.probabilities, reverse=True)
    assert answer.probability == answer.probabilities[0]
    assert len(answer.likeliest) == TOP
    assert math.isnan(Answer.of(score(logits), None).lead)
    assert Answer.of(np.ones((1, 1), np.float32), np.ones((1, 1), np.float32)).lead == 0


def test_a_nan_is_no_answer():
    answer = Answer.of(np.array([[0.5, np.nan, np.inf]], np.float32), None)
    assert answer.likeliest == answer.probabilities == ()
    assert answer.top1 == -1
    assert math.isnan(answer.probability)
    assert answer.non_finite == 2


def test_a_comparison_says_what_became_of_the_references_class():
    comparison = of_logits([2, 0, 0], [0, 2, 0])
    assert comparison.flipped
    assert comparison.probability < comparison.reference.probability
    assert comparison.change == comparison.probability - comparison.reference.probability
    assert comparison.moved == pytest.approx(-comparison.change, abs=1e-6)
    same = of_logits([2, 0, 0], [2, 0, 0])
    assert not same.flipped
    assert same.change == same.moved == 0


def test_it_counts_the_likeliest_classes_that_stay():
    logits = [float(i) for i in range(10)]
    assert of_logits(logits, logits).kept == TOP
    assert of_logits(logits, logits[::-1]).kept == 0
    assert of_logits(logits, [*logits[:5], 0, *logits[6:]]).kept == TOP - 1


def test_answers_of_other_lengths_move_no_number():
    comparison = of_logits([2, 0, 0], [2, 0])
    assert comparison["infer"].largest == math.inf
    assert math.isnan(comparison.probability)
    assert math.isnan(comparison.moved)


def test_some_stages_can_be_compared_alone():
    probabilities = np.array([[0.75, 0.25]], np.float32), np.array([[0.5, 0.5]], np.float32)
    comparison = Comparison.of("photo", "softmax", {"score": probabilities})
    assert [each.stage for each in comparison.stages] == ["score"]
    assert comparison.change == -0.25
    assert math.isnan(comparison.candidate.lead)


def test_the_worst_of_several_is_nan_where_one_is_nan_or_where_there_are_none():
    assert worst([of_logits([0, 1], [0, 1]), of_logits([0, 1], [0, 3])], "infer") == 2
    assert math.isnan(worst([of_logits([0, 1], [0, math.nan]), of_logits([0, 1], [0, 3])], "infer"))
    assert math.isnan(worst([], "infer"))


def test_flips_are_counted():
    assert flips([of_logits([0, 1], [0, 1]), of_logits([0, 1], [1, 0])]) == 1


def test_the_most_divergent_differs_most_at_the_end_and_a_nan_comes_first():
    near, far, nan = of_logits([0, 1], [0, 1.5]), of_logits([0, 1], [0, 9]), of_logits([0, 1], [0, math.nan])
    assert most_divergent([near, far]) is far
    assert most_divergent([near, nan, far]) is nan
    first = dataclasses.replace(near, photo="first")
    assert most_divergent([first, near]) is first


def test_the_most_changed_names_another_class_or_moves_most_and_a_nan_comes_first():
    little, much, flipped = of_logits([0, 1], [0, 1.5]), of_logits([0, 9], [8.9, 9]), of_logits([0, 0.1], [0.1, 0])
    nan = of_logits([0, 1], [0, math.nan])
    assert most_changed([little, much]) is much
    assert much.moved > flipped.moved
    assert most_changed([much, flipped, little]) is flipped
    assert most_changed([flipped, nan]) is nan
    first = dataclasses.replace(little, photo="first")
    assert most_changed([first, little]) is first


def test_the_furthest_apart_differs_most_at_a_stage_and_of_equals_the_one_whose_answer_changes_most():
    black = np.zeros((2, 3, 3), np.uint8)
    scores = np.array([[0.6, 0.4, 0, 0]], np.float32), np.array([[0.4, 0.6, 0, 0]], np.float32)
    same, near = compared(trace(), trace()), compared(trace(), trace(resize=black + 1))
    far = compared(trace(), trace(resize=black + 9))
    assert furthest_apart([same, far, near], "resize") is far
    other = compared(trace(), trace(resize=np.zeros((3, 2, 3), np.uint8)))
    flipped = compared(trace(score=scores[0]), trace(score=scores[1], resize=np.zeros((3, 2, 3), np.uint8)))
    assert furthest_apart([far, other], "resize") is other
    assert furthest_apart([other, flipped, other], "resize") is flipped
    assert furthest_apart([same, near], "decode") is same


def test_it_keeps_numbers_and_no_pixels():
    large = np.zeros((1000, 1000, 3), np.uint8)
    assert len(pickle.dumps(compared(trace(decode=large), trace(decode=large + 1)))) < 5_000


def test_what_gives_no_answer_is_infinitely_far_away_and_no_flip_and_changes_least():
    refused = Comparison.of_tried("photo", "swapped", trace(), Refused("would be fed 9 × 9 pixels"), ("resize", "score"))
    answered = Comparison.of_tried("photo", "the same", trace(), trace(), ("resize", "score"))
    assert refused.refused == "would be fed 9 × 9 pixels"
    assert [(each.stage, each.largest) for each in refused.stages] == [("resize", math.inf), ("score", math.inf)]
    assert not refused.flipped
    assert flips([refused, answered]) == 0
    assert math.isnan(refused.probability)
    assert most_changed([refused, answered]) is answered
    assert not answered.refused
