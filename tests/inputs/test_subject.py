"""Subjects from TOML: what is built in, and errors that name file and field."""

from __future__ import annotations

import json

import pytest

from lib.deploy import BadInput
from lib.inputs import subject
from tests import hostile_texts
from tests.conftest import edited


def test_the_built_in_subjects_are_what_they_say():
    assert subject.built_in() == ("b0-imagenet", "b0-stand-in", "lite0-imagenet")
    lite0, b0, stand_in = (subject.load(name) for name in ("lite0-imagenet", "b0-imagenet", "b0-stand-in"))
    assert lite0.contract.mean == (127 / 255,) * 3
    assert lite0.contract.std == (128 / 255,) * 3
    assert (b0.contract.size, b0.contract.rule, b0.contract.filter) == (224, "shorter-side", "bilinear")
    assert lite0.claims_accuracy
    assert b0.claims_accuracy
    assert "no claim on accuracy" in stand_in.label


def test_the_built_in_subjects_say_where_their_preprocessing_is_from_and_where_it_is_not_the_published_one():
    lite0, b0, stand_in = (subject.load(name).source for name in ("lite0-imagenet", "b0-imagenet", "b0-stand-in"))
    assert "127 and 128 of 255, are the published network's" in lite0
    assert "not that of the published evaluation, which takes the central 0.875 of the shorter side and is bicubic" in lite0
    assert "the example in efficientnet_pytorch's README" in b0
    assert "own evaluation is bicubic" in b0
    assert "never trained with it" in stand_in


def test_the_built_in_weights_say_under_which_licence_they_may_be_passed_on():
    assert {subject.load(name).weights.licence for name in subject.built_in()} == {"Apache-2.0"}


@pytest.mark.parametrize(
    ("line", "licence"),
    [
        ("", ""),
        ('licence = " CC-BY-4.0 "\n', "CC-BY-4.0"),
        ('licence = "for us\\nalone\\u001b[31m"\n', "for us\\nalone\\x1b[31m"),
    ],
)
def test_a_user_may_say_under_which_licence_the_weights_are(own_subject, line, licence):
    assert subject.load(edited(own_subject, "[weights]\n", f"[weights]\n{line}")).weights.licence == licence


def test_imagenet_has_a_thousand_different_names_in_their_order():
    classes = subject.load("lite0-imagenet").classes
    assert len(classes) == len(set(classes)) == 1000
    known = {
        0: "tench",
        207: "golden retriever",
        213: "Irish setter",
        285: "Egyptian cat",
        652: "military uniform",
        967: "espresso",
    }
    assert {index: classes[index] for index in known} == known


def test_a_users_own_subject_is_read(own_subject):
    mine = subject.load(str(own_subject))
    assert mine.name == "mine"
    assert mine.classes == ("cup", "cat", "car")
    assert mine.contract.crop == 224


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("", ""),
        ('source = "Our validation transform."\n', "Our validation transform."),
        ('source = "  "\n', ""),
        ('source = "one\\ntwo\\u001b[31m"\n', "one\\ntwo\\x1b[31m"),
        (f'source = "{"long " * 9999}"\n', ("long " * 9999).strip()),
    ],
    ids=["none", "a sentence", "blank", "control characters", "long"],
)
def test_a_user_may_say_where_the_preprocessing_is_from(own_subject, line, source):
    assert subject.load(edited(own_subject, "[preprocessing]\n", f"[preprocessing]\n{line}")).source == source


def test_an_unknown_name_gets_the_nearest_one():
    with pytest.raises(BadInput, match="unknown subject 'lite0-imagnet': did you mean 'lite0-imagenet'"):
        subject.load("lite0-imagnet")


def test_a_stand_in_claims_no_accuracy_whatever_its_file_says(own_subject):
    name = edited(own_subject, 'file = "mine.pth"', 'file = "mine.pth"\nstand_in = true')
    assert "no claim on accuracy" in subject.load(name).label


def test_a_class_name_may_begin_with_a_hash(own_subject):
    (own_subject.parent / "names.txt").write_text("# a comment\n#1 cup\ncat\n\ncar\n")
    name = edited(own_subject, 'names = ["cup", "cat", "car"]', 'file = "names.txt"')
    assert subject.load(name).classes == ("#1 cup", "cat", "car")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadInput, match=r"cannot read .*none\.toml: No such file"):
        subject.load(str(tmp_path / "none.toml"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("image_size = 224", "picture_size = 224", "unknown field 'picture_size'"),
        ("count = 3", "count = 4", "field 'count' is 4, but there are 3 class names"),
        ("count = 3", 'count = "3"', "field 'count' is '3'; it takes a whole number"),
        ('names = ["cup", "cat", "car"]', 'file = "names.txt"', "field 'file': cannot read"),
        ('file = "mine.pth"', "", "give either 'file'"),
        ('sha256 = "', 'sha256 = "xyz', "field 'sha256' is 'xyz"),
        ('about = "A fine', 'about = "A "fine', "not valid TOML"),
        ("[preprocessing]", "[preprocessing]\nsharpen = 1", "[preprocessing]: unknown field 'sharpen'"),
        ("[preprocessing]", "[preprocessing]\nsorce = 'x'", "[preprocessing]: unknown field 'sorce': did you mean 'source'?"),
        ("[weights]", "[weights]\nlicence = 3", "[weights]: field 'licence' is 3; it takes a text"),
        ("[weights]", "[weights]\nlicense = 'MIT'", "unknown field 'license': did you mean 'licence'"),
        ("[preprocessing]", "[preprocessing]\nsource = 3", "[preprocessing]: field 'source' is 3; it takes a text"),
        ("[preprocessing]", "[preprocessing]\nsource = ['x']", "field 'source' is ['x']; it takes a text"),
        ("[classes]", "[labels]", "unknown field 'labels'"),
        ("image_size = 224", "", "field 'image_size' is missing"),
        ('file = "mine.pth"', 'url = "weights.pth"', "field 'url' is 'weights.pth'; it takes an address"),
        ('file = "mine.pth"', 'file = "mine.pth"\nstand_in = "no"', "field 'stand_in' is 'no'; it takes true or false"),
        ("count = 3", 'count = 3\nfile = "names.txt"', "give either 'names' or 'file'"),
    ],
)
def test_a_bad_field_is_named_with_its_file(own_subject, old, new, said):
    name = edited(own_subject, old, new)
    with pytest.raises(BadInput) as refused:
        subject.load(name)
    assert name in str(refused.value)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_a_subject_says_is_printable_wherever_it_is_shown(own_subject):
    hostile = json.dumps(hostile_texts.TEXT)  # TOML's texts escape as JSON's do
    text = own_subject.read_text().replace('"A fine-tuned network with three classes."', hostile).replace('"cup"', hostile)
    text = text.replace("[preprocessing]", f"[preprocessing]\nsource = {hostile}")
    path = own_subject.with_name(f"my{hostile_texts.OVERRIDE}{hostile_texts.BEL}.toml")
    path.write_text(text.replace("[classes]", f"licence = {hostile}\n[classes]"))
    found = subject.load(str(path))
    for said in (found.name, found.about, found.source, found.weights.licence, *found.classes):
        assert said.isprintable()
    assert found.about == found.classes[0] == found.source
    assert found.label.isprintable()
