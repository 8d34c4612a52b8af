"""State dicts are read as tensors only, and held against the network that they are for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from lib.deploy import BadInput
from lib.inputs import weights
from lib.networks import state_dict
from tests.conftest import built, edited


class Hostile:
    def __reduce__(self):
        return os.system, ("exit 1",)


def test_a_pickle_that_wants_to_run_code_is_refused(tmp_path):
    torch.save({"_fc.weight": Hostile()}, tmp_path / "hostile.pth")
    with pytest.raises(BadInput, match=r"hostile\.pth: not a file of tensors only, so it is refused"):
        state_dict.read(tmp_path / "hostile.pth")


@pytest.mark.parametrize("content", [b"", b"plain text", b"PK\x03\x04 half a zip"])
def test_what_is_no_state_dict_is_refused(tmp_path, content):
    (tmp_path / "odd.pth").write_bytes(content)
    with pytest.raises(BadInput, match=r"odd\.pth: ") as refused:
        state_dict.read(tmp_path / "odd.pth")
    assert "\n" not in str(refused.value)


def test_a_checkpoint_around_a_state_dict_is_refused_with_advice(tmp_path):
    torch.save({"epoch": 3, "model": {"a": torch.zeros(1)}}, tmp_path / "checkpoint.pth")
    with pytest.raises(BadInput, match=r"checkpoint, whose \['model'\] holds the state dict; .*torch\.save"):
        state_dict.read(tmp_path / "checkpoint.pth")


@pytest.mark.filterwarnings("ignore")  # of torch, that some of these are old or new
@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("sparse", lambda: torch.eye(3).to_sparse()),
        ("sparse", lambda: torch.eye(3).to_sparse_csr()),
        ("quantised", lambda: torch.quantize_per_tensor(torch.zeros(3), 0.1, 0, torch.qint8)),
        ("without values (meta)", lambda: torch.zeros(3, device="meta")),
        ("complex", lambda: torch.zeros(3, dtype=torch.complex64)),
        ("nested", lambda: torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)])),
    ],
)
def test_a_tensor_that_is_not_of_real_numbers_is_refused_by_its_name(tmp_path, kind, make):
    torch.save({"_fc.weight": make()}, tmp_path / "odd.pth")
    with pytest.raises(BadInput) as refused:
        state_dict.read(tmp_path / "odd.pth")
    assert str(refused.value).startswith(f"{tmp_path / 'odd.pth'}: tensor '_fc.weight' is {kind}; save")


@pytest.mark.parametrize(
    "saved", [[torch.zeros(1)], torch.zeros(1), 3, None, {"a": {"b": torch.zeros(1)}}, {3: torch.zeros(1)}, {"a": 1.5}]
)
def test_what_holds_no_tensors_by_name_is_refused(tmp_path, saved):
    torch.save(saved, tmp_path / "odd.pth")
    with pytest.raises(BadInput, match=r"odd\.pth: (holds more than|is a checkpoint|a tensor is named 3)"):
        state_dict.read(tmp_path / "odd.pth")


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "whole.pth"
    torch.save({"a": torch.arange(4.0)}, path)
    return path.read_bytes()


def refusal(path: Path, data: bytes) -> str:
    """What is said against a file of these bytes; empty where it is read, as tensors only."""
    path.write_bytes(data)
    try:
        tensors = state_dict.read(path)
    except BadInput as refused:
        return str(refused)
    assert all(isinstance(tensor, torch.Tensor) for tensor in tensors.values())
    return ""


def test_a_damaged_state_dict_is_refused_in_one_line_or_read_as_tensors(tmp_path, whole):
    path = tmp_path / "damaged.pth"
    said = []
    for position in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[position] ^= 0xFF
        said.append(refusal(path, bytes(damaged)))
    refused = [each for each in said if each]
    assert len(refused) > len(said) / 10  # what is damaged may be padding, which nothing reads
    assert all(each.startswith(f"{path}: ") and "\n" not in each for each in refused)


def test_a_state_dict_is_refused_wherever_it_is_cut_short(tmp_path, whole):
    path = tmp_path / "short.pth"
    said = [refusal(path, whole[:length]) for length in range(0, len(whole), 7)]
    assert len(said) > 50
    assert all(each.startswith(f"{path}: ") and "\n" not in each for each in said)


def save(own_subject, change):
    path = own_subject.parent / "mine.pth"
    state = torch.load(path, weights_only=True)
    old = weights.digest_of(path)
    change(state)
    torch.save(state, path)
    edited(own_subject, old, weights.digest_of(path))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda state: state.pop("_conv_stem.weight"), "misses 1 tensor, the first is '_conv_stem.weight'"),
        (lambda state: state.update(extra=torch.zeros(1)), "has surplus 1 tensor, the first is 'extra'"),
        (lambda state: state.update({"_bn1.bias": torch.zeros(7)}), "tensor '_bn1.bias' has shape (7,), but (1280,)"),
        (lambda state: state.update({"_fc.weight": torch.zeros(5, 1280)}), "the weights are for 5 classes"),
    ],
    ids=["missing", "surplus", "shape", "classes"],
)
def test_weights_that_do_not_fit_name_file_and_field(own_subject, change, said):
    save(own_subject, change)
    with pytest.raises(BadInput) as refused:
        built(str(own_subject))
    assert str(refused.value).startswith(str(own_subject.parent / "mine.pth"))
    assert said in str(refused.value)
    assert "mine.toml" in str(refused.value)
    assert "\n" not in str(refused.value)
