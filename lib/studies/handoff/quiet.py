"""Does an installed package do nothing but answer? Sockets that it opens and files that it writes.

An audit hook sees what Python code does. ONNX Runtime's telemetry is C++, of which only traces are seen: the sockets that are
open in the end, and what lies in the folders that it may write to. Its first call comes after ten seconds, but its files come
with the import, so a short life tells.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from lib.bundle.environment import Environment

# The process gets no other variable: none by which telemetry is off, and none by which it takes the machine for a CI job's.
_KEPT = ("PATH", "LD_LIBRARY_PATH", "OMP_NUM_THREADS")

_CODE = """
import json, os, sys

left = []

def hook(event, arguments):
    if event.startswith("socket."):
        left.append(event)
    elif event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        left.append(f"open {{arguments[0]}}")

sys.addaudithook(hook)
from {module} import Classifier

Classifier().classify(sys.argv[1])
descriptors = "/proc/self/fd"
for number in sorted(os.listdir(descriptors), key=int) if os.path.isdir(descriptors) else ():
    try:
        kind = os.readlink(f"{{descriptors}}/{{number}}")
    except OSError:
        continue  # that of the listing itself
    if kind.startswith("socket:"):
        left.append("socket of native code")
print(json.dumps(left))
"""


def traces(there: Environment, module: str, photo: Path, path: str = "", **variables: str) -> tuple[str, ...]:
    """What a package opens or leaves behind while it answers one photo; empty if it only answers.

    Args:
        there: where it is installed.
        module: the name that Python imports it by.
        photo: a file.
        path: a folder to import from first, or empty.
        variables: of the environment, beside the few that the process needs.
    """
    with tempfile.TemporaryDirectory() as scratch:
        home, temporary = (Path(scratch) / name for name in ("home", "tmp"))
        for folder in (home, temporary):
            folder.mkdir()
        given = {name: os.environ[name] for name in _KEPT if name in os.environ}
        given |= {"HOME": str(home), "TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"} | variables
        ran = there.run(str(there.python), "-c", _CODE.format(module=module), str(photo), path=path, variables=given)
        written = [file.relative_to(scratch).as_posix() for file in Path(scratch).rglob("*") if file.is_file()]
    seen = json.loads(ran.stdout) if ran.returncode == 0 else [f"no answer: {ran.stderr.strip().rpartition(chr(10))[2]}"]
    return (*seen, *(f"file {name}" for name in sorted(written)))
