"""What to install, and what it buys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.policy import Measurement
from lib.report import handed_over
from tests.report import made

PACKAGE = {
    "name": "mine-onnx",
    "version": "2026.1.2.3",
    "wheel": {"name": "mine_onnx-2026.1.2.3-py3-none-any.whl", "bytes": 18_000_000, "sha256": "e" * 64},
    "requires": ["numpy==2.4.6"],
    "python": "==3.11.*",
    "tested": [],
    "photos": {"compared": 30, "other_classes": 0, "probability": 1.5e-6},
    "costs": made.COSTS | {"shipped": made.COSTS["shipped"] | {"name": "the package"}},
}


def test_without_a_package_what_is_installed_has_the_versions_of_this_run():
    assert handed_over.install(made.run()) == ["pip install numpy==2.4.6 pillow==13.0.0 onnxruntime==1.32.0"]


def test_a_package_is_what_is_installed_and_then_tests_itself():
    run = made.run(told={"package": PACKAGE, "files": made.FILES})
    assert handed_over.install(run) == [f"pip install handoff/{PACKAGE['wheel']['name']}", "mine-onnx selftest"]


def test_the_wheel_stands_in_place_of_the_network_that_lies_in_it():
    wheel, end_to_end = handed_over.files(made.run(told={"package": PACKAGE, "files": made.FILES}))
    assert (wheel["name"], wheel["size"], wheel["sha256"]) == (PACKAGE["wheel"]["name"], "18.0 MB", "e" * 64)
    assert "for Python 3.11." in wheel["why"]
    assert "off by 1.5e-06 of probability, another class on 0 of 30 answers" in wheel["why"]
    assert end_to_end["name"] == "mine-e2e.onnx"


def test_a_package_that_left_photos_unanswered_is_off_by_nobody_knows_how_much():
    unanswered = PACKAGE | {"photos": {"compared": 30, "other_classes": 30, "probability": None}}
    assert "off by an unknown number" in handed_over.files(made.run(told={"package": unanswered}))[0]["why"]


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


def test_what_it_buys_is_told_of_the_package_where_there_is_one_and_else_of_the_network():
    assert handed_over.costs(made.run()) == {}
    assert handed_over.costs(made.run(told={"costs": made.COSTS})) == made.COSTS
    assert handed_over.costs(made.run(told={"costs": made.COSTS, "package": PACKAGE})) == PACKAGE["costs"]
