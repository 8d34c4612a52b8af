"""Harmless variants of what a run is given, and of where it runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from lib import cache
from lib.gate.bench import Bench
from lib.gate.case import Case, Outcome
from lib.inputs import photos, subject

EVERY = ("01_export", "03_parity", "11_robustness")
SWEEP = ("09_cost",)
FILE = ("01_export", "11_robustness")
DEPLOYED = ("11_robustness",)


def _run(*notebooks: str, **given: Any) -> Callable[[Bench], Outcome]:
    return lambda bench: bench.run(notebooks, **given)


def _subject(*notebooks: str, **changes: str) -> Callable[[Bench], Outcome]:
    """A user's own TOML file: Lite0's with some lines changed."""

    def run(bench: Bench) -> Outcome:
        text = (subject.BUILT_IN / "lite0-imagenet.toml").read_text(encoding="utf-8")
        names = subject.BUILT_IN / "imagenet-1k.txt"
        (bench.folder / names.name).write_bytes(names.read_bytes())
        lines = [next((changes[key] for key in changes if line.startswith(f"{key} ")), line) for line in text.splitlines()]
        path = bench.folder / "mine.toml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return bench.run(notebooks, subject=str(path))

    return run


def _photos(fill: Callable[[Path], object], *notebooks: str, folder: str = "own") -> Callable[[Bench], Outcome]:
    """Other photos, in a folder of their own."""

    def run(bench: Bench) -> Outcome:
        own = bench.folder / folder
        own.mkdir()
        fill(own)
        return bench.run(notebooks or EVERY, photos=str(own))

    return run


def _bundled(*names: str, called: str = "{}") -> Callable[[Path], object]:
    def fill(folder: Path) -> None:
        for photo in photos.load().readable:
            if photo.name in names or not names:
                (folder / called.format(photo.name)).write_bytes(photo.data)

    return fill


def _scaled(width: int, height: int, kind: str = "jpg") -> Callable[[Path], object]:
    def fill(folder: Path) -> None:
        photo = photos.load().readable[0]
        _bundled(photo.name)(folder)
        path = folder / photo.name
        with Image.open(path) as image:
            image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS).save(folder / f"scaled.{kind}")
        path.unlink()

    return fill


def _surroundings(change: Mapping[str, str | None]) -> Callable[[Bench], Outcome]:
    """A run in a process of its own, with other environment variables; None removes one."""

    def run(bench: Bench) -> Outcome:
        environment = {key: value for key, value in (os.environ | change).items() if value is not None}
        return bench.process(*_small(bench), environment=environment)

    return run


def _small(bench: Bench) -> list[str]:
    return ["--only", "11_robustness", "--photos", str(bench.photos / "coffee.png")]


def _other_folder(bench: Bench) -> Outcome:
    elsewhere = bench.folder / "else where"
    elsewhere.mkdir()
    return bench.process(*_small(bench), folder=elsewhere)


def _relative(bench: Bench) -> Outcome:
    return bench.process("--only", "11_robustness", "--photos", "photos/coffee.png", folder=bench.folder)


def _spaces(bench: Bench) -> Outcome:
    folder = bench.folder / "photos of a user's é"
    shutil.copytree(bench.photos, folder)
    return bench.process("--only", "11_robustness", "--photos", str(folder))


def _cache_with_spaces(bench: Bench) -> Outcome:
    folder = bench.folder / "a cache"
    shutil.copytree(cache.directory(), folder)
    return _surroundings({"HANDOFF_CACHE": str(folder)})(bench)


def _one_core(bench: Bench) -> Outcome:
    return bench.process(*_small(bench), through=["taskset", "--cpu-list", "0"])


def _read_only(bench: Bench) -> Outcome:
    """The project in a tree that cannot be written."""
    tree = bench.folder / "tree"
    for name in ("lib", "notebooks"):
        shutil.copytree(cache.ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    environment = os.environ | {"PYTHONPATH": str(tree), "HANDOFF_CACHE": str(cache.directory())}
    mount = f'mount --bind "{tree}" "{tree}" && mount -o remount,ro,bind "{tree}" && exec "$@"'
    return bench.process(
        *_small(bench), environment=environment, folder=bench.folder, through=["unshare", "--mount", "sh", "-c", mount, "sh"]
    )


def _twice(bench: Bench) -> Outcome:
    """Into the same folder again: the earlier report gives way."""
    bench.process(*_small(bench))
    return bench.process(*_small(bench))


def _may_mount() -> bool:
    """Whether this is a system, and a user, that can mount a tree read-only for one process."""
    return shutil.which("unshare") is not None and os.geteuid() == 0


CASES = (
    Case("as it is", "nothing changed", "", _run(*EVERY)),
    *(Case("seeds", f"sizes drawn with the seed {seed}", "", _run(*FILE, sizes_seed=seed)) for seed in (2, 3, 2**31 - 1)),
    Case("seeds", "other noise for diagnosis", "", _run("03_parity", seed=5)),
    Case("exporters", "TorchScript's exporter", "", _run(*FILE, exporter="torchscript")),
    *(Case("exporters", f"operator set {opset}", "", _run(*FILE, opset=opset)) for opset in (18, 21)),
    Case("subjects", "the stand-in of B0", "", _run(*FILE, subject="b0-stand-in")),
    Case("sweep", "other crops", "", _run(*SWEEP, seed=7)),
    Case("sweep", "the stand-in of B0", "", _run(*SWEEP, subject="b0-stand-in")),
    Case("sweep", "a squash for the contract", "", _subject(*SWEEP, rule='rule = "squash"')),
    Case("subjects", "static padding", "", _subject(*FILE, padding='padding = "static"')),
    Case("subjects", "a squash for the contract", "", _subject(*EVERY, rule='rule = "squash"')),
    Case("subjects", "a centre crop", "", _subject(*EVERY, rule='rule = "shorter-side-crop"\ncrop = 224', size="size = 256")),
    Case("subjects", "bicubic", "", _subject(*EVERY, filter='filter = "bicubic"')),
    Case("subjects", "nearest", "", _subject(*EVERY, filter='filter = "nearest"')),
    Case("subjects", "lanczos, which no end-to-end file has", "", _subject(*EVERY, filter='filter = "lanczos"')),
    Case("subjects", "ImageNet's mean and std", "", _subject(
        *EVERY, mean="mean = [0.485, 0.456, 0.406]", std="std = [0.229, 0.224, 0.225]"
    )),
    Case("photos", "one photo", "", _photos(_bundled("chelsea.png"))),
    Case("photos", "all bundled ones", "", _photos(_bundled())),
    Case("photos", "a grey one alone", "", _photos(_bundled("camera.png"))),
    Case("photos", "names with spaces, quotes and dollars", "", _photos(_bundled("rocket.jpg", called="a 'b' $c$ <d> & é {}"))),
    Case("photos", "already of the network's size", "", _photos(_scaled(224, 224, "png"), *DEPLOYED)),
    Case("photos", "a large one", "", _photos(_scaled(4000, 3000), *DEPLOYED)),
    Case("photos", "a tiny one", "", _photos(_scaled(20, 17, "png"), *DEPLOYED)),
    Case("photos", "as long as it may be", "", _photos(_scaled(900, 200), *DEPLOYED)),
    Case("photos", "a folder with spaces", "", _photos(_bundled("rocket.jpg"), *DEPLOYED, folder="my photos é")),
    *(Case("threads", f"{count} threads", "", _surroundings({"OMP_NUM_THREADS": str(count)})) for count in (1, 2, 8)),
    Case("surroundings", "no HOME", "", _surroundings({"HOME": None, "XDG_CACHE_HOME": None})),
    Case("surroundings", "the locale C", "", _surroundings({"LC_ALL": "C", "LANG": None, "PYTHONUTF8": "0"})),
    Case("surroundings", "a locale that is not installed", "", _surroundings({"LC_ALL": "tr_TR.UTF-8"})),
    Case("surroundings", "another time zone", "", _surroundings({"TZ": "Asia/Kathmandu"})),
    Case("surroundings", "another seed of hashes", "", _surroundings({"PYTHONHASHSEED": "7"})),
    Case("surroundings", "another folder", "", _other_folder),
    Case("surroundings", "relative paths", "", _relative),
    Case("surroundings", "paths with spaces", "", _spaces),
    Case("surroundings", "a cache with spaces", "", _cache_with_spaces),
    Case("surroundings", "a report that is there already", "", _twice),
    *([Case("surroundings", "one core", "", _one_core)] if shutil.which("taskset") else []),
    *([Case("surroundings", "a read-only tree", "", _read_only)] if _may_mount() else []),
)  # fmt: skip
