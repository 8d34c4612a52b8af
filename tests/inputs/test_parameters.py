"""Parameters of notebooks: unknown names and wrong types are refused, which papermill does not do."""

from __future__ import annotations

import pytest

from lib.deploy import BadInput
from lib.inputs import parameters
from tests.run.tiny import NOTEBOOKS

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
