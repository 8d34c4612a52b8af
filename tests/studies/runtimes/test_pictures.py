"""What pages say of the libraries."""

from __future__ import annotations

import numpy as np

from lib.compare.comparison import Comparison
from lib.runtimes import RUNTIMES, opencv, openvino
from lib.runtimes.process import Measured
from lib.studies.runtimes import pictures
from lib.studies.runtimes.measure import Answers
from tests.conftest import assert_whole


def test_a_library_without_an_answer_is_in_the_table(results):
    page = pictures.answers(results, 2, 1e-3)
    for name in ("TensorRT", "MXNet", "LiteRT", "TensorFlow"):
        assert f">{name}</th>" in page
    assert "No answer came from LiteRT, TensorFlow, TensorRT, MXNet." in page
    assert "No answer: it cannot be installed" in page


def test_a_default_that_changes_the_answer_stands_beside_the_setting_that_does_not(results):
    said = pictures.both_ways(results, opencv.AS_IT_COMES, opencv.CLASSIC, 2)
    assert 'class="warning"' in said
    assert f"{opencv.CLASSIC}: off by" in said


def test_a_default_that_changes_nothing_is_no_warning():
    def one(name: str, difference: float) -> Answers:
        logits = np.array([[1.0, 2.0]], np.float32)
        off = Comparison.of("photo.jpg", name, {"infer": (logits, logits + np.float32(difference))})
        return Answers(RUNTIMES[name], "", Measured(name, "", {}), (off,), (off,))

    as_it_comes, told = openvino.AS_IT_COMES, openvino.FLOAT32
    assert 'class="warning"' in pictures.both_ways([one(as_it_comes, 0.25), one(told, 2**-16)], as_it_comes, told, 7)
    assert 'class="finding"' in pictures.both_ways([one(as_it_comes, 2**-16), one(told, 2**-16)], as_it_comes, told, 7)
    assert "did not answer" in pictures.both_ways([], as_it_comes, told, 7)


def test_pictures_are_whole(results, drawn):
    assert "stay within the tolerance of 0.001 logits" in pictures.differences(results, 1e-3)
    assert "times as soon as eager PyTorch" in pictures.times(results)
    assert "95th percentile" in pictures.costs(results, 2)
    assert len(drawn) == 2
    for figure in drawn:
        assert_whole(figure)
