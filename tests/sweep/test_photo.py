"""One photo through many pipelines gives the numbers that each alone gives, with less work."""

from __future__ import annotations

import math
from dataclasses import astuple, replace

import numpy as np
import pytest

from lib.deploy import BadPhoto
from lib.deploy.stages import Infer
from lib.mistakes import CATALOGUE
from lib.sweep.model import SweptModel
from lib.sweep.photo import BATCH, Prepared, one_at_a_time
from lib.sweep.plan import pipelines
from lib.sweep.ways import Mistaken
from tests.conftest import encoded, picture
from tests.sweep.made import Fails, Naught, plan


class Counting:
    """An ONNX Runtime session that counts the inputs it is given, and the batches."""

    def __init__(self, session) -> None:
        self._session = session
        self.batches: list[int] = []

    def get_inputs(self):
        return self._session.get_inputs()

    def run(self, outputs, feeds):
        self.batches.append(len(next(iter(feeds.values()))))
        return self._session.run(outputs, feeds)


@pytest.mark.parametrize("size", [(450, 300), (301, 333)])
def test_the_whole_catalogue_gives_the_numbers_of_each_pipeline_alone_to_the_last_digit(lite0, size):
    data = encoded(picture(*size))
    reference, ways = pipelines(plan(lite0, [Mistaken((name,)) for name in CATALOGUE]))
    found = Prepared(data, reference, ways).answered()
    assert list(found) == ["", *CATALOGUE]
    for name, way in ways.items():
        np.testing.assert_array_equal(astuple(found[name]), astuple(one_at_a_time(data, reference, way)), err_msg=name)


def test_a_network_with_squeeze_and_excite_answers_alike_in_batches_and_alone(stand_in):
    data = encoded(picture(400, 300))
    reference, ways = pipelines(plan(stand_in))
    found = Prepared(data, reference, ways).answered()
    for name, way in ways.items():
        np.testing.assert_array_equal(astuple(found[name]), astuple(one_at_a_time(data, reference, way)), err_msg=name)


def test_the_reference_beside_itself_loses_nothing(lite0):
    data = lite0.photos.readable[0].data
    right = lite0.reference.trace(data)
    numbers = Prepared(data, pipelines(plan(lite0))[0], {}).answered()[""]
    ordered = np.sort(right.infer[0])
    assert numbers.kl == 0
    assert numbers.top1 == right.score.argmax()
    assert numbers.probability == pytest.approx(right.score.max(), abs=1e-4)
    assert numbers.margin == pytest.approx(ordered[-1] - ordered[-2], abs=1e-3)


def test_numbers_are_what_their_names_say(lite0):
    data = lite0.photos.readable[1].data
    reference, ways = pipelines(plan(lite0))
    numbers = Prepared(data, reference, ways).answered()["squash"]
    right, wrong = reference.trace(data), ways["squash"].trace(data)
    p, q = right.score[0].astype(float), wrong.score[0].astype(float)
    of = right.score.argmax()
    assert numbers.kl == pytest.approx((p * np.log(p / q)).sum(), rel=1e-6)
    assert numbers.margin == pytest.approx(wrong.infer[0, of] - np.delete(wrong.infer[0], of).max(), rel=1e-6)
    assert (numbers.probability, numbers.second) == tuple(np.sort(q)[:-3:-1])


def test_what_is_the_same_to_the_network_is_inferred_once_and_in_batches(lite0):
    model = SweptModel.opened(str(lite0.onnx_path), plan(lite0).sha256)
    counting = Counting(model.pipeline.infer.session)
    right = replace(model.pipeline, infer=Infer(counting, model.pipeline.infer.domain))
    names = ("EXIF ignored", "mode unconverted", "OpenCV nearest-exact", "Pillow nearest", "OpenCV linear", "BGR")
    ways = {name: CATALOGUE[name].commit(right, model.contract) for name in names}
    Prepared(encoded(picture(400, 300)), right, ways).answered()
    assert sum(counting.batches) == 4  # the first two decode alike, and the next two resize alike
    assert counting.batches == [BATCH] * (4 // BATCH)


def test_a_stage_that_several_mistakes_begin_with_runs_once(lite0):
    model = SweptModel.opened(str(lite0.onnx_path), plan(lite0).sha256)
    decoded = []

    def decode(data):
        decoded.append(data)
        return model.pipeline.decode(data)

    right = replace(model.pipeline, decode=decode)
    names = ("squash", "BGR", "mirrored", "no mean and std")
    Prepared(encoded(picture(400, 300)), right, {name: CATALOGUE[name].commit(right, model.contract) for name in names})
    assert len(decoded) == 1


def test_a_pipeline_that_raises_or_answers_with_nan_has_no_answer_and_the_others_have(lite0):
    reference, ways = pipelines(plan(lite0, [Fails(), Naught(), Mistaken(("squash",))]))
    found = Prepared(encoded(picture(400, 300)), reference, ways).answered()
    assert (found["fails"].top1, found["fails"].refused) == (-1, "no such photo")
    assert (found["naught"].top1, found["naught"].refused) == (-1, "its probabilities are not finite")
    assert math.isnan(found["fails"].margin)
    assert found["squash"].top1 >= 0


def test_a_size_that_the_network_does_not_take_is_refused_for_that_pipeline_alone(lite0):
    reference, ways = pipelines(plan(lite0, [Mistaken(("squash",))]))
    small = replace(ways["squash"], resize=lambda image: image.resize((8, 8)))
    found = Prepared(encoded(picture(400, 300)), reference, {"small": small} | ways).answered()
    assert "8" in found["small"].refused
    assert found["squash"].top1 >= 0


def test_a_photo_that_the_reference_does_not_take_has_no_numbers(lite0):
    with pytest.raises(BadPhoto, match="not an image"):
        Prepared(b"no image", *pipelines(plan(lite0)))
