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
        ({"std": [0.5, 0.5, 0]}, "'std' has a value that is not above 0"),
        ({"crop": 200}, "'crop' goes with rule 'shorter-side-crop'"),
        ({"rule": "shorter-side-crop"}, "'crop' goes with rule"),
        ({"rule": "shorter-side-crop", "crop": 300}, "more than size 224"),
        ({"gamma": 2}, "unknown field 'gamma'"),
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
