"""What the package costs, under the names that the verdict's page has for it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from lib.studies.handoff import costs
from lib.studies.handoff.costs import Cost


def test_a_cost_is_told_in_json_and_never_as_nan():
    told = Cost(100, (3.0, 1.0, 2.0), (0.1, 0.2, 0.3), 0).as_json("the package")
    assert told == {
        "name": "the package",
        "missing": "",
        "first_s": 2.0,
        "median_s": 0.2,
        "percentile95_s": pytest.approx(0.38),
        "memory_bytes": None,
        "installed_bytes": 100,
    }
    json.dumps(Cost(0, (float("nan"),), (1.0, 1.0), 5).as_json("x"), allow_nan=False)


def test_the_first_start_warms_the_disk_and_is_not_counted():
    jobs = []

    def run(job: str) -> subprocess.CompletedProcess[str]:
        jobs.append(json.loads(job))
        said = {"first": float(len(jobs)), "laps": [0.5] * jobs[-1]["rounds"], "memory": 7}
        return subprocess.CompletedProcess([], 0, json.dumps(said), "")

    cost = costs._cost(run, "a:b", ("x",), Path("photo"), 4, 9)
    assert cost == Cost(9, (2.0, 3.0, 4.0), (0.5,) * 4, 7)
    assert [job["rounds"] for job in jobs] == [0, 0, 0, 4]
    assert all(job["factory"] == "a:b" and job["arguments"] == ["x"] for job in jobs)
    assert sorted(job["started"] for job in jobs) == [job["started"] for job in jobs]


def test_the_package_and_pytorch_were_measured_alike(study):
    ours, theirs = study.cost, study.eager
    assert len(ours.laps) == len(theirs.laps) == 2
    assert len(ours.firsts) == len(theirs.firsts) == 1
    assert 0 < ours.first < theirs.first
    assert 20e6 < ours.memory < theirs.memory
    assert 50e6 < ours.installed < theirs.installed / 2
