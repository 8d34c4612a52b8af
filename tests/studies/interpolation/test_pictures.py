"""What the pictures of filters say, and that they are whole."""

from __future__ import annotations

import html
import re

import numpy as np

from lib.mistakes import FILTERS
from lib.numbers import number
from lib.studies.interpolation import measure, pictures
from lib.studies.interpolation.measure import FACTORS, Inversions
from tests.conftest import assert_whole


def test_the_grid_counts_resizes_libraries_and_groups(study):
    said = pictures.grid(study.first)
    groups = measure.agreeing(study.first)
    right = next(len(group) for group in groups if any(each.name == "Pillow bilinear" for each in group))
    assert f"{len(FILTERS)} resizes of 5 libraries, on coffee.png: they fall into {len(groups)} groups" in said
    assert f"{right} agree with the reference" in said


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
            assert f">{mistake.name}</th>" in table


def test_the_answers_begin_with_the_reference(study):
    right = study.errors[0]["Pillow bilinear"].comparison.reference
    row = f"<td>{right.lead:.2f}</td><td>{right.probability:.4f}</td><td>5 of 5</td>"
    assert f'<th scope="row">the reference</th><td></td><td></td>{row}' in pictures.answers(study.first)


def test_the_finding_gives_means_over_all_photos(study):
    mean = float(np.mean([errors["OpenCV linear"].mean for errors in study.errors]))
    assert f"Over 2 photos the same word, linear, errs by {number(mean)} levels in OpenCV" in pictures.finding(study.errors)


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
