"""What the pictures of filters say, and that they are whole."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from string import ascii_uppercase

import numpy as np
import pytest

from lib.mistakes import COLOUR, FILTERS
from lib.numbers import number, probability
from lib.report.zoom import ENLARGED, in_levels
from lib.studies.interpolation import measure, pictures
from lib.studies.interpolation.measure import COLUMNS, FACTORS, GRID, Inversions
from tests.conftest import assert_whole, bare
from tests.few import of_photos
from tests.records import NUMBERS, page, with_numbers, with_rows
from tests.report.test_image import stored


def titles(shown):
    return re.findall(r'<div class="(panel[^"]*)"><p>(.*?)<br>(.*?)</p>', html.unescape(shown))


def pixels(shown):
    return [stored(source) for source in re.findall(r'src="(data:[^"]*)"', shown)]


def test_the_details_count_resizes_libraries_and_groups(study, lite0):
    said = html.unescape(pictures.details(study.seen, lite0.subject.classes))
    groups = measure.agreeing(sorted(study.seen, key=lambda each: each.measured.mean))
    right = next(len(group) for group in groups if any(each.name == "Pillow bilinear" for each in group))
    assert f"{len(FILTERS)} resizes of 6 libraries, on coffee.png: they fall into {len(groups)} groups" in said
    assert f"of the others {right - 1} agree with the reference's Pillow bilinear" in said


def test_the_details_say_that_no_other_resize_agrees_where_none_does(study, lite0):
    alone = [each if each.measured.own else replace(each, picture=255 - each.picture) for each in study.seen]
    said = html.unescape(pictures.details(alone, lite0.subject.classes))
    assert "of the others none agrees with the reference's Pillow bilinear" in said


def test_each_group_shows_its_detail_pixel_by_pixel_the_closest_first_with_its_answer(study, lite0):
    classes = lite0.subject.classes
    shown = pictures.details(study.seen, classes)
    groups = measure.agreeing(sorted(study.seen, key=lambda each: each.measured.mean))
    left, top = measure.busiest(study.seen, pictures.DETAIL)
    for letter, group, (kind, title, detail), drawn in zip(
        ascii_uppercase[: len(groups)], groups, titles(shown), pixels(shown), strict=True
    ):
        answer = group[0].measured.comparison.candidate
        names = "; ".join(each.name.replace("antialiased", "AA") for each in group)
        assert title == f"{letter}: {names}"
        levels = in_levels(round(group[0].measured.mean, 2))
        assert detail == f"{levels}, {classes[answer.top1]} {probability(answer.probability, 2)}"
        assert (kind == "panel marked") == group[0].measured.comparison.flipped
        native = group[0].picture[top : top + pictures.DETAIL, left : left + pictures.DETAIL]
        np.testing.assert_array_equal(drawn[::ENLARGED, ::ENLARGED], native)
    assert len(titles(shown)) == len(groups)


def test_filters_of_the_same_name_have_the_same_letter_where_they_agree(study):
    rows = {
        name: re.findall("<td>(.*?)</td>", bare(cells))
        for name, cells in re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', pictures.names(study.seen))
    }
    by_column = {name: dict(zip(COLUMNS, letters, strict=True)) for name, letters in rows.items()}
    assert list(rows) == list(GRID)
    linear = by_column["linear"]
    assert linear["OpenCV"] == linear["torch"] == linear["ONNX"] != linear["Pillow"]
    assert linear["Pillow"] == linear["torch, AA"] == "A"
    assert by_column["nearest"]["Pillow"] == by_column["nearest-exact"]["OpenCV"]
    assert by_column["hamming"]["OpenCV"] == "—"


def test_the_maps_name_the_filter_that_errs_most(study):
    most = max(study.seen, key=lambda each: each.measured.mean)
    assert f"On coffee.png {most.name} errs most, by {number(most.measured.mean)} levels" in pictures.signed_maps(study.seen)


def test_there_is_a_map_for_each_group_the_largest_error_first_and_none_that_is_empty(study):
    shown = pictures.signed_maps(study.seen)
    far = sorted((each for each in study.seen if each.measured.largest > 1), key=lambda each: -each.measured.mean)
    groups = measure.agreeing(far)
    assert [title for _, title, _ in titles(shown)] == [
        "; ".join(each.name.replace("antialiased", "AA") for each in group) for group in groups
    ]
    assert [detail for *_, detail in titles(shown)] == [in_levels(round(group[0].measured.mean, 2)) for group in groups]
    coloured = [(np.ptp(drawn.astype(int), axis=2) > 20).mean() for drawn in pixels(shown)[:-1]]
    assert len(coloured) == len(groups)
    assert coloured[0] > coloured[-1] > 0
    assert shown.count('class="scale"') == 1
    said = html.unescape(shown)
    assert "Equal to the reference in every value: Pillow reducing_gap." in said
    near = [each.name for each in study.seen if 0 < each.measured.largest <= 1]
    assert near
    assert f"Within one level of it: {'; '.join(near)}." in said


def test_where_every_resize_is_the_references_there_is_no_map(study, lite0):
    same = [each for each in study.seen if each.measured.largest == 0]
    assert same
    classes = lite0.subject.classes
    for shown in (pictures.signed_maps(same), pictures.errs_most(same, classes), pictures.changes_most(same, classes)):
        assert "<img" not in shown
        assert 'class="finding"' in shown


def test_the_zooms_are_of_the_resize_that_errs_most_and_of_the_one_that_changes_the_answer_most(study, lite0):
    classes = lite0.subject.classes
    worst = max(study.seen, key=lambda each: each.measured.mean)
    shown = html.unescape(pictures.errs_most(study.seen, classes))
    assert f"coffee.png where {worst.name} is furthest from the reference: 28 by 28 pixels" in shown
    answer = worst.measured.comparison.candidate
    assert f"{worst.name}: {classes[answer.top1]} {probability(answer.probability, 2)}." in shown
    assert f"{worst.name}, which errs most, also changes the answer most." in pictures.changes_most(study.seen, classes)
    others = [each for each in study.seen if each is not worst]
    other = next(each for each in others if each.name == "Pillow lanczos")
    compared = replace(other.measured.comparison, moved=0.9)
    changed = replace(other, measured=replace(other.measured, comparison=compared))
    moved = html.unescape(pictures.changes_most([worst, changed], classes))
    assert "coffee.png where Pillow lanczos is furthest from the reference" in moved


def test_the_histograms_count_those_that_are_equal(study):
    equal = sum(each.measured.largest == 0 for each in study.seen if not each.measured.own)
    shown = pictures.histograms(study.seen)
    assert f"{equal} of {len(FILTERS) - 1} other resizes equal the reference in every value" in shown
    widest = next(each for each in study.seen if f"the widest, {each.name}, reaches" in html.unescape(shown))
    assert widest.measured.largest == max(each.measured.largest for each in study.seen)
    assert f"reaches {number(widest.measured.largest)} levels" in shown


def test_growth_says_both_ends(study):
    linear = study.growth["OpenCV linear"]
    said = (
        f"On coffee.png the error of OpenCV linear is {number(linear[0])} levels at {FACTORS[0]:g}× and {number(linear[-1])} at"
    )
    assert said in pictures.growth(study.growth, "coffee.png")


def test_the_scatter_names_the_most_striking_inversions(study):
    scatter = html.unescape(pictures.distance_against_answer(study.errors, study.inversions))
    found = study.inversions
    assert f"Of {found.pairs} pairs of mistakes on the same photo, pixel distance ranks {found.found} (" in scatter
    told = re.findall(r"(\d)\. (\S+): (.*) is off by .* levels and moves .* of probability; (.*) is off by only", scatter)
    assert [(photo, harmless, harmful) for _, photo, harmless, harmful in told] == [
        (each.harmless.comparison.photo, each.harmless.comparison.name, each.harmful.comparison.name) for each in found.striking
    ]


def test_without_an_inversion_nothing_is_named(study):
    scatter = pictures.distance_against_answer(study.errors, Inversions(1, 0, ()))
    assert "ranks 0 (0%) the wrong way." in scatter
    assert "Numbered lines" not in scatter
    assert "is off by only" not in scatter


def test_tables_have_every_filter(study):
    for table in (pictures.pixels(study.seen), pictures.answers(study.seen), pictures.growth_table(study.growth)):
        for mistake in FILTERS:
            assert mistake.name == "Pillow bilinear" or f">{mistake.name}</th>" in table


def test_the_reference_is_named_and_listed_as_no_mistake(study):
    assert ">Pillow bilinear, the reference</th>" in pictures.pixels(study.seen)
    assert "Pillow bilinear" not in pictures.answers(study.seen)
    assert f"of {2 * (len(FILTERS) - 1 + len(COLOUR))} combinations" in pictures.changes(study.errors)
    grown = html.unescape(pictures.growth(study.growth, "coffee.png"))
    assert "At 0 throughout: Pillow bilinear." in grown


@pytest.mark.parametrize("name", ["Pillow bicubic", "Pillow lanczos", "Pillow hamming"])
def test_the_finding_holds_whatever_filter_the_subject_states(study, name):
    def stated(each):
        return replace(each, own=each.comparison.name == name)

    said = html.unescape(pictures.finding([{key: stated(each) for key, each in errors.items()} for errors in study.errors]))
    assert f"The reference's resize is {name};" in said
    assert f"({name})" not in said
    alike = {"Pillow bicubic": "OpenCV cubic", "Pillow lanczos": "OpenCV lanczos4"}
    assert ("of other libraries" in said) == (name in alike)
    assert f"({alike.get(name, 'Pillow bilinear')})" in said


def test_a_nearest_by_another_name_counts_as_one(study):
    def stated(each):
        name = each.comparison.name
        return replace(each, own=name == "Pillow nearest", mean=0.0 if name == "OpenCV nearest-exact" else each.mean)

    said = html.unescape(pictures.finding([{key: stated(each) for key, each in errors.items()} for errors in study.errors]))
    assert "nearest resizes 0 (OpenCV nearest-exact) to " in said


def test_a_followed_line_that_is_the_reference_says_so(study, drawn):
    bicubic = study.growth | {"Pillow bicubic": [0.0] * len(FACTORS), "Pillow bilinear": [1.0] * len(FACTORS)}
    assert "At 0 throughout: Pillow bicubic." in html.unescape(pictures.growth(bicubic, "coffee.png"))
    assert "Pillow bicubic, the reference" in [text.get_text() for text in drawn[0].axes[0].texts]
    assert_whole(drawn[0])


def test_with_three_classes_three_are_compared(study):
    def three(answer):
        return replace(answer, likeliest=answer.likeliest[:3], probabilities=answer.probabilities[:3])

    def cut(each):
        compared = each.measured.comparison
        compared = replace(compared, reference=three(compared.reference), candidate=three(compared.candidate))
        return replace(each, measured=replace(each.measured, comparison=compared))

    table = pictures.answers([cut(each) for each in study.seen])
    assert "top 3 kept" in table
    assert "<td>3 of 3</td>" in bare(table)
    assert "of 5" not in table
    assert "with 3 classes each answer keeps all of them" in table
    assert "top 5 kept" in pictures.answers(study.seen)
    assert "keeps all" not in pictures.answers(study.seen)

    def five(each):
        compared = each.measured.comparison
        score = replace(compared["score"], reference=replace(compared["score"].reference, shape=(1, 5)))
        stages = tuple(score if stage.stage == "score" else stage for stage in compared.stages)
        return replace(each, measured=replace(each.measured, comparison=replace(compared, stages=stages)))

    assert "with 5 classes each answer keeps all of them" in pictures.answers([five(each) for each in study.seen])


def test_where_no_answer_moves_nothing_is_ranked(study):
    def still(each):
        return replace(each, comparison=replace(each.comparison, moved=0.0))

    unmoved = [{name: still(each) for name, each in errors.items()} for errors in study.errors]
    said = pictures.distance_against_answer(unmoved, measure.inversions(unmoved))
    assert "No mistake moves an answer, so there is nothing for pixel distance to rank." in said
    assert "the wrong way" not in said


def test_the_answers_begin_with_the_reference(study):
    right = study.errors[0]["Pillow bilinear"].comparison.reference
    row = f"<td>{right.lead:.2f}</td><td>{right.probability:.4f}</td><td>5 of 5</td>"
    assert f'<th scope="row">the reference</th><td>—</td><td>—</td>{row}' in bare(pictures.answers(study.seen))


def test_the_finding_gives_means_over_all_photos(study):
    def mean(name):
        return number(float(np.mean([errors[name].mean for errors in study.errors])))

    said = html.unescape(pictures.finding(study.errors))
    assert "The reference's resize is Pillow bilinear; mean errors over 2 photos, in levels: of other libraries" in said
    assert f" to {mean('ONNX linear, asymmetric')} (ONNX linear, asymmetric); of Pillow" in said
    assert f"{mean('Pillow hamming')} (Pillow hamming) at least." in said


def test_pictures_are_whole(study, drawn):
    pictures.histograms(study.seen)
    pictures.changes(study.errors)
    pictures.distance_against_answer(study.errors, study.inversions)
    pictures.growth(study.growth, "coffee.png")
    assert len(drawn) == 4
    for figure in drawn:
        assert_whole(figure)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_page_stands_any_number(study, few, rules, number):
    assert page("05_interpolation", few, rules, study=with_numbers(study, number))


def test_the_page_stands_a_single_row(study, few, rules):
    own = tuple(each for each in study.seen if each.measured.own)
    one = replace(with_rows(study, 1, "errors", "deployed"), seen=own)
    assert page("05_interpolation", of_photos(few, "coffee.png"), rules, study=one)
