"""What is drawn and said of examples and of diagnosis."""

from __future__ import annotations

import html
import re

import pytest

from lib.diagnosis.confusion import ONE, PART, RIGHT, STRANGER, TWO, UNKNOWN, WRONG, Attempt, Confusion
from lib.numbers import probability
from lib.studies.parity import diagnosis_pictures
from tests.conftest import bare

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


def test_the_gallery_shows_first_what_changes_the_class_and_folds_what_does_not(parity):
    shown, classes = parity.study.examples, parity.handoff.subject.classes
    gallery = html.unescape(diagnosis_pictures.examples_gallery(shown, classes))
    assert f"{len(shown)} mistakes on {shown[-1].comparison.photo} or on a photo made from it" in gallery
    flipped = [each for each in shown if each.comparison.flipped]
    still = [each for each in shown if each.comparison.apart() is None]
    first, _, folded = gallery.partition("<details")
    assert first.count("<img") == len(flipped) > 0
    assert folded.count("<img") == len(shown) - len(flipped) - len(still)
    for each in flipped:
        answer = each.comparison.candidate
        title = f"{each.mistake.name}<br>{classes[answer.top1]} {probability(answer.probability, 3)}</p>"
        assert f'<div class="panel marked"><p>{title}' in first
    assert f"nothing at all changes under {', '.join(each.mistake.name for each in still)}." in first
    sizes = [abs(each.comparison.change) for each in shown for name in [each.mistake.name] if f"<p>{name}<br>" in folded]
    titles = re.findall(r'class="panel"><p>([^<]*)<br>', folded)
    by_name = {each.mistake.name: abs(each.comparison.change) for each in shown}
    assert [by_name[name] for name in titles] == sorted(sizes, reverse=True)


def test_the_gallery_says_which_mistakes_change_the_class(parity):
    shown, classes = parity.study.examples, parity.handoff.subject.classes
    flipped = sorted((each for each in shown if each.comparison.flipped), key=lambda each: -abs(each.comparison.change))
    names = ", ".join(each.mistake.name for each in flipped)
    assert f"another class wins under {names};" in diagnosis_pictures.examples_gallery(shown, classes)
    harmless = [each for each in shown if not each.comparison.flipped]
    assert "none changes the likeliest class" in diagnosis_pictures.examples_gallery(harmless, classes)


def test_every_example_has_its_consequences(parity):
    shown = parity.study.examples
    table = diagnosis_pictures.consequences(shown, parity.handoff.subject.classes)
    assert all(f">{each.mistake.name.replace(chr(39), '&#x27;')}<br><code>" in table for each in shown)
    assert table.count("nowhere on this photo") == sum(each.comparison.apart() is None for each in shown)
    assert "decode: other shape" in table
    assert all(f"; {each.comparison.photo}</td>" in table for each in shown)


@pytest.mark.parametrize("said", ["names the right mistake in 1 (33.3%)", "Of 3 combinations"])
def test_single_mistakes_are_counted(said):
    assert said in diagnosis_pictures.diagnosis_finding(MIXED)


def test_of_mistakes_those_that_are_not_always_named_right_are_listed_with_what_they_were_taken_for():
    shown = diagnosis_pictures.confusions(MIXED)
    assert "Named right on every photo on which they change something: 1 of 3 mistakes." in shown
    for row in (
        ("squash", "1 photo", "0", "0", "letterbox: 1 photo"),
        ("Pillow box", "1 photo", "0", "1", "—"),
    ):
        name, *cells = row
        assert f'<th scope="row">{name}</th>{"".join(f"<td>{each}</td>" for each in cells)}' in bare(shown)
    assert "BGR" not in shown


def test_where_every_mistake_is_named_right_there_is_one_sentence():
    right = Confusion(tuple(each for each in MIXED.attempts if each.outcome == RIGHT), 0, 0, 1)
    shown = diagnosis_pictures.confusions(right)
    assert "Named right on every photo on which they change something: 1 of 1 mistake." in shown
    assert "<table" not in shown


def test_outcomes_are_counted_by_what_was_done():
    shown = diagnosis_pictures.outcomes(MIXED)
    for row in (
        ("one mistake", 3, 1, 0, 1, 1),
        ("two mistakes", 1, 0, 1, 0, 0),
        ("no mistake of the catalogue", 2, 0, 0, 1, 1),
        ("all", 6, 1, 1, 2, 2),
    ):
        name, *numbers = row
        assert f'<th scope="row">{name}</th>{"".join(f"<td>{each}</td>" for each in numbers)}' in bare(shown)


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
