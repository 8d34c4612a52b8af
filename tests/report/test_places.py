"""Pages do not say where things lie on the machine that ran."""

from __future__ import annotations

import tempfile

import numpy as np
import pytest

from lib.cache import ROOT
from lib.report.html import note, table, verbatim
from lib.report.places import without_places


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{np.__file__}(625): apply", "numpy/__init__.py(625): apply"),
        (f'File "{ROOT}/lib/cache.py", line 3', 'File "lib/cache.py", line 3'),
        (f"{tempfile.gettempdir()}/x.onnx: Load failed", "x.onnx: Load failed"),
        ("lib/cache.py and /dev/null", "lib/cache.py and /dev/null"),
        (f"/data{tempfile.gettempdir()}/x", f"/data{tempfile.gettempdir()}/x"),
        ("", ""),
    ],
)
def test_a_file_is_named_from_the_folder_on_that_everybody_has(text, said):
    assert without_places(text) == said


def test_the_current_folder_is_one_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert without_places(f"{tmp_path}/mine.toml: no") == "mine.toml: no"


def test_every_text_on_a_page_goes_through():
    said = f"{ROOT}/model.onnx failed"
    for made in (note(said), verbatim(said), table(("a", "b"), [(said, said)], said)):
        assert "model.onnx failed" in made
        assert str(ROOT) not in made
