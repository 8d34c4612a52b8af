"""Photos out of the ordinary: each is right, which is what torchvision's route makes of it, or refused in one line."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lib.deploy import BadInput, BadPhoto, Contract
from lib.deploy.stages import decode, preprocessing
from lib.networks import reference
from tests.conftest import encoded, picture
from tests.deploy.torchvision_transforms import preprocessing as torchvision_preprocessing

CONTRACT = Contract(64, "shorter-side", "bilinear", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image)


def sixteen_bit_colour(width: int, height: int) -> bytes:
    """A PNG with 16 bits a channel, which Pillow reads but does not write."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    levels = np.random.default_rng(0).integers(0, 65536, (height, width * 3)).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in levels)
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


PALETTE = picture(40, 30).quantize(16)
FRAMES = {"save_all": True, "append_images": [picture(40, 30, seed=1)]}
RIGHT = {
    "CMYK JPEG": encoded(picture(40, 30).convert("CMYK"), "JPEG"),
    "YCbCr JPEG": encoded(picture(40, 30).convert("YCbCr"), "JPEG"),
    "palette": encoded(PALETTE),
    "palette, one colour transparent": encoded(PALETTE, "GIF", transparency=3),
    "palette, every colour with its own transparency": encoded(PALETTE, transparency=bytes(range(16))),
    "grey with alpha": encoded(picture(40, 30).convert("LA")),
    "one bit": encoded(picture(40, 30).convert("1")),
    "animated GIF": encoded(PALETTE, "GIF", **FRAMES),
    "animated WebP": encoded(picture(40, 30), "WEBP", **FRAMES),
    "16-bit colour PNG": sixteen_bit_colour(40, 30),
    "one pixel wide": encoded(picture(1, 50)),
    "one pixel": encoded(picture(1, 1)),
    "smaller than the target": encoded(picture(20, 12)),
    "20 to 1": encoded(picture(800, 40)),
    "1 to 20": encoded(picture(40, 800)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_it_is_what_torchvisions_route_makes_of_it(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow, about the transparency that it drops
        opened = Image.open(io.BytesIO(RIGHT[name])).convert("RGB")
    expected = torchvision_preprocessing(CONTRACT)(opened).unsqueeze(0).numpy()
    resize, normalise = preprocessing(CONTRACT)
    for read in (decode, reference.decode):
        np.testing.assert_array_equal(normalise(resize(read(RIGHT[name]))), expected)


# What a viewer does for each orientation, by Exif 2.3, section 4.6.4: from the stored rows and columns to the upright picture.
UPRIGHT = {
    1: lambda p: p,
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: p.transpose(1, 0, 2),
    6: lambda p: p.transpose(1, 0, 2)[:, ::-1],
    7: lambda p: p[::-1, ::-1].transpose(1, 0, 2),
    8: lambda p: p.transpose(1, 0, 2)[::-1],
}


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_every_exif_orientation_is_turned_upright(orientation, kind):
    stored = picture(30, 20)
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(stored, kind, exif=exif)
    raw = pixels(Image.open(io.BytesIO(encoded(stored, kind))).convert("RGB"))
    for read in (decode, reference.decode):
        np.testing.assert_array_equal(pixels(read(data)), UPRIGHT[orientation](raw))


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_grey_deeper_than_8_bits_is_refused(mode):
    kind = "PNG" if mode == "I;16" else "TIFF"
    with pytest.raises(BadInput, match=r"deeper than 8 bits \(mode .*\); convert the photo to 8 bits a channel") as refused:
        decode(encoded(Image.new(mode, (8, 8)), kind))
    assert "\n" not in str(refused.value)


def said(data: bytes) -> str:
    try:
        return decode(data).mode
    except BadPhoto as refused:
        return str(refused)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_damage_anywhere_is_refused_in_one_line_or_decoded(kind):
    whole, rng, every = encoded(picture(40, 30), kind), np.random.default_rng(0), []
    for size in range(0, len(whole), max(1, len(whole) // 60)):
        damaged = bytearray(whole)
        damaged[rng.integers(len(whole))] ^= 0xFF
        every += [said(whole[:size]), said(bytes(damaged))]
    assert any(every)
    assert not any("\n" in each for each in every)


@pytest.mark.parametrize("size", [(1, 900_000), (900_000, 1)])
def test_a_line_of_pixels_is_refused_before_it_is_resized(size):
    line = decode(encoded(Image.new("RGB", size)))
    for contract in (CONTRACT, replace(CONTRACT, size=256, rule="shorter-side-crop", crop=224)):
        resize = preprocessing(contract)[0]
        for refuse in (resize, lambda picture, resize=resize: resize.fed(*picture.size)):
            with pytest.raises(BadPhoto, match="would have a longer one of"):
                refuse(line)


def huge(width: int, height: int) -> bytes:
    """The header of a bitmap and nothing else."""
    return b"BM" + struct.pack("<IHHIIiiHHIIiiII", 0, 0, 0, 54, 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_header_of_more_pixels_than_are_decoded_is_refused(monkeypatch):
    assert said(huge(100_000, 100_000)).startswith("cannot be decoded: Image size (10000000000 pixels)")
    assert said(huge(7_000, 7_000)).startswith("cannot be decoded: image file is truncated")
    assert said(huge(10_000, 10_000)) == "has 10000 × 10000 pixels in 54 bytes; 50,010,800 at most are decoded"
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)  # as a service may do for all that it opens
    padded = huge(20_000, 10_000) + bytes(1_000_000)
    assert said(padded) == "has 20000 × 10000 pixels in 1000054 bytes; 178,956,970 at most are decoded"


@pytest.mark.filterwarnings("ignore:Image was not the expected size")
def test_an_icon_with_a_huge_picture_in_it_is_refused():
    inside = encoded(Image.new("1", (9000, 9000), 1))
    directory = struct.pack("<HHHBBBBHHII", 0, 1, 1, 16, 16, 0, 0, 1, 32, len(inside), 22)
    assert said(directory + inside).startswith("has 9000 × 9000 pixels in ")


def test_a_white_page_is_decoded_however_few_bytes_it_takes():
    page = encoded(Image.new("1", (4960, 7016), 1), "TIFF", compression="group4")
    assert len(page) < 10_000
    assert decode(page).size == (4960, 7016)


def test_a_format_whose_reader_starts_a_program_is_not_read(monkeypatch):
    monkeypatch.setattr("subprocess.Popen", pytest.fail)
    assert said(encoded(picture(8, 6), "EPS")) == "EPS is not read; convert the photo to JPEG"


@pytest.mark.parametrize("error", [KeyError("x"), MemoryError(), RecursionError("deep\nand deeper"), UserWarning("odd")])
def test_whatever_a_reader_raises_the_photo_is_bad(monkeypatch, error):
    monkeypatch.setattr("PIL.ImageOps.exif_transpose", lambda *_, **__: (_ for _ in ()).throw(error))
    assert said(encoded(picture(8, 6))).startswith("cannot be decoded: ")
    assert "\n" not in said(encoded(picture(8, 6)))
