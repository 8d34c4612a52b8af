"""What every family says of itself."""

from __future__ import annotations

import pytest
import torch
from efficientnet_pytorch.utils import Conv2dDynamicSamePadding
from torch import nn

from lib import networks
from lib.networks import FAMILIES


@pytest.fixture(params=["lite0", "stand_in"])
def handoff(request):
    return request.getfixturevalue(request.param)


def test_no_architecture_is_of_two_families():
    names = [name for family in FAMILIES for name in family.architectures]
    assert len(set(names)) == len(names)


def test_it_says_whether_the_network_has_swish(handoff):
    kinds = {type(block._swish).__name__ for block in handoff.model._blocks}
    assert networks.family(handoff.subject).has_swish == any("Swish" in kind for kind in kinds)


def test_an_empty_network_takes_the_subjects_tensors(handoff):
    empty = networks.family(handoff.subject).empty(handoff.subject)
    assert empty.state_dict().keys() == handoff.model.state_dict().keys()


def test_the_network_takes_the_least_size_and_answers(handoff):
    least = networks.family(handoff.subject).least
    with torch.inference_mode():
        assert handoff.model(torch.zeros(1, 3, least, least)).shape == (1, len(handoff.subject.classes))


def test_the_exportable_copy_has_only_plain_convolutions_and_the_same_answer_at_its_own_size(handoff):
    exportable, side = networks.family(handoff.subject).exportable(handoff.model), handoff.subject.image_size
    assert not any(isinstance(module, Conv2dDynamicSamePadding) for module in exportable.modules())
    assert any(isinstance(module, nn.Conv2d) for module in exportable.modules())
    assert not exportable.training
    if handoff.subject.padding == "same":
        return  # its file is told the padding afterwards: tests/export/test_padding.py
    tensor = torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(exportable(tensor), handoff.model(tensor), rtol=1e-3, atol=1e-3)


def test_the_beginnings_name_modules_in_the_order_they_run(handoff):
    beginnings = networks.family(handoff.subject).beginnings(handoff.model)
    ran: list[str] = []
    modules = dict(handoff.model.named_modules())
    hooks = [
        modules[module].register_forward_pre_hook(lambda *_, name=name: ran.append(name)) for name, module in beginnings.items()
    ]
    with torch.inference_mode():
        handoff.model(torch.zeros(1, 3, 64, 64))
    for hook in hooks:
        hook.remove()
    assert ran == list(beginnings)
