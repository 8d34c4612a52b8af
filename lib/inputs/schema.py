"""What a file may say: fields with their types, held by pydantic, and what is wrong in one line.

Values are taken as they are, never converted: ``true`` is no number, and ``"3"`` is none either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lib.deploy import BadInput
from lib.deploy.errors import quoted
from lib.inputs.reading import unknown

STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

# The description of a field is how a message goes on after "it takes".
Text = Annotated[str, Field(description="a text")]
MaybeText = Annotated[str | None, Field(description="a text")]
Flag = Annotated[bool, Field(description="true or false")]
Positive = Annotated[int, Field(ge=1, description="a whole number, 1 or more")]
Finite = Annotated[float, Field(description="a finite number")]

T = TypeVar("T")


class Table(BaseModel):
    """A table of a user's file. Every field of a subclass has a description."""

    model_config = ConfigDict(frozen=True, **STRICT)


def fitted(kind: Callable[..., T], values: Mapping[str, Any], where: str) -> T:
    """The values of a table, checked field by field.

    Args:
        kind: a :class:`Table`, or a dataclass of pydantic's with :data:`STRICT`.
        values: as a parser gave them.
        where: file (and section) that they come from, for the message.

    Raises:
        BadInput: a field is missing, unknown, or has a value that it does not take.
    """
    try:
        return kind(**values)
    except ValidationError as error:
        # an unknown field first: it often is the missing one, misspelt
        first = min(error.errors(include_url=False), key=lambda each: not _unknown(each))
    name, *inner = map(str, first["loc"])
    while inner and hasattr(table := _fields(kind)[name].annotation, "__pydantic_fields__"):
        kind, where = table, f"{where}: [{name}]"
        name, *inner = inner
    if _unknown(first):
        raise BadInput(f"{where}: {unknown('field', name, _fields(kind))}")
    if first["type"] == "missing":
        raise BadInput(f"{where}: field '{name}' is missing")
    if first["type"] == "value_error":  # a validator's own words on a whole table
        raise BadInput(f"{where}: [{name}]: {first['ctx']['error']}")
    raise BadInput(f"{where}: field '{name}' is {quoted(first['input'])}; it takes {_fields(kind)[name].description}")


def fits(kind: TypeAdapter[T], value: object, what: str, takes: str) -> T:
    """One value, checked.

    Args:
        kind: its type, by pydantic.
        value: as a parser gave it.
        what: it is, for the message.
        takes: what would fit, for the message.

    Raises:
        BadInput: it does not fit.
    """
    try:
        return kind.validate_python(value)
    except ValidationError:
        raise BadInput(f"{what} is {quoted(value)}; it takes {takes}") from None


def _unknown(error: Any) -> bool:
    return error["type"] in ("extra_forbidden", "unexpected_keyword_argument")


def _fields(kind: Any) -> dict[str, Any]:
    fields: dict[str, Any] = kind.__pydantic_fields__
    return fields
