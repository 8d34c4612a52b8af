"""What the notebook shows of the package; nothing but the reason where there is none."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from lib.report.html import Html
from lib.studies.handoff import measure, pictures
from tests.conftest import assert_whole, bare
from tests.studies.handoff.conftest import STARTED

REASON = "the deployment under test is <mine>, and a package holds the workbook's own"


def test_every_file_of_the_folder_is_named_with_what_it_is_for(study):
    html = bare(str(pictures.handed_over(study)))
    for name in (study.wheel.name, study.end_to_end.name, "bom.cdx.json", "Dockerfile", "requirements.txt", "service.py"):
        assert name in html
    assert "lite0-imagenet-onnx 2026.11.27.90407 requires numpy==" in html
    assert study.manifest.files["data/model.onnx"] in html
    assert STARTED.startswith("2026-11-27")


def test_without_an_end_to_end_file_it_says_why(study):
    html = str(pictures.handed_over(replace(study, end_to_end=None, missing="ONNX has no such resize")))
    assert "There is no end-to-end file: ONNX has no such resize." in html
    assert "the end-to-end file, for a service" not in html


def test_where_there_is_no_package_the_reason_is_said_once_and_nothing_else():
    html = str(pictures.handed_over(REASON))
    assert "No package was made: the deployment under test is &lt;mine&gt;" in html
    for shown in (
        pictures.environments(REASON), pictures.answers(REASON, 1, 1), pictures.photos(REASON, []), pictures.costs(REASON),
        pictures.container(REASON),
    ):  # fmt: skip
        assert shown == Html()


def test_a_set_of_versions_says_what_came_of_it(study):
    html = bare(str(pictures.environments(study)))
    assert "✓ as PyTorch" in html
    assert "fails, as it must" in html
    assert "finds nothing" in html
    assert "all as packed; answers as PyTorch" in html
    (proven,) = study.proven
    bad = replace(proven.proof, without_pytorch=False, unneeded=("pip",))
    html = bare(str(pictures.environments(replace(study, proven=(replace(proven, proof=bad),)))))
    assert "of which 1 not needed" in html
    assert ">works<" in html


def test_every_answer_is_a_dot_and_the_furthest_is_said(study, drawn):
    html = str(pictures.answers(study, 1e-4, 0.1))
    (figure,) = drawn
    assert_whole(figure)
    (axes,) = figure.axes
    assert [len(dots.get_offsets()) for dots in axes.collections] == [len(study.pictures)] * 2
    said = re.findall(r"another class on (\d+) of (\d+) answers", html)
    assert said == [("0", str(len(study.pictures)))] * 2
    assert 'id="handoff-answers"' in html


def test_an_answer_that_is_missing_is_drawn_as_far_off(study, drawn):
    (proven,) = study.proven
    expected = {name: study.proven[0].proof.answers[name][None] for name in study.pictures}
    silent = replace(study, proven=(replace(proven, answers=measure._held(expected, {}, "package")),), end_to_end=None)
    html = str(pictures.answers(silent, 1e-4, 0.1))
    (figure,) = drawn
    assert_whole(figure)
    assert set(figure.axes[0].collections[0].get_offsets()[:, 0]) == {1.0}
    assert f"another class on {len(study.pictures)} of" in html


def test_every_photo_is_shown_with_both_probabilities(study, few):
    html = str(pictures.photos(study, few.subject.classes))
    for name in study.pictures:
        assert name in html
    assert len(re.findall(r"in PyTorch, \S+ in the package", html)) == len(study.pictures)


@pytest.mark.parametrize("memory", [0, 10**8])
def test_what_it_buys_is_said_with_how_it_was_measured(study, memory):
    html = str(pictures.costs(replace(study, eager=replace(study.eager, memory=memory))))
    assert "times as soon as eager PyTorch" in html
    assert ("times the memory" in html) == bool(memory)
    assert "From a photo&#x27;s bytes to probabilities" in html or "From a photo's bytes to probabilities" in html
    assert "coffee.png, 2 answers, batch of 1" in html


def test_the_dockerfile_is_shown_as_it_is(study):
    assert "ARG BASE=python:" in str(pictures.container(study))
