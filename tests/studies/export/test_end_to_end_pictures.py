"""Pictures and tables of the file with its preprocessing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.studies.export import end_to_end_pictures as pictures
from tests.conftest import assert_whole, bare
from tests.studies.export.conftest import PHOTOS, SIZES


@pytest.fixture(scope="session")
def found(study):
    return study.end_to_end


def test_everything_is_shown(found, few, drawn):
    said = pictures.shown(found, few.subject.contract)
    assert f"over {len(PHOTOS) + SIZES} pictures" in said
    assert f"at {SIZES} random sizes" in said
    assert "EXIF orientation and converting it to RGB stay outside" in said
    assert "uint8 (height, width, 3)" in said
    assert len(drawn) == 1
    assert_whole(drawn[0])


def test_each_photo_has_a_row_with_its_size(found, few):
    said = pictures.photos(found)
    for photo in few.photos.readable:
        assert f'<th scope="row">{photo.name}</th><td>{photo.size[0]} × {photo.size[1]}</td>' in bare(said)
    assert said.count("✓ the same") == len(PHOTOS)


def test_another_class_is_marked_with_the_lead_it_had(found):
    first = found.photos[0]
    other = replace(first.candidate, likeliest=first.reference.likeliest[::-1])
    flipped = replace(first, candidate=other, reference=replace(first.reference, lead=0.125))
    changed = replace(found, photos=(flipped, *found.photos[1:]))
    assert pictures.photos(changed).count("✗ another") == 1
    assert "changes on 1, where PyTorch&#x27;s leads by at most 0.125 logits" in pictures.finding(changed)
    assert "never changes" in pictures.finding(found)


def test_where_there_is_no_file_the_page_says_why(found, few):
    missing = replace(found, file=None, missing="ONNX's Resize has no lanczos filter", photos=(), sizes=())
    said = pictures.shown(missing, few.subject.contract)
    assert "There is no end-to-end file: ONNX&#x27;s Resize has no lanczos filter." in said
