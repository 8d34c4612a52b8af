"""Weights as people have them: each is taken, or refused with what it is and a line of code that helps."""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import pickle
import re
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from lib.deploy import BadInput
from lib.inputs.subject import DEFAULT, load
from lib.networks import checkpoint, state_dict


class Tiny(nn.Module):
    """A network with the outermost names of efficientnet_pytorch's."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem = nn.Conv2d(3, 4, 3)
        self._bn0 = nn.BatchNorm2d(4)
        self._blocks = nn.ModuleList([nn.Sequential(nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4))])
        self._fc = nn.Linear(4, 3)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self._fc(self._blocks[0](self._bn0(self._conv_stem(image))).mean((2, 3)))


SUBJECT = replace(load(DEFAULT), classes=("a", "b", "c"))
MODEL = Tiny().eval()
STATE = MODEL.state_dict()
OPTIMISER = torch.optim.SGD(MODEL.parameters(), lr=0.1, momentum=0.9).state_dict()


def prefixed(*prefixes: str) -> dict[str, torch.Tensor]:
    return {prefix + name: tensor for prefix in prefixes for name, tensor in STATE.items()}


def cast(dtype: torch.dtype) -> dict[str, torch.Tensor]:
    return {name: tensor.to(dtype) if tensor.is_floating_point() else tensor for name, tensor in STATE.items()}


def read(path: Path) -> dict[str, torch.Tensor]:
    return state_dict.fitted(state_dict.read(path, STATE), MODEL, path, SUBJECT)


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as refused:
        read(path)
    said = str(refused.value)
    assert said.startswith(f"{path}: ")
    assert "\n" not in said
    return said


@pytest.mark.parametrize(
    "saved",
    [
        STATE,
        {name: tensor for name, tensor in STATE.items() if not name.endswith("num_batches_tracked")},
        cast(torch.float16),
        cast(torch.bfloat16),
        cast(torch.float64),
    ],
    ids=["as it is", "without num_batches_tracked", "float16", "bfloat16", "float64"],
)
def test_a_whole_state_dict_is_taken(tmp_path, saved):
    torch.save(saved, tmp_path / "mine.pth")
    tensors = read(tmp_path / "mine.pth")
    assert tensors.keys() == STATE.keys()
    Tiny().load_state_dict(tensors, strict=True)
    for name, tensor in STATE.items():
        torch.testing.assert_close(tensors[name].to(tensor.dtype), tensor, atol=4e-3, rtol=4e-3)


def test_one_of_before_torch_1_6_is_taken(tmp_path):
    torch.save(STATE, tmp_path / "mine.pth", _use_new_zipfile_serialization=False)
    assert read(tmp_path / "mine.pth").keys() == STATE.keys()


PREFIXED = {
    **{before: (before, prefixed(before)) for before in ("module.", "_orig_mod.", "module._orig_mod.", "backbone.", "net.")},
    "SWA": ("module.", torch.optim.swa_utils.AveragedModel(MODEL).state_dict()),
    "state_dict": ("state_dict", {"epoch": 3, "state_dict": STATE, "optimizer": OPTIMISER}),
    "model_state_dict": ("module.", {"model_state_dict": prefixed("module."), "loss": 0.1}),
    "within two tables": ("shadow", {"ema": {"shadow": STATE, "decay": 0.99}}),
    "EMA beside it": ("['ema']", {"model": STATE, "ema": prefixed("module.")}),
    "two networks": ("student.", prefixed("student.", "teacher.")),
    "Lightning": (
        "model.",
        {
            "state_dict": prefixed("model.") | {"criterion.weight": torch.ones(3)},
            "pytorch-lightning_version": "2.5.0",
            "optimizer_states": [OPTIMISER],
            "hyper_parameters": {"lr": 0.1},
        },
    ),
}


@pytest.mark.parametrize("name", PREFIXED)
def test_what_stands_around_a_state_dict_is_said_and_the_line_of_code_saves_what_is_taken(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    word, saved = PREFIXED[name]
    torch.save(saved, "it's mine.ckpt")
    said = refusal(Path("it's mine.ckpt"))
    assert word in said
    assert "misses" not in said
    exec(re.search(r"torch\.save\(.*\)$", said)[0], {"torch": torch})  # noqa: S102  # it is what the message tells a user to do
    tensors = read(Path(checkpoint.SAVED))
    assert all(torch.equal(tensors[each], STATE[each]) for each in STATE)


@pytest.mark.parametrize(
    ("library", "names"),
    [
        ("timm", ["conv_stem.weight", "bn1.weight", "blocks.0.0.conv_dw.weight", "classifier.weight"]),
        ("timm", ["module.conv_stem.weight", "module.blocks.1.0.conv_pw.weight"]),
        ("torchvision", ["features.0.0.weight", "features.1.0.block.0.0.weight", "classifier.1.weight"]),
        ("transformers", ["efficientnet.embeddings.convolution.weight", "classifier.weight"]),
    ],
)
def test_another_librarys_names_are_said_to_be_its(tmp_path, library, names):
    torch.save(dict.fromkeys(names, torch.zeros(1)), tmp_path / "mine.pth")
    said = refusal(tmp_path / "mine.pth")
    assert f"the names of {library}" in said
    assert "misses" not in said


def test_another_network_is_still_one_that_misses_tensors(tmp_path):
    torch.save({"conv1.weight": torch.zeros(1), "layer1.0.conv1.weight": torch.zeros(1)}, tmp_path / "mine.pth")
    assert "field 'architecture'" in refusal(tmp_path / "mine.pth")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("_fc.bias", torch.tensor([1.0, float("nan"), 0]), "'_fc.bias' holds NaN or infinity"),
        ("_bn0.running_var", torch.full((4,), float("inf")), "'_bn0.running_var' holds NaN or infinity"),
        ("_fc.weight", torch.zeros(3, 4, dtype=torch.int8), "'_fc.weight' is of torch.int8"),
        ("_fc.weight", torch.zeros(3, 4, dtype=torch.bool), "'_fc.weight' is of torch.bool"),
    ],
)
def test_tensors_that_no_network_computes_with_are_refused(tmp_path, name, value, said):
    torch.save(STATE | {name: value}, tmp_path / "mine.pth")
    assert said in refusal(tmp_path / "mine.pth")


def written(write: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


def archive(file: io.BytesIO) -> None:
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("weights/mine.pth", b"x")


def tape(file: io.BytesIO) -> None:
    with tarfile.open(fileobj=file, mode="w") as made:
        made.addfile(tarfile.TarInfo("mine.pth"))


def safetensors(tensors: dict[str, np.ndarray]) -> bytes:
    """As https://github.com/huggingface/safetensors#format has it."""
    table, data = {}, b""
    for name, values in tensors.items():
        table[name] = {"dtype": "F32", "shape": values.shape, "data_offsets": [len(data), len(data) + values.nbytes]}
        data += values.tobytes()
    header = json.dumps(table).encode()
    return len(header).to_bytes(8, "little") + header + data


def scripted(file: io.BytesIO) -> None:
    torch.jit.save(torch.jit.trace(nn.Linear(3, 3), torch.zeros(1, 3)), file)


def exported(file: io.BytesIO) -> None:
    torch.export.save(torch.export.export(nn.Linear(3, 3), (torch.zeros(1, 3),)), file)


WHOLE = written(lambda file: torch.save(STATE, file))
FILES = {
    "safetensors": (safetensors({"_fc.bias": np.zeros(3, np.float32)}), "safetensors file"),
    "ONNX": (b"\x08\x0a\x12\x07pytorch\x1a\x06", "ONNX file"),
    "Keras": (b"\x89HDF\r\n\x1a\n" + bytes(100), "HDF5"),
    "TFLite": (b"\x1c\0\0\0TFL3" + bytes(100), "TFLite"),
    "TensorFlow's index": (b"\0\0\x0f_CHECKPOINTABLE_OBJECT" + bytes(100), "no PyTorch state dict"),
    "npy": (written(lambda file: np.save(file, np.zeros(3))), "NumPy"),
    "npz": (written(lambda file: np.savez(file, a=np.zeros(3))), "zip archive"),
    "zip": (written(archive), "zip archive"),
    "tar": (written(tape), "tar archive"),
    "gzip": (gzip.compress(WHOLE), "gzip"),
    "TorchScript": (scripted, "torch.jit.load"),
    "torch.export": (exported, "torch.export.load"),
    "half": (WHOLE[: len(WHOLE) // 2], "damaged"),
    "a byte short": (WHOLE[:-1], "damaged"),
    "empty": (b"", "is empty"),
    "text": (b"hello\n", "no PyTorch state dict"),
    "zeros": (bytes(1000), "no PyTorch state dict"),
    "page": (b"<!DOCTYPE html>\n<html>", "HTML"),
    "Git LFS": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "git lfs pull"),
    "no tensors": (written(lambda file: torch.save({}, file)), "holds no tensors"),
    "optimiser": (written(lambda file: torch.save(OPTIMISER, file)), "optimiser"),
    "with an epoch": (written(lambda file: torch.save(STATE | {"epoch": 3}, file)), "'epoch'"),
    "a list": (written(lambda file: torch.save(list(STATE.values()), file)), "more than a state dict"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.filterwarnings("ignore")  # of torch, that some of these are old
def test_what_is_no_state_dict_is_said_by_its_name_and_not_to_run_code(tmp_path, name):
    made, said = FILES[name]
    (tmp_path / "mine.pth").write_bytes(made if isinstance(made, bytes) else written(made))
    found = refusal(tmp_path / "mine.pth")
    assert said in found
    assert "run code" not in found


class Hostile:
    def __reduce__(self):
        return os.system, ("exit 1",)


@pytest.mark.parametrize(
    ("data", "calls"),
    [
        (written(lambda file: torch.save(MODEL, file)), "Tiny"),
        (written(lambda file: torch.save(nn.DataParallel(MODEL), file)), "DataParallel"),
        (written(lambda file: torch.save({"state_dict": STATE, "args": argparse.Namespace()}, file)), "argparse.Namespace"),
        (written(lambda file: torch.save({"a": Hostile()}, file)), "system"),
        (written(lambda file: torch.save(MODEL, file, _use_new_zipfile_serialization=False)), "Tiny"),
        (pickle.dumps({"_fc.weight": np.zeros(3)}), ""),
        (pickle.dumps(Hostile()), ""),
    ],
    ids=["whole model", "DataParallel", "arguments beside it", "hostile", "before 1.6", "pickled arrays", "hostile pickle"],
)
def test_what_could_run_code_is_refused_by_what_it_calls(tmp_path, data, calls):
    (tmp_path / "mine.pth").write_bytes(data)
    said = refusal(tmp_path / "mine.pth")
    assert "could run code" in said
    assert calls in said
