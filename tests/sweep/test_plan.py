"""The key of a group of pipelines changes with all that its numbers depend on, and with nothing else."""

from __future__ import annotations

from dataclasses import replace

from lib.sweep.plan import Plan, pipelines
from lib.sweep.ways import Mistaken
from tests.sweep.made import plan

VERSIONS = {"numpy": "2.4.6", "torch": "2.13.0"}


def made(*names: str, versions=VERSIONS) -> Plan:
    return Plan.of("model.onnx", "0" * 64, [[Mistaken((name,)) for name in names]], versions)


def test_a_key_depends_on_pipelines_model_and_versions():
    one = made("squash")
    others = (
        made("squash", "BGR"),
        replace(one, sha256="1" * 64),
        made("squash", versions=VERSIONS | {"numpy": "1"}),
    )
    assert len({one.keys, *(other.keys for other in others)}) == 4


def test_a_key_depends_neither_on_the_models_place_nor_on_other_groups():
    one = made("squash")
    both = Plan.of("elsewhere.onnx", one.sha256, [*one.groups, [Mistaken(("BGR",))]], VERSIONS)
    assert both.keys[0] == one.keys[0]


def test_torch_counts_where_a_pipeline_needs_it():
    assert dict(made("squash").versions) == {"numpy": "2.4.6"}
    assert dict(made("squash", "torch bilinear").versions) == VERSIONS


def test_groups_without_pipelines_are_left_out():
    assert Plan.of("model.onnx", "0" * 64, [[], [Mistaken(("BGR",))], []], VERSIONS).groups == ((Mistaken(("BGR",)),),)


def test_pipelines_are_made_once_for_one_plan(lite0):
    reference, ways = pipelines(plan(lite0))
    again, _ = pipelines(plan(lite0))
    assert again is reference
    assert list(ways) == ["re-encoded JPEG", "squash", "Pillow nearest", "no mean and std"]
