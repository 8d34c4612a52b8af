"""What part of a photo a service may have shown."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from lib.deploy import Contract
from lib.diagnosis.framing import COVER, DOWN, LETTERBOX, UP, framed
from lib.diagnosis.measurements import ANOTHER_SIZE
from lib.mistakes.resizers import RESIZERS
from tests.conftest import picture
from tests.diagnosis.toy import CONTRACT, PHOTO, PIXELS, RIGHT

CROP = Contract(73, "shorter-side-crop", "bilinear", CONTRACT.mean, CONTRACT.std, crop=64)


def test_the_contracts_own_rule_is_among_them():
    own = next(each for each in framed(PIXELS, CONTRACT, [(96, 64)]) if each.names == ())
    np.testing.assert_array_equal(own.picture, RIGHT)


def test_no_two_show_the_same():
    every = framed(PIXELS, CROP, [(64, 64)])
    assert len({(each.box, each.view, each.fill) for each in every}) == len(every)
    assert {(), ("squash",), (COVER,), (LETTERBOX,), (UP,)} <= {each.names for each in every}


def test_a_size_that_no_rule_gives_is_another_size():
    every = framed(PIXELS, CONTRACT, [(80, 50)])
    assert [each.names for each in every] == [(ANOTHER_SIZE,)]
    np.testing.assert_array_equal(every[0].picture, np.asarray(PHOTO.resize((80, 50), Image.Resampling.BILINEAR)))


def test_several_sizes_and_none_asked_for():
    both = {each.picture.shape[:2] for each in framed(PIXELS, CONTRACT, [(96, 64), (64, 64)])}
    assert both == {(64, 96), (64, 64), (96, 64)}  # what is turned later has its sides the other way round
    assert ANOTHER_SIZE not in {name for each in framed(PIXELS, CONTRACT, None) for name in each.names}


@pytest.mark.parametrize(("rule", "left"), [(DOWN, 23), (UP, 24)])
def test_a_crop_is_cut_on_either_side_of_the_middle(rule, left):
    pixels = np.asarray(picture(153, 100))  # 111 pixels once the shorter side has 73: 47 are cut off
    lefts = {each.view.window[0] for each in framed(pixels, CROP, [(64, 64)]) if each.names == (rule,)}
    assert left in lefts


def test_the_middle_may_be_cut_out_before_it_is_scaled():
    boxes = {each.box for each in framed(PIXELS, CONTRACT, [(64, 64)]) if each.names == (COVER,)}
    assert (25, 0, 125, 100) in boxes


def test_bars_have_any_usual_level():
    bars = {each.picture[0, 0, 0] for each in framed(PIXELS, CONTRACT, [(64, 64)]) if each.names == (LETTERBOX,)}
    assert bars == {0, 114, 128, 255}


def test_it_is_drawn_with_any_filter():
    own = next(each for each in framed(PIXELS, CONTRACT, [(96, 64)]) if each.names == ())
    expected = RESIZERS["OpenCV linear"].scale(PIXELS, (96, 64))
    np.testing.assert_array_equal(own.render(PIXELS, RESIZERS["OpenCV linear"].scale), expected)
