"""Other settings of ONNX Runtime and smaller files: how they are made."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from lib import handoff
from lib.export import graph
from lib.inputs.photos import Photo, Photos
from lib.studies.layers import variants
from lib.studies.layers.variants import CALIBRATED, DYNAMIC, FP16, STATIC, Calibration, smaller
from tests.conftest import encoded, picture


@pytest.fixture(scope="module")
def two(lite0):
    return replace(lite0, photos=Photos(lite0.photos.readable[:2], ()))


def test_settings_begin_with_the_default_and_have_other_numbers_of_threads(lite):
    names = list(variants.settings(lite.onnx_path))
    assert names[:5] == [variants.DEFAULT, *variants.LEVELS, "1 thread"]
    assert names[5] == "2 threads"


def test_static_int8_has_a_scale_for_each_channel(two):
    model = onnx.load(smaller(two)[STATIC])
    assert graph.inventory(model)["DequantizeLinear"] > 40
    assert any("_scale" in tensor.name and tensor.dims == [32] for tensor in model.graph.initializer)


def test_files_are_made_once_and_calibrated_anew_for_other_photos(two, monkeypatch):
    first = smaller(two)
    other = smaller(replace(two, photos=Photos(two.photos.readable[:1], ())))
    assert other[FP16] == first[FP16]
    assert other[DYNAMIC] == first[DYNAMIC]
    assert other[STATIC] != first[STATIC]
    monkeypatch.setattr(variants, "_quantise", lambda *_: pytest.fail("quantised twice"))
    assert smaller(two) == first


@pytest.fixture
def made(tmp_path, monkeypatch):
    """What is given to the quantiser and its name, with files that go to a folder of the test's."""
    calls = []
    beside = variants._beside
    monkeypatch.setattr(variants, "_beside", lambda *given: tmp_path / beside(*given).name)
    monkeypatch.setattr(variants, "_quantise", lambda network, to, reader: calls.append(reader) or to.write_text("quantised"))
    return calls


def test_files_are_keyed_by_the_code_that_makes_them(two, tmp_path, monkeypatch, made):
    first = smaller(two)
    changed = tmp_path / "variants.py"
    changed.write_text(Path(variants.__file__).read_text() + "# changed\n")
    monkeypatch.setattr(variants, "__file__", str(changed))
    assert not set(first.values()) & set(smaller(two).values())
    assert len(made) == 4


def test_static_int8_alone_is_calibrated_and_with_no_more_photos_than_needed(lite, made):
    data = encoded(picture(64, 48))
    many = tuple(Photo.of(f"{i}.png", data) for i in range(CALIBRATED + 3))
    smaller(replace(lite, photos=Photos(many, ())))
    dynamic, static = made
    assert dynamic is None
    assert len(list(iter(static.get_next, None))) == CALIBRATED


def test_calibration_feeds_what_the_reference_feeds_and_reads_a_photo_when_asked(lite, monkeypatch):
    read = []
    data = Photo.data.fget
    monkeypatch.setattr(Photo, "data", property(lambda photo: read.append(photo.name) or data(photo)))
    photo = lite.photos.readable[0]
    calibration = Calibration([photo, photo], lite.subject.contract)
    assert read == []
    fed = calibration.get_next()
    assert read == [photo.name]
    np.testing.assert_array_equal(fed["image"], lite.reference.trace(photo.data).normalise)
    assert calibration.get_next() is not None
    assert calibration.get_next() is None


def test_converters_are_silent_and_the_log_is_left_as_it_was(cache_folder, caplog, capfd):
    given = handoff.load("lite0-imagenet", exporter="torchscript", opset=11)
    given = replace(given, photos=Photos(given.photos.readable[:1], ()))
    level = logging.getLogger().level
    assert list(smaller(given)) == [FP16, DYNAMIC]  # operator set 11 has no scale for each channel
    assert logging.getLogger().level == level
    assert not [record for record in caplog.records if record.name == "root"]
    assert capfd.readouterr().err == ""
