"""The model that is handed over, as a TOML file describes it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import dropwhile
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, HttpUrl, TypeAdapter, model_validator

from lib.deploy import BadInput, Contract
from lib.deploy.contract import LARGEST
from lib.deploy.errors import printable
from lib.inputs.reading import absolute, read_bytes, read_toml, sha256, unknown
from lib.inputs.schema import Flag, MaybeText, Positive, Table, Text, fits, fitted

BUILT_IN = Path(__file__).with_name("subjects")
DEFAULT = "lite0-imagenet"

Padding = Literal["static", "same"]
PADDINGS: tuple[Padding, ...] = get_args(Padding)


class _Weights(Table):
    package: MaybeText = None
    file: MaybeText = None
    url: MaybeText = None
    sha256: Annotated[
        str, Field(pattern=r"^[0-9a-fA-F]{8,64}$", description="the 64 hexadecimal digits, or the first 8 or more")
    ]
    stand_in: Flag = False
    licence: Text = ""

    @model_validator(mode="after")
    def _one_source(self) -> _Weights:
        if (self.url is None) == (self.file is None):
            raise ValueError("give either 'file' (with 'package' where a package holds it) or 'url'")
        return self


class _Classes(Table):
    count: Positive
    file: MaybeText = None
    names: Annotated[list[str] | None, Field(description="a list of texts")] = None

    @model_validator(mode="after")
    def _one_source(self) -> _Classes:
        if (self.names is None) == (self.file is None):
            raise ValueError("give either 'names' or 'file'")
        return self


class _Subject(Table):
    about: Text
    claims_accuracy: Flag = True
    architecture: Text
    image_size: Annotated[int, Field(ge=1, le=LARGEST, description=f"a whole number of pixels, 1 to {LARGEST}")]
    padding: Annotated[Padding, Field(description=f"one of {', '.join(PADDINGS)}")] = "static"
    weights: Annotated[_Weights, Field(description="a table")]
    classes: Annotated[_Classes, Field(description="a table")]
    preprocessing: Annotated[dict[str, Any], Field(description="a table")]


@dataclass(frozen=True)
class WeightsSource:
    """Where a subject's state dict comes from: one of a package's file, a download, or a file of the user's.

    Attributes:
        sha256: the file's SHA-256 in hexadecimal; its first 8 digits or more, as torch.hub's file names carry them.
        package: an installed package that holds the file, or None.
        file: path inside ``package``, or absolute where ``package`` is None; None for a download.
        url: address of the download, or None.
        stand_in: the tensors are Lite0's, to be fitted to B0's architecture (see :mod:`lib.networks.stand_in`).
        licence: under which the weights may be passed on, made printable; empty where the TOML file does not say.
    """

    sha256: str
    package: str | None
    file: Path | None
    url: str | None
    stand_in: bool
    licence: str = ""


@dataclass(frozen=True)
class Subject:
    """A model to be handed over.

    Attributes:
        name: the built-in name, or the TOML file's stem, made printable.
        path: the TOML file.
        digest: SHA-256 of the TOML file.
        about: one sentence on what it is, made printable.
        claims_accuracy: False for a stand-in, whose answers mean nothing.
        architecture: a name that :func:`lib.networks.family` knows.
        image_size: side in pixels that the network was built for.
        padding: ``static``, computed once for ``image_size``, as efficientnet_pytorch does unasked; or ``same``, computed for
            each input, as in TensorFlow, where the family was trained. At ``image_size`` they are one.
        weights: where the state dict comes from.
        classes: class names in the order of the logits, made printable.
        contract: the preprocessing that the TOML file states. Nothing here can tell whether the network was trained with it.
        source: one sentence on where that preprocessing is from, made printable; empty where the file does not say.
    """

    name: str
    path: Path
    digest: str
    about: str
    claims_accuracy: bool
    architecture: str
    image_size: int
    padding: str
    weights: WeightsSource
    classes: tuple[str, ...]
    contract: Contract
    source: str

    @property
    def label(self) -> str:
        """The name, with the warning that a stand-in carries everywhere."""
        return labelled(self.name, self.claims_accuracy)


def labelled(name: str, claims_accuracy: bool) -> str:
    """A subject's name, with the warning where it is a stand-in."""
    return name if claims_accuracy else f"{name} (stand-in weights: no claim on accuracy)"


def built_in() -> tuple[str, ...]:
    """Names of the built-in subjects."""
    return tuple(sorted(path.stem for path in BUILT_IN.glob("*.toml")))


def load(name: str) -> Subject:
    """Read a subject by built-in name or by the path of a TOML file (anything that ends in ``.toml``).

    Raises:
        BadInput: no such subject or file, or a field is missing, unknown or unusable; the message names file and field.
    """
    if name.endswith(".toml"):
        path = absolute(name, "subject")
    elif name in built_in():
        path = BUILT_IN / f"{name}.toml"
    else:
        raise unknown("subject", name, built_in())
    table, data = read_toml(path, "subject")
    told = fitted(_Subject, table, str(path))
    weights = _weights(told.weights, path)
    contract, source = _preprocessing(told.preprocessing, path)
    return Subject(
        name=printable(path.stem),
        path=path,
        digest=sha256(data),
        about=printable(told.about.strip()),
        claims_accuracy=told.claims_accuracy and not weights.stand_in,
        architecture=told.architecture,
        image_size=told.image_size,
        padding=told.padding,
        weights=weights,
        classes=_classes(told.classes, path),
        contract=contract,
        source=source,
    )


def _preprocessing(told: dict[str, Any], path: Path) -> tuple[Contract, str]:
    where = f"{path}: [preprocessing]"
    known = ["source", *(field.name for field in fields(Contract))]
    for name in told:
        if name not in known:
            raise BadInput(f"{where}: {unknown('field', name, known)}")
    source = fits(TypeAdapter(str), told.get("source", ""), f"{where}: field 'source'", "a text")
    contract = {name: value for name, value in told.items() if name != "source"}
    return Contract.from_mapping(contract, where), printable(source.strip())


def _weights(told: _Weights, path: Path) -> WeightsSource:
    file = None if told.file is None else Path(told.file) if told.package is not None else path.parent / told.file
    if told.url is not None:
        fits(TypeAdapter(HttpUrl), told.url, f"{path}: [weights]: field 'url'", "an address that begins with https://")
    return WeightsSource(told.sha256.lower(), told.package, file, told.url, told.stand_in, printable(told.licence.strip()))


def _classes(told: _Classes, path: Path) -> tuple[str, ...]:
    where = f"{path}: [classes]"
    names = told.names or []
    if told.file is not None:
        lines = read_bytes(path.parent / told.file, f"{where}: field 'file'").decode(errors="replace").splitlines()
        names = [line.strip() for line in dropwhile(lambda line: line.startswith("# "), lines) if line.strip()]
    if len(names) != told.count:
        raise BadInput(f"{where}: field 'count' is {told.count}, but there are {len(names)} class names")
    return tuple(map(printable, names))
