"""The page that says what a tensor tells."""

from __future__ import annotations

import re
from dataclasses import replace

import cv2
import numpy as np
import pytest

from lib.diagnosis import Finding
from lib.diagnosis.ranking import CONFIDENT
from lib.inputs import subject
from lib.inputs.reading import sha256
from lib.mistakes import CATALOGUE
from lib.report.diagnosis_page import fed_levels, heading, sentences, side_by_side, write
from lib.report.zoom import SIDE
from tests.diagnosis.toy import CONTRACT, DATA, NORMALISE, PHOTO, PIXELS, RIGHT, found
from tests.report.test_image import stored

LINEAR = cv2.resize(PIXELS, (96, 64))
BLURRED = NORMALISE(cv2.GaussianBlur(RIGHT, (5, 5), 2))
OFF = NORMALISE(np.minimum(RIGHT + np.indices(RIGHT.shape).sum(axis=0) % 2, 255).astype(np.uint8))
NOISE = np.random.default_rng(0).normal(size=(3, 64, 96)).astype(np.float32)


@pytest.fixture(scope="module")
def linear() -> Finding:
    return found(NORMALISE(LINEAR))


@pytest.mark.parametrize(
    ("tensor", "words", "said"),
    [
        (RIGHT, "✓ The reference's own input", "in every value"),
        (NORMALISE(RIGHT), "✓ The reference's own input", "as far as its type can hold"),
        (NORMALISE(LINEAR), "✗ bilinear without antialiasing", "It gives this very tensor."),
        (NORMALISE(LINEAR), "✗ bilinear without antialiasing", "so do OpenCV's default, torch and ONNX without antialias"),
        (LINEAR[:, :, ::-1], "✗ bilinear without antialiasing and BGR", "The first stage that differs is resize."),
        (NOISE, "✗ Not in the catalogue", "The first stage that differs is decode, resize or normalise."),
        (NOISE, "✗ Not in the catalogue", "direction: it does not look like this photo at all"),
        (BLURRED, "✗ Not in the catalogue", "What is not known is the step that makes the difference."),
        (BLURRED, "✗ Not in the catalogue", "The first stage that differs is decode or resize."),
        (OFF, "✗ The reference's input, to within a level", "the same steps with other roundings"),
    ],
)
def test_the_finding_is_said_in_words(tensor, words, said):
    finding = found(tensor)
    assert heading(finding) == words
    assert said in " ".join(sentences(finding))


def test_a_shape_that_nothing_leads_to_is_said():
    unreachable = replace(found(BLURRED), nearest=[], chosen=None)
    assert heading(unreachable) == "✗ Not in the catalogue"
    said = "Neither a mistake of the catalogue nor several at once give 96 × 64 pixels of this photo."
    assert said in sentences(unreachable)


def test_where_no_mistake_is_named_the_nearest_is_with_its_share():
    finding = found(BLURRED)
    nearest = replace(finding.nearest[0], names=("Pillow lanczos",), explained=0.56)
    said = " ".join(sentences(replace(finding, chosen=nearest)))
    assert (
        "The nearest, Pillow lanczos, explains 56% of the difference from the reference, which is too little to name it."
        in said
    )
    assert "What is known: geometry: the right shape; values that are whole levels: " in said
    curve = replace(nearest, names=("gamma 2.2",), explained=0.98, left=2.5)
    said = " ".join(sentences(replace(finding, chosen=curve)))
    assert "gamma 2.2, explains 98% of the difference from the reference, but leaves 2.5 levels." in said


def test_mistakes_that_cannot_be_told_apart_are_said():
    said = " ".join(sentences(found(NORMALISE(PHOTO.resize((96, 64), 0)))))
    assert "On this photo Pillow nearest, OpenCV nearest-exact and sharp nearest cannot be told apart." in said


def test_a_mistake_that_leaves_something_says_how_much(linear):
    nearest = replace(linear.nearest[0], distance=0.25, explained=0.975, rounded=False)
    said = " ".join(sentences(replace(linear, chosen=nearest)))
    assert "It explains 97.5% of the difference from the reference; 0.25 std are left" in said
    said = " ".join(sentences(replace(linear, chosen=replace(nearest, rounded=True))))
    assert "It gives this tensor to within a level; 0.25 std are left" in said


def test_a_share_that_is_too_little_is_said_with_the_digits_that_show_it():
    finding = found(BLURRED)
    nearest = replace(finding.nearest[0], names=("Pillow lanczos",), explained=0.9496)
    said = " ".join(sentences(replace(finding, chosen=nearest)))
    assert "explains 94.96% of the difference from the reference, which is too little to name it." in said


def test_a_fitted_mean_and_std_are_printed():
    other = ((LINEAR / 255 - 0.4) / 0.3).transpose(2, 0, 1).astype(np.float32)
    finding = found(other)
    assert heading(finding) == "✗ bilinear without antialiasing and another mean and std"
    assert "with mean 0.4, 0.4, 0.4 and std 0.3, 0.3, 0.3." in " ".join(sentences(finding))


def test_what_was_observed_is_shown_in_levels(linear):
    np.testing.assert_allclose(fed_levels(linear, CONTRACT), LINEAR, atol=1e-4)
    np.testing.assert_array_equal(fed_levels(found(LINEAR), CONTRACT), LINEAR)


def test_where_the_shapes_agree_both_are_shown_with_their_difference_and_the_worst_place(linear):
    shown = side_by_side(linear, CONTRACT)
    assert "The service feeds 96 by 64 pixels, the reference 96 by 64" in shown
    size = np.abs(LINEAR.astype(int) - RIGHT).max(axis=2)
    assert f"{(size > 0.5).mean():.0%} of the pixels differ by more than half a level, by {size.max()} at most" in shown
    assert f"Where they differ most: {SIDE} by {SIDE} pixels from column" in shown
    right, fed, difference, *zoomed, _ = [stored(source) for source in re.findall(r'src="(data:[^"]*)"', shown)]
    assert right.shape == fed.shape == difference.shape == RIGHT.shape
    assert len(zoomed) == 4
    assert 'class="scale"' in shown


def test_pictures_of_other_sizes_are_both_shown_and_said_not_to_be_subtracted():
    other = side_by_side(found(NORMALISE(cv2.resize(PIXELS, (80, 80)))), CONTRACT)
    assert "The service feeds 80 by 80 pixels, the reference 96 by 64: pictures of different sizes, which cannot be" in other
    shapes = [stored(source).shape for source in re.findall(r'src="(data:[^"]*)"', other)]
    assert shapes == [RIGHT.shape, (80, 80, 3)]
    assert 'class="scale"' not in other


def test_where_nothing_differs_no_difference_is_drawn():
    for healthy in (NORMALISE(RIGHT), NORMALISE(RIGHT).astype(np.float16)):
        same = side_by_side(found(healthy), CONTRACT)
        assert "there is no difference to draw" in same
        assert same.count("<img") == 2


def test_the_page_holds_everything_and_loads_nothing(linear, tmp_path):
    photo, tensor, out = tmp_path / "photo.png", tmp_path / "tensor.npy", tmp_path / "page.html"
    photo.write_bytes(DATA)
    np.save(tensor, NORMALISE(LINEAR))
    write(linear, subject.load("lite0-imagenet"), photo, tensor, out)
    html = out.read_text()
    assert "<h1>✗ bilinear without antialiasing</h1>" in html
    assert CATALOGUE["OpenCV linear"].code in html
    assert html.count("<figure") == 1
    assert "<script" not in html
    assert len(html) < 1_000_000
    assert sha256(DATA) in html
    for measurement in linear.measured:
        assert measurement.name in html
    assert f"of {len(CATALOGUE)} mistakes</td>" in html  # that the evidence rules out
    assert html.count(" std</td>") >= len(linear.nearest)
    assert f"explain at least {CONFIDENT:.0%} of the squared difference" in html
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.html", "photo.png", "tensor.npy"]


def test_a_page_that_cannot_be_written_leaves_nothing(linear, tmp_path):
    photo = tmp_path / "photo.png"
    photo.write_bytes(DATA)
    with pytest.raises(FileNotFoundError):
        write(linear, subject.load("lite0-imagenet"), photo, photo, tmp_path / "missing" / "page.html")
    assert [path.name for path in tmp_path.iterdir()] == ["photo.png"]


def test_a_page_that_cannot_take_its_place_leaves_nothing(linear, tmp_path):
    photo, folder = tmp_path / "photo.png", tmp_path / "page.html"
    photo.write_bytes(DATA)
    folder.mkdir()
    with pytest.raises(IsADirectoryError):
        write(linear, subject.load("lite0-imagenet"), photo, photo, folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.html", "photo.png"]
