"""Damaged pictures by the thousand: ``python -m tests.deploy.mutants 50000`` says what decode made of each."""

from __future__ import annotations

import io
import resource
import signal
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image

from lib.deploy import BadPhoto
from lib.deploy.stages import FORMATS, decode
from tests.conftest import picture

HANGS = 20  # seconds after which a mutant counts as one that never ends
MEMORY = 8 * 2**30  # bytes of addresses: what a header may ask for is bounded by decode itself
MODES = ("RGB", "RGBA", "P", "L", "LA", "1", "CMYK", "I;16", "YCbCr")
_ODD = (0, 1, 2, 3, 7, 8, 16, 24, 32, 127, 128, 255, 256, 32767, 32768, 65535, 2**24, 2**31 - 1, 2**31, 2**32 - 1)

Random = np.random.Generator


def originals() -> dict[str, bytes]:
    """A small picture in every format that Pillow writes, and in those that decode reads in every mode and several ways."""
    Image.init()
    files = {}
    for kind in sorted({*Image.SAVE, *Image.SAVE_ALL} - {"PDF", "PALM"}):  # which Pillow does not read
        for mode in MODES if kind in (*FORMATS, "MPO") else MODES[:1]:
            quick = {"speed": 10} if kind == "AVIF" else {}
            files |= _saved(f"{kind} {mode}", picture(24, 17).convert(mode), kind, **quick)
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits"):
        files |= _saved(f"TIFF {compression}", picture(24, 17), "TIFF", compression=compression)
    for kind in ("GIF", "WEBP", "PNG", "TIFF", "AVIF", "MPO"):
        files |= _saved(f"{kind} of several", picture(24, 17), kind, save_all=True, append_images=[picture(24, 17, seed=1)])
    exif = Image.Exif()
    exif[0x0112] = 6
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        files |= _saved(f"{kind} turned", picture(24, 17), kind, exif=exif)
    files |= _saved("JPEG progressive", picture(24, 17), "JPEG", progressive=True)
    files |= _saved("WEBP lossless", picture(24, 17), "WEBP", lossless=True)
    return files


def mutants(files: dict[str, bytes], count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """The same damaged files each time: the name of what each was, and its bytes."""
    names, rng = list(files), np.random.default_rng(seed)
    for number in range(count):
        name = names[number % len(names)]
        data = bytearray(files[name])
        for _ in range(rng.integers(1, 4)):
            if data:
                data = _DAMAGE[rng.integers(len(_DAMAGE))](data, rng, files[names[rng.integers(len(names))]])
        yield name, bytes(data)


def outcome(data: bytes) -> str:
    """``decoded`` or ``refused``; where it is neither, what is wrong."""
    try:
        made = decode(data)
    except BadPhoto as refused:
        return "refused" if "\n" not in str(refused) else f"several lines: {refused!r}"
    except Exception as error:
        return f"raised {type(error).__name__}: {error}"
    whole = made.mode == "RGB" and np.asarray(made).shape == (made.height, made.width, 3) and made.width * made.height > 0
    return "decoded" if whole else f"gave {made}"


def _saved(name: str, image: Image.Image, kind: str, **options: object) -> dict[str, bytes]:
    buffer = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow will not write all of them for ever
            image.save(buffer, kind, **options)
    except (OSError, ValueError, KeyError):  # not every format has every mode
        return {}
    return {name: buffer.getvalue()}


def _flip(data: bytearray, rng: Random, _: bytes) -> bytearray:
    for place in rng.integers(len(data), size=rng.integers(1, 9)):
        data[place] ^= int(rng.integers(1, 256))
    return data


def _cut(data: bytearray, rng: Random, _: bytes) -> bytearray:
    return data[: rng.integers(len(data))]


def _header(data: bytearray, rng: Random, _: bytes) -> bytearray:
    """A whole number near the beginning, where sizes stand, becomes an odd one."""
    width, order = int(rng.choice((1, 2, 4))), ("little", "big")[rng.integers(2)]
    place = int(rng.integers(min(len(data), 96)))
    data[place : place + width] = (_ODD[rng.integers(len(_ODD))] % 256**width).to_bytes(width, order)
    return data


def _drop(data: bytearray, rng: Random, _: bytes) -> bytearray:
    place = int(rng.integers(len(data)))
    del data[place : place + int(rng.integers(1, 64))]
    return data


def _repeat(data: bytearray, rng: Random, _: bytes) -> bytearray:
    place, length = int(rng.integers(len(data))), int(rng.integers(1, 64))
    return data[: place + length] + data[place:]


def _splice(data: bytearray, rng: Random, other: bytes) -> bytearray:
    return data[: rng.integers(len(data))] + other[rng.integers(len(other)) :]


_DAMAGE: tuple[Callable[[bytearray, Random, bytes], bytearray], ...] = (
    _flip,
    _flip,
    _header,
    _header,
    _cut,
    _drop,
    _repeat,
    _splice,
)


class _Hangs(BaseException):
    """Not an Exception, which decode would take for what Pillow raises."""


def _alarm(*_: object) -> None:
    raise _Hangs


def main(count: int, seed: int) -> int:
    """Print how many were decoded and refused, by format, and each outcome that is neither; 1 where there is one."""
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, _alarm)
    files = originals()
    said: dict[str, Counter[str]] = {}
    wrong, slowest = [], (0.0, "")
    for number, (name, data) in enumerate(mutants(files, count, seed)):
        begun = time.monotonic()
        signal.alarm(HANGS)
        try:
            got = outcome(data)
        except _Hangs:
            got = f"took more than {HANGS} s"
        signal.alarm(0)
        slowest = max(slowest, (time.monotonic() - begun, f"{name}, number {number}"))
        said.setdefault(name.split()[0], Counter())[got if got in ("decoded", "refused") else "wrong"] += 1
        if got not in ("decoded", "refused"):
            wrong.append(f"{name}, number {number}: {got}")
        if number % 1000 == 0:
            print(f"{number} of {count}", file=sys.stderr)
    for kind, counts in said.items():
        print(f"{kind:10} decoded {counts['decoded']:6} refused {counts['refused']:6} neither {counts['wrong']:3}")
    total = sum(said.values(), Counter())
    print(f"{count} mutants of {len(files)} files, seed {seed}: {dict(total)}; the slowest {slowest[0]:.1f} s ({slowest[1]})")
    print(f"most memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
