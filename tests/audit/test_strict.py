"""JSON that is read strictly, and how two values of it differ."""

from __future__ import annotations

import pytest

from lib.audit import strict
from lib.deploy import BadInput


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{", "not valid JSON"),
        (b"[]", "a run leaves a table"),
        (b'{"a": NaN}', "NaN is no word of JSON"),
        (b'{"a": 1, "a": 2}', "stands there twice"),
        (b'{"a": "\xff"}', "not valid JSON"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"a": 1' + b"0" * 5000 + b"}", "not valid JSON"),
    ],
)
def test_what_is_no_table_of_json_is_refused_in_a_line(data, words):
    with pytest.raises(BadInput, match=words) as error:
        strict.parsed(data, "x.json")
    assert str(error.value).startswith("x.json: ")


@pytest.mark.parametrize(
    ("said", "found", "place", "how"),
    [
        ({"a": 1}, {"a": 2}, "a", "is 1, and 2 by what lies there"),
        ({"a": 1}, {"a": True}, "a", "is 1, and True"),
        ({"a": None}, {"a": 0}, "a", "is None, and 0"),
        ({}, {"a": 1}, "a", "is missing"),
        ({"a": 1}, {}, "a", "should not be there"),
        ({"a": [1, 2]}, {"a": [1]}, "a: 1", "should not be there"),
        ({"a": [{"id": "x", "v": 1}]}, {"a": [{"id": "x", "v": 2}]}, "a: x: v", "is 1"),
        ({"a": [{"id": "x"}]}, {"a": [{"id": "x"}, {"id": "y"}]}, "a: y", "is missing"),
        ({"a": [{"id": "x"}, {"id": "y"}]}, {"a": [{"id": "y"}, {"id": "x"}]}, "a", "stand in another order"),
        ({"a": {"b": {}}}, {"a": {"b": 1}}, "a: b", "is {}, and 1"),
    ],
)
def test_a_difference_is_told_by_its_place(said, found, place, how):
    ((where, words),) = strict.differences(said, found)
    assert where == place
    assert words.startswith(how)


def test_equal_values_do_not_differ():
    value = {"a": [{"id": "x", "v": [1, None, 1.5, True]}], "b": {"c": "d"}}
    assert list(strict.differences(value, {**value, "b": {"c": "d"}})) == []
    assert list(strict.differences({"a": 1}, {"a": 1.0})) == []
