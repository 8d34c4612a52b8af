"""What pipelines feed the network, side by side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lib.mistakes import CATALOGUE
from lib.numbers import probability
from lib.report.inputs_seen import seen_by_the_model
from tests.conftest import assert_whole


@pytest.fixture(scope="module")
def traces(lite0):
    data = lite0.photos.readable[0].data
    squash = CATALOGUE["squash"].commit(lite0.reference, lite0.subject.contract)
    return {"squash": squash.trace(data), "reference": lite0.reference.trace(data)}


def test_it_says_sizes_and_the_probability_of_the_references_class(lite0, traces, drawn):
    said = seen_by_the_model("coffee.png", traces, lite0.subject.classes)
    target = traces["reference"].score[0].argmax()
    for name, trace in traces.items():
        height, width = trace.resize.shape[:2]
        answer = f"{lite0.subject.classes[target]} {probability(float(trace.score[0, target]))}"
        assert f"{name} sees {width}×{height} pixels and gives {answer}" in said
    assert 'alt="coffee.png as 2 pipelines feed it to the network: ' in said
    assert_whole(drawn[0])


def test_the_references_class_alone_is_green(lite0, traces, drawn):
    seen_by_the_model("coffee.png", traces, lite0.subject.classes)
    target = traces["reference"].score[0].argmax()
    for axes, trace in zip(drawn[0].axes[1::2], traces.values(), strict=True):
        colours = [bar.get_facecolor() for bar in axes.patches]
        likeliest = trace.score[0].argsort()[::-1][:5][::-1]
        assert len(colours) == 5
        assert [index == target for index in likeliest] == [colour[1] > colour[0] + 0.3 for colour in colours]


def test_nan_is_no_answer(lite0, traces, drawn):
    lost = replace(traces["squash"], score=np.full_like(traces["squash"].score, np.nan))
    said = seen_by_the_model("coffee.png", {**traces, "squash": lost}, lite0.subject.classes)
    assert "NaN" in said
    assert [text.get_text() for text in drawn[0].axes[1].texts] == ["NaN: no answer"]
    assert_whole(drawn[0])
