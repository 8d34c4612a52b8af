"""Widgets: what they show, that they change with their controls, and that a page needs none of them."""

from __future__ import annotations

import html
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lib.explorer import side_by_side
from lib.__main__ import main
from lib.explorer.widgets import Explorer
from lib.explorer.side_by_side import Look

NOTEBOOK = Path(__file__).with_name("notebooks") / "explores.ipynb"


def panels(picture: Image.Image) -> list[np.ndarray]:
    width = (picture.width - 16) // 3
    return [np.asarray(picture)[:, i * (width + 8) : i * (width + 8) + width].astype(int) for i in range(3)]


def test_the_zoom_goes_where_the_difference_is():
    difference = np.zeros((60, 90))
    difference[40:44, 70:80] = 5
    assert side_by_side.most_different(difference, 1) == (slice(0, 60), slice(0, 90))
    rows, columns = side_by_side.most_different(difference, 8)
    assert (rows.stop - rows.start, columns.stop - columns.start) == (7, 11)
    assert difference[rows, columns].sum() == difference.sum()


def test_equal_pictures_leave_the_difference_without_colour():
    same = np.random.default_rng(0).uniform(0, 255, (20, 30, 3))
    left, right, difference = panels(side_by_side.picture(same, same, Look()))
    np.testing.assert_array_equal(left, right)
    assert (difference.max(axis=2) == difference.min(axis=2)).all()


def test_a_lighter_picture_is_yellow_and_a_darker_one_blue():
    grey = np.full((20, 30, 3), 100.0)
    lighter = panels(side_by_side.picture(grey, grey + 20, Look()))[2].mean(axis=(0, 1))
    darker = panels(side_by_side.picture(grey, grey - 20, Look()))[2].mean(axis=(0, 1))
    assert lighter[0] > 200 > lighter[2]
    assert darker[2] > darker[0]


def test_a_channel_is_looked_at_by_itself():
    grey = np.full((20, 30, 3), 100.0)
    redder = grey + np.array([20, 0, 0])
    assert np.ptp(panels(side_by_side.picture(grey, redder, Look(channel="green")))[2]) == 0
    assert panels(side_by_side.picture(grey, redder, Look(channel="red")))[1].max() == 120


def test_what_the_network_is_not_shown_is_blank():
    left = np.full((20, 30, 3), 100.0)
    right = left.copy()
    right[:, :10] = np.nan
    shown = panels(side_by_side.picture(left, right, Look()))[1]
    assert (shown[:, :100] == 255).all()
    assert (shown[:, 120:] == 100).all()


@pytest.fixture(scope="module")
def explorer(lite0):
    return Explorer(lite0, "OpenCV linear")


def control(explorer: Explorer, name: str):
    return next(each for each in explorer._box.children[0].children if each.description == name)


def test_it_says_what_is_on_either_side(explorer):
    assert "Left, reference: 336 × 224, espresso 0.5904" in explorer.said.value
    assert "Right, OpenCV linear: 336 × 224, espresso 0.5865" in explorer.said.value
    assert "at most 71 levels apart, 2.1 on average" in explorer.said.value


@pytest.mark.parametrize(
    ("name", "value"),
    [("photo", 1), ("left", "squash"), ("right", "letterbox"), ("zoom", 4), ("channel", "blue"), ("scale", 64)],
)
def test_every_control_draws_another_picture(lite0, name, value):
    fresh = Explorer(lite0, "OpenCV linear")
    before = fresh.picture.value
    control(fresh, name).value = value
    assert fresh.picture.value != before
    Image.open(io.BytesIO(fresh.picture.value)).verify()


def test_every_pipeline_can_be_looked_at(lite0):
    fresh = Explorer(lite0)
    assert "What the network is shown is the same." in fresh.said.value
    said = set()
    for name in control(fresh, "right").options:
        control(fresh, "right").value = name
        assert f"Right, {name}: " in html.unescape(fresh.said.value)
        said.add(fresh.said.value)
    assert len(said) == 52


def test_pages_carry_a_still_and_no_widget(tmp_path):
    assert main(["run", "--only", "explores", "--out", str(tmp_path / "latest")], NOTEBOOK.parent) == 0
    page = (tmp_path / "latest" / "explores.html").read_text()
    assert "In JupyterLab this picture has controls." in page
    assert "data:image/webp" in page
    assert "widget-view" not in page
    executed = json.loads((tmp_path / "latest" / "explores.ipynb").read_text())
    assert "widgets" not in executed["metadata"]


@pytest.fixture
def lab(tmp_path):
    """JupyterLab on a folder with the notebook in it: its address."""
    shutil.copy(NOTEBOOK, tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", "--expose-app-in-browser", "--ServerApp.token=", "--ServerApp.ip=127.0.0.1"]
    options += [f"--ServerApp.port={port}", f"--ServerApp.root_dir={tmp_path}"]
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTERLAB_SETTINGS_DIR")
    environment = os.environ | {name: str(tmp_path / name.lower()) for name in folders}
    with (tmp_path / "lab.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options], env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=2).close()
                break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def test_it_can_be_driven_in_jupyterlab(browser, lab):
    tab = browser.new_page(viewport={"width": 1300, "height": 1000})
    tab.goto(f"{lab}/lab/tree/explores.ipynb")
    tab.wait_for_function("window.jupyterapp && document.querySelector('.jp-Notebook .jp-CodeCell')", timeout=60_000)
    tab.wait_for_selector("text=Python 3 (ipykernel) | Idle", timeout=60_000)
    tab.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    picture = tab.locator("img.widget-image")
    picture.wait_for(timeout=120_000)
    assert "Right, OpenCV linear: 336 × 224" in tab.locator(".widget-html").inner_text()

    def drive(act, said: str) -> None:
        """Do something and wait until the picture is another one and the sentence says so."""
        before = picture.get_attribute("src")
        act()
        tab.wait_for_function("before => document.querySelector('img.widget-image').src !== before", arg=before, timeout=10_000)
        tab.wait_for_function(
            "said => document.querySelector('.jp-OutputArea .widget-html').innerText.includes(said)", arg=said, timeout=10_000
        )
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 600

    def dropdown(name: str):
        return tab.locator(".widget-dropdown", has_text=name).locator("select")

    drive(lambda: dropdown("right").select_option("letterbox"), "Right, letterbox: 224 × 224")
    drive(lambda: dropdown("photo").select_option("chelsea.png"), "chelsea.png. Left, reference: 336 × 224, Egyptian cat")
    drive(lambda: dropdown("channel").select_option("blue"), "chelsea.png")
    tab.locator(".widget-slider", has_text="zoom").locator(".noUi-handle").focus()
    drive(lambda: tab.keyboard.press("ArrowRight"), "chelsea.png")
    tab.close()
