"""A deployment that differs, on one photo, stage by stage."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from lib.compare.pair import Pair
from lib.deploy import Contract, Trace
from lib.report.stages_apart import stages_apart
from lib.report.zoom import ENLARGED
from tests.conftest import picture
from tests.report.test_image import stored

CONTRACT = Contract(40, "shorter-side", "bilinear", (0.5, 0.4, 0.3), (0.2, 0.3, 0.4))
PIXELS = np.asarray(picture(90, 60))
SMALL = np.asarray(picture(60, 40, seed=1))
RIGHT = np.array([[0.7, 0.3]], np.float32)
OTHER = np.array([[0.4, 0.6]], np.float32)


def trace(decoded=PIXELS, resized=SMALL, shift=0.0, scores=RIGHT) -> Trace:
    mean, std = np.array(CONTRACT.mean), np.array(CONTRACT.std)
    tensor = ((resized / 255 - mean) / std + shift).transpose(2, 0, 1)[None].astype(np.float32)
    return Trace(decoded, resized, tensor, np.log(scores), scores)


def shown(candidate: Trace, **options) -> str:
    pair = Pair.of("a.png", "deployment", trace(), candidate)
    return stages_apart(pair, CONTRACT, ["cup", "plate"], "the-id", **options)


def groups(html: str) -> list[str]:
    return re.findall(r'<p class="group">(.*?)</p>', html)


def test_it_is_one_figure_with_a_name_and_both_answers():
    html = shown(trace(resized=SMALL // 2, scores=OTHER))
    assert html.count("<figure") == 1
    assert '<figure class="gallery" id="the-id">' in html
    assert "a.png: deployment gives cup 0.4000, the reference 0.7000. Another class wins: plate 0.6000." in html


def test_a_difference_of_resize_has_a_row_with_the_worst_place_and_is_not_drawn_again():
    other = SMALL.copy()
    other[10:30, 20:40, 1] = 255 - other[10:30, 20:40, 1]
    html = shown(trace(resized=other))
    size = np.abs(other.astype(int) - SMALL).max(axis=2)
    assert groups(html) == [f"resize: {(size > 0).sum()} of {size.size} pixels differ, by up to {size.max()} levels"]
    assert "The pictures after decode do not differ. Normalise adds nothing to the difference." in html
    native = stored(re.findall(r'src="(data:[^"]*)"', html)[3])[::ENLARGED, ::ENLARGED]
    assert (native.reshape(-1, 3)[:, None] == SMALL.reshape(-1, 3)).all(axis=2).any(axis=1).all()


def test_every_stage_that_differs_by_itself_has_a_row():
    html = shown(trace(decoded=PIXELS // 2, resized=SMALL // 2, shift=0.1))
    assert [title.partition(":")[0] for title in groups(html)] == ["decode", "resize", "normalise"]
    assert "do not differ" not in html
    assert html.count("<img") == 2 + 1 + 3 * 4 + 1  # the inputs, their difference, the rows and the scale


def test_of_pictures_of_other_sizes_both_are_shown_and_none_is_subtracted():
    turned = shown(trace(decoded=PIXELS.transpose(1, 0, 2), resized=SMALL.transpose(1, 0, 2)))
    assert groups(turned) == ["decode: pictures of different sizes, which cannot be subtracted"]
    assert "<p>the reference<br>90 × 60 pixels</p>" in turned
    assert "<p>deployment<br>60 × 90 pixels</p>" in turned
    assert "After resize there are pictures of different sizes, which cannot be subtracted." in turned
    assert 'class="scale"' not in turned
    squashed = shown(trace(resized=SMALL[:, :40]))
    assert groups(squashed) == []
    assert "<p>deployment<br>40 × 40 pixels</p>" in squashed
    assert "The pictures after decode do not differ." in squashed


def test_only_the_stages_asked_for_are_looked_at():
    html = shown(trace(decoded=PIXELS // 2, resized=SMALL // 2, shift=0.1), stages=("resize",))
    assert [title.partition(":")[0] for title in groups(html)] == ["resize"]


def test_where_no_picture_differs_the_answers_are_shown_alone():
    html = shown(trace(scores=OTHER))
    assert groups(html) == []
    assert "The pictures after decode, resize, normalise do not differ." in html
    assert html.count("<img") == 2


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_no_trouble(value):
    broken = trace()
    broken.normalise[0, :, 20, 30] = value
    html = shown(broken)
    assert [title.partition(":")[0] for title in groups(html)] == ["normalise"]


def test_where_normalise_alone_is_wrong_the_network_is_shown_to_be_fed_another_picture():
    right, other = [stored(source) for source in re.findall(r'src="(data:[^"]*)"', shown(trace(shift=0.4)))][:2]
    assert np.abs(right.astype(int) - other).mean() > 5


def test_a_normalise_of_another_shape_is_said_and_shown():
    turned = trace()
    turned = replace(turned, normalise=turned.normalise.transpose(0, 1, 3, 2))
    html = shown(turned)
    assert groups(html) == ["normalise: pictures of different sizes, which cannot be subtracted"]
    assert "<p>deployment<br>40 × 60 pixels</p>" in html


def test_a_normalise_that_gives_only_nan_differs_everywhere():
    html = shown(trace(shift=np.nan))
    assert groups(html) == [f"normalise: {40 * 60} of {40 * 60} pixels differ, by no number"]


def test_levels_that_the_network_normalises_by_itself_are_shown_as_they_are():
    levels = replace(trace(), normalise=SMALL.transpose(2, 0, 1)[None].copy())
    assert groups(shown(levels)) == []
