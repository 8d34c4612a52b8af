"""A pipeline that is only tried gives an answer, or the reason why it gives none."""

from __future__ import annotations

import numpy as np
import pytest

from lib.compare.shared import SharedTraces
from lib.compare.trial import Refused, attempt, tried
from lib.deploy import BadPhoto, Domain, Pipeline, Trace
from lib.deploy.stages import score
from lib.inputs.deployment import Over

DOMAIN = Domain(2, 8)


def pipeline(width: int = 4, height: int = 4, **stages) -> Pipeline:
    picture = np.zeros((height, width, 3), np.uint8)
    healthy = {
        "decode": lambda data: picture,
        "resize": lambda picture: picture,
        "normalise": lambda picture: picture.transpose(2, 0, 1)[None].astype(np.float32),
        "infer": lambda tensor: np.zeros((1, 2), np.float32),
        "score": score,
    }
    return Pipeline(**healthy | stages)


def raising(error: Exception):
    def stage(value):
        raise error

    return stage


def of(tried_out: Pipeline) -> Trace | Refused:
    return tried(SharedTraces(b"a photo"), tried_out, DOMAIN)


def test_what_is_inside_of_the_domain_is_traced():
    trace = of(pipeline())
    assert isinstance(trace, Trace)
    assert trace.score.tolist() == [[0.5, 0.5]]


@pytest.mark.parametrize(("width", "height"), [(9, 4), (4, 9), (1, 4)])
def test_a_size_outside_of_the_domain_is_refused_before_the_network_is_asked(width, height):
    found = of(pipeline(width, height, infer=raising(AssertionError("asked"))))
    assert found == Refused(f"would be fed {width} × {height} pixels, and the file is right from 2 to 8 a side")


@pytest.mark.parametrize("stage", ["decode", "resize", "normalise", "infer", "score"])
@pytest.mark.parametrize("error", [BadPhoto("no such photo"), OSError("no such photo\n  (encoder error -2)"), MemoryError()])
def test_whatever_a_stage_raises_is_the_reason_in_one_line(stage, error):
    assert of(pipeline(**{stage: raising(error)})) == Refused("no such photo" if str(error) else "MemoryError")


def test_a_deployment_whose_process_is_over_ends_the_run():
    with pytest.raises(Over):
        attempt(lambda: raising(Over("deployment: it died"))(None))
