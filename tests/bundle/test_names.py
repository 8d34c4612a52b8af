"""What a package is called, and that a newer one has the higher version."""

from __future__ import annotations

import datetime
import keyword
import re

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from lib.bundle import names, versions

HOSTILE = (
    "lib", "numpy", "1-mine", "çà", "", "A B", "a--b__c", "../../etc/passwd", "-onnx", "onnx", "x\n[project]", "import", "日本",
    'a" b', "İ", "\udcff", "x" * 10_000, "0", ".", "con",
)  # fmt: skip


@pytest.mark.parametrize("subject", HOSTILE, ids=lambda subject: repr(subject)[:20])
def test_any_subject_has_a_name_that_pip_and_python_take_and_no_library_has(subject):
    name = names.distribution(subject)
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*-onnx", name)
    assert canonicalize_name(name) == name
    assert names.module(name).isidentifier()
    assert not keyword.iskeyword(names.module(name))
    assert name not in {*versions.LIBRARIES, "lib", "onnx", "packaging"}
    assert len(f"{names.module(name)}-2026.12.31.235959.dist-info") < 255


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("lite0-imagenet", "lite0-imagenet-onnx"),
        ("numpy", "numpy-onnx"),
        ("1-mine", "model-1-mine-onnx"),
        ("çà", "model-onnx"),
        ("", "model-onnx"),
        ("A B", "a-b-onnx"),
    ],
)
def test_a_name_is_the_subjects_as_far_as_pip_can_say_it(subject, name):
    assert names.distribution(subject) == name


def test_the_newer_one_has_the_higher_version_and_any_run_a_higher_one_than_none():
    utc = datetime.UTC
    moments = [
        datetime.datetime(*at, tzinfo=utc)
        for at in (
            (2026, 1, 2, 0, 0, 0), (2026, 1, 2, 0, 0, 9), (2026, 1, 2, 0, 9, 59), (2026, 1, 2, 9, 5, 7),
            (2026, 1, 2, 23, 59, 59), (2026, 1, 10, 0, 0, 1), (2026, 10, 1, 0, 0, 0), (2027, 1, 1, 0, 0, 0),
        )
    ]  # fmt: skip
    made = [names.version(None), *map(names.version, moments)]
    assert sorted(made, key=Version) == made
    assert len(set(map(Version, made))) == len(made)
    for each in made:
        assert str(Version(each)) == each  # as PEP 440 normalises it, so that the wheel's file is called so
    assert Version(made[0]).is_prerelease
    assert names.version(moments[3]) == "2026.1.2.90507"
