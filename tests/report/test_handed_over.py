"""What to install, and what it buys."""

from __future__ import annotations

import re
from dataclasses import replace

from lib.policy import Measurement
from lib.report import handed_over
from tests.report import made


def test_the_install_line_has_the_versions_of_this_run():
    assert handed_over.install_line(made.run()) == "numpy==2.4.6 pillow==13.0.0 onnxruntime==1.32.0"


def test_of_a_users_own_deployment_nothing_is_known_to_install():
    parameters = {"deployment": "myteam.serving:pipeline"}
    assert handed_over.install_line(made.run(parameters=parameters)) == ""
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


def test_what_it_buys_is_said_as_both_numbers_and_their_ratio():
    html = handed_over.costs(made.run(told={"costs": made.COSTS}))
    rows = re.findall(r'<th scope="row">(.*?)</th><td.*?>(.*?)</td><td.*?>(.*?)</td><td.*?>(.*?)</td>', html)
    assert rows == [
        ("installed", "93 MB", "1,204 MB", "0.08×"),
        ("first answer", "0.45 s", "3.00 s", "0.15×"),
        ("median", "12.5 ms", "25.0 ms", "0.50×"),
        ("memory", "110 MB", "440 MB", "0.25×"),
    ]
    said = "The network alone, cup.png, 30 answers, batch of 1, 2 threads"
    assert handed_over.conditions(made.run(told={"costs": made.COSTS})) == said


def test_times_that_scatter_are_said_to():
    ours = made.COSTS["shipped"] | {"percentile95_s": 0.05}
    said = handed_over.conditions(made.run(told={"costs": made.COSTS | {"shipped": ours}}))
    assert said.endswith("Unsteady: the 95th percentile is 4.0 times the median, so measure again")


def test_what_was_not_measured_is_not_said():
    assert handed_over.costs(made.run()) is None
    assert handed_over.costs(made.run(told={"costs": made.COSTS | {"pytorch": {"missing": "it died"}}})) is None
    ours = made.COSTS["shipped"] | {"memory_bytes": None}
    assert "memory" not in handed_over.costs(made.run(told={"costs": made.COSTS | {"shipped": ours}}))
