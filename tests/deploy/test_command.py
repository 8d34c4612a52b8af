"""The command of a package, as an operator uses it and as a hostile one does."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lib.deploy.command import main
from lib.deploy.errors import printable
from tests.conftest import encoded, picture
from tests.deploy.test_formats import heic
from tests.packed import CLASSES, Package, rows

PHOTO = encoded(picture(60, 40))
SHOWN = [printable(name) for name in CLASSES]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    (tmp_path / "photo.png").write_bytes(PHOTO)
    return tmp_path / "photo.png"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photos, and what is none."""
    made = tmp_path / "photos"
    made.mkdir()
    for name in ("b.png", "a.JPG", "c.webp", ".hidden.png"):
        (made / name).write_bytes(PHOTO)
    (made / "inner.jpg").mkdir()
    (made / "inner.jpg" / "deep.png").write_bytes(PHOTO)
    return made


def refused(capsys, code: int) -> str:
    """The one line that wrong use gives, and nothing beside it."""
    printed = capsys.readouterr()
    assert code == 2
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    return printed.err


def test_a_photo_gets_its_classes_the_likeliest_first(shipped, photo, capsys):
    assert shipped.main("predict", str(photo)) == 0
    printed = capsys.readouterr()
    first, *found = printed.out.splitlines()
    assert printed.err == ""
    assert first == str(photo)
    shares = [re.fullmatch(r"  (\d\.\d{4})  (.+)", line).groups() for line in found]
    assert sorted(name for _, name in shares) == sorted(SHOWN)
    assert [share for share, _ in shares] == sorted((share for share, _ in shares), reverse=True)
    assert sum(float(share) for share, _ in shares) == pytest.approx(1, abs=1e-3)


def test_of_a_folder_the_photos_are_answered_in_order_and_nothing_else(shipped, folder, photo, capsys):
    assert shipped.main("predict", str(photo), str(folder), "--json") == 0
    told = rows(capsys.readouterr().out)
    assert [each["photo"] for each in told] == [str(photo), *(str(folder / name) for name in ("a.JPG", "b.png", "c.webp"))]


def test_what_a_folder_holds_beside_its_photos_is_said_and_no_failure(shipped, folder, capsys):
    (folder / "notes.txt").write_text("c.webp is a cup")
    (folder / "d.jfif").write_bytes(PHOTO)
    assert shipped.main("predict", str(folder), "--json") == 0
    printed = capsys.readouterr()
    assert [Path(each["photo"]).name for each in rows(printed.out)] == ["a.JPG", "b.png", "c.webp", "d.jfif"]
    assert printed.err == f"{folder}: no pictures, left out: 1 (notes.txt)\n"
    for i in range(9):
        (folder / f"{i}\n.csv").write_text("")
    assert shipped.main("predict", str(folder)) == 0
    assert (
        capsys.readouterr().err
        == f"{folder}: no pictures, left out: 10 (0\\n.csv, 1\\n.csv, 2\\n.csv, 3\\n.csv, 4\\n.csv, …)\n"
    )


def test_a_picture_that_is_not_read_is_a_failure_by_its_name(shipped, folder, capsys):
    (folder / "phone.HEIC").write_bytes(heic())
    assert shipped.main("predict", str(folder), "--json") == 1
    printed = capsys.readouterr()
    assert rows(printed.out)[-1]["error"].endswith("phone.HEIC: HEIC is not read; convert the photo to JPEG")
    assert printed.err == f"error: {folder / 'phone.HEIC'}: HEIC is not read; convert the photo to JPEG\n"


def test_json_has_an_object_a_photo_that_names_classes_as_the_model_does(shipped, photo, capsys):
    assert shipped.main("predict", "--json", str(photo)) == 0
    (told,) = rows(capsys.readouterr().out)
    assert told.keys() == {"photo", "providers", "predictions"}
    assert told["providers"] == ["CPUExecutionProvider"]
    assert {each["name"]: each["index"] for each in told["predictions"]} == {name: i for i, name in enumerate(CLASSES)}
    assert sum(each["probability"] for each in told["predictions"]) == pytest.approx(1)


@pytest.mark.parametrize("name", ["a\nb.png", "'\"\\.png", "\u200d👩\u200d👧.png", "日\u3000本.png", "<i>$(id)`.png"])
def test_whoever_reads_json_finds_the_photo_by_its_name(shipped, tmp_path, capsys, name):
    (tmp_path / name).write_bytes(PHOTO)
    assert shipped.main("predict", "--json", "--top", "1", str(tmp_path / name)) == 0
    (told,) = rows(capsys.readouterr().out)
    assert Path(told["photo"]).read_bytes() == PHOTO
    assert shipped.main("predict", "--top", "1", str(tmp_path / name)) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_any_terminal_takes_any_name(shipped, tmp_path, encoding):
    names = [b"\xff.png", "é😀.png".encode(), b"a\nb\x1b[31m.png"]
    for name in names:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(PHOTO)
    (tmp_path / "bad\udcfe.png").write_bytes(b"no photo")
    for options in ((), ("--json",)):
        done = shipped.run("predict", str(tmp_path), "--top", "1", *options, env={"PYTHONIOENCODING": encoding})
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert r"bad\xfe.png: not an image" in done.stderr
        assert "\x1b" not in done.stdout
        assert len(done.stdout.splitlines()) == (4 if options else 6)
        if options:
            assert all(json.dumps(each).isascii() for each in rows(done.stdout))
            assert not re.search(r"\\ud[c-f]..(?!\\u)", done.stdout.replace(r"\ud83d\ude00", ""))


@pytest.mark.parametrize(("top", "given"), [("1", 1), ("2", 2), ("100000", 3), ("9" * 30, 3)])
def test_as_many_classes_are_given_as_asked_for_and_as_there_are(shipped, photo, capsys, top, given):
    assert shipped.main("predict", str(photo), "--json", "--top", top) == 0
    assert len(rows(capsys.readouterr().out)[0]["predictions"]) == given


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "arguments are required: command; see 'tiny-onnx --help'"),
        (("predict",), "arguments are required: PHOTO; see 'tiny-onnx predict --help'"),
        (("classify", "photo.png"), "invalid choice: 'classify'"),
        (("predict", "photo.png", "--tpo", "1"), "unrecognized arguments: --tpo"),
        (("predict", "photo.png", "--top", "0"), "--top is 0; it takes a whole number, 1 or more"),
        (("predict", "photo.png", "--top", "-1"), "--top is -1"),
        (("predict", "photo.png", "--top", "many"), "invalid int value: 'many'"),
        (("predict", "photo.png", "--top", "9" * 5000), "invalid int value"),
        (("predict", "photo.png", "nowhere.png"), "photos nowhere.png: no such file or folder"),
        (("predict", ""), "photos : no such file or folder"),
        (("predict", "a\nb"), r"photos a\nb: no such file or folder"),
        (("predict", "a\0b"), r"photos a\x00b: no such file or folder"),
        (("predict", "x" * 5000), "File name too long"),
        (("predict", "empty"), "photos empty: no photo in this folder"),
        (("predict", "without"), "photos without: no photo in this folder"),
        (("predict", "folder.jpg"), "photos folder.jpg: no photo in this folder"),
        (("predict", "dangling.png"), "photos dangling.png: no such file or folder"),
        (("predict", "photo.png", "--provider", "Nowhere"), "providers: this onnxruntime has no 'Nowhere'"),
        (("selftest", "now"), "unrecognized arguments: now"),
        (("info", "--json"), "unrecognized arguments: --json"),
    ],
    ids=lambda value: " ".join(value)[:20].encode("unicode_escape").decode() if isinstance(value, tuple) else "",
)
def test_wrong_use_is_one_line_and_nothing_is_answered(shipped, photo, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(photo.parent)
    for name in ("empty", "without", "folder.jpg"):
        Path(name).mkdir()
    Path("without", "notes.txt").write_text("no photo")
    Path("dangling.png").symlink_to("gone.png")
    assert said in refused(capsys, shipped.main(*arguments))


def test_a_name_that_begins_with_a_dash_is_taken_after_two(shipped, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("-x.png").write_bytes(PHOTO)
    assert shipped.main("predict", "--json", "--", "-x.png") == 0
    assert rows(capsys.readouterr().out)[0]["photo"] == "-x.png"


def bomb() -> bytes:
    """A PNG of a few bytes that asks for ten thousand million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


TIFF = encoded(picture(64, 48), "TIFF", compression="tiff_lzw")
BAD = {
    "empty.png": (b"", "the file is empty"),
    "text.png": (b"no photo", "not an image in a format"),
    "cut.jpg": (encoded(picture(64, 48), "JPEG")[:500], "cannot be decoded"),
    "cut.tif": (TIFF[: len(TIFF) // 2], "cannot be decoded|TIFF"),
    "deep.png": (encoded(Image.fromarray(np.full((40, 40), 60_000, np.uint16))), "pixels are deeper than 8 bits"),
    "bomb.png": (bomb(), "100000 × 100000 pixels|cannot be decoded"),
    "svg.png": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG is not read"),
}


def test_a_bad_photo_is_a_line_and_the_others_are_answered(shipped, tmp_path):
    (tmp_path / "good.png").write_bytes(PHOTO)
    for name, (data, _) in BAD.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "palette.gif").write_bytes(encoded(picture(40, 40).quantize(8), "GIF", transparency=1))  # Pillow warns of some
    done = shipped.run("predict", str(tmp_path), "--json", env={"PYTHONWARNINGS": "always"})
    assert done.returncode == 1
    told = {Path(each["photo"]).name: each for each in rows(done.stdout)}
    assert list(told) == sorted([*BAD, "good.png", "palette.gif"])
    lines = done.stderr.splitlines()
    assert len(lines) == len(BAD)
    for (name, (_, said)), line in zip(sorted(BAD.items()), lines, strict=True):
        assert line == f"error: {told[name]['error']}"
        assert re.match(f"error: {re.escape(str(tmp_path / name))}: .*({said})", line)
    assert "predictions" in told["good.png"]


def test_what_is_no_regular_file_is_not_waited_for(shipped, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.png")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.png")
        (tmp_path / "good.png").write_bytes(PHOTO)
        assert shipped.main("predict", "pipe.png", "socket.png", "/dev/zero", "good.png") == 1
    printed = capsys.readouterr()
    assert printed.err.splitlines() == [
        f"error: {name}: is {kind}, where a regular file is needed"
        for name, kind in (("pipe.png", "a FIFO"), ("socket.png", "a socket"), ("/dev/zero", "a device"))
    ]
    assert printed.out.startswith("good.png\n")


def test_a_model_of_which_one_byte_is_another_answers_nothing(package, photo, capsys):
    path = package.data / "model.onnx"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    said = refused(capsys, package.main("predict", str(photo)))
    assert "model.onnx: is not the file that was packed: its SHA-256 is" in said
    assert "install the package again" in said


@pytest.mark.parametrize("command", ["predict", "selftest", "info", "--help"])
def test_a_package_whose_manifest_is_gone_or_damaged_is_refused_whatever_is_asked(package, photo, capsys, command):
    arguments = (command, str(photo)) if command == "predict" else (command,)
    (package.data / "manifest.json").write_text('{"format": 1}')
    assert "manifest.json: field 'name' is missing" in refused(capsys, package.main(*arguments))
    (package.data / "manifest.json").unlink()
    assert "manifest.json: No such file or directory; install the package again" in refused(capsys, package.main(*arguments))
    shutil.rmtree(package.data)
    assert "there is no model in this package" in refused(capsys, package.main(*arguments))


def test_the_workbook_itself_has_no_model_to_ask(capsys):
    assert "there is no model in this package: give the path of an exported file" in refused(capsys, main(["info"]))


def test_info_says_what_it_is_what_it_was_tested_with_and_under_which_licences(shipped, capsys):
    assert shipped.main("info") == 0
    printed = capsys.readouterr()
    told = shipped.told()
    assert printed.err == ""
    for said in (
        f"tiny-onnx {told['version']}, made {told['made']}",
        f"SHA-256 {told['files']['data/model.onnx']}",
        f"SHA-256 {told['weights']['sha256']}",
        "squash to 32, box; Mean and std, 127 and 128 of 255",
        "every photo is fed at 32 × 32 pixels, and none is refused for its shape",
        "MB when opened; one answer takes at most 1,0",
        "1,000 MB of them for the photo: Classifier(photo_bytes=…) allows less",
        f"Python {told['python']}; {', '.join(told['requires'])}",
        f"numpy {told['tested'][0]['numpy']}",
        "none: it was packed by hand",
        "package Apache-2.0; model Apache-2.0",
        "pillow MIT-CMU",
        "astronaut-turned.jpg public domain (NASA)",
        "ORT_DISABLE_TELEMETRY=1",
    ):
        assert said in printed.out


def test_info_names_the_evidence_and_says_of_a_stand_in_what_it_is(package, capsys):
    package.tell(
        evidence={"sha256": "a" * 64, "checks": 80, "commit": "0123456"},
        subject=package.told()["subject"] | {"claims_accuracy": False, "preprocessing_source": "", "about": "a\n\x1b[31m%(x)s"},
    )
    assert package.main("info") == 0
    printed = capsys.readouterr().out
    assert f"80 checks passed at commit 0123456, SHA-256 of their results {'a' * 64}" in printed
    assert "not claimed: the weights are a stand-in" in printed
    assert "its source is not stated" in printed
    assert r"tiny: a\n\x1b[31m%(x)s" in printed


def test_help_names_every_exit_code_and_shows_any_text(package, capsys):
    package.tell(subject=package.told()["subject"] | {"about": "50 % of\n%(prog)d \x1b[31m"})
    with pytest.raises(SystemExit) as left:
        package.main("--help")
    assert left.value.code == 0
    printed = capsys.readouterr().out
    assert r"50 % of\n%(prog)d \x1b[31m On ONNX Runtime, without PyTorch." in printed
    for code in (0, 1, 2, 130, 141):
        assert f"\n  {code} " in printed


@pytest.mark.parametrize(
    "arguments", [("info",), ("selftest",), ("--help",), ("predict", "photos"), ("predict", "--json", "photos")]
)
def test_a_reader_that_has_enough_sees_no_traceback(shipped, folder, arguments):
    reading, writing = os.pipe()
    os.close(reading)
    done = shipped.run(*arguments, capture_output=False, stdout=writing, stderr=subprocess.PIPE, cwd=folder.parent)
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 141


@pytest.mark.parametrize("arguments", [("info",), ("predict", "photos"), ("selftest",), ("--help",)])
def test_a_disk_that_is_full_is_one_line(shipped, folder, arguments):
    with Path("/dev/full").open("w") as full:
        done = shipped.run(*arguments, capture_output=False, stdout=full, stderr=subprocess.PIPE, cwd=folder.parent)
    assert done.stderr == "error: the answer cannot be written: No space left on device\n"
    assert done.returncode == 2


@pytest.mark.parametrize("arguments", ["info", "predict photos", "selftest", "predict nowhere"])
def test_without_any_output_the_exit_code_still_tells(shipped, folder, arguments):
    command = ["sh", "-c", 'exec "$@" >&-', "sh", *shipped.command(*arguments.split())]
    done = subprocess.run(command, env=shipped.environment, cwd=folder.parent, stderr=subprocess.PIPE, text=True)
    assert done.returncode == (2 if "nowhere" in arguments else 0)
    assert done.stderr.count("\n") == ("nowhere" in arguments)


def test_ctrl_c_ends_it_at_once_with_130(shipped, photo):
    command = shipped.command("predict", *[str(photo)] * 1000)
    process = subprocess.Popen(
        command,
        env=shipped.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # what is started in the background ignores it
    )
    assert process.stdout is not None
    process.stdout.read(1)  # it answers, and more than the pipe takes is still to come
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said == ""


def test_what_is_told_from_outside_changes_no_answer(shipped, photo):
    plain = shipped.run("predict", "--json", str(photo))
    noisy = shipped.run(
        "predict", "--json", str(photo), env={"PYTHONWARNINGS": "error", "OMP_NUM_THREADS": "x", "COLUMNS": "1"}
    )
    assert (noisy.returncode, noisy.stderr, noisy.stdout) == (0, "", plain.stdout)


def test_two_photos_of_one_folder_are_answered_the_same_alone(shipped: Package, folder: Path, capsys):
    assert shipped.main("predict", "--json", str(folder)) == 0
    together = rows(capsys.readouterr().out)
    for each in together:
        assert shipped.main("predict", "--json", each["photo"]) == 0
        assert rows(capsys.readouterr().out) == [each]


def test_versions_that_were_not_proven_are_one_line_beside_the_answers(package, photo):
    (tested,) = package.told()["tested"]
    package.tell(tested=[tested | {"numpy": "0.1"}])
    done = package.run("predict", "--json", str(photo), env={"PYTHONWARNINGS": "error"})
    assert done.returncode == 0
    assert len(rows(done.stdout)) == 1
    assert re.fullmatch(r"warning: numpy \S+ \(proven with 0\.1\): .*\n", done.stderr)


def test_a_provider_is_asked_for_by_name_and_named_in_the_answer(shipped, photo, capsys):
    assert shipped.main("predict", "--json", "--provider", "CPUExecutionProvider", str(photo)) == 0
    assert rows(capsys.readouterr().out)[0]["providers"] == ["CPUExecutionProvider"]
    assert shipped.main("selftest", "--provider", "CPUExecutionProvider") == 0
    assert "CPUExecutionProvider" in capsys.readouterr().out
    assert shipped.main("selftest", "--provider", "Nowhere") == 1
    assert "✗ model: providers: this onnxruntime has no 'Nowhere'" in capsys.readouterr().out
