"""The command line of the gate."""

from __future__ import annotations

import pytest

from lib.gate import command
from lib.gate.case import SHIPS, Case, Outcome


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    def called(*cases: Case, only: str = "") -> tuple[int, str]:
        monkeypatch.setattr(command, "cases", lambda: list(cases))
        monkeypatch.setattr(command.os, "cpu_count", lambda: 1)
        code = command.main(["--only", only, "--out", str(tmp_path)])
        return code, capsys.readouterr().out

    return called


PASSES = Case("threads", "two threads", "", lambda _: Outcome(SHIPS))
MISSES = Case("decode", "EXIF ignored", "decode", lambda _: Outcome(SHIPS))


def test_the_exit_code_says_whether_the_gate_holds(run):
    assert run(PASSES)[0] == 0
    code, said = run(PASSES, MISSES)
    assert code == 1
    assert "decode: EXIF ignored  ✗ it was missed" in said
    assert "0 of 1 faults found with the right part blamed." in said


def test_some_cases_can_be_chosen(run, capsys):
    assert run(PASSES, MISSES, only="threads: two")[0] == 0
    with pytest.raises(SystemExit) as ended:
        run(PASSES, only="nothing like it")
    assert ended.value.code == 2
