"""What a package requires, and how much room that takes."""

from __future__ import annotations

import importlib.metadata
from email.message import Message

import pytest

from lib.runtimes import package


@pytest.fixture
def installed(monkeypatch):
    """Packages that stand in for what is installed: their requirements by name."""
    known = {
        "a-b": ["C_d>=1; python_version >= '3'", "never; sys_platform == 'nowhere'", "more[x]>2", "test; extra == 'test'"],
        "c-d": ["a.b"],
        "more": None,
    }

    def requires(name: str):
        if name not in known:
            raise importlib.metadata.PackageNotFoundError(name)
        return known[name]

    monkeypatch.setattr(importlib.metadata, "requires", requires)


def test_markers_extras_and_other_spellings_of_a_name_are_heeded(installed):
    assert package.required("A_b") == {"a-b", "c-d", "more"}


def test_what_is_not_installed_is_left_out(installed):
    assert package.required("never") == set()


def test_numpy_is_said_to_be_what_it_is():
    said = package.about("numpy")
    assert said["version"] == importlib.metadata.version("numpy")
    assert "BSD" in said["licence"]
    assert said["installed"] > 20e6


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ({"License-Expression": "MIT", "Classifier": "License :: OSI Approved :: BSD License"}, "MIT"),
        ({"Classifier": "License :: OSI Approved :: BSD License", "License": "Copyright"}, "BSD License"),
        ({"License": "First line\nand the rest"}, "First line"),
        ({"Classifier": "Topic :: Other"}, package.NOT_SAID),
        ({}, package.NOT_SAID),
    ],
)
def test_the_licence_is_read_where_metadata_have_it(lines, said):
    metadata = Message()
    for name, value in lines.items():
        metadata[name] = value
    assert package.licence(metadata) == said


def test_a_package_that_names_no_licence_is_read_also_where_the_backport_reads_metadata(tmp_path):
    """``importlib_metadata``, which Dask brings, takes the place of Python's own where it is imported, and is stricter."""
    backport = pytest.importorskip("importlib_metadata", reason="Dask brings it for Python 3.11 alone")
    (tmp_path / "METADATA").write_text("Metadata-Version: 2.1\nName: x\nVersion: 1\n")
    assert package.licence(backport.PathDistribution(tmp_path).metadata) == package.NOT_SAID
