"""Fields of a user's file are taken as they are or refused, in a line that names the field and what it takes."""

from __future__ import annotations

from typing import Annotated

import pydantic
import pytest
from pydantic import Field, TypeAdapter, model_validator

from lib.deploy import BadInput
from lib.inputs.schema import STRICT, Finite, Flag, MaybeText, Positive, Table, Text, fits, fitted


class Inner(Table):
    names: Annotated[list[str], Field(description="a list of texts")] = Field([])
    note: MaybeText = None

    @model_validator(mode="after")
    def _either(self) -> Inner:
        if self.names and self.note:
            raise ValueError("give either 'names' or 'note'")
        return self


class Outer(Table):
    text: Text = ""
    count: Positive = 1
    level: Finite = 0.5
    flag: Flag = False
    inner: Annotated[Inner, Field(description="a table")] = Field(Inner())


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class Row:
    id: Text
    level: Finite


def refused(kind, values) -> str:
    with pytest.raises(BadInput) as raised:
        fitted(kind, values, "mine.toml")
    return str(raised.value).removeprefix("mine.toml: ")


def test_what_fits_is_taken_as_it_is():
    made = fitted(Outer, {"text": "3", "count": 3, "level": 1, "inner": {"names": ["a"]}}, "mine.toml")
    assert (made.text, made.count, made.level, made.flag, made.inner.names) == ("3", 3, 1, False, ["a"])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"text": 3}, "field 'text' is 3; it takes a text"),
        ({"count": True}, "field 'count' is True; it takes a whole number, 1 or more"),
        ({"count": 0}, "field 'count' is 0; it takes a whole number, 1 or more"),
        ({"count": "3"}, "field 'count' is '3'; it takes a whole number, 1 or more"),
        ({"count": 3.0}, "field 'count' is 3.0; it takes a whole number, 1 or more"),
        ({"level": True}, "field 'level' is True; it takes a finite number"),
        ({"level": float("nan")}, "field 'level' is nan; it takes a finite number"),
        ({"flag": 1}, "field 'flag' is 1; it takes true or false"),
        ({"inner": 3}, "field 'inner' is 3; it takes a table"),
        ({"inner": {"names": 3}}, "[inner]: field 'names' is 3; it takes a list of texts"),
        ({"inner": {"names": ["a", 3]}}, "[inner]: field 'names' is 3; it takes a list of texts"),
        ({"inner": {"note": 3}}, "[inner]: field 'note' is 3; it takes a text"),
        ({"inner": {"name": []}}, "[inner]: unknown field 'name': did you mean 'names'?"),
        ({"inner": {"names": ["a"], "note": "b"}}, "[inner]: give either 'names' or 'note'"),
        ({"counts": 3, "text": 3}, "unknown field 'counts': did you mean 'count'?"),
        ({"a\nb": 3}, r"unknown field 'a\nb': choose from count, flag, inner, level, text"),
    ],
)
def test_what_does_not_fit_is_named(values, said):
    assert refused(Outer, values) == said


def test_a_number_of_any_length_is_refused_or_a_number():
    assert refused(Outer, {"level": 10**400}).startswith("field 'level' is 1000")
    assert refused(Outer, {"level": 10**5000}) == "field 'level' is <int that is too long to show>; it takes a finite number"
    assert fitted(Outer, {"count": 10**400}, "").count == 10**400


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"id": "a"}, "field 'level' is missing"),
        ({"id": "a", "lvl": 3}, "unknown field 'lvl': did you mean 'level'?"),
        ({"id": "a", "level": "3"}, "field 'level' is '3'; it takes a finite number"),
    ],
)
def test_a_dataclass_is_held_as_a_table_is(values, said):
    assert refused(Row, values) == said


def test_one_value_is_held_by_itself():
    assert fits(TypeAdapter(int), 3, "it", "a whole number") == 3
    with pytest.raises(BadInput, match="it is 'x'; it takes a whole number"):
        fits(TypeAdapter(int), "x", "it", "a whole number")
