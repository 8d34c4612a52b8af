"""One pass over the photos: what it runs, what it keeps, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from lib import handoff
from lib.compare.comparison import worst
from lib.deploy import STAGES
from lib.inputs.photos import Photos
from lib.studies.layers import errors, measure, planted, variants
from lib.studies.layers.errors import Error
from lib.studies.layers.search import Probe
from tests.few import asked, of_photos
from tests.studies.layers.conftest import ALONE, TOLERANCE, blocks_of, outputs_of, symptom_of


@pytest.fixture(scope="module")
def three(lite0):
    return of_photos(lite0, "coffee.png", "chelsea.png", "rocket.jpg")


@pytest.fixture(scope="module")
def measured(three, rules):
    """The study, and what it asked the reference."""
    counted, written = asked(three)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measure, "ROUNDS", 1)
        return measure.measured(counted, rules, "_blocks.7", 0), written


@pytest.fixture(scope="module")
def study(measured):
    return measured[0]


def test_the_reference_sees_each_photo_once(measured):
    study, written = measured
    assert study.photos == 3
    assert {stage: len(given) for stage, given in written.inputs.items()} == dict.fromkeys(STAGES, 3)


def test_tolerances_come_from_the_policy(study, rules):
    assert (study.tolerance, study.alone) == (rules["layers.accumulated"].threshold, rules["layers.local"].threshold)


def test_the_healthy_network_agrees_and_the_fault_is_found(study):
    assert (study.uncompared, study.blocks, study.readings) == (0, 20, 60)
    assert errors.first_over(study.healthy, study.tolerance) is None
    assert study.found
    assert (study.search.found, study.cuts_beyond, study.elsewhere, study.stays) == ("_blocks.7", 0, 0, True)
    assert study.fault.block == "_blocks.7"


def test_a_search_of_too_many_cuts_or_of_another_block_is_told(study):
    probes = (Probe("stem", Error(0.0, 1.0), False),) * 7
    other = replace(study, search=replace(study.search, probes=probes, found="stem"))
    assert (other.cuts_beyond, other.found) == (2, False)
    broken = replace(study.healthy[0], local=Error(float("nan"), 1.0))
    assert replace(study, healthy=(broken, *study.healthy[1:])).uncompared == 1


def test_the_search_is_made_on_the_photo_whose_logits_are_off_most(study, three):
    network = study.fault.network
    symptoms = [symptom_of(network, outputs_of(three, network, photo)) for photo in range(3)]
    largest = max(range(3), key=lambda photo: symptoms[photo].error.scaled)
    assert study.search.photo == three.photos.readable[largest].name
    assert study.search.symptom == symptoms[largest].error


def test_readings_are_the_worst_of_all_photos(study, three):
    network = blocks_of(three)
    opened = errors.Opened.of(network)
    each = [opened.readings(outputs_of(three, network, photo)) for photo in range(3)]
    assert len(study.healthy) == len(each[0]) > 0
    for i, reading in enumerate(study.healthy):
        assert reading.accumulated.scaled == max(readings[i].accumulated.scaled for readings in each)
        assert reading.local.scaled == max(readings[i].local.scaled for readings in each)
        assert reading.shape == each[0][i].shape


@pytest.mark.parametrize("exported", ["b0-stand-in dynamo", "b0-stand-in torchscript"])
def test_every_block_agrees_whoever_exported_it(exported):
    subject, exporter = exported.split()
    given = handoff.load(subject, exporter=exporter)
    given = replace(given, photos=Photos((given.photos.readable[0], given.photos.readable[5]), ()))
    network = blocks_of(given)
    fault = planted.plant(network, "_blocks.15", 0)
    seen = measure.one_pass(given, network, fault.network, {})
    assert errors.compared(seen.healthy) == len(seen.healthy) == 20
    assert 0 < errors.largest(seen.healthy, "accumulated") < TOLERANCE
    assert 0 < errors.largest(seen.healthy, "local") < ALONE
    assert [each.shape[1] for each in seen.healthy] == [32, 16, 24, 24, 40, 40, 80, 80, 80, 112, 112, 112] + 4 * [192] + [
        320,
        1280,
        1280,
        1000,
    ]
    assert [each.block for each in seen.faulty if each.local.over(ALONE)] == ["_blocks.15"]
    assert all(before.block != after.block for before, after in pairwise(seen.healthy))


def test_levels_and_threads_agree(study):
    assert [each.name for each in study.settings[:5]] == [variants.DEFAULT, *variants.LEVELS, "1 thread"]
    assert len(study.set_up) == 3 * len(study.settings)
    assert worst(study.set_up, "infer") < 1e-4
    assert not any(comparison.flipped for comparison in study.set_up)
    assert study.settings[0].ratio == study.files[0].ratio == 1
    assert all(each.ratio > 0 for each in (*study.settings, *study.files))


def test_a_smaller_file_is_smaller_and_further_off(study):
    files = {each.name: each for each in study.files}
    assert list(files) == [variants.AS_IT_IS, variants.FP16, variants.DYNAMIC, variants.STATIC]
    as_it_is = files[variants.AS_IT_IS]
    off = {name: worst(each.comparisons, "infer") for name, each in files.items()}
    assert off[variants.AS_IT_IS] < 1e-4
    assert files[variants.FP16].megabytes < 0.6 * as_it_is.megabytes
    assert files[variants.STATIC].megabytes < 0.35 * as_it_is.megabytes
    assert files[variants.DYNAMIC].megabytes < 0.35 * as_it_is.megabytes
    assert 100 * off[variants.AS_IT_IS] < off[variants.FP16] < off[variants.STATIC]


def test_each_variant_is_compared_on_every_photo_in_logits_and_probabilities(study, three):
    for each in (*study.settings, *study.files):
        assert [comparison.photo for comparison in each.comparisons] == [photo.name for photo in three.photos.readable]
        assert all([stage.stage for stage in comparison.stages] == ["infer", "score"] for comparison in each.comparisons)
        assert np.isfinite([worst(each.comparisons, stage) for stage in ("infer", "score")]).all()
