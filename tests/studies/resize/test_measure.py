"""What the network is shown of a photo."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lib.compare.comparison import most_changed, worst
from lib.compare.shared import SharedTraces
from lib.deploy.stages import preprocessing
from lib.inputs.photos import Photo
from lib.mistakes import CATALOGUE, SHAPES
from lib.mistakes.shape import OF_CROPS
from lib.policy import Policy
from lib.studies.resize import measure, pictures
from lib.studies.resize.measure import Study
from tests.conftest import encoded, picture
from tests.few import changed, of_photos
from tests.studies.resize.conftest import PHOTOS

RULES = [mistake for mistake in SHAPES if mistake.name not in OF_CROPS]  # of a subject that crops nothing
KINDS = {"landscape": "coffee.png", "portrait": "grace_hopper.jpg", "square": "astronaut.png"}


def test_the_reference_comes_first_and_differs_from_itself_nowhere(study):
    assert len(study.shapes) == len(PHOTOS)
    for shapes in study.shapes:
        reference = shapes[0]
        assert reference.comparison.name == measure.REFERENCE
        assert reference.comparison["resize"].largest == reference.comparison.change == reference.mean_difference == 0
        assert reference.unseen == 0
        assert reference.stretch == pytest.approx(1, abs=0.01)
        assert [each.comparison.name for each in shapes[1:]] == [mistake.name for mistake in RULES]


def test_what_each_rule_shows_of_a_landscape_photo(study):
    seen = {each.comparison.name: each for each in study.shapes[0]}
    assert seen["squash"].stretch == pytest.approx(400 / 600)
    assert seen["squash"].unseen == 0
    assert seen["width and height swapped"].stretch == pytest.approx((400 / 600) ** 2, rel=0.01)
    assert seen["centre crop only"].unseen == pytest.approx(1 - 224 * 224 / (600 * 400), abs=0.02)
    assert seen["resize larger and crop"].unseen == pytest.approx(1 - 224 * 224 / (384 * 256), abs=0.02)
    assert seen["letterbox"].unseen == 0
    assert seen["squash"].mean_difference > 0.5
    assert seen["shifted by one"].mean_difference < 0.5  # the same pixels in another place


def test_a_square_photo_keeps_its_proportions_when_it_is_squashed(study):
    square = {each.comparison.name: each for each in study.shapes[PHOTOS.index("astronaut.png")]}
    assert square["squash"].stretch == 1
    assert square["squash"].comparison["resize"].largest == 0


def test_the_numbers_are_those_of_the_mistake_in_the_deployment(study, few):
    contract, photo = few.subject.contract, few.photos.readable[0]
    reference = few.reference.trace(photo.data)
    for mistake, shape in zip(RULES, study.shapes[0][1:], strict=True):
        trace = mistake.commit(few.deployment, contract).trace(photo.data)
        target = reference.score[0].argmax()
        assert shape.comparison.probability == trace.score[0, target]
        assert shape.comparison.flipped == (trace.score[0].argmax() != target)
        assert shape.view.size == trace.resize.shape[1::-1]


def test_the_first_photo_of_each_orientation_is_drawn(study):
    assert {kind: seen[0].shape.comparison.photo for kind, seen in study.kinds.items()} == KINDS
    assert list(study.kinds) == list(measure.KINDS)
    assert study.kinds["landscape"][0].shape is study.shapes[0][0]


def test_the_photo_is_drawn_whose_answer_a_rule_changes_most_and_that_which_the_squash_does(study):
    everything = [each.comparison for shapes in study.shapes for each in shapes]
    most = most_changed(everything)
    assert most.flipped
    assert study.changed[0].shape.comparison.photo == most.photo
    assert any(each.shape.comparison is most for each in study.changed)
    reference, squash = study.squashed
    assert squash.shape.comparison is most_changed(each for each in everything if each.name == measure.SQUASH)
    assert (reference.shape.comparison.name, reference.shape.comparison.photo) == (
        measure.REFERENCE,
        squash.shape.comparison.photo,
    )


def test_orientations_that_are_missing_are_left_out(lite0, rules):
    study = measure.measured(of_photos(lite0, "astronaut.png"), rules)
    assert list(study.kinds) == ["square"]
    assert study.changed is study.kinds["square"]


def test_what_is_drawn_agrees_with_the_numbers(study):
    assert len(study.changed) == 1 + len(RULES)
    size = study.changed[0].shape.view.scaled
    right = study.changed[0].on_photo(*size)
    np.testing.assert_array_equal(right, study.changed[0].trace.resize)  # the reference's own pixels, every one of them
    for each in study.changed:
        levels = each.on_photo(*size)
        difference = np.abs(levels - right)
        assert each.shape.mean_difference == np.nanmean(difference)
        assert each.shape.unseen == np.isnan(levels).all(axis=2).mean()


def test_the_deployment_shows_what_the_reference_shows_and_notices_every_mistake(study):
    assert len(study.deployed) == len(PHOTOS)
    assert study.other_shape == []
    assert worst(study.deployed, "resize") == 0
    assert study.noticed.missed == 0
    assert len(PHOTOS) < study.noticed.changed <= len(PHOTOS) * len(SHAPES)


def test_a_deployment_that_shows_another_shape_is_counted(lite0, rules):
    two = of_photos(lite0, "coffee.png", "astronaut.png")
    vars(two)["deployment"] = CATALOGUE["squash"].commit(lite0.deployment, lite0.subject.contract)
    study = measure.measured(two, rules)
    assert study.other_shape == [study.deployed[0].photo]  # the square photo is shown as the reference shows it
    assert worst(study.deployed, "resize") == float("inf")
    assert study.furthest.comparison is study.deployed[0]
    assert study.furthest.candidate.resize.shape == (224, 224, 3)
    assert study.furthest.reference.resize.shape == (224, 336, 3)


def test_a_rule_that_the_subject_states_is_no_mistake(lite0):
    contract = replace(lite0.subject.contract, rule="squash")
    one = of_photos(lite0, "coffee.png")
    squashing = replace(one, subject=replace(lite0.subject, contract=contract))
    resize, _ = preprocessing(contract)
    vars(squashing)["reference"] = replace(lite0.reference, resize=resize)
    vars(squashing)["deployment"] = replace(lite0.deployment, resize=resize)
    photo = one.photos.readable[0]
    _, drawn = measure.shapes_of(squashing, photo, SharedTraces(photo.data), squashing.deployment)
    assert [each.shape.comparison.name for each in drawn] == [
        "reference", "resize larger and crop", "centre crop only", "resize to the crop's size", "squash, then crop",
        "resize and corner crop", "letterbox", "shifted by one",
    ]  # fmt: skip
    assert all(each.shape.comparison["resize"].largest > 0 for each in drawn[1:])


def test_the_tolerances_come_from_the_policy(lite0, rules):
    blind = Policy(tuple(replace(check, threshold=1e9) for check in rules.checks))
    study = measure.measured(of_photos(lite0, "coffee.png"), blind)
    # a tensor of another shape is noticed at any tolerance
    assert 0 < study.noticed.missed < study.noticed.changed


def test_the_reference_runs_once_a_photo(measured, few):
    inputs = measured[1].inputs
    assert {stage: len(given) for stage, given in inputs.items()} == dict.fromkeys(inputs, len(PHOTOS))
    assert inputs["decode"] == [photo.data for photo in few.photos.readable]


def test_what_is_kept_of_a_photo_is_small(study: Study):
    kept = pickle.dumps((study.shapes, study.deployed))
    assert len(kept) < 20_000 * len(PHOTOS)


def cropping(handoff, *photos):
    contract = replace(handoff.subject.contract, rule="shorter-side-crop", size=256, crop=224)
    resize, _ = preprocessing(contract)
    return changed(
        replace(handoff, subject=replace(handoff.subject, contract=contract)),
        photos,
        reference=replace(handoff.reference, resize=resize),
        deployment=replace(handoff.deployment, resize=resize),
    )


@pytest.mark.parametrize(("size", "fed"), [((1500, 300), "256 × 1280"), ((100, 1200), "3072 × 256")])
def test_a_rule_that_leads_outside_of_the_files_sizes_is_a_line_and_ends_nothing(lite0, rules, size, fed):
    panorama, square = (Photo.of(name, encoded(picture(*each))) for name, each in (("long.png", size), ("b.png", (300, 300))))
    study = measure.measured(cropping(lite0, panorama, square), rules)
    by_photo = [{each.comparison.name: each for each in shapes} for shapes in study.shapes]
    refused = by_photo[0]["width and height swapped"]
    assert refused.comparison.refused == f"would be fed {fed} pixels, and the file is right from 32 to 1024 a side"
    assert refused.view is None
    assert not by_photo[1]["width and height swapped"].comparison.refused
    assert sum(bool(each.comparison.refused) for shapes in study.shapes for each in shapes) == 1
    assert study.noticed.missed == 0
    row = pictures.shapes(study.shapes[0], lite0.subject.classes)
    assert f"refused: would be fed {fed} pixels" in row
    assert f"width and height swapped is refused on 1: long.png would be fed {fed} pixels" in pictures.finding(study.shapes)


def test_a_deployment_that_decodes_to_another_shape_is_laid_over_the_whole_photo(lite0, rules):
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = changed(
        lite0,
        [Photo.of("turned.jpg", encoded(picture(400, 300), "JPEG", exif=exif))],
        deployment=CATALOGUE["EXIF ignored"].commit(lite0.deployment, lite0.subject.contract),
    )
    shapes = measure.measured(turned, rules).shapes[0]
    assert [each.comparison.name for each in shapes[1:]] == [mistake.name for mistake in RULES]
