"""EfficientNet-B0 to B8, and what is done to them before an export."""

from __future__ import annotations

import copy

import pytest
import torch
from efficientnet_pytorch.utils import Conv2dDynamicSamePadding, MemoryEfficientSwish
from torch import nn

from lib import networks
from lib.inputs import photos, subject, weights
from lib.networks import efficientnet
from tests.conftest import built, edited


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
    network = networks.build(chosen, weights.locate(chosen, str(tmp_path / "b0.pth")))
    for key, tensor in stand_in.model.state_dict().items():
        torch.testing.assert_close(network.state_dict()[key], tensor)


def test_a_downloaded_fine_tuned_head_is_kept(own_subject, stand_in):
    name = edited(own_subject, 'file = "mine.pth"', 'url = "https://weights.invalid/mine.pth"')
    chosen = subject.load(name)
    network = networks.build(chosen, weights.locate(chosen, str(own_subject.parent / "mine.pth")))
    torch.testing.assert_close(network._fc.weight, stand_in.model._fc.weight[[504, 282, 920]])


@pytest.mark.parametrize(("memory_efficient", "kind"), [(True, MemoryEfficientSwish), (False, nn.SiLU)])
def test_the_swish_is_set_on_a_copy(stand_in, memory_efficient, kind):
    before = [type(module) for module in stand_in.model.modules()]
    swishes = {type(module) for module in efficientnet.with_swish(stand_in.model, memory_efficient).modules()}
    assert kind in swishes
    assert not ({MemoryEfficientSwish, nn.SiLU} - {kind}) & swishes
    assert [type(module) for module in stand_in.model.modules()] == before


def test_the_exportable_copy_leaves_the_network_alone(lite0):
    before = copy.deepcopy(lite0.model.state_dict())
    exportable = efficientnet.exportable(lite0.model)
    assert not any(isinstance(module, Conv2dDynamicSamePadding) for module in exportable.modules())
    assert isinstance(lite0.model._conv_stem, Conv2dDynamicSamePadding)
    for name, tensor in exportable.state_dict().items():
        assert torch.equal(before[name], tensor)


def test_the_exportable_copy_pads_by_half_a_kernel(lite0):
    convolutions = [module for module in efficientnet.exportable(lite0.model).modules() if isinstance(module, nn.Conv2d)]
    assert {module.padding for module in convolutions} == {(0, 0), (1, 1), (2, 2)}
    assert all(module.padding == tuple(side // 2 for side in module.kernel_size) for module in convolutions)


def test_each_block_begins_with_a_module_of_the_network(stand_in):
    beginnings = efficientnet.beginnings(stand_in.model)
    assert [name for name in beginnings if not name.startswith("_blocks")] == ["stem", "head", "pooling", "logits"]
    assert len(beginnings) == 4 + len(stand_in.model._blocks)
    assert set(beginnings.values()) <= {name for name, _ in stand_in.model.named_modules()}
