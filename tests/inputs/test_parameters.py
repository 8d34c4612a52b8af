"""Parameters of notebooks: unknown names and wrong types are refused, which papermill does not do."""

from __future__ import annotations

import subprocess
import sys

import nbformat
import pytest

from lib.deploy import BadInput
from lib.inputs import parameters
from lib.run.command import NOTEBOOKS as REAL
from tests.run.tiny import NOTEBOOKS

DEFAULTS = parameters.SHARED | parameters.OWN
# Of each type, what it does not take: text, null, lists, tables, and numbers that are none or none of its kind.
WRONG = {
    str: [None, True, 3, 1.5, [], ["a"], {}, b"a"],
    int: [None, True, "zwanzig", "20", "", 18.0, 1.5, float("nan"), float("inf"), [], [3], {}, 10**30],
    float: [None, True, "sechzig", "", float("nan"), float("inf"), "nan", "-inf", [], [3.0], {}],
}
KNOWN = {"ships": {"photos": "", "level": 3, "share": 0.5}}


def test_names_and_defaults_are_read_from_the_parameters_cell():
    assert parameters.of_notebook(NOTEBOOKS / "ships.ipynb") == KNOWN["ships"]


def test_what_fits_passes():
    assert parameters.checked({"level": 4, "share": 1, "photos": "x"}, KNOWN) == {"level": 4, "share": 1.0, "photos": "x"}
    assert parameters.checked({"share": "1e-3"}, KNOWN) == {"share": 1e-3}  # which YAML reads as text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"levle": 4}, "unknown parameter 'levle': did you mean 'level'"),
        ({"level": "4"}, "'level' is '4'; it takes a whole number"),
        ({"level": True}, "'level' is True"),
        ({"share": "half"}, "'share' is 'half'; it takes a number"),
        ({"photos": None}, "'photos' is None"),
        ({"share": float("nan")}, "'share' is nan"),
        ({"level": 10**30}, "'level' is 1000"),
    ],
)
def test_what_does_not_fit_is_refused(given, said):
    with pytest.raises(BadInput, match=said):
        parameters.checked(given, KNOWN)


def test_paths_become_absolute_and_names_stay(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = {"photos": "dogs", "weights": "", "subject": "b0-imagenet"}
    assert parameters.absolute(given) == {"photos": str(tmp_path / "dogs"), "weights": "", "subject": "b0-imagenet"}
    assert parameters.absolute({"subject": "mine.toml"}) == {"subject": str(tmp_path / "mine.toml")}


def test_a_page_shows_paths_from_the_current_folder_on_or_by_their_last_name(tmp_path, monkeypatch):
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    given = {
        "photos": str(here / "my" / "dogs"),
        "weights": str(tmp_path / "mine.pth"),
        "policy": "",
        "subject": "../mine.toml",
    }
    assert parameters.shown(given) == {"photos": "my/dogs", "weights": "mine.pth", "policy": "", "subject": "mine.toml"}
    assert parameters.shown({"subject": "b0-imagenet", "opset": 18, "photos": "."}) == {
        "subject": "b0-imagenet",
        "opset": 18,
        "photos": ".",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "cannot read"), ("- a\n- b", "name: value"), ("a: [", "not valid YAML"), ("", "name: value")],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(tmp_path, text, said):
    path = tmp_path / "run.yml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(BadInput, match=said) as refused:
        parameters.read(path)
    assert "\n" not in str(refused.value)


def test_a_file_gives_values_by_name(tmp_path):
    (tmp_path / "run.yml").write_text("opset: 18\ntolerance: 1.0e-4\n")
    assert parameters.read(tmp_path / "run.yml") == {"opset": 18, "tolerance": 1e-4}


def test_what_a_notebook_says_of_itself_is_read_from_its_metadata():
    assert parameters.manner(NOTEBOOKS / "alone.ipynb") == {"alone": True, "last": False, "about": 0}
    assert parameters.manner(NOTEBOOKS / "ships.ipynb") == {"alone": False, "last": False, "about": 0}
    assert parameters.manner(NOTEBOOKS / "last.ipynb") == {"alone": False, "last": True, "about": 0}
    assert parameters.manner(NOTEBOOKS / "long.ipynb") == {"alone": False, "last": False, "about": 60}


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_notebook_refuses_every_wrong_type_of_every_parameter_in_one_line(name):
    for value in WRONG[type(DEFAULTS[name])]:
        with pytest.raises(BadInput) as refused:
            parameters.require({name: value})
        assert str(refused.value).startswith(f"parameter '{name}' is ")
        assert "as in" in str(refused.value)
        with pytest.raises(BadInput, match=f"parameter '{name}' is "):  # and so does a run
            parameters.checked({name: value}, {"any": DEFAULTS})


@pytest.mark.parametrize("name", parameters.LEAST)
def test_a_number_below_what_it_may_be_is_refused(name):
    least = parameters.LEAST[name]
    parameters.require({name: least})
    with pytest.raises(BadInput, match=f"parameter '{name}' is {least - 1}; it takes {least} or more"):
        parameters.require({name: least - 1})


def test_a_notebooks_other_names_are_none_of_its_parameters():
    names = {"opset": 18, "time_limit": "1e2", "np": object(), "level": "high"}
    parameters.require(names)
    assert (names["opset"], names["time_limit"], names["level"]) == (18, 100.0, "high")


@pytest.mark.parametrize("path", sorted(REAL.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_notebook_holds_its_parameters_to_their_types_before_it_does_anything(path):
    own = parameters.of_notebook(path)
    assert own == {name: DEFAULTS[name] for name in own}
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    for name, default in own.items():
        for value in WRONG[type(default)]:
            names = own | {name: value}
            with pytest.raises(BadInput, match=f"parameter '{name}' is "):
                exec(cells[1], names)  # noqa: S102  # as the kernel does


def test_papermill_ends_with_one_line(tmp_path):
    given = ["-p", "opset", "18.0"]
    command = [sys.executable, "-m", "papermill", str(REAL / "01_export.ipynb"), str(tmp_path / "out.ipynb"), *given]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1
    said = "BadInput: parameter 'opset' is 18.0; it takes a whole number, as in 20"
    assert done.stderr.rstrip().splitlines()[-1] == said
    assert "\x1b" not in done.stderr[done.stderr.index("Exception encountered") :]
    executed = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    (error,) = [out for cell in executed.cells for out in cell.get("outputs", ()) if out.output_type == "error"]
    assert error.traceback == [said]
