"""May version 2 replace version 1?"""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from lib.studies.cost import version_pictures
from lib.studies.cost.findings import Estimate
from tests.studies.cost.found import estimate, labelled, replacement
from tests.studies.cost.test_pictures import said


def first(found):
    return said(version_pictures.replacement(found)).strip()


def test_the_same_answers_are_said_to_be_the_same_on_these_photos():
    assert first(replacement(0)).startswith(
        "v2.onnx gives the class of v1.onnx on all 50 photos; on others like them it may be another on up to 7.0 %."
    )


def test_a_version_that_is_right_less_often_is_told():
    worse = replacement(9, labelled(gained=estimate(-0.2), negative=9, positive=0, p=0.004))
    assert first(worse).startswith("No: v2.onnx is right less often. Accuracy moves by −20.0 (−25.0 to −15.0) points")
    assert 'class="warning"' in version_pictures.replacement(worse)
    assert "9 right answers turn wrong and 0 wrong ones right" in first(worse)


@pytest.mark.parametrize("labels", [labelled(), labelled(gained=estimate(-0.2), p=0.125), labelled(p=0.001)])
def test_where_interval_or_test_do_not_tell_neither_does_the_page(labels):
    assert first(replacement(4, labels)).startswith("These photos cannot tell which version is right more often")


def test_a_version_that_is_right_more_often_still_changes_answers():
    better = first(replacement(9, labelled(gained=estimate(0.2), p=0.004)))
    assert better.startswith("v2.onnx is right more often")
    assert "yet the class is another on 9 of 50 photos" in better


def test_without_labels_nothing_tells_which_is_right():
    assert first(replacement(4)).startswith("Nothing tells which version is right, since no photo has a label")
    assert "accuracy" not in first(replacement(4))


def test_where_there_is_no_other_version_the_parameter_is_named():
    assert "the parameter against" in first(None)


def test_names_are_text():
    assert "<b>" not in version_pictures.replacement(replace(replacement(), new="<b>.onnx"))


def test_at_worst_is_the_upper_end_of_flips_to_wrong_and_without_labels_of_all():
    assert version_pictures.at_worst(replacement(4, labelled())) == pytest.approx(15)
    assert version_pictures.at_worst(replacement(0)) == pytest.approx(7)
    unknown = replace(replacement(), agreement=Estimate(0.9, math.nan, math.nan))
    assert math.isnan(version_pictures.at_worst(unknown))
