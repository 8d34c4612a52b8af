"""The deployment against the reference, in one pass over real photos."""

from __future__ import annotations

import dataclasses
import pickle
from collections import Counter

import numpy as np
import pytest

from lib.compare.comparison import Comparison, flips, most_changed, worst
from lib.deploy import STAGES
from lib.deploy.stages import Normalise
from lib.diagnosis.confusion import ONE, STRANGER, TWO, Confusion
from lib.mistakes import CATALOGUE, DECODING
from lib.studies.parity import measure
from lib.studies.parity.examples import MADE
from tests.few import changed


@pytest.fixture
def only_the_photos(monkeypatch):
    """Neither examples nor diagnosis, which do not look at the deployment."""
    monkeypatch.setattr(measure, "examples", lambda *_: ())
    for name in ("confusion", "beyond"):
        monkeypatch.setattr(measure, name, lambda *_: Confusion())


def test_the_healthy_deployment_gives_pytorchs_answer_at_every_stage(parity, rules):
    comparisons = parity.study.comparisons
    assert [each.photo for each in comparisons] == [photo.name for photo in parity.handoff.photos.readable]
    assert len(parity.study.diverging(rules.tolerances)) == flips(comparisons) == parity.study.non_finite == 0
    for stage in ("decode", "resize", "normalise"):
        assert worst(comparisons, stage) == 0
    assert worst(comparisons, "infer") < 1e-4


def test_network_and_softmax_give_the_same_on_the_same_input(parity):
    assert worst(parity.study.networks, "infer") < 1e-4
    assert worst(parity.study.softmaxes, "score") < 1e-6
    assert flips(parity.study.networks) == 0


def test_the_reference_runs_once_a_photo(parity):
    decoded = Counter(parity.asked.inputs["decode"])
    assert len(decoded) == 2 + len(MADE)  # with the photos that are made from the first
    assert set(decoded.values()) == {1}
    inferred = Counter(np.asarray(tensor).tobytes() for tensor in parity.asked.inputs["infer"])
    own = [parity.handoff.reference.trace(photo.data).normalise.tobytes() for photo in parity.handoff.photos.readable]
    assert [inferred[tensor] for tensor in own] == [
        4,
        1,
    ]  # three of the photos made from the first are the same picture, turned, with alpha and with a profile


def test_shares_sum_to_the_gap(parity):
    assert parity.study.unexplained < 1e-9
    assert all(set(each.shares) == set(STAGES) for each in parity.study.from_deployment)


def test_no_mistake_of_the_catalogue_goes_unnoticed(parity):
    assert parity.study.noticed.missed == 0
    assert parity.study.noticed.changed > 80


def test_diagnosis_is_tried_on_the_photos_and_on_those_made_from_the_first(parity):
    diagnosis = parity.study.diagnosis
    assert diagnosis.photos == 2 + len(MADE)
    assert diagnosis.false_alarms == 0
    assert diagnosis.share >= 0.9
    assert diagnosis.wrong <= 0.02
    assert len(diagnosis.of(ONE)) + diagnosis.idle + diagnosis.slight == 2 * len(CATALOGUE) + len(MADE) * len(DECODING)
    assert len(diagnosis.of(STRANGER)) >= 30
    assert diagnosis.of(TWO)


def test_the_seed_decides_the_noise(parity, rules, monkeypatch):
    monkeypatch.setattr(measure, "examples", lambda *_: ())
    drawn = []

    def draw(photo, contract, random, _):
        drawn.append(random.random())
        return Confusion()

    monkeypatch.setattr(measure, "confusion", draw)
    monkeypatch.setattr(measure, "beyond", draw)
    measure.measured(changed(parity.handoff, parity.handoff.photos.readable[:1]), rules, seed=7)
    random = np.random.default_rng(7)
    assert drawn == [random.random() for _ in range(1 + 1 + len(MADE))]


def test_what_is_kept_of_a_photo_is_small(parity):
    assert len(pickle.dumps(parity.study.photos)) < 2 * 20_000


def test_pictures_are_kept_of_the_photo_that_naivety_changes_most_and_of_the_most_divergent_one(parity):
    study = parity.study
    assert study.naive.comparison is most_changed([each.steps[0] for each in study.from_naive])
    assert study.naive.candidate.resize.shape == (224, 224, 3)
    largest = max(study.comparisons, key=lambda each: each["score"].largest)
    assert study.divergent.comparison is largest
    assert study.most_divergent.photo == largest.photo
    by_name = {photo.name: photo for photo in parity.handoff.photos.readable}
    for pair, name in ((study.naive, "naive"), (study.divergent, "deployment")):
        again = Comparison.of_traces(pair.comparison.photo, name, pair.reference, pair.candidate)
        assert again == pair.comparison
        right = parity.handoff.reference.trace(by_name[pair.comparison.photo].data)
        np.testing.assert_array_equal(pair.reference.resize, right.resize)


@pytest.mark.usefixtures("only_the_photos")
def test_a_photo_on_which_a_stage_is_off_comes_before_one_whose_answer_scatters_more(lite0, rules):
    first, second, *_ = lite0.photos.readable
    input_of_second = lite0.reference.trace(second.data).normalise

    def off_in_a_corner(data):
        decoded = np.array(lite0.deployment.decode(data))
        decoded[0, 0] += np.uint8(data == first.data)
        return decoded

    def scatters(tensor):
        return lite0.deployment.infer(tensor) * np.float32(1 + 1e-5 * np.array_equal(tensor, input_of_second))

    faulty = dataclasses.replace(lite0.deployment, decode=off_in_a_corner, infer=scatters)
    study = measure.measured(changed(lite0, [second, first], deployment=faulty), rules, seed=0)
    scattered, off = study.comparisons
    assert scattered["score"].largest > off["score"].largest
    assert study.divergent.comparison.photo == study.most_divergent.photo == first.name


@pytest.mark.usefixtures("only_the_photos")
def test_a_faulty_stage_is_where_every_photo_diverges(lite0, rules):
    contract = lite0.subject.contract
    faulty = Normalise(tuple(value + 0.1 for value in contract.mean), contract.std)
    handoff = changed(lite0, lite0.photos.readable[:2], deployment=dataclasses.replace(lite0.deployment, normalise=faulty))
    study = measure.measured(handoff, rules, seed=0)
    assert [each.first(rules.tolerances) for each in study.comparisons] == ["normalise"] * 2
    assert len(study.diverging(rules.tolerances)) == 2
    assert worst(study.networks, "infer") < 1e-4
    assert [each.largest for each in study.from_deployment] == ["normalise"] * 2


@pytest.mark.usefixtures("only_the_photos")
def test_a_photo_with_nan_is_the_most_divergent_and_counted(lite0, rules):
    second = lite0.photos.readable[1]
    input_of_second = lite0.reference.trace(second.data).normalise

    def nan_on_the_second(tensor):
        logits = lite0.deployment.infer(tensor)
        return np.full_like(logits, np.nan) if np.array_equal(tensor, input_of_second) else logits

    handoff = changed(
        lite0, lite0.photos.readable[:3], deployment=dataclasses.replace(lite0.deployment, infer=nan_on_the_second)
    )
    study = measure.measured(handoff, rules, seed=0)
    assert study.divergent.comparison.photo == study.most_divergent.photo == second.name
    assert study.non_finite == len(lite0.subject.classes)
    assert np.isnan(worst(study.comparisons, "infer"))
    assert np.isnan(study.unexplained)
    assert flips(study.comparisons) == len(study.diverging(rules.tolerances)) == 1


@pytest.mark.usefixtures("only_the_photos")
def test_a_deployment_that_takes_one_photo_at_a_time_is_not_asked_for_more(lite0, rules):
    def one_at_a_time(tensor):
        assert len(tensor) == 1
        return lite0.deployment.infer(tensor)

    handoff = changed(lite0, lite0.photos.readable[:1], deployment=dataclasses.replace(lite0.deployment, infer=one_at_a_time))
    assert worst(measure.measured(handoff, rules, seed=0).networks, "infer") < 1e-4
