"""From a tensor to the mistake behind it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFilter

from lib.deploy import BadInput, Contract
from lib.deploy.stages import decode, preprocessing
from lib.diagnosis import Finding, Observed, candidates, diagnose, finding
from lib.diagnosis.finding import diagnose_all, stage_of
from lib.diagnosis.measurements import ANOTHER_NORMALISATION, ANOTHER_SIZE
from lib.diagnosis.ranking import NEAR
from lib.inputs import photos
from lib.mistakes import CATALOGUE
from tests.conftest import encoded, picture
from tests.diagnosis.toy import CONTRACT, DATA, NORMALISE, PHOTO, PIXELS, RIGHT, found


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
    finding = found(tensor)
    assert finding.healthy
    assert finding.names == ()
    assert finding.stages == ()


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
    assert finding.stages == (mistake.stage,)
    assert finding.explained == 1
    assert not finding.healthy


def test_two_mistakes_at_once_are_named():
    assert found(cv2.resize(PIXELS, (96, 64))[:, :, ::-1]).names == ("OpenCV linear", "BGR")
    assert found(NORMALISE(cv2.resize(PIXELS, (64, 64)))).names == ("squash", "OpenCV linear")
    halves = (cv2.resize(PIXELS, (96, 64), interpolation=cv2.INTER_AREA) / 255 - 0.5) / 0.5
    assert found(halves.astype(np.float32)).names == ("OpenCV area", "mean and std of 0.5")


def test_what_the_catalogue_lacks_is_described():
    assert found(NORMALISE(RIGHT) - np.float32(0.1 / 0.229)).names == (ANOTHER_NORMALISATION,)
    assert found(NORMALISE(cv2.resize(PIXELS, (80, 80)))).names == (ANOTHER_SIZE, "OpenCV linear")


def test_a_tensor_of_something_else_is_not_explained():
    finding = found(np.random.default_rng(0).normal(size=(3, 64, 96)).astype(np.float32))
    assert finding.names == ()
    assert finding.ties == []
    assert not finding.healthy


def test_a_gamma_that_is_not_in_the_catalogue_is_not_called_a_normalisation():
    gamma = (RIGHT / 255) ** (1 / 1.8)
    levels, floats = np.rint(255 * gamma).astype(np.uint8), ((gamma - 0.45) / 0.22).astype(np.float32)
    for tensor, stages in ((NORMALISE(levels), ("resize",)), (levels, ("resize",)), (floats, ("resize", "normalise"))):
        said = found(tensor)
        assert said.names == ()
        assert said.ties == []
        assert not said.healthy
        assert said.evidence.curve is not None
        assert said.evidence.curve.alone
        assert said.stages == stages


def test_what_is_alike_in_shape_is_not_explained_by_it():
    other = np.random.default_rng(0).integers(0, 256, (80, 80, 3)).astype(np.uint8)
    for tensor in (cv2.GaussianBlur(cv2.resize(PIXELS, (80, 80)), (5, 5), 2), other, other[:64, :64]):
        said = found(NORMALISE(tensor))
        assert said.names == ()
        assert not said.explained > 0.9


def cups() -> dict[str, np.ndarray]:
    """What was made of the photo of a cup, by what was done."""
    photo = decode(CUP)
    right = photo.resize((336, 224), Image.Resampling.BILINEAR)
    made = {
        "sharpened as in the catalogue": right.filter(ImageFilter.UnsharpMask()),
        "sharpened otherwise": right.filter(ImageFilter.UnsharpMask(3, 80, 2)),
        "blurred": right.filter(ImageFilter.BoxBlur(2)),
        "the middle": right.crop((56, 0, 280, 224)),
        "off the middle": right.crop((40, 0, 264, 224)),
        "cover": photo.resize((336, 224), Image.Resampling.LANCZOS, reducing_gap=2.0).crop((56, 0, 280, 224)),
        "the middle of 232": photo.resize((348, 232), Image.Resampling.BILINEAR).crop((62, 4, 286, 228)),
    }
    return {name: np.asarray(picture) for name, picture in made.items()}


CUP = next(photo.data for photo in photos.load().readable if photo.name == "coffee.png")


@pytest.fixture(scope="module")
def of_cup() -> dict[str, Finding]:
    contract = Contract(224, "shorter-side", "bilinear", CONTRACT.mean, CONTRACT.std)
    made = cups()
    findings = diagnose_all(CUP, [Observed.of(picture) for picture in made.values()], contract)
    return dict(zip(made, findings, strict=True))


@pytest.mark.parametrize(
    ("made", "names"),
    [
        ("sharpened as in the catalogue", ("unsharp mask",)),
        ("sharpened otherwise", ()),  # was called Pillow lanczos
        ("blurred", ()),
        ("the middle", ("resize to the crop's size",)),
        ("off the middle", ()),
        ("cover", ("cover, lanczos",)),  # was called resize larger and crop
        ("the middle of 232", ()),
    ],
)
def test_real_photos_are_named_or_not_known(of_cup, made, names):
    assert of_cup[made].names == names
    assert not of_cup[made].healthy


def test_the_nearest_candidates_are_shown_even_where_none_is_named(of_cup):
    assert all(each.nearest for each in of_cup.values())
    assert of_cup["the middle of 232"].chosen.label == "resize to the crop's size"
    assert 0.5 < of_cup["the middle of 232"].explained < 0.9


def test_other_roundings_of_the_reference_are_no_mistake():
    off = np.clip(RIGHT.astype(int) + np.random.default_rng(0).integers(-1, 2, RIGHT.shape), 0, 255).astype(np.uint8)
    said = found(off)
    assert said.same
    assert said.names == ()
    assert not said.healthy
    assert not found(RIGHT[:, ::-1]).same


def test_a_flat_tensor_has_no_normalisation():
    assert found(np.zeros((3, 64, 96), np.float32)).names == ()


def test_several_tensors_are_diagnosed_in_one_pass(monkeypatch):
    tensors = [NORMALISE(RIGHT), NORMALISE(RIGHT[:, :, ::-1]), NORMALISE(cv2.resize(PIXELS, (64, 64)))]
    alone = [found(tensor).names for tensor in tensors]
    passes = []
    monkeypatch.setattr(finding, "composed", lambda *given: passes.append(given) or candidates.composed(*given))
    together = diagnose_all(DATA, [Observed.of(tensor) for tensor in tensors], CONTRACT)
    assert [each.names for each in together] == alone == [(), ("BGR",), ("squash", "OpenCV linear")]
    assert len(passes) == 1
    assert {frame.picture.shape[:2] for frame in passes[0][1]} == {(64, 64)}  # what one mistake explains needs no second


def test_mistakes_that_are_one_on_this_photo_are_said_together():
    ties = found(NORMALISE(PHOTO.resize((96, 64), 0))).ties
    assert ties == [("Pillow nearest",), ("OpenCV nearest-exact",), ("sharp nearest",)]


def test_a_finding_names_the_nearest_few():
    finding = found(NORMALISE(cv2.resize(PIXELS, (96, 64))))
    assert len(finding.nearest) == NEAR
    distances = [each.distance for each in finding.nearest]
    assert distances == sorted(distances)
    assert finding.nearest[0].label == "OpenCV linear"


def test_a_photo_that_cannot_be_decoded_is_refused():
    with pytest.raises(BadInput):
        diagnose(b"no photo", RIGHT, CONTRACT)


def test_evidence_and_details_are_measured(of_cup):
    names = [each.name for each in of_cup["blurred"].measured]
    assert names[:2] == ["layout", "geometry"]
    assert names[-1] == "fine detail"
    assert [each.name for each in found(RIGHT).measured][-1] == "values that differ"


def test_every_name_has_a_stage():
    assert all(stage_of(name) == mistake.stage for name, mistake in CATALOGUE.items())
    assert stage_of(ANOTHER_NORMALISATION) == "normalise"
    assert stage_of(ANOTHER_SIZE) == "resize"


@pytest.mark.parametrize("name", ["resize to the crop's size", "resize and corner crop"])
def test_a_crop_is_named_where_the_contract_squashes(name):
    contract = Contract(64, "squash", "bilinear", (0.5,) * 3, (0.25,) * 3)
    normalise = preprocessing(contract)[1]
    tensor = normalise(CATALOGUE[name].make(contract)(decode(DATA)))
    assert diagnose(DATA, tensor, contract).names == (name,)


def test_every_photo_that_the_contract_takes_is_diagnosed_however_long():
    contract = Contract(64, "squash", "bilinear", (0.5,) * 3, (0.25,) * 3)
    data = encoded(picture(3000, 2))
    resize, normalise = preprocessing(contract)
    assert diagnose(data, normalise(resize(decode(data))), contract).healthy
    tensor = normalise(CATALOGUE["mirrored"].make(contract)(decode(data)))
    assert "mirrored" in {name for names in diagnose(data, tensor, contract).ties for name in names}
