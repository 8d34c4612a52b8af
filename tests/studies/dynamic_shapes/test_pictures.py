"""What the page says of sizes, and that its pictures are whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lib.compare.comparison import Comparison
from lib.deploy import Domain
from lib.report.html import Html
from lib.studies.dynamic_shapes import pictures
from lib.studies.dynamic_shapes.measure import Difference, Drawn, Outside, Padded, SizeMap, Study, Way
from lib.studies.dynamic_shapes.ways import ATTEMPTS, CANDIDATES, FIXED, STATIC, TRACED
from tests.conftest import assert_whole
from tests.records import NUMBERS, page, with_numbers, with_rows

SIDES = (32, 33, 224, 225)
TOLERANCE = 1e-3


def size_map(name: str, right: int, otherwise: float) -> SizeMap:
    """A map that is right at the first sizes, and elsewhere as told."""
    differences = np.full(16, otherwise)
    differences[:right] = 1e-6
    flips = np.isfinite(differences) & (differences > 1)
    return SizeMap(name, SIDES, differences.reshape(4, 4), flips.reshape(4, 4), TOLERANCE)


def logits(likeliest: int, classes: int) -> np.ndarray:
    return np.eye(classes, dtype=np.float32)[[likeliest]] * 5


@pytest.fixture
def study(lite0) -> Study:
    n = len(lite0.subject.classes)
    maps = {FIXED: (1, np.inf), STATIC: (4, 2.0), TRACED: (1, 30.0)} | dict.fromkeys(CANDIDATES, (16, 0.0))
    ratios = {STATIC: 1.0} | dict(zip(CANDIDATES, (1.5, 1.2, 1.7), strict=True))
    nan = float("nan")
    ways = {name: Way(size_map(name, *maps[name]), 94, 18.7, ratios.get(name, nan)) for name in (*ATTEMPTS, *CANDIDATES)}
    padded = [
        Padded(Comparison.of(name, "padded once", {"infer": (logits(504, n), logits(504, n) + off)}), (224, 336))
        for name, off in (("a.png", 0.0), ("b.png", 0.5))
    ]
    outside = Outside(Domain(32, 1024), 4, 1, "the network would be fed 31 × 32 pixels", "")
    shipped = size_map("the exported file", 16, 0.0)
    drawn = Drawn(7, {(430, 411): Difference(2e-5, False)}, TOLERANCE)
    return Study(ways, shipped, drawn, tuple(padded), "Got: 336 Expected: 224", 3, 0.0, outside, TOLERANCE)


def test_pictures_are_whole(study, lite0, drawn):
    pictures.traced_padding(study)
    pictures.shipped(study, lite0.subject)
    pictures.size_maps([study.ways[FIXED].seen], "it")
    pictures.size_maps([size_map("refused everywhere", 0, np.inf), study.ways[FIXED].seen], "it")
    pictures.size_maps([size_map("NaN", 3, np.nan)], "it")
    assert len(drawn) == 5
    for figure in drawn:
        assert_whole(figure)


def test_a_map_says_what_it_finds(study):
    fixed = pictures.size_maps([study.ways[FIXED].seen], "it")
    assert "Fixed size is right at 1 of 16 sizes, 15 refused. " in fixed
    assert "hatched sizes are refused" in fixed
    traced = pictures.traced_padding(study)
    assert "wrong at 15 without an error, by up to 30 logits, another class at 15" in traced
    assert "at 15 it takes the input and gives another answer" in traced
    assert "Static padding is right at 4 of 16 sizes, wrong at 12" in traced
    assert "the worst is off by" in pictures.size_maps([study.shipped], "it")
    assert "wrong at 16 without an error, another class at 0" in pictures.size_maps([size_map("NaN", 0, np.nan)], "it")


def test_refused_sizes_are_hatched_and_other_classes_crossed(study, drawn):
    pictures.size_maps([study.ways[STATIC].seen, study.ways[FIXED].seen], "it")
    left, right = drawn[0].axes[:2]
    assert [patch.get_hatch() for patch in left.patches] == []
    assert [patch.get_hatch() for patch in right.patches] == ["////"] * 15
    assert [len(line.get_xdata()) for line in (*left.lines, *right.lines)] == [12, 0]


def test_a_file_that_is_right_everywhere_is_a_sentence_and_its_map_is_folded(study, lite0):
    said = pictures.shipped(study, lite0.subject)
    assert said.index("at 16 of 16 sizes") < said.index("<details") < said.index("<figure")
    wrong = pictures.shipped(replace(study, shipped=size_map("the exported file", 9, 0.5)), lite0.subject)
    assert "<details" not in wrong
    assert wrong.index("<figure") < wrong.index("at 9 of 16 sizes")


def test_where_no_photo_is_moved_a_sentence_says_so(study, lite0):
    still = pictures.static_padding(replace(study, padded=study.padded[:1]), lite0.subject)
    assert "none of this run&#x27;s photos" in still
    assert "<table" not in still


def test_the_fixed_size_says_what_onnx_runtime_answers(study, lite0):
    said = pictures.fixed_size(study, lite0.subject)
    assert "Got: 336 Expected: 224" in said
    assert "right at 1 of 16 sizes, refuses 15 with an error, among them the article&#x27;s 336 × 224" in said
    taken = pictures.fixed_size(replace(study, refusal=""), lite0.subject)
    assert "no error" in taken
    assert "among them" not in taken


def test_static_padding_names_the_photo_that_it_moves_most(study, lite0):
    said = pictures.static_padding(study, lite0.subject)
    first = study.padded[0].comparison
    assert f"{lite0.subject.classes[504]} {first.reference.probability:.4f}" in said
    assert "moves the logits of 1, most those of b.png, by 0.5." in said
    assert "336\u00a0×\u00a0224" in said


def test_where_static_padding_moves_no_photo_none_is_named(study, lite0):
    said = pictures.static_padding(replace(study, tolerance=1.0), lite0.subject)
    assert "It moves the logits of none of this run&#x27;s photos." in said
    assert "most those of" not in said


def test_the_fastest_way_that_is_right_is_named(study):
    said = pictures.candidates(study)
    assert "3 of 3 ways that compute the padding in the graph are right at every size" in said
    assert f"The fastest of them is {CANDIDATES[1]}, at 1.20 times" in said
    assert said.count("✓ right") == 3
    assert said.count("✗ wrong or refused elsewhere") == 3
    broken = {name: replace(way, seen=study.ways[TRACED].seen) for name, way in study.ways.items()}
    assert "None of these ways is right" in pictures.candidates(replace(study, ways=broken))


def test_a_statically_padded_subject_is_told_how_to_change(study, lite0, stand_in):
    assert "padding = &quot;same&quot; into its TOML file" in pictures.shipped(study, stand_in.subject)
    assert "TOML" not in pictures.shipped(study, lite0.subject)
    assert "at 16 of 16 sizes" in pictures.shipped(study, lite0.subject)


def test_the_domain_says_what_was_refused(study):
    said = pictures.domain(study.outside)
    assert isinstance(said, Html)
    assert "from 32 to 1024 pixels" in said
    assert "refused 3 of 4 sizes just outside of it" in said
    assert "no error" in pictures.domain(replace(study.outside, said=""))


def test_what_was_drawn_is_said_with_its_seed(study, lite0):
    assert "drawn at random over the whole domain with the seed 7, none is off by more than 2e-05" in pictures.shipped(
        study, lite0.subject
    )
    off = replace(study, drawn=Drawn(7, {(430, 411): Difference(0.7, False)}, TOLERANCE))
    assert "it is off by more than 0.001 logits at 430 × 411." in pictures.shipped(off, lite0.subject)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_page_stands_any_number(study, lite0, rules, number):
    assert page("06_dynamic_shapes", lite0, rules, study=with_numbers(study, number))


def test_the_page_stands_a_single_photo(study, lite0, rules):
    assert page("06_dynamic_shapes", lite0, rules, study=with_rows(study, 1, "padded"))
