"""On a labelled folder the study finds what a short script of its own finds, which shares no code with it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lib.inputs import photos
from lib.studies.cost.measure import FIRST, NAIVE, Study, measured
from tests import few

# What a person would write who has never seen this project.
SCRIPT = """\
import csv, json, sys
from pathlib import Path
import numpy as np, onnxruntime
from PIL import Image

folder, model, labels, names = Path(sys.argv[1]), sys.argv[2], dict(csv.reader(open(sys.argv[3]))), json.loads(sys.argv[4])
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])

def answer(image, size):
    pixels = np.asarray(image.resize(size, Image.BILINEAR), np.float32) / np.float32(255)
    tensor = (pixels - np.float32(127 / 255)) / np.float32(128 / 255)
    return int(session.run(None, {"image": tensor.transpose(2, 0, 1)[None]})[0].argmax())

right, squashed = [], []
for path in sorted(folder.rglob("*.jpg")):
    image, label = Image.open(path).convert("RGB"), names.index(labels[path.parent.name])
    width, height = image.size
    size = (224, int(224 * height / width)) if width <= height else (int(224 * width / height), 224)
    right.append(answer(image, size) == label)
    squashed.append(answer(image, (224, 224)) == label)
negative = sum(one and not other for one, other in zip(right, squashed))
print(json.dumps([sum(right) / len(right), sum(squashed) / len(squashed), negative]))
"""
# What the photos show, by the name of the file without its end.
SHOWS = {"coffee": "espresso", "chelsea": "tabby, tabby cat", "rocket": "missile"}


@pytest.fixture(scope="module")
def labelled(tmp_path_factory, lite0) -> tuple[Path, Path]:
    """Parts of three photos, a folder each, and a file that says what they show."""
    place, random = tmp_path_factory.mktemp("labelled"), np.random.default_rng(3)
    classes = lite0.subject.classes
    lines = []
    for photo in photos.load().readable:
        stem = photo.name.partition(".")[0]
        if stem in SHOWS:
            (place / "photos" / stem).mkdir(parents=True)
            image = Image.open(io.BytesIO(photo.data)).convert("RGB")
            for number in range(8):
                left, top = (int(random.uniform(0, 0.4) * side) for side in image.size)
                right, bottom = (int(random.uniform(0.6, 1) * side) for side in image.size)
                image.crop((left, top, right, bottom)).save(place / "photos" / stem / f"{number}.jpg", quality=90)
            name = next(each for each in classes if each.split(",")[0] == SHOWS[stem].split(",")[0])
            lines.append(f'{stem},"{name}"\n')
    (place / "labels.csv").write_text("".join(lines))
    return place / "photos", place / "labels.csv"


@pytest.fixture(scope="module")
def study(lite0, rules, labelled) -> Study:
    folder, labels = labelled
    return measured(few.of_photos(lite0, "coffee.png"), rules, str(folder), str(labels), "", "", 2, 0)


def test_accuracies_are_those_of_a_script_that_shares_no_code_with_it(lite0, labelled, study):
    folder, labels = labelled
    command = [sys.executable, "-c", SCRIPT, folder, lite0.onnx_path, labels, json.dumps(lite0.subject.classes)]
    said = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    reference, squashed, negative = json.loads(said.stdout)
    assert 0.2 < reference < 1
    assert study.found.reference_accuracy.value == reference
    found = study.found.costs["squash"].labelled
    assert (found.accuracy.value, found.negative, found.photos) == (squashed, negative, 24)
    assert found.negative > 0


def test_a_plain_loop_finds_the_same_and_the_deployment_answers_as_the_reference(study):
    assert study.recomputed == (0, 60)
    assert study.deployment_off == ()
    assert study.found.deployment.flips == 0


def test_what_was_looked_at_is_told(study):
    looked = study.looked
    assert (looked.files, looked.photos, looked.clusters, looked.cropped, looked.labelled) == (24, 24, 24, 0, 24)
    assert (looked.failed, looked.copies) == (0, 0)


def test_the_worst_photo_of_each_stages_costliest_mistake_is_shown(study):
    stages = [study.stages[pair.comparison.name] for pair in study.worst]
    assert len(set(stages)) == len(stages) >= 2
    for pair in study.worst:
        assert pair.comparison.moved > 0


def test_pairs_and_repairs_are_of_mistakes_that_were_tried(study):
    assert {each.both.name for each in study.found.together} >= {"squash + Pillow nearest"}
    assert set(study.found.repairs) == {FIRST, NAIVE}
    for repairs in study.found.repairs.values():
        assert repairs.repairs[-1].part == "all"
        assert repairs.repairs[-1].cost.agreement.value == 1


def test_the_same_again_is_the_same_to_the_last_digit(lite0, rules, labelled, study):
    folder, labels = labelled
    again = measured(few.of_photos(lite0, "coffee.png"), rules, str(folder), str(labels), "", "", 2, 0)
    assert again.looked.computed == 0
    assert repr(again.found) == repr(study.found)
