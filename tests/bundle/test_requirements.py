"""Requirements with hashes name everything that is installed, each with the hash of its own wheel."""

from __future__ import annotations

import re

import pytest
from packaging.utils import canonicalize_name, parse_wheel_filename

from lib.bundle import requirements, versions, wheels
from lib.deploy import BadInput
from lib.inputs.weights import digest_of


@pytest.mark.parametrize("named", [versions.sets("installed")[0], versions.of_service()], ids=["package", "service"])
@pytest.mark.parametrize("coloured", ["", "1"])  # as in a kernel, where every program is told to print in colours
def test_everything_has_a_version_and_the_hash_of_its_wheel(named, coloured, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", coloured)
    lines = [line for line in requirements.locked(named).splitlines() if not line.startswith("#")]
    found = {}
    for line in lines:
        name, version, digest = re.fullmatch(r"(\S+)==(\S+) --hash=sha256:([0-9a-f]{64})", line).groups()
        found[name] = version, digest
    assert {name: found[name][0] for name in named} == named
    assert len(found) > len(named)
    there = {digest_of(path): canonicalize_name(parse_wheel_filename(path.name)[0]) for path in wheels.FOLDER.glob("*.whl")}
    assert {name: there[digest] for name, (_, digest) in found.items()} == {name: name for name in found}


def test_they_say_of_which_platform_they_are():
    assert "CPython 3.11" in requirements.locked({"packaging": versions.sets("installed")[0].get("packaging", "26.3")})


def test_a_library_that_was_not_put_aside_is_one_line(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    with pytest.raises(BadInput, match=r"^no wheels of numpy==0\.1 with all that they require were put aside: ERROR"):
        requirements.locked({"numpy": "0.1"})
