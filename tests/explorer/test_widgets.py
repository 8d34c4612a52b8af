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
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lib.compare.shared import SharedTraces
from lib.deploy import BadInput
from lib.deploy.stages import preprocessing
from lib.explorer.widgets import OWN, REFERENCE, Explorer
from lib.inputs.photos import Photo
from lib.mistakes import CATALOGUE
from lib.numbers import number, probability
from lib.policy import Policy
from lib.report.output_style import bare
from lib.run.command import main
from tests.conftest import encoded, picture
from tests.few import asked, changed
from tests.run.tiny import NOTEBOOKS, table

ROOT = Path(__file__).parents[2]
NOTEBOOK = NOTEBOOKS / "explores.ipynb"


@pytest.fixture(scope="module")
def explorer(lite0):
    return Explorer(lite0, "OpenCV linear")


def control(explorer: Explorer, name: str):
    return next(each for each in explorer._box.children[0].children if each.description == name)


def titles(explorer: Explorer):
    return explorer._titles


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


@pytest.mark.parametrize(
    ("name", "value", "changes"),
    [
        ("photo", 1, {0, 1, 2, 3}),
        ("left", "squash", {0, 2}),
        ("right", "letterbox", {1, 2}),
        ("zoom", 4, {0, 1, 2, 3}),
        ("channel", "blue", {0, 1, 2}),
        ("scale", 64, {2}),
    ],
)
def test_every_control_draws_the_pictures_that_it_is_about(lite0, name, value, changes):
    fresh = Explorer(lite0, "OpenCV linear")
    before = [picture.value for picture in fresh.pictures]
    control(fresh, name).value = value
    after = [picture.value for picture in fresh.pictures]
    assert changes <= {i for i in range(4) if before[i] != after[i]}
    for png in after:
        Image.open(io.BytesIO(png)).verify()


def test_every_pipeline_can_be_looked_at(lite0):
    fresh = Explorer(lite0)
    assert "What the network is shown is the same." in fresh.said.value
    said = set()
    for name in control(fresh, "right").options:
        if name == OWN:
            continue
        control(fresh, "right").value = name
        assert f"Right, {name}: " in html.unescape(fresh.said.value)
        said.add(fresh.said.value)
    assert len(said) == 2 + len(CATALOGUE)


def test_titles_say_which_pipelines_how_many_pixels_and_how_far_the_colours_go(lite0):
    fresh = Explorer(lite0, "squash")
    control(fresh, "zoom").value = 4
    left, right, difference, place = (html.unescape(title.value) for title in titles(fresh))
    assert "left: reference" in left
    assert "fed 336 × 224 pixels" in left
    assert "right: squash" in right
    assert "fed 224 × 224 pixels" in right
    assert "right minus left, ± 16 levels" in difference
    assert "84 × 56 of 336 × 224 pixels" in place
    control(fresh, "scale").value = 64
    assert "± 64 levels" in titles(fresh)[2].value


def test_the_colours_have_a_key_with_units(lite0):
    fresh = Explorer(lite0, "OpenCV linear")
    key = fresh._key.value
    assert "levels of the furthest channel: right is darker on the left, right is brighter on the right, white where" in key
    assert "<span>−16</span>" in key
    assert "<span>+16</span>" in key
    assert "Hatched" not in key
    control(fresh, "right").value = "centre crop only"
    assert "Hatched" in fresh._key.value
    control(fresh, "channel").value = "blue"
    assert "levels of blue: right is darker" in fresh._key.value


def test_a_photo_that_cannot_be_read_is_one_line_and_the_pictures_stay(lite0):
    fresh = Explorer(lite0, "OpenCV linear")
    before = [picture.value for picture in fresh.pictures]
    control(fresh, "or a path").value = "/no/such/photo.png"
    assert 'class="warning"' in fresh.said.value
    assert "/no/such/photo.png: no such file or folder. The pictures are those of before." in fresh.said.value
    assert [picture.value for picture in fresh.pictures] == before


def test_a_photo_of_the_users_is_looked_at(lite0, tmp_path):
    (tmp_path / "mine.png").write_bytes(encoded(picture(300, 400)))
    fresh = Explorer(lite0, "OpenCV linear")
    control(fresh, "or a path").value = str(tmp_path / "mine.png")
    assert "mine.png. Left, reference: 224 × 298" in fresh.said.value
    (tmp_path / "mine.png").write_bytes(encoded(picture(400, 300)))
    control(fresh, "right").value = "squash"
    assert "was changed since the run began" not in fresh.said.value  # its bytes were read already
    control(fresh, "photo").value = 0
    control(fresh, "photo").value = len(lite0.photos.readable)
    assert "was changed since the run began; start again" in fresh.said.value


TEAM = """\
from dataclasses import replace
import numpy as np
import lib.deploy

def pipeline(model):
    ours = lib.deploy.pipeline(model)
    return replace(ours, {change})
"""


@pytest.fixture
def team(tmp_path, monkeypatch):
    """Writes a team's own module, which is ours but for a change."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(change: str) -> None:
        (tmp_path / "team_of_widgets.py").write_text(TEAM.replace("{change}", change))

    return write


def test_an_own_module_has_its_checks_below_and_they_follow_its_file(lite0, team):
    fresh = Explorer(lite0, "squash")
    assert fresh.checks.value == ""
    team("")
    control(fresh, "own module").value = "team_of_widgets:pipeline"
    assert control(fresh, "right").value == OWN
    assert "coffee.png: every stage is within its tolerance." in fresh.checks.value
    before = [picture.value for picture in fresh.pictures]
    team("resize=lambda image: np.asarray(ours.resize(image)) // 2")
    fresh._own.look()
    assert "the first stage that differs by more than its tolerance is resize." in fresh.checks.value
    assert 'class="failed"' in fresh.checks.value
    assert [picture.value for picture in fresh.pictures][1:3] != before[1:3]
    control(fresh, "zoom").value = 8
    assert "is resize." in fresh.checks.value
    control(fresh, "right").value = "squash"
    assert fresh.checks.value == ""
    fresh._own.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("nonsense=1", "raised TypeError on"),
        ("resize=lambda image: 1 / 0", "stage resize raised ZeroDivisionError: division by zero"),
        ("resize=lambda image: np.zeros((0, 5, 3), np.uint8)", "stage resize gave uint8 (0, 5, 3); it must give a uint8"),
        ("score=lambda logits: __import__('time').sleep(60)", "stage score: took longer than 2 s and was ended"),
        ("infer=lambda tensor: __import__('os')._exit(4)", "stage infer: its process ended with exit code 4"),
    ],
)
def test_a_module_that_fails_is_one_line_and_the_former_picture_stays(lite0, team, change, said):
    hasty = changed(replace(lite0, time_limit=2.0 if "sleep(60)" in change else 60.0), lite0.photos.readable)
    vars(hasty).update({name: getattr(lite0, name) for name in ("reference", "onnx_path")})
    fresh = Explorer(hasty, REFERENCE)
    team("")
    control(fresh, "own module").value = "team_of_widgets:pipeline"
    before = [picture.value for picture in fresh.pictures]
    team(change)
    fresh._own.look()
    line = html.unescape(fresh.said.value)
    assert said in line
    assert line.count("\n") == 0
    assert "The pictures are those of before." in line
    assert fresh.checks.value == ""
    assert [picture.value for picture in fresh.pictures] == before
    team("")
    fresh._own.look()
    assert "every stage is within its tolerance" in fresh.checks.value
    fresh._own.close()


def test_the_tolerances_are_those_of_the_notebooks_policy(lite0, team, rules):
    lax = Policy(tuple(replace(check, threshold=1000.0) for check in rules.checks))
    team("resize=lambda image: np.asarray(ours.resize(image)) // 2")
    fresh = Explorer(lite0, rules=lax)
    control(fresh, "own module").value = "team_of_widgets:pipeline"
    assert "every stage is within its tolerance" in fresh.checks.value
    fresh._own.close()


def test_a_deployment_that_cannot_start_leaves_a_line_and_the_controls(lite0):
    def refuse(data: bytes):
        raise BadInput("deployment 'team:pipeline': it broke")

    broken = changed(lite0, lite0.photos.readable, deployment=replace(lite0.deployment, decode=refuse))
    fresh = Explorer(broken)
    still = fresh._repr_mimebundle_()["text/html"]
    assert bare(still).startswith('<p class="warning">deployment &#x27;team:pipeline&#x27;: it broke.')
    control(fresh, "right").value = "squash"
    assert "Right, squash: " in fresh.said.value


def test_the_still_has_the_same_titles_key_and_words_and_says_what_can_be_seen(lite0):
    fresh = Explorer(lite0, "squash")
    still = html.unescape(bare(fresh._repr_mimebundle_()["text/html"]))
    assert fresh._panels[0].title in still
    assert all(f"<p>{panel.title}<br>{panel.detail}</p>" in still for panel in fresh._panels)
    assert "levels of the furthest channel: right is darker" in still
    assert [still.count(f'alt="{panel.alt}"') for panel in fresh._panels] == [1, 1, 1, 1]
    assert not any(panel.alt in still.partition("<figcaption>")[2] for panel in fresh._panels)


def test_a_picture_that_stays_the_same_is_not_sent_again(lite0):
    fresh, sent = Explorer(lite0, "OpenCV linear"), []
    for i, shown in enumerate(fresh.pictures):
        shown.observe(lambda _, i=i: sent.append(i), "value")
    control(fresh, "scale").value = 64
    assert sent == [2]


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
    page, report = ((tmp_path / "latest" / f"{name}.html").read_text() for name in ("explores", "report"))
    assert "In JupyterLab these pictures have controls." in page
    assert "data:image/webp" in report
    assert 'src="pictures/' in page
    assert "widget-view" not in page
    assert 'class="handoff"' not in page + report
    assert (page.count("</style>"), report.count("</style>")) == (0, 1)  # the folder has it in a file
    executed = json.loads((tmp_path / "latest" / "explores.ipynb").read_text())
    shown = [
        "".join(o["data"]["text/html"]) for c in executed["cells"] for o in c.get("outputs", ()) if "text/html" in o["data"]
    ]
    assert len(shown) == 2
    assert all(html != bare(html) for html in shown)
    assert "widgets" not in executed["metadata"]


@pytest.fixture
def lab(tmp_path):
    """JupyterLab on a folder with the notebook in it: its address. The test writes into the folder."""
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


def test_it_can_be_driven_in_jupyterlab(browser, lab, tmp_path):
    tab = browser.new_page(viewport={"width": 1300, "height": 1000})
    tab.goto(f"{lab}/lab/tree/explores.ipynb")
    tab.wait_for_function("window.jupyterapp && document.querySelector('.jp-Notebook .jp-CodeCell')", timeout=60_000)
    tab.wait_for_selector("text=Python 3 (ipykernel) | Idle", timeout=60_000)
    tab.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    difference = tab.locator("img.widget-image").nth(2)
    difference.wait_for(timeout=120_000)
    said = "[...document.querySelectorAll('.jp-OutputArea .widget-html-content')].map(each => each.innerText).join('\\n')"
    assert "Right, OpenCV linear: 336 × 224" in tab.evaluate(said)

    def drive(act, *words: str, redrawn: bool = True) -> None:
        """Do something and wait until the difference is another picture and the words are there."""
        before = difference.get_attribute("src")
        act()
        for word in words:
            tab.wait_for_function(f"word => {said}.includes(word)", arg=word, timeout=20_000)
        if redrawn:
            tab.wait_for_function(
                "before => document.querySelectorAll('img.widget-image')[2].src !== before", arg=before, timeout=10_000
            )
        assert difference.evaluate("image => image.decode().then(() => image.naturalWidth)") >= 200

    def dropdown(name: str):
        return tab.locator(".widget-dropdown", has_text=name).locator("select")

    def typed(name: str, text: str) -> None:
        tab.locator(".widget-text", has_text=name).locator("input").fill(text)
        tab.keyboard.press("Enter")

    def uploaded(name: str, content: bytes) -> None:
        with tab.expect_file_chooser() as chooser:
            tab.locator("button", has_text="upload a photo").click()
        chooser.value.set_files({"name": name, "mimeType": "image/png", "buffer": content})

    drive(lambda: dropdown("right").select_option("centre crop only"), "Right, centre crop only: 224 × 224", "Hatched")
    drive(lambda: dropdown("photo").select_option("chelsea.png"), "chelsea.png. Left, reference: 336 × 224, Egyptian cat")
    drive(lambda: dropdown("channel").select_option("blue"), "levels of blue")
    tab.locator(".widget-slider", has_text="zoom").locator(".noUi-handle").focus()
    drive(lambda: tab.keyboard.press("ArrowRight"), "168 × 112 of 336 × 224 pixels")
    drive(lambda: uploaded("mine.png", encoded(picture(640, 320))), "mine.png. Left, reference: 448 × 224")
    drive(lambda: uploaded("bad.png", b"no photo"), "bad.png: not an image", redrawn=False)
    (tmp_path / "by_path.png").write_bytes(encoded(picture(300, 300)))
    drive(lambda: typed("or a path", "by_path.png"), "by_path.png. Left, reference: 224 × 224")

    def team(change: str) -> None:
        (tmp_path / "serving.py").write_text(TEAM.replace("{change}", change))

    team("")
    drive(lambda: typed("own module", "serving:pipeline"), "by_path.png: every stage is within its tolerance.")
    halved = "resize=lambda image: np.asarray(ours.resize(image)) // 2"
    drive(lambda: team(halved), "the first stage that differs by more than its tolerance is resize.")
    row = tab.locator("tr.failed", has_text="resize")
    assert row.locator("td").last.inner_text() == "✗ FAIL"
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        tab.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        tab.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=theme, timeout=10_000)
        style = row.evaluate("row => [row.cells[0], row].map(each => getComputedStyle(each).textAlign)")
        assert style == ["left", "left"]
        assert row.locator("td").last.evaluate("cell => getComputedStyle(cell).backgroundColor").startswith("rgba(213, 94, 0")
    outputs = tab.locator(".jp-OutputArea-output .handoff p.finding")
    assert outputs.last.evaluate("p => getComputedStyle(p).borderLeftWidth") == "4px"
    drive(lambda: team("nonsense=1"), "raised TypeError on", "The pictures are those of before.", redrawn=False)
    tab.close()


def test_a_mistake_that_leads_outside_of_the_files_sizes_is_refused_in_a_line(lite0):
    contract = replace(lite0.subject.contract, rule="shorter-side-crop", size=256, crop=224)
    cropping = changed(
        replace(lite0, subject=replace(lite0.subject, contract=contract)),
        [Photo.of("wide.png", encoded(picture(1500, 300)))],
        reference=replace(lite0.reference, resize=preprocessing(contract)[0]),
    )
    said = Explorer(cropping, "width and height swapped").said.value
    assert "wide.png: would be fed 256 × 1280 pixels" in said
