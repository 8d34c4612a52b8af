"""What is drawn and said of examples and of diagnosis."""

from __future__ import annotations

import pytest

from lib.diagnosis.confusion import ONE, PART, RIGHT, STRANGER, TWO, UNKNOWN, WRONG, Attempt, Confusion
from lib.studies.parity import diagnosis_pictures
from tests.conftest import assert_whole

MIXED = Confusion(
    (
        Attempt("a", ONE, ("BGR",), (("BGR",),), RIGHT),
        Attempt("a", ONE, ("squash",), (("letterbox",),), WRONG),
        Attempt("a", ONE, ("Pillow box",), (), UNKNOWN),
        Attempt("a", TWO, ("squash", "BGR"), (("BGR",),), PART),
        Attempt("a", STRANGER, ("sepia",), (), UNKNOWN),
        Attempt("a", STRANGER, ("blur",), (("OpenCV area", "BGR"),), WRONG),
    ),
    2,
    1,
    1,
)


def test_every_figure_is_whole(parity, drawn):
    diagnosis_pictures.examples_gallery(parity.study.examples)
    diagnosis_pictures.confusion_matrix(parity.study.diagnosis)
    diagnosis_pictures.confusion_matrix(MIXED)
    assert len(drawn) == 3
    for figure in drawn:
        assert_whole(figure)


def test_the_gallery_says_which_mistakes_change_the_class(parity):
    shown = parity.study.examples
    gallery = diagnosis_pictures.examples_gallery(shown)
    assert f"{len(shown)} mistakes on {shown[-1].comparison.photo} or on a photo made from it" in gallery
    flipped = [each.mistake.name for each in shown if each.comparison.flipped]
    assert f"another class wins under {', '.join(flipped)}." in gallery
    harmless = [each for each in shown if not each.comparison.flipped]
    assert "none changes the likeliest class" in diagnosis_pictures.examples_gallery(harmless)


def test_every_example_has_its_consequences(parity):
    shown = parity.study.examples
    table = diagnosis_pictures.consequences(shown, parity.handoff.subject.classes)
    assert all(f">{each.mistake.name.replace(chr(39), '&#x27;')}<br><code>" in table for each in shown)
    assert table.count("nowhere on this photo") == sum(each.comparison.apart() is None for each in shown)
    assert "decode: other shape" in table


@pytest.mark.parametrize("said", ["names the right mistake in 1 (33.3%)", "Of 3 combinations"])
def test_single_mistakes_are_counted(said):
    assert said in diagnosis_pictures.confusion_matrix(MIXED)


def test_outcomes_are_counted_by_what_was_done():
    shown = diagnosis_pictures.outcomes(MIXED)
    for row in (
        ("one mistake", 3, 1, 0, 1, 1),
        ("two mistakes", 1, 0, 1, 0, 0),
        ("no mistake of the catalogue", 2, 0, 0, 1, 1),
        ("all", 6, 1, 1, 2, 2),
    ):
        name, *numbers = row
        assert f'<th scope="row">{name}</th>{"".join(f"<td>{each}</td>" for each in numbers)}' in shown


def test_what_is_not_right_is_listed():
    ties = diagnosis_pictures.ties(MIXED)
    assert "is taken for letterbox" in ties
    assert "is taken for OpenCV area and BGR" in ties
    assert "is not known" in ties
    assert "only part is named: BGR" in ties
    assert "sepia" not in ties  # a stranger that is not known is as it should be
    finding = diagnosis_pictures.diagnosis_finding(MIXED)
    assert "on 1 of 1 photos a healthy tensor was taken for a mistake" in finding
    assert "1 by its own name" in finding
    assert "Of 2 changes that are not in the catalogue it gives no name to 1." in finding
    assert "A wrong name is given in 2 of 6 attempts (33.3%)." in finding


def test_groups_that_give_the_same_tensor_are_counted_once_a_photo():
    named = (("Pillow nearest",), ("OpenCV nearest-exact",))
    attempts = tuple(Attempt(photo, ONE, name, named, RIGHT) for photo in "ab" for name in named)
    table = diagnosis_pictures.ties(Confusion(attempts, 0, 0, 2))
    assert table.count("<tr") == 2
    assert "Pillow nearest = OpenCV nearest-exact" in table
    assert "2 photos" in table
