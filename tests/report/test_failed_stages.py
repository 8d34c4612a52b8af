"""What a page says of stages that failed."""

from __future__ import annotations

from lib.compare.unanswered import Unanswered
from lib.report.failed_stages import failed_stages

NO_PICTURE = Unanswered("a.jpg", "decode", "stage decode gave a NoneType", over=False)


def test_nothing_is_said_if_all_stages_gave_something():
    assert failed_stages([]) == ""


def test_each_failure_is_a_row_with_its_reason():
    said = failed_stages([NO_PICTURE, Unanswered("b.jpg", "decode", "stage decode gave a NoneType", over=False)])
    assert said.count('<tr class="failed">') == 2
    assert "2 photos" in said
    assert "process ended" not in said


def test_the_end_of_the_process_is_said():
    assert "process ended" in failed_stages([NO_PICTURE, Unanswered("b.jpg", "infer", "exit code 1", over=True)])
