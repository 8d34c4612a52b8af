"""Other settings of ONNX Runtime and smaller files: what they change."""

from __future__ import annotations

import logging
from dataclasses import replace

import onnx
import pytest

from lib.export import graph
from lib.studies.layers import pictures as layers_report
from lib import handoff as migration
from lib.studies.layers import variants as what_ifs
from lib.inputs.photos import Photos


@pytest.fixture(scope="module")
def lite(lite0):
    return replace(lite0, photos=Photos(lite0.photos.readable[:2], ()))


@pytest.fixture(scope="module")
def smaller(lite):
    return {outcome.name: outcome for outcome in what_ifs.files(lite)}


def test_levels_and_threads_agree(lite):
    outcomes = what_ifs.settings(lite)
    assert [outcome.name for outcome in outcomes[:5]] == [what_ifs.DEFAULT, *what_ifs.LEVELS, "1 thread"]
    assert what_ifs.worst(outcomes) < 1e-4
    assert what_ifs.flips(outcomes) == 0
    assert outcomes[0].ratio == 1
    assert all(outcome.ratio > 0 for outcome in outcomes)
    assert "no answers change" in layers_report.settings_finding(outcomes)


def test_a_smaller_file_is_smaller_and_further_off(smaller):
    as_it_is = smaller[what_ifs.AS_IT_IS]
    assert as_it_is.logits < 1e-4
    assert smaller["FP16"].megabytes < 0.6 * as_it_is.megabytes
    assert smaller["INT8, static"].megabytes < 0.35 * as_it_is.megabytes
    assert smaller["INT8, dynamic"].megabytes < 0.35 * as_it_is.megabytes
    assert 100 * as_it_is.logits < smaller["FP16"].logits < smaller["INT8, static"].logits


def test_the_page_says_what_a_smaller_file_costs(smaller):
    said = layers_report.files_finding(list(smaller.values()), 2)
    assert "FP16 saves 50% of the file" in said
    assert "None of this is part of the verdict" in said
    assert "There is no INT8" not in said
    without = [outcome for name, outcome in smaller.items() if name != what_ifs.STATIC]
    assert "There is no INT8, static: it needs operator set 13 or newer." in layers_report.files_finding(without, 2)


def test_static_int8_has_a_scale_for_each_channel(lite):
    model = onnx.load(what_ifs.made(lite)["INT8, static"])
    assert graph.inventory(model)["DequantizeLinear"] > 40
    assert any("_scale" in tensor.name and tensor.dims == [32] for tensor in model.graph.initializer)


def test_files_are_made_once_and_calibrated_anew_for_other_photos(lite):
    first, again = what_ifs.made(lite), what_ifs.made(lite)
    assert first == again
    other = what_ifs.made(replace(lite, photos=Photos(lite.photos.readable[:1], ())))
    assert other["FP16"] == first["FP16"]
    assert other["INT8, static"] != first["INT8, static"]


def test_converters_are_silent_and_the_log_is_left_as_it_was(cache_folder, caplog, capfd):
    moving = migration.load("lite0-imagenet", exporter="torchscript", opset=11)
    moving = replace(moving, photos=Photos(moving.photos.readable[:1], ()))
    level = logging.getLogger().level
    assert list(what_ifs.made(moving)) == ["FP16", "INT8, dynamic"]  # operator set 11 has no scale for each channel
    assert logging.getLogger().level == level
    assert not [record for record in caplog.records if record.name == "root"]
    assert capfd.readouterr().err == ""
