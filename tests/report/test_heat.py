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


def test_the_scale_names_its_unit_and_where_its_colours_stand():
    said = heat.scale(16, "levels")
    for label in ("−16", "−9", "−4", "−1", ">0<", "+1", "+4", "+9", "+16", "levels: too dark"):
        assert label in said
