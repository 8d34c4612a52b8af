"""What the page says of blocks, faults and variants, and that its pictures are whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.text import Text

from lib.compare.comparison import Comparison
from lib.studies.layers import pictures, variants
from lib.studies.layers.blocks import Divided
from lib.studies.layers.errors import Error, Reading
from lib.studies.layers.measure import Study
from lib.studies.layers.planted import Fault
from lib.studies.layers.search import Probe, Search
from lib.studies.layers.variants import Variant
from tests.conftest import assert_whole
from tests.records import NUMBERS, page, with_numbers

NAMES = ["stem", *(f"_blocks.{i}" for i in range(16)), "head", "pooling", "logits"]
TOLERANCE, ALONE = 1e-4, 1e-5


def readings(accumulated: float, local: float, first: int = 0, faulty: int | None = None) -> tuple[Reading, ...]:
    """Errors from a block on, and a local one in the block ``faulty``."""
    return tuple(
        Reading(name, Error(accumulated * (i >= first), 0.0), Error(1.0 if i == faulty else local, 0.0), (1, 8, 4, 4))
        for i, name in enumerate(NAMES)
    )


def variant(name: str, off: float, flipped: int, ratio: float, megabytes: float) -> Variant:
    logits = np.array([[5.0, 0.0]], np.float32)
    comparisons = [
        Comparison.of(str(photo), name, {"infer": (logits, logits[:, ::-1] if photo < flipped else logits + off)})
        for photo in range(2)
    ]
    return Variant(name, tuple(with_score(each) for each in comparisons), ratio, megabytes)


def with_score(comparison: Comparison) -> Comparison:
    return replace(comparison, stages=(*comparison.stages, replace(comparison["infer"], stage="score", largest=0.125)))


@pytest.fixture
def study(network: Divided) -> Study:
    probes = tuple(Probe(name, Error(float(over), 0.0), over) for name, over in (("_blocks.8", True), ("_blocks.3", False)))
    return Study(
        2,
        network,
        readings(4e-6, 1e-6),
        Fault("_blocks.7", "_blocks.7.weight", 0.1, network),
        readings(1.0, 1e-6, first=8, faulty=8),
        Search("coffee.png", Error(0.25, 1.0), probes, "_blocks.7"),
        (variant(variants.DEFAULT, 0.0, 0, 1.0, 18.7), variant("1 thread", 0.5, 0, 1.5, 18.7)),
        (
            variant(variants.AS_IT_IS, 0.0, 0, 1.0, 20.0),
            variant(variants.FP16, 0.5, 0, 1.5, 10.0),
            variant(variants.STATIC, 1.0, 1, 0.8, 5.0),
        ),
        TOLERANCE,
        ALONE,
    )


def test_pictures_are_whole(study, drawn):
    nan = float("nan")
    pictures.errors(study)
    pictures.errors(replace(study, healthy=readings(nan, 0.0)))
    pictures.search(study)
    pictures.sizes(study)
    pictures.sizes(replace(study, files=(study.files[0], variant(variants.DYNAMIC, nan, 0, 1.8, 4.8))))
    assert len(drawn) == 5
    for figure in drawn:
        assert_whole(figure)


def test_blocks_are_labelled_by_their_numbers_or_by_their_names(study, drawn):
    renamed = tuple(replace(each, block=each.block.replace("_blocks.1", "layer.1")) for each in study.healthy)
    pictures.errors(study)
    pictures.errors(replace(study, healthy=renamed))
    one, two = ([tick.get_text() for tick in figure.axes[0].get_xticklabels()] for figure in drawn)
    assert one == ["stem", *map(str, range(16)), "head", "pooling", "logits"]
    assert drawn[0].axes[0].get_xlabel() == "block; numbers are those of _blocks"
    assert {"layer.1", "_blocks.2"} <= set(two)
    assert drawn[1].axes[0].get_xlabel() == "block"


def test_a_healthy_network_parts_nowhere(study):
    said = pictures.finding(study)
    assert "They part nowhere: over 2 photos and 20 blocks" in said
    assert 'class="finding"' in said
    assert "20 of 20 blocks stay within both tolerances" in pictures.errors(study)
    assert pictures.blocks(study).count("✓ within") == 20
    assert pictures.blocks(study).startswith("<details")


def test_a_faulty_network_is_told_where_it_parts(study):
    broken = replace(study, healthy=study.faulty)
    said = pictures.finding(broken)
    assert "part from PyTorch&#x27;s first in block _blocks.7; by themselves err: _blocks.7." in said
    assert 'class="warning"' in said
    assert pictures.blocks(broken).count("✗ over") == 12
    within = replace(study, healthy=readings(1e-5, 1e-6, faulty=3))
    assert "add up to no more than the tolerance; by themselves err: _blocks.2." in pictures.finding(within)


def test_the_page_says_how_the_files_for_viewers_are_opened(study):
    said = pictures.viewers(study)
    both = "reports/latest/07_layers.accumulated_node_data.json,reports/latest/07_layers.local_node_data.json"
    assert f"onnxvis .cache/models/{study.network.where} --node_data_paths={both}" in said
    assert "drop 07_layers.netron.json on its window" in said


def test_the_search_says_which_cuts_lead_where(study):
    assert "2 cuts lead to _blocks.7: _blocks.8 over, _blocks.3 within" in pictures.search(study)
    nothing = replace(study, search=Search("coffee.png", Error(0.0, 1.0), (), None))
    assert "0 cuts lead to no block: the logits are within the tolerance" in pictures.search(nothing)
    said = pictures.search_finding(study)
    assert "moves a logit of coffee.png by 0.25. 2 cuts among 20 blocks find _blocks.7." in said
    assert "it stays over at every later one" in said
    assert "only _blocks.7 errs" in said
    lapsed = replace(study, faulty=(*readings(1.0, 1.0)[:-1], *readings(0.0, 0.0)[-1:]))
    assert "it does not stay over at every later one" in pictures.search_finding(lapsed)
    assert "only" not in pictures.search_finding(lapsed)
    assert "no block errs" in pictures.search_finding(replace(study, faulty=study.healthy))


def test_settings_say_what_they_change(study):
    said = pictures.settings_finding(study)
    assert "No setting of 2 moves a logit more than 0.5 from PyTorch&#x27;s, and no answers change." in said
    assert "The slowest is 1 thread, with which an answer takes 1.50× the default&#x27;s time." in said
    changed = replace(study, settings=(*study.settings, variant("2 threads", 0.0, 2, 0.9, 18.7)))
    assert "and 2 answers change" in pictures.settings_finding(changed)
    assert "1.50×" in pictures.settings(study)
    assert "another class" not in pictures.settings(study)
    assert "another class" in pictures.settings(changed)


def test_the_page_says_what_a_smaller_file_costs(study, drawn):
    said = pictures.files_finding(study)
    assert "FP16 saves 50% of the file, takes 1.50× the time, moves a probability by up to 0.125" in said
    assert "and changes 0 of 2 answers. INT8, static" in said
    assert "changes 1 of 2 answers" in said
    assert f"{variants.STATIC} took its ranges from these same photos" in said
    assert "None of this is part of the verdict" in said
    assert "There is no INT8" not in said
    without = replace(study, files=study.files[:-1])
    assert "There is no INT8, static: it needs operator set 13 or newer." in pictures.files_finding(without)
    assert "took its ranges" not in pictures.files_finding(without)
    assert "Over 2 photos the smallest is INT8, static, 5.0 MB; answers change with INT8, static." in pictures.sizes(study)
    rows = [text.get_text() for text in drawn[0].findobj(Text)]
    assert {"20.0", "10.0", "5.0", "0, 0 flips", "0.5, 0 flips", "5, 1 flip"} <= set(rows)
    many = replace(study, photos=1000)
    assert f"took its ranges from {variants.CALIBRATED} of" in pictures.files_finding(many)
    assert "0.1250" in pictures.files(study)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_page_stands_any_number(study, lite, rules, number):
    assert page("07_layers", lite, rules, study=with_numbers(study, number))
