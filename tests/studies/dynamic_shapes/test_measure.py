"""At which sizes exported files are right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lib.studies.dynamic_shapes import measure as shapes
from lib.studies.dynamic_shapes import pictures as report
from lib.studies.parity import measure as parity
from lib.networks import reference
from lib.deploy import Domain
from lib.studies.dynamic_shapes.measure import CANDIDATES, FIXED, STATIC, TRACED, Exported, SizeMap
from tests.conftest import assert_whole

TRIED = (32, 33, 224, 225)


@pytest.fixture(scope="module")
def exported(lite0) -> Exported:
    return Exported(lite0)


@pytest.fixture(scope="module")
def maps(exported):
    answers = {name: shapes.of_file(path) for name, path in exported.paths.items()}
    return shapes.held(exported.migration, reference.infer(exported.networks["same"]), answers, TRIED)


def test_the_sizes_reach_from_end_to_end_of_the_domain_and_hold_odd_and_prime_ones(lite0):
    tried = shapes.sides(lite0)
    assert (tried[0], tried[-1]) == (32, 1024)
    assert {33, 97, 127, 224, 225, 299, 336, 701} <= set(tried)
    assert max(shapes.sides(lite0, most=512)) == 512


def test_a_file_of_a_fixed_size_refuses_every_other(maps, exported):
    assert (maps[FIXED].right(1e-3), maps[FIXED].refused, maps[FIXED].wrong(1e-3)) == (1, 15, 0)
    assert "Expected: 224" in exported.refusal(224, 336)
    assert exported.refusal(224, 224) == ""


def test_static_padding_is_right_only_where_the_parity_is_that_of_its_size(maps):
    assert maps[STATIC].right(1e-3) == 4  # 32 and 224, in both directions
    assert maps[STATIC].wrong(1e-3) == 12
    assert maps[STATIC].refused == 0


def test_traced_padding_is_right_at_the_size_it_was_traced_at_and_nowhere_else(maps):
    assert maps[TRACED].right(1e-3) == 1
    assert maps[TRACED].differences[2, 2] < 1e-3
    assert maps[TRACED].worst > 1


@pytest.mark.parametrize("name", CANDIDATES)
def test_three_ways_are_right_at_every_size(maps, name):
    assert maps[name].right(1e-3) == 16
    assert not maps[name].flips.any()


@pytest.mark.parametrize("kind", ["lite0", "stand_in"])
def test_the_exported_file_agrees_with_its_network_whichever_way_that_pads(kind, request):
    migration = request.getfixturevalue(kind)
    answers = {"file": shapes.of_file(migration.onnx_path)}
    seen = shapes.held(migration, reference.infer(migration.model), answers, TRIED)["file"]
    assert seen.right(1e-3) == 16


def test_both_networks_are_told_apart_whichever_is_the_subjects_own(lite0, exported):
    static = replace(lite0, subject=replace(lite0.subject, padding="static"))
    tensor = np.ones((1, 3, 225, 336), np.float32)
    for kind in ("static", "same"):
        answers = [reference.infer(each.networks[kind])(tensor) for each in (exported, Exported(static))]
        np.testing.assert_array_equal(*answers)


def test_inputs_in_a_batch_answer_as_they_do_alone(lite0):
    assert parity.batch_difference(lite0, shapes.BATCHES) < 1e-3
    assert sum(shapes.BATCHES) == 13


def test_the_deployment_refuses_what_lies_outside(lite0):
    assert shapes.outside(Domain(32, 1024)) == [(31, 32), (32, 31), (1025, 32), (32, 1025)]
    passed, said = shapes.let_through(lite0)
    assert passed == 0
    assert "known to be right from 32 to 1024 a side" in said


def test_a_nan_is_wrong_and_a_refusal_is_not():
    seen = SizeMap("x", (1, 2), np.array([[0.0, np.nan], [np.inf, 1.0]]), np.zeros((2, 2), bool))
    assert (seen.right(0.1), seen.wrong(0.1), seen.refused) == (1, 2, 1)
    assert np.isnan(seen.worst)


def test_pictures_say_what_they_find_and_are_whole(exported, maps, drawn, monkeypatch):
    monkeypatch.setattr(shapes, "ROUNDS", 1)
    assert "right at 1 of 16 sizes, 15 refused" in report.size_map(maps[FIXED], 1e-3, "it")
    assert "wrong at 15 without a word" in report.traced_padding(maps, 1e-3)
    assert "espresso 0.5904" in report.static_padding(exported, maps, shapes.paddings(exported), 1e-3)
    assert "3 of 3 ways are right at every size" in report.candidates(exported, maps, 1e-3)
    assert "right at 1 of 16 sizes, refuses 15 aloud" in report.fixed_size(exported, maps, 1e-3, (336, 224))
    for figure in drawn:
        assert_whole(figure)


def test_a_statically_padded_subject_is_told_how_to_change(stand_in, maps):
    assert "padding = &quot;same&quot; into its TOML file" in report.shipped(stand_in, maps[STATIC], 1e-3)
