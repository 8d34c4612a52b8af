"""What is drawn and said of examples and of diagnosis."""

from __future__ import annotations

import pytest

from lib.diagnosis.confusion import Attempt, Confusion
from lib.mistakes import DECODING, NORMALISATION
from lib.studies.parity import diagnosis_pictures
from tests.conftest import assert_whole

WRONG = Confusion(
    (Attempt("a", "BGR", ("BGR",)), Attempt("a", "squash", ("letterbox",)), Attempt("a", "Pillow box", ())), 2, 1, 1
)


def test_every_figure_is_whole(parity, drawn):
    diagnosis_pictures.examples_gallery(parity.study.examples)
    diagnosis_pictures.confusion_matrix(parity.study.diagnosis)
    diagnosis_pictures.confusion_matrix(WRONG)
    assert len(drawn) == 3
    for figure in drawn:
        assert_whole(figure)


def test_the_gallery_says_which_mistakes_change_the_class(parity):
    shown = parity.study.examples
    gallery = diagnosis_pictures.examples_gallery(shown)
    assert (
        f"{len(DECODING) + len(NORMALISATION)} mistakes of decoding and normalisation on {shown[-1].comparison.photo}"
        in gallery
    )
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
def test_wrong_names_are_counted(said):
    assert said in diagnosis_pictures.confusion_matrix(WRONG)


def test_wrong_names_are_listed():
    ties = diagnosis_pictures.ties(WRONG)
    assert "is taken for letterbox" in ties
    assert "is taken for no mistake" in ties
    assert "on 1 of 1 photos a healthy tensor was taken for a mistake" in diagnosis_pictures.diagnosis_finding(WRONG)
    assert "1 by its own name" in diagnosis_pictures.diagnosis_finding(WRONG)


def test_groups_that_give_the_same_tensor_are_counted_once_a_photo():
    named = ("Pillow nearest", "OpenCV nearest-exact")
    attempts = tuple(Attempt(photo, name, named) for photo in "ab" for name in named)
    table = diagnosis_pictures.ties(Confusion(attempts, 0, 0, 2))
    assert table.count("<tr") == 2
    assert "Pillow nearest = OpenCV nearest-exact" in table
    assert "2 photos" in table
