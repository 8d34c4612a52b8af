"""What a container may use is read from its control group, of either version and of all groups above it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lib.deploy import machine


@pytest.fixture
def groups(monkeypatch, tmp_path):
    """Writes control groups: of each its files, and the lines of /proc/self/cgroup."""

    def write(own: str, files: dict[str, str]) -> None:
        (tmp_path / "own").write_text(own)
        for name, text in files.items():
            path = tmp_path / "groups" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    monkeypatch.setattr(machine, "_OWN_GROUPS", tmp_path / "own")
    monkeypatch.setattr(machine, "_CONTROL_GROUPS", tmp_path / "groups")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    return write


V1 = "7:memory:/docker/1a\n3:cpu,cpuacct:/docker/1a\n1:name=systemd:/\n0::/\n"


@pytest.mark.parametrize(
    ("own", "files", "cores"),
    [
        ("0::/\n", {}, 8),
        ("0::/\n", {"cpu.max": "max 100000\n"}, 8),
        ("0::/\n", {"cpu.max": "200000 100000\n"}, 2),
        ("0::/\n", {"cpu.max": "150000 100000\n"}, 1),
        ("0::/\n", {"cpu.max": "50000 100000\n"}, 1),
        ("0::/\n", {"cpu.max": "6400000 100000\n"}, 8),
        ("0::/pods/a\n", {"pods/cpu.max": "300000 100000\n", "pods/a/cpu.max": "max 100000\n"}, 3),
        ("0::/pods/a\n", {"pods/cpu.max": "500000 100000\n", "pods/a/cpu.max": "200000 100000\n"}, 2),
        ("0::/../elsewhere\n", {"cpu.max": "200000 100000\n"}, 2),
        ("0::/\n", {"cpu.max": "damaged"}, 8),
        ("damaged", {}, 8),
        (V1, {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 8),
        (V1, {"cpu/cpu.cfs_quota_us": "200000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 2),
        (V1, {"cpu/docker/1a/cpu.cfs_quota_us": "300000\n", "cpu/docker/1a/cpu.cfs_period_us": "100000\n"}, 3),
    ],
)
def test_cores_are_those_that_the_quota_lets_it_use(groups, own, files, cores):
    groups(own, files)
    assert machine.cores() == machine.threads() == cores


def test_cores_are_those_that_it_may_run_on(groups, monkeypatch):
    groups("0::/\n", {"cpu.max": "600000 100000\n"})
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3})
    assert machine.cores() == 1


def test_where_there_are_no_control_groups_all_cores_count(monkeypatch):
    monkeypatch.setattr(machine, "_OWN_GROUPS", Path("/nowhere"))
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 5)
    assert machine.cores() == 5


@pytest.mark.parametrize(("said", "expected"), [("3", 3), ("", 8), ("0", 8), ("4,2", 8), ("many", 8), ("-1", 8)])
def test_threads_are_as_many_as_the_environment_says_or_as_there_are_cores(groups, monkeypatch, said, expected):
    groups("0::/\n", {})
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    assert machine.threads() == expected


@pytest.mark.parametrize(
    ("own", "files", "memory"),
    [
        ("0::/\n", {"memory.max": "1200000000\n"}, 1_200_000_000),
        ("0::/a/b\n", {"a/memory.max": "900000000\n", "a/b/memory.max": "max\n"}, 900_000_000),
        (V1, {"memory/memory.limit_in_bytes": "800000000\n"}, 800_000_000),
        (V1, {"memory/docker/1a/memory.limit_in_bytes": "700000000\n"}, 700_000_000),
    ],
)
def test_memory_is_what_the_limit_lets_it_have(groups, own, files, memory):
    groups(own, files)
    assert machine.memory() == memory


@pytest.mark.parametrize("files", [{}, {"memory.max": "max\n"}, {"memory/memory.limit_in_bytes": "9223372036854771712\n"}])
def test_without_a_limit_memory_is_the_machines(groups, files):
    groups(V1, files)
    assert machine.memory() == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def test_memory_is_unknown_where_the_system_does_not_say(groups, monkeypatch):
    groups("0::/\n", {})
    monkeypatch.delattr(os, "sysconf")
    assert machine.memory() == machine.held() == 0


def test_a_process_holds_some_memory():
    assert 10**7 < machine.held() < 10**11
