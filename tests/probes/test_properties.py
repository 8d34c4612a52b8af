"""Properties are found out from files."""

from __future__ import annotations

import pytest
from PIL import Image

from lib.export.exporter import domain
from lib.probes import properties
from tests.conftest import encoded, picture


@pytest.fixture(scope="module")
def found(every, lite0):
    contract, sizes = lite0.subject.contract, domain(lite0.subject)
    return {name: properties.of(probe.data, contract, sizes) for name, probe in every.items()}


@pytest.fixture
def of(lite0):
    return lambda image, kind="PNG", **options: properties.of(
        encoded(image, kind, **options), lite0.subject.contract, domain(lite0.subject)
    )


def test_the_probes_have_every_property(found):
    assert {name for has in found.values() for name in has} == {each.name for each in properties.PROPERTIES}


@pytest.mark.parametrize(
    ("probe", "has"),
    [
        ("EXIF orientation 7", "EXIF orientation 7"),
        ("EXIF orientation in TIFF", "EXIF orientation 6"),
        ("CMYK JPEG", "CMYK"),
        ("YCCK JPEG", "YCCK"),
        ("16 bits a channel", "16 bits a channel"),
        ("16 bits, grey TIFF", "deeper than 8 bits, grey"),
        ("palette with alpha", "palette with transparency"),
        ("transparent colour, RGB", "one transparent colour"),
        ("animated WebP", "several frames"),
        ("gamma chunk", "gamma chunk"),
        ("checkerboard", "checkerboard of one pixel"),
        ("4101 × 1026", "a side above 4,000 pixels"),
        ("cut short, PNG", "cut short"),
        ("MPO", "file format MPO"),
    ],
)
def test_what_a_probe_is_made_for_is_found_in_its_file(found, probe, has):
    assert has in found[probe]


def test_a_photo_has_few(of):
    assert of(picture(400, 300)) == ("file format PNG", "even width, even height")
    assert of(picture(30, 31).convert("L"), "JPEG") == (
        "file format JPEG", "grey", "both sides below the size that is resized to", "even width, odd height",
    )  # fmt: skip


def test_sizes_are_those_of_the_upright_picture(of):
    exif = Image.Exif()
    exif[0x0112] = 6
    assert "odd width, even height" in of(picture(300, 201), exif=exif)


def test_what_is_no_picture_has_none(lite0):
    assert properties.of(b"no picture", lite0.subject.contract, domain(lite0.subject)) == ()
