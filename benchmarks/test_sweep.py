"""A sweep against the plain double loop, and against the floor: its inferences alone, from memory, at the best batch size.

Photos are JPEG files of 500 × 375 pixels, ImageNet's average, and for one figure of 12 megapixels, a phone's; cut out of the
bundled ones. Every route has one thread; what is compared ran in turn, and the median over rounds counts.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from benchmarks.conftest import REPORTS
from lib.handoff import Handoff
from lib.inputs import photos
from lib.inputs.reading import sha256
from lib.mistakes import CATALOGUE
from lib.mistakes.own import own
from lib.sweep.model import SweptModel
from lib.sweep.photo import Prepared
from lib.sweep.shards import MOST, shards
from lib.sweep.ways import Mistaken

ROUNDS, PHOTOS, LARGE = 2, 100, 6
SIZES = (100, 1_000, 10_000)
FEW = ("squash", "Pillow nearest")  # where ten thousand photos are looked at
BATCHES = (1, 2, 4, 8)
IMAGENET, CORES = 50_000, (2, 64, 1_000)
BYTES_A_PHOTO = 133_000  # of ImageNet's validation set: 6.7 GB for 50,000 files
TASKS_A_SECOND = 1_000  # that Dask's scheduler hands out: its documentation says about 1 ms a task


def made(folder: Path, count: int, size: tuple[int, int], seed: int = 0) -> Path:
    """JPEG files of parts of the bundled photos, drawn at random and scaled."""
    folder.mkdir()
    whole, random = (
        [Image.open(io.BytesIO(each.data)).convert("RGB") for each in photos.load().readable],
        np.random.default_rng(seed),
    )
    for number in range(count):
        image, share = whole[number % len(whole)], random.uniform(0.5, 1)
        width, height = (int(share * side) for side in image.size)
        left, top = random.integers(0, image.width - width + 1), random.integers(0, image.height - height + 1)
        part = image.resize(
            size if number % 4 else size[::-1], Image.Resampling.BICUBIC, (left, top, left + width, top + height)
        )
        part.save(folder / f"{number:05d}.jpg", quality=85)
    return folder


@pytest.fixture(scope="module")
def model(lite0: Handoff) -> SweptModel:
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    return SweptModel.opened(str(lite0.onnx_path), sha256(lite0.onnx_path.read_bytes()))


@pytest.fixture(scope="module")
def mistakes(lite0: Handoff) -> list[str]:
    return [name for name in CATALOGUE if name not in own(lite0.subject.contract)]


def swept(
    tmp: Path, model: SweptModel, folder: Path, mistakes: Sequence[str], workers: int, cores: int, count: int = 0
) -> dict:
    """What one sweep takes, of the first ``count`` photos or all, into an empty folder of results."""
    results = tmp / f"results-{time.monotonic_ns()}"
    results.mkdir()
    asked = {"folder": str(folder), "photos": count or len(list(folder.iterdir())), "results": str(results)}
    asked |= {"model": str(model.path), "mistakes": list(mistakes), "workers": workers, "cores": cores}
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.sweep_once", json.dumps(asked)], stdout=subprocess.PIPE, check=True
    )
    return json.loads(said.stdout)


def naive(model: SweptModel, folder: Path, mistakes: Sequence[str]) -> float:
    """Seconds of the plain double loop: each pipeline on each photo, the reference first."""
    ways = [model.pipeline, *(Mistaken((name,)).made(model) for name in mistakes)]
    begun = time.perf_counter()
    for way in ways:
        for path in sorted(folder.iterdir()):
            way(path.read_bytes())
    return time.perf_counter() - begun


def floor(model: SweptModel, folder: Path, mistakes: Sequence[str], batch: int) -> float:
    """Seconds of the inferences that a sweep makes, alone: inputs lie in memory, in batches of one shape."""
    ways = {name: Mistaken((name,)).made(model) for name in mistakes}
    taken = 0.0
    for path in sorted(folder.iterdir()):
        alike: dict[tuple[int, ...], list] = {}
        for _, tensor in Prepared(path.read_bytes(), model.pipeline, ways)._asked.values():
            alike.setdefault(tensor.shape, []).append(tensor)
        batches = [np.concatenate(each[i : i + batch]) for each in alike.values() for i in range(0, len(each), batch)]
        begun = time.perf_counter()
        for each in batches:
            model.pipeline.infer(each)
        taken += time.perf_counter() - begun
    return taken


def floor_elsewhere(path: str, digest: str, folder: str, mistakes: Sequence[str], batch: int) -> float:
    """The same in another process, beside a second one."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    return floor(SweptModel.opened(path, digest), Path(folder), mistakes, batch)


def test_against_the_plain_loop_and_the_floor(lite0, model, mistakes, tmp_path, pytestconfig):
    folder = made(tmp_path / "photos", PHOTOS, (500, 375))
    few = made(tmp_path / "few", 8, (500, 375), seed=1)
    batches = {batch: median(floor(model, few, mistakes, batch) for _ in range(ROUNDS)) for batch in BATCHES}
    best = min(batches, key=batches.__getitem__)
    digest = sha256(model.path.read_bytes())
    rows = []
    for _ in range(ROUNDS):
        plain, alone = naive(model, folder, mistakes), floor(model, folder, mistakes, best)
        with ProcessPoolExecutor(
            2, get_context("spawn")
        ) as pool:  # each does all photos: two at once take as long as the slower
            asked = [pool.submit(floor_elsewhere, str(model.path), digest, str(folder), mistakes, best) for _ in range(2)]
            beside = max(each.result() for each in asked) / 2
        one = swept(tmp_path, model, folder, mistakes, 1, 2)["seconds"]
        pinned = swept(tmp_path, model, folder, mistakes, 1, 1)["seconds"]
        two = swept(tmp_path, model, folder, mistakes, 2, 2)["seconds"]
        rows.append({"plain": plain, "alone": alone, "beside": beside, "one": one, "pinned": pinned, "two": two})

    def ratio(one: str, other: str) -> str:
        return f"{median(row[one] / row[other] for row in rows):.2f}"

    large = made(tmp_path / "large", LARGE, (4000, 3000))
    of_large = naive(model, large, mistakes) / swept(tmp_path, model, large, mistakes, 1, 2)["seconds"]
    each = median(row["two"] for row in rows) / PHOTOS
    pytestconfig.stash[REPORTS].append(
        [
            f"A sweep of {PHOTOS} photos of 500 × 375 pixels through {len(mistakes) + 1} pipelines, medians of {ROUNDS} rounds",
            "inference alone, a photo: " + ", ".join(f"{1e3 * batches[b] / 8:.0f} ms in batches of {b}" for b in BATCHES),
            f"plain loop {median(row['plain'] for row in rows) / PHOTOS:.2f} s a photo, sweep {each:.2f} s with two workers",
            f"{ratio('plain', 'one')}  times as fast as the plain loop, one worker",
            f"{ratio('plain', 'two')}  the same, two workers",
            f"{of_large:.2f}  the same, one worker, {LARGE} photos of 4000 × 3000 pixels",
            f"{ratio('plain', 'alone')}  the same, if a sweep were the floor itself",
            f"{ratio('plain', 'beside')}  the same, if it were the floor in two processes",
            f"{ratio('alone', 'one')}  of the floor, one worker, both cores free",
            f"{ratio('alone', 'pinned')}  of the floor, one worker on one core",
            f"{ratio('beside', 'two')}  of the floor in two processes, two workers",
            f"{ratio('one', 'two')}  two workers over one that has both cores",
            f"{ratio('pinned', 'two')}  two workers over one that has one core",
            *on_paper(each * 2, [f"{number:08d}.JPEG" for number in range(1, IMAGENET + 1)]),
        ]
    )


def on_paper(core_seconds: float, names: Sequence[str]) -> list[str]:
    """What ImageNet's validation set would take, by the rate measured here."""
    tasks = [len(group) for group in shards(names)]
    lines = [
        f"On paper: ImageNet's {IMAGENET:,} photos, at {core_seconds:.2f} s of one core a photo, in {len(tasks):,} tasks; "
        f"a scheduler hands out about {TASKS_A_SECOND:,} a second"
    ]
    for cores in CORES:
        seconds = IMAGENET * core_seconds / cores
        last = MOST * core_seconds  # a task of the largest size that starts when the others end
        lines.append(
            f"{cores:5,} cores: {seconds / 3600:.2f} h and up to {last:.0f} s for the last task; "
            f"reads {IMAGENET * BYTES_A_PHOTO / seconds / 1e6:,.1f} MB/s, hands out {len(tasks) / seconds:.2f} tasks/s"
        )
    return lines


def test_ten_times_the_photos_take_ten_times_the_time_and_no_more_memory(model, tmp_path, pytestconfig):
    folder = made(tmp_path / "photos", SIZES[-1], (500, 375))
    found = [swept(tmp_path, model, folder, FEW, 2, 2, count) for count in SIZES]
    lines = [f"{len(FEW) + 1} pipelines, two workers; peak memory of the process that hands out, and of a worker"]
    for count, each in zip(SIZES, found, strict=True):
        share, (out, worker) = each["seconds"] / count, each["bytes"]
        lines.append(f"{count:6,} photos: {1e3 * share:.1f} ms a photo, {out / 1e6:.0f} MB, {worker / 1e6:.0f} MB")
    pytestconfig.stash[REPORTS].append(lines)
    for which in (0, 1):
        assert found[-1]["bytes"][which] < 1.1 * found[1]["bytes"][which]
