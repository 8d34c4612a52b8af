"""What a process comes to hold."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
from lib.guarded.seen import Seen
seen = Seen()
import json, decimal                       # Python's own
seen.after("decode")
import yaml                                # in the first call of resize
seen.after("resize")
seen.after("decode")
import packaging.version                   # in the second of decode
seen.after("decode")
import subprocess
subprocess.run([sys.executable, "-c", ""], check=True)
seen.after("resize")
import os
os.system("true")
seen.after("score")
print(json.dumps(seen.told()))
"""


def test_modules_and_programs_are_told_by_when_they_came():
    ran = subprocess.run([sys.executable, "-c", CODE], check=True, capture_output=True, text=True)
    told = __import__("json").loads(ran.stdout)
    assert told["at_start"] == ["yaml", "the program true"]
    python = next(name for name in told["later"] if name.startswith("the program python"))
    assert told["later"] == {"packaging": "decode", python: "resize"}
