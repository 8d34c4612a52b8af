"""What filters do to pixels and answers."""

from __future__ import annotations

import pickle
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from lib.compare.comparison import Comparison, worst
from lib.mistakes import CATALOGUE, COLOUR, FILTERS
from lib.mistakes.resizers import RESIZERS
from lib.policy import Policy
from lib.studies.interpolation import measure
from lib.studies.interpolation.measure import COLUMNS, FACTORS, GRID, SAME_SHAPE, Drawn
from tests.conftest import picture
from tests.few import of_photos
from tests.studies.interpolation.conftest import PHOTOS


@pytest.fixture(scope="module")
def coffee(study):
    return study.errors[0]


def test_the_grid_holds_every_filter_of_the_catalogue_once():
    placed = [name for cells in GRID.values() for name in cells.values()]
    assert sorted(placed) == sorted(mistake.name for mistake in FILTERS)
    assert list(GRID) == sorted(GRID)
    assert set().union(*GRID.values()) == set(COLUMNS)
    assert list(COLUMNS) == list(Counter(each.column for each in RESIZERS.values()))


def test_the_contracts_own_filter_changes_nothing(coffee, study):
    same = coffee["Pillow bilinear"]
    compared = same.comparison
    assert (same.largest, same.mean, same.bias, compared["infer"].largest, compared.moved, compared.change) == (0,) * 6
    assert compared.kept == len(compared.reference.likeliest) == 5
    drawn = next(each for each in study.seen if each.name == "Pillow bilinear")
    assert drawn.psnr == float("inf")
    assert drawn.ssim == 1


def test_measures_agree_with_their_definitions(coffee, study, few):
    photo = few.photos.readable[0]
    reference = few.reference.trace(photo.data)
    trace = CATALOGUE["OpenCV linear"].commit(few.reference, few.subject.contract).trace(photo.data)
    each, drawn = coffee["OpenCV linear"], next(each for each in study.seen if each.name == "OpenCV linear")
    error = trace.resize.astype(float) - reference.resize
    np.testing.assert_array_equal(drawn.error, error)
    assert each.largest == np.abs(error).max()
    assert each.mean == pytest.approx(np.abs(error).mean())
    assert each.bias == pytest.approx(error.mean())
    assert drawn.psnr == pytest.approx(10 * np.log10(255**2 / (error**2).mean()))
    assert 0.9 < drawn.ssim < 1
    assert drawn.measured is each
    assert each.comparison["infer"].largest == np.abs(trace.infer.astype(float) - reference.infer).max()
    assert each.comparison.moved == pytest.approx(np.maximum(trace.score - reference.score, 0).sum(), abs=1e-5)
    assert each.comparison.candidate.lead == pytest.approx(np.diff(np.sort(trace.infer[0])[-2:])[0])
    assert each.comparison.change == float(trace.score[0, reference.score.argmax()]) - float(reference.score.max())
    assert coffee["truncated levels"].bias == pytest.approx(-0.5, abs=0.1)


def test_a_picture_below_the_window_has_no_structural_similarity(coffee):
    pixels = np.asarray(picture(6, 40))
    drawn = Drawn(coffee["OpenCV linear"], pixels, 255 - pixels)
    assert np.isnan(drawn.ssim)
    assert drawn.psnr < 20


def test_every_mistake_that_keeps_the_shape_is_measured(study):
    for photo, errors in zip(PHOTOS, study.errors, strict=True):
        assert list(errors) == [mistake.name for mistake in SAME_SHAPE]
        assert {each.comparison.photo for each in errors.values()} == {photo}
    assert [each.name for each in study.seen] == [mistake.name for mistake in FILTERS]
    assert set(study.errors[0]) >= {mistake.name for mistake in COLOUR}


def test_libraries_that_do_the_same_are_in_one_group(study):
    groups = [{each.name for each in group} for group in measure.agreeing(study.seen)]
    same = {"Pillow nearest", "OpenCV nearest-exact", "sharp nearest"}  # sharp's up to four times smaller
    assert any({"Pillow nearest", "OpenCV nearest-exact"} <= group <= same for group in groups)
    assert any({"OpenCV linear", "torch bilinear", "ONNX linear", "scikit-image"} <= group for group in groups)
    reference = next(group for group in groups if "Pillow bilinear" in group)
    assert {"torch bilinear, antialiased", "ONNX linear, antialiased, exclude_outside"} < reference
    assert not {"OpenCV linear", "OpenCV area"} & reference


def test_the_detail_is_where_the_filters_disagree(study):
    left, top = measure.busiest(study.seen, 28)
    spread = np.stack([each.picture.mean(axis=2) for each in study.seen]).std(axis=0)
    assert spread[top : top + 28, left : left + 28].mean() > 2 * spread.mean()


def test_without_antialiasing_the_error_grows_with_the_factor(study):
    errors = study.growth
    assert all(len(values) == len(FACTORS) for values in errors.values())
    assert errors["Pillow bilinear"] == [0] * len(FACTORS)
    assert errors["OpenCV linear"][-1] > 5 * errors["OpenCV linear"][0]
    assert max(errors["torch bilinear, antialiased"]) < 0.3


def test_inversions_are_pairs_that_rank_the_wrong_way(coffee):
    found = measure.inversions([coffee])
    changed = [each for each in coffee.values() if each.mean > 0]
    by_pixels = sorted(changed, key=lambda each: each.mean)
    wrong = sum(
        b.mean > a.mean and b.comparison.moved < a.comparison.moved for i, a in enumerate(by_pixels) for b in by_pixels[i + 1 :]
    )
    assert found.pairs == len(changed) * (len(changed) - 1) // 2
    assert 0 < found.found == wrong < found.pairs


def test_the_most_striking_inversion_of_each_photo_is_kept(study):
    assert study.inversions == measure.inversions(study.errors)
    striking = study.inversions.striking
    assert sorted(each.harmless.comparison.photo for each in striking) == sorted(PHOTOS)
    for inversion in striking:
        assert inversion.harmless.mean > inversion.harmful.mean
        assert inversion.harmless.comparison.moved < inversion.harmful.comparison.moved
        assert inversion.harmless.comparison.photo == inversion.harmful.comparison.photo
        assert inversion.size > 0
    assert striking[0].size >= striking[-1].size


def test_mistakes_that_change_no_pixel_make_no_pair(coffee):
    same = {"Pillow bilinear": coffee["Pillow bilinear"]}
    assert measure.inversions([same]) == measure.Inversions(0, 0, ())


def test_the_deployment_changes_no_pixel_and_notices_every_mistake(study):
    assert [each.photo for each in study.deployed] == list(PHOTOS)
    assert worst(study.deployed, "resize") == 0
    assert study.noticed.missed == 0
    assert len(FILTERS) < study.noticed.changed < len(PHOTOS) * len((*FILTERS, *COLOUR))


def test_a_deployment_with_another_filter_is_measured(lite0, rules):
    two = of_photos(lite0, "camera.png", "astronaut.png")
    vars(two)["deployment"] = CATALOGUE["OpenCV linear"].commit(lite0.deployment, lite0.subject.contract)
    study = measure.measured(two, rules)
    largest = [errors["OpenCV linear"].largest for errors in study.errors]
    assert worst(study.deployed, "resize") == max(largest) > 0
    assert study.furthest.comparison is study.deployed[largest.index(max(largest))]
    difference = study.furthest.candidate.resize.astype(int) - study.furthest.reference.resize
    assert np.abs(difference).max() == max(largest)
    # an antialiased resize and one that is not disagree about the second photo's class
    assert {each.measured.comparison.photo for each in study.seen} == {"astronaut.png"}
    assert any(each.measured.comparison.flipped for each in study.seen)
    for each in study.seen:
        assert each.measured is study.errors[1][each.name]


def test_the_tolerances_come_from_the_policy(lite0, rules):
    blind = Policy(tuple(replace(check, threshold=1e9) for check in rules.checks))
    study = measure.measured(of_photos(lite0, "camera.png"), blind)
    assert study.noticed.missed == study.noticed.changed > 0


def test_the_reference_runs_once_a_photo(measured, few):
    inputs = measured[1].inputs
    assert inputs["decode"] == [photo.data for photo in few.photos.readable]
    assert len(inputs["resize"]) == len(PHOTOS)
    right = [few.reference.trace(photo.data).normalise for photo in few.photos.readable]
    for tensor in right:  # the mistakes are committed in the reference too, and feed its network other tensors
        assert sum(np.array_equal(tensor, given) for given in inputs["infer"]) == 1
    assert len(inputs["infer"]) <= len(PHOTOS) * (1 + len(SAME_SHAPE))


def test_what_is_kept_of_a_photo_is_small(study):
    kept = pickle.dumps((study.errors, study.deployed))
    assert len(kept) < 60_000 * len(PHOTOS)
    assert all(isinstance(each.comparison, Comparison) for errors in study.errors for each in errors.values())
