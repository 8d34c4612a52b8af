"""What to install, and what it buys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.policy import Measurement
from lib.report import handed_over
from tests.report import made


def test_the_install_line_has_the_versions_of_this_run():
    assert handed_over.install(made.run()) == ["pip install numpy==2.4.6 pillow==13.0.0 onnxruntime==1.32.0"]


def test_a_package_is_installed_and_tests_itself():
    wheel = made.PACKAGE["wheel"]
    assert handed_over.install(made.run(told={"package": made.PACKAGE})) == [
        f"pip install handoff/{wheel['name']}",
        "mine-onnx selftest",
    ]


def test_the_wheel_is_the_file_to_take_and_holds_the_network():
    wheel, end_to_end = handed_over.files(made.run(told={"files": made.FILES, "package": made.PACKAGE}))
    assert (wheel["name"], wheel["size"], wheel["sha256"]) == (made.PACKAGE["wheel"]["name"], "19.6 MB", "9" * 64)
    assert "off PyTorch's by 1.5e-06 of probability, another class on 0 of 33 answers" in wheel["why"]
    assert end_to_end["name"] == "mine-e2e.onnx"


def test_costs_are_the_packages_where_there_is_one():
    told = {"costs": made.COSTS, "package": made.PACKAGE}
    assert handed_over.costs(made.run(told=told)) == made.PACKAGE["costs"]
    assert handed_over.costs(made.run(told={"costs": made.COSTS})) == made.COSTS
    assert handed_over.costs(made.run()) == {}


def test_a_package_that_left_photos_unanswered_is_off_by_nobody_knows_how_much():
    unanswered = made.PACKAGE | {"photos": {"compared": 30, "other_classes": 30, "probability": None}}
    assert "off PyTorch's by an unknown number" in handed_over.files(made.run(told={"package": unanswered}))[0]["why"]


def test_of_a_users_own_deployment_nothing_is_known_to_install():
    parameters = {"deployment": "myteam.serving:pipeline"}
    assert handed_over.install(made.run(parameters=parameters)) == []
    network = handed_over.files(made.run(told={"files": made.FILES}, parameters=parameters))[0]
    assert "myteam.serving:pipeline" in network["why"]


def test_each_file_comes_with_role_size_and_hash_the_one_to_take_first():
    network, end_to_end = handed_over.files(made.run(told={"files": made.FILES}))
    assert (network["name"], network["size"], network["sha256"]) == ("mine.onnx", "18.6 MB", "a" * 64)
    assert "lib/deploy" in network["why"]
    assert "every stage within its tolerance, off from PyTorch's by 1.2e-05 logits on 2 photos" in network["why"]
    assert "off by 0.034 of probability, another class on 3 of 62 pictures" in end_to_end["why"]


def test_a_stage_that_only_warned_is_not_said_to_be_within_its_tolerance():
    run = made.run(told={"files": made.FILES})
    check = replace(made.RULES["b.same"], id="parity.resize", severity="warning", may_skip=False)
    run.pages[1].record.measurements[0] = Measurement("parity.resize", 0, 2)
    run = replace(run, policy=replace(run.policy, checks=(*(c for c in run.policy.checks if c.id != "b.same"), check)))
    assert run.verdict.key == "ship"
    assert "not within its tolerance at resize" in handed_over.files(run)[0]["why"]


def test_a_file_that_there_is_not_says_why():
    run = made.run(told={"files": [made.FILES[0], {"role": "end-to-end", "missing": "ONNX has no such resize"}]})
    assert len(handed_over.files(run)) == 1
    assert handed_over.missing(run) == ["There is no end-to-end file: ONNX has no such resize."]


@pytest.mark.parametrize(
    ("photos", "sizes", "said"), [(0.0, 0.034, "0.034"), (None, 0.034, "an unknown number"), (0.1, None, "an unknown number")]
)
def test_of_two_differences_the_larger_is_said_and_what_is_unknown_is_said_to_be(photos, sizes, said):
    file = made.FILES[1]
    file = file | {
        "photos": file["photos"] | {"probability": photos},
        "random_sizes": file["random_sizes"] | {"probability": sizes},
    }
    (end_to_end,) = handed_over.files(made.run(told={"files": [file]}))
    assert f"off by {said} of probability" in end_to_end["why"]


@pytest.mark.parametrize(("probability", "said"), [(0.05, "0.05"), (0.01, "0.034"), (None, "an unknown number")])
def test_of_the_end_to_end_file_the_worst_of_all_that_was_measured_is_said(probability, said):
    package = made.PACKAGE | {"end_to_end": {"compared": 32, "other_classes": 1, "probability": probability}}
    _, end_to_end = handed_over.files(made.run(told={"files": made.FILES, "package": package}))
    assert f"off by {said} of probability, another class on 4 of 94 pictures" in end_to_end["why"]
