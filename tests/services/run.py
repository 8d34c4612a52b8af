"""Runs every service on every photo: python -m tests.services.run

What each language needs (Debian's names). A language whose tools are missing is skipped, with a line saying what brings them.

    apt-get install --no-install-recommends default-jdk-headless imagemagick graphicsmagick libvips-tools ffmpeg \\
        golang-go golang-golang-x-image-dev golang-github-nfnt-resize-dev golang-github-disintegration-imaging-dev \\
        golang-github-muesli-smartcrop-dev php-cli php-gd php-imagick gcc libc6-dev libjpeg-dev libstb-dev \\
        nodejs npm libgd-perl libimager-perl
    npm install --ignore-scripts --prefix .cache/services/node \\
        sharp jimp @napi-rs/canvas jpeg-js pngjs image-js pica

Photos go to .cache/services/photos, what is built to .cache/services/build, and what the services write to
.cache/services/out/<photo>/<service>.npy. services.toml says what each of them really does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.services.photos import make_photos

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
SERVICES = HERE / "services.toml"
CACHE = ROOT / ".cache" / "services"
PHOTOS, OUT, BUILD, NODE = CACHE / "photos", CACHE / "out", CACHE / "build", CACHE / "node" / "node_modules"


@dataclass(frozen=True)
class Program:
    """The services of one language: any one of `tools` runs them, `packages` brings it; PHOTO and FOLDER stand in `run`."""

    name: str
    tools: tuple[str, ...]
    packages: str
    run: tuple[str, ...]
    build: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)


def _command(name: str, tools: tuple[str, ...], packages: str) -> Program:
    return Program(name, tools, packages, (sys.executable, "-m", "tests.services.in_commands", "PHOTO", "FOLDER", name))


PROGRAMS = (
    Program("python", (sys.executable,), "", (sys.executable, "-m", "tests.services.in_python", "PHOTO", "FOLDER")),
    Program(
        "node",
        ("node",),
        "nodejs, and npm's line above",
        ("node", str(HERE / "in_node.cjs"), "PHOTO", "FOLDER"),
        environment={"NODE_PATH": str(NODE)},
    ),
    Program(
        "java",
        ("javac",),
        "default-jdk-headless",
        ("java", "-cp", str(BUILD / "java"), "InJava", "PHOTO", "FOLDER"),
        ("javac", "-d", str(BUILD / "java"), str(HERE / "InJava.java")),
    ),
    _command("magick", ("magick", "convert-im6.q16", "convert"), "imagemagick"),
    _command("gm", ("gm",), "graphicsmagick"),
    _command("vips", ("vipsthumbnail",), "libvips-tools"),
    _command("ffmpeg", ("ffmpeg",), "ffmpeg"),
    Program(
        "go",
        ("go",),
        "golang-go and the libraries above",
        (str(BUILD / "in_go"), "PHOTO", "FOLDER"),
        ("go", "build", "-o", str(BUILD / "in_go"), str(HERE / "in_go.go")),
        {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(BUILD / "go-cache")},
    ),
    Program("php", ("php",), "php-cli php-gd php-imagick", ("php", str(HERE / "in_php.php"), "PHOTO", "FOLDER")),
    Program(
        "c",
        ("gcc",),
        "gcc libjpeg-dev libstb-dev",
        (str(BUILD / "in_c"), "PHOTO", "FOLDER"),
        ("gcc", "-O2", "-o", str(BUILD / "in_c"), str(HERE / "in_c.c"), "-ljpeg", "-lm"),
    ),
    Program("perl", ("perl",), "libgd-perl libimager-perl", ("perl", str(HERE / "in_perl.pl"), "PHOTO", "FOLDER")),
)


def run(program: Program, photos: list[Path]) -> str:
    """Builds a program, runs it on the photos, and says in a line how that went."""
    if not any(shutil.which(tool) for tool in program.tools):
        return f"skipped: {' or '.join(program.tools)} is missing, which comes with {program.packages}"
    if program.build and (failed := _failure(program, program.build)):
        return f"skipped: it does not build ({failed}); it needs {program.packages}"

    def on(photo: Path) -> str:
        folder = OUT / photo.stem
        folder.mkdir(parents=True, exist_ok=True)
        meant = {"PHOTO": str(photo), "FOLDER": str(folder)}
        return _failure(program, tuple(meant.get(word, word) for word in program.run))

    with ThreadPoolExecutor(2) as pool:
        failures = [f"{photo.name}: {failed}" for photo, failed in zip(photos, pool.map(on, photos), strict=True) if failed]
    if failures:
        return f"failed on {len(failures)} of {len(photos)} photos ({failures[0]}); it needs {program.packages}"
    return f"ran on {len(photos)} photos"


def _failure(program: Program, command: tuple[str, ...]) -> str:
    """What a command complained of, and nothing where it went well."""
    done = subprocess.run(command, cwd=ROOT, env=os.environ | program.environment, capture_output=True, text=True)
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]


def main() -> None:
    (BUILD / "java").mkdir(parents=True, exist_ok=True)
    photos = make_photos(PHOTOS)
    for program in PROGRAMS:
        print(f"{program.name}: {run(program, photos)}", flush=True)


if __name__ == "__main__":
    main()
