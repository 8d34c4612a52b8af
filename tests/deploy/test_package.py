"""The model that lies in a package, held to what was packed."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from lib.deploy import BadModel, Classifier, package
from tests.conftest import encoded, picture
from tests.packed import CLASSES


def test_the_workbook_itself_has_none():
    for ask in (package.manifest, package.model, Classifier):
        with pytest.raises(
            BadModel, match=r"^there is no model in this package: give the path of an exported file, or install"
        ):
            ask()


def test_a_package_opens_its_own_model_unasked(shipped):
    with shipped.imported() as own:
        assert own.Classifier().model.path == shipped.data / "model.onnx"
        assert own.Classifier().classify(encoded(picture(60, 40)), top=1)[0].name in CLASSES
        assert own.Classifier(shipped.data / "model.onnx").model.classes == own.Classifier().model.classes


def test_a_model_that_is_missing_or_another_is_not_opened(package):
    path = package.data / "model.onnx"
    with package.imported() as own:
        path.write_bytes(path.read_bytes() + b"\0")
        with pytest.raises(
            own.BadModel, match=r"model\.onnx: is not the file that was packed: its SHA-256 is [0-9a-f]{64}; inst"
        ):
            own.Classifier()
        path.unlink()
        with pytest.raises(own.BadModel, match=r"model\.onnx: No such file or directory; install the package again"):
            own.Classifier()
        path.mkdir()
        with pytest.raises(own.BadModel, match=r"model\.onnx: Is a directory; install the package again"):
            own.Classifier()


def test_a_manifest_that_does_not_name_the_model_vouches_for_none(package):
    package.tell(files={})
    with package.imported() as own, pytest.raises(own.BadModel, match="is not the file that was packed"):
        own.Classifier()


def test_without_its_data_it_says_so(package):
    shutil.rmtree(package.data)
    with package.imported() as own, pytest.raises(own.BadModel, match="there is no model in this package"):
        own.Classifier()


def test_threads_that_share_one_are_answered_as_one_by_one(shipped):
    photos = [encoded(picture(40 + i, 60, seed=i)) for i in range(16)]
    with shipped.imported() as own:
        alone = [own.Classifier().classify(photo) for photo in photos]
        classifier = own.Classifier()  # its pipeline is made by whoever asks first
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(classifier.classify, photos * 8))
    assert together == alone * 8


def test_names_are_those_of_the_manifest():
    assert package.name(package.MODEL) == "data/model.onnx"
    assert package.name(package.PHOTOS / "a.jpg") == "data/golden/a.jpg"
