"""Results as a run leaves them, small and made by hand, as JSON types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def row(id_: str, measured: float | str | None = 0.25, **changes: Any) -> dict[str, Any]:
    """One check, which holds where nothing else is said."""
    return {
        "id": id_, "notebook": "01_a", "subject": "mine", "says": f"{id_} says", "measured": measured, "relation": "<=",
        "threshold": 1.0, "unit": "logits", "compared": 7, "where": [], "blames": "infer", "severity": "error", "passed": True,
        "skipped": "",
    } | changes  # fmt: skip


def results(checks: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    """A complete run of one notebook."""
    made = {
        "verdict": "ship", "blamed": [], "complete": True,
        "checks": [row("run.photos", 0, notebook="run"), row("a.off"), row("a.same", 1, unit="yes", relation="==")],
        "policy_changes": [], "files": {"mine-opset20-0123456789ab.onnx": "1" * 64}, "attachments": {}, "told": {},
        "notebooks": [{"name": "01_a", "title": "Is it off?", "answer": "No.", "seconds": 1.0}],
        "subject": {"name": "mine", "sha256": "2" * 64, "weights": "mine.pth", "weights_sha256": "3" * 64},
        "story": {"name": "b0", "sha256": "4" * 64, "weights_sha256": "5" * 64},
        "parameters": {"subject": "mine.toml", "photos": "", "opset": 20, "time_limit": 60.0, "sizes_seed": 1},
        "photos": {"readable": [{"name": "cup.png", "size": [6, 4], "kind": "PNG", "sha256": "6" * 64}], "unreadable": []},
        "versions": {"python": "3.11.7", "torch": "2.13.0"},
        "machine": {"system": "Linux", "processor": "A processor", "cores": 2},
        "git": {"commit": "0" * 40, "clean": True}, "started": "2020-01-01T00:00:00+00:00", "seconds": 12.5,
    }  # fmt: skip
    return made | ({} if checks is None else {"checks": checks}) | changes


def left(folder: Path, **changes: Any) -> Path:
    """A report's folder with such results in it."""
    folder.mkdir()
    (folder / "results.json").write_text(json.dumps(results(**changes)))
    return folder
