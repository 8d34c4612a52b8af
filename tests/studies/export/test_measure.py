"""The exported network against eager PyTorch."""

from __future__ import annotations

import hashlib
import json
import pickle
from dataclasses import replace

import numpy as np
import pytest

from lib.compare.comparison import flips, worst
from lib.inputs.photos import Photo, Photos
from lib.studies.export.measure import GREY, MAPPED, Distances, files, measured
from tests.conftest import encoded, picture
from tests.few import asked, of_photos
from tests.studies.export.conftest import PHOTOS, SIZES


def broken(handoff, change, **stages):
    """The hand-off with a deployment whose logits are changed, and a reference with other stages."""
    infer = handoff.deployment.infer
    copy = replace(handoff)
    deployment = replace(handoff.deployment, infer=lambda tensor: change(infer(tensor)))
    vars(copy).update(vars(handoff), deployment=deployment, reference=replace(handoff.reference, **stages))
    return copy


def test_the_reference_runs_once_a_photo_and_once_a_size(measured_once, few):
    inputs = measured_once[1].inputs
    assert inputs["decode"] == [photo.data for photo in few.photos.readable]
    assert len(inputs["resize"]) == len(inputs["infer"]) == len(PHOTOS) + SIZES


def test_without_random_sizes_the_reference_runs_once_a_photo(few, rules):
    counted, written = asked(few)
    measured(counted, rules, 0, seed=0)
    assert {stage: len(inputs) for stage, inputs in written.inputs.items()} == dict.fromkeys(written.inputs, len(PHOTOS))


def test_the_file_says_of_itself_what_the_subject_says(study):
    assert study.metadata.wrong == ()
    assert study.metadata.fields > 1010


def test_the_networks_agree_on_the_same_input(study, rules):
    assert [each.photo for each in study.networks] == list(PHOTOS)
    assert worst(study.networks, "infer") <= study.tolerance == rules["export.logits"].threshold
    assert flips(study.networks) == 0
    assert study.non_finite == 0
    assert study.batch <= study.tolerance


def test_the_numbers_are_those_of_the_two_networks(study, few):
    trace = few.reference.trace(few.photos.readable[1].data)
    logits = few.deployment.infer(trace.normalise)
    found = study.networks[1]
    assert found["infer"].largest == np.abs(logits.astype(float) - trace.infer).max()
    assert found.reference.top1 == trace.infer[0].argmax()


def test_the_file_is_what_was_asked_for(study, few):
    assert study.file.path == few.onnx_path
    assert study.opset_difference == 0
    assert study.weights_match is True


def test_another_operator_set_or_other_weights_are_noticed(few, rules):
    strange = replace(few.subject, weights=replace(few.subject.weights, sha256="0" * 64))
    other = replace(few, subject=strange, opset=few.opset - 3)
    made = {name: getattr(few, name) for name in ("model", "onnx_path", "reference", "deployment", "story")}
    vars(other).update(made)  # the file is still that of the right weights and of the first operator set
    study = measured(other, rules, 0, seed=0)
    assert study.opset_difference == 3
    assert study.weights_match is False


def test_the_story_is_told_on_a_network_with_swish(study, few, stand_in, rules):
    assert list(study.operators) == [few.subject.label, few.story.subject.label]
    assert study.operators[few.subject.label] == study.file.operators
    assert study.operators[few.story.subject.label]["Sigmoid"] > 0
    own = measured(of_photos(stand_in, PHOTOS[0]), rules, 0, seed=0)
    assert list(own.operators) == [stand_in.subject.label]


def test_the_logits_move_with_the_photo(study, rules):
    assert study.spread >= rules["export.guard"].threshold
    assert study.distances.names == (*PHOTOS, GREY)
    values = study.distances.largest
    np.testing.assert_array_equal(values, values.T)
    np.testing.assert_array_equal(np.diag(values), 0)
    assert 0 < study.spread * study.tolerance < values[:3, :3].max()


@pytest.mark.parametrize(("scale", "holds"), [(1, True), (0.01, True), (1e-9, False)])
def test_small_logits_pass_the_guard_and_logits_that_do_not_move_fail_it(few, rules, scale, holds):
    def scaled(tensor):
        return few.reference.infer(tensor) * np.float32(scale)

    found = measured(broken(few, lambda logits: logits * np.float32(scale), infer=scaled), rules, 0, seed=0)
    assert rules["export.guard"].holds(found.spread) is holds


def test_a_deployment_whose_answers_do_not_move_is_no_fault_of_the_weights(few, rules):
    found = measured(broken(few, lambda logits: np.arange(logits.size, dtype=np.float32)[None]), rules, 0, seed=0)
    assert rules["export.guard"].holds(found.spread)
    assert not worst(found.networks, "infer") <= found.tolerance


def test_nan_and_another_class_are_counted(few, rules):
    def change(logits):
        logits = -logits
        logits[0, :2] = np.nan
        return logits

    found = measured(broken(few, change), rules, 0, seed=0)
    assert found.non_finite == 2 * len(PHOTOS)
    assert flips(found.networks) == len(PHOTOS)
    assert not worst(found.networks, "infer") <= found.tolerance


def test_only_the_first_photos_are_on_the_map_and_no_pixels_are_kept(few, rules):
    many = tuple(Photo.of(f"{i}.png", encoded(picture(80, 64, seed=i))) for i in range(MAPPED + 4))
    copy = replace(few, photos=Photos(many, ()))
    vars(copy).update({name: getattr(few, name) for name in ("model", "onnx_path", "reference", "deployment")})
    small = replace(copy, photos=Photos(many[:MAPPED], ()))
    vars(small).update({name: getattr(few, name) for name in ("model", "onnx_path", "reference", "deployment")})
    more, fewer = (measured(each, rules, 0, seed=0) for each in (copy, small))
    assert more.distances.names == fewer.distances.names == (*(photo.name for photo in many[:MAPPED]), GREY)
    assert len(more.networks) == MAPPED + 4
    one = len(pickle.dumps(more.networks)) / len(more.networks)
    assert one < 1000
    assert len(pickle.dumps(more)) - len(pickle.dumps(fewer)) < 4 * 1000


@pytest.mark.parametrize("count", [1, 3])
def test_distances_of_any_number_of_inputs(count):
    logits = [np.full((1, 5), float(i)) for i in range(count)]
    found = Distances.of([str(i) for i in range(count)], logits)
    assert found.largest.max() == count - 1
    assert len(found.names) == count


def test_both_files_are_told_with_what_they_are_and_how_far_they_are_off(study, few):
    network, whole = files(study)
    assert json.loads(json.dumps([network, whole], allow_nan=False)) == [network, whole]
    for told, path, role in ((network, few.onnx_path, "network"), (whole, study.end_to_end.file.path, "end-to-end")):
        data = path.read_bytes()
        assert (told["role"], told["missing"]) == (role, "")
        assert (told["name"], told["bytes"], told["sha256"]) == (path.name, len(data), hashlib.sha256(data).hexdigest())
    assert network["takes"] == "image: float32 (batch, 3, height, width)"
    assert whole["takes"].endswith("uint8 (height, width, 3)")
    assert network["photos"] == {"compared": len(PHOTOS), "other_classes": 0, "logits": worst(study.networks, "infer")}
    compared = study.end_to_end.photos
    assert whole["photos"] == {
        "compared": len(PHOTOS),
        "other_classes": flips(compared),
        "logits": worst(compared, "infer"),
        "probability": worst(compared, "score"),
        "levels": worst(compared, "resize"),
        "levels_equal": pytest.approx(np.mean([each["resize"].equal for each in compared])),
    }
    assert whole["random_sizes"]["compared"] == SIZES


def test_where_there_is_no_end_to_end_file_the_reason_is_told(few, rules):
    network, whole = files(measured(few, rules, 0, seed=0))
    assert network["role"] == "network"
    assert whole == {"role": "end-to-end", "missing": "it was left out of this run (random_sizes is 0)"}
