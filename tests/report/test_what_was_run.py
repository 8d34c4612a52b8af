"""Tables of what a run was made of."""

from __future__ import annotations

from lib.report import what_was_run
from tests.report import made


def test_hashes_versions_machine_and_photos_are_there():
    shown = "".join(what_was_run.tables(made.run()))
    for text in ("c" * 64, "d" * 64, "13.0.0", "A processor, 2 cores, Linux", "600 × 400", "0123456789abcdef clean"):
        assert text in shown
    assert "not given" in shown  # a parameter that was not given
    assert "swish story" not in shown


def test_another_subject_that_the_swish_story_was_told_on_is_named():
    story = {"name": "b0", "sha256": "1" * 64, "weights_sha256": "2" * 64}
    assert "b0, subject file SHA-256 1111" in "".join(what_was_run.tables(made.run(story=story)))


def test_photos_left_out_have_their_reasons():
    photos = made.run().facts["photos"] | {"unreadable": [{"name": "cut.jpg", "reason": "ends early"}]}
    assert "ends early" in what_was_run.left_out(made.run(photos=photos))
