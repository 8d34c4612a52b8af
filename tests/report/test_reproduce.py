"""How to measure a number again."""

from __future__ import annotations

import yaml

from lib.inputs import parameters
from lib.report import reproduce
from tests.report import made


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
        "<code>.venv/bin/python -m lib run --params parameters.yml --out reports/again</code>",
        "<code>sha256sum .cache/models/&#x27;my model.onnx&#x27;</code>",
        "<code>.venv/bin/python -m lib run --params parameters.yml --out reports/again --only 02_b</code>",
    ):
        assert command in html
    assert "02_b: Is it &lt;the same&gt;?" in html
