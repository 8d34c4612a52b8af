"""The ONNX file that holds its preprocessing."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest
from PIL import Image

from lib.deploy import BadInput, Classifier, pipeline
from lib.deploy.sessions import open_session
from lib.deploy.stages import preprocessing
from lib.export import end_to_end
from tests.conftest import encoded, picture
from tests.export.pillow_resize import resized

# landscape, portrait, square, enlarged, one side kept, thin enough for Pillow to begin with the vertical pass
SIZES = [(600, 400), (451, 300), (300, 451), (512, 512), (100, 64), (224, 301), (101, 463), (640, 97), (31, 700)]


@pytest.fixture(scope="module")
def contract(lite0):
    return lite0.subject.contract


@pytest.fixture(scope="module")
def network(lite0):
    return onnx.load(lite0.onnx_path)


@pytest.fixture(scope="module")
def path(lite0, contract):
    return end_to_end.written(lite0.onnx_path, contract)


def opened(network, contract) -> onnxruntime.InferenceSession:
    return open_session(end_to_end.probed(end_to_end.assembled(network, contract)).SerializeToString())


def levels(session: onnxruntime.InferenceSession, pixels: np.ndarray) -> np.ndarray:
    return session.run(None, {"pixels": pixels})[1][0].transpose(1, 2, 0)


@pytest.mark.parametrize("size", SIZES)
def test_the_oracle_is_pillow_bit_for_bit(size, contract):
    pixels = np.asarray(picture(*size))
    target = preprocessing(contract)[0].target(*size)
    expected = np.asarray(Image.fromarray(pixels).resize(target, Image.Resampling.BILINEAR))
    np.testing.assert_array_equal(resized(pixels, *target), expected)


def test_the_graph_resizes_as_the_oracle_does(network, contract):
    session = opened(network, contract)
    for size in SIZES:
        pixels = np.asarray(picture(*size))
        expected = resized(pixels, *preprocessing(contract)[0].target(*size))
        made = levels(session, pixels)
        assert made.shape == expected.shape
        difference = np.abs(made.astype(int) - expected)
        assert difference.max() <= 2, size
        assert (difference == 0).mean() > 0.94, size  # least for (100, 64), where many values fall on a half


@pytest.mark.parametrize(("rule", "crop"), [("shorter-side", None), ("shorter-side-crop", 191), ("squash", None)])
@pytest.mark.parametrize(("filter_", "share"), [("nearest", 1.0), ("bilinear", 0.94), ("bicubic", 0.99)])
def test_every_rule_and_filter_that_can_be_written(network, contract, rule, crop, filter_, share):
    wanted = replace(contract, rule=rule, crop=crop, filter=filter_)
    session, resize = opened(network, wanted), preprocessing(wanted)[0]
    for size in SIZES:
        pixels = np.asarray(picture(*size))
        expected = np.asarray(resize(pixels))
        made = levels(session, pixels)
        assert made.shape == expected.shape
        assert (made == expected).mean() >= share, size


def test_what_is_made_of_equal_pixels_is_the_networks_own_answer(network, lite0, contract):
    pixels = np.asarray(picture(224, 224))  # nothing to resize
    probabilities, _, tensor, logits = opened(network, contract).run(None, {"pixels": pixels})
    ours = pipeline(lite0.onnx_path)
    np.testing.assert_allclose(tensor, ours.normalise(pixels), atol=1e-6)
    expected = ours.infer(ours.normalise(pixels))
    np.testing.assert_allclose(logits, expected, atol=1e-5)
    np.testing.assert_allclose(probabilities, ours.score(expected), atol=1e-6)


def test_the_file_is_whole_and_says_what_it_takes(path, lite0):
    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path)
    (taken,), (given,) = session.get_inputs(), session.get_outputs()
    assert (taken.name, taken.type, taken.shape) == ("pixels", "tensor(uint8)", ["height", "width", 3])
    assert (given.name, given.type, given.shape) == ("probabilities", "tensor(float)", [1, 1000])
    assert "handoff.contract" in session.get_modelmeta().custom_metadata_map


def test_opening_the_file_says_nothing(path):
    code = f"import onnxruntime; onnxruntime.InferenceSession({str(path)!r})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout + done.stderr == ""


def test_the_classifier_opens_either_file(path, lite0):
    network, whole = Classifier(lite0.onnx_path), Classifier(path)
    for photo in lite0.photos.readable:
        one, other = network.classify(photo.data, top=1)[0], whole.classify(photo.data, top=1)[0]
        assert one.name == other.name
        assert one.probability == pytest.approx(other.probability, abs=0.01)


def test_the_classifier_still_turns_a_photo_upright(path):
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = encoded(picture(300, 200), "JPEG", exif=exif.tobytes(), quality=95)
    upright = encoded(Image.open(io.BytesIO(turned)).transpose(Image.Transpose.ROTATE_270))
    whole = Classifier(path)
    assert whole.classify(turned) == whole.classify(upright)


def test_there_are_no_stages_to_compare(path):
    with pytest.raises(BadInput, match=r"holds its preprocessing and has no stages; open it with lib\.deploy\.Classifier"):
        pipeline(path)


@pytest.mark.parametrize("filter_", ["box", "hamming", "lanczos"])
def test_a_filter_that_onnx_has_not_is_refused(network, contract, filter_):
    with pytest.raises(BadInput, match=f"ONNX's Resize has no {filter_} filter; it has nearest, bilinear, bicubic"):
        end_to_end.assembled(network, replace(contract, filter=filter_))


def test_an_operator_set_without_antialiasing_is_refused(contract):
    assert "operator set 18 or newer, and this network is written in 17" in end_to_end.obstacle(contract, 17)
