"""What the page says of the photos, and of what each mistake costs on them."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from lib.studies.cost import pictures
from lib.studies.cost.measure import Study
from tests.conftest import assert_whole
from tests.records import NUMBERS, page, with_numbers, with_rows
from tests.studies.cost.found import STAGES, cost, costs, estimate, found, labelled, looked, replacement


def said(shown):
    return html.unescape(re.sub("<[^>]*>", " ", shown)).replace("\u00a0", " ")


def test_the_first_sentence_says_what_crops_can_tell_and_cannot():
    first = said(pictures.looked(looked())).strip()
    assert first.startswith(
        "56 crops of 7 photos can tell how an answer changes, and cannot tell how often it does on your photos"
    )
    assert "draws whole photos anew, since crops of one photo depend on one another" in first


def test_the_first_sentence_says_what_a_folder_can_tell_and_cannot():
    folder = looked(cropped=0, clusters=56)
    first = said(pictures.looked(folder)).strip()
    assert first.startswith("56 photos can tell how often an answer changes on photos like them")
    assert "cannot tell it of other kinds of photos" in first
    assert "depend on one another" not in first
    assert "of 50 groups of photos that depend on one another" in said(pictures.looked(looked(cropped=0, clusters=50)))


def test_copies_and_earlier_sweeps_are_counted():
    shown = said(pictures.looked(looked(copies=1, computed=6)))
    assert "1 file with the content of another one counted once" in shown
    assert "6 of 56 were computed now, in 12 s; the others were read from an earlier sweep." in shown


def test_what_could_not_be_read_is_named_whatever_its_name():
    name = """<b>"it's".jpg"""
    shown = pictures.looked(looked(failed=3, reasons=((name, "no photo"),)))
    assert "<b>" not in shown
    assert name in html.unescape(shown)
    assert "3 of 56 files could not be read, and count nowhere. The first of them:" in said(shown)


def test_mistakes_that_were_not_tried_are_named_with_the_reason():
    shown = said(pictures.looked(looked(left_out={"Pillow bilinear": "the subject file states it"})))
    assert "1 mistake of the catalogue not tried" in shown
    assert "the subject file states it" in shown


def test_the_costliest_mistake_comes_first():
    shown = pictures.costs(found(), STAGES)
    assert re.findall('<th scope="row">([^<]*)</th>', shown) == ["BGR", "squash", "no mean and std", "EXIF ignored"]
    assert "2 of 4 mistakes change an answer. Most of all BGR: 40.0 % (36.0 to 46.0)." in said(shown)


def test_a_mistake_that_never_answers_is_among_the_costliest():
    every = costs()
    none = replace(every["squash"], flips=20, agreement=every["BGR"].agreement, margin_lost=estimate(float("nan")))
    shown = pictures.costs(replace(found(), costs=every | {"squash": none}), STAGES)
    assert re.findall('<th scope="row">([^<]*)</th>', shown)[:2] == ["squash", "BGR"]


def test_what_changes_no_answer_is_named_with_the_most_that_it_may_change():
    shown = said(pictures.costs(found(), STAGES))
    assert "1 mistake changes no answer here, and on photos like these at most 6.0 %" in shown
    assert "interval: no mean and std." in shown
    assert "1 mistake changes not one number here, so that these photos tell nothing of it: EXIF ignored." in shown


def test_the_deployment_comes_first_and_stands_out_where_it_changes_an_answer():
    right = pictures.costs(found(), STAGES)
    assert said(right).strip().startswith("The deployment under test changes none of 50 answers: 0 % (0 to 6.0).")
    off = pictures.costs(replace(found(), deployment=cost("deployment", 2)), STAGES)
    assert off.startswith('<p class="warning">The deployment under test changes 2 of 50 answers')


def test_where_no_mistake_changes_an_answer_there_is_no_plot():
    still = {name: cost(name, 0) for name in STAGES}
    shown = pictures.costs(replace(found(), costs=still), STAGES)
    assert "<figure" not in shown
    assert "4 mistakes change no answer here" in said(shown)


def test_accuracy_has_its_columns_only_where_there_are_labels():
    assert "accuracy" not in pictures.costs(found(), STAGES)
    assert "McNemar" not in pictures.costs(found(), STAGES)
    shown = pictures.costs(found({name: labelled() for name in STAGES}), STAGES)
    assert "Against the labels of 40 photos" in shown
    assert "The reference is right on 72.0 %" in said(shown)
    assert 'data-label="right to wrong, %">4: 10.0 (5.0 to 15.0)' in shown


def test_of_many_small_p_those_that_stand_are_marked():
    p = {"squash": 0.04, "BGR": 0.001, "EXIF ignored": 1.0, "no mean and std": 0.03}
    shown = said(pictures.costs(found({name: labelled(p=value) for name, value in p.items()}), STAGES))
    assert "p ≤ 0.05 for 3 of 4 mistakes" in shown
    assert "by Holm's correction 1 stand" in shown
    assert shown.count(", stands") == 1


def test_flips_that_accuracy_hides_are_told():
    shown = said(pictures.costs(found({"squash": labelled(negative=9, positive=8)}), STAGES))
    assert "Accuracy hides flips: with squash it moves by −2.0 (−7.0 to +3.0) points, and 9 answers that were right" in shown
    told = {"squash": labelled(gained=estimate(-0.2))}
    assert "Accuracy hides flips" not in pictures.costs(found(told), STAGES)


def test_the_plot_is_whole(drawn):
    pictures.costs(found(), STAGES)
    assert_whole(drawn[0])


@pytest.fixture
def study() -> Study:
    known = {"squash": labelled(), "BGR": labelled(p=0.001)}
    refused = {"squash": ("a.png", "would be fed 320 × 1280 pixels, and the file is right from 32 to 1200 a side")}
    return Study(looked(), found(known, replacement(labels=labelled())), (), STAGES, refused, (0, 60), ())


@pytest.mark.parametrize("number", NUMBERS)
def test_the_page_stands_any_number(study, lite0, rules, number):
    assert page("09_cost", lite0, rules, study=with_numbers(study, number))


@pytest.mark.parametrize("rows", [0, 1])
def test_the_page_stands_few_rows(study, lite0, rules, rows):
    margins = with_rows(study.found.margins, rows, "predictors", "bands")
    few = replace(with_rows(study.found, rows, "costs", "together", "repairs"), margins=margins, replacement=None)
    assert page("09_cost", lite0, rules, study=replace(study, found=few))


def test_a_mistake_that_refuses_photos_is_a_line_with_the_reason(study):
    squash = replace(study.found.costs["squash"], no_answer=2)
    shown = pictures.refused(study.found.costs | {"squash": squash}, study.refused | {"deployment": ("b.png", "raised")})
    assert '<td data-label="no answer">2 of 50</td>' in shown
    assert "refused: would be fed 320 × 1280 pixels" in shown
    assert "raised" not in shown
    assert not pictures.refused(study.found.costs, {})


def test_files_that_are_no_pictures_are_counted_apart():
    assert "no pictures" not in said(pictures.looked(looked()))
    assert "3 files of the folder that are no pictures were left out" in said(pictures.looked(looked(others=3)))
