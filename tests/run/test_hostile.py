"""Command lines that nobody should write: each ends at once with exit code 2 and one line, and leaves everything as it was."""

from __future__ import annotations

import io
import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lib.run.command import main
from lib.run.exit_codes import WRONG_USE
from tests.conftest import encoded, picture
from tests.diagnosis.test_observed import DAMAGED
from tests.run import tiny

TOO_LONG = 20  # seconds: a command that waits for a FIFO waits for ever

SUBJECT = """\
about = "Ours."
architecture = "efficientnet-b0"
image_size = 224
[weights]
file = "mine.pth"
sha256 = "0123456789abcdef"
[classes]
count = 2
names = ["cup", "cat"]
[preprocessing]
size = 224
rule = "squash"
filter = "box"
mean = [0.5, 0.5, 0.5]
std = [0.5, 0.5, 0.5]
"""
DEEP, LONG = 100_000, "9" * 400


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder with a good photo, a good tensor and paths of every odd kind; all end in .toml, which a subject's must."""
    folder = tmp_path_factory.mktemp("hostile")
    notebooks = folder / "notebooks"
    notebooks.mkdir()
    shutil.copy(tiny.NOTEBOOKS / "ships.ipynb", notebooks)
    tiny.table(["ships"], folder / "table.toml")
    (folder / "photo.png").write_bytes(encoded(picture(64, 48)))
    (folder / "hard.png").hardlink_to(folder / "photo.png")
    (folder / "soft.png").symlink_to(folder / "photo.png")
    np.save(folder / "tensor.npy", np.zeros((3, 224, 298), np.float32))
    os.mkfifo(folder / "fifo.toml")
    (folder / "loop.toml").symlink_to(folder / "loop.toml")
    (folder / "null.toml").symlink_to("/dev/null")
    (folder / "zero.toml").symlink_to("/dev/zero")
    (folder / "folder.toml").mkdir()
    (folder / "line\nend.toml").write_bytes(b"\0")
    (folder / os.fsdecode(b"\xff.toml")).write_bytes(b"\0")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(folder)  # a socket's name may not be long
        listener.bind("socket.toml")
        os.chdir(here)
    return folder


ODD = (
    "fifo.toml",
    "loop.toml",
    "null.toml",
    "zero.toml",
    "socket.toml",
    "folder.toml",
    "line\nend.toml",
    "a\0b.toml",
    "\ud800.toml",
    os.fsdecode(b"\xff.toml"),
    "x" * 300 + ".toml",
    "photo.png/x.toml",
    "missing\nline.toml",
)


@pytest.fixture
def refused(place, tmp_path, capsys) -> Iterator[Callable[..., str]]:
    """Runs a command line and gives the one line that it printed."""

    def run(command: str, **options: str | Path) -> str:
        given = {"photos": place / "photo.png", "out": tmp_path / "latest"}
        if command == "diagnose":
            given = {"photo": place / "photo.png", "tensor": place / "tensor.npy", "out": tmp_path / "page.html"}
        arguments = [part for name, value in (given | options).items() if value for part in (f"--{name}", str(value))]
        before = _seen(place), _seen(tmp_path)
        assert main([command, *arguments], place / "notebooks", place / "table.toml") == WRONG_USE
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith("error: ")
        assert printed.err.count("\n") == 1
        assert printed.err.rstrip("\n").isprintable()
        assert (_seen(place), _seen(tmp_path)) == before
        return printed.err

    def late(*_: object) -> None:
        raise TimeoutError(f"still running after {TOO_LONG} s")

    capsys.readouterr()
    former = signal.signal(signal.SIGALRM, late)
    signal.alarm(TOO_LONG)
    yield run
    signal.alarm(0)
    signal.signal(signal.SIGALRM, former)


def _seen(folder: Path) -> list[tuple[str, int, int]]:
    return sorted((os.fsencode(path).hex(), path.lstat().st_mtime_ns, path.lstat().st_size) for path in folder.iterdir())


@pytest.mark.parametrize("name", ODD, ids=ascii)
@pytest.mark.parametrize("option", ["subject", "photos", "params", "policy", "weights"])
def test_a_run_of_a_path_that_is_no_file(refused, place, option, name):
    refused("run", **{option: place / name})


@pytest.mark.parametrize("name", ODD, ids=ascii)
@pytest.mark.parametrize("option", ["photo", "tensor", "subject"])
def test_a_diagnosis_of_a_path_that_is_no_file(refused, place, option, name):
    refused("diagnose", **{option: place / name})


NO_PLACE = sorted({*ODD, "/", "/dev/null"} - {"line\nend.toml", "missing\nline.toml", "folder.toml"})  # which may be written to


@pytest.mark.parametrize("name", [*NO_PLACE, "."], ids=ascii)
def test_a_report_where_there_can_be_none(refused, place, name):
    assert "out " in refused("run", out=place / name)


@pytest.mark.parametrize(
    "name",
    [*NO_PLACE, ".", "folder.toml", "photo.png", "hard.png", "soft.png", "./photo.png", "tensor.npy", "no/such/page.html"],
    ids=ascii,
)
def test_a_page_where_there_can_be_none(refused, place, name):
    assert "out " in refused("diagnose", out=place / name)


def test_a_page_in_the_place_of_its_subject(refused, tmp_path):
    (tmp_path / "mine.toml").write_text(SUBJECT)
    assert "itself, and would be lost" in refused("diagnose", subject=tmp_path / "mine.toml", out=tmp_path / "mine.toml")


def test_a_report_in_the_place_of_the_photos(refused, tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.png").write_bytes(encoded(picture(64, 48)))
    assert "holds something other than a report" in refused("run", photos=tmp_path / "photos", out=tmp_path / "photos")


def test_a_report_in_the_place_of_a_results_file_that_is_nested_deep(refused, tmp_path):
    (tmp_path / "latest").mkdir()
    for text in (
        "[" * 10_000,
        '{"notebooks": ' + "[" * 10_000,
        '{"notebooks": [3]}',
        '{"notebooks": [], "x": ' + "9" * 5000 + "}",
        "\0",
    ):
        (tmp_path / "latest" / "results.json").write_text(text)
        (tmp_path / "latest" / "thesis.tex").write_text("years of work")
        assert "holds something other than a report" in refused("run")


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{former}'] * 10)}]\n" for former, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        "level: 2020-13-45",
        "level: 2020-01-01",
        'level: !!int "abc"',
        'level: !!int ""',
        'level: !!float ""',
        'level: !!float "x"',
        "level: " + "9" * 5000,
        f"level: {LONG}",
        "level: 0x" + "f" * 10_000,
        "level: 0b2",
        "level: 1:99999:99",
        "level: true",
        "level: null",
        "level: 3.5",
        "level: [3]",
        "level: {a: 3}",
        "level: .nan",
        "share: .nan",
        "share: .inf",
        "share: -.inf",
        f"share: {LONG}",
        "share: true",
        "share: yes please",
        "share: ''",
        "share: '1e999'",
        'level: !!timestamp "x"',
        'level: !!binary "%%%"',
        'level: !!bool "x"',
        "level: !!python/object/apply:os.system [exit 1]",
        "level: !!set {a}",
        'photos: "\\ud800"',
        "photos: 3",
        "photos: null",
        "photos: [a.png]",
        'photos: "a\\0b"',
        "policy: /dev/zero",
        "subject: true",
        'deployment: "\\ud800:x"',
        "deployment: 3",
        "3: 4",
        "null: 4",
        "? [a, b]\n: 3",
        "? {a: b}\n: 3",
        "<<: 3",
        "2020-01-01: 3",
        "- a",
        "text",
        "3",
        "",
        "null",
        "level: [" * 2,
        "[" * 10_000,
        "{a: " * 10_000,
        "- " * 5000,
        "level: *x",
        "%YAML 9.9\n---\na: b",
        "--- a\n--- b",
        "\t- a",
        "level: \x07",
        b"\xff\xfe\xff",
        b"level: \xc3\x28",
        "x: " + "y" * 1_000_001,
        BOMB,
        "x" * 500 + ": 3",
        "le\u202evel: 3",
        f"level: {BOMB.splitlines()[0][3:]}",
    ],
    ids=lambda text: ascii(text[:40]),
)
def test_parameters_that_are_none(refused, tmp_path, text):
    (tmp_path / "run.yml").write_bytes(text if isinstance(text, bytes) else text.encode())
    refused("run", params=tmp_path / "run.yml", photos="")  # an option wins over the file


@pytest.mark.parametrize(
    "text",
    [
        f"threshold = {LONG}",
        f"threshold = -{LONG}",
        "threshold = " + "9" * 5000,
        "threshold = 0x" + "f" * 10_000,
        "threshold = 1e999",
        "threshold = true",
        "threshold = 2020-01-01",
        "threshold = [1]",
        "threshold = {a = 1}",
        "severity = true",
        "severity = ['error']",
        "severity = 'Error'",
        "why = 3",
        "why = true",
        "relation = '>='",
        "x = " + "[" * 10_000,
        "x = " + "{a = " * DEEP,
        "a." * 50_000 + "b = 1",
        "threshold = 1\nthreshold = 2",
        "threshold = 07",
        "threshold = 1_",
        "why = '''",
        b"why = '\xff'",
        b"\xff\xfe",
        "why = '\0'",
        '"\\u0000" = 1',
        '"a\\nb" = 1',
        "[[x]]",
        "x" * 1_000_001,
    ],
    ids=lambda text: ascii(text[:40]),
)
def test_a_policy_that_is_none(refused, tmp_path, text):
    (tmp_path / "mine.toml").write_bytes(b'["ships.level"]\n' + (text if isinstance(text, bytes) else text.encode()))
    assert "mine.toml" in refused("run", policy=tmp_path / "mine.toml")


@pytest.mark.parametrize(
    "text", ["ships.level = 3", "[ships]\nlevel = 3", "3 = 4", "'' = {}", "[[check]]\nid = 'x'", '"a\\nb" = {}']
)
def test_a_policy_without_rows(refused, tmp_path, text):
    (tmp_path / "mine.toml").write_text(text)
    assert "mine.toml" in refused("run", policy=tmp_path / "mine.toml")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('about = "Ours."', "about = 3"),
        ('about = "Ours."', 'about = "Ours."\nabuot = 3'),
        ('about = "Ours."', 'about = "Ours."\n"a\\nb" = 3'),
        ('about = "Ours."', 'about = "Ours."\nclaims_accuracy = 1'),
        ('about = "Ours."', 'about = "Ours."\npadding = "full"'),
        ('about = "Ours."', 'about = "Ours."\npadding = true'),
        ('about = "Ours."', 'about = "Ours."\nx = ' + "[" * DEEP),
        ('"efficientnet-b0"', '"efficientnet-b0\\nx"'),
        ('"efficientnet-b0"', '["efficientnet-b0"]'),
        ('"efficientnet-b0"', '""'),
        ("image_size = 224", "image_size = true"),
        ("image_size = 224", "image_size = 224.0"),
        ("image_size = 224", "image_size = 0"),
        ("image_size = 224", "image_size = -224"),
        ("image_size = 224", f"image_size = {10**9}"),
        ("image_size = 224", f"image_size = {LONG}"),
        ("image_size = 224", "image_size = " + "9" * 5000),
        ("image_size = 224", "image_size = 0x" + "f" * 10_000),
        ("image_size = 224", "image_size = 7"),
        ("image_size = 224", "image_size = 1e3"),
        ("image_size = 224", "image_size = nan"),
        ("[weights]", "[[weights]]"),
        ("[classes]", "[[classes]]"),
        ("[preprocessing]", "[[preprocessing]]"),
        ("[weights]", "[weights.x]"),
        ("[weights]\n", 'weights = "x"\n[x]\n'),
        ("[weights]\n", "[weights]\nstand_in = 0\n"),
        ('file = "mine.pth"', 'url = "http://["'),
        ('file = "mine.pth"', 'url = "https://"'),
        ('file = "mine.pth"', 'url = "ftp://x/y"'),
        ('file = "mine.pth"', 'url = "https://x:99999/y"'),
        ('file = "mine.pth"', 'url = "https://[::1"'),
        ('file = "mine.pth"', 'url = ""'),
        ('file = "mine.pth"', 'url = "file:///etc/passwd"'),
        ('file = "mine.pth"', "url = 3"),
        ('file = "mine.pth"', 'url = "https://a b/c"'),
        ('file = "mine.pth"', 'file = "a\\u0000b"'),
        ('file = "mine.pth"', 'file = "a\\nb"'),
        ('file = "mine.pth"', 'file = ""'),
        ('file = "mine.pth"', 'file = "/dev/zero"'),
        ('file = "mine.pth"', 'file = "."'),
        ('file = "mine.pth"', "file = []"),
        ('file = "mine.pth"', 'file = "x"\npackage = ""'),
        ('file = "mine.pth"', 'file = "x"\npackage = "."'),
        ('file = "mine.pth"', 'file = "x"\npackage = ".."'),
        ('file = "mine.pth"', 'file = "x"\npackage = "os.path.no"'),
        ('file = "mine.pth"', 'file = "x"\npackage = "a\\u0000b"'),
        ('file = "mine.pth"', 'file = "x"\npackage = "sys"'),
        ('file = "mine.pth"', 'file = "x"\npackage = "no.such.package"'),
        ('file = "mine.pth"', 'file = "x"\npackage = true'),
        ('"0123456789abcdef"', '"0123"'),
        ('"0123456789abcdef"', "123456789"),
        ('"0123456789abcdef"', '"0123456789abcdef\\n"'),
        ("count = 2", "count = 0"),
        ("count = 2", "count = -2"),
        ("count = 2", "count = true"),
        ("count = 2", f"count = {LONG}"),
        ("count = 2", "count = 2.0"),
        ('["cup", "cat"]', '["cup", 3]'),
        ('["cup", "cat"]', '"cup"'),
        ('["cup", "cat"]', "[[], []]"),
        ('["cup", "cat"]', "[true, false]"),
        ('names = ["cup", "cat"]', 'file = "/dev/zero"'),
        ('names = ["cup", "cat"]', "file = 3"),
        ('names = ["cup", "cat"]', 'file = "a\\u0000b"'),
        ('names = ["cup", "cat"]', 'file = "."'),
        ("\nsize = 224", "\nsize = 224\nsource = 3"),
        ("\nsize = 224", "\nsize = 224\nsource = {}"),
        ("\nsize = 224", "\nsize = true"),
        ("\nsize = 224", f"\nsize = {10**9}"),
        ("\nsize = 224", f"\nsize = {LONG}"),
        ("\nsize = 224", "\nsize = 2024-01-01"),
        ('"squash"', '["squash"]'),
        ('"box"', "{}"),
        ('"box"', '"box\\n"'),
        ("mean = [0.5, 0.5, 0.5]", f"mean = [{LONG}, 0, 0]"),
        ("mean = [0.5, 0.5, 0.5]", "mean = [nan, 0, 0]"),
        ("mean = [0.5, 0.5, 0.5]", "mean = [true, 0, 0]"),
        ("mean = [0.5, 0.5, 0.5]", "mean = 0.5"),
        ("mean = [0.5, 0.5, 0.5]", "mean = ['0.5', 0, 0]"),
        ("std = [0.5, 0.5, 0.5]", "std = [0, 1, 1]"),
        ("std = [0.5, 0.5, 0.5]", "std = [1e-320, 1, 1]"),
        ("std = [0.5, 0.5, 0.5]", "std = [inf, 1, 1]"),
    ],
    ids=lambda text: ascii(text[:40]),
)
def test_a_subject_that_is_none(refused, tmp_path, old, new):
    assert SUBJECT.count(old) == 1
    (tmp_path / "mine.toml").write_text(SUBJECT.replace(old, new))
    assert "weights" in (said := refused("run", subject=tmp_path / "mine.toml")) or "mine.toml" in said


def _bitmap(width: int, height: int) -> bytes:
    header = [
        *b"BM",
        *[0] * 8,
        54,
        0,
        0,
        0,
        40,
        0,
        0,
        0,
        *width.to_bytes(4, "little"),
        *height.to_bytes(4, "little"),
        1,
        0,
        24,
        0,
    ]
    return bytes(header + [0] * 24)


PHOTOS = {
    "empty": b"",
    "text": b"photo",
    "html": b"<html>",
    "zip": b"PK\x03\x04",
    "pdf": b"%PDF-1.4",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n",
    "huge bitmap": _bitmap(100_000, 100_000),
    "large bitmap": _bitmap(12_000, 12_000),
    "flat bitmap": _bitmap(0, 0),
    "line": encoded(Image.new("RGB", (1, 100_000))),
    "row": encoded(Image.new("RGB", (100_000, 1))),
    "deep": encoded(Image.new("I;16", (8, 8))),
    "half a JPEG": encoded(picture(60, 60), "JPEG")[:400],
    "half an AVIF": encoded(picture(60, 60), "AVIF")[:200],
    "half a DDS": encoded(picture(60, 60), "DDS")[:200],
    "half a BLP": encoded(picture(60, 60).quantize(), "BLP")[:200],
    "half a TIFF": encoded(picture(60, 60), "TIFF")[:99],
}


@pytest.mark.parametrize("command", ["run", "diagnose"])
@pytest.mark.parametrize("kind", PHOTOS)
def test_a_photo_that_is_none(refused, tmp_path, command, kind):
    (tmp_path / "given").write_bytes(PHOTOS[kind])
    assert "given" in refused(command, **{"photos" if command == "run" else "photo": tmp_path / "given"})


def _saved(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


TENSORS = (
    *DAMAGED,
    b"",
    b"PK\x03\x04",
    _saved(np.zeros((3, 0, 4))),
    _saved(np.zeros(())),
    _saved(np.zeros((1,) * 32)),
    _saved(np.zeros((3, 4, 4), complex)),
    _saved(np.full((3, 4, 4), np.inf, np.float16)),
    _saved(np.zeros((3, 4, 4), "f4,f4")),
    _saved(np.zeros((3, 4, 4), "U3")),
    _saved(np.zeros((3, 1, 100_000), np.uint8)),
    _saved(np.full((3, 4, 4), -1)),
)


@pytest.mark.parametrize("data", TENSORS, ids=lambda data: ascii(data[:60]))
def test_a_tensor_that_is_none(refused, tmp_path, data):
    (tmp_path / "given.npy").write_bytes(data)
    assert "given.npy" in refused("diagnose", tensor=tmp_path / "given.npy")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["rnu"],
        ["run", "--no-such"],
        ["run", "--out"],
        ["run", "extra"],
        ["run", "--only", "a\nb"],
        ["run", "--only", "\ud800"],
        ["run", "--subject", "\ud800"],
        ["run", "--subject", ""],
        ["run", "--subject", "x" * 100_000],
        ["diagnose"],
        ["run", "--deployment", "a\nb"],
        ["run", "--deployment", "\ud800:x"],
        ["run", "--photos", "a\0b"],
        ["run", "a\nb\x1b[31m"],
    ],
    ids=lambda arguments: ascii(arguments)[:40],
)
def test_a_command_line_that_is_none(place, capsys, arguments):
    assert main(arguments, place / "notebooks", place / "table.toml") == WRONG_USE
    printed = capsys.readouterr().err
    assert printed.startswith("error: ")
    assert printed.rstrip("\n").isprintable()
    assert printed.count("\n") == 1
