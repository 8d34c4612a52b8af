"""A pipeline that is only tried, as one with a mistake in it: where it gives no answer to a photo, that is a finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from lib.compare.shared import SharedTraces
from lib.deploy import Domain, Pipeline, Trace
from lib.inputs.deployment import Over
from lib.inputs.reading import one_line

T = TypeVar("T")


@dataclass(frozen=True)
class Refused:
    """No answer.

    Attributes:
        why: one line, as ``would be fed 320 × 1280 pixels, …``.
    """

    why: str

    @classmethod
    def outside(cls, domain: Domain, width: int, height: int) -> Refused:
        """Of a network that would be fed ``width`` × ``height`` pixels, outside of its domain."""
        return cls(f"would be fed {width} × {height} pixels, and the file is right from {domain.least} to {domain.most} a side")


def attempt(call: Callable[[], T]) -> T | Refused:
    """What a mistaken stage gives, or the first line of what it raises: it may call any library, which raises anything.

    Raises:
        Over: a deployment's process is over, so that nothing more can be asked of it.
    """
    try:
        return call()
    except Over:
        raise
    except Exception as error:
        return Refused(one_line(error))


def tried(shared: SharedTraces, pipeline: Pipeline, domain: Domain) -> Trace | Refused:
    """The trace of a pipeline, or why there is none: a stage does not take the photo, or the network is fed a wrong size.

    The network is not asked at a size outside of its domain, so that neither it nor the deployment is blamed for one.

    Args:
        shared: of the photo.
        pipeline: one that nobody ships.
        domain: the sizes that its network is right for.

    Raises:
        Over: as :func:`attempt`.
    """

    def trace() -> Trace | Refused:
        outputs = {}
        for stage, output in shared.outputs(pipeline):
            outputs[stage] = output
            if stage == "normalise":
                height, width = output.shape[2:]
                if not domain.holds(width, height):
                    return Refused.outside(domain, width, height)
        return Trace(**outputs)

    return attempt(trace)
