"""The study, measured once on two photos, with every call of the reference's decode and infer."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from lib.handoff import Handoff
from lib.inputs.photos import Photo, Photos
from lib.studies.parity.measure import Study, measured


@dataclass(frozen=True)
class Measured:
    handoff: Handoff
    study: Study
    decoded: Counter[bytes]  # photo files, by how often the reference decoded them
    inferred: Counter[bytes]  # inputs, by how often the reference's network was given them


def changed(handoff: Handoff, photos: Sequence[Photo], **pipelines) -> Handoff:
    """The same with other photos, and with a pipeline of its own: the rest is shared."""
    copy = dataclasses.replace(handoff, photos=Photos(tuple(photos), ()))
    vars(copy).update({"model": handoff.model, "reference": handoff.reference, "deployment": handoff.deployment} | pipelines)
    return copy


@pytest.fixture(scope="package")
def parity(lite0, rules) -> Measured:
    decoded, inferred = Counter(), Counter()

    def decode(data):
        decoded[data] += 1
        return lite0.reference.decode(data)

    def infer(tensor):
        inferred[np.asarray(tensor).tobytes()] += 1
        return lite0.reference.infer(tensor)

    landscape, portrait = lite0.photos.readable[0], lite0.photos.readable[4]
    handoff = changed(lite0, [landscape, portrait], reference=dataclasses.replace(lite0.reference, decode=decode, infer=infer))
    return Measured(handoff, measured(handoff, rules, seed=0), decoded, inferred)
