"""How to measure a number again."""

from __future__ import annotations

import html
import re
import shlex
import subprocess
from dataclasses import replace

import pytest
import yaml

from lib.cache import ROOT
from lib.inputs import parameters
from lib.report import costs, handed_over, pages, reproduce
from lib.report.risks import risks
from tests.report import made

TOLD = {
    "files": made.FILES,
    "package": made.PACKAGE,
    "costs": made.COSTS,
    "sizes": made.SIZES,
    "probes": {"tried": 108, "refused": ["grey with alpha"]},
    "libraries": {"wrong": [{"name": "OpenCV", "other_classes": 2}], "missing": [{"name": "LiteRT"}]},
}
WITHOUT_PACKAGE = {name: value for name, value in TOLD.items() if name != "package"}


def test_the_parameters_are_a_file_that_a_run_takes(tmp_path):
    path = tmp_path / reproduce.PARAMETERS
    path.write_text(reproduce.parameters(made.run()))
    given = parameters.read(path)
    assert given == {"subject": "mine.toml", "photos": "", "deployment": "lib.deploy:pipeline", "opset": 20}
    assert parameters.checked(given, {"01_a": {"opset": 18}}) == given


def test_a_value_that_yaml_could_take_for_something_else_stays_a_text():
    run = made.run(parameters={"subject": "1e3", "photos": "yes", "policy": "- a: b"})
    assert yaml.safe_load(reproduce.parameters(run)) == run.facts["parameters"]


def test_there_is_one_command_for_each_notebook_and_file():
    run = made.run()
    run.pages[0].record.files["my model.onnx"] = "a" * 64
    html = reproduce.commands(run)
    for command in (
        "<code>.venv/bin/python -m lib run --params reports/parameters.yml --out reports/again</code>",
        "<code>sha256sum &#x27;.cache/models/my model.onnx&#x27;</code>",
        "<code>.venv/bin/python -m lib run --params reports/parameters.yml --out reports/again --only 02_b</code>",
    ):
        assert command in html
    assert "02_b: Is it &lt;the same&gt;?" in html


def first_screen(folder, **changes) -> str:
    """The text of report.html up to its table of contents, as a reader has it."""
    pages.write(made.run(**changes), folder)
    page = (folder / "report.html").read_text()
    page = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    page = page.replace("sha256:", "")
    return html.unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main>") : page.index('<nav aria-label="On this page">')]))


@pytest.mark.parametrize(
    "changes",
    [
        {"told": TOLD},
        {"told": WITHOUT_PACKAGE},
        {"told": {}},
        {"told": TOLD, "skipped": "there is no file", "slow": 3},
        {"told": TOLD, "complete": False},
        {"told": WITHOUT_PACKAGE, "parameters": {"deployment": "myteam.serving:pipeline"}},
    ],
)
def test_each_number_of_the_first_screen_has_a_command(tmp_path, changes):
    """What is shown there and stands in no row fails here, whoever adds it."""
    said = " ".join(f"{each.what} {each.value}" for each in reproduce.first_screen(made.run(**changes)))
    numbers = re.findall(r"[\w.]*\d[\w.,=<>+-]*", first_screen(tmp_path, **changes))
    assert len(numbers) > 5
    assert [each for each in numbers if each not in said] == []


def test_what_comes_first_on_the_screen_comes_first_here():
    run = made.run(told=TOLD)
    wheel, end_to_end = handed_over.files(run)
    values = [each.value for each in reproduce.first_screen(run)]
    rows = costs.rows(handed_over.costs(run))
    expected = [wheel["sha256"], end_to_end["sha256"], *(row[2] for row in rows), *(said for _, said in risks(run))]
    assert [value for value in values if value in expected] == expected


def test_a_cost_is_measured_by_itself_and_of_what_the_row_says():
    found = {each.what: each.command for each in reproduce.first_screen(made.run(told=TOLD))}
    wheel = f"reports/handoff/{made.PACKAGE['wheel']['name']}"
    ours, theirs = found["first answer, the package"], found["first answer, eager PyTorch"]
    assert f"--wheel {wheel} " in ours
    assert "--wheel" not in theirs
    assert ours.endswith("| grep '^first answer'")


def test_where_there_is_no_package_the_notebook_that_told_the_costs_measures_them():
    found = {each.what: each.command for each in reproduce.first_screen(made.run(told=WITHOUT_PACKAGE))}
    assert found["median, ONNX Runtime"].endswith("--only 02_b")


@pytest.mark.parametrize("told", [TOLD, WITHOUT_PACKAGE])
def test_no_path_is_absolute_and_every_command_is_one_a_shell_can_read(told):
    run = made.run(told=told)
    run.pages[0].record.files.update({"it's mine; rm -r.onnx": "a" * 64})
    for each in reproduce.every(run):
        assert each.folder in (reproduce.CHECKOUT, reproduce.FOLDER)
        words = shlex.split(each.command, posix=True)
        assert not [word for word in words if word.startswith(("/", "~"))], each.command
        assert subprocess.run(["sh", "-n", "-c", each.command]).returncode == 0
    assert "it's mine; rm -r.onnx" in " ".join(
        words[-1] for words in map(shlex.split, (e.command for e in reproduce.every(run)))
    )


def test_files_of_a_package_are_where_the_package_is():
    run = made.run(told=TOLD)
    run.pages[0].record.files.update(
        {"mine.onnx": "a" * 64, "mine-e2e.onnx": "b" * 64, made.PACKAGE["wheel"]["name"]: "9" * 64}
    )
    places = {each.command.split()[-1]: each.folder for each in reproduce.every(run) if each.command.startswith("sha256sum")}
    assert places == {
        made.PACKAGE["wheel"]["name"]: reproduce.FOLDER,
        "mine-e2e.onnx": reproduce.FOLDER,
        ".cache/models/mine.onnx": reproduce.CHECKOUT,
    }


def test_a_wheel_that_is_not_handed_over_has_no_command():
    run = made.run(told=TOLD, off=2)
    run.pages[0].record.files.update({made.PACKAGE["wheel"]["name"]: "9" * 64})
    assert "whl" not in " ".join(each.command for each in reproduce.every(run))


def test_the_report_says_where_the_copy_goes_and_what_is_called_in_which_folder(tmp_path):
    pages.write(made.run(told=TOLD), tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert (
        "A copy of the folder <code>handoff</code>, which lies beside this file, goes there as <code>reports/handoff</code>"
        in page
    )
    assert re.findall("<caption>(One command each.*?)</caption>", page) == [
        "One command each, in reports/handoff",
        "One command each, in the checkout",
    ]
    pages.write(made.run(told=WITHOUT_PACKAGE), tmp_path)
    assert "A copy of the folder" not in (tmp_path / "report.html").read_text()


def blocks(text: str) -> list[str]:
    return re.findall(r"^```\n(.*?)\n```$", text, flags=re.MULTILINE | re.DOTALL)


def test_the_text_beside_a_package_has_every_command_to_be_copied(tmp_path):
    run = made.run(told=TOLD)
    (tmp_path / "handoff").mkdir()
    pages.write(run, tmp_path)
    text = (tmp_path / "handoff" / reproduce.TEXT).read_text()
    found = blocks(text)
    assert {each.command for each in reproduce.every(run)} <= set(found)
    assert "at commit 0123456789abcdef, in which" in text
    assert "with changes" not in text


def test_the_parameters_in_it_are_saved_as_they_were(tmp_path):
    run = made.run(told=TOLD, parameters={"subject": "it's $HOME `x`.toml", "photos": "END", "policy": "```"})
    found = re.search(r"^(`{3,})\n(mkdir.*?)\n\1$", reproduce.markdown(run), flags=re.MULTILINE | re.DOTALL)
    assert found
    subprocess.run(["sh", "-c", found[2]], cwd=tmp_path, check=True)
    assert yaml.safe_load((tmp_path / reproduce.SAVED).read_text()) == run.facts["parameters"]


def test_uncommitted_changes_are_said():
    run = made.run(told=TOLD, git={"commit": "0123", "clean": False})
    assert "commit 0123, with changes that were not committed" in reproduce.markdown(run)


@pytest.mark.parametrize("changes", [{"told": WITHOUT_PACKAGE}, {"told": TOLD, "off": 2}])
def test_without_a_package_there_is_no_such_text(tmp_path, changes):
    (tmp_path / "handoff").mkdir()
    pages.write(made.run(**changes), tmp_path)
    assert not list((tmp_path / "handoff").iterdir())


def test_what_is_saved_in_a_checkout_does_not_change_it():
    ignored = subprocess.run(
        ["git", "check-ignore", reproduce.SAVED, f"{reproduce.FOLDER}/x", "reports/again/x"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert len(ignored.stdout.splitlines()) == 3


def test_a_hostile_name_shows_as_it_is(tmp_path):
    package = made.PACKAGE | {"requires": ["<b>|`numpy`"]}
    text = reproduce.markdown(replace(made.run(told=TOLD | {"package": package})))
    assert r"\<b\>\|\`numpy\`" in text
