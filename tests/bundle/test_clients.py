"""The README of a package tells how the end-to-end file is called, and its clients answer as the package does."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lib.bundle import clients
from lib.cache import ROOT
from lib.deploy import Classifier
from lib.deploy.manifest import Manifest
from lib.export.end_to_end import REFUSED, written
from tests.bundle import shipped
from tests.conftest import encoded, picture

NODE = ROOT / ".cache" / "node" / "node_modules"  # .ci/run installs there what the client needs


def code(manifest: Manifest, language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", clients.section(manifest), re.DOTALL)
    return found


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return Manifest.parse(json.dumps(shipped.manifest()).encode(), "manifest")


@pytest.fixture(scope="module")
def service(tmp_path_factory, manifest, lite0) -> Path:
    """A folder with the end-to-end file under its name, and the clients as they are handed over."""
    folder = tmp_path_factory.mktemp("service")
    shutil.copy(written(lite0.onnx_path, lite0.subject.contract), folder / "lite0-end-to-end.onnx")
    (folder / "client.py").write_text(code(manifest, "python"))
    (folder / "client.mjs").write_text(code(manifest, "js"))
    return folder


@pytest.fixture(params=["python", "node"])
def client(request, service) -> list[str]:
    if request.param == "python":
        return [sys.executable, "client.py"]
    if not shutil.which("node"):
        pytest.skip("no node on this machine")
    if not NODE.exists():
        pytest.skip(f"onnxruntime-node and sharp are not installed in {NODE.relative_to(ROOT)}; .ci/run installs them")
    (service / "node_modules").exists() or (service / "node_modules").symlink_to(NODE)
    return ["node", "client.mjs"]


def photos() -> dict[str, bytes]:
    """Photos whose pixels a client gets wrong that forgets a step, all of them without losses but the turned one."""
    photo = picture(300, 200)
    exif = Image.Exif()
    exif[0x0112] = 6
    alpha = photo.convert("RGBA")
    alpha.putalpha(Image.fromarray((np.indices((200, 300))[0] % 256).astype(np.uint8)))
    return {
        "turned.jpg": encoded(photo, "JPEG", exif=exif.tobytes(), quality=95),
        "alpha.png": encoded(alpha),
        "grey.png": encoded(photo.convert("L")),
        "palette.png": encoded(photo.quantize(32)),
    }


def test_a_client_answers_as_the_package_does(client, service, lite0):
    whole = Classifier(service / "lite0-end-to-end.onnx")
    given = photos() | {photo.name: photo.data for photo in lite0.photos.readable}  # one of these has an ICC profile
    for name, data in given.items():
        (service / name).write_bytes(data)
        done = subprocess.run([*client, name], cwd=service, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), name
        expected = whole.classify(data, top=1)[0]
        best, probability, *names = done.stdout.split(maxsplit=2)
        assert (int(best), float(probability)) == (expected.index, pytest.approx(expected.probability, abs=1e-4)), name
        assert not names or names[0].strip() == expected.name


def test_a_client_says_of_a_photo_outside_of_the_limits_that_it_is_refused(client, service):
    (service / "line.png").write_bytes(encoded(picture(1, 100)))
    done = subprocess.run([*client, "line.png"], cwd=service, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip() == f"{REFUSED}: its longer side would be resized to more than 1,024 pixels"


def test_a_client_leaves_nothing_in_the_home_of_its_user(client, service, tmp_path):
    (service / "photo.png").write_bytes(encoded(picture(300, 200)))
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "VIRTUAL_ENV")}  # CI switches telemetry off
    done = subprocess.run(
        [*client, "photo.png"], cwd=service, env=kept | {"HOME": str(tmp_path)}, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_the_section_names_the_file_its_layout_and_its_limits(manifest):
    said = clients.section(manifest)
    for each in ("lite0-end-to-end.onnx", "`pixels` | uint8", "`probabilities` | float32", "EXIF", "ICC", manifest.photos_fed):
        assert each in said
    assert "pip install onnxruntime==1.32.0 pillow==13.0.0" in said


def test_a_package_without_such_a_file_has_no_such_section(manifest):
    assert clients.section(replace(manifest, beside={})) == ""
