"""The file with its preprocessing against PyTorch."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import onnx
import pytest
from PIL import Image

from lib.compare.comparison import Answer, Comparison, StageDifference, Summary, worst
from lib.deploy.sessions import open_session
from lib.export import end_to_end as export
from lib.policy import Measurement
from lib.report.checks import Checks
from lib.studies.export.end_to_end import (
    CHECKS,
    LONGEST_ASPECT,
    SHORTER_SIDES,
    EndToEnd,
    EndToEndPass,
    Inside,
    Limited,
    limits,
    random_sizes,
)
from lib.studies.export.facts import Facts
from lib.studies.export.inscription import Inscription
from tests.studies.export.conftest import PHOTOS, SIZES


def through(handoff, tied, count, seed=0) -> EndToEnd:
    whole = EndToEndPass(handoff, handoff.opset, count, seed)
    for photo in handoff.photos.readable:
        whole.add(photo.name, handoff.reference.trace(photo.data))
    return whole.found(tied)


def recorded(found: EndToEnd, rules) -> dict[str, Measurement]:
    checks = Checks("01_export", "lite0", rules)
    found.record(checks)
    return {each.id.rpartition(".")[2]: each for each in checks.recorded.measurements}


def passing(found: EndToEnd, rules) -> dict[str, bool]:
    checks = Checks("01_export", "lite0", rules)
    found.record(checks)
    results = {each.check.id.rpartition(".")[2]: each for each in checks.results if each.measurement}
    assert tuple(results) == CHECKS
    return {name: result.passed for name, result in results.items()}


@pytest.fixture(scope="session")
def found(study) -> EndToEnd:
    return study.end_to_end


def test_the_checks_pass_on_what_is_written_and_on_few_sizes(found, rules):
    assert passing(found, rules) == dict.fromkeys(CHECKS, True)
    compared = {name: each.compared for name, each in recorded(found, rules).items()}
    assert compared.pop("metadata") > 1010
    assert (compared.pop("network"), compared.pop("softmax")) == (len(PHOTOS), len(PHOTOS))
    assert compared.pop("limits") == 4
    assert found.limited.said.count(export.REFUSED) == 1
    assert set(compared.values()) == {len(PHOTOS) + SIZES}
    assert found.tied == rules["export.end-to-end.logits"].threshold


def test_each_photo_is_compared_as_decoded_and_takes_the_sizes_in_turn(found, few):
    assert [each.photo for each in found.photos] == list(PHOTOS)
    assert [each["decode"].reference.shape[1::-1] for each in found.photos] == [photo.size for photo in few.photos.readable]
    assert [each.photo for each in found.sizes] == [PHOTOS[i % len(PHOTOS)] for i in range(SIZES)]
    assert [each["decode"].reference.shape[1::-1] for each in found.sizes] == random_sizes(SIZES, seed=1)


def test_the_numbers_are_those_of_the_file_and_of_pytorch(found, few):
    photo, size = few.photos.readable[1], random_sizes(SIZES, seed=1)[1]
    scaled = few.reference.decode(photo.data).resize(size, Image.Resampling.LANCZOS)
    resized = np.asarray(few.reference.resize(scaled))
    logits = few.reference.infer(few.reference.normalise(resized))
    compared = found.sizes[1]
    assert compared["resize"].reference == Summary.of(resized)
    assert compared["infer"].reference == Summary.of(logits)
    assert compared.reference.top1 == logits[0].argmax()


def test_another_number_of_photos_is_compared_at_the_same_sizes(few):
    pictures = [replace(few, photos=replace(few.photos, readable=few.photos.readable[:n])) for n in (1, 2)]
    for copy in pictures:
        vars(copy).update({name: getattr(few, name) for name in ("model", "onnx_path", "reference", "deployment")})
    one, two = (through(copy, 0.1, 4, seed=5) for copy in pictures)
    shapes = [[each["decode"].reference.shape for each in found.sizes] for found in (one, two)]
    assert shapes[0] == shapes[1]
    assert [each.photo for each in two.sizes] == [PHOTOS[0], PHOTOS[1]] * 2
    assert one.sizes[0] == two.sizes[0]


def test_random_sizes_are_drawn_from_the_seed():
    sizes = random_sizes(200, seed=3)
    assert sizes == random_sizes(200, seed=3) != random_sizes(200, seed=4)
    assert random_sizes(0, seed=3) == []
    assert all(SHORTER_SIDES[0] <= min(size) <= SHORTER_SIDES[1] for size in sizes)
    assert all(max(size) <= round(LONGEST_ASPECT * min(size)) for size in sizes)
    assert {width > height for width, height in sizes} == {True, False}


def test_no_range_of_a_tenth_of_the_shorter_side_is_left_out():
    for seed in range(20):
        assert all(any(least <= min(size) <= 1.1 * least for size in random_sizes(60, seed)) for least in (64, 120, 256, 700))


@pytest.fixture
def passing_with(few, rules, monkeypatch, tmp_path):
    """Which checks pass where another file, made by a contract or changed afterwards, stands in the place of the right one."""

    def passed(change=lambda model: None, **contract):
        model = export.assembled(onnx.load(few.onnx_path), replace(few.subject.contract, **contract))
        change(model)
        onnx.save(model, tmp_path / "wrong.onnx")
        monkeypatch.setattr("lib.studies.export.end_to_end.written", lambda *_: tmp_path / "wrong.onnx")
        monkeypatch.setattr("lib.studies.export.end_to_end.SHORTER_SIDES", (64, 300))  # of large ones logits show more
        return passing(through(few, rules["export.end-to-end.logits"].threshold, 3), rules)

    return passed


def failing(passed: dict[str, bool]) -> set[str]:
    return {name for name, holds in passed.items() if not holds}


def test_a_resize_that_does_not_antialias_fails_the_checks(passing_with, monkeypatch):
    monkeypatch.setitem(export.KERNELS, "bilinear", 'mode = "linear"')
    assert {"equal", "levels", "logits"} <= failing(passing_with())


def test_a_mean_that_is_off_by_half_a_level_fails_the_check_of_normalise(passing_with, few):
    red, green, blue = few.subject.contract.mean
    assert failing(passing_with(mean=(red + 0.5 / 255, green, blue))) == {"normalise"}


@pytest.mark.parametrize(("factor", "refused"), [(2, ["1 × 5", "5 × 1"]), (0.5, ["1 × 4", "4 × 1"])])
def test_other_limits_than_the_packages_fail_their_check(few, rules, monkeypatch, tmp_path, factor, refused):
    model = export.assembled(onnx.load(few.onnx_path), few.subject.contract)
    limit = next(each for each in model.graph.initializer if each.name == "preprocess/most_scaled")
    limit.CopyFrom(onnx.numpy_helper.from_array(np.array([int(1024 * factor)]), limit.name))
    onnx.save(model, tmp_path / "wrong.onnx")
    monkeypatch.setattr("lib.studies.export.end_to_end.written", lambda *_: tmp_path / "wrong.onnx")
    found = through(few, rules["export.end-to-end.logits"].threshold, 1)
    assert list(found.limited.wrong) == refused
    assert failing(passing(found, rules)) == {"limits"}


def test_where_every_photo_is_squashed_no_line_of_pixels_is_refused(few, tmp_path):
    contract = replace(few.subject.contract, rule="squash")
    model = onnx.load(few.onnx_path)
    next(each for each in model.metadata_props if each.key == "handoff.contract").value = contract.to_json()
    onnx.save(model, tmp_path / "squash.onnx")
    session = open_session(export.assembled(model, contract).SerializeToString())
    assert limits(session, tmp_path / "squash.onnx") == Limited(4, (), "")


def test_class_names_shifted_by_one_in_the_end_to_end_file_are_found(passing_with):
    def shifted(model):
        entry = next(each for each in model.metadata_props if each.key == "handoff.classes")
        names = json.loads(entry.value)
        entry.value = json.dumps([*names[1:], names[0]])

    assert failing(passing_with(shifted)) == {"metadata"}


def test_another_weight_in_the_end_to_end_file_fails_the_check_of_the_network(passing_with):
    def halved(model):
        tensor = max(model.graph.initializer, key=lambda each: each.dims[0] if len(each.dims) == 2 else 0)
        tensor.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(tensor) * np.float32(1.01), tensor.name))

    assert "network" in failing(passing_with(halved))


def flipped(lead: float) -> Comparison:
    """A comparison in which another class wins over one that led by ``lead``."""
    summary = Summary((224, 224, 3), 0, 255, 100)
    stages = tuple(StageDifference(stage, summary, summary, 0.15, 1) for stage in ("decode", "resize", "infer", "score"))
    one, other = Answer((3, 5), (0.4, 0.39), lead, 0), Answer((5, 3), (0.4, 0.39), lead, 0)
    return Comparison("photo.jpg", "end-to-end file", stages, one, other, 0.39, 0.01)


@pytest.mark.parametrize(("lead", "passes"), [(0.1, True), (0.3, False), (float("nan"), False)])
def test_another_class_may_win_only_where_two_were_tied(few, rules, lead, passes):
    inside, metadata = (Inside(0, 0, 0),), Inscription(1, ())
    found = EndToEnd(Facts.of(few.onnx_path), "", (flipped(lead),), (), inside, metadata, Limited(4, (), ""), 0.2)
    assert found.flips == (not passes)
    assert passing(found, rules)["flips"] is passes


def test_values_are_equal_on_average_over_all_pictures(found):
    every = [*found.photos, *found.sizes]
    assert found.comparisons == tuple(every)
    assert found.equal == pytest.approx(sum(each["resize"].equal for each in every) / len(every))
    assert 0.99 < found.equal <= 1
    assert worst(every, "decode") == 0


def test_where_there_is_no_file_the_checks_are_skipped_with_the_reason(few, rules):
    left_out = through(few, 0.2, 0)
    assert left_out.file is None
    skipped = recorded(left_out, rules)
    assert tuple(skipped) == CHECKS
    assert {each.skipped for each in skipped.values()} == {"it was left out of this run (random_sizes is 0)"}
    checks = Checks("01_export", "lite0", rules)
    left_out.record(checks)
    assert not any(result.failed for result in checks.results if result.measurement)
    assert checks.recorded.files == {}


def test_a_filter_that_onnx_has_not_writes_no_file(few):
    lanczos = replace(few.subject, contract=replace(few.subject.contract, filter="lanczos"))
    copy = replace(few)
    vars(copy).update(vars(few) | {"subject": lanczos})
    found = through(copy, 0.2, 5)
    assert found.file is None
    assert found.comparisons == ()
    assert "no lanczos filter" in found.missing
