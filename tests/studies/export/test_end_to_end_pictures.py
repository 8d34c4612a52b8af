"""Pictures and tables of the file with its preprocessing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.studies.export import end_to_end_pictures as pictures
from lib.studies.export.end_to_end import Limited
from tests.conftest import assert_whole, bare
from tests.studies.export.conftest import PHOTOS, SIZES


@pytest.fixture(scope="session")
def found(study):
    return study.end_to_end


def test_everything_is_shown(found, few, drawn):
    said = pictures.shown(found, few.subject.contract)
    assert f"over {len(PHOTOS) + SIZES} pictures" in said
    assert f"At {SIZES} random sizes" in said
    assert "EXIF orientation and converting it to RGB stay outside" in said
    assert "uint8 (height, width, 3)" in said
    assert len(drawn) == 1
    assert_whole(drawn[0])


def test_it_says_which_photos_the_file_refuses_and_quotes_its_error():
    assert "photo refused: too long" in pictures.limits(Limited(4, (), "photo refused: too long"))
    assert "takes photos of any shape" in pictures.limits(Limited(4, (), ""))
    assert "only the file or only the package refuses 1 × 5, 5 × 1" in pictures.limits(Limited(4, ("1 × 5", "5 × 1"), "no"))


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


def same(comparison, largest=4e-6):
    """The comparison as if the network were fed PyTorch's very values."""
    stages = tuple(replace(each, equal=float(each.stage != "infer"), largest=largest) for each in comparison.stages)
    return replace(comparison, stages=stages, candidate=comparison.reference)


def test_where_every_photo_is_fed_pytorchs_values_a_sentence_says_so(found):
    said = pictures.photos(replace(found, photos=tuple(map(same, found.photos))))
    assert "<table" not in said
    assert f"On all {len(PHOTOS)} photos every value that the network is fed is PyTorch&#x27;s" in said
    assert "off by 4e-06 at most" in said
    assert "<table" in pictures.photos(replace(found, photos=(*map(same, found.photos[1:]), found.photos[0])))


def test_another_class_at_a_random_size_is_a_cross(found, few, drawn):
    assert "a cross is" not in pictures.sizes(found, few.subject.contract)
    first = found.sizes[0]
    other = replace(first, candidate=replace(first.candidate, likeliest=first.reference.likeliest[::-1]))
    said = pictures.sizes(replace(found, sizes=(other, *found.sizes[1:])), few.subject.contract)
    assert "a cross is another likeliest class, on 1 picture." in said
    assert [len(points.get_offsets()) for points in drawn[1].axes[0].collections] == [SIZES - 1, 1]


def test_very_many_sizes_are_drawn_as_a_picture(found, few, drawn):
    many = replace(found, sizes=found.sizes * (pictures.POINTS // SIZES + 1))
    assert len(pictures.sizes(many, few.subject.contract)) < 300_000
    assert all(points.get_rasterized() for axes in drawn[0].axes for points in axes.collections)
