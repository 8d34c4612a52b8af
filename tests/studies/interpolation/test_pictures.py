"""What the pictures of filters say, and that they are whole."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import numpy as np
import pytest

from lib.mistakes import COLOUR, FILTERS
from lib.numbers import number
from lib.studies.interpolation import measure, pictures
from lib.studies.interpolation.measure import FACTORS, Inversions
from tests.conftest import assert_whole


def test_the_grid_counts_resizes_libraries_and_groups(study):
    said = html.unescape(pictures.grid(study.first))
    groups = measure.agreeing(study.first)
    right = next(len(group) for group in groups if any(each.name == "Pillow bilinear" for each in group))
    assert f"{len(FILTERS)} resizes of 5 libraries, on coffee.png: they fall into {len(groups)} groups" in said
    assert f"of the others {right - 1} agree with the reference's Pillow bilinear" in said


def test_the_grid_says_that_no_other_resize_agrees_where_none_does(study):
    alone = [each if each.measured.own else replace(each, picture=255 - each.picture) for each in study.first]
    assert "of the others none agrees with the reference's Pillow bilinear" in html.unescape(pictures.grid(alone))


def test_the_maps_name_the_filter_that_errs_most(study):
    most = max(study.first, key=lambda each: each.measured.mean)
    assert f"On coffee.png {most.name} errs most, by {number(most.measured.mean)} levels" in pictures.signed_maps(study.first)


def test_the_histograms_count_those_that_are_equal(study):
    equal = sum(each.measured.largest == 0 for each in study.first)
    assert equal > 0
    said = f"{equal} of {len(FILTERS)} resizes equal the reference in every value"
    assert said in pictures.histograms(study.first)


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
    for table in (pictures.pixels(study.first), pictures.answers(study.first), pictures.growth_table(study.growth)):
        for mistake in FILTERS:
            assert mistake.name == "Pillow bilinear" or f">{mistake.name}</th>" in table


def test_the_reference_is_named_and_listed_as_no_mistake(study):
    assert ">Pillow bilinear, the reference</th>" in pictures.pixels(study.first)
    assert "Pillow bilinear" not in pictures.answers(study.first)
    assert f"of {2 * (len(FILTERS) - 1 + len(COLOUR))} combinations" in pictures.changes(study.errors)
    assert "Equal to the reference throughout: Pillow bilinear." in pictures.growth(study.growth, "coffee.png")


@pytest.mark.parametrize("name", ["Pillow bicubic", "Pillow lanczos", "Pillow hamming"])
def test_the_finding_holds_whatever_filter_the_subject_states(study, name):
    def stated(each):
        return replace(each, own=each.comparison.name == name)

    said = html.unescape(pictures.finding([{key: stated(each) for key, each in errors.items()} for errors in study.errors]))
    assert f"the reference's resize is {name};" in said
    assert f"({name})" not in said
    alike = {"Pillow bicubic": "OpenCV cubic", "Pillow lanczos": "OpenCV lanczos4"}
    assert ("of other libraries" in said) == (name in alike)
    assert f"({alike.get(name, 'Pillow bilinear')})" in said


def test_a_followed_line_that_is_the_reference_says_so(study, drawn):
    bicubic = study.growth | {"Pillow bicubic": [0.0] * len(FACTORS), "Pillow bilinear": [1.0] * len(FACTORS)}
    assert "Equal to the reference throughout: Pillow bicubic." in pictures.growth(bicubic, "coffee.png")
    assert "Pillow bicubic, the reference" in [text.get_text() for text in drawn[0].axes[0].texts]
    assert_whole(drawn[0])


def test_with_three_classes_three_are_compared(study):
    def three(answer):
        return replace(answer, likeliest=answer.likeliest[:3], probabilities=answer.probabilities[:3])

    def cut(each):
        compared = each.measured.comparison
        compared = replace(compared, reference=three(compared.reference), candidate=three(compared.candidate))
        return replace(each, measured=replace(each.measured, comparison=compared))

    table = pictures.answers([cut(each) for each in study.first])
    assert "likeliest 3 kept" in table
    assert "<td>3 of 3</td>" in table
    assert "of 5" not in table
    assert "with 3 classes each answer keeps all of them" in table
    assert "likeliest 5 kept" in pictures.answers(study.first)
    assert "keeps all" not in pictures.answers(study.first)


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
    assert f'<th scope="row">the reference</th><td></td><td></td>{row}' in pictures.answers(study.first)


def test_the_finding_gives_means_over_all_photos(study):
    def mean(name):
        return number(float(np.mean([errors[name].mean for errors in study.errors])))

    said = html.unescape(pictures.finding(study.errors))
    assert "Over 2 photos the reference's resize is Pillow bilinear; mean errors in levels: of other libraries" in said
    assert f" to {mean('OpenCV linear')} (OpenCV linear); of Pillow" in said
    assert f"{mean('Pillow hamming')} (Pillow hamming) at least." in said


def test_pictures_are_whole(study, drawn):
    pictures.grid(study.first)
    pictures.signed_maps(study.first)
    pictures.histograms(study.first)
    pictures.changes(study.errors)
    pictures.distance_against_answer(study.errors, study.inversions)
    pictures.growth(study.growth, "coffee.png")
    assert len(drawn) == 6
    for figure in drawn:
        assert_whole(figure)
