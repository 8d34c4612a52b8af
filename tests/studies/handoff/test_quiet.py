"""A package that opens a socket or writes a file beside its answer is noticed, in Python and in ONNX Runtime's own code."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lib.bundle.environment import Environment
from lib.studies.handoff.quiet import traces
from tests import packed
from tests.conftest import encoded, picture
from tests.packed import MODULE, Package


@pytest.fixture
def package(lite0, tmp_path) -> Package:
    (tmp_path / "network").mkdir()
    return packed.laid_out(packed.contents_of(packed.tiny(lite0, tmp_path / "network")), tmp_path / "site")


@pytest.fixture
def found(package, tmp_path):
    """What is noticed of the package with other code, in this very environment."""
    there = Environment(Path(sys.prefix), package.name)
    (tmp_path / "photo.png").write_bytes(encoded(picture(60, 40)))

    def noticed(code: str = "", **variables: str) -> tuple[str, ...]:
        with (package.here / "__init__.py").open("a") as file:
            file.write(f"\n{code}\n")
        return traces(there, MODULE, tmp_path / "photo.png", str(package.folder), **variables)

    return noticed


def test_a_package_that_only_answers_leaves_nothing(found, monkeypatch):
    monkeypatch.setenv("CI", "true")  # by which ONNX Runtime would keep still, whatever the package does
    assert found() == ()


def test_telemetry_that_is_on_is_noticed(found, monkeypatch):
    monkeypatch.setenv("CI", "true")
    loud = found(ORT_DISABLE_TELEMETRY="0", https_proxy="http://127.0.0.1:9")
    if not loud:
        pytest.skip("this onnxruntime has no telemetry")
    assert any(name.endswith("onnxruntime.db") for name in loud)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import socket; socket.socket().close()", "socket.__new__"),
        ("import socket; socket.getaddrinfo('127.0.0.1', 80)", "socket.getaddrinfo"),
        ("import os; os.open('/dev/null', os.O_WRONLY)", "open /dev/null"),
        ("open('here.txt', 'w').close()", "open here.txt"),
        ("import pathlib; pathlib.Path.home().joinpath('x').touch()", "file home/x"),
        ("import tempfile; tempfile.mkstemp()", "file tmp/"),
        ("raise ValueError('no\\nphoto')", "no answer: photo"),
    ],
)
def test_what_a_package_does_besides_is_noticed(found, code, said):
    assert any(each.startswith(said) for each in found(code))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not show what a process has open")
def test_a_socket_that_no_python_code_opened_is_noticed(found):
    code = "import ctypes; ctypes.CDLL(None).socket(2, 1, 0)"
    assert "socket of native code" in found(code)
