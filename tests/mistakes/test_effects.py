"""What a mistake does, whoever makes it."""

from __future__ import annotations

from lib.mistakes import CATALOGUE
from lib.mistakes.effects import TOGETHER, WHO, effects, simpler
from lib.mistakes.resizers import RESIZERS


def test_a_filter_is_said_without_its_library():
    assert (
        effects(("squash", "OpenCV linear"))
        == effects(("squash", "torch bilinear"))
        == ("squash", "bilinear without antialiasing")
    )
    assert effects(("OpenCV nearest",)) == ("nearest",)


def test_a_processor_does_two_things():
    assert effects(("squash, nearest",)) == ("squash", "nearest")
    assert effects(("cover, lanczos", "BGR")) == ("resize to the crop's size", "lanczos with antialiasing", "BGR")


def test_what_two_mistakes_do_is_said_once():
    assert effects(("JPEG draft mode", "JPEG shrunk on load")) == ("JPEG shrunk on load",)


def test_every_part_can_be_left_out():
    assert simpler(("squash", "BGR")) == [("squash", ("BGR",)), ("BGR", ("squash",))]
    assert simpler(("squash, nearest",)) == [("squash", ("Pillow nearest",)), ("Pillow nearest", ("squash",))]
    assert simpler(()) == []


def test_who_does_so_is_told_of_effects_that_there_are():
    known = {effect for name in CATALOGUE for effect in effects((name,))}
    assert set(WHO) <= known
    assert {part for parts in TOGETHER.values() for part in parts} <= {*CATALOGUE, *RESIZERS}
