"""The wheel: whole, the same bytes each time, and without a word of the machine that built it."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import stat
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.utils import parse_wheel_filename

from lib.bundle.contents import licence_text
from lib.bundle.wheel import build
from lib.cache import ROOT, directory
from lib.inputs.weights import digest_of
from tests.packed import contents_of, tiny


@pytest.fixture
def archive(wheel: Path) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(wheel) as opened:
        yield opened


def metadata(archive: zipfile.ZipFile) -> Message:
    name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(archive.read(name).decode())


def test_its_name_says_what_it_is(wheel, packed):
    name, version, _, tags = parse_wheel_filename(wheel.name)
    assert (name, str(version)) == ("lite0-imagenet-onnx", packed.manifest.version)
    assert {str(tag) for tag in tags} == {"py3-none-any"}
    assert list(wheel.parent.iterdir()) == [wheel]


def test_it_holds_what_was_given_and_nothing_else_of_the_workbook(archive, packed):
    lies = {name: archive.read(name) for name in archive.namelist() if ".dist-info/" not in name}
    assert lies == {f"lite0_imagenet_onnx/{name}": data for name, data in packed.all.items()}
    beside = {name.partition(".dist-info/")[2] for name in archive.namelist() if ".dist-info/" in name}
    assert beside == {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}


def test_its_record_has_the_hash_of_every_file(archive):
    name = next(name for name in archive.namelist() if name.endswith("RECORD"))
    told = {row[0]: row[1] for row in csv.reader(io.StringIO(archive.read(name).decode()))}
    assert told.keys() == set(archive.namelist())
    for each, said in told.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(archive.read(each)).digest()).rstrip(b"=").decode()
        assert said == ("" if each == name else f"sha256={digest}")


def test_its_metadata_are_those_of_the_manifest(archive, packed):
    told = metadata(archive)
    assert (told["Name"], told["Version"]) == ("lite0-imagenet-onnx", packed.manifest.version)
    assert told.get_all("Requires-Dist") == list(packed.manifest.requires)
    assert told["Requires-Python"] == packed.manifest.python
    assert told["License-Expression"] == "Apache-2.0"
    assert archive.read(next(name for name in archive.namelist() if name.endswith("LICENSE"))) == licence_text()
    assert archive.read(next(name for name in archive.namelist() if name.endswith("entry_points.txt"))).decode().split() == [
        "[console_scripts]", "lite0-imagenet-onnx=lite0_imagenet_onnx.command:main",
    ]  # fmt: skip
    assert "lite0-imagenet-onnx selftest" in told.get_payload()


def test_two_builds_are_the_same_bytes_whatever_the_umask(wheel, packed, tmp_path):
    before = os.umask(0o077)
    try:
        again = build(packed, tmp_path / "again")
    finally:
        os.umask(before)
    assert again.name == wheel.name
    assert digest_of(again) == digest_of(wheel)


def test_its_times_are_the_runs_and_everybody_may_read_it(archive):
    for each in archive.infolist():
        assert each.date_time == (2026, 11, 27, 9, 4, 6)  # zip counts in steps of two seconds
        assert stat.S_IMODE(each.external_attr >> 16) == 0o644


def test_no_file_says_where_things_lie_on_the_machine(archive):
    places = {str(ROOT), str(directory()), sys.prefix, tempfile.gettempdir(), str(Path.home()), str(Path.cwd())} - {"/"}
    for name in archive.namelist():
        data = archive.read(name)
        for place in places:
            assert f"{place}/".encode() not in data, (name, place)


@pytest.mark.parametrize("licence", ["", "CC-BY-4.0"])
def test_under_another_licence_than_the_codes_it_states_none_for_both(lite0, tmp_path, licence):
    from dataclasses import replace

    handoff = tiny(lite0, tmp_path, name='x"\n[tool]', weights=replace(lite0.subject.weights, licence=licence))
    with zipfile.ZipFile(build(contents_of(handoff), tmp_path / "out")) as archive:
        told = metadata(archive)
    assert told["Name"] == "x-tool-onnx"
    assert told["License-Expression"] is None
    assert told.get_all("License-File") == ["LICENSE"]
