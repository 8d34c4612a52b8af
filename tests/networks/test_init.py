"""Which family a subject's network is of, and how it is built."""

from __future__ import annotations

import pytest
import torch

from lib import networks
from lib.deploy import BadInput
from lib.inputs import subject
from lib.networks import efficientnet, efficientnet_lite
from tests.conftest import built, edited


def test_the_family_goes_by_the_architecture(lite0, stand_in):
    assert networks.family(lite0.subject) is efficientnet_lite.FAMILY
    assert networks.family(stand_in.subject) is efficientnet.FAMILY


def test_an_unknown_architecture_names_the_nearest_one(own_subject):
    name = edited(own_subject, "efficientnet-b0", "efficientnet-bO")
    with pytest.raises(BadInput, match=r"mine\.toml: field 'architecture': unknown .*did you mean 'efficientnet-b"):
        networks.family(subject.load(name))


def test_an_image_too_small_for_the_family_is_refused(own_subject):
    name = edited(own_subject, "image_size = 224", "image_size = 31")
    with pytest.raises(BadInput, match=r"field 'image_size' is 31; efficientnet-b0 takes 32 pixels or more"):
        networks.family(subject.load(name))


def test_what_is_built_is_in_evaluation_mode_and_gives_the_subjects_classes(own_subject):
    network = built(str(own_subject))
    assert not network.training
    with torch.inference_mode():
        assert network(torch.zeros(2, 3, 64, 64)).shape == (2, 3)
