"""What decoding takes is measured for every kind of file, and is never more than was said from the header."""

from __future__ import annotations

import io
import json
import os
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest
from PIL import Image, TiffImagePlugin

from lib.deploy import BadPhoto, photo_memory
from lib.deploy.stages import decode
from tests.conftest import encoded, picture
from tests.deploy.test_odd_photos import sixteen_bit_colour

SIDE = 1000  # pixels
SLACK = 4e6  # bytes: code that is read for the first time, and what the allocator keeps
TURNED = Image.Exif()
TURNED[0x0112] = 6
LINUX = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux tells how much memory was held")


def photo(mode: str = "RGB") -> Image.Image:
    return picture(SIDE, SIDE).convert(mode)


def one_strip(**options: object) -> bytes:
    with patch.object(TiffImagePlugin, "STRIP_SIZE", 2**30):
        return encoded(photo("RGBA"), "TIFF", **options)


def icon_of_a_bitmap() -> bytes:
    """With its mask, which Pillow looks for at the end."""
    header = struct.pack("<IiiHHIIIIII", 40, SIDE, 2 * SIDE, 1, 32, 0, 0, 0, 0, 0, 0)
    return icon(header + bytes(4 * SIDE * SIDE) + bytes((SIDE + 31) // 32 * 4 * SIDE))


def bitmap_run_length() -> bytes:
    rows = (b"\xff\5" * (SIDE // 255) + bytes([SIDE % 255, 5]) + b"\0\0") * SIDE + b"\0\1"
    header = struct.pack("<IIIHHIIIIII", 40, SIDE, SIDE, 1, 8, 1, len(rows), 0, 0, 256, 0)
    return b"BM" + struct.pack("<IHHI", 1078 + len(rows), 0, 0, 1078) + header + bytes(1024) + rows


def plain_text() -> bytes:
    return b"P3 %d %d 255\n" % (SIDE, SIDE) + b"9 " * (3 * SIDE * SIDE)


def icon(inside: bytes) -> bytes:
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, 16, 16, 0, 0, 1, 32, len(inside), 22) + inside


def apple_icon(inside: bytes) -> bytes:
    return b"icns" + struct.pack(">I4sI", 16 + len(inside), b"ic07", 8 + len(inside)) + inside


def texture(inside: bytes) -> bytes:
    head = struct.pack("<4sIIIIII", b"BLP1", 0, 0, SIDE, SIDE, 4, 0)
    return head + struct.pack("<16I16II", 160, *[0] * 15, len(inside), *[0] * 15, 0) + inside


def several_scans() -> bytes:
    """A JPEG whose channels come one after the other, without being progressive."""
    whole = bytearray(encoded(photo(), "JPEG", quality=50, subsampling=0))
    scan = whole.rindex(b"\xff\xda\x00\x0c\x03")
    return bytes(whole[:scan]) + b"\xff\xda\x00\x08\x01" + bytes(whole[scan + 5 : scan + 7]) + bytes(whole[scan + 11 :])


def of(kind: str, mode: str = "RGB", **options: object) -> Callable[[], bytes]:
    return lambda: encoded(photo(mode), kind, **options)


KINDS: dict[str, Callable[[], bytes]] = {
    "JPEG": of("JPEG"),
    "JPEG, turned": of("JPEG", exif=TURNED),
    "JPEG, progressive": of("JPEG", progressive=True),
    "JPEG, progressive, every pixel's colour": of("JPEG", progressive=True, subsampling=0, exif=TURNED),
    "JPEG, several scans": several_scans,
    "JPEG, grey": of("JPEG", "L", progressive=True, exif=TURNED),
    "JPEG, CMYK": of("JPEG", "CMYK", exif=TURNED),
    "JPEG, CMYK, progressive": of("JPEG", "CMYK", progressive=True),
    "PNG": of("PNG", exif=TURNED),
    "PNG, alpha": of("PNG", "RGBA", exif=TURNED),
    "PNG, grey with alpha": of("PNG", "LA"),
    "PNG, palette": lambda: encoded(photo().quantize(16), transparency=bytes(range(16)), exif=TURNED),
    "PNG, one colour transparent": of("PNG", transparency=(1, 2, 3), exif=TURNED),
    "PNG, one bit": of("PNG", "1", exif=TURNED),
    "PNG, 16 bits": lambda: sixteen_bit_colour(SIDE, SIDE),
    "PNG, animated": of("PNG", save_all=True, append_images=[picture(SIDE, SIDE, seed=1)]),
    "GIF": lambda: encoded(photo().quantize(16), "GIF", transparency=3),
    "WebP": of("WEBP", exif=TURNED, method=0),
    "WebP, lossless, alpha": of("WEBP", "RGBA", lossless=True, method=0, quality=0),
    "WebP, animated": of("WEBP", save_all=True, append_images=[picture(SIDE, SIDE, seed=1)], method=0),
    "AVIF": of("AVIF", exif=TURNED, speed=10),
    "AVIF, alpha, every pixel's colour": of("AVIF", "RGBA", speed=10, subsampling="4:4:4"),
    "JPEG 2000": of("JPEG2000"),
    "JPEG 2000, alpha": of("JPEG2000", "RGBA"),
    "JPEG 2000, tiles": of("JPEG2000", tile_size=(256, 256)),
    "TIFF": of("TIFF", exif=TURNED),
    "TIFF, CMYK": of("TIFF", "CMYK"),
    "TIFF, LAB": of("TIFF", "LAB"),
    "TIFF, YCbCr": of("TIFF", "YCbCr"),
    "TIFF, one strip": one_strip,
    "TIFF, one strip, packed": lambda: one_strip(compression="tiff_lzw"),
    "TIFF, JPEG": of("TIFF", compression="jpeg"),
    "TIFF, one bit": of("TIFF", "1", compression="group4"),
    "bitmap": of("BMP"),
    "bitmap, run length": bitmap_run_length,
    "PPM": of("PPM"),
    "PPM, as text": plain_text,
    "PCX": of("PCX"),
    "TGA": of("TGA", "RGBA", compression="tga_rle"),
    "SGI": of("SGI"),
    "DDS": of("DDS", "RGBA"),
    "icon": lambda: icon(encoded(photo("RGBA"))),
    "icon, bitmap": icon_of_a_bitmap,
    "Apple's icon": lambda: apple_icon(encoded(photo("RGBA"))),
    "Apple's icon, JPEG 2000": lambda: apple_icon(encoded(photo("RGBA"), "JPEG2000")),
    "texture": lambda: texture(encoded(photo(), "JPEG", progressive=True, subsampling=0)),
}

# Decodes each file in a process of its own, which has done nothing else: what an allocator keeps would hide what is needed.
MEASURE = """
import io, json, os, sys, warnings
from pathlib import Path
from PIL import Image
from lib.deploy.stages import decode

def told(name):
    line = next(each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith(name))
    return 1024 * int(line.split()[1])

warnings.simplefilter("ignore")
small = io.BytesIO()
Image.new("RGB", (64, 64)).save(small, "PNG")
decode(small.getvalue())
for path in sorted(Path(sys.argv[1]).iterdir()):
    data = path.read_bytes()
    if not (child := os.fork()):
        Path("/proc/self/clear_refs").write_text("5")
        before = told("VmRSS")
        try:
            decode(data, 10**12)
        except Exception as error:
            if "allowed sizes" not in str(error):  # Pillow's, of an icon with a larger picture in it, after it was decoded
                print(path.name, error, file=sys.stderr, flush=True)
        print(json.dumps({path.name: told("VmHWM") - before}), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {kind: make() for kind, make in KINDS.items()}


@pytest.fixture(scope="module")
def held(files, tmp_path_factory) -> dict[str, int]:
    """Most bytes that decoding held, by kind."""
    folder = tmp_path_factory.mktemp("photos")
    for kind, data in files.items():
        (folder / kind).write_bytes(data)
    # glibc would otherwise keep freed blocks of some megabytes, and take them again unseen.
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "MALLOC_MMAP_THRESHOLD_": "65536"}
    done = subprocess.run([sys.executable, "-c", MEASURE, folder], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return {kind: value for line in done.stdout.splitlines() for kind, value in json.loads(line).items()}


def said(data: bytes) -> int:
    """Most bytes that decoding takes by the header, as the refusal has them."""
    with pytest.raises(BadPhoto, match="MB of memory; 0 MB are allowed") as refused:
        decode(data, 1)
    found = re.search(r"may take ([\d,]+) MB", str(refused.value))
    assert found
    return int(found[1].replace(",", "")) * 10**6


@LINUX
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_decoding_takes_no_more_than_the_header_says(kind, files, held):
    assert 2 * SIDE**2 < held[kind] <= said(files[kind]) + SLACK


@pytest.mark.parametrize(("mode", "kind"), [("RGB", "JPEG"), ("L", "JPEG"), ("RGBA", "PNG")])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_100_megapixels_are_decoded_unless_less_memory_is_allowed(mode, kind):
    data = encoded(Image.new(mode, (10_000, 10_000)), kind)
    assert photo_memory.needed(Image.open(io.BytesIO(data)), data) < photo_memory.MOST
    with pytest.raises(BadPhoto, match=r"has 10000 × 10000 pixels, .* 80\d MB of memory; 500 MB are allowed"):
        decode(data, 500_000_000)


@pytest.mark.parametrize("make", [icon, apple_icon])
def test_what_lies_in_an_icon_is_looked_at_before_it_is_decoded(make, monkeypatch):
    data = make(encoded(Image.new("RGBA", (7000, 7000))))
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", pytest.fail)
    with pytest.raises(BadPhoto, match="7000 × 7000"):
        decode(data)
