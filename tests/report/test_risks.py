"""What could still go wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.policy import Measurement
from lib.policy.policy import Change
from lib.report.risks import risks
from tests.report import made


def said(run, about: str) -> str:
    return dict(risks(run))[about]


def test_it_says_how_many_photos_of_which_kinds_were_looked_at():
    assert said(made.run(), "Photos") == "2 (1 PNG RGB, 1 JPEG RGB); no others."
    told = {"probes": {"tried": 108, "refused": []}}
    assert said(made.run(told=told), "Photos") == "2 (1 PNG RGB, 1 JPEG RGB) and 108 made pictures; no others."
    told |= {"package": {"name": "mine-onnx"}}
    packed = "2 (1 PNG RGB, 1 JPEG RGB), 108 made pictures and those that the package alone is tried on; no others."
    assert said(made.run(told=told), "Photos") == packed


def test_photos_that_were_swept_are_counted_and_those_that_nobody_looked_at_are_not():
    swept = {"mistakes": {"photos": 180, "cropped": 0}}
    assert said(made.run(told=swept), "Photos") == "2 (1 PNG RGB, 1 JPEG RGB) and 180 photos of the swept folder; no others."
    alone = made.run(told=swept, complete=False)
    alone = replace(alone, pages=alone.pages[1:])
    assert said(alone, "Photos") == "180 photos of the swept folder; no others."
    assert alone.readable == []
    crops = made.run(told={"mistakes": {"photos": 56, "cropped": 2}})
    assert said(crops, "Photos").startswith("2 (1 PNG RGB, 1 JPEG RGB); no others.")
    assert "56 crops of the photos" in said(crops, "Photos")


def test_accuracy_is_never_claimed():
    assert said(made.run(off=2), "Accuracy") == "not measured."
    assert said(made.run(), "Accuracy").startswith("not measured")
    subject = made.run().facts["subject"] | {"claims_accuracy": False}
    assert said(made.run(subject=subject), "Accuracy").startswith("not claimed")


def test_where_the_preprocessing_is_from_is_quoted_or_said_to_be_unknown():
    assert "does not say" in said(made.run(), "Preprocessing")
    subject = made.run().facts["subject"] | {"preprocessing_source": "as timm evaluates it."}
    assert said(made.run(subject=subject), "Preprocessing") == "as timm evaluates it."


@pytest.mark.parametrize("about", ["Sizes", "Refused", "Libraries"])
def test_what_was_not_tried_says_so(about):
    assert "not tried in this run" in said(made.run(), about)


def test_sizes_that_were_tried_and_refused_are_counted():
    told = {"sizes": made.SIZES}
    assert said(made.run(told=told), "Sizes") == "180 from 32 to 896 px; longer photos are refused."
    off = {"sizes": made.SIZES | {"refused": 3, "wrong": 1}}
    assert "px, 3 of them refused, 1 of them wrong;" in said(made.run(told=off), "Sizes")
    own = made.run(told=told, parameters={"deployment": "myteam.serving:pipeline"})
    assert said(own, "Sizes") == "180 from 32 to 896 px; others were not tried."


def test_pictures_that_the_deployment_refuses_are_named():
    told = {"probes": {"tried": 9, "refused": [f"picture {i}" for i in range(6)]}}
    expected = "6 made pictures with a right answer: picture 0, picture 1, picture 2, picture 3 and 2 more."
    assert said(made.run(told=told), "Refused") == expected


def test_libraries_whose_default_is_wrong_are_named_and_so_are_those_that_are_missing():
    wrong = [{"name": "OpenCV", "other_classes": 2}, {"name": "OpenVINO", "other_classes": 0}]
    told = {"libraries": {"wrong": wrong, "missing": [{"name": "LiteRT"}]}}
    expected = "other classes from OpenCV. Other numbers from OpenVINO. No answer from LiteRT."
    assert said(made.run(told=told), "Libraries") == expected
    told["libraries"] = {"wrong": [], "missing": []}
    assert said(made.run(told=told), "Libraries") == "all that were tried answer as PyTorch does."


def test_a_skipped_thing_never_reads_as_passed():
    assert said(made.run(), "Skipped") == "nothing: every check was measured."
    assert said(made.run(skipped="there is no file"), "Skipped") == "1 check: b.same (there is no file)."
    photos = made.run().facts["photos"] | {"unreadable": [{"name": "cut.jpg", "reason": "ends early"}]}
    assert said(made.run(photos=photos), "Skipped") == "1 photo left out: cut.jpg."
    assert said(made.run(complete=False), "Skipped") == "all notebooks but 01_a, 02_b."


def test_what_was_changed_and_what_only_warned_is_said_where_there_is_any():
    assert "Changed" not in dict(risks(made.run()))
    git = {"commit": "0123", "clean": False}
    assert said(made.run(git=git, slow=3), "Changed") == "the code, by uncommitted changes; b.slow only warned."


def test_a_warning_that_nobody_measured_is_named_though_the_run_ships():
    run = made.run()
    run.pages[1].record.measurements.pop()
    assert run.verdict.key == "ship"
    assert said(run, "Skipped") == "1 check: b.slow (not recorded)."
    run.pages[1].record.measurements.append(Measurement("b.slow", 0.5, 0))
    assert said(run, "Skipped") == "1 check: b.slow (nothing was compared)."


def test_a_severity_that_was_changed_is_no_threshold():
    run = made.run()
    change = Change(run.policy["a.off"], "severity", "error", "warning", "")
    assert said(replace(run, policy=replace(run.policy, changes=(change,))), "Changed").startswith(
        "1 made a warning or an error"
    )
