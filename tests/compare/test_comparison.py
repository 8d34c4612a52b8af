"""Comparison of traces; a comparison that compared nothing, or a NaN, is never equal."""

from __future__ import annotations

import math

import numpy as np

from lib.compare.comparison import first_divergence, max_abs_difference, stage_differences, tolerances, top1
from lib.deploy import Trace


def trace(**changes) -> Trace:
    outputs = {
        "decode": np.zeros((4, 5, 3), np.uint8),
        "resize": np.zeros((2, 3, 3), np.uint8),
        "normalise": np.zeros((1, 3, 2, 3), np.float32),
        "infer": np.zeros((1, 4), np.float32),
        "score": np.full((1, 4), 0.25, np.float32),
    }
    return Trace(**(outputs | changes))


def test_levels_are_subtracted_without_wrapping():
    assert max_abs_difference(np.array([0], np.uint8), np.array([255], np.uint8)) == 255


def test_other_shapes_are_infinitely_apart_and_nan_and_nothing_are_nan():
    assert max_abs_difference(np.zeros(3), np.zeros(4)) == math.inf
    assert math.isnan(max_abs_difference(np.array([np.nan]), np.zeros(1)))
    assert math.isnan(max_abs_difference(np.zeros(0), np.zeros(0)))


def test_the_first_stage_beyond_its_tolerance_is_named():
    allowed = tolerances(1e-3)
    assert first_divergence(stage_differences(trace(), trace()), allowed) is None
    off = np.full((2, 3, 3), 1, np.uint8)
    late = np.full((1, 4), 0.5, np.float32)
    assert first_divergence(stage_differences(trace(), trace(resize=off, infer=late)), allowed) == "resize"
    squashed = np.zeros((2, 2, 3), np.uint8)
    assert first_divergence(stage_differences(trace(), trace(resize=squashed)), allowed) == "resize"


def test_a_nan_diverges():
    broken = np.full((1, 4), np.nan, np.float32)
    assert first_divergence(stage_differences(trace(), trace(infer=broken)), tolerances(1e-3)) == "infer"
    assert first_divergence(stage_differences(trace(infer=broken), trace(infer=broken)), tolerances(1e-3)) == "infer"


def test_logits_within_e_keep_probabilities_within_half_of_e():
    rng = np.random.default_rng(0)
    for _ in range(200):
        logits = rng.normal(0, 3, 50)
        shifted = logits + rng.uniform(-1e-3, 1e-3, 50)
        a, b = (np.exp(x) / np.exp(x).sum() for x in (logits, shifted))
        assert np.abs(a - b).max() <= tolerances(1e-3)["score"]


def test_top1_of_a_nan_is_no_class():
    assert top1(np.array([[0.1, 0.7, 0.2]])) == 1
    assert top1(np.array([[0.1, np.nan, 0.2]])) == -1
