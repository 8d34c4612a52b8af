"""Planted deployments: each can be built as it is named, and answers a photo."""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
import warnings
from collections import Counter
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lib.deploy import Model, Pipeline
from lib.deploy.classifier import pipeline
from lib.gate.deployed import Planted
from lib.policy.policy import PARTS

# The least number of deployments in each module.
LEAST = {
    "decode": 30, "resize": 25, "normalise": 15, "infer": 12, "score": 6, "behaviour": 8, "dependencies": 3,
    "dependencies_at_import": 1, "seventeen": 1,
}  # fmt: skip

# What services did: of each kind some that were written before there were probes for it, and some after.
LEAST |= {
    f"{half}.{kind}": least
    for half in ("realistic", "unseen", "later")
    for kind, least in {"large": 5, "encodings": 8, "composition": 3, "over_time": 3, "batches": 3, "imports": 2}.items()
} | {"realistic.blamed": 3, "unseen.blamed": 1}
HARMLESS = ("lib.gate.harmless.deployments", "lib.gate.harmless.services")

Handed = tuple[Pipeline, Model]


def faults(name: str) -> tuple[Planted, ...]:
    found: tuple[Planted, ...] = importlib.import_module(f"lib.gate.faults.{name}").PLANTED
    return found


def harmless() -> tuple[Planted, ...]:
    return tuple(planted for module in HARMLESS for planted in importlib.import_module(module).PLANTED)


@pytest.fixture(scope="module")
def handed(lite0) -> Handed:
    """What a deployment is made of, opened once for all of them."""
    return pipeline(lite0.onnx_path), Model.open(lite0.onnx_path)


@pytest.fixture(scope="module")
def photo() -> bytes:
    """Small, so that a hundred and fifty answers take a second or two."""
    levels = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "PNG")
    return file.getvalue()


def answer(planted: Planted, handed: Handed, photo: bytes) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some warn, which is their own affair
        return planted.change(*handed)(photo)


@pytest.mark.parametrize(("name", "least"), LEAST.items())
def test_there_are_enough_faults_of_each_part_and_each_answers(name, least, handed, photo):
    planted = faults(name)
    assert len(planted) >= least
    for each in planted:
        assert each.blames in PARTS, each.name
        assert len(np.asarray(answer(each, handed, photo))) == 1, each.name


def test_those_that_give_no_picture_are_there():
    planted = faults("unusable")
    assert len(planted) >= 6
    assert {each.blames for each in planted} == {"decode"}


def test_harmless_deployments_answer_as_ours(handed, photo):
    expected = handed[0](photo)
    assert len(harmless()) >= 90
    for each in harmless():
        assert not each.blames
        np.testing.assert_allclose(answer(each, handed, photo), expected, atol=1e-4, err_msg=each.name)


def test_every_name_is_the_only_one_of_its_kind_and_names_a_deployment():
    names = Counter((name.rpartition(".")[0], each.name) for name in LEAST for each in faults(name))
    names.update(("harmless", each.name) for each in harmless())
    assert names.most_common(1)[0][1] == 1
    for name in LEAST:
        module = importlib.import_module(f"lib.gate.faults.{name}")
        assert all(callable(getattr(module, each.name)) for each in faults(name))
    with pytest.raises(AttributeError):
        importlib.import_module(HARMLESS[0]).nothing_of_the_kind  # noqa: B018


def test_only_the_fault_that_is_about_it_needs_pytorch_to_be_imported():
    names = [f"lib.gate.faults.{name}" for name in LEAST if name != "dependencies_at_import"]
    code = "import importlib, sys; sys.modules['torch'] = None; [importlib.import_module(each) for each in sys.argv[1:]]"
    subprocess.run([sys.executable, "-c", code, *names, *HARMLESS], check=True)
