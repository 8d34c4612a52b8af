"""Colours of signed errors."""

from __future__ import annotations

import numpy as np
import pytest

from lib.report import heat


def lightness(picture):
    """Relative luminance, as WCAG 2 defines it, of uint8 (…, 3)."""
    values = picture / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_no_error_is_white_whatever_the_photo():
    assert (heat.signed(np.zeros((5, 4)), 16) == 255).all()


def test_too_dark_is_blue_and_too_bright_is_orange():
    dark, bright = heat.signed(np.array([[-8.0, 8.0]]), 16)[0].astype(int)
    assert dark[2] > dark[0] + 60
    assert bright[0] > bright[2] + 60


@pytest.mark.parametrize("sign", [-1, 1])
def test_in_grey_print_a_larger_error_is_darker(sign):
    shades = lightness(heat.signed(sign * np.linspace(0, 16, 60)[None], 16))[0]
    assert (np.diff(shades) <= 0).all()
    assert shades[0] == pytest.approx(1)
    assert shades[-1] < 0.05


def test_both_signs_are_about_as_dark():
    errors = np.linspace(0, 16, 60)[None]
    assert np.abs(lightness(heat.signed(errors, 16)) - lightness(heat.signed(-errors, 16))).max() < 0.15


def test_one_level_of_many_can_be_seen():
    assert lightness(heat.signed(np.array([[1.0]]), 64))[0, 0] < 0.9


def test_beyond_the_scale_the_colour_stays():
    assert (heat.signed(np.array([[16.0, 99.0, np.inf]]), 16)[0] == heat.signed(np.array([[16.0]]), 16)[0]).all()


def test_what_is_not_shown_is_hatched():
    picture = heat.signed(np.where(np.arange(40) < 20, np.nan, 0.0)[None].repeat(30, axis=0), 16)
    assert {tuple(pixel) for pixel in picture[:, :20].reshape(-1, 3)} == {(255, 255, 255), heat.HATCHED}
    assert (picture[:, 20:] == 255).all()


def photo():
    """A bright square on a dark ground."""
    levels = np.full((60, 80, 3), 40.0)
    levels[20:40, 30:60] = 220
    return levels


def test_outlines_run_along_the_photos_edges_and_are_thin():
    lines = heat.outlines(photo())
    assert lines[18:22, 35:55].any(axis=0).all()
    assert lines[25:35, 28:32].any(axis=1).all()
    assert not lines[:15].any()
    assert not lines[24:36, 36:54].any()
    assert lines.sum() < 1.3 * 2 * (20 + 30)


def test_where_nothing_is_shown_there_are_no_outlines():
    cut = photo()
    cut[:, 45:] = np.nan
    lines = heat.outlines(cut)
    assert lines[:, :44].any()
    assert not lines[:, 46:].any()
    assert not heat.outlines(np.full((9, 9, 3), np.nan)).any()


def test_outlines_lie_under_the_errors():
    lines = np.zeros((1, 3), bool)
    lines[0, :2] = True
    error = np.array([[0.0, -64.0, 0.0]])
    drawn = heat.outlined(heat.signed(error, 64), lines)[0]
    assert tuple(drawn[0]) == heat.LINE
    assert (drawn[1] == heat.signed(error, 64)[0, 1]).all()
    assert (drawn[2] == 255).all()
    assert 0.6 < lightness(np.array(heat.LINE)) < 0.8  # seen, and lighter than an error of a few levels


@pytest.mark.parametrize(("largest", "ends"), [(0, 4), (4, 4), (4.5, 16), (17, 64), (255, 64), (float("inf"), 64)])
def test_colours_end_at_the_first_of_the_scales_that_holds_the_largest_error(largest, ends):
    assert heat.reach(largest) == ends


def test_the_scale_names_its_unit_and_where_its_colours_stand():
    said = heat.scale(16, "levels")
    for label in ("−16", "−9", "−4", "−1", ">0<", "+1", "+4", "+9", "+16", "levels: too dark", "beyond ±16"):
        assert label in said
    assert 'alt="From dark blue over white to dark orange"' in said
