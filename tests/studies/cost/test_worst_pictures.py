"""The worst photos as the page shows them."""

from __future__ import annotations

import html

from lib.studies.cost import worst_pictures
from lib.studies.cost.worst import worst
from tests.conftest import encoded, picture

NAME = "<b>'a'.png"


def test_a_photo_is_shown_with_both_answers_and_a_place_at_its_own_pixels(tmp_path, lite0):
    (tmp_path / NAME).write_bytes(encoded(picture(400, 260)))
    contract, classes = lite0.subject.contract, lite0.subject.classes
    chosen = [("OpenCV linear", NAME), ("squash", NAME)]
    shown = worst_pictures.worst(worst(tmp_path, chosen, lite0.reference, contract), contract, classes)
    assert "<b>" not in shown
    said = html.unescape(shown)
    for mistake, _ in chosen:
        assert f"{NAME}: {mistake} gives" in said
        assert "28 by 28 pixels from column" in said
    assert 'id="cost-worst-1"' in shown
    assert 'id="cost-worst-2"' in shown
    # another shape is laid over the photo, so that it can be subtracted
    assert "cannot be subtracted" not in said


def test_there_may_be_none(lite0):
    assert "No mistake changes an answer" in worst_pictures.worst((), lite0.subject.contract, lite0.subject.classes)
