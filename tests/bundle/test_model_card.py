"""What the model card says of a model, measured or not."""

from __future__ import annotations

import math

import pytest

from lib.bundle.model_card import card, interval
from lib.policy import Measurement
from tests.bundle.shipped import MEASURED, evidence, manifest


def metrics(*measured: Measurement) -> dict[str, dict]:
    """The card's metrics by the ids of their checks."""
    said = card(manifest(), evidence(measured), [])["quantitativeAnalysis"]["performanceMetrics"]
    return {each["type"].partition(":")[0]: each for each in said}


def limitations(manifest, evidence) -> str:
    return "\n".join(card(manifest, evidence, [])["considerations"]["technicalLimitations"])


@pytest.mark.parametrize(
    ("failed", "compared", "lower", "upper"),
    # of none and of all there is a formula, 1 - 0.025 ** (1 / n); 1 of 10 is the textbook's
    [(0, 7, 0, 0.4096), (7, 7, 0.5904, 1), (1, 10, 0.0025, 0.4450), (0, 1, 0, 0.975), (0, 1000, 0, 0.0037)],
)
def test_the_interval_is_the_exact_one(failed, compared, lower, upper):
    assert interval(failed, compared) == pytest.approx((lower, upper), abs=5e-5)


def test_a_count_of_failures_among_photos_is_a_share_with_its_interval():
    said = metrics(Measurement("parity.flips", 0, 7))["parity.flips"]
    assert said == {
        "type": "parity.flips: photos whose likeliest class changes (share of those compared)",
        "value": "0",
        "slice": "0 of 7 photos; subject lite0-imagenet",
        "confidenceInterval": {"lowerBound": "0", "upperBound": "0.41"},
    }
    assert metrics(Measurement("parity.flips", 2, 8))["parity.flips"]["value"] == "0.25"


def test_a_largest_difference_and_pictures_chosen_one_by_one_have_no_interval():
    said = metrics(*MEASURED)
    assert said["parity.logits"] == {
        "type": "parity.logits: infer: worst photo",
        "value": "1.19e-05 logits",
        "slice": "7 compared; subject lite0-imagenet",
    }
    assert said["robustness.decode"]["slice"] == "108 compared; subject lite0-imagenet"
    assert "confidenceInterval" not in said["robustness.decode"]


@pytest.mark.parametrize(("measured", "value"), [(math.nan, "NaN"), (math.inf, "inf"), (8, "8"), (-1, "-1"), (0.5, "0.5")])
def test_a_value_that_is_no_count_of_the_photos_is_shown_and_has_no_interval(measured, value):
    said = metrics(Measurement("parity.flips", measured, 7))["parity.flips"]
    assert said["value"] == value
    assert "confidenceInterval" not in said
    assert "share" not in said["type"]


def test_yes_and_another_shape_are_said_in_words():
    said = metrics(Measurement("robustness.free-of-pytorch", 1, 7), Measurement("parity.resize", math.inf, 7))
    assert said["robustness.free-of-pytorch"]["value"] == "yes"
    assert said["parity.resize"]["value"] == "another shape"


def test_what_was_skipped_not_recorded_or_compared_with_nothing_is_no_metric():
    skipped = Measurement("robustness.batch", 0, 0, "the file takes one at a time")
    found = evidence([skipped, Measurement("parity.flips", 0, 0)])
    found["checks"].append(found["checks"][1] | {"measured": None})
    assert card(manifest(), found, [])["quantitativeAnalysis"]["performanceMetrics"] == []


def test_a_stand_in_makes_no_claim():
    of_stand_in = manifest(subject=manifest()["subject"] | {"claims_accuracy": False})
    assert "Stand-in weights: no claim on accuracy" in limitations(of_stand_in, evidence(MEASURED))
    assert "Stand-in" not in limitations(manifest(), evidence(MEASURED))
    uses = [card(each, None, [])["considerations"]["useCases"] for each in (manifest(), of_stand_in)]
    assert uses[0] != uses[1]


def test_limitations_tell_sizes_and_that_accuracy_was_not_measured():
    said = limitations(manifest(), evidence(MEASURED))
    assert "Accuracy was not measured" in said
    assert "32 to 1024 pixels" in said
    assert "Mean and std are the published network's." in said
    assert "exact ones of a share (Clopper-Pearson, 95%)" in said
    assert "Clopper" not in limitations(manifest(), evidence(MEASURED[1:]))


def test_a_subject_that_does_not_say_where_its_preprocessing_is_from_has_no_such_line():
    assert "Preprocessing" not in limitations(manifest(subject=manifest()["subject"] | {"preprocessing_source": ""}), None)


def test_a_run_that_did_not_end_with_ship_is_said_to_be_that():
    assert "its verdict is: incomplete" in limitations(manifest(), evidence(MEASURED, verdict="incomplete"))
    assert "verdict" not in limitations(manifest(), evidence(MEASURED))


def test_without_a_run_nothing_is_said_to_be_measured():
    said = card(manifest(), None, ["photo:coffee.jpg"])
    assert said["quantitativeAnalysis"]["performanceMetrics"] == []
    assert said["modelParameters"]["datasets"] == [{"ref": "photo:coffee.jpg"}]
    assert "modelArchitecture" not in said["modelParameters"]
    assert "No run measured this package" in limitations(manifest(), None)


def test_parameters_tell_task_architecture_what_is_fed_and_what_was_compared():
    said = card(manifest(), evidence(MEASURED), [])["modelParameters"]
    assert (said["task"], said["modelArchitecture"]) == ("image-classification", "efficientnet-lite0")
    assert "32 to 1024 pixels" in said["inputs"][0]["format"]
    assert "size 224; rule shorter-side; filter bilinear" in said["inputs"][0]["format"]
    assert "crop" not in said["inputs"][0]["format"]
    assert said["datasets"][0]["contents"]["properties"][0]["name"] == "coffee.png"
