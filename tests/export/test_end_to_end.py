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
from onnx.reference import ReferenceEvaluator
from PIL import Image

from lib.deploy import BadInput, Classifier, Domain, pipeline
from lib.deploy.contract import LARGEST
from lib.deploy.model import DOMAIN_KEY
from lib.deploy.sessions import open_session
from lib.deploy.stages import MOST_PIXELS, preprocessing
from lib.export import end_to_end
from lib.runtimes import openvino
from tests.conftest import encoded, picture
from tests.export.pillow_resize import resized

# landscape, portrait, square, enlarged, one side kept, thin enough for Pillow to begin with the vertical pass
SIZES = [(600, 400), (451, 300), (300, 451), (512, 512), (100, 64), (224, 301), (101, 463), (640, 97), (31, 700)]


@pytest.fixture(scope="module")
def contract(lite0):
    return lite0.subject.contract


@pytest.fixture(scope="module")
def network(lite0):
    """The network, said to be right at any size, so that photos of any shape can be resized."""
    return of_domain(onnx.load(lite0.onnx_path), Domain(32, 4 * LARGEST))


@pytest.fixture(scope="module")
def path(lite0, contract):
    return end_to_end.written(lite0.onnx_path, contract)


def of_domain(network, domain) -> onnx.ModelProto:
    next(each for each in network.metadata_props if each.key == DOMAIN_KEY).value = domain.to_json()
    return network


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


ONE_BY_MOST = {"shorter-side": 1024 // 224, "shorter-side-crop": 4 * LARGEST // 224, "squash": 20_000}  # of lite0's domain


def refusal(session, height: int, width: int) -> str:
    """What ONNX Runtime says of a photo of this size; empty where it answers."""
    try:
        (answer,) = session.run(None, {"pixels": np.full((height, width, 3), 127, np.uint8)})
    except Exception as error:  # ONNX Runtime's own
        return str(error)
    assert answer.shape == (1, 1000)
    assert np.isfinite(answer).all()
    return ""


@pytest.mark.parametrize(("rule", "crop"), [("shorter-side", None), ("shorter-side-crop", 191), ("squash", None)])
@pytest.mark.parametrize("filter_", ["nearest", "bilinear", "bicubic"])
def test_a_photo_is_refused_exactly_where_the_package_refuses_it(lite0, contract, rule, crop, filter_):
    wanted, domain = replace(contract, rule=rule, crop=crop, filter=filter_), Domain(32, 1024)
    model = end_to_end.assembled(onnx.load(lite0.onnx_path), wanted)
    onnx.checker.check_model(model, full_check=True)
    session, most = open_session(model.SerializeToString()), ONE_BY_MOST[rule]
    for size in ((1, 1), (1, most), (most, 1), (224, 1024), (1024, 224), (1, 5000), (224, 1029), (1029, 224)):
        try:
            domain.require(*preprocessing(wanted)[0].fed(*size))
            refused = False
        except BadInput:
            refused = True
        said = refusal(session, *size)
        assert bool(said) == refused, size
        assert (f"Name:'{end_to_end.REFUSED}: its longer side" in said) == refused, size


@pytest.mark.parametrize("rule", ["shorter-side", "squash"])
@pytest.mark.parametrize("size", [(0, 5), (5, 0), (0, 0)])
def test_a_photo_without_pixels_is_refused(lite0, contract, rule, size):
    session = open_session(end_to_end.assembled(onnx.load(lite0.onnx_path), replace(contract, rule=rule)).SerializeToString())
    assert f"Name:'{end_to_end.REFUSED}: it has no pixels" in refusal(session, *size)


def test_a_photo_of_more_pixels_than_are_decoded_is_refused(lite0, contract, monkeypatch):
    assert end_to_end.Limits.of(contract, Domain(32, 1024)).pixels == MOST_PIXELS
    monkeypatch.setattr(end_to_end, "MOST_PIXELS", 224 * 300)
    session = open_session(end_to_end.assembled(onnx.load(lite0.onnx_path), contract).SerializeToString())
    assert refusal(session, 224, 300) == ""
    assert f"Name:'{end_to_end.REFUSED}: it has no pixels, or more than 67,200'" in refusal(session, 224, 301)


_REFUSED_IN_LITTLE_MEMORY = """
import resource, sys, numpy, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1])
session.run(None, {"pixels": numpy.full((224, 224, 3), 127, numpy.uint8)})
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for size in ((1, 100), (100, 1), (1, 5000), (5000, 1)):
    try:
        session.run(None, {"pixels": numpy.full((*size, 3), 127, numpy.uint8)})
    except Exception as error:
        print("photo refused" in str(error))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_a_line_of_pixels_takes_no_memory(path):
    done = subprocess.run(
        [sys.executable, "-c", _REFUSED_IN_LITTLE_MEMORY, path], check=True, capture_output=True, text=True
    ).stdout.split()
    assert done[:4] == ["True"] * 4
    assert int(done[4]) < 20, "megabytes more than for a square"


def test_other_runtimes_refuse_it_too(path):
    line = np.full((1, 100, 3), 127, np.uint8)
    with pytest.raises(ValueError, match="reshape"):
        ReferenceEvaluator(str(path)).run(None, {"pixels": line})
    with pytest.raises(RuntimeError, match=end_to_end.REFUSED):
        openvino.loader()(str(path))(line)
