"""The policy of the tiny notebooks, which stand for one way each in which a notebook can end."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from lib import policy
from lib.deploy.difference import UNITS
from lib.policy import Check, Policy
from lib.policy.policy import BASELINE, STAGE_CHECKS

NOTEBOOKS = Path(__file__).with_name("notebooks")


def _level(notebook: str) -> Check:
    limit = 1 if notebook == "check_fails" else 5
    return Check(f"{notebook}.level", "level", "", "<=", limit, "it is tiny", "definition", notebook, "infer", "error")


def _small() -> Iterable[Check]:
    """The rows of 03_parity that hold a deployment to the reference, stage by stage, for the notebook ``small``."""
    built_in = policy.load()
    for id_ in (*(STAGE_CHECKS[stage] for stage in UNITS), "parity.flips", "parity.non-finite"):
        yield replace(built_in[id_], id=id_.replace("parity", "small"), notebook="small")


RUN = replace(policy.load()["run.photos-left-out"], severity="warning")
AGAINST = policy.load().of(BASELINE)
RULES = Policy(
    (RUN, *AGAINST, *(_level(path.stem) for path in sorted(NOTEBOOKS.glob("*.ipynb")) if path.stem != "small"), *_small())
)


def table(names: Iterable[str], to: Path) -> Path:
    """Write the rows of some notebooks, and of the run itself, as a table that a run can be given."""
    wanted = {"run", BASELINE, *names}
    rows = [vars(check) for check in RULES.checks if check.notebook in wanted]
    lines = [
        "\n".join(["[[check]]", *(f"{name} = {json.dumps(value)}" for name, value in row.items() if value is not None)])
        for row in rows
    ]
    to.write_text("\n\n".join(lines) + "\n")
    return to
