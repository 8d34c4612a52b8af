"""What a file says of itself."""

from __future__ import annotations

import json

import onnx
import pytest

from lib.studies.export.inscription import Inscription


@pytest.fixture(scope="module")
def model(few):
    return onnx.load(few.onnx_path, load_external_data=False)


def changed(model, key, change) -> onnx.ModelProto:
    """A model without its graph, with one of its entries changed: its text, or what the text is JSON of."""
    copy = onnx.ModelProto()
    for each in model.metadata_props:
        value = each.value
        if each.key == f"handoff.{key}":
            made = change(json.loads(value))
            value = made if isinstance(made, str) else json.dumps(made)
        onnx.helper.set_model_props(copy, {entry.key: entry.value for entry in copy.metadata_props} | {each.key: value})
    return copy


def test_what_the_export_wrote_is_the_subjects(model, few):
    found = Inscription.of(model, few)
    assert found.wrong == ()
    assert found.fields == 6 + 2 + 7 + len(few.subject.classes)


@pytest.mark.parametrize(
    ("key", "change", "wrong"),
    [
        ("classes", lambda names: [*names[1:], names[0]], 1000),
        ("classes", lambda names: [*names[:7], "x", *names[8:]], ("classes.7",)),
        ("classes", lambda names: names[:-1], ("classes.999",)),
        ("classes", lambda names: [*names, "one more"], ("classes.1000",)),
        ("contract", lambda each: each | {"filter": "nearest"}, ("contract.filter",)),
        ("contract", lambda each: each | {"mean": [0.5, 0.5, 0.5]}, ("contract.mean",)),
        ("contract", lambda each: each | {"mean": each["mean"][:2]}, ("contract.mean",)),
        ("contract", lambda each: each | {"size": 224.0}, ("contract.size",)),
        ("contract", lambda each: each | {"more": 1}, ("contract.more",)),
        ("domain", lambda each: {"least": each["least"]}, ("domain.most",)),
        ("domain", lambda each: each | {"most": 4096}, ("domain.most",)),
        ("provenance", lambda each: each | {"weights_sha256": "0" * 64}, ("provenance.weights_sha256",)),
        ("provenance", lambda each: each | {"claims_accuracy": 1}, ("provenance.claims_accuracy",)),
        ("provenance", lambda each: each | {"versions": {}}, ("provenance.versions",)),
        ("provenance", lambda each: "[" * 100_000, 7),
        ("domain", lambda each: "not JSON", ("domain.least", "domain.most")),
    ],
)
def test_every_field_that_is_another_is_named(model, few, key, change, wrong):
    found = Inscription.of(changed(model, key, change), few).wrong
    assert (len(found) if isinstance(wrong, int) else found) == wrong
