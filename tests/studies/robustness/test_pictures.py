"""What the page says of probes."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from lib.compare.comparison import StageDifference, Summary
from lib.studies.robustness import pictures
from lib.studies.robustness.dependencies import Needed
from lib.studies.robustness.made import Made
from lib.studies.robustness.measure import THUMBNAIL, Sides
from tests.conftest import picture


@pytest.fixture
def off(study):
    """The study, as it would be were one probe decoded otherwise and one refused."""
    summaries = [Summary(shape, 0, 255, 9) for shape in ((60, 80, 3), (80, 60, 3))]
    differences = (StageDifference("decode", *summaries, 31, 0.5),)
    sides = Sides(np.asarray(picture(40, 30)), np.asarray(picture(30, 40)))
    made = {
        "CMYK JPEG": {"first": "decode", "differences": differences, "sides": sides},
        "PCX": {"refused": "deployment 'x': stage decode raised ValueError: no"},
    }
    return replace(study, held=tuple(replace(each, **made.get(each.name, {})) for each in study.held))


def test_where_nothing_differs_a_sentence_says_so(study):
    count = len(study.fit)
    assert f"Of {count} probes that the deployment takes, {count} become PyTorch&#x27;s input" in pictures.outcome(study)
    assert "<table" not in pictures.outcome(study)


def test_what_differs_is_shown_and_named(off):
    said = pictures.outcome(off)
    assert "CMYK JPEG" in said
    assert "31 levels" in said
    assert "It does not take PCX." in said
    assert '<tr class="failed"><th scope="row">decode</th>' in pictures.stages(off)
    assert re.findall(r'<p class="group">(.*?)</p>', said) == ["CMYK JPEG"]
    assert said.count("<img") == 2  # of another shape each: there is no difference to draw
    assert "80 × 60 after decode" in said  # of the pictures, of which smaller ones are kept
    assert "60 × 80 after decode" in said


def test_answers_without_a_basis_are_shown_with_their_worth_and_the_lines_that_refuse_them(study):
    first, second, *rest = study.unfit
    loaded = replace(study, unfit=(replace(first, refused="", as_loaded=True, off=156.5), second, *rest))
    said = pictures.outcome(loaded)
    assert "156 levels" in said or "157 levels" in said
    assert "image.mode.startswith" in said
    invented = replace(study, unfit=(first, replace(second, refused="", off=0.0), *rest))
    assert "image.mode.startswith" not in pictures.outcome(invented)
    ended = replace(study, unfit=(replace(first, refused="", ended="its process ended"), second, *rest))
    assert "its process ended" in pictures.outcome(ended)


NUMBERS = (0.0, float("nan"), float("inf"), -1.0)


@pytest.mark.parametrize("number", NUMBERS)
def test_pictures_stand_records_that_are_empty_infinite_nan_or_of_one_row(study, off, number):
    """Whatever was measured, a page comes of it."""
    summary = Summary((0, 0, 3), number, number, number)
    differences = (StageDifference("decode", summary, summary, number, number),)
    case = study.behaviour.again.__class__(number, 0, ("a",) * 40, "")
    odd = [
        replace(off, held=(), unfit=(), covered=()),
        replace(off, held=off.held[:1], unfit=off.unfit[:1], covered=off.covered[:1]),
        replace(off, held=tuple(replace(each, first="decode", differences=(), sides=None) for each in off.held)),
        replace(off, held=tuple(replace(each, first="decode", differences=differences) for each in off.held)),
        replace(off, held=tuple(replace(each, refused="no") for each in off.held)),
        replace(off, unfit=tuple(replace(each, refused="", off=number) for each in off.unfit)),
        replace(off, **{name: Made(number, 0, ()) for name in ("sizes", "photo_sizes", "patterns", "scores")}),
        replace(off, behaviour=replace(off.behaviour, **dict.fromkeys(vars(off.behaviour), case))),
    ]
    for each in odd:
        pictures.outcome(each)
        pictures.stages(each)
        pictures.contact_sheet(each.held)
        pictures.coverage(each)
        pictures.behaviour(each.behaviour)
        pictures.made(each)


def test_pictures_of_one_shape_stand_beside_their_difference(off):
    alike = Sides(np.zeros((30, 40, 3), np.uint8), np.full((30, 40, 3), (0, 7, 3), np.uint8))
    said = pictures.sides([replace(each, sides=alike) for each in off.held if each.sides])
    assert "up to 7 levels" in said
    assert 'class="scale"' in said
    assert re.findall(r'width="(\d+)" height="(\d+)"', said) == [("320", "240")] * 3  # each pixel a square


def test_of_many_that_differ_pictures_from_all_over_are_shown(off):
    sides = next(each.sides for each in off.held if each.sides)
    differences = next(each.differences for each in off.held if each.sides)
    every = [replace(each, first="decode", sides=sides, differences=differences) for each in off.fit]
    said = pictures.sides(every)
    shown = said[said.index("Where they first differ: ") :]
    named = shown[len("Where they first differ: ") : shown.index(".</figcaption>")]
    assert sum(each.name in named for each in every) >= pictures.PAIRS
    assert f"differ: {every[0].name}, " in shown
    assert f", {every[-1].name}." in shown
    assert len(re.findall(r'<p class="group">', said)) == pictures.PAIRS


def test_all_probes_are_on_one_sheet(study):
    count = len(study.held)
    said = pictures.contact_sheet(study.held)
    assert f"{count} pictures" in said
    width, height = (int(size) for size in re.search(r'width="(\d+)" height="(\d+)"', said).groups())
    pitch = THUMBNAIL + pictures.GAP
    assert (width, height) == (pictures.COLUMNS * pitch, -(-count // pictures.COLUMNS) * pitch)
    assert width <= 2 * 350  # of a phone's screen, two pixels to a CSS pixel


def test_where_no_stage_differs_there_is_no_table_of_zeros(study):
    assert pictures.stages(study) == ""
    for said in (pictures.coverage(study), pictures.behaviour(study.behaviour)):
        assert said.startswith('<p class="finding">')
        assert said.index("<details") < said.index("<table")


def test_every_property_has_a_row_and_those_that_differ_come_first(study):
    assert pictures.coverage(study).count("<tr") == len(study.covered) + 1
    wrong = replace(study, covered=tuple(replace(each, off=each.property == "CMYK") for each in study.covered))
    assert pictures.coverage(wrong).index("CMYK") < pictures.coverage(wrong).index("EXIF orientation 1")


def test_what_is_made_for_one_stage_has_a_sentence(study):
    said = pictures.made(study)
    assert "drawn at random with the seed 3, the deployment&#x27;s logits are off" in said
    assert (
        "Of 3 pictures of sizes drawn at random with the seed 3, the deployment&#x27;s levels after resize are off from" in said
    )
    assert "12 pictures that no photo is like" in said
    assert said.count("warning") == 0
    fixed = pictures.made(replace(study, sizes=Made(0.0, 1, ())))  # as of a contract that squashes or crops
    assert fixed.startswith('<p class="finding">At the contract&#x27;s size, the deployment')
    wrong = replace(study, sizes=Made(1.0, 9, ("250 × 224",)), photo_sizes=Made(9.0, 4, ("1300 × 500",)))
    assert "are not PyTorch&#x27;s: 250 × 224." in pictures.made(wrong)
    assert "are not PyTorch&#x27;s: 1300 × 500." in pictures.made(wrong)


def test_behaviour_says_what_came_of_it(study):
    said = pictures.behaviour(study.behaviour)
    assert said.count("✓ the same answers") == len(study.behaviour.cases)
    skipped = replace(study.behaviour, batch=replace(study.behaviour.batch, skipped="one at a time"))
    assert "– skipped: one at a time" in pictures.behaviour(skipped)
    assert "<details" not in pictures.behaviour(skipped)
    moved = replace(study.behaviour, again=replace(study.behaviour.again, worst=0.25))
    assert "a probability is off by 0.25 at most, and in a batch a logit by" in pictures.behaviour(moved)


def test_what_hundreds_of_calls_did_is_said_and_shown(study):
    soak = study.behaviour.soak
    said = pictures.over_time(soak)
    assert f"In {soak.calls} calls in a row, {soak.compared} of them for a photo that was asked before: all the same." in said
    assert 'class="warning"' not in said
    off = replace(soak, off=("call 151", "call 152"), memory=1.0)
    said = pictures.over_time(off)
    assert "call 151" in said
    assert 'class="warning"' in said
    assert "1.000 MB" in said
    assert "ended before" in pictures.over_time(None)


def test_what_it_needs_beyond_what_is_declared_is_listed(study):
    assert "In every call of this notebook it needed numpy, pillow and onnxruntime" in pictures.needed(study.needed)
    said = pictures.needed(Needed(("cv2",), ("scipy (decode)",)))
    assert "every process" in said
    assert "scipy (decode)" in said


def test_what_cannot_be_seen_this_way_is_said():
    assert "a deployment that knows its tests" in pictures.unseen()


def test_what_was_drawn_is_said_with_its_seed(study):
    assert f"Of the probes {study.drawn} were drawn with the seed {study.seed}" in pictures.coverage(study)
