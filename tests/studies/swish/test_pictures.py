"""Pictures and tables of the failed export and its fix."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.export import exporter
from lib.studies.swish import pictures
from lib.studies.swish.memory import EFFICIENT, FIX, FORMULA
from tests.conftest import assert_whole
from tests.records import NUMBERS, page, with_numbers, with_rows


def test_pictures_are_whole(study, drawn):
    pictures.chains(study.chains)
    pictures.matrix(study.attempts, "Which calls export")
    pictures.matrix(study.activations, "Which activations export")
    pictures.memory(study.memory, study.fix.photos)
    assert len(drawn) == 4
    for figure in drawn:
        assert_whole(figure)


def test_the_matrix_names_what_fails(study):
    said = pictures.matrix(study.attempts, "Which calls export")
    failed = [each for each in study.attempts if each.error]
    assert f"{len(study.attempts) - len(failed)} of {len(study.attempts)} exports succeed" in said
    assert "memory-efficient through torchscript, inlining off" in said
    fine = [each for each in study.attempts if not each.error]
    assert "none fails" in pictures.matrix(fine, "Which calls export")
    assert "<figure" not in pictures.matrix(fine, "Which calls export")


def test_the_table_has_the_outcome_of_each_attempt(study):
    said = pictures.attempts(study.attempts, "logits")
    assert said.startswith("<details")
    assert said.count("<tr>") == len(study.attempts) + 1
    assert said.count(">—</td>") == sum(bool(each.error) for each in study.attempts)
    assert "Couldn&#x27;t export Python operator SwishImplementation" in said


def test_it_says_which_network_the_story_is_told_on(lite0, stand_in):
    assert "b0-stand-in has swish: the story is told on it." in pictures.why_this_subject(stand_in)
    told = f"{lite0.subject.name} has no swish, so the story is told on {lite0.story.subject.name}"
    assert told in pictures.why_this_subject(lite0)


def test_the_exporters_answer_is_given_word_for_word(study):
    first = study.failure.error.splitlines()[0]
    assert first.replace("'", "&#x27;") in pictures.answer(study.failure)
    assert "no error: the call exported" in pictures.answer(replace(study.failure, error=""))


def test_the_head_of_a_long_text_counts_what_is_cut():
    assert pictures.head("a\nb\nc\nd", 2) == "a\nb\n[2 more lines]"
    assert pictures.head("a\nb", 2) == "a\nb"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (None, "still fails as the article&#x27;s did"),
        ("RuntimeError: something else\nat line 3", "it now says: RuntimeError: something else."),
        ("", "the call now exports."),
    ],
)
def test_the_finding_says_what_became_of_the_failure(study, error, said):
    failure = study.failure if error is None else replace(study.failure, error=error)
    finding = pictures.failure_finding(failure)
    assert said in finding
    assert f"torch {exporter.versions()['torch']}" in finding
    assert ('class="warning"' in finding) == (error is not None)


def test_the_fix_is_told_with_what_was_compared(study):
    said = pictures.fix_evidence(study.fix)
    assert f"{study.fix.parameters} parameters" in said
    assert said.count(f"{study.fix.photos} photos") == 2


@pytest.mark.parametrize(
    ("allowed", "said"), [(1.5, "the fix may be used in training too"), (1.1, "Train with memory-efficient swish")]
)
def test_what_the_fix_costs_is_held_to_what_is_allowed(allowed, said):
    finding = pictures.memory_finding({EFFICIENT: 100.0, FIX: 120.0, FORMULA: 150.0}, allowed)
    assert "nn.SiLU keeps 20.0% more than memory-efficient swish, the formula 50.0% more." in finding
    assert said in finding


def test_a_fix_that_costs_nothing_is_said_to_keep_as_much():
    finding = pictures.memory_finding({EFFICIENT: 9.0, FIX: 9.0, FORMULA: 12.0}, 1.1)
    assert "nn.SiLU keeps as much as memory-efficient swish, the formula 33.3% more." in finding


@pytest.mark.parametrize("number", NUMBERS)
def test_the_page_stands_any_number(study, few, rules, number):
    assert page("02_swish", few, rules, study=with_numbers(study, number), asked=few)


@pytest.mark.parametrize("rows", [0, 1])
def test_the_page_stands_few_rows(study, few, rules, rows):
    assert page("02_swish", few, rules, study=with_rows(study, rows, "activations"), asked=few)
