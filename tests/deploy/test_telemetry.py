"""ONNX Runtime's telemetry is off before it is imported, unless the caller has set its variable."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from lib.cache import ROOT
from lib.deploy import telemetry

# As a machine where nobody thought of it: ONNX Runtime by itself keeps still where it takes a machine for a CI job.
PLAIN = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
SAID = "import os; print(os.environ.get('ORT_DISABLE_TELEMETRY'))"


def run(code: str, home, **variables: str) -> str:
    environment = PLAIN | {"HOME": str(home)} | variables
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    "module", ["lib", "lib.deploy", "lib.deploy.sessions", "lib.cache", "lib.guarded.worker", "lib.sweep.shard"]
)
def test_whatever_of_ours_is_imported_first_switches_it_off(tmp_path, module):
    assert run(f"import {module}; {SAID}", tmp_path) == "1\n"


@pytest.mark.parametrize("value", ["0", "1", "", "false"])
def test_a_caller_who_has_set_the_variable_keeps_it(tmp_path, value):
    assert run(f"import lib.deploy; {SAID}", tmp_path, ORT_DISABLE_TELEMETRY=value) == f"{value}\n"


def test_processes_that_are_started_have_it_too(tmp_path):
    code = f"import lib, subprocess, sys; print(subprocess.check_output([sys.executable, '-c', {SAID!r}], text=True), end='')"
    assert run(code, tmp_path) == "1\n"


def test_onnxruntime_writes_nothing_where_it_was_imported_after_us(tmp_path):
    run("import lib, onnxruntime", tmp_path)
    assert list(tmp_path.rglob("*")) == []
    run("import lib, onnxruntime", tmp_path, ORT_DISABLE_TELEMETRY="0")
    if not list(tmp_path.rglob("onnxruntime.db")):
        pytest.skip("this onnxruntime writes nothing with its telemetry on either")


def test_where_it_was_imported_before_us_its_own_switch_is_used(monkeypatch):
    called = []
    monkeypatch.delenv(telemetry.VARIABLE)
    monkeypatch.setitem(sys.modules, "onnxruntime", type("Module", (), {"disable_telemetry_events": lambda: called.append(1)}))
    telemetry.switch_off()
    assert called == [1]
    assert os.environ[telemetry.VARIABLE] == "1"


def test_an_onnxruntime_that_has_no_such_switch_is_no_error(monkeypatch):
    monkeypatch.delenv(telemetry.VARIABLE)
    monkeypatch.setitem(sys.modules, "onnxruntime", object())
    telemetry.switch_off()


def test_what_is_said_of_it(monkeypatch):
    monkeypatch.setenv(telemetry.VARIABLE, "1")
    assert telemetry.state() == "off (ORT_DISABLE_TELEMETRY=1)"
    monkeypatch.setenv(telemetry.VARIABLE, "0")
    assert telemetry.state() == "as the caller has set it (ORT_DISABLE_TELEMETRY=0)"
