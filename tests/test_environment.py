"""pyproject.toml, constraints.txt and environment.yml cannot drift apart."""

from __future__ import annotations

import ast
import re
import sys
import tomllib

import yaml
from packaging.requirements import Requirement

from lib.cache import ROOT


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def wanted() -> dict[str, str]:
    """Every package that pyproject.toml asks for, extras included, with its version where it names one."""
    lines = project()["dependencies"] + [line for extra in project()["optional-dependencies"].values() for line in extra]
    return {each.name: str(each.specifier).removeprefix("==") for each in map(Requirement, lines)}


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return dict(line.lower().replace("_", "-").split("==") for line in lines if not line.startswith("#"))


def test_every_dependency_has_an_exact_version():
    for name, version in wanted().items():
        exact = pinned().get(name.lower().replace("_", "-"))
        assert exact, name
        assert version in ("", exact), name


def test_versions_are_those_that_everybody_can_install():
    assert pinned()["torch"] == "2.13.0"
    assert wanted()["torch"] == "2.13.0"
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert line.startswith("#") or re.fullmatch(r"[\w.-]+==[\w.]+", line), line


def test_the_conda_environment_names_python_pip_and_the_two_lists_and_nothing_else():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    python, pip, lists = environment["dependencies"]
    assert pip == "pip"
    assert lists == {"pip": ["-c constraints.txt", "-e .[test,runtimes]"]}
    lowest = project()["requires-python"].removeprefix(">=")
    assert python == f"python={lowest}"


def test_the_packages_the_project_was_given_are_there():
    given = {"jupyterlab", "papermill", "torch", "efficientnet_pytorch", "onnxruntime", "numpy", "pillow", "matplotlib"}
    assert given <= wanted().keys()


def test_a_first_run_compares_several_runtimes():
    names = {Requirement(line).name for line in project()["dependencies"]}
    assert {"torch", "onnxruntime", "onnx", "openvino", "opencv-python-headless"} <= names
    assert project()["optional-dependencies"]["runtimes"] == ["ai-edge-litert"]


def test_every_import_of_lib_is_a_declared_dependency():
    names = {
        "PIL": "pillow", "cv2": "opencv-python-headless", "cyclonedx": "cyclonedx-python-lib",
        "packageurl": "packageurl-python", "skimage": "scikit-image", "yaml": "pyyaml",
    }  # fmt: skip
    imported = set()
    for path in (ROOT / "lib").rglob("*.py"):
        for statement in ast.parse(path.read_text()).body:
            if isinstance(statement, ast.Import):
                imported |= {each.name.partition(".")[0] for each in statement.names}
            if isinstance(statement, ast.ImportFrom) and not statement.level:
                imported.add(str(statement.module).partition(".")[0])
    for name in imported - set(sys.stdlib_module_names) - {"lib", "__future__"}:
        assert names.get(name, name) in wanted(), name
