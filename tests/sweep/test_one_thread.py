"""What torch computes on several threads is another number than on one: a sweep's workers and the plain loop take one."""

from __future__ import annotations

from dataclasses import astuple

import cv2
import numpy as np
import pytest
import torch

from lib.sweep.one_thread import one_thread
from lib.sweep.photo import one_at_a_time
from lib.sweep.plan import pipelines
from lib.sweep.ways import Mistaken
from tests.conftest import encoded, picture
from tests.sweep.made import plan


@pytest.fixture
def two_threads():
    before = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(2)
    cv2.setNumThreads(2)
    yield
    torch.set_num_threads(before[0])
    cv2.setNumThreads(before[1])


def test_a_pipeline_that_needs_torch_gives_the_same_whatever_threads_there_were(lite0, two_threads):
    asked = plan(lite0, [Mistaken(("torch bilinear",)), Mistaken(("torch bicubic",))])
    reference, ways = pipelines(asked)
    data = encoded(picture(375, 500))
    found = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        with one_thread(asked):
            found.append([astuple(one_at_a_time(data, reference, way)) for way in ways.values()])
    np.testing.assert_array_equal(*found)


def test_threads_are_as_before_when_it_ends(lite0, two_threads):
    with one_thread(plan(lite0, [Mistaken(("torch bilinear",))])):
        assert (torch.get_num_threads(), cv2.getNumThreads()) == (1, 1)
    assert (torch.get_num_threads(), cv2.getNumThreads()) == (2, 2)
    with one_thread(plan(lite0, [Mistaken(("squash",))])):
        assert (torch.get_num_threads(), cv2.getNumThreads()) == (2, 1)
