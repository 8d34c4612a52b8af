"""What pages say of the libraries."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from lib.compare.comparison import Comparison
from lib.runtimes import RUNTIMES, opencv, openvino
from lib.runtimes.onnx_runtime import SHIPPED
from lib.runtimes.process import Measured
from lib.runtimes.pytorch import EAGER
from lib.runtimes.reference_evaluator import EVALUATOR
from lib.studies.runtimes import pictures
from lib.studies.runtimes.measure import Answers
from tests.conftest import assert_whole
from tests.records import NUMBERS, page, with_numbers


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


def test_what_repeats_the_figures_is_folded(results):
    costs, answers = pictures.costs(results, 2), pictures.answers(results, 2, 1e-3)
    assert costs.index("memory, MB") < costs.index("<details") < costs.index("first answer, s")
    assert answers.startswith('<p class="finding">')
    assert answers.count("<table") == answers.count("<details") == 2


def test_the_fastest_library_comes_first(results, drawn):
    pictures.times(results)
    names = [label.get_text() for label in drawn[0].axes[0].get_yticklabels()]
    fastest = sorted((each for each in results if each.answered), key=lambda each: each.process.median())
    assert names == [each.runtime.name for each in fastest][::-1]
    assert re.findall(r'scope="row">(.*?)</th>', pictures.costs(results, 2))[: len(names)] == names[::-1]


def test_a_library_beyond_the_tolerance_is_hatched(results, drawn):
    pictures.differences(results, 1e-3)
    axes = drawn[0].axes[0]
    hatched = {
        label.get_text() for label, bar in zip(axes.get_yticklabels(), axes.patches, strict=True) if bar.get_hatch() == "//"
    }
    drawn_ones = [each for each in results if each.answered and each.runtime.name != EAGER]
    assert hatched == {each.runtime.name for each in drawn_ones if not each.difference <= 1e-3}
    assert opencv.AS_IT_COMES in hatched


def test_memory_that_the_system_does_not_say_is_a_dash(results):
    unknown = [replace(each, process=replace(each.process, memory=0)) for each in results]
    assert ">—</td>" in pictures.costs(unknown, 2)
    assert ">—</td>" not in pictures.costs(results, 2)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_page_stands_any_number(results, two, rules, number):
    assert page("08_runtimes", two, rules, results=with_numbers(results, number), n=2, rounds=2)


def test_the_page_stands_libraries_of_which_only_those_that_it_needs_answered(results, two, rules):
    needed = [each for each in results if each.runtime.name in (EAGER, SHIPPED, EVALUATOR)]
    assert page("08_runtimes", two, rules, results=needed, n=2, rounds=2)
