"""The deployment against the reference, the ladder and the attribution, on real photos."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lib.studies.parity import article
from lib.inputs import deployment
from lib.studies.parity import measure as parity
from lib.report import tables
from lib.compare.comparison import tolerances
from lib.deploy import STAGES, BadInput, pipeline
from lib.deploy.stages import Normalise, Resize
from lib.compare.ablation import BLOCKS, mend, naive, swapped
from lib.handoff import Migration
from lib.inputs.photos import Photo
from lib.inputs.subject import load
from lib.compare.shared import Sweep

ALLOWED = tolerances(1e-3)


@pytest.fixture(scope="module")
def climb(lite0):
    return parity.climb(lite0, lite0.photos.readable[0])


def test_the_healthy_pipeline_gives_pytorchs_answer_at_every_stage(lite0):
    results = parity.parities(lite0, ALLOWED)
    assert len(results) == len(lite0.photos.readable)
    assert all(result.first is None and not result.flipped and result.non_finite == 0 for result in results)
    for stage in ("decode", "resize", "normalise"):
        assert parity.worst(results, stage) == 0
    assert parity.worst(results, "infer") < 1e-4


def test_network_and_softmax_are_innocent(lite0):
    assert parity.largest(parity.networks(lite0)) < 1e-4
    assert parity.largest(parity.softmaxes(lite0)) < 1e-6
    assert parity.batch_difference(lite0) < 1e-4
    assert parity.flips(parity.networks(lite0)) == 0


def test_the_ladder_ends_at_the_reference(climb):
    assert [rung.name for rung in climb.rungs] == ["naive", "right shape", "right filter", "deployment", "reference"]
    first, *_, fixed, _, last = climb.rungs
    assert first.trace.resize.shape == (224, 224, 3)
    assert last.trace.resize.shape == (224, 336, 3)
    assert abs(first.probability - last.probability) > 0.05
    assert fixed.probability == pytest.approx(last.probability, abs=1e-4)


def test_the_resize_did_it_and_the_shares_sum_to_the_gap(climb):
    assert set(climb.shares) == set(BLOCKS)
    assert climb.culprit == "resize shape"
    assert sum(climb.shares.values()) == pytest.approx(climb.gap, abs=1e-9)
    for innocent in ("decode", "normalise", "infer", "score"):
        assert abs(climb.shares[innocent]) < 1e-5
    assert parity.unexplained([climb]) < 1e-9


def test_a_guilty_normalise_gets_its_share(lite0):
    ours = pipeline(lite0.onnx_path)
    mean = tuple(value + 0.1 for value in lite0.subject.contract.mean)
    guilty = replace(ours, normalise=Normalise(mean, lite0.subject.contract.std))
    moving = Migration(lite0.subject, lite0.photos, lite0.weights_path, lite0.deployment_name, "dynamo", 20)
    vars(moving)["deployment"] = guilty
    shares = parity.climb(moving, lite0.photos.readable[2]).shares
    assert abs(shares["normalise"]) > 1e-3
    assert [r.first for r in parity.parities(moving, ALLOWED)] == ["normalise"] * len(lite0.photos.readable)


def test_mending_nothing_is_naive_and_mending_all_is_the_reference(lite0):
    contract = lite0.subject.contract
    assert mend(lite0.deployment, lite0.reference, contract, ()) == naive(lite0.deployment, contract)
    assert mend(lite0.deployment, lite0.reference, contract, BLOCKS) == lite0.reference
    assert swapped(lite0.deployment, lite0.reference, STAGES) == lite0.reference


def test_a_sweep_runs_a_shared_stage_once_and_gives_the_same_trace(lite0):
    data, calls = lite0.photos.readable[0].data, []

    def decode(raw):
        calls.append(raw)
        return lite0.deployment.decode(raw)

    one = replace(lite0.deployment, decode=decode)
    two = replace(one, resize=naive(one, lite0.subject.contract).resize)
    sweep = Sweep(data)
    traces = [sweep.trace(pipe) for pipe in (one, two, one)]
    assert len(calls) == 1
    np.testing.assert_array_equal(traces[0].score, one.trace(data).score)
    np.testing.assert_array_equal(traces[1].score, two.trace(data).score)


def test_a_sweep_takes_stages_that_cannot_be_hashed(lite0):
    class Odd:
        __hash__ = None

        def __call__(self, raw):
            return lite0.deployment.decode(raw)

    data = lite0.photos.readable[0].data
    trace = Sweep(data).trace(replace(lite0.deployment, decode=Odd()))
    np.testing.assert_array_equal(trace.score, lite0.deployment.trace(data).score)


def test_the_articles_figures_stand_only_beside_its_own_photo_and_model():
    photo = Photo("dog.jpg", b"", (600, 400), "JPEG RGB")
    assert article.figures(load("b0-imagenet"), photo)["right shape"] == 0.5564291477203369
    assert article.figures(load("lite0-imagenet"), photo) == {}
    assert article.figures(load("b0-imagenet"), replace(photo, size=(500, 400))) == {}


def test_the_articles_figures_are_shown_beside_ours(lite0, climb):
    b0 = replace(lite0, subject=load("b0-imagenet"))
    dog = replace(climb, photo=Photo("dog.jpg", b"", (600, 400), "JPEG RGB"))
    assert "<td>0.4574</td><td>0.5564</td><td>0.5611</td><td></td><td>0.5611</td>" in tables.ladder(b0, [dog])
    assert "the article" not in tables.ladder(b0, [climb])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lib.deploy", "write it as package.module:pipeline"),
        ("no.such.module:pipeline", "cannot import no.such.module"),
        (".relative:pipeline", "cannot import .relative: TypeError"),
        ("lib.deploy:pipelin", "unknown function in lib.deploy 'pipelin': did you mean 'pipeline'"),
        ("lib.deploy:Contract.x", "unknown function"),
    ],
)
def test_a_deployment_that_cannot_be_found_is_refused(name, said):
    with pytest.raises(BadInput, match=said):
        deployment.factory(name)


def test_a_deployment_that_makes_no_pipeline_is_refused(lite0):
    with pytest.raises(BadInput, match=r"gave a str; it must return a lib\.deploy\.Pipeline"):
        deployment.build("os:fspath", str(lite0.onnx_path))


@pytest.mark.parametrize(
    ("stage", "function", "said"),
    [
        ("resize", lambda _: 1 / 0, "stage resize raised ZeroDivisionError: division by zero"),
        ("decode", lambda _: np.zeros((4, 4, 3), np.float32), r"stage decode gave float32 \(4, 4, 3\); it must give a uint8"),
        ("normalise", lambda _: np.zeros((3, 32, 32), np.float32), "stage normalise gave float32"),
        ("infer", lambda _: np.zeros(1000, np.float32), r"stage infer gave float32 \(1000,\); it must give \(N, 1000\) logits"),
        ("score", lambda _: np.zeros((1, 999), np.float32), "stage score gave"),
    ],
)
def test_a_deployment_that_does_not_keep_to_the_stages_is_told_so_in_one_line(lite0, stage, function, said):
    broken = replace(pipeline(lite0.onnx_path), **{stage: function})
    with pytest.raises(BadInput, match=f"deployment 'team.code:pipeline': {said}") as refused:
        deployment.guarded(broken, "team.code:pipeline", 1000)(lite0.photos.readable[0].data)
    assert "\n" not in str(refused.value)


def in_the_dock(lite0, made) -> Migration:
    moving = Migration(lite0.subject, lite0.photos, lite0.weights_path, "team.code:pipeline", "dynamo", 20)
    vars(moving)["deployment"] = made
    return moving


def test_the_fault_of_the_pipeline_in_the_dock_is_attributed_to_its_own_stage(lite0):
    theirs = replace(lite0.deployment, resize=Resize(224, "shorter-side", "bicubic"))
    gap = parity.climb_from_dock(in_the_dock(lite0, theirs), lite0.photos.readable[1])
    assert [rung.name for rung in gap.rungs] == ["deployment", "reference"]
    assert abs(gap.gap) > 1e-3
    assert gap.culprit == "resize"
    assert gap.shares["resize"] == pytest.approx(gap.gap, abs=1e-5)


def test_a_deployment_that_takes_one_photo_at_a_time_is_not_asked_for_more(lite0):
    def one_at_a_time(tensor):
        assert len(tensor) == 1
        return lite0.deployment.infer(tensor)

    moving = in_the_dock(lite0, replace(lite0.deployment, infer=one_at_a_time))
    assert parity.batch_difference(moving) < 1e-4
    assert parity.largest(parity.networks(moving)) < 1e-4


def test_decoded_photos_are_not_held(lite0):
    assert all(trace.decode.size == 0 for _, trace in lite0.reference_traces)
    for result in parity.parities(lite0, ALLOWED):
        assert result.reference.decode.size == result.deployment.decode.size == 0
