"""A team's own pipeline in a process of its own: found by name, kept to the stages, and never able to end more than itself."""

from __future__ import annotations

import re
import time

import numpy as np
import pytest
from PIL import Image

from lib.deploy import BadInput, pipeline
from lib.inputs import deployment
from lib.inputs.deployment import Deployment
from tests.guarded.hostile import LOGITS, PICTURE

NAME = "tests.guarded.hostile:pipeline"


def opened(classes: int = 3, **options) -> Deployment:
    return deployment.opened(NAME, "model.onnx", classes, **options)


@pytest.fixture(scope="module")
def hostile():
    """One process, which all that it does not end can share."""
    with opened(time_limit=20) as made:
        yield made


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes a team's module and gives the deployment's name."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(source: str) -> str:
        (tmp_path / "team.py").write_text(source)
        return "team:pipeline"

    return write


def refused(function, *arguments) -> str:
    with pytest.raises(BadInput) as error:
        function(*arguments)
    assert "\n" not in str(error.value)
    assert str(error.value).isprintable()
    return str(error.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lib.deploy", "write it as package.module:pipeline"),
        ("no\nsuch", "write it as package.module:pipeline"),
        ("no.such.module:pipeline", "cannot import no.such.module"),
        ("lib.deploy:pipelin", "unknown function in lib.deploy 'pipelin': did you mean 'pipeline'"),
    ],
)
def test_a_deployment_that_cannot_be_found_is_refused(name, said):
    assert said in refused(deployment.check, name)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import sys; sys.exit(0)", "cannot import team: SystemExit: 0"),
        ("import os; os._exit(0)", "importing team: its process ended with exit code 0"),
        ("while True: pass", "importing team: took longer than 0.5 s and was ended; --time-limit gives it more"),
    ],
)
def test_a_module_that_ends_or_never_ends_its_import_is_refused_in_one_line(module, source, said):
    assert refused(deployment.check, module(source), 0.5).startswith(f"deployment 'team:pipeline': {said}")


def test_a_module_that_forks_is_imported_once(module):
    deployment.check(module("import os\nos.fork()\nprint('hello')\ndef pipeline(model): pass"))


def test_the_default_needs_no_look_and_no_process(monkeypatch):
    monkeypatch.setattr(deployment, "Process", None)
    deployment.check(deployment.DEFAULT)


@pytest.mark.parametrize("limit", [0.0, -1.0, float("nan"), 1e18])
def test_a_time_limit_is_more_than_nothing_and_at_most_a_week(limit):
    assert f"time limit: it is {limit:g} s; it takes more than 0" in refused(deployment.check, deployment.DEFAULT, limit)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("os:fspath", "deployment 'os:fspath' gave a str; it must return a lib.deploy.Pipeline"),
        ("sys:exit", "deployment 'sys:exit': raised SystemExit on "),
        (deployment.DEFAULT, "missing.onnx: no such model file"),
    ],
)
def test_what_makes_no_pipeline_is_refused_in_one_line(tmp_path, name, said):
    assert said in refused(deployment.opened, name, tmp_path / "missing.onnx", 3)


@pytest.mark.parametrize(
    ("photo", "said"),
    [
        (b"exit 0", "raised SystemExit: 0"),
        (b"base", "raised Base: very"),
        (b"interrupt", "raised KeyboardInterrupt: KeyboardInterrupt"),
        (b"unprintable", "raised Unprintable: it cannot be printed"),
        (b"control", r"raised ValueError: red \x1b[31m alert \xff"),
        (b"bad input", "raised BadInput: too blue"),
        (b"strings", "gave <U1 (2,); it must give a uint8 (H, W, 3) picture"),
        (b"objects", "gave object (2,); it must give a uint8 (H, W, 3) picture"),
        (b"nothing", "gave None (); it must give a uint8 (H, W, 3) picture"),
        (b"no attributes", "raised RuntimeError: no __array"),
    ],
)
def test_a_stage_that_raises_or_gives_anything_is_told_in_one_line_and_the_next_photo_is_answered(hostile, photo, said):
    line = refused(hostile.pipeline.decode, photo)
    assert line.startswith(f"deployment '{NAME}': stage decode {said}")
    np.testing.assert_array_equal(hostile.pipeline.decode(b"array"), PICTURE)


@pytest.mark.parametrize("photo", [b"forks", b"prints"])
def test_a_stage_that_forks_or_prints_is_answered_once(hostile, photo):
    for _ in range(2):
        np.testing.assert_array_equal(hostile.pipeline.decode(photo), PICTURE)
    assert isinstance(hostile.pipeline.decode(b"image"), Image.Image)


@pytest.mark.parametrize(
    ("photo", "said"),
    [
        (b"exit", "stage decode: its process ended with exit code 0"),
        (b"loops", "stage decode: took longer than 0.3 s and was ended; --time-limit gives it more"),
        (b"dies", r"stage decode: its process was ended by SIGSEGV after it printed: terminate called\x1b after throwing"),
        (b"closes", "stage decode: its process broke off"),
        (b"garbles", "stage decode: its process broke off"),
        (b"forks and leaves", "stage decode: its process ended with exit code 5"),
    ],
)
def test_a_stage_that_ends_its_process_or_never_ends_is_told_in_one_line_and_once_for_all(photo, said):
    limit = 0.3 if photo == b"loops" else 20
    with opened(time_limit=limit) as made:
        line = refused(made.pipeline.decode, photo)
        assert line == f"deployment '{NAME}': {said}"
        assert refused(made.pipeline.score, LOGITS) == line


@pytest.mark.parametrize(
    ("stage", "value", "classes", "said"),
    [
        ("resize", np.zeros((4, 4, 3), np.float32), 3, "gave float32 (4, 4, 3); it must give a uint8 (H, W, 3) picture"),
        ("resize", Image.new("L", (4, 3)), 3, "gave uint8 (3, 4); it must give a uint8 (H, W, 3) picture"),
        ("score", np.zeros((1, 2), np.float32), 3, "gave float32 (1, 2); it must give (N, 3) probabilities"),
        ("score", np.zeros((1, 4), np.float32), 3, "gave float32 (1, 4); it must give (N, 3) probabilities"),
        ("score", np.zeros(3, np.float32), 3, "gave float32 (3,); it must give (N, 3) probabilities"),
        ("score", np.zeros((1, 3), np.complex64), 3, "gave complex64 (1, 3); it must give (N, 3) probabilities"),
    ],
)
def test_a_stage_that_gives_what_the_next_cannot_take_is_told_so(hostile, stage, value, classes, said):
    assert refused(getattr(hostile.pipeline, stage), value) == f"deployment '{NAME}': stage {stage} {said}"


def test_a_picture_arrives_as_it_was_sent(hostile):
    kinds = [hostile.pipeline.normalise(picture).flat[0] for picture in (PICTURE.copy(), Image.fromarray(PICTURE))]
    assert kinds == [False, True]
    np.testing.assert_array_equal(hostile.pipeline.decode(b"image"), PICTURE)


def test_what_a_stage_gave_or_was_given_does_not_change_afterwards(hostile):
    tensor = np.zeros((2, 3, 2, 2), np.float32)
    first = hostile.pipeline.infer(tensor)
    held = first.copy()
    hostile.pipeline.infer(tensor)
    np.testing.assert_array_equal(first, held)
    picture = PICTURE.copy()
    hostile.pipeline.normalise(picture)
    np.testing.assert_array_equal(picture, PICTURE)


def test_the_stages_are_told_apart_as_keys(hostile):
    assert len({hostile.pipeline.decode, hostile.pipeline.resize, hostile.pipeline.decode}) == 2


def test_photos_are_answered_in_their_order_each_by_itself(hostile):
    answers = hostile.answers([b"meets", b"exit 0", b"array", b"base", b"meets"], threads=5)
    assert [type(each) for each in answers] == [np.ndarray, BadInput, np.ndarray, BadInput, np.ndarray]
    assert all(each.shape == (1, 3) for each in answers if isinstance(each, np.ndarray))
    assert str(answers[1]) == f"deployment '{NAME}': stage decode raised SystemExit: 0"
    assert hostile.answers([]) == []


def test_the_photos_after_one_that_ends_the_process_have_no_answer():
    with opened(classes=4) as made:
        before, ended, after = made.answers([b"array", b"exit", b"array"])
    assert "stage score gave float32 (1, 3); it must give (N, 4) probabilities" in str(before)
    assert str(ended) == str(after) == f"deployment '{NAME}': answering photos: its process ended with exit code 0"


def test_a_module_that_is_missing_is_missing_there_alone(module):
    source = "import torch\ndef pipeline(model): pass"
    said = refused(deployment.opened, module(source), "model.onnx", 3, 20, ["torch"])
    assert re.match("deployment 'team:pipeline': cannot import team: ModuleNotFoundError: .*torch", said)


def test_what_ships_answers_without_pytorch_as_it_does_here(lite0):
    data = lite0.photos.readable[0].data
    with lite0.opened_deployment(without=["torch"]) as made:
        (answer,) = made.answers([data])
        trace = made.pipeline.trace(data)
    here = pipeline(lite0.onnx_path).trace(data)
    np.testing.assert_array_equal(answer, here.score)
    for stage, output in vars(here).items():
        np.testing.assert_array_equal(getattr(trace, stage), output)
    assert "it was closed" in refused(made.pipeline.decode, data)


SERVING = """
import os, threading
import numpy as np
from lib.deploy import Pipeline

held, of = [], os.getpid()

def pipeline(model):
    def decode(data):
        if data == b"rare":
            import yaml
        if data == b"kept":
            held.append(np.ones(10_000_000))
            held.append(open(os.devnull))
            thread = threading.Thread(target=threading.Event().wait, daemon=True)
            thread.start()
        if data == b"ends" and os.getpid() != of:
            os._exit(7)
        return np.zeros((4, 4, 3), np.uint8)
    mine = lambda logits: np.float32([[os.getpid() == of, 0, 0]])
    normalise = lambda picture: np.zeros((1, 3, 4, 4), np.float32)
    return Pipeline(decode, lambda picture: picture, normalise, lambda tensor: np.zeros((1, 3), np.float32), mine)
"""


def test_what_a_process_takes_of_the_machine_is_seen(module):
    with deployment.opened(module(SERVING), "model.onnx", 3) as made:
        before = made.usage()
        made.answers([b"kept"])
        late = time.monotonic() + 5  # the system counts the thread that answered for a moment after it was joined
        while (after := made.usage()).threads > before.threads + 1 and time.monotonic() < late:
            time.sleep(0.01)
    assert 70e6 < after.memory - before.memory < 120e6
    assert (after.files - before.files, after.threads - before.threads) == (1, 1)


def test_a_copy_of_the_process_answers_and_may_end(module):
    with deployment.opened(module(SERVING), "model.onnx", 3) as made:
        assert made.answers([b"", b""])[1][0, 0] == 1
        assert [answer[0, 0] for answer in made.answers_of_a_copy([b"", b""])] == [0, 0]
        first, second = made.answers_of_a_copy([b"", b"ends"])
        assert first[0, 0] == 0
        assert "the copy of the process ended" in str(second)
        assert made.answers([b""])[0][0, 0] == 1  # the process itself goes on


def test_what_is_imported_is_told_by_whether_each_call_needs_it(module):
    with deployment.opened(module(SERVING), "model.onnx", 3) as made:
        made.answers([b""])
        assert made.brought() == deployment.Brought((), {})
        made.answers([b"rare"])
        assert made.brought() == deployment.Brought((), {"yaml": "decode"})
    with deployment.opened(module(SERVING), "model.onnx", 3) as made:
        made.answers([b"rare"])
        assert made.brought() == deployment.Brought(("yaml",), {})
