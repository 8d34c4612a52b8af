"""What the pictures of shapes say, and that they are whole."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from lib.mistakes import SHAPES
from lib.numbers import number, signed
from lib.studies.resize import pictures
from tests.conftest import assert_whole
from tests.studies.resize.conftest import PHOTOS


def test_a_card_for_each_rule_says_what_it_shows(study, lite0):
    cards = html.unescape(pictures.cards(study.first, lite0.subject.classes))
    assert cards.count("<figure>") == len(SHAPES)
    for shape in study.shapes[0][1:]:
        assert f'alt="{shape.comparison.name} shows {1 - shape.unseen:.0%} of coffee.png at ' in cards
        assert f"differs by {number(shape.mean_difference)} levels on average" in cards
        assert f"reference's class by {signed(shape.comparison.change)}." in cards


def test_a_strip_names_the_rules_under_which_another_class_wins(study, lite0):
    strips = html.unescape(pictures.strips(study.kinds, lite0.subject.classes)).split("</figure>")[:-1]
    assert len(strips) == len(study.kinds) > 1
    for seen, strip in zip(study.kinds.values(), strips, strict=True):
        flipped = [each.shape.comparison.name for each in seen if each.shape.comparison.flipped]
        said = f"another class wins under {', '.join(flipped)}" if flipped else "the likeliest class stays the same under all"
        assert f"{seen[0].shape.comparison.photo} under {len(SHAPES)} shape rules" in strip
        assert said in strip


def test_the_squash_is_shown_beside_the_reference(study, lite0):
    shown = pictures.squashed(study.first, lite0.subject.classes)
    assert "coffee.png as 2 pipelines feed it to the network: squash sees 224×224" in shown
    assert "reference sees 336×224" in shown
    assert "left out below" not in shown


def test_what_the_subject_file_states_is_named_as_no_mistake(study, lite0):
    stated = [each for each in study.first if each.shape.comparison.name not in ("squash", "side rounded")]
    shown = pictures.squashed(stated, lite0.subject.classes)
    assert "What the subject file states is no mistake, and left out below: squash, side rounded." in shown
    assert "<figure>" not in shown


def test_the_table_has_every_rule_and_the_reference(study, lite0):
    table = pictures.shapes(study.shapes[0], lite0.subject.classes)
    assert re.findall('<th scope="row">([^<]*)</th>', table) == [each.comparison.name for each in study.shapes[0]]
    assert "<td>336 × 224</td><td>100%</td><td>1.00</td><td></td>" in table


def test_the_finding_names_the_rule_that_moves_most(study):
    rules = list(zip(*study.shapes, strict=True))[1:]
    moved = {each[0].comparison.name: sum(abs(shape.comparison.change) for shape in each) / len(each) for each in rules}
    most = max(moved, key=lambda rule: moved[rule])
    said = f"Over {len(PHOTOS)} photos {most} moves the probability most, by {number(moved[most])} on average"
    assert said in pictures.finding(study.shapes)


def test_the_finding_claims_no_change_of_class_where_there_is_none(study):
    def unmoved(shape):
        return replace(shape, comparison=replace(shape.comparison, candidate=shape.comparison.reference))

    still = [[unmoved(shape) for shape in shapes] for shapes in study.shapes]
    assert "none changes the likeliest class." in pictures.finding(still)


def test_the_finding_names_no_rule_where_none_moves_anything(study):
    def constant(shape):
        same = shape.comparison.reference
        return replace(shape, comparison=replace(shape.comparison, candidate=same, probability=same.probability))

    said = pictures.finding([[constant(shape) for shape in shapes] for shapes in study.shapes])
    assert f"Over {len(PHOTOS)} photos no rule moves the probability, and none changes the likeliest class." in said


def test_pictures_are_whole(study, lite0, drawn):
    classes = lite0.subject.classes
    pictures.squashed(study.first, classes)
    pictures.cards(study.kinds["portrait"], classes)
    pictures.strips(study.kinds, classes)
    pictures.changes(study.shapes)
    assert len(drawn) == 1 + len(SHAPES) + 3 + 1
    for figure in drawn:
        assert_whole(figure)
