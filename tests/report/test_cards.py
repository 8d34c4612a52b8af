"""What a page begins with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.report import cards


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("From our <b>validation</b> transform.", "From our &lt;b&gt;validation&lt;/b&gt; transform."),
        ("", "the subject file does not say"),
    ],
)
def test_the_card_quotes_where_the_preprocessing_is_from(stand_in, source, shown):
    handoff = replace(stand_in, subject=replace(stand_in.subject, source=source))
    assert f'<th scope="row">preprocessing from</th><td data-label="b0-stand-in">{shown}</td>' in cards.card(handoff)


def test_files_that_are_no_pictures_are_counted_and_named(stand_in):
    assert "other file" not in cards.card(stand_in)
    shown = cards.card(replace(stand_in, photos=replace(stand_in.photos, others=("<labels>.csv", "notes.txt"))))
    assert "2 other files in the folder" in shown
    assert "&lt;labels&gt;.csv, notes.txt" in shown
