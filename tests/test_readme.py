"""What README.md shows as code does what it says."""

from __future__ import annotations

import asyncio
import io
import os
import re
import subprocess
import time
import tomllib
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
import yaml
from PIL import Image

from lib.bundle import words
from lib.cache import ROOT
from lib.deploy import BadModel, Classifier
from lib.deploy.manifest import Manifest
from lib.inputs.subject import built_in
from tests import packed

README = (ROOT / "README.md").read_text(encoding="utf-8")
WORKFLOW = ROOT / ".github" / "workflows" / "report.yml"


def blocks(language: str, holding: str = "") -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    return [each for each in found if holding in each]


@pytest.fixture(scope="module")
def installed(lite0, tmp_path_factory):
    """The package that the service imports."""
    pytest.importorskip("starlette.testclient", reason="fastapi is not installed")
    return packed.laid_out(packed.contents_of(lite0), tmp_path_factory.mktemp("site"))


def started(installed: packed.Package) -> dict[str, Any]:
    """The service as it stands there; its names."""
    (code,) = blocks("python", "FastAPI()")
    module: dict[str, Any] = {"__name__": "service"}
    with installed.imported(), patch.dict(os.environ, installed.environment):
        exec(compile(code, "README.md", "exec"), module)  # noqa: S102
    return module


@pytest.fixture
def service(installed):
    from starlette.testclient import TestClient

    module = started(installed)
    with TestClient(module["app"], raise_server_exceptions=False) as client:
        yield client, module


def run(asking: Coroutine[Any, Any, list[Any]]) -> list[Any]:
    """In a thread of its own: the tests that drive a browser leave a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, asking).result()


async def asked(module: dict[str, Any], times: int, **options: Any) -> list[Any]:
    """What is answered where so many ask at once."""
    import httpx

    transport = httpx.ASGITransport(module["app"], raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        return await asyncio.gather(*(client.post("/classify", **options) for _ in range(times)))


def test_the_service_answers_as_the_classifier_does(service, lite0):
    client, _ = service
    photo = lite0.photos.readable[0].data
    answer = client.post("/classify", content=photo)
    assert answer.status_code == 200
    expected = Classifier(lite0.onnx_path).classify(photo)
    assert [(each["index"], each["name"]) for each in answer.json()] == [(each.index, each.name) for each in expected]
    assert answer.json()[0]["probability"] == pytest.approx(expected[0].probability)


def long_photo() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.zeros((4, 4000, 3), np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(("body", "said"), [(b"", "photo"), (b"no photo", "photo"), (long_photo(), "pixels")])
def test_a_photo_that_cannot_be_used_is_a_bad_request(service, body, said):
    answer = service[0].post("/classify", content=body)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


def test_a_body_that_is_too_large_is_not_read_to_its_end(service):
    read = []

    def parts():
        for _ in range(100):
            read.append(1_000_000)
            yield bytes(1_000_000)

    assert service[0].post("/classify", content=parts()).status_code == 413


def test_a_fault_of_the_model_is_the_services_own(service, monkeypatch):
    client, module = service

    def raises(photo):
        raise BadModel("the network answers with NaN")

    monkeypatch.setattr(module["classifier"], "classify", raises)
    assert client.post("/classify", content=b"x").status_code == 500


def test_it_works_on_as_many_as_fit_and_says_to_the_others_when_to_come_again(installed):
    module, working, most = started(installed), [], []

    def slow(photo):
        working.append(photo)
        most.append(len(working))
        time.sleep(0.05)
        working.pop()
        return []

    module["classifier"].classify = slow
    answers = run(asked(module, 40, content=b"x"))
    assert max(most) == module["answering"].total_tokens == module["classifier"].at_once()
    refused = [each for each in answers if each.status_code == 503]
    assert len(refused) == 40 - module["HELD"]
    assert {each.headers["Retry-After"] for each in refused} == {"1"}
    assert [each.status_code for each in run(asked(module, 1, content=b"x"))] == [200]


def test_where_it_is_full_no_body_is_read_and_it_is_still_alive(service):
    client, module = service
    module["held"] = asyncio.Semaphore(0)
    module["body"] = pytest.fail
    assert client.post("/classify", content=b"x").status_code == 503
    assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 200)


def test_who_sends_nothing_does_not_keep_a_place(installed):
    module = started(installed)
    module["SECONDS"] = 0.01

    async def never():
        yield b"x"
        await asyncio.sleep(60)

    (answer,) = run(asked(module, 1, content=never()))
    assert answer.status_code == 408
    assert not module["held"].locked()


def test_a_package_that_fails_its_selftest_is_alive_and_not_ready(installed, tmp_path):
    from starlette.testclient import TestClient

    damaged = packed.copy(installed, tmp_path / "site")
    (damaged.data / "classes.json").write_text("[]")
    with TestClient(started(damaged)["app"]) as client:
        assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 503)


def test_the_service_is_short_and_is_what_lies_beside_a_package(installed):
    (code,) = blocks("python", "FastAPI()")
    assert len([line for line in code.splitlines() if line and not line.startswith(("#", "from", "import"))]) <= 40
    assert code == words.service(Manifest.read(installed.data / "manifest.json"))


def test_every_notebook_is_in_the_table():
    for path in ROOT.glob("notebooks/*.ipynb"):
        assert f"[`{path.stem}`](notebooks/{path.name})" in README


@pytest.mark.parametrize("text", [*blocks("yaml"), *blocks("yml"), WORKFLOW.read_text(encoding="utf-8")])
def test_yaml_is_valid_and_calls_what_there_is(text):
    told = yaml.safe_load(text)
    assert isinstance(told, dict)
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", text)) <= targets


def test_there_is_an_example_for_gitlab():
    (text,) = blocks("yaml")
    jobs = yaml.safe_load(text)
    assert jobs["handoff"]["artifacts"]["when"] == "always"
    assert "expire_in" in jobs["handoff"]["artifacts"]
    lines = jobs["deploy"]["script"]
    verified = next(i for i, line in enumerate(lines) if "lib verify" in line)
    assert verified < next(i for i, line in enumerate(lines) if "pip install" in line)


@pytest.mark.parametrize(
    ("code", "said"),
    [(0, ""), (1, "# Do not ship\n"), (2, "no new report: exit code 2\nwhy\n"), (3, "no new report: exit code 3\nwhy\n")],
)
def test_the_nightly_script_speaks_where_there_is_something_to_say(tmp_path, code, said):
    (script,) = blocks("sh")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    (tmp_path / "reports" / "nightly").mkdir(parents=True)
    (tmp_path / "reports" / "nightly" / "summary.md").write_text("# Do not ship\n")
    python.write_text(f"#!/bin/sh\necho why >&2\nexit {code}\n")
    python.chmod(0o755)
    ran = subprocess.run(["sh", "-c", script], env=os.environ | {"HANDOFF": str(tmp_path)}, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (code, said, "")


def test_links_lead_to_files():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert Path(ROOT / target).exists(), target


@pytest.mark.parametrize("text", blocks("toml"))
def test_toml_is_valid(text):
    assert tomllib.loads(text)


def test_built_in_subjects_are_named():
    for name in built_in():
        assert f"`{name}`" in README
