"""What two pipelines feed the network, side by side."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import numpy as np
import pytest

from lib.compare.pair import Pair
from lib.mistakes import CATALOGUE
from lib.numbers import number, probability
from lib.report import heat
from lib.report.inputs_seen import answered, difference, fed, likeliest, said, seen_by_the_model
from tests.report.test_image import stored

NAMES = [f"class {i}" for i in range(8)]


@pytest.fixture(scope="module")
def nearest(lite0):
    data = lite0.photos.readable[0].data
    wrong = CATALOGUE["OpenCV nearest"].commit(lite0.reference, lite0.subject.contract)
    return Pair.of("coffee.png", "OpenCV nearest", lite0.reference.trace(data), wrong.trace(data))


def pictures(shown):
    return [stored(source) for source in re.findall(r'src="(data:[^"]*)"', shown)]


def levels(pair):
    return pair.reference.resize.astype(float), pair.candidate.resize.astype(float)


def test_both_inputs_their_difference_and_the_worst_place_are_one_figure(lite0, nearest):
    shown = seen_by_the_model(nearest, levels(nearest), lite0.subject.classes)
    assert shown.count("<figure") == 1
    right, wrong, difference, *zoomed = pictures(shown)
    assert right.shape == wrong.shape == difference.shape == nearest.reference.resize.shape
    assert len(zoomed) == 5  # the zoom's four, and the scale
    error = np.abs(levels(nearest)[1] - levels(nearest)[0])
    assert f"<p>difference<br>{number(float(error.mean()))} levels on average</p>" in shown
    assert "beyond ±64" in shown


def test_it_says_sizes_and_the_probability_of_the_references_class(lite0, nearest):
    classes = lite0.subject.classes
    shown = seen_by_the_model(nearest, levels(nearest), classes)
    target = nearest.reference.score[0].argmax()
    answer = f"{classes[target]} {probability(float(nearest.candidate.score[0, target]))}"
    assert f"coffee.png: OpenCV nearest gives {answer}, the reference" in shown
    for name, trace in (("the reference", nearest.reference), ("OpenCV nearest", nearest.candidate)):
        height, width = trace.resize.shape[:2]
        assert f"<p>{name}<br>{width} × {height} pixels</p>" in shown
        assert f'alt="coffee.png as {name} feeds it to the network, {width} × {height} pixels"' in shown


def test_the_difference_of_whole_levels_is_told_as_that_of_any_numbers(lite0, nearest):
    whole = difference(nearest.comparison, nearest.reference.resize, nearest.candidate.resize, 64)
    assert whole.detail == difference(nearest.comparison, *levels(nearest), 64).detail


def test_what_neither_shows_is_hatched_and_no_difference(lite0, nearest):
    right, wrong = levels(nearest)
    wrong[:, :100] = np.nan
    difference = pictures(seen_by_the_model(nearest, (right, wrong), lite0.subject.classes))[2]
    assert {tuple(pixel) for pixel in difference[:, :100].reshape(-1, 3)} <= {(255, 255, 255), heat.HATCHED, heat.LINE}
    nothing = seen_by_the_model(nearest, (right, np.full_like(right, np.nan)), lite0.subject.classes)
    assert "<p>difference<br>nothing in common</p>" in nothing


def test_the_references_class_alone_is_bold_and_bars_are_as_long_as_it_is_likely():
    shares = np.array([[0.4, 0.25, 0.2, 0.1, 0.05, 0, 0, 0]], np.float32)
    bars = re.findall(
        r"<li( class=\"right\")?><span>(.*?)</span> <span>(.*?)</span><svg.*?<rect width=\"(.*?)\"", likeliest(shares, 1, NAMES)
    )
    assert [(name, value, width) for _, name, value, width in bars] == [
        ("class 0", "0.400", "40.0"),
        ("class 1", "0.250", "25.0"),
        ("class 2", "0.200", "20.0"),
        ("class 3", "0.100", "10.0"),
        ("class 4", "0.050", "5.0"),
    ]
    assert [name for right, name, *_ in bars if right] == ["class 1"]


def test_the_references_class_comes_last_where_it_is_not_among_the_likeliest():
    shares = np.array([[0.4, 0.25, 0.2, 0.1, 0.04, 0.01, 0, 0]], np.float32)
    shown = likeliest(shares, 6, NAMES)
    assert shown.count("<li") == 6
    last = shown[shown.rindex("<li") :]
    assert last.startswith('<li class="right"><span>class 6</span> <span>0.000</span>')
    assert '<rect width="0.0"' in last
    three = likeliest(np.array([[0.5, 0.3, 0.2]]), 0, NAMES)
    assert three.count("<li") == 3


def test_names_of_classes_are_text():
    assert "<span>&lt;b&gt;</span>" in likeliest(np.array([[1.0]]), 0, ["<b>"])


def test_nan_is_no_answer(lite0, nearest):
    lost = replace(nearest.candidate, score=np.full_like(nearest.candidate.score, np.nan))
    pair = Pair.of("coffee.png", "OpenCV nearest", nearest.reference, lost)
    _, panel = fed(pair, lite0.subject.classes)
    assert panel.marked
    assert "NaN: no answer" in panel.below
    assert said(pair.comparison, lite0.subject.classes).startswith(
        "coffee.png: OpenCV nearest gives NaN, the reference espresso"
    )


def test_where_all_classes_are_as_likely_nothing_is_marked(lite0, nearest):
    even = np.full((1, 1000), 0.001, np.float32)
    pair = Pair.of("a.png", "x", replace(nearest.reference, score=even), replace(nearest.candidate, score=even))
    assert [panel.marked for panel in fed(pair, lite0.subject.classes)] == [False, False]


def test_another_class_is_said_and_marked(lite0, nearest):
    swapped = nearest.candidate.score.copy()
    swapped[0, [967, 504]] = 0.05, 0.9
    pair = Pair.of("coffee.png", "OpenCV nearest", nearest.reference, replace(nearest.candidate, score=swapped))
    classes = lite0.subject.classes
    assert f"Another class wins: {answered(pair.comparison.candidate, classes, 4)}." in said(pair.comparison, classes)
    assert [panel.marked for panel in fed(pair, classes)] == [False, True]
    assert answered(pair.comparison.candidate, classes) == f"{classes[504]} 0.90"
    assert html.unescape(said(nearest.comparison, classes)).count("Another class") == 0
