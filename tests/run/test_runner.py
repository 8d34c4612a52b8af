"""The command line: exit codes, each shown by a tiny notebook, and what bad input leaves behind."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from lib import cache
from lib.cache import ROOT
from lib.run import runner
from lib.run.command import main
from lib.run.exit_codes import CHECK_FAILED, CRASHED, INTERRUPTED, SHIP, UNREAD, WRONG_USE
from lib.run.place import UNFINISHED, scratch_beside
from tests.conftest import encoded, picture
from tests.guarded.processes import alive, gone
from tests.run.tiny import NOTEBOOKS, table


class Bench:
    """A set of tiny notebooks and a place for their report."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notebooks = folder / "notebooks"
        self.out = folder / "reports" / "latest"
        self.notebooks.mkdir()

    def lay_out(self, *names: str) -> None:
        for path in self.notebooks.iterdir():
            path.unlink()
        for name in names:
            shutil.copy(NOTEBOOKS / f"{name}.ipynb", self.notebooks)
        self.table = table(names, self.folder / "policy.toml")

    def run(self, *names: str, options: tuple[str, ...] = ()) -> int:
        self.lay_out(*names)
        return main(["run", "--out", str(self.out), *options], self.notebooks, self.table)

    @property
    def results(self) -> dict:
        return json.loads((self.out / "results.json").read_text())

    def snapshot(self) -> dict[str, bytes]:
        return {str(path.relative_to(self.out)): path.read_bytes() for path in self.out.rglob("*") if path.is_file()}

    def leftovers(self) -> list[str]:
        return [path.name for path in self.out.parent.iterdir() if path != self.out]


@pytest.fixture
def bench(tmp_path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    bench = Bench(tmp_path_factory.mktemp("earlier"))
    assert bench.run("ships") == SHIP
    return bench.out


@pytest.fixture
def earlier(bench, report) -> dict[str, bytes]:
    """An earlier report, as it must still stand after a run that went wrong."""
    shutil.copytree(report, bench.out)
    return bench.snapshot()


def test_all_checks_passed(bench, capsys):
    assert bench.run("ships") == SHIP
    assert sorted(path.name for path in bench.out.iterdir()) == [
        "index.html", "parameters.yml", "report.html", "results.json", "sha256sums.txt", "ships.html",
        "ships.ipynb", "style.css", "summary.md",
    ]  # fmt: skip
    assert bench.results["verdict"] == "ship"
    assert "✓ Ship" in capsys.readouterr().out
    assert bench.leftovers() == []


def test_a_notebook_that_measures_time_runs_when_the_others_have_ended(bench, capsys):
    assert bench.run("alone", "ships") == SHIP
    first = next(line for line in capsys.readouterr().err.splitlines() if "alone starts" in line)
    assert "ships done" in first


def test_a_notebook_about_all_others_runs_when_they_have_ended_and_is_given_what_they_measured(bench, capsys):
    assert bench.run("last", "ships", "alone") == SHIP
    first = next(line for line in capsys.readouterr().err.splitlines() if "last starts" in line)
    assert "ships done" in first
    assert "alone done" in first
    assert {path.name for path in (bench.out / "handoff").iterdir()} == {"evidence.json", "made.whl"}
    told = json.loads((bench.out / "handoff" / "evidence.json").read_text())
    assert [each["name"] for each in told["notebooks"]] == ["alone", "ships"]
    assert told["verdict"] == "incomplete"
    final = {check["id"]: check for check in bench.results["checks"]}
    assert {check["id"]: check for check in told["checks"]} == {id_: final[id_] for id_ in final if id_ != "last.level"}
    assert [each["name"] for each in bench.results["notebooks"]] == ["alone", "last", "ships"]
    page = (bench.out / "last.html").read_text().replace("&#39;", "'").replace("&#x27;", "'")
    assert "['incomplete', ['alone', 'ships']]" in page
    assert bench.leftovers() == []


def test_nothing_of_a_report_names_the_folder_that_the_run_worked_in(bench):
    assert bench.run("last", "ships") == SHIP
    for path in (path for path in bench.out.rglob("*") if path.is_file()):
        text = path.read_text()
        assert UNFINISHED not in text, path.name
        assert str(bench.folder) not in text, path.name
    assert "run" not in bench.results["parameters"]
    assert "run:" not in (bench.out / "parameters.yml").read_text()


@pytest.mark.parametrize("names", [("last", "check_fails"), ("last", "compares_nothing", "ships")])
def test_a_run_that_does_not_ship_hands_nothing_over(bench, names):
    assert bench.run(*names) == CHECK_FAILED
    assert not (bench.out / "handoff").exists()
    assert (bench.out / "last.html").exists()


def test_a_run_of_the_last_notebook_alone_has_nothing_to_give_it(bench):
    assert bench.run("last", "ships", options=("--only", "last")) == SHIP
    assert bench.results["verdict"] == "incomplete"
    assert not (bench.out / "handoff").exists()
    assert "[None, []]" in (bench.out / "last.html").read_text()


def test_a_user_cannot_say_where_a_run_works(bench, tmp_path, capsys):
    (tmp_path / "run.yml").write_text(f"run: {tmp_path}\n")
    assert bench.run("last", options=("--params", str(tmp_path / "run.yml"))) == WRONG_USE
    assert capsys.readouterr().err == "error: parameter 'run': a run gives it by itself; leave it out\n"
    (tmp_path / "run.yml").write_text("run: ''\n")  # as in the parameters that a report leaves
    assert bench.run("last", options=("--params", str(tmp_path / "run.yml"))) == SHIP


def test_a_report_with_what_was_handed_over_is_replaced_as_any_other(bench):
    assert bench.run("last", "ships") == SHIP
    assert bench.run("last", "ships") == SHIP
    assert (bench.out / "handoff" / "made.whl").exists()
    assert bench.run("ships") == SHIP
    assert not (bench.out / "handoff").exists()


def test_notebooks_side_by_side_share_the_threads_that_the_environment_allows(bench, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert bench.run("says_threads", "ships") == SHIP
    assert "OMP_NUM_THREADS=4" in (bench.out / "says_threads.html").read_text()


def test_the_longest_notebook_is_among_the_first_to_start(bench, capsys, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert bench.run("check_fails", "long") == CHECK_FAILED
    assert re.findall(r"(\w+) starts", capsys.readouterr().err)[0] == "long"


@pytest.mark.parametrize("name", ["check_fails", "compares_nothing", "measures_nan"])
def test_a_failed_check_is_reported(bench, name):
    assert bench.run("ships", name) == CHECK_FAILED
    assert bench.results["verdict"] == "do not ship"
    assert [check["id"] for check in bench.results["checks"] if not check["passed"]] == [f"{name}.level"]
    assert "✗ Do not ship" in (bench.out / "index.html").read_text()
    assert "**✗ FAIL**" in (bench.out / "summary.md").read_text()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("crashes", "cell 2 raised RuntimeError: the cell raised this"),
        ("kernel_dies", "the kernel died"),
    ],
)
def test_a_notebook_that_crashes_costs_its_own_section(bench, capsys, name, said):
    assert bench.run("ships", name) == CRASHED
    captured = capsys.readouterr()
    assert f"error: {name}: {said}" in captured.err
    assert f"No verdict: {name} crashed" in captured.out
    assert bench.results["verdict"] == "incomplete"
    assert bench.results["blamed"] == []
    assert {each["name"]: each["crash"] for each in bench.results["notebooks"]} == {"ships": "", name: said}
    assert {check["id"]: check["passed"] for check in bench.results["checks"] if not check["id"].startswith("run.")} == {
        "ships.level": True,
        f"{name}.level": False,
    }
    for page in ("report.html", f"{name}.html"):
        assert said in (bench.out / page).read_text()
    assert f"# No verdict: {name} crashed" in (bench.out / "summary.md").read_text()
    assert bench.leftovers() == []


def test_the_section_of_a_crash_has_its_traceback_and_what_came_before(bench):
    assert bench.run("ships", "crashes") == CRASHED
    page = (bench.out / "crashes.html").read_text()
    assert "Traceback (most recent call last)" in page
    assert "papermill-error-cell" not in page
    assert str(bench.folder) not in page
    cells = nbformat.read(bench.out / "crashes.ipynb", as_version=4).cells
    assert [output.output_type for output in cells[-1].outputs] == ["error"]
    assert main(["verify", str(bench.out)], bench.notebooks, bench.table) == SHIP


def test_a_crash_is_held_against_no_earlier_run_and_verifies(bench, report):
    assert bench.run("ships", "crashes", options=("--baseline", str(report))) == CRASHED
    assert bench.results["verdict"] == "incomplete"
    assert main(["verify", str(bench.out)], bench.notebooks, bench.table) == SHIP


def test_a_failed_check_beside_a_crash_is_still_a_failed_check(bench):
    assert bench.run("check_fails", "crashes") == CRASHED
    assert bench.results["verdict"] == "do not ship"
    assert [check["id"] for check in bench.results["checks"] if not check["passed"]] == ["check_fails.level", "crashes.level"]
    assert "What crashed" in (bench.out / "report.html").read_text()


def test_a_notebook_whose_process_was_killed_costs_its_own_section(bench, monkeypatch):
    popen = subprocess.Popen

    def killed(arguments, **options):
        process = popen(arguments, **options)
        if "crashes.ipynb" in arguments[-1]:
            process.kill()
        return process

    monkeypatch.setattr(subprocess, "Popen", killed)
    assert bench.run("ships", "crashes") == CRASHED
    assert {each["name"]: each["crash"] for each in bench.results["notebooks"]} == {
        "ships": "",
        "crashes": "its process ended with exit code -9",
    }


def test_an_incomplete_run_hands_nothing_over(bench):
    assert bench.run("last", "crashes", "ships") == CRASHED
    assert not (bench.out / "handoff").exists()
    assert (bench.out / "last.html").exists()


@pytest.mark.parametrize("name", ["exits_early", "records_nothing"])
def test_a_check_that_nobody_recorded_fails_the_run_by_its_name(bench, capsys, name):
    assert bench.run("ships", name) == CHECK_FAILED
    assert f"not recorded: {name}.level" in capsys.readouterr().out
    assert f"not recorded ({name}.level)" in (bench.out / f"{name}.html").read_text()
    missing = next(check for check in bench.results["checks"] if check["id"] == f"{name}.level")
    assert (missing["measured"], missing["compared"], missing["passed"]) == (None, 0, False)


def test_a_notebook_that_is_gone_fails_the_run_by_its_checks(bench, capsys):
    bench.lay_out("ships", "check_fails")
    (bench.notebooks / "check_fails.ipynb").unlink()
    assert main(["run", "--out", str(bench.out)], bench.notebooks, bench.table) == CHECK_FAILED
    assert "not recorded: check_fails.level" in capsys.readouterr().out
    assert "check_fails: not run" in (bench.out / "index.html").read_text()


def test_a_policy_file_changes_the_verdict_and_the_report_says_so(bench, report, tmp_path, capsys):
    mine = tmp_path / "mine.toml"
    mine.write_text('["ships.level"]\nthreshold = 2\nwhy = "we are stricter"\n')
    assert bench.run("ships", options=("--policy", str(mine))) == CHECK_FAILED
    assert "ships.level (level)" in capsys.readouterr().out
    change = {"id": "ships.level", "field": "threshold", "before": 5, "after": 2, "why": "we are stricter"}
    assert bench.results["policy_changes"] == [change]
    index = (bench.out / "index.html").read_text()
    assert "Checks that were changed" in index
    assert re.search(r"<td[^>]*>5</td><td[^>]*>2</td><td[^>]*>we are stricter</td>", index)
    assert "we are stricter" in (bench.out / "summary.md").read_text()
    mine.write_text('["ships.level"]\nthreshold = 2\nseverity = "warning"\n')
    assert bench.run("ships", options=("--policy", str(mine))) == SHIP
    assert "1 warned" in capsys.readouterr().out
    assert "Checks that were changed" not in (report / "index.html").read_text()


def test_a_timeout_is_a_crash(bench, capsys, monkeypatch):
    monkeypatch.setattr(runner, "CELL_TIMEOUT", 3)
    assert bench.run("times_out", "ships") == CRASHED
    assert "took longer than 3 s" in capsys.readouterr().err
    assert "took longer than 3 s" in (bench.out / "times_out.html").read_text()
    assert bench.leftovers() == []


@pytest.mark.parametrize(
    ("name", "said"), [("bad_input", "photo x.jpg: too blue; use another"), ("no_room", "no room on the disk")]
)
def test_bad_input_met_inside_a_notebook_is_wrong_use(bench, earlier, capsys, name, said):
    assert bench.run(name) == WRONG_USE
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("[")]
    assert len(lines) == 1
    assert lines[0].startswith(f"error: {name}: {said}")
    assert bench.snapshot() == earlier


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--subject", "lite0-imagnet"), "did you mean 'lite0-imagenet'"),
        (("--subject", "none.toml"), "No such file"),
        (("--photos", "nowhere"), "no such file or folder"),
        (("--deployment", "nowhere:pipeline"), "cannot import nowhere"),
        (("--deployment", "tests.guarded.leaves:pipeline"), "cannot import tests.guarded.leaves: SystemExit: 0"),
        (("--time-limit", "0"), "time limit: it is 0 s; it takes more than 0"),
        (("--time-limit", "soon"), "invalid float value: 'soon'"),
        (("--weights", "nowhere.pth"), "nowhere.pth; correct the path given with --weights"),
        (("--params", "nowhere.yml"), "cannot read nowhere.yml"),
        (("--policy", "nowhere.toml"), "cannot read"),
        (("--baseline", "nowhere"), "nowhere: No such file or directory; name the folder of a report"),
        (("--only", "ship"), "unknown notebook 'ship': did you mean 'ships'"),
        (("--sbject", "x"), "unrecognized arguments: --sbject"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_wrong_use_is_one_line_and_leaves_the_earlier_report(bench, earlier, capsys, options, said):
    capsys.readouterr()
    assert bench.run("ships", options=options) == WRONG_USE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    assert said in printed.err
    assert bench.snapshot() == earlier
    assert bench.leftovers() == []


def test_an_unknown_parameter_is_refused_with_the_nearest_name(bench, tmp_path, capsys):
    (tmp_path / "run.yml").write_text("levle: 4\n")
    assert bench.run("ships", options=("--params", str(tmp_path / "run.yml"))) == WRONG_USE
    assert "unknown parameter 'levle': did you mean 'level'" in capsys.readouterr().err
    assert not bench.out.exists()


def test_parameters_from_a_file_reach_the_notebook(bench, tmp_path):
    (tmp_path / "run.yml").write_text("level: 4\nshare: 1\n")
    assert bench.run("ships", options=("--params", str(tmp_path / "run.yml"))) == SHIP
    measured = {check["id"]: check["measured"] for check in bench.results["checks"]}
    assert measured["ships.level"] == 4
    assert bench.results["parameters"]["level"] == 4


def test_a_report_does_not_say_where_things_lie_on_the_machine(bench, tmp_path):
    (tmp_path / "mine.toml").write_text('["warns.level"]\nthreshold = 4\n')
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "good.png").write_bytes(encoded(picture(64, 48)))
    options = ("--photos", str(tmp_path / "photos"), "--policy", str(tmp_path / "mine.toml"))
    assert bench.run("warns", options=options) == SHIP
    assert bench.results["parameters"]["photos"] == "photos"
    for path in bench.out.iterdir():
        for place in (bench.folder, ROOT, sys.prefix):
            assert str(place) not in path.read_text(), path.name
    assert 'photos = "photos"' in (bench.out / "warns.ipynb").read_text().replace("\\", "")
    assert "numpy/__init__.py:1: UserWarning: from a package" in (bench.out / "warns.html").read_text()


def test_a_run_of_one_notebook_gives_no_verdict(bench):
    assert bench.run("ships", "check_fails", options=("--only", "ships")) == SHIP
    assert bench.results["verdict"] == "incomplete"
    assert [notebook["name"] for notebook in bench.results["notebooks"]] == ["ships"]


def test_a_run_of_one_notebook_can_say_no(bench):
    assert bench.run("ships", "check_fails", options=("--only", "check_fails")) == CHECK_FAILED
    assert bench.results["verdict"] == "do not ship"


def test_a_folder_that_is_no_report_is_not_replaced(bench, capsys):
    bench.out.mkdir(parents=True)
    (bench.out / "thesis.tex").write_text("years of work")
    assert bench.run("ships") == WRONG_USE
    assert "holds something other than a report" in capsys.readouterr().err
    assert (bench.out / "thesis.tex").read_text() == "years of work"


def test_a_folder_with_a_results_file_of_somebody_else_is_not_replaced(bench, earlier, capsys):
    (bench.out / "thesis.tex").write_text("years of work")
    assert bench.run("ships") == WRONG_USE
    assert (bench.out / "thesis.tex").read_text() == "years of work"
    shutil.rmtree(bench.out)
    bench.out.mkdir()
    (bench.out / "results.json").write_text("{}")
    assert bench.run("ships") == WRONG_USE
    assert (bench.out / "results.json").read_text() == "{}"


def test_an_earlier_report_is_replaced_by_a_new_one(bench, earlier):
    assert bench.run("ships") == SHIP
    assert bench.snapshot()["results.json"] != earlier["results.json"]
    assert bench.leftovers() == []


def test_a_bug_is_a_crash_and_not_a_failed_check(bench, earlier, capsys, monkeypatch):
    monkeypatch.setattr("lib.run.provenance.facts", lambda *_: 1 / 0)
    assert bench.run("ships") == CRASHED
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert bench.snapshot() == earlier
    assert bench.leftovers() == []


def test_a_place_that_cannot_be_written_is_named(bench, capsys):
    bench.out.parent.write_text("a file where a folder should be")
    assert bench.run("ships") == WRONG_USE
    assert "cannot write there" in capsys.readouterr().err


def test_no_room_is_named_before_anything_runs(bench, earlier, capsys, monkeypatch):
    for folder in (bench.out.parent, cache.directory()):
        monkeypatch.setattr(
            shutil, "disk_usage", lambda of, full=folder: shutil._ntuple_diskusage(10**9, 0, 5 * 10**6 if of == full else 10**9)
        )
        assert bench.run("ships") == WRONG_USE
        assert f"no room on the disk: {folder} has 5 MB free" in capsys.readouterr().err
        assert bench.snapshot() == earlier


def test_a_disk_that_fills_up_while_the_report_is_written_is_named(bench, earlier, capsys, monkeypatch):
    def fill_up(run, folder):
        (folder / "index.html").write_text("half a pa")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder / "index.html"))

    monkeypatch.setattr("lib.report.pages.write", fill_up)
    assert bench.run("ships") == WRONG_USE
    assert "error: no room on the disk: " in capsys.readouterr().err
    assert bench.snapshot() == earlier
    assert bench.leftovers() == []


def test_bad_photos_among_good_ones_are_listed_whatever_they_are_called(bench, tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    good = ("good.png", os.fsdecode(b"\xff.png"), "<i>|`a`\n.png")
    for name in good:
        (folder / name).write_bytes(encoded(picture(64, 48)))
    (folder / "cut.jpg").write_bytes(encoded(picture(64, 48), "JPEG")[:500])
    (folder / "line.png").write_bytes(encoded(picture(1, 9000)))
    os.mkfifo(folder / "a|b\n.png")
    assert bench.run("ships", options=("--photos", str(folder))) == SHIP
    assert {photo["name"] for photo in bench.results["photos"]["readable"]} == {"good.png", r"\xff.png", r"<i>|`a`\n.png"}
    reasons = {photo["name"]: photo["reason"] for photo in bench.results["photos"]["unreadable"]}
    assert reasons.keys() == {"cut.jpg", "line.png", r"a|b\n.png"}
    assert "is a FIFO" in reasons[r"a|b\n.png"]
    assert "would have a longer one of" in reasons["line.png"]
    left_out = next(check for check in bench.results["checks"] if check["id"] == "run.photos-left-out")
    assert (left_out["measured"], left_out["compared"], left_out["passed"]) == (3, 6, False)
    index, summary = ((bench.out / name).read_text() for name in ("index.html", "summary.md"))
    assert "cut.jpg" in index
    assert r"&lt;i&gt;|`a`\n.png" in index
    assert "Left out: cut.jpg (" in summary
    assert r"Left out: a\|b\\n.png (" in summary


@pytest.mark.parametrize(
    ("sent", "handler"),
    [
        (signal.SIGINT, "default_int_handler"),
        (signal.SIGHUP, "default_int_handler"),
        (signal.SIGTERM, "SIG_IGN"),  # a script that runs in the background ignores SIGINT, and so does all that it starts
    ],
)
def test_an_interruption_ends_the_kernels_and_leaves_the_earlier_report(bench, earlier, sent, handler):
    process, kernel, _ = waiting(bench, handler)
    process.send_signal(sent)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)  # an impatient second one changes nothing
    _, printed = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED
    assert printed.rstrip().endswith("an earlier report stays as it was")
    assert "Traceback" not in printed
    assert gone(kernel)
    assert bench.snapshot() == earlier
    assert bench.leftovers() == []


def test_after_a_kill_nothing_goes_on_and_the_next_run_removes_what_is_left(bench, earlier):
    process, kernel, worker = waiting(bench)
    process.kill()
    process.communicate(timeout=60)
    assert gone(kernel, worker)
    assert bench.snapshot() == earlier
    assert len(bench.leftovers()) == 1
    with scratch_beside(bench.out) as scratch:  # as the next run begins
        assert bench.leftovers() == [scratch.name]
    assert bench.snapshot() == earlier


def waiting(bench: Bench, handler: str = "default_int_handler") -> tuple[subprocess.Popen[str], int, int]:
    """A run of a notebook that waits, and the ids of its kernel and of the worker that started that."""
    bench.lay_out("waits")
    pid_file = bench.folder / "pid"
    code = (
        f"import signal; signal.signal(signal.SIGINT, signal.{handler}); "
        "import sys; from pathlib import Path; from lib.run.command import main; "
        f"sys.exit(main(['run', '--out', {str(bench.out)!r}], Path({str(bench.notebooks)!r}), Path({str(bench.table)!r})))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=os.environ | {"KERNEL_PID_FILE": str(pid_file)}, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not (pid_file.exists() and pid_file.read_text().count(" ")) and time.monotonic() < deadline:
        time.sleep(0.1)
    kernel, worker = map(int, pid_file.read_text().split())
    assert alive(kernel)
    assert alive(worker)
    return process, kernel, worker


def test_help_names_every_exit_code(capsys):
    with pytest.raises(SystemExit) as left:
        main(["run", "--help"])
    assert left.value.code == 0
    printed = capsys.readouterr().out
    for code in (SHIP, CHECK_FAILED, WRONG_USE, CRASHED, INTERRUPTED, UNREAD):
        assert f"\n  {code} " in printed


@pytest.fixture
def changed(bench, report, tmp_path) -> Path:
    """What the run of ``ships`` left, edited."""

    def written(**changes) -> Path:
        results = json.loads((report / "results.json").read_text()) | changes
        path = tmp_path / "earlier.json"
        path.write_text(json.dumps(results))
        return path

    return written


def test_a_run_that_did_not_move_passes_against_the_report_that_it_replaces(bench, earlier):
    assert bench.run("ships", options=("--baseline", str(bench.out))) == SHIP
    found = {check["id"]: check for check in bench.results["checks"] if check["notebook"] == "baseline"}
    assert len(found) == 6
    assert all(check["passed"] and check["compared"] for check in found.values())
    assert bench.results["parameters"]["baseline"] == "latest"
    html, summary = ((bench.out / name).read_text() for name in ("report.html", "summary.md"))
    assert "Against an earlier run: is it the same?" in html
    assert (
        "<summary>✓ Against an earlier run: is it the same?: 6 checks: 6 passed</summary>\n\nYes. 6 checks, none failed."
        in summary
    )
    assert "baseline" not in (bench.out / "parameters.yml").read_text()
    assert str(bench.folder) not in html


def test_without_an_earlier_run_there_is_no_such_check(bench, report):
    results = json.loads((report / "results.json").read_text())
    assert not [check for check in results["checks"] if check["notebook"] == "baseline"]
    assert "baseline" not in results["parameters"]
    assert "All 2 checks passed" in (report / "summary.md").read_text()
    assert "earlier run" not in (report / "report.html").read_text()


def test_what_moved_since_an_earlier_run_fails_and_is_named(bench, changed, tmp_path, capsys):
    (tmp_path / "run.yml").write_text("level: 4\n")
    options = ("--baseline", str(changed(versions={"python": "2.7"})), "--params", str(tmp_path / "run.yml"))
    assert bench.run("ships", options=options) == CHECK_FAILED
    assert "ships.level: 3 → 4 (may move by 0.5)" in capsys.readouterr().out
    assert bench.results["blamed"] == ["baseline"]
    failed = {check["id"]: check["where"] for check in bench.results["checks"] if not check["passed"]}
    assert failed.keys() == {"baseline.numbers", "baseline.parameters", "baseline.versions"}
    assert failed["baseline.parameters"] == ["level: 3 → 4"]
    assert "python: 2.7 → " in failed["baseline.versions"][0]
    (bench.folder / "loose.toml").write_text('["baseline.numbers"]\nthreshold = 1\nwhy = "it was meant to"\n')
    assert bench.run("ships", options=(*options, "--policy", str(bench.folder / "loose.toml"))) == SHIP


def test_a_run_of_one_notebook_is_held_against_what_that_notebook_left(bench, tmp_path):
    assert bench.run("ships", "check_fails") == CHECK_FAILED
    options = ("--only", "ships", "--baseline", str(bench.out))
    assert bench.run("ships", "check_fails", options=options) == SHIP
    outcomes = next(check for check in bench.results["checks"] if check["id"] == "baseline.outcomes")
    assert (outcomes["measured"], outcomes["compared"]) == (0, 2)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"checks": 3}, "field 'checks' is 3; it takes a list of tables"),
        ({"notebooks": []}, "ran none of the notebooks of this run; name another run"),
    ],
)
def test_an_earlier_run_that_cannot_be_used_is_refused_before_anything_runs(bench, earlier, changed, capsys, changes, said):
    assert bench.run("ships", options=("--baseline", str(changed(**changes)))) == WRONG_USE
    printed = capsys.readouterr()
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1  # and no notebook started
    assert said in printed.err
    assert bench.snapshot() == earlier


def test_diff_of_a_run_and_itself_is_exit_code_0(report, capsys):
    assert main(["diff", str(report), str(report / "results.json")]) == SHIP
    last = capsys.readouterr().out.splitlines()[-1]
    assert re.fullmatch(r"Nothing changed: 2 checks, 11 files and photos, \d+ parameters, \d+ versions\.", last)


def test_diff_says_what_changed_with_exit_code_1(report, changed, capsys):
    later = changed(versions={"python": "2.7"}, machine={"system": "Plan 9", "processor": "x", "cores": 1})
    assert main(["diff", str(report), str(later)]) == CHECK_FAILED
    said = capsys.readouterr().out
    assert "Versions:\n  python: " in said
    assert "(shown, does not count):\n  system: " in said
    assert said.splitlines()[-1].endswith("versions changed.")
    assert main(["diff", "--json", str(report), str(later)]) == CHECK_FAILED
    data = json.loads(capsys.readouterr().out)
    assert data["changed"] is True
    assert {each["kind"] for each in data["differences"] if each["counts"]} == {"version"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "the following arguments are required: BEFORE, AFTER"),
        (("REPORT",), "the following arguments are required: AFTER"),
        (("REPORT", "nowhere"), "run: cannot read nowhere: No such file or directory; name the folder of a report"),
        (("REPORT", "EARLIER"), "the two runs have no notebook in common"),
    ],
)
def test_wrong_use_of_diff_is_one_line(report, changed, capsys, arguments, said):
    known = {"REPORT": report, "EARLIER": changed(complete=False, notebooks=[])}
    assert main(["diff", *(str(known.get(each, each)) for each in arguments)]) == WRONG_USE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert printed.err.count("\n") == 1
