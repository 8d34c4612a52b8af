"""The texts beside a package hold: their commands run as they are written, and the Dockerfile is one."""

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
import venv
from dataclasses import replace
from pathlib import Path

import pytest

from lib.bundle import requirements, versions, wheels, words
from tests import hostile_texts
from tests.conftest import encoded, picture

HADOLINT = Path(sys.executable).with_name("hadolint")


def blocks(text: str, language: str = "") -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_commands_of_the_readme_run_as_they_are_written(there, packed, wheel, tmp_path):
    (tmp_path / "photos").mkdir()
    for name in ("photo.jpg", "photos/one.png"):
        (tmp_path / name).write_bytes(encoded(picture(320, 240)))
    install, *commands = blocks(words.readme(packed.manifest))[0].splitlines()
    assert install == f"pip install {wheel.name}"
    assert [line.split()[1] for line in commands] == ["selftest", "predict", "info"]
    for command in commands:
        done = there.run("sh", "-c", f"cd {tmp_path} && PATH={there.command.parent}:$PATH && {command}")
        assert (done.returncode, done.stderr) == (0, ""), command
    code = blocks(words.readme(packed.manifest), "python")[0]
    done = there.run("sh", "-c", f'cd {tmp_path} && exec "$@"', "sh", str(there.python), "-c", f"{code}\nBadPhoto")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_readme_says_how_another_distribution_of_onnxruntime_is_installed(packed, wheel):
    (block,) = re.findall(r"```\n(pip install numpy.*?)```", words.readme(packed.manifest), re.DOTALL)
    runtime, install, _ = block.splitlines()
    version = packed.manifest.tested[0]["onnxruntime"]
    assert f" onnxruntime-openvino=={version}" in runtime
    assert " onnxruntime==" not in runtime
    assert install == f"pip install --no-deps {wheel.name}"
    between = replace(packed.manifest, requires=["numpy>=1,<=2", "onnxruntime>=1,<=2", "pillow==13.0.0"])
    assert "pip install 'numpy>=1,<=2' 'onnxruntime-openvino>=1,<=2' pillow==13.0.0\n" in words.readme(between)


def test_the_readme_tells_of_telemetry(packed):
    assert "`ORT_DISABLE_TELEMETRY=1`" in words.readme(packed.manifest)


def test_the_readme_says_of_a_stand_in_what_it_is_and_what_is_refused(packed):
    told = packed.manifest
    assert "stand-in" not in words.readme(told)
    assert "Its weights are a stand-in: no claim on accuracy is made." in words.readme(
        replace(told, subject=told.subject | {"claims_accuracy": False})
    )
    assert told.photos_fed in words.readme(told)
    for change, side in (({"rule": "squash"}, 224), ({"rule": "shorter-side-crop", "size": 320, "crop": 300}, 300)):
        fixed = words.readme(replace(told, contract=told.contract | change))
        assert f"{side} × {side}" in fixed
    assert re.search(r"The opened model takes \d+ MB, and an answer at most 1,0\d\d MB more.", words.readme(told))


def test_a_description_of_several_lines_adds_no_code_to_the_readme(packed):
    told = replace(packed.manifest, subject=packed.manifest.subject | {"about": "A.\n```\nrm -rf /\n```\n# B\x1b[31m"})
    readme = words.readme(told)
    assert len(blocks(readme)) == len(blocks(words.readme(packed.manifest)))
    assert "\nrm" not in readme
    assert "\x1b" not in readme


def test_a_description_stands_in_the_readme_as_text(packed):
    told = replace(packed.manifest, subject=packed.manifest.subject | {"about": hostile_texts.TEXT})
    readme = words.readme(told)
    assert not hostile_texts.raw(readme)
    assert r"\[here\](http" in readme
    assert r"\<b\>" in readme


def commands(dockerfile: str) -> list[str]:
    """What RUN gives to a shell."""
    joined = dockerfile.replace("\\\n", " ")
    return re.findall(r"^RUN --mount=type=bind,target=/handed +(.*)$", joined, re.MULTILINE)


def test_the_dockerfile_does_not_build_where_selftest_finds_anything_and_runs_as_nobody(packed):
    text = words.dockerfile(packed.manifest)
    lines = text.splitlines()
    assert f"ARG BASE=python:{sys.version_info.major}.{sys.version_info.minor}-slim" in lines
    assert 'RUN ["lite0-imagenet-onnx", "selftest"]' in lines
    assert lines.index("ENV ORT_DISABLE_TELEMETRY=1") < lines.index('RUN ["lite0-imagenet-onnx", "selftest"]')
    for stage in re.split(r"^FROM ", text, flags=re.MULTILINE)[1:]:
        assert re.findall(r"^(?:USER|ENTRYPOINT) .*$", stage, re.MULTILINE)[-2] == "USER 65534"
    assert [line for line in lines if line.startswith("COPY")] == ["COPY service.py /service/"]


def test_the_dockerfiles_pip_commands_install_all_by_hashes_and_the_service_answers(packed, wheel, tmp_path):
    handed, python = tmp_path / "handed", tmp_path / "venv" / "bin" / "python"
    handed.mkdir()
    shutil.copy(wheel, handed)
    (handed / "requirements.txt").write_text(requirements.locked(versions.sets("installed")[0]))
    (handed / "requirements-service.txt").write_text(requirements.locked(versions.of_service()))
    (handed / "service.py").write_text(words.service(packed.manifest))
    venv.create(tmp_path / "venv", symlinks=True)
    pip = f"{sys.executable} -m pip --python {python}"
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels.FOLDER), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    package, service = commands(words.dockerfile(packed.manifest))
    for command in (package, service):
        command = command.replace("pip install", f"{pip} install").replace("/handed", str(handed))
        done = subprocess.run(command, shell=True, env=os.environ | offline, capture_output=True, text=True)  # noqa: S602
        assert done.returncode == 0, done.stderr
    (healthy,) = re.findall(r"^HEALTHCHECK .* CMD (\[.*\])$", words.dockerfile(packed.manifest), re.MULTILINE)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    asks = [str(python), *json.loads(healthy.replace("8000", port))[1:]]
    assert subprocess.run(asks, capture_output=True).returncode != 0
    serves = [str(python), "-m", "uvicorn", "service:app", "--port", port, "--log-level", "warning"]
    running = subprocess.Popen(serves, cwd=handed, env=os.environ | {"ORT_DISABLE_TELEMETRY": "1"})
    try:
        for _ in range(300):
            if not (code := subprocess.run(asks, capture_output=True).returncode) or running.poll() is not None:
                break
            time.sleep(0.2)
        assert code == 0
    finally:
        running.terminate()
        running.wait()


def test_a_wheel_with_another_hash_is_not_installed(tmp_path):
    text = requirements.locked({"packaging": importlib.metadata.version("packaging")})
    (tmp_path / "requirements.txt").write_text(re.sub("sha256:.", "sha256:" + ("1" if "sha256:0" in text else "0"), text))
    venv.create(tmp_path / "venv", symlinks=True)
    command = [sys.executable, "-m", "pip", "--python", str(tmp_path / "venv" / "bin" / "python"), "install", "--no-index"]
    options = ["--find-links", str(wheels.FOLDER), "--require-hashes", "-r", str(tmp_path / "requirements.txt")]
    done = subprocess.run([*command, *options], capture_output=True, text=True)
    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr


@pytest.mark.skipif(not HADOLINT.exists(), reason="hadolint is not installed; make test installs it")
def test_the_linter_of_dockerfiles_has_nothing_against_it(packed, tmp_path):
    (tmp_path / "Dockerfile").write_text(words.dockerfile(packed.manifest))
    done = subprocess.run([HADOLINT, "--no-color", tmp_path / "Dockerfile"], capture_output=True, text=True)
    assert done.stdout + done.stderr == ""
    (tmp_path / "Dockerfile").write_text("FROM python\nRUN cd /tmp && pip install x\n")
    assert subprocess.run([HADOLINT, tmp_path / "Dockerfile"], capture_output=True, text=True).returncode == 1
