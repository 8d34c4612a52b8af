"""Subjects as PyTorch modules."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from lib.networks import efficientnet as model
from lib.inputs import photos
from lib.inputs import subject
from lib.inputs import weights
from lib.compare.comparison import max_abs_difference
from lib.deploy import BadInput
from tests.conftest import built, edited


def test_lite0_equals_the_authors_own_package_bit_for_bit(lite0):
    authors = pytest.importorskip("efficientnet_lite_pytorch", reason="the author's package is not installed")
    path = str(weights.locate(lite0.subject))
    theirs = authors.EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()
    ours = model.build(replace(lite0.subject, padding="static"), lite0.weights_path)  # theirs pads as for 224 x 224
    each_input = lite0.model
    square = photos.square_batch(lite0.photos.readable, lite0.subject.contract)
    with torch.inference_mode():
        for tensor in (*(trace.normalise for _, trace in lite0.reference_traces), square):
            expected = theirs(torch.from_numpy(tensor)).numpy()
            np.testing.assert_array_equal(ours(torch.from_numpy(tensor)).numpy(), expected)
        np.testing.assert_array_equal(each_input(torch.from_numpy(square)).numpy(), expected)


@pytest.mark.parametrize(("side", "alike"), [((224, 224), True), ((256, 320), True), ((225, 224), False), ((224, 336), False)])
def test_padding_for_each_input_differs_from_static_padding_away_from_its_size(lite0, side, alike):
    static, same = model.build(replace(lite0.subject, padding="static"), lite0.weights_path), lite0.model
    tensor = torch.from_numpy(np.random.default_rng(0).standard_normal((1, 3, *side), dtype=np.float32))
    with torch.inference_mode():
        difference = (static(tensor) - same(tensor)).abs().max()
    assert difference < 1e-4 if alike else difference > 0.1


def test_lite0_loads_with_every_tensor_used(lite0):
    tensors = weights.read(lite0.weights_path)
    lite0.model.load_state_dict(tensors, strict=True)
    assert len(tensors) == 296


def test_lite0_keeps_its_relu6_when_swish_is_set():
    network = model.EfficientNetLite0(224, 10)
    network.set_swish(memory_efficient=False)
    assert {type(m._swish) for m in (network, *network._blocks)} == {torch.nn.ReLU6}


def test_the_stand_in_is_b0_with_swish_and_squeeze_and_excite(stand_in):
    assert all(block.has_se for block in stand_in.model._blocks)
    assert stand_in.model.state_dict().keys() == built("b0-stand-in").state_dict().keys()


def test_the_stand_in_is_sensitive_to_its_input(stand_in):
    logits = [trace.infer for _, trace in stand_in.reference_traces]
    closest = min(max_abs_difference(a, b) for i, a in enumerate(logits) for b in logits[:i])
    assert closest > 1


def test_the_stand_in_is_the_same_every_time(stand_in):
    again = built("b0-stand-in").state_dict()
    for name, tensor in stand_in.model.state_dict().items():
        torch.testing.assert_close(again[name], tensor, rtol=1e-4, atol=1e-5)


def test_a_users_fine_tuned_head_is_kept(own_subject, stand_in):
    mine = built(str(own_subject))
    with torch.inference_mode():
        batch = torch.from_numpy(photos.square_batch(stand_in.photos.readable[:2], stand_in.subject.contract))
        torch.testing.assert_close(mine(batch), stand_in.model(batch)[:, [504, 282, 920]], rtol=1e-4, atol=1e-4)


def test_upstream_weights_go_through_from_pretrained(own_subject, stand_in, tmp_path):
    torch.save(stand_in.model.state_dict(), tmp_path / "b0.pth")
    name = edited(own_subject, 'file = "mine.pth"', 'url = "https://weights.invalid/b0.pth"')
    text = own_subject.read_text().replace("count = 3", "count = 1000")
    classes = ", ".join(f'"class {i}"' for i in range(1000))
    text = text.replace('names = ["cup", "cat", "car"]', f"names = [{classes}]")
    own = weights.digest_of(tmp_path / "mine.pth")
    own_subject.write_text(text.replace(own, weights.digest_of(tmp_path / "b0.pth")))
    chosen = subject.load(name)
    network = model.build(chosen, weights.locate(chosen, str(tmp_path / "b0.pth")))
    for key, tensor in stand_in.model.state_dict().items():
        torch.testing.assert_close(network.state_dict()[key], tensor)


def test_a_downloaded_fine_tuned_head_is_kept(own_subject, stand_in):
    name = edited(own_subject, 'file = "mine.pth"', 'url = "https://weights.invalid/mine.pth"')
    chosen = subject.load(name)
    network = model.build(chosen, weights.locate(chosen, str(own_subject.parent / "mine.pth")))
    torch.testing.assert_close(network._fc.weight, stand_in.model._fc.weight[[504, 282, 920]])


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


def test_a_stand_in_of_another_architecture_is_refused(own_subject):
    name = edited(own_subject, 'file = "mine.pth"', 'file = "mine.pth"\nstand_in = true')
    with pytest.raises(BadInput, match="stand_in takes Lite0's weights"):
        built(name)
