"""What is read as a picture and what is not, by content."""

from __future__ import annotations

import io
import time

import numpy as np
import pytest
import tifffile
from PIL import Image

from lib.deploy import BadPhoto
from lib.deploy.formats import HEAD, NOT_READ, READ, begins_as_picture, named_as_picture, why_not_read
from lib.deploy.stages import FORMATS, decode
from tests.conftest import encoded, picture
from tests.deploy.mutants import originals

ORIGINALS = originals()
NAME_ALONE = {"DIB", "TGA"}  # nothing in their first bytes is theirs alone


def heic(brand: bytes = b"heic") -> bytes:
    """How a phone's photo begins; nothing here can make a whole one."""
    return b"\0\0\0\x20ftyp" + brand + b"\0\0\0\0" + brand + b"mif1miaf" + bytes(64)


UNREAD = {
    "HEIC": [heic(), heic(b"heix"), heic(b"mif1"), heic(b"msf1"), heic(b"hevc")],
    "JPEG XL": [b"\xff\x0a" + bytes(20), b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(20)],
    "JPEG XR": [b"II\xbc\x01" + bytes(20)],
    "a camera's raw file": [b"\0\0\0\x18ftypcrx \0", b"FUJIFILMCCD-RAW 0201", b"IIRO\x08\0", b"IIU\0\x18"],
    "SVG": [b"<svg xmlns='x'/>", b'<?xml version="1.0"?>\n<!-- x -->\n<svg>', b"\n <svg width='3'>"],
    "EPS": [encoded(picture(8, 6), "EPS"), b"\xc5\xd0\xd3\xc6" + bytes(20)],
    "a Windows metafile": [b"\xd7\xcd\xc6\x9a\0\0", b"\x01\0\0\0" + bytes(36) + b" EMF"],
    "OpenEXR": [b"v/1\x01\x02\0\0\0"],
    "Radiance HDR": [b"#?RADIANCE\n"],
    "GIMP's XCF": [b"gimp xcf v011\0"],
}
PLAIN = {
    "text": b"photo,class\n1.jpg,cat\n",
    "a list of cars": b"BMW,car\n" * 100,
    "a list that begins with P1": b"P1,cat\nP2,dog\n",
    "json": b'{"a.jpg": 3}',
    "html": b"<!DOCTYPE html><html><body><svg></svg></body></html>",
    "xml": b"<?xml version='1.0'?><annotation/>",
    "npy": b"\x93NUMPY\x01\0",
    "idx of MNIST": b"\0\0\x08\x03\0\0\xea\x60",
    "zip": b"PK\x03\x04",
    "pdf": b"%PDF-1.7\n",
    "mp4": b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2mp41",
    "wave": b"RIFF\x24\0\0\0WAVEfmt ",
    "zeros": bytes(600),
    "nothing": b"",
    "hashes": b"P1 " + b"# # " * 200,
}


@pytest.mark.parametrize("name", [each for each in ORIGINALS if each.split()[0] in (*FORMATS, "MPO")])
def test_what_is_read_is_told_by_its_content(name):
    data = ORIGINALS[name]
    assert begins_as_picture(data[:HEAD]) == (name.split()[0] not in NAME_ALONE)


def test_what_is_read_is_told_by_its_name_too():
    Image.init()
    for suffix, kind in Image.registered_extensions().items():
        if kind in (*FORMATS, "MPO"):
            assert suffix in READ["JPEG" if kind == "MPO" else kind].suffixes
            assert named_as_picture(f"a{suffix.upper()}")
    for name in ("a.txt", "jpg", "a.jpg.part", "", "labels.csv"):
        assert not named_as_picture(name)


@pytest.mark.parametrize("kind", NOT_READ)
def test_what_is_not_read_is_said_by_its_name(kind):
    for data in UNREAD[kind]:
        assert begins_as_picture(data[:HEAD])
        with pytest.raises(BadPhoto, match=f"^{kind} is not read; convert the photo to JPEG$"):
            decode(data)
    assert all(named_as_picture(f"a{suffix}") for suffix in NOT_READ[kind].suffixes)


def test_an_avif_in_a_container_of_heics_name_is_read():
    data = encoded(picture(24, 17), "AVIF")
    assert data[8:12] == b"avif"
    general = data[:8] + b"mif1" + data[12:]
    assert decode(general).size == (24, 17)
    assert begins_as_picture(general[:HEAD])
    assert "AVIF" in why_not_read(general)


@pytest.mark.parametrize("kind", PLAIN)
def test_what_is_no_picture_is_none(kind):
    start = time.process_time()
    assert not begins_as_picture(PLAIN[kind][:HEAD])
    assert time.process_time() - start < 0.1
    if PLAIN[kind]:
        with pytest.raises(BadPhoto):
            decode(PLAIN[kind])


def tiff(kind: str, dtype: type, channels: int, **options: object) -> bytes:
    buffer = io.BytesIO()
    shape = (8, 8, channels) if channels > 1 else (8, 8)
    tifffile.imwrite(buffer, np.zeros(shape, dtype), photometric=kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (tiff("cielab", np.uint16, 3), "mode LAB, 3 × 16 bits"),
        (tiff("cielab", np.uint16, 3, bigtiff=True), "mode LAB, 3 × 16 bits"),
        (tiff("cielab", np.uint16, 3, byteorder=">"), "mode LAB, 3 × 16 bits"),
        (tiff("icclab", np.uint8, 3), "mode ICC LAB, 3 × 8 bits"),
        (tiff("itulab", np.uint8, 3), "mode ITU LAB, 3 × 8 bits"),
        (tiff("rgb", np.float32, 3), "mode RGB, 3 × 32 bits"),
        (tiff("minisblack", np.float64, 1), "mode grey, 1 × 64 bits"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_of_a_tiff_that_is_not_read_its_mode_is_said(data, said):
    with pytest.raises(BadPhoto, match="TIFF") as refused:
        decode(data)
    assert said in str(refused.value)
    assert "not an image in a format that is read" not in str(refused.value)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "AVIF", "WEBP", "GIF"])
def test_of_one_cut_short_no_other_format_is_asked_for(kind):
    for size in range(12, 60, 4):
        with pytest.raises(BadPhoto) as refused:
            decode(encoded(picture(40, 30), kind)[:size])
        assert "not an image in a format" not in str(refused.value)
        assert "\n" not in str(refused.value)
