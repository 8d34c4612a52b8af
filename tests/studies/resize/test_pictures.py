"""What the pictures of shapes say, and that they are whole."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from lib.compare.comparison import most_changed
from lib.mistakes import SHAPES
from lib.mistakes.shape import OF_CROPS
from lib.numbers import number, probability
from lib.report import heat
from lib.report.zoom import in_levels
from lib.studies.resize import pictures
from tests.conftest import assert_whole, bare
from tests.few import of_photos
from tests.records import NUMBERS, page, with_numbers, with_rows
from tests.report.test_image import stored
from tests.studies.resize.conftest import PHOTOS


def test_every_rule_that_differs_is_shown_beside_its_map_the_greatest_change_first(study, lite0):
    classes, mistaken = lite0.subject.classes, study.changed[1:]
    shown = html.unescape(pictures.rules(study.changed, classes))
    differing = [each for each in mistaken if each.shape.comparison["resize"].largest]
    assert 0 < len(differing) < len(mistaken)
    titles = re.findall(r'<div class="(panel[^"]*)"><p>(.*?)<br>(.*?)</p>', shown)
    ordered = sorted(differing, key=lambda each: (not each.shape.comparison.flipped, -each.shape.comparison.moved))
    for i, each in enumerate(ordered):
        compared, (width, height) = each.shape.comparison, each.shape.view.size
        kind, name, detail = titles[2 * i]
        answer = f"{classes[compared.candidate.top1]} {probability(compared.candidate.probability, 2)}"
        assert (kind == "panel marked", name, detail) == (compared.flipped, compared.name, f"{width} × {height}, {answer}")
        levels = f"{in_levels(each.shape.mean_difference)} on average, {1 - each.shape.unseen:.0%} of the photo"
        assert titles[2 * i + 1] == ("panel", f"{compared.name}: difference", levels)
    assert len(titles) == 2 * len(ordered)
    assert shown.count('class="scale"') == 1
    same = ", ".join(each.shape.comparison.name for each in mistaken if each not in differing)
    assert f"The reference's own picture is shown by {same}." in shown


def test_what_a_rule_does_not_show_is_hatched_and_the_rest_is_on_white(study, lite0):
    shown = html.unescape(pictures.rules(study.changed, lite0.subject.classes))
    reference = study.changed[0].trace.resize
    width, height = study.changed[0].shape.view.scaled
    maps = dict(re.findall(r'alt="Map of what ([^"]*?) shows less [^"]*"[^>]*src="(data:[^"]*)"', shown))
    crop = stored(maps["centre crop only"])
    assert crop.shape == reference.shape == (height, width, 3)
    assert {tuple(pixel) for pixel in crop[:20].reshape(-1, 3)} <= {(255, 255, 255), heat.HATCHED, heat.LINE}
    moved_only = stored(maps["resize to the crop's size"])  # the reference's own pixels in the part that it shows
    assert {tuple(pixel) for pixel in moved_only.reshape(-1, 3)} <= {(255, 255, 255), heat.HATCHED, heat.LINE}


def test_where_no_rule_changes_the_picture_a_sentence_says_so(study, lite0):
    reference = study.changed[0]
    same = replace(reference, shape=replace(reference.shape, comparison=replace(reference.shape.comparison, name="squash")))
    classes = lite0.subject.classes
    for said in (
        pictures.rules((reference, same), classes),
        pictures.worst((reference, same), classes),
        pictures.squashed(replace(study, squashed=(reference, same)), classes),
    ):
        assert "<img" not in said
        assert 'class="finding"' in said
    assert "The reference's own picture is shown by squash." in html.unescape(pictures.rules((reference, same), classes))


def test_the_zoom_is_of_the_rule_that_changes_the_answer_most_with_both_answers(study, lite0):
    classes = lite0.subject.classes
    most = most_changed(each.shape.comparison for each in study.changed)
    said = html.unescape(pictures.worst(study.changed, classes))
    right, wrong = (f"{classes[each.top1]} {probability(each.probability, 2)}" for each in (most.reference, most.candidate))
    assert f"{most.photo} where {most.name} is furthest from the reference" in said
    assert f"the reference: {right}; {most.name}: {wrong}." in said


def test_a_rule_that_only_moves_pixels_has_no_place_to_zoom_in_on(study, lite0):
    reference, *mistaken = study.changed
    shifted = next(each for each in mistaken if each.shape.comparison.name == "shifted by one")
    said = html.unescape(pictures.worst((reference, shifted), lite0.subject.classes))
    assert "shifted by one changes the answer most; it shows the reference's own pixels of 99% of the photo" in said
    assert "<img" not in said


def test_a_strip_names_the_rules_under_which_another_class_wins_and_is_folded_where_none_does(study, lite0):
    strips = html.unescape(pictures.strips(study, lite0.subject.classes))
    drawn = study.changed[0].shape.comparison.photo
    for kind, seen in study.kinds.items():
        photo = seen[0].shape.comparison.photo
        if photo == drawn:
            assert f"A {kind} photo: {drawn}, above." in strips
            continue
        flipped = [each.shape.comparison.name for each in seen if each.shape.comparison.flipped]
        said = f"another class wins under {', '.join(flipped)}" if flipped else "the likeliest class stays the same under all"
        assert (
            f"A {kind} photo, {photo}, under {len(SHAPES) - len(OF_CROPS)} shape rules beside the reference; {said}." in strips
        )
        assert (f"<summary>A {kind} photo, {photo}: the likeliest class stays the same" in strips) == (not flipped)
    square = study.kinds["square"]
    same = [each.shape.comparison.name for each in square[1:] if each.shape.comparison["resize"].largest == 0]
    assert "squash" in same
    assert f"The reference's own picture is shown by {', '.join(same)}." in strips


def test_the_opening_shows_the_squash_beside_the_reference(study, lite0):
    shown = pictures.squashed(study, lite0.subject.classes)
    reference, squash = study.squashed
    photo = squash.shape.comparison.photo
    width, height = reference.shape.view.size
    assert f'alt="{photo} as squash feeds it to the network, 224 × 224 pixels"' in shown
    assert f'alt="{photo} as the reference feeds it to the network, {width} × {height} pixels"' in shown
    assert "Where they differ most: 28 by 28 pixels from column" in shown
    assert "left out below" not in shown


def test_what_the_subject_file_states_is_named_as_no_mistake(study, lite0):
    shown = pictures.squashed(replace(study, squashed=None, stated=("squash", "side rounded")), lite0.subject.classes)
    assert (
        "What the subject file states, or does the same as that, is no mistake, and left out below: squash, side rounded."
        in shown
    )
    assert "The subject file states a squash: its photos are squashed in PyTorch too" in shown
    assert "<figure" not in shown


def test_the_table_has_every_rule_and_the_reference(study, lite0):
    table = pictures.shapes(study.shapes[0], lite0.subject.classes)
    assert re.findall('<th scope="row">([^<]*)</th>', html.unescape(table)) == [
        each.comparison.name for each in study.shapes[0]
    ]
    assert "<td>336 × 224</td><td>100%</td><td>1.00</td><td>—</td>" in bare(table)


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


def test_pictures_are_whole(study, drawn):
    pictures.changes(study.shapes)
    assert len(drawn) == 1
    assert_whole(drawn[0])


@pytest.mark.parametrize("number", NUMBERS)
def test_the_page_stands_any_number(study, few, rules, number):
    assert page("04_resize", few, rules, study=with_numbers(study, number))


def test_the_page_stands_a_single_row(study, few, rules):
    one = with_rows(study, 1, "shapes", "kinds", "deployed")
    assert page("04_resize", of_photos(few, PHOTOS[0]), rules, study=replace(one, changed=one.kinds["landscape"][:1]))
