"""What filters do to pixels and answers."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lib.studies.interpolation import measure as interpolation
from lib.studies.interpolation import pictures as interpolation_report
from lib.studies.interpolation.measure import FACTORS, GRID
from lib.mistakes import COLOUR, KERNELS


@pytest.fixture(scope="module")
def coffee(lite0):
    return interpolation.filtered(lite0, lite0.photos.readable[0])


@pytest.fixture(scope="module")
def errors(lite0):
    return interpolation.by_factor(lite0.photos.readable[0], lite0.subject.contract)


def test_the_grid_holds_every_filter_of_the_catalogue_once():
    placed = [name for cells in GRID.values() for name in cells.values()]
    assert sorted(placed) == sorted(mistake.name for mistake in KERNELS)
    assert all(set(cells) <= set(interpolation.COLUMNS) for cells in GRID.values())


def test_the_contracts_own_filter_changes_nothing(coffee):
    same = coffee["Pillow bilinear"]
    assert (same.largest, same.mean, same.bias, same.logits, same.moved, same.kept) == (0, 0, 0, 0, 0, 5)
    assert same.psnr == float("inf")
    assert same.ssim == 1


def test_measures_agree_with_their_definitions(coffee):
    each = coffee["OpenCV linear"]
    error = each.trace.resize.astype(float) - each.reference.resize
    assert each.largest == np.abs(error).max()
    assert each.mean == pytest.approx(np.abs(error).mean())
    assert each.bias == pytest.approx(error.mean())
    assert each.psnr == pytest.approx(10 * np.log10(255**2 / (error**2).mean()))
    assert 0.9 < each.ssim < 1
    assert each.moved == pytest.approx(np.maximum(each.trace.score - each.reference.score, 0).sum(), abs=1e-5)
    assert each.error.shape == each.reference.resize.shape
    assert coffee["truncated levels"].bias == pytest.approx(-0.5, abs=0.1)


def test_libraries_that_do_the_same_are_in_one_group(coffee):
    groups = [{each.name for each in group} for group in interpolation.agreeing(interpolation.kernels(coffee))]
    assert {"Pillow nearest", "OpenCV nearest-exact"} in groups
    assert {"OpenCV linear", "torch bilinear", "ONNX linear", "scikit-image"} in groups
    reference = next(group for group in groups if "Pillow bilinear" in group)
    assert {"torch bilinear, antialiased", "ONNX linear, antialiased, exclude_outside"} < reference
    assert not {"OpenCV linear", "OpenCV area"} & reference


def test_the_detail_is_where_the_filters_disagree(coffee):
    seen = interpolation.kernels(coffee)
    left, top = interpolation.busiest(seen, 28)
    spread = np.stack([each.trace.resize.mean(axis=2) for each in seen]).std(axis=0)
    assert spread[top : top + 28, left : left + 28].mean() > 2 * spread.mean()


def test_without_antialiasing_the_error_grows_with_the_factor(errors):
    assert all(len(values) == len(FACTORS) for values in errors.values())
    assert errors["Pillow bilinear"] == [0] * len(FACTORS)
    assert errors["OpenCV linear"][-1] > 5 * errors["OpenCV linear"][0]
    assert max(errors["torch bilinear, antialiased"]) < 0.3


def test_inversions_are_pairs_that_rank_the_wrong_way(lite0, coffee):
    found, pairs = interpolation.inversions([coffee])
    changed = sum(each.mean > 0 for each in coffee.values())
    assert pairs == changed * (changed - 1) // 2
    assert 0 < len(found) < pairs
    for inversion in found:
        assert inversion.harmless.mean > inversion.harmful.mean
        assert inversion.harmless.moved < inversion.harmful.moved
    assert found[0].size >= found[-1].size


def test_pictures_say_what_they_show(coffee, errors):
    seen = interpolation.kernels(coffee)
    assert "4 agree with the reference" in interpolation_report.grid(seen)
    assert "2 of 25 resizes equal the reference in every value" in interpolation_report.histograms(seen)
    assert "OpenCV nearest errs most" in interpolation_report.signed_heatmaps(seen)
    assert "On coffee.png the error of OpenCV linear grows" in interpolation_report.growth(errors, "coffee.png")
    assert interpolation_report.changes([coffee]).count("<figure>") == 1
    scatter = interpolation_report.distance_against_answer([coffee])
    assert re.search(r"1\. coffee\.png: .* is off by .* levels and moves", scatter)


def test_tables_have_every_filter(coffee, errors):
    seen = interpolation.kernels(coffee)
    for html in (
        interpolation_report.pixels(seen),
        interpolation_report.answers(seen),
        interpolation_report.growth_table(errors),
    ):
        for mistake in KERNELS:
            assert f">{mistake.name}</th>" in html
    assert set(coffee) >= {mistake.name for mistake in COLOUR}
