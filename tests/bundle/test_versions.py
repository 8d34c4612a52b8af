"""The versions that a package is run with are those that it asks for."""

from __future__ import annotations

import ast
import importlib.metadata
import platform
import sys

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from lib.bundle import versions
from lib.bundle.contents import DEPLOY
from lib.deploy import BadInput


def test_the_installed_ones_are_this_environments_and_all_begin_with_the_lowest():
    (installed,) = versions.sets("installed")
    assert installed == {name: importlib.metadata.version(name) for name in ("numpy", "onnxruntime", "pillow")}
    assert versions.sets("all") == [versions.LOWEST, installed]
    for name in versions.LIBRARIES:
        assert Version(versions.LOWEST[name]) <= Version(installed[name])
    assert installed != versions.LOWEST


@pytest.mark.parametrize("which", ["", "instaled", "ALL", "\n"])
def test_another_choice_is_refused_with_those_there_are(which):
    with pytest.raises(BadInput, match="installed"):
        versions.sets(which)


def test_one_set_is_required_exactly():
    sets = versions.sets("installed")
    lines = [Requirement(line) for line in versions.requirements(sets)]
    assert {each.name: str(each.specifier) for each in lines} == {name: f"=={value}" for name, value in sets[0].items()}


def test_two_sets_allow_what_lies_between_them_and_nothing_beyond():
    lowest, installed = versions.sets("all")
    for line in map(Requirement, versions.requirements([lowest, installed])):
        for inside in (lowest[line.name], installed[line.name]):
            assert line.specifier.contains(inside)
        for outside in ("0", "1.0", f"{installed[line.name]}.1", f"{installed[line.name]}.post1", "99999"):
            assert not line.specifier.contains(outside, prereleases=True), (str(line), outside)
        assert (line.extras, line.marker, line.url) == (set(), None, None)


def test_every_library_that_the_code_imports_is_asked_for():
    imported = set()
    for path in DEPLOY.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {each.name.split(".")[0] for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                imported.add(str(node.module).split(".")[0])
    beyond = imported - set(sys.stdlib_module_names)
    assert {"PIL": "pillow"}.keys() | {"numpy", "onnxruntime"} == beyond
    assert set(versions.LIBRARIES) == {"pillow" if name == "PIL" else name for name in beyond}


def test_python_is_this_one_with_any_last_digit():
    assert SpecifierSet(versions.python()).contains(platform.python_version())
    assert SpecifierSet(versions.python()).contains(f"{sys.version_info.major}.{sys.version_info.minor}.99")
    assert not SpecifierSet(versions.python()).contains(f"{sys.version_info.major}.{sys.version_info.minor + 1}.0")
    assert versions.tested([{"numpy": "1"}]) == [{"python": platform.python_version(), "numpy": "1"}]
