"""Two sides as panels and in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lib.compare.view import of_contract
from lib.explorer import shown, side_by_side
from lib.explorer.shown import Shown
from lib.explorer.side_by_side import Look
from lib.mistakes import CATALOGUE

SMALL = Image.new("RGB", (60, 40))


@pytest.fixture(scope="module")
def photo(lite0):
    return lite0.photos.readable[0]


def side(handoff, photo, name: str, pipeline=None) -> Shown:
    pipeline = pipeline or CATALOGUE[name].commit(handoff.reference, handoff.subject.contract)
    return Shown.of(handoff, photo, name, pipeline.trace(photo.data))


def panels(left: Shown, right: Shown, look: Look):
    return shown.panels("cup.png", SMALL, left, right, side_by_side.seen(left.levels, right.levels, look), look)


def test_levels_are_the_tensor_with_the_right_normalisation_undone_and_cut(lite0, photo):
    contract = lite0.subject.contract
    for name in ("no mean and std", "levels as they are", "BGR"):
        trace = CATALOGUE[name].commit(lite0.reference, contract).trace(photo.data)
        mean, std = (np.array(values).reshape(3, 1, 1) for values in (contract.mean, contract.std))
        expected = 255 * np.clip(trace.normalise[0] * std + mean, 0, 1).transpose(1, 2, 0)
        view = of_contract(contract, *photo.size)
        levels = Shown.of(lite0, photo, name, trace).levels
        np.testing.assert_allclose(levels, view.in_photo(expected, *view.scaled), rtol=1e-12)


def test_a_shape_of_which_nothing_is_known_is_laid_over_the_whole_photo_and_that_is_said(lite0, photo):
    known = side(lite0, photo, "squash")
    ours = replace(lite0.reference, resize=CATALOGUE["squash"].commit(lite0.reference, lite0.subject.contract).resize)
    unknown = side(lite0, photo, "own module", ours)
    assert (known.assumed, unknown.assumed) == (False, True)
    np.testing.assert_array_equal(known.levels, unknown.levels)
    look = Look()
    details = [panel.detail for panel in panels(known, unknown, look)[:2]]
    assert details == ["network is fed 224 × 224 pixels", "network is fed 224 × 224 pixels, here laid over the whole photo"]


def test_where_it_lies_is_the_whole_or_a_part_in_pixels(lite0, photo):
    left, right = side(lite0, photo, "BGR"), side(lite0, photo, "squash")
    assert panels(left, right, Look())[3].detail == "the whole, 336 × 224 pixels"
    assert panels(left, right, Look(zoom=16))[3].detail == "21 × 14 of 336 × 224 pixels"


def test_each_alt_text_says_what_is_on_the_picture(lite0, photo):
    left, right = side(lite0, photo, "BGR"), side(lite0, photo, "squash")
    alts = [panel.alt for panel in panels(left, right, Look(zoom=2, channel="red"))]
    assert alts[0] == "168 × 112 of 336 × 224 pixels of cup.png, as BGR shows them"
    assert alts[2].startswith("squash minus BGR on the same pixels, levels of red: at most ")
    assert len(set(alts)) == 4


def test_sides_that_share_nothing_are_said_to(lite0, photo):
    left = side(lite0, photo, "BGR")
    nothing = replace(left, name="nothing", levels=np.full_like(left.levels, np.nan))
    assert "What the network is shown is nothing that both show." in shown.sentence("cup.png", left, nothing)
    assert panels(left, nothing, Look())[2].detail == "nothing that both show"
    assert "What the network is shown is the same." in shown.sentence("cup.png", left, left)
