"""Who may answer: what is not there is refused, and the CPU answers only where it is named."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest

from lib.deploy import BadInput, Classifier, machine
from lib.deploy.sessions import CPU, open_session
from tests.conftest import encoded, picture


@pytest.mark.parametrize(
    ("providers", "said"),
    [
        (["CUDAExecutionProvider"], r"this onnxruntime has no 'CUDAExecutionProvider'; it has .*CPUExecutionProvider"),
        (["CUDAExecutionProvider", "CPUExecutionProvider"], "this onnxruntime has no 'CUDAExecutionProvider'"),
        ([("CUDAExecutionProvider", {"device_id": 0}), "CPUExecutionProvider"], "this onnxruntime has no 'CUDAExec"),
        (["cpu"], "this onnxruntime has no 'cpu'"),
        (["x\n" * 9999], "this onnxruntime has no"),
        *(
            (value, "it takes a list of ONNX Runtime's names")
            for value in (
                "CPUExecutionProvider", b"CPUExecutionProvider", [], (), None, 3, [None], [3], [[]], [()], {},
                {"CPUExecutionProvider": {}}, [("CPUExecutionProvider",)], [("CPUExecutionProvider", None)],
                [("CPUExecutionProvider", {}, 1)], [({}, "CPUExecutionProvider")], ["CPUExecutionProvider", None],
            )
        ),
    ],
    ids=lambda value: repr(value)[:40],
)  # fmt: skip
def test_what_cannot_answer_is_refused_in_one_line_and_nothing_answers_in_its_place(shipped, capfd, providers, said):
    with pytest.raises(BadInput, match=rf"^providers: .*{said}") as raised:
        Classifier(shipped.data / "model.onnx", providers=providers)
    assert str(raised.value).isprintable()
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(
    "AzureExecutionProvider" not in onnxruntime.get_available_providers(), reason="this onnxruntime has nothing but the CPU"
)
def test_the_cpu_does_not_step_in_where_it_was_not_named(shipped, capfd):
    photo = encoded(picture(60, 40))
    with pytest.raises(BadInput, match=r"^providers: AzureExecutionProvider cannot run all of this network; name CPUEx"):
        Classifier(shipped.data / "model.onnx", providers=["AzureExecutionProvider"])
    both = Classifier(shipped.data / "model.onnx", providers=["AzureExecutionProvider", "CPUExecutionProvider"])
    assert both.classify(photo) == Classifier(shipped.data / "model.onnx").classify(photo)
    assert both.providers == CPU  # which Azure's provider left all of the network to
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "providers", [CPU, list(CPU), [("CPUExecutionProvider", {})], [("CPUExecutionProvider", {"use_arena": "1"})], iter(CPU)]
)
def test_the_cpu_by_name_and_with_options_answers_as_unasked(shipped, providers):
    photo = encoded(picture(60, 40))
    asked = Classifier(shipped.data / "model.onnx", providers=providers)
    assert asked.model.session.get_providers() == list(CPU)
    assert asked.classify(photo) == Classifier(shipped.data / "model.onnx").classify(photo)


def test_a_session_opens_a_path_and_bytes_alike(shipped):
    path = shipped.data / "model.onnx"
    grey = np.zeros((1, 3, 32, 32), np.float32)
    one, other = (
        open_session(source, threads=1, spinning=False).run(None, {"image": grey})[0] for source in (path, path.read_bytes())
    )
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("said", "threads"), [("3", 3), ("", machine.cores()), ("many", machine.cores())])
def test_as_many_threads_work_as_the_environment_says(shipped, monkeypatch, said, threads):
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    opened = Classifier(shipped.data / "model.onnx").model.session.get_session_options()
    assert opened.intra_op_num_threads == threads
    assert opened.get_session_config_entry("session.intra_op.allow_spinning") == "0"


def test_as_many_threads_work_as_are_asked_for(shipped, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    opened = Classifier(shipped.data / "model.onnx", threads=2).model.session.get_session_options()
    assert opened.intra_op_num_threads == 2


@pytest.mark.parametrize("threads", [-1, 1025, 1.0, True, "2", None])
def test_no_other_number_of_threads_is_taken(shipped, threads):
    with pytest.raises(BadInput, match=r"^threads: is .*; it takes a whole number, 0 to 1024$"):
        Classifier(shipped.data / "model.onnx", threads=threads)
