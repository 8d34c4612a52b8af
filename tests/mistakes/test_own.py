"""What is no mistake, since the contract asks for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lib.deploy import Contract
from lib.deploy.stages import preprocessing
from lib.inputs.subject import load
from lib.mistakes import CATALOGUE
from lib.mistakes.own import own
from tests.conftest import picture

PLAIN = Contract(64, "shorter-side", "bilinear", (0.4, 0.45, 0.5), (0.2, 0.21, 0.22))
SQUASH = replace(PLAIN, rule="squash")
CROP = Contract(73, "shorter-side-crop", "bicubic", PLAIN.mean, PLAIN.std, 64)


CUT = ("crop rounded down", "crop rounded up")  # of contracts that crop nothing


@pytest.mark.parametrize(
    ("contract", "names"),
    [
        (PLAIN, {"Pillow bilinear", *CUT}),
        (
            SQUASH,
            {
                "Pillow bilinear",
                "squash",
                "width and height swapped",
                "side rounded",
                *CUT,
            },
        ),
        (replace(PLAIN, filter="bicubic"), {"Pillow bicubic", *CUT}),
        (CROP, {"Pillow bicubic", "resize larger and crop"}),
        (replace(CROP, size=70), {"Pillow bicubic"}),
    ],
    ids=["shorter side", "squash", "bicubic", "crop", "another crop"],
)
def test_a_rule_that_the_contract_asks_for_is_no_mistake(contract, names):
    assert own(contract) == names


def test_a_processor_is_none_where_shape_and_filter_are_the_contracts():
    assert "squash, nearest" in own(replace(SQUASH, filter="nearest"))
    assert "squash, nearest" not in own(replace(PLAIN, filter="nearest"))


def test_neither_is_a_normalisation_that_is_the_contracts_own():
    assert {"ImageNet's mean and std"} == own(load("b0-imagenet").contract) - {"Pillow bilinear", *CUT}
    assert {"Lite's mean and std", "mean and std in BGR order"} == own(load("lite0-imagenet").contract) - {
        "Pillow bilinear",
        *CUT,
    }


@pytest.mark.parametrize("contract", [PLAIN, SQUASH, CROP], ids=["shorter side", "squash", "crop"])
def test_what_is_none_changes_no_picture(contract):
    resize, _ = preprocessing(contract)
    for name in own(contract):
        for size in ((90, 70), (70, 91), (200, 67)):
            photo = picture(*size)
            np.testing.assert_array_equal(CATALOGUE[name].make(contract)(photo), np.asarray(resize(photo)), name)
