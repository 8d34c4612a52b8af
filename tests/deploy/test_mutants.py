"""Damaged pictures of every format: each is decoded or refused as a bad photo, and nothing else happens."""

from __future__ import annotations

from collections import Counter

import pytest

from lib.deploy.stages import FORMATS
from tests.deploy import mutants

COUNT = 2500


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return mutants.originals()


def test_there_is_a_whole_picture_of_every_format_to_begin_with(files):
    decoded = {name.split()[0] for name, data in files.items() if mutants.outcome(data) == "decoded"}
    assert {*FORMATS, "MPO"} - decoded <= {"PSD"}  # which Pillow reads and does not write


# Without it most damage that Pillow only warns of would be refused, since warnings are errors here.
@pytest.mark.filterwarnings("ignore")
def test_a_damaged_picture_is_decoded_or_refused(files):
    said = Counter(mutants.outcome(data) for _, data in mutants.mutants(files, COUNT, seed=0))
    assert said.keys() == {"decoded", "refused"}
    assert min(said.values()) > COUNT / 10


def test_a_warning_that_is_an_error_is_a_bad_photo_too(files):
    some = {name: data for name, data in files.items() if name in ("JPEG turned", "TIFF turned", "GIF P")}
    said = Counter(mutants.outcome(data) for _, data in mutants.mutants(some, 200, seed=0))
    assert said.keys() == {"decoded", "refused"}
