"""Fixtures that several test modules share, and what goes to which worker where several run side by side."""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from lib import handoff, networks, policy
from lib.handoff import Handoff
from lib.inputs import subject, weights
from lib.policy import Policy
from lib.report.drawing import SMALL
from tests.few import of_three_classes

HERE = Path(__file__).parent
# What takes longest starts first: started last, it would keep the other workers waiting.
FIRST = ("run/test_reports.py", "run", "test_house.py", "explorer", "studies")


def pytest_configure() -> None:
    """Let the workers of pytest-xdist, and all that they start, share the cores."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        threads = max(1, (os.cpu_count() or 1) // workers)
        os.environ["OMP_NUM_THREADS"] = str(threads)
        torch.set_num_threads(threads)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move the tests of :data:`FIRST` to the front, in its order."""

    def place(item: pytest.Item) -> int:
        return next((i for i, name in enumerate(FIRST) if item.path.is_relative_to(HERE / name)), len(FIRST))

    items.sort(key=place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep tests that share a costly fixture on one worker: those of a study, those of packages, and else of a file."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFixture(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file.rpartition("/")[0] if "/studies/" in file or "/bundle/" in file else file

    return ByFixture(config, log)


# Both are costly, so tests share them; none may change them.


@pytest.fixture(scope="session")
def lite0() -> Handoff:
    return handoff.load("lite0-imagenet")


@pytest.fixture(scope="session")
def stand_in() -> Handoff:
    return handoff.load("b0-stand-in")


@pytest.fixture(scope="session")
def rules() -> Policy:
    """The built-in policy."""
    return policy.load()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    program = next((path for name in names if (path := shutil.which(name))), None)
    if program is None:
        pytest.skip("no chromium or chrome on this machine; install one to look at the pages")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("HANDOFF_CACHE", str(folder))
    return folder


def picture(width: int, height: int, mode: str = "RGB", seed: int = 0) -> Image.Image:
    """Noise over a gradient: every level occurs and no two pixels in a row are alike."""
    noise = np.random.default_rng(seed).integers(0, 120, (height, width, 3))
    slope = np.linspace(0, 135, height * width).reshape(height, width, 1)
    return Image.fromarray((noise + slope).astype(np.uint8)).convert(mode)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture
def own_subject(tmp_path: Path, stand_in: Handoff) -> Path:
    """A user's fine-tuned B0 with three classes of its own, which crops: state dict and TOML file."""
    return of_three_classes(stand_in, tmp_path)


def bare(html: str) -> str:
    """A table's HTML without the headers that its cells carry for narrow pages."""
    return re.sub(r' data-label="[^"]*"', "", html)


def edited(path: Path, old: str, new: str) -> str:
    """The path, as a subject's name, of a TOML file after one replacement in it."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return str(path)


def built(name: str) -> torch.nn.Module:
    """A subject's network from its TOML file, not from a shared fixture."""
    chosen = subject.load(name)
    return networks.build(chosen, weights.locate(chosen))


POINT = 1 / 72  # of an inch


@pytest.fixture
def drawn(monkeypatch):
    """Every figure that is written in this test."""
    written: list[Figure] = []
    save = Figure.savefig

    def keep(self, *args, **kwargs):
        save(self, *args, **kwargs)
        written.append(self)

    monkeypatch.setattr(Figure, "savefig", keep)
    return written


def assert_whole(figure: Figure) -> None:
    box, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    shown = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    texts = [text.get_text() for text in shown]
    whole = min(box.x0, box.y0, width - box.x1, height - box.y1) > -POINT
    assert whole, f"cut off: {box} of {width} by {height} inches, with {texts[:5]}"
    assert not [text for text in texts if "$" in text]
    small = [text.get_text() for text in shown if text.get_fontsize() < SMALL - 1e-6]
    assert not small, f"too small to be read on a phone: {small[:5]}"
