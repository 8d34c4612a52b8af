"""Deployments whose network normalises by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lib.deploy.stages import Normalise
from lib.inputs.levels import normalising


def levels(picture):
    return np.asarray(picture).transpose(2, 0, 1)[None]


def inside(lite0, **wrong):
    """A deployment with a network that takes levels; ``wrong`` is another mean or std in its graph."""
    contract = replace(lite0.subject.contract, **wrong)
    right, ours = Normalise(contract.mean, contract.std), lite0.deployment

    def infer(planes):
        assert planes.dtype == np.uint8
        return np.concatenate([ours.infer(right(each.transpose(1, 2, 0))) for each in planes])

    return normalising(replace(ours, normalise=levels, infer=infer), lite0.subject.contract)


def test_it_is_compared_as_if_it_normalised_outside(lite0):
    photo = lite0.photos.readable[0]
    expected, found = lite0.deployment.trace(photo.data), inside(lite0).trace(photo.data)
    np.testing.assert_array_equal(found.normalise, expected.normalise)
    np.testing.assert_array_equal(found.infer, expected.infer)


def test_its_network_alone_takes_what_pytorch_is_fed_first_and_in_batches(lite0):
    tensor = lite0.reference.trace(lite0.photos.readable[0].data).normalise
    both = np.concatenate([tensor, tensor[..., ::-1]])
    np.testing.assert_allclose(inside(lite0).infer(both), lite0.deployment.infer(both), atol=1e-4)


def test_a_mean_in_the_graph_that_is_off_by_half_a_level_moves_the_logits(lite0):
    mean = tuple(value + 0.5 / 255 for value in lite0.subject.contract.mean)
    tensor = lite0.reference.trace(lite0.photos.readable[0].data).normalise
    assert np.abs(inside(lite0, mean=mean).infer(tensor) - lite0.deployment.infer(tensor)).max() > 1e-2


def test_one_that_normalises_outside_stays_as_it_is(lite0):
    photo = lite0.photos.readable[0]
    found = normalising(lite0.deployment, lite0.subject.contract).trace(photo.data)
    np.testing.assert_array_equal(found.infer, lite0.deployment.trace(photo.data).infer)
