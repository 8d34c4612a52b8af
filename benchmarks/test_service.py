"""README's service beside a plain one and an earlier wheel's: answers a second, processor time, memory, and 3,000 answers.

``make benchmark-service`` runs this alone. Each service is a process of its own and so is what asks, over loopback. Services
take turns within a round and ratios are taken within it, so that other work on the machine falls on all alike. With
``BEFORE=wheel`` an earlier package is asked too, with the service of its time.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest

from benchmarks.conftest import REPORTS
from lib import policy
from lib.bundle import names, versions, words
from lib.bundle.contents import contents
from lib.bundle.wheel import build
from lib.cache import ROOT
from lib.handoff import Handoff

CLIENTS, ROUNDS, ANSWERS, MANY = (1, 10, 40), 5, 120, 3000
# README's service before there was one beside the wheel.
EARLIER = """
from fastapi import Depends, FastAPI, HTTPException, Request
from {module} import BadPhoto, Classifier

app, classifier = FastAPI(), Classifier()


async def body(request: Request) -> bytes:
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > 20_000_000:
            raise HTTPException(413, "more than 20 MB")
    return bytes(data)


@app.post("/classify")
def classify(photo: bytes = Depends(body)):
    try:
        return classifier.classify(photo)
    except BadPhoto as error:
        raise HTTPException(400, str(error)) from None
"""


@dataclass(frozen=True)
class Service:
    """One that runs."""

    pid: int
    port: int

    def status(self, name: str) -> int:
        """A number of /proc/self/status; bytes where it has a unit."""
        text = Path(f"/proc/{self.pid}/status").read_text()
        value, unit = re.search(rf"^{name}:\s+(\d+)( kB)?", text, re.MULTILINE).groups()  # type: ignore[union-attr]
        return int(value) * (1024 if unit else 1)

    @property
    def seconds(self) -> float:
        """Processor time that it has taken."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def descriptors(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def asked(self, photo: Path, clients: int, answers: int) -> dict:
        """What the process that asks says, with the processor seconds that the service took for an answer."""
        job = {"port": self.port, "photo": str(photo), "clients": clients, "answers": answers}
        before = self.seconds
        command = [sys.executable, "-m", "benchmarks.service_load", json.dumps(job)]
        said = json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
        return said | {"rate": answers / said["seconds"], "processor": (self.seconds - before) / answers}


@contextmanager
def serving(folder: Path, module: str, **variables: str) -> Iterator[Service]:
    """``module`` of ``folder`` in a process of its own, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", f"{module}:app", "--port", str(port), "--log-level", "warning"]
    kept = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    environment = kept | {"PYTHONPATH": str(folder), "ORT_DISABLE_TELEMETRY": "1"} | variables
    running = subprocess.Popen(command, cwd=folder, env=environment)
    try:
        while running.poll() is None:
            with socket.socket() as asking:
                if asking.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        assert running.poll() is None, f"{module} ended"
        yield Service(running.pid, port)
    finally:
        running.terminate()
        running.wait()


def unpacked(wheel: Path, folder: Path) -> str:
    """Lay out a wheel; the name of its module."""
    shutil.unpack_archive(wheel, folder, "zip")
    return next(path.parent.parent for path in folder.glob("*/data/manifest.json")).name


@pytest.fixture
def services(lite0: Handoff, tmp_path: Path) -> Iterator[Mapping[str, Service]]:
    packed = contents(lite0, policy.load().tolerances, versions.sets(versions.INSTALLED), {}, None)
    now = tmp_path / "now"
    assert unpacked(build(packed, tmp_path), now) == names.module(packed.manifest.name)
    (now / "service.py").write_text(words.service(packed.manifest))
    with ExitStack() as stack:
        plain = serving(ROOT / "benchmarks", "plain_service", MODEL=str(lite0.onnx_path))
        started = {"plain ONNX Runtime": stack.enter_context(plain)}
        if before := os.environ.get("BEFORE"):
            module = unpacked(Path(before), tmp_path / "before")
            (tmp_path / "before" / "service.py").write_text(EARLIER.format(module=module))
            started["before"] = stack.enter_context(serving(tmp_path / "before", "service"))
        started["now"] = stack.enter_context(serving(now, "service"))
        started["now, one thread"] = stack.enter_context(serving(now, "service", OMP_NUM_THREADS="1"))
        yield started


@pytest.fixture
def photo(lite0: Handoff, tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(next(photo for photo in lite0.photos.readable if photo.name == "grace_hopper.jpg").data)
    return path


def test_load(services: Mapping[str, Service], photo: Path, pytestconfig: pytest.Config) -> None:
    for service in services.values():
        service.asked(photo, 1, 10)
    lines = [f"The service under load: {ROUNDS} rounds of {ANSWERS} answers, {photo.stat().st_size / 1e3:.0f} kB a photo"]
    lines += [
        f"{'at once':>7}  {'service':20}{'a second':>10}{'ratio':>8}{'processor':>12}{'latency':>10}{'refused':>9}{'peak':>9}"
    ]
    for clients in CLIENTS:
        found: dict[str, list[dict]] = {name: [] for name in services}
        for _ in range(ROUNDS):
            for name, service in services.items():
                found[name].append(service.asked(photo, clients, ANSWERS))
        base = found["plain ONNX Runtime"]
        for name, rounds in found.items():
            ratio = median(one["rate"] / other["rate"] for one, other in zip(rounds, base, strict=True))
            rate, processor = (median(each[what] for each in rounds) for what in ("rate", "processor"))
            latency = median(latency for each in rounds for latency in each["latencies"])
            refused = sum(each["refused"] for each in rounds)
            peak = services[name].status("VmHWM") / 1e6
            lines.append(
                f"{clients:>7}  {name:20}{rate:>10.1f}{ratio:>8.2f}{1e3 * processor:>9.1f} ms{1e3 * latency:>7.0f} ms"
                f"{refused:>9}{peak:>6.0f} MB"
            )
    lines += [
        f"Medians of rounds; ratios to the first service within a round. Peaks are of all so far. {os.cpu_count()} CPUs, load "
        f"{os.getloadavg()[0]:.1f} at the end, onnxruntime {importlib.metadata.version('onnxruntime')}."
    ]
    pytestconfig.stash[REPORTS].append(lines)


def _moved(first: float, last: float, unit: str = "") -> str:
    return f"{first:.0f} → {last:.0f} {unit}".rstrip()


def test_many_answers(services: Mapping[str, Service], photo: Path, pytestconfig: pytest.Config) -> None:
    lines = [f"{MANY} answers, 10 at once: after the first hundred and after the last"]
    lines += [f"{'service':20}{'memory':>17}{'descriptors':>13}{'threads':>10}{'latency':>18}"]
    for name, service in services.items():
        service.asked(photo, 10, 50)
        seen, latencies = [], []
        for answers in (100, MANY - 200, 100):
            latencies.append(median(service.asked(photo, 10, answers)["latencies"]))
            seen.append((service.status("VmRSS") / 1e6, service.descriptors, service.status("Threads")))
        memory, descriptors, threads = ((first, last) for first, last in zip(seen[0], seen[-1], strict=True))
        lines.append(
            f"{name:20}{_moved(*memory, 'MB'):>17}{_moved(*descriptors):>13}{_moved(*threads):>10}"
            f"{_moved(1e3 * latencies[0], 1e3 * latencies[-1], 'ms'):>18}"
        )
        assert descriptors[1] <= descriptors[0] + 5
    pytestconfig.stash[REPORTS].append(lines)
