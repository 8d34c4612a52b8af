"""Pictures and tables of the exported file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lib.studies.export import pictures
from lib.studies.export.measure import Distances
from tests.conftest import assert_whole, bare
from tests.few import of_photos
from tests.records import NUMBERS, page, with_numbers, with_rows
from tests.studies.export.conftest import PHOTOS


def renamed(comparison, photo, largest):
    """The comparison as if of another photo, with another difference of logits."""
    stages = tuple(replace(stage, largest=largest) for stage in comparison.stages)
    return replace(comparison, photo=photo, stages=stages)


def test_pictures_are_whole(study, drawn):
    pictures.inventory(study.operators)
    pictures.differences(study.networks, study.tolerance)
    pictures.distances(study.distances, 2)
    assert len(drawn) == 3
    for figure in drawn:
        assert_whole(figure)


def test_the_inventory_says_how_many_nodes_there_are(study):
    said = pictures.inventory(study.operators)
    assert len(study.operators) == 2  # the subject's own, and its story's
    for label, operators in study.operators.items():
        assert f"{label} has {sum(operators.values())} nodes" in said


def test_differences_say_how_many_photos_are_within_the_tolerance(study):
    said = pictures.differences(study.networks, study.tolerance)
    assert f"{len(PHOTOS)} of {len(PHOTOS)} photos stay within the tolerance of 0.001 logits" in said


def test_a_nan_is_drawn_and_counts_as_beyond_the_tolerance(study, drawn):
    networks = [*study.networks, renamed(study.networks[0], "nan.png", float("nan"))]
    said = pictures.differences(networks, study.tolerance)
    assert f"{len(PHOTOS)} of {len(PHOTOS) + 1} photos" in said
    assert "the largest is NaN" in said
    assert_whole(drawn[0])


def test_of_many_photos_the_largest_differences_are_drawn(study, drawn):
    many = [renamed(study.networks[0], f"{i}.png", 1e-6 * (i + 1)) for i in range(pictures.BARS + 5)]
    said = pictures.differences(many, study.tolerance)
    labels = [label.get_text() for label in drawn[0].axes[0].get_yticklabels()]
    assert labels == [f"{i}.png" for i in range(5, pictures.BARS + 5)][::-1]
    assert f"of {pictures.BARS + 5} photos" in said


def test_the_map_names_the_closest_pair():
    far = Distances.of(["a", "b", "plain grey"], [np.array([[0.0, 9.0]]), np.array([[0.0, 4.0]]), np.array([[0.0, 2.5]])])
    assert "The closest pair differs by 1.5:" in pictures.distances(far, 1)
    assert "The first 2 of 9 photos and a plain grey input are compared." in pictures.distances(far, 9)


def test_a_map_with_nan_can_be_drawn(drawn):
    broken = np.array([[np.nan, 1.0]])
    assert "differs by NaN" in pictures.distances(Distances.of(["a", "plain grey"], [broken, np.zeros((1, 2))]), 1)
    assert_whole(drawn[0])


@pytest.mark.parametrize("complaint", ["", "node 3 has no input"])
def test_the_table_of_the_file(study, few, complaint):
    said = pictures.file_facts(few, replace(study.file, complaint=complaint))
    assert f"<td>{complaint or 'no complaint'}</td>" in bare(said)
    for text in (few.onnx_path.name, study.file.sha256, few.exporter, "float32 (batch, 3, height, width)"):
        assert text in said


def test_provenance_is_read_back(study, few):
    said = pictures.provenance(study.file, study.metadata)
    assert few.weights_sha256 in said
    assert f"torch {study.file.provenance['versions']['torch']}" in said


def test_where_no_logit_differs_a_sentence_says_so(study):
    said = pictures.differences([renamed(each, each.photo, 0.0) for each in study.networks], study.tolerance)
    assert "<figure" not in said
    assert f"On all {len(PHOTOS)} photos the deployment&#x27;s logits are those of eager PyTorch, bit for bit." in said


def test_a_photo_beyond_the_tolerance_is_hatched(study, drawn):
    pictures.differences([*study.networks, renamed(study.networks[0], "far.png", 0.5)], study.tolerance)
    assert [bar.get_hatch() for bar in drawn[0].axes[0].patches] == ["//", *[""] * len(PHOTOS)]


def test_the_origin_is_folded_behind_what_was_found_of_it(study):
    said = pictures.provenance(study.file, study.metadata)
    assert said.index("fields of contract") < said.index("<details") < said.index("<table")


@pytest.mark.parametrize("number", NUMBERS)
def test_the_page_stands_any_number(study, few, rules, number):
    assert page("01_export", few, rules, study=with_numbers(study, number))


@pytest.mark.parametrize("rows", [0, 1])
def test_the_page_stands_few_rows(study, few, rules, rows):
    one = with_rows(study, 1, "networks")
    assert page("01_export", of_photos(few, PHOTOS[0]), rules, study=with_rows(one, rows, "operators"))
