"""What a package says of itself: read back as it was written, and refused by the field that is wrong."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from lib.deploy import BadModel
from lib.deploy.manifest import MOST, Manifest
from tests.bundle.shipped import manifest

GOOD = manifest()
HUGE = "9" * 5000
DEEP = "[" * 100_000


def refused(data: bytes | str) -> str:
    """What is said of it, in one line."""
    with pytest.raises(BadModel) as raised:
        Manifest.parse(data if isinstance(data, bytes) else data.encode(errors="surrogatepass"), "manifest.json")
    said = str(raised.value)
    assert said.startswith("manifest.json: ")
    assert said.isprintable()
    assert len(said) < 1100
    return said


def changed(path: tuple[Any, ...], value: Any) -> str:
    """The good one with one value changed, as JSON."""
    told = copy.deepcopy(GOOD)
    inner: Any = told
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(told)


def without(path: tuple[Any, ...]) -> str:
    told = copy.deepcopy(GOOD)
    inner: Any = told
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return json.dumps(told)


def test_it_comes_back_from_its_json():
    told = Manifest.parse(json.dumps(GOOD).encode(), "manifest.json")
    assert told.as_json() == GOOD
    assert Manifest.parse(told.to_json().encode(), "manifest.json") == told
    assert told.to_json().endswith("}\n")


def test_of_a_package_it_comes_back_too(shipped):
    told = Manifest.read(shipped.data / "manifest.json")
    assert told.to_json().encode() == (shipped.data / "manifest.json").read_bytes()


def test_without_a_run_there_is_no_evidence_and_the_field_says_so():
    assert Manifest.parse(changed(("evidence",), None).encode(), "manifest.json").evidence is None
    assert "field 'evidence' is missing" in refused(without(("evidence",)))


FIELDS = [
    *((name,) for name in GOOD),
    *((name, inner) for name in ("subject", "weights", "tolerances", "licences", "evidence") for inner in GOOD[name]),
    *(("tested", 0, inner) for inner in GOOD["tested"][0]),
]
IDS = [".".join(map(str, path)) for path in FIELDS]


@pytest.mark.parametrize("path", FIELDS, ids=IDS)
def test_a_field_that_is_missing_is_named(path):
    assert f"field '{path[-1]}' is missing" in refused(without(path))


NAN, INFINITY = float("nan"), float("inf")
WRONG: dict[type, list[Any]] = {
    str: [None, True, 3, [], {}],
    int: [None, True, 1.0, NAN, "1", [], {}],
    float: [None, True, NAN, INFINITY, -1, "1", [], {}],
    bool: [None, 1, 0.0, "true", [], {}],
    dict: [None, True, 3, "x", [], [{}]],
    list: [None, True, 3, "x", {}, [None], [[]]],
}


@pytest.mark.parametrize("path", FIELDS, ids=IDS)
def test_a_value_of_another_type_is_refused_by_the_name_of_its_field(path):
    good: Any = GOOD
    for step in path:
        good = good[step]
    for value in WRONG[float if path[0] == "tolerances" and len(path) == 2 else type(good)]:
        if (path, value) != (("evidence",), None):
            assert str(path[-1]) in refused(changed(path, value))


@pytest.mark.parametrize(
    "path", [("more",), ("subject", "more"), ("evidence", "more"), ("tested", 0, "more"), ("licences", "\n")]
)
def test_a_field_that_nobody_knows_is_named(path):
    said = refused(changed(path, 1))
    assert f"unknown field {path[-1]!r}" in said


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("format",), 2, "field 'format' is 2; this package reads 1"),
        (("name",), "../evil", "field 'name': is '../evil'"),
        (("name",), "lite0-onnx\n", "field 'name': is"),
        (("weights", "sha256"), "F" * 64, "field 'sha256'"),
        (("files",), {"a": "x"}, "field 'files': field 'a': is 'x'"),
        (("golden",), {"a": 3}, "field 'golden': field 'a': is 3"),
        (("requires",), ["numpy", 3], "field 'requires': is 3"),
        (("tested",), [{}], "field 'tested': field 'python' is missing"),
        (("tolerances", "infer"), -1e-9, "field 'infer': is -1e-09; it takes a number, 0 or more"),
        (("tolerances", "infer"), 10**400, "field 'infer'"),
        (("tolerances", "infer"), True, "field 'infer'"),
        (("contract", "size"), 0, "contract: field 'size' is 0"),
        (("contract", "std"), [0.5, 0.5, float("nan")], "contract: field 'std'"),
        (("contract", "more"), 1, "contract: unknown field 'more'"),
        (("contract", "crop"), 10, "contract: field 'crop' goes with"),
        (("domain", "least"), 0, "domain: is"),
        (("domain",), {"least": 10**400, "most": 10**401}, "domain: is"),
        (("licences", "photos"), None, "field 'photos'"),
        (("evidence", "checks"), 1.0, "field 'checks'"),
        (("evidence", "checks"), True, "field 'checks'"),
    ],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_named(path, value, said):
    assert said in refused(changed(path, value))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"\xff\xfe\x00", b"no JSON", DEEP.encode(), b'{"a":' * 100_000, f'{{"format": {HUGE}}}'.encode(),
        json.dumps(GOOD).encode() + b"}", json.dumps(GOOD).encode()[:-1],
    ],
    ids=lambda data: repr(data[:10]),
)  # fmt: skip
def test_what_is_no_json_is_said_to_be_none(data):
    assert "is no JSON" in refused(data)


@pytest.mark.parametrize("data", ["[]", "3", "null", '"text"', "NaN", "[{}]"])
def test_what_is_no_table_of_fields_is_said_to_be_none(data):
    assert "it takes fields by name" in refused(data)


def test_what_stands_there_twice_is_named():
    text = json.dumps(GOOD)
    assert "'name' stands there twice" in refused(text.replace('"name"', '"name": "other", "name"', 1))
    assert "'checks' stands there twice" in refused(text.replace('"checks"', '"checks": 1, "checks"', 1))


def test_texts_of_any_kind_make_one_line():
    for value in ("\ud800", "\x1b[31m", "a\nb", "x\t" * 10**5):
        assert refused(changed((value,), 1))
        assert refused(changed(("name",), value))


def test_a_file_that_is_missing_or_too_large_is_named_with_what_to_do(tmp_path):
    for data, said in ((None, "No such file or directory"), (b" " * (MOST + 1), "has more than 1 MB")):
        if data is not None:
            (tmp_path / "manifest.json").write_bytes(data)
        with pytest.raises(BadModel) as raised:
            Manifest.read(tmp_path / "manifest.json")
        assert str(raised.value).startswith(f"{tmp_path / 'manifest.json'}: {said}")
        assert str(raised.value).endswith("install the package again")
