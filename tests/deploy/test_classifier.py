"""One ONNX file and a photo, without PyTorch."""

from __future__ import annotations

import dataclasses
import importlib

import numpy as np
import pytest
from PIL import Image

from lib.deploy import BadInput, BadModel, BadPhoto, Classifier, Pipeline, pipeline
from lib.export.end_to_end import written
from tests.conftest import encoded, picture


@pytest.fixture(scope="module")
def classifier(lite0) -> Classifier:
    return Classifier(lite0.onnx_path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("grace_hopper.jpg", "military uniform"),
        ("chelsea.png", "Egyptian cat"),
        ("coffee.png", "espresso"),
        ("camera.png", "tripod"),
    ],
)
def test_real_photos_get_their_class(classifier, lite0, name, expected):
    photo = next(photo for photo in lite0.photos.readable if photo.name == name)
    best, *others = classifier.classify(photo.data)
    assert best.name == expected
    assert len(others) == 4
    assert best.probability > others[0].probability > 0


def test_a_path_is_classified_as_its_bytes_are(classifier, tmp_path):
    data = encoded(picture(300, 200))
    (tmp_path / "photo.png").write_bytes(data)
    assert classifier.classify(tmp_path / "photo.png") == classifier.classify(data)


@pytest.mark.parametrize("kind", [bytearray, memoryview, lambda data: memoryview(bytearray(data))])
def test_all_that_holds_bytes_is_classified_as_bytes_are(classifier, kind):
    data = encoded(picture(300, 200))
    assert classifier.classify(kind(data)) == classifier.classify(data)


@pytest.mark.parametrize("top", [0, -1, -1000])
def test_no_class_and_less_are_refused_before_the_photo_is_looked_at(classifier, top):
    with pytest.raises(BadInput, match=f"^top is {top}; it takes a whole number, 1 or more") as raised:
        classifier.classify("missing.jpg", top)
    assert type(raised.value) is BadInput


def test_more_classes_than_there_are_give_all(classifier):
    assert len(classifier.classify(encoded(picture(300, 200)), 10**6)) == len(classifier.model.classes)


def test_the_classifier_names_what_answers(classifier):
    assert classifier.providers == ("CPUExecutionProvider",)


def test_the_model_file_carries_contract_and_classes(classifier, lite0):
    assert classifier.model.contract == lite0.subject.contract
    assert classifier.model.classes == lite0.subject.classes


def test_a_trace_holds_what_every_stage_gave(lite0):
    data = lite0.photos.readable[0].data
    ours = pipeline(lite0.onnx_path)
    trace = ours.trace(data)
    assert trace.decode.shape == (400, 600, 3)
    assert trace.resize.shape == (224, 336, 3)
    assert trace.normalise.shape == (1, 3, 224, 336)
    assert trace.infer.shape == trace.score.shape == (1, 1000)
    np.testing.assert_array_equal(trace.score, ours(data))


def test_a_pipeline_is_changed_by_replacing_a_stage(lite0):
    ours = pipeline(lite0.onnx_path)
    with pytest.raises(dataclasses.FrozenInstanceError):
        ours.resize = None
    assert isinstance(dataclasses.replace(ours, resize=lambda image: image.resize((64, 64))), Pipeline)


def test_an_exception_in_a_stage_says_which(lite0):
    broken = dataclasses.replace(pipeline(lite0.onnx_path), normalise=lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError) as raised:
        broken.trace(lite0.photos.readable[0].data)
    assert raised.value.__notes__ == ["in stage normalise"]


@pytest.mark.parametrize(
    ("photo", "said"),
    [(b"", "photo: the file is empty"), ("missing.jpg", "missing.jpg: No such file"), (b"text", "photo: not an image")],
)
def test_a_photo_that_cannot_be_read_is_named(classifier, photo, said):
    with pytest.raises(BadPhoto, match=said):
        classifier.classify(photo)


@pytest.mark.parametrize("end_to_end", [False, True])
def test_a_photo_that_leads_outside_of_the_domain_is_refused(lite0, end_to_end):
    path = written(lite0.onnx_path, lite0.subject.contract) if end_to_end else lite0.onnx_path
    with pytest.raises(BadPhoto, match="photo: the network would be fed 224 × 1120 pixels, and is known to be right from 32"):
        Classifier(path).classify(encoded(picture(100, 500)))


@pytest.mark.parametrize("end_to_end", [False, True])
def test_a_line_of_pixels_is_refused_before_it_is_resized(lite0, end_to_end):
    path = written(lite0.onnx_path, lite0.subject.contract) if end_to_end else lite0.onnx_path
    with pytest.raises(BadPhoto, match="photo: has 1 × 900000 pixels, and with a shorter side of 224 would have a longer one"):
        Classifier(path).classify(encoded(Image.new("RGB", (1, 900_000))))


def test_a_file_without_stages_gives_no_pipeline(lite0):
    with pytest.raises(BadModel, match=r"open it with lib\.deploy\.Classifier"):
        pipeline(written(lite0.onnx_path, lite0.subject.contract))


def test_a_nan_in_the_answer_is_never_taken_for_one(lite0):
    classifier = Classifier(lite0.onnx_path)
    classifier.probabilities = lambda _: np.full((1, 1000), np.nan, np.float32)
    with pytest.raises(BadModel, match="photo: the network answers with NaN"):
        classifier.classify(lite0.photos.readable[0].data)


def test_a_photo_that_may_take_more_memory_than_is_allowed_is_refused(shipped):
    photo = encoded(Image.new("RGB", (2000, 1000)))
    assert Classifier(shipped.data / "model.onnx", photo_bytes=17_000_000).classify(photo)
    with pytest.raises(BadPhoto, match=r"^photo: has 2000 × 1000 pixels, and decoding it may take 16 MB .*; 15 MB are allowed"):
        Classifier(shipped.data / "model.onnx", photo_bytes=15_000_000).classify(photo)


@pytest.mark.parametrize("photo_bytes", [0, -1, 1e9, True, "1", None])
def test_no_other_number_of_bytes_is_taken(shipped, photo_bytes):
    with pytest.raises(BadInput, match=r"^photo_bytes: is .*; it takes a whole number of bytes, 1 or more$"):
        Classifier(shipped.data / "model.onnx", photo_bytes=photo_bytes)


def test_as_many_answers_at_once_as_there_are_cores_or_as_fit_into_the_memory(package, monkeypatch):
    package.tell(memory={"opened": 100_000_000, "answer": 50_000_000})
    with package.imported() as installed:
        machine = importlib.import_module(f"{installed.__name__}.machine")
        monkeypatch.setattr(machine, "cores", lambda: 3)
        monkeypatch.setattr(machine, "held", lambda: 200_000_000)
        classifier = installed.Classifier(photo_bytes=450_000_000)
        for memory, beside, expected in ((0, 0, 3), (10**10, 0, 3), (1_200_000_000, 0, 2), (1_200_000_000, 300_000_000, 1)):
            monkeypatch.setattr(machine, "memory", lambda memory=memory: memory)
            assert classifier.at_once(beside) == expected
        with pytest.raises(installed.BadInput, match=r"^memory: one answer may take 500 MB beside 800 MB .* 1,200 MB"):
            classifier.at_once(600_000_000)


def test_what_an_answer_needs_is_known_of_a_packages_own_model_alone(shipped):
    with pytest.raises(BadInput, match=r"^at_once: only of a package's own model"):
        Classifier(shipped.data / "model.onnx").at_once()
