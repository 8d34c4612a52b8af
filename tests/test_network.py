"""Nothing of ours calls home: in a network namespace whose name server only listens, with no variable that names a CI job."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from lib.cache import ROOT
from tests import packed
from tests.conftest import encoded, picture
from tests.packed import MODULE

ALIVE = 30  # seconds; ONNX Runtime's telemetry calls after ten


def _namespaces() -> str:
    """Why there are none here; empty where there are."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "network namespaces are root's"
    if shutil.which("ip") is None:
        return "no ip on the PATH"
    name = f"probe-{uuid.uuid4().hex[:8]}"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode:
        return "this machine makes no network namespace"
    subprocess.run(["ip", "netns", "delete", name], check=True)
    return ""


NONE = _namespaces()
pytestmark = pytest.mark.skipif(bool(NONE), reason=NONE)

_LISTENER = """
import socket, sys
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
print("listening", flush=True)
while True:
    data, at = server.recvfrom(4096), 12
    question, labels = data[0], []
    while question[at]:
        labels.append(question[at + 1 : at + 1 + question[at]].decode(errors="replace"))
        at += 1 + question[at]
    print(".".join(labels), flush=True)
"""


@dataclass(frozen=True)
class Alone:
    """A network of its own.

    Attributes:
        namespace: its name.
        lookups: names that were asked for there, as they come.
        home: a folder that was empty, for HOME.
    """

    namespace: str
    lookups: list[str]
    home: Path

    def run(self, *command: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command there, with few variables."""
        given = {"PATH": os.environ["PATH"], "HOME": str(self.home), "PYTHONPATH": str(ROOT)} | variables
        inside = ["ip", "netns", "exec", self.namespace, *command]
        return subprocess.run(inside, env=given, cwd=cwd, capture_output=True, text=True, timeout=300)

    def written(self) -> list[str]:
        """What lies at home now."""
        return sorted(str(path.relative_to(self.home)) for path in self.home.rglob("*") if path.is_file())


def _read(lines: IO[str], found: list[str]) -> None:
    for line in lines:
        found.append(line.strip())  # noqa: PERF401  # each as it comes


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Alone]:
    name = f"alone-{uuid.uuid4().hex[:8]}"
    told = Path("/etc/netns") / name
    home = tmp_path / "home"
    home.mkdir()
    told.mkdir(parents=True)
    listener = None
    try:
        (told / "resolv.conf").write_text("nameserver 127.0.0.1\n")
        subprocess.run(["ip", "netns", "add", name], check=True)
        subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        inside = ["ip", "netns", "exec", name, sys.executable, "-c", _LISTENER]
        listener = subprocess.Popen(inside, stdout=subprocess.PIPE, text=True)
        assert listener.stdout is not None
        assert listener.stdout.readline() == "listening\n"
        lookups: list[str] = []
        reading = threading.Thread(target=_read, args=(listener.stdout, lookups))
        reading.start()
        yield Alone(name, lookups, home)
    finally:
        if listener is not None:
            listener.kill()
            listener.wait()
            reading.join()
            listener.stdout.close()
        subprocess.run(["ip", "netns", "delete", name], check=True)
        shutil.rmtree(told)


@pytest.fixture
def site(lite0, tmp_path: Path) -> Path:
    (tmp_path / "network").mkdir()
    package = packed.laid_out(packed.contents_of(packed.tiny(lite0, tmp_path / "network")), tmp_path / "site")
    (tmp_path / "photo.png").write_bytes(encoded(picture(60, 40)))
    return package.folder


def test_a_look_up_is_seen(alone, tmp_path):
    code = "import socket; socket.getaddrinfo('telemetry.example', 443)"
    assert alone.run(sys.executable, "-c", code, cwd=tmp_path).returncode == 1
    assert "telemetry.example" in alone.lookups


def test_the_package_answers_and_lives_on_without_a_look_up_or_a_file(alone, site, tmp_path):
    living = (
        f"import time; from {MODULE} import Classifier; print(len(Classifier().classify('photo.png'))); time.sleep({ALIVE})"
    )
    done = alone.run(sys.executable, "-c", living, cwd=tmp_path, PYTHONPATH=str(site))
    assert (done.returncode, done.stdout, done.stderr) == (0, "3\n", "")
    for command in (("predict", "photo.png"), ("selftest",), ("info",)):
        done = alone.run(sys.executable, "-m", MODULE, *command, cwd=tmp_path, PYTHONPATH=str(site))
        assert (done.returncode, done.stderr) == (0, "")
    assert (alone.lookups, alone.written()) == ([], [])


@pytest.mark.parametrize(
    "code",
    [
        "import onnxruntime",
        "import openvino; openvino.Core()",
        "import lib.sweep.spread",
        "import lib.run.execute, lib.report.pages",
    ],
)
def test_what_the_workbook_imports_looks_nothing_up(alone, tmp_path, code):
    done = alone.run(sys.executable, "-c", f"import lib; {code}; import time; time.sleep(12)", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert alone.lookups == []
    assert not [name for name in alone.written() if "Microsoft" in name or "telemetry" in name.lower()]
