"""What is installed in another environment."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

from lib.bundle.libraries import Library, installed
from lib.inputs.reading import sha256
from lib.runtimes.package import NOT_SAID


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """Another environment's folder, with what wheels leave in it."""
    folder = tmp_path / "site-packages"
    metadata = {
        "Na.Me_Of-1.0.dist-info": [
            "Name: Na.Me_Of", "Version: 1.0", "License-Expression: MIT", "Requires-Dist: b>=1; python_version >= '3'",
            "Requires-Dist: never; sys_platform == 'nowhere'", "Requires-Dist: test; extra == 'test'", "Requires-Dist: missing",
            "Requires-Dist: B[more]", "Requires-Dist: na-me-of[more]",
        ],
        "b-2.0.post1.dist-info": ["Name: b", "Version: 2.0.post1", "Classifier: License :: OSI Approved :: BSD License"],
        "never-1.dist-info": ["Name: never", "Version: 1"],
        "test-1.dist-info": ["Name: test", "Version: 1"],
        "~roken-1.dist-info": [],
    }  # fmt: skip
    for name, lines in metadata.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "METADATA").write_text("\n".join(["Metadata-Version: 2.4", *lines, ""]))
    return folder


def wheels(folder: Path, *names: str) -> Path:
    """A folder with files of these names, each with its name in it."""
    folder.mkdir()
    for name in names:
        (folder / name).write_text(name)
    return folder


def test_names_versions_licences_and_what_needs_what(there):
    assert installed(there, None) == [
        Library("b", "2.0.post1", "BSD License", (), ""),
        Library("na-me-of", "1.0", "MIT", ("b",), ""),
        Library("never", "1", NOT_SAID, (), ""),
        Library("test", "1", NOT_SAID, (), ""),
    ]


def test_the_wheel_of_the_same_name_and_version_is_hashed(there, tmp_path):
    name = "na_me_of-1.0.0-py3-none-any.whl"
    folder = wheels(tmp_path / "wheels", name, "b-2.0-py3-none-any.whl", "no wheel.whl", "never-1.tar.gz")
    digests = {each.name: each.sha256 for each in installed(there, folder)}
    assert digests == {"b": "", "na-me-of": sha256(name.encode()), "never": "", "test": ""}


def test_of_two_wheels_that_it_may_be_from_none_is_taken(there, tmp_path):
    folder = wheels(tmp_path / "wheels", "b-2.0.post1-cp311-cp311-linux_x86_64.whl", "b-2.0.post1-py3-none-any.whl")
    assert {each.sha256 for each in installed(there, folder)} == {""}


def test_a_real_environment_is_read():
    here = Path(str(importlib.metadata.distribution("pillow").locate_file("")))
    known = {each.name: each for each in installed(here, None)}
    assert known["pillow"].version == importlib.metadata.version("pillow")
    assert known["onnxruntime"].licence == "MIT License"
    assert "numpy" in known["onnxruntime"].requires
    assert "scikit-image" in known
