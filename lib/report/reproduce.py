"""How to measure each number of a verdict's page again: one command each."""

from __future__ import annotations

import shlex
from html import escape

import yaml

from lib.policy.policy import BASELINE
from lib.report.html import Html, table
from lib.report.run import Run

PARAMETERS = "parameters.yml"
_COMMAND = f".venv/bin/python -m lib run --params {PARAMETERS} --out reports/again"


def parameters(run: Run) -> str:
    """The parameters of a run as the YAML file that ``--params`` takes: all that decide what is measured.

    An earlier run that it was held against does not, and by then there may be another in its place.
    """
    deciding = {name: value for name, value in run.facts["parameters"].items() if name != BASELINE}
    text: str = yaml.safe_dump(deciding, sort_keys=False, allow_unicode=True)
    return text


def commands(run: Run) -> Html:
    """A row for everything on the first screen and for each notebook, with its command."""
    by_notebook = [(f"{page.name}: {page.title}", f"{_COMMAND} --only {page.name}") for page in run.pages]
    hashes = [(f"SHA-256 of {name}", f"sha256sum .cache/models/{shlex.quote(name)}") for name in run.files]
    rows = [("the verdict and all of its checks; it exports the files again", _COMMAND), *hashes, *by_notebook]
    cells = [(what, Html(f"<code>{escape(command)}</code>")) for what, command in rows]
    return table(("what", "command"), cells, caption="One command each")
