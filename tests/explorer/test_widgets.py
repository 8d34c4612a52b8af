"""Widgets: what they show, that they change with their controls, and that a page needs none of them."""

from __future__ import annotations

import gc
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
import weakref
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lib.compare.shared import SharedTraces
from lib.compare.view import of_contract
from lib.explorer.widgets import Explorer
from lib.mistakes import CATALOGUE
from lib.numbers import number, probability
from lib.report.styled import bare
from lib.run.command import main
from tests.few import asked
from tests.run.tiny import NOTEBOOKS, table

ROOT = Path(__file__).parents[2]
NOTEBOOK = NOTEBOOKS / "explores.ipynb"


@pytest.fixture(scope="module")
def explorer(lite0):
    return Explorer(lite0, "OpenCV linear")


def control(explorer: Explorer, name: str):
    return next(each for each in explorer._box.children[0].children if each.description == name)


def traces(handoff, name: str):
    """The first photo through the reference and through the reference with a mistake in it."""
    photo, reference = handoff.photos.readable[0], handoff.reference
    return reference.trace(photo.data), CATALOGUE[name].commit(reference, handoff.subject.contract).trace(photo.data)


def test_it_says_what_is_on_either_side(lite0, explorer):
    said = html.unescape(explorer.said.value)
    for where, trace in zip(("Left, reference", "Right, OpenCV linear"), traces(lite0, "OpenCV linear"), strict=True):
        height, width = trace.resize.shape[:2]
        likeliest = trace.score[0].argmax()
        answer = f"{lite0.subject.classes[likeliest]} {probability(float(trace.score[0, likeliest]))}"
        assert f"{where}: {width} × {height}, {answer}." in said


def test_it_says_by_how_many_levels_they_are_apart(lite0, explorer):
    reference, trace = traces(lite0, "OpenCV linear")
    apart = np.abs(trace.resize.astype(float) - reference.resize)
    said = f"at most {number(apart.max())} levels apart, {number(round(apart.mean(), 1))} on average"
    assert said in explorer.said.value


def test_levels_are_the_tensor_with_the_right_normalisation_undone_and_cut(lite0):
    fresh, contract = Explorer(lite0), lite0.subject.contract
    for name in ("no mean and std", "levels as they are", "BGR"):
        trace = traces(lite0, name)[1]
        mean, std = (np.array(values).reshape(3, 1, 1) for values in (contract.mean, contract.std))
        expected = 255 * np.clip(trace.normalise[0] * std + mean, 0, 1).transpose(1, 2, 0)
        view = of_contract(contract, *lite0.photos.readable[0].size)
        np.testing.assert_allclose(fresh._on_photo(trace, name), view.in_photo(expected, *view.scaled), rtol=1e-12)


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
    assert len(said) == 2 + len(CATALOGUE)


def test_traces_that_were_made_before_are_not_made_again(lite0):
    counted, written = asked(lite0)
    shared = SharedTraces(counted.photos.readable[0].data)
    shared.trace(counted.reference)
    Explorer(counted, "OpenCV linear", shared=shared)
    assert len(written.inputs["decode"]) == 1


def test_looking_again_runs_nothing(lite0):
    counted, written = asked(lite0)
    fresh = Explorer(counted, "OpenCV linear")
    control(fresh, "zoom").value = 4
    control(fresh, "channel").value = "blue"
    assert len(written.inputs["decode"]) == 1
    assert len(written.inputs["infer"]) == 2


def test_the_traces_of_a_photo_are_let_go_with_it(lite0):
    counted, written = asked(lite0)
    fresh = Explorer(counted, "OpenCV linear")
    before = weakref.ref(fresh._shared)
    control(fresh, "photo").value = 1
    gc.collect()
    assert before() is None
    assert written.inputs["decode"] == [photo.data for photo in lite0.photos.readable[:2]]


def test_pages_carry_a_still_and_no_widget(tmp_path):
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    shutil.copy(NOTEBOOK, notebooks)
    assert main(["run", "--out", str(tmp_path / "latest")], notebooks, table(["explores"], tmp_path / "policy.toml")) == 0
    page = (tmp_path / "latest" / "explores.html").read_text()
    assert "In JupyterLab this picture has controls." in page
    assert "data:image/webp" in page
    assert "widget-view" not in page
    assert 'class="handoff"' not in page
    assert page.count("</style>") == 1
    executed = json.loads((tmp_path / "latest" / "explores.ipynb").read_text())
    shown = [
        "".join(o["data"]["text/html"]) for c in executed["cells"] for o in c.get("outputs", ()) if "text/html" in o["data"]
    ]
    assert len(shown) == 2
    assert all(html != bare(html) for html in shown)
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
    environment = os.environ | {name: str(tmp_path / name.lower()) for name in folders} | {"PYTHONPATH": str(ROOT)}
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
