"""The preprocessing contract refuses what it cannot mean."""

from __future__ import annotations

import json

import pytest

from lib.deploy import BadInput, Contract

GOOD = {"size": 224, "rule": "shorter-side", "filter": "bilinear", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}


def test_a_contract_survives_the_way_through_json():
    contract = Contract.from_mapping(GOOD | {"rule": "shorter-side-crop", "crop": 200}, "here")
    assert Contract.from_mapping(json.loads(contract.to_json()), "there") == contract


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"size": 0}, "'size' is 0"),
        ({"size": True}, "'size' is True"),
        ({"rule": "stretch"}, "'rule' is 'stretch'; it takes one of shorter-side"),
        ({"filter": "cubic"}, "'filter' is 'cubic'"),
        ({"mean": [0.5, 0.5]}, "'mean'"),
        ({"mean": [0.5, 0.5, float("nan")]}, "'mean'"),
        ({"std": [0.5, 0.5, 0]}, "'std' is [0.5, 0.5, 0]; it takes three numbers, for red, green and blue, 1e-06 to"),
        ({"std": [0.5, 0.5, 1e-300]}, "'std'"),
        ({"mean": [0.5, 0.5, True]}, "'mean'"),
        ({"mean": [0.5, 0.5, 10**400]}, "'mean'"),
        ({"mean": [0.5, 0.5, 1e300]}, "'mean'"),
        ({"size": 10**9}, "'size' is 1000000000; it takes a whole number of pixels, 1 to 4096"),
        ({"size": 10**5000}, "'size' is <int that is too long to show>"),
        ({"rule": ["squash"]}, "'rule' is ['squash']"),
        ({"crop": 200}, "'crop' goes with rule 'shorter-side-crop'"),
        ({"rule": "shorter-side-crop"}, "'crop' goes with rule"),
        ({"rule": "shorter-side-crop", "crop": 300}, "more than size 224"),
        ({"gamma": 2}, "unknown field 'gamma'"),
        ({"a\nb": 2}, r"unknown field 'a\nb'"),
    ],
)
def test_a_bad_field_is_named(change, said):
    with pytest.raises(BadInput) as refused:
        Contract.from_mapping(GOOD | change, "mine.toml: [preprocessing]")
    assert str(refused.value).startswith("mine.toml: [preprocessing]: ")
    assert said in str(refused.value)


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_field_is_named(name):
    with pytest.raises(BadInput, match=f"field '{name}' is missing"):
        Contract.from_mapping({key: value for key, value in GOOD.items() if key != name}, "here")


@pytest.mark.parametrize("values", [[], 3, "size", None])
def test_what_is_no_table_is_refused(values):
    with pytest.raises(BadInput, match=r"here: is .*; it takes a table of fields"):
        Contract.from_mapping(values, "here")
