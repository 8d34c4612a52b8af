"""Pipelines over one photo do the same work once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lib.compare.ablation import naive
from lib.compare.shared import Chained, SharedTraces
from lib.deploy import STAGES, Pipeline


@pytest.fixture
def calls() -> Counter[str]:
    return Counter()


def counted(calls: Counter[str], name: str, function):
    def call(value):
        calls[name] += 1
        return function(value)

    return call


def toy(calls: Counter[str], **changes) -> Pipeline:
    """Four numbers instead of a photo: each stage adds one."""
    stages = {stage: counted(calls, stage, lambda value: np.asarray(value) + 1) for stage in STAGES}
    stages["decode"] = counted(calls, "decode", lambda data: np.frombuffer(data, np.uint8))
    return Pipeline(**(stages | {name: counted(calls, f"other {name}", function) for name, function in changes.items()}))


def test_a_shared_stage_runs_once_and_gives_the_same_trace(lite0):
    data, calls = lite0.photos.readable[0].data, []

    def decode(raw):
        calls.append(raw)
        return lite0.deployment.decode(raw)

    one = replace(lite0.deployment, decode=decode)
    two = replace(one, resize=naive(one, lite0.subject.contract).resize)
    shared = SharedTraces(data)
    traces = [shared.trace(pipeline) for pipeline in (one, two, one)]
    assert len(calls) == 1
    for trace, pipeline in zip(traces, (one, two), strict=False):
        for stage in STAGES:
            np.testing.assert_array_equal(getattr(trace, stage), getattr(pipeline.trace(data), stage))


def test_what_follows_equal_outputs_runs_once_whoever_made_them(calls):
    pipeline = toy(calls)
    other = replace(pipeline, decode=counted(calls, "other decode", lambda data: np.frombuffer(data, np.uint8).copy()))
    shared = SharedTraces(b"abcd")
    first, second = shared.trace(pipeline), shared.trace(other)
    assert calls == dict.fromkeys((*STAGES, "other decode"), 1)
    for stage in STAGES:
        assert getattr(first, stage) is getattr(second, stage)


def test_a_stage_runs_when_its_output_is_asked_for(calls):
    outputs = SharedTraces(b"abcd").outputs(toy(calls))
    assert [next(outputs)[0], next(outputs)[0]] == ["decode", "resize"]
    assert calls == {"decode": 1, "resize": 1}


def test_another_output_is_worked_on_anew(calls):
    pipeline = toy(calls)
    other = replace(pipeline, resize=counted(calls, "other resize", lambda value: np.asarray(value) + 2))
    shared = SharedTraces(b"abcd")
    first, second = shared.trace(pipeline), shared.trace(other)
    assert calls == {"decode": 1, "resize": 1, "other resize": 1, "normalise": 2, "infer": 2, "score": 2}
    np.testing.assert_array_equal(second.score, first.score + 1)


@pytest.mark.parametrize(
    "form",
    [
        lambda data: np.frombuffer(data, np.uint8),
        lambda data: np.frombuffer(data, np.int8).reshape(2, 2),
        lambda data: Image.frombytes("L", (2, 2), data),
        lambda data: Image.frombytes("P", (2, 2), data),
    ],
    ids=["shape", "type", "grey picture", "palette"],
)
def test_the_same_numbers_in_another_form_are_another_input(calls, form):
    pipeline = toy(calls)
    shared = SharedTraces(b"abcd")
    for decode in (form, lambda data: np.frombuffer(data, np.uint8).reshape(2, 2)):
        shared.trace(replace(pipeline, decode=decode))
    assert calls["resize"] == 2


def test_a_grey_picture_and_a_palette_are_two_inputs(calls):
    pipeline = toy(calls)
    shared = SharedTraces(b"abcd")
    for mode in ("L", "P", "L"):
        shared.trace(replace(pipeline, decode=lambda data, mode=mode: Image.frombytes(mode, (2, 2), data)))
    assert calls["resize"] == 2


def test_a_stage_gets_what_the_one_before_it_gave_and_not_an_array_of_it(calls):
    given = []
    picture = Image.new("RGB", (3, 2))
    SharedTraces(b"").trace(toy(calls, decode=lambda _: picture, resize=lambda value: given.append(value) or np.zeros(1)))
    assert given == [picture]


def test_a_nan_is_one_input_too(calls):
    pipeline = toy(calls, normalise=lambda _: np.full(3, np.nan))
    shared = SharedTraces(b"abcd")
    for _ in range(2):
        assert np.isnan(shared.trace(pipeline).score).all()
    assert calls["infer"] == 1


def test_stages_that_cannot_be_hashed_are_taken(lite0):
    class Odd:
        __hash__ = None

        def __call__(self, raw):
            return lite0.deployment.decode(raw)

    data = lite0.photos.readable[0].data
    trace = SharedTraces(data).trace(replace(lite0.deployment, decode=Odd()))
    np.testing.assert_array_equal(trace.score, lite0.deployment.trace(data).score)


def test_outputs_that_are_alike_at_first_sight_are_two_where_they_differ_anywhere(calls):
    """One value of many is another, at any place."""
    base = np.zeros(100, np.uint8)
    for place in (0, 1, 15, 16, 57, 99):
        other = base.copy()
        other[place] = 1
        pipeline = toy(calls, decode=lambda data: base)
        changed = toy(calls, decode=lambda data, other=other: other)
        shared = SharedTraces(b"abcd")
        first, second = shared.trace(pipeline), shared.trace(changed)
        np.testing.assert_array_equal(first.score, base + 4)
        np.testing.assert_array_equal(second.score, other + 4)


def test_a_stage_of_two_parts_shares_its_first(calls):
    first = counted(calls, "first", lambda value: np.asarray(value) + 1)
    one, other = (replace(toy(calls), resize=Chained(first, lambda value, by=by: value * by)) for by in (2, 3))
    shared = SharedTraces(b"abcd")
    traces = [shared.trace(each) for each in (one, other)]
    assert calls["first"] == 1
    for trace, alone in zip(traces, (one, other), strict=True):
        np.testing.assert_array_equal(trace.resize, alone.trace(b"abcd").resize)
