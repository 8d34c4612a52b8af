"""What the guarded process starts with."""

from __future__ import annotations

import pytest

from lib.guarded.process import Ended, Process, Raised

LOADED = """\
import os, sys
def pipeline(model):
    said = os.read(0, 1)
    raise ValueError(f"{[name for name in ('torch', 'onnx', 'cv2') if name in sys.modules]} {said}")
"""


def test_it_loads_no_library_that_does_not_ship_and_has_an_empty_stdin(tmp_path):
    (tmp_path / "looks.py").write_text(LOADED)
    process = Process()
    process.ask("importing", 20, {"do": "import", "module": "looks", "attribute": "pipeline", "path": [str(tmp_path)]})
    with pytest.raises(Raised, match=r"ValueError: \[\] b''"):
        process.ask("building", 20, {"do": "build", "model": ""})
    process.close()


def test_modules_that_it_is_to_do_without_are_missing_to_itself_too():
    said = r"starting Python: its process ended with exit code 1 after it printed: ModuleNotFoundError: .*numpy"
    with pytest.raises(Ended, match=said):
        Process(["numpy"])
