"""From a tensor to the mistake behind it."""

from __future__ import annotations

import io
import itertools

import cv2
import numpy as np
import pytest

from lib.studies.parity import diagnosis_pictures as diagnosis_report
from lib.studies.parity import examples as exhibits
from lib.__main__ import main
from lib.deploy import BadInput, Contract
from lib.deploy.stages import decode, preprocessing
from lib.diagnosis import Observed, diagnose
from lib.diagnosis.confusion import Trial, Trials, trials
from lib.mistakes import CATALOGUE
from tests.conftest import encoded, picture

CONTRACT = Contract(64, "shorter-side", "bilinear", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
RESIZE, NORMALISE = preprocessing(CONTRACT)
PHOTO = picture(150, 100)
DATA = encoded(PHOTO)
PIXELS = np.asarray(PHOTO)
RIGHT = np.asarray(RESIZE(PHOTO))  # 96 x 64


def named(tensor) -> tuple[str, ...]:
    return diagnose(DATA, np.asarray(tensor), CONTRACT).names


def says(tensor, name: str) -> str:
    return next(each.says for each in diagnose(DATA, np.asarray(tensor), CONTRACT).evidence if each.name == name)


@pytest.mark.parametrize(
    "tensor",
    [
        NORMALISE(RIGHT),
        NORMALISE(RIGHT)[0],
        NORMALISE(RIGHT)[0].transpose(1, 2, 0),
        NORMALISE(RIGHT).astype(np.float64),
        NORMALISE(RIGHT).astype(np.float16),
        RIGHT,
        RIGHT[None],
        RIGHT.transpose(2, 0, 1).astype(np.int64),
    ],
    ids=["NCHW", "CHW", "HWC", "double", "half", "levels", "NHWC levels", "CHW levels"],
)
def test_the_references_own_input_is_healthy_in_every_layout_and_type(tensor):
    finding = diagnose(DATA, tensor, CONTRACT)
    assert finding.healthy
    assert finding.names == ()
    assert finding.stage == ""


@pytest.mark.parametrize("name", ["re-encoded JPEG", "squash", "OpenCV linear", "BGR", "ImageNet's mean and std"])
def test_one_mistake_is_named_with_its_stage(name):
    contract = Contract(64, "shorter-side", "bilinear", (0.5,) * 3, (0.25,) * 3)
    resize, normalise = preprocessing(contract)
    mistake = CATALOGUE[name]
    stage = mistake.make(contract)
    image = stage(DATA) if mistake.stage == "decode" else decode(DATA)
    image = stage(image) if mistake.stage == "resize" else resize(image)
    finding = diagnose(DATA, stage(image) if mistake.stage == "normalise" else normalise(image), contract)
    assert finding.names == (name,)
    assert finding.stage == mistake.stage
    assert finding.explained == 1
    assert not finding.healthy


def test_two_mistakes_at_once_are_named():
    assert named(cv2.resize(PIXELS, (96, 64))[:, :, ::-1]) == ("OpenCV linear", "BGR")
    assert named(NORMALISE(cv2.resize(PIXELS, (64, 64)))) == ("squash", "OpenCV linear")
    halves = (cv2.resize(PIXELS, (96, 64), interpolation=cv2.INTER_AREA) / 255 - 0.5) / 0.5
    assert named(halves.astype(np.float32)) == ("OpenCV area", "mean and std of 0.5")


def test_what_the_catalogue_lacks_is_described():
    off = NORMALISE(RIGHT) - np.float32(0.1 / 0.229)
    assert named(off) == ("another mean and std",)
    assert "only normalisation differs" in says(off, "gain")
    assert named(NORMALISE(cv2.resize(PIXELS, (80, 80)))) == ("another size", "OpenCV linear")


def test_a_tensor_of_something_else_is_not_explained():
    other = np.random.default_rng(0).normal(size=(3, 64, 96)).astype(np.float32)
    finding = diagnose(DATA, other, CONTRACT)
    assert finding.names == ()
    assert not finding.healthy
    assert says(other, "likeness") == "it does not look like this photo at all"


def test_mistakes_that_are_one_on_this_photo_are_said_together():
    finding = diagnose(DATA, NORMALISE(PHOTO.resize((96, 64), 0)), CONTRACT)
    assert finding.ties == [("Pillow nearest",), ("OpenCV nearest-exact",)]


def test_evidence_tells_what_it_measures():
    assert says(NORMALISE(RIGHT[:, :, ::-1]), "channels") == "the order is blue, green, red"
    assert says(NORMALISE(RIGHT.transpose(1, 0, 2)), "geometry") == "width and height have changed places"
    assert says(NORMALISE(RIGHT[:, :-1]), "geometry").endswith("one pixel off")
    assert says(NORMALISE(RIGHT), "values that are whole levels").startswith("normalisation is right")
    assert says(NORMALISE(RIGHT) * 2, "values that are whole levels").startswith("normalisation is not")
    assert "sharper" in says(cv2.resize(PIXELS, (96, 64), interpolation=cv2.INTER_NEAREST), "fine detail")
    assert "softer" in says(cv2.GaussianBlur(RIGHT, (5, 5), 2), "fine detail")
    assert says(np.roll(RIGHT, (0, 3), (0, 1)), "shift") == "the picture has moved by 3 across and 0 down"
    assert "one sign" in says(np.maximum(RIGHT, 1) - 1, "bias")
    border = RIGHT.copy()
    border[0] = 255 - border[0]
    assert says(border, "pixels that differ") == "only the border differs"


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((10, 10)), "dump what one photo becomes"),
        (np.zeros((2, 3, 8, 8)), "dump what one photo becomes"),
        (np.zeros((0, 8, 3)), "dump what one photo becomes"),
        (np.zeros((8, 8, 3), bool), "dump numbers"),
        (np.full((8, 8, 3), np.nan), "NaN"),
        (np.full((8, 8, 3), 256), "whole levels are 0 to 255"),
    ],
)
def test_what_is_no_tensor_is_refused_in_one_line(array, said):
    with pytest.raises(BadInput, match=said) as refused:
        Observed.of(array)
    assert "\n" not in str(refused.value)


def test_diagnosis_over_the_catalogue_is_measured(lite0):
    photo = lite0.photos.readable[0]
    measured = trials([photo, *exhibits.made_from(photo, 224)], lite0.subject.contract)
    assert measured.photos == 4
    assert measured.false_alarms == 0
    assert measured.share >= 0.9
    assert len(measured.trials) + measured.idle == len(CATALOGUE) * 4
    tried = {trial.mistake for trial in measured.trials}
    assert {"EXIF ignored", "mode unconverted", "JPEG draft mode"} <= tried  # on the photos made for them
    assert "Pillow bilinear" not in tried  # it is the contract's own


def test_wrong_names_are_counted_and_shown():
    wrong = Trials([Trial("a", "BGR", ("BGR",)), Trial("a", "squash", ("letterbox",)), Trial("a", "Pillow box", ())], 2, 1, 1)
    assert wrong.share == pytest.approx(1 / 3)
    assert "names the right mistake in 1 (33.3%)" in diagnosis_report.confusion(wrong)
    assert "is taken for letterbox" in diagnosis_report.ties(wrong)
    assert "is taken for no mistake" in diagnosis_report.ties(wrong)
    assert "on 1 of 1 photos a healthy tensor was taken for a mistake" in diagnosis_report.finding(wrong)


def test_every_mistake_of_decoding_and_normalisation_is_exhibited(lite0):
    shown = exhibits.exhibits(lite0, lite0.photos.readable[0])
    by_name = {each.mistake.name: each for each in shown}
    assert set(by_name) == {m.name for m in CATALOGUE.values() if m.stage in ("decode", "normalise")}
    assert {name for name, each in by_name.items() if each.first is None} == {
        "OpenCV decode",
        "Lite's mean and std",  # the subject's own
        "mean and std in BGR order",  # which are equal
    }
    assert by_name["EXIF ignored"].difference == float("inf")
    assert by_name["no division by 255"].flipped
    table = diagnosis_report.consequences(shown, lite0.subject.classes)
    assert all(f">{name.replace(chr(39), '&#x27;')}<br><code>" in table for name in by_name)
    assert "15 mistakes of decoding and normalisation" in diagnosis_report.gallery(shown, lite0.subject.contract)


@pytest.fixture
def service(tmp_path):
    """A folder with a photo, as a team has it, and a way to run the command there."""
    (tmp_path / "photo.png").write_bytes(DATA_224)
    count = itertools.count()

    def run(tensor, **options: str) -> tuple[int, str]:
        path = tmp_path / f"{next(count)}.npy"
        if isinstance(tensor, bytes):
            path.write_bytes(tensor)
        else:
            np.save(path, tensor)
        given = {"photo": str(tmp_path / "photo.png"), "tensor": str(path), "out": str(tmp_path / "page.html")} | options
        return main(["diagnose", *(part for name, value in given.items() for part in (f"--{name}", value))])

    return run


PHOTO_224 = picture(450, 300)
DATA_224 = encoded(PHOTO_224)


def test_the_command_names_the_mistake_and_writes_a_page(service, tmp_path, capsys):
    linear = cv2.resize(np.asarray(PHOTO_224), (336, 224))
    assert service(linear) == 1
    said = capsys.readouterr().out
    assert said.startswith("✗ OpenCV linear\n")
    assert "The first stage that differs is resize." in said
    html = (tmp_path / "page.html").read_text()
    assert "<h1>✗ OpenCV linear</h1>" in html
    assert "cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR)" in html
    assert html.count("<figure>") == 1
    assert "<script" not in html
    assert len(html) < 1_000_000
    assert service(np.asarray(PHOTO_224.resize((336, 224), 2))) == 0
    assert capsys.readouterr().out.startswith("✓ The reference's own input\n")


@pytest.mark.parametrize(
    ("tensor", "options", "said"),
    [
        (b"no numpy", {}, "not a .npy file of numbers"),
        (np.zeros((4, 4)), {}, "dump what one photo becomes"),
        (np.zeros((4, 4, 3)), {"photo": "missing.jpg"}, "cannot read missing.jpg"),
        (np.zeros((4, 4, 3)), {"subject": "lite1"}, "unknown subject 'lite1'"),
        (np.zeros((4, 4, 3)), {"out": "no/such/folder/page.html"}, "cannot write there"),
    ],
)
def test_wrong_use_of_the_command_is_one_line_and_leaves_no_page(service, tmp_path, capsys, tensor, options, said):
    assert service(tensor, **options) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "page.html").exists()


def test_a_pickle_is_not_opened(service, capsys):
    buffer = io.BytesIO()
    np.save(buffer, np.array([print], dtype=object), allow_pickle=True)
    assert service(buffer.getvalue()) == 2
    assert "Python objects is refused" in capsys.readouterr().err
