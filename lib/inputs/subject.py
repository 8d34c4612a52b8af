"""The model that is handed over, as a TOML file describes it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import dropwhile
from pathlib import Path
from typing import Any

from lib.deploy import BadInput, Contract
from lib.inputs.reading import read_bytes, sha256, unknown

BUILT_IN = Path(__file__).with_name("subjects")
DEFAULT = "lite0-imagenet"

PADDINGS = ("static", "same")

_FIELDS = {"about", "claims_accuracy", "architecture", "image_size", "padding", "weights", "classes", "preprocessing"}
_WEIGHTS_FIELDS = {"package", "file", "url", "sha256", "stand_in"}
_CLASSES_FIELDS = {"count", "file", "names"}


@dataclass(frozen=True)
class WeightsSource:
    """Where a subject's state dict comes from: one of a package's file, a download, or a file of the user's.

    Attributes:
        sha256: the file's SHA-256 in hexadecimal; its first 8 digits or more, as torch.hub's file names carry them.
        package: an installed package that holds the file, or None.
        file: path inside ``package``, or absolute where ``package`` is None; None for a download.
        url: address of the download, or None.
        stand_in: the tensors are Lite0's, to be fitted to B0's architecture (see :mod:`lib.networks.stand_in`).
    """

    sha256: str
    package: str | None
    file: Path | None
    url: str | None
    stand_in: bool


@dataclass(frozen=True)
class Subject:
    """A model to be handed over.

    Attributes:
        name: the built-in name, or the TOML file's stem.
        path: the TOML file.
        digest: SHA-256 of the TOML file.
        about: one sentence on what it is.
        claims_accuracy: False for a stand-in, whose answers mean nothing.
        architecture: a name that :func:`lib.networks.family` knows.
        image_size: side in pixels that the network was built for.
        padding: ``static``, computed once for ``image_size``, as efficientnet_pytorch does unasked; or ``same``, computed for
            each input, as in TensorFlow, where the family was trained. At ``image_size`` they are one.
        weights: where the state dict comes from.
        classes: class names in the order of the logits.
        contract: the preprocessing that the network was trained with.
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

    @property
    def label(self) -> str:
        """The name, with the warning that a stand-in carries everywhere."""
        return self.name if self.claims_accuracy else f"{self.name} (stand-in weights: no claim on accuracy)"


def built_in() -> tuple[str, ...]:
    """Names of the built-in subjects."""
    return tuple(sorted(path.stem for path in BUILT_IN.glob("*.toml")))


def load(name: str) -> Subject:
    """Read a subject by built-in name or by the path of a TOML file (anything that ends in ``.toml``).

    Raises:
        BadInput: no such subject or file, or a field is missing, unknown or unusable; the message names file and field.
    """
    if name.endswith(".toml"):
        path = Path(name).resolve()
    elif name in built_in():
        path = BUILT_IN / f"{name}.toml"
    else:
        raise unknown("subject", name, built_in())
    data = read_bytes(path, "subject")
    try:
        table = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: not valid TOML: {error}") from None
    return _parse(table, path, sha256(data))


def _parse(table: Mapping[str, Any], path: Path, digest: str) -> Subject:
    where = str(path)
    _only(table, _FIELDS, where)
    padding = _field(table, "padding", str, where) if "padding" in table else "static"
    if padding not in PADDINGS:
        raise BadInput(f"{where}: field 'padding' is {padding!r}; it takes one of {', '.join(PADDINGS)}")
    weights = _weights(_field(table, "weights", dict, where), path)
    return Subject(
        name=path.stem,
        path=path,
        digest=digest,
        about=_field(table, "about", str, where),
        claims_accuracy=_flag(table, "claims_accuracy", True, where) and not weights.stand_in,
        architecture=_field(table, "architecture", str, where),
        image_size=_field(table, "image_size", int, where),
        padding=padding,
        weights=weights,
        classes=_classes(_field(table, "classes", dict, where), path),
        contract=Contract.from_mapping(_field(table, "preprocessing", dict, where), f"{where}: [preprocessing]"),
    )


def _weights(table: Mapping[str, Any], path: Path) -> WeightsSource:
    where = f"{path}: [weights]"
    _only(table, _WEIGHTS_FIELDS, where)
    if ("url" in table) == ("file" in table):
        raise BadInput(f"{where}: give either 'file' (with 'package' where a package holds it) or 'url'")
    digest = _field(table, "sha256", str, where).lower()
    if not re.fullmatch(r"[0-9a-f]{8,64}", digest):
        raise BadInput(f"{where}: field 'sha256' is {digest!r}; it takes the 64 hexadecimal digits, or the first 8 or more")
    package = _field(table, "package", str, where) if "package" in table else None
    file = Path(_field(table, "file", str, where)) if "file" in table else None
    if file is not None and package is None:
        file = path.parent / file
    url = _field(table, "url", str, where) if "url" in table else None
    if url is not None and not re.match(r"https?://\S+$", url):
        raise BadInput(f"{where}: field 'url' is {url!r}; it takes an address that begins with https://")
    return WeightsSource(digest, package, file, url, _flag(table, "stand_in", False, where))


def _classes(table: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    where = f"{path}: [classes]"
    _only(table, _CLASSES_FIELDS, where)
    count = _field(table, "count", int, where)
    if ("file" in table) == ("names" in table):
        raise BadInput(f"{where}: give either 'names' or 'file'")
    if "file" in table:
        file = path.parent / _field(table, "file", str, where)
        lines = read_bytes(file, f"{where}: field 'file'").decode(errors="replace").splitlines()
        names = [line.strip() for line in dropwhile(lambda line: line.startswith("# "), lines) if line.strip()]
    else:
        names = _field(table, "names", list, where)
    if len(names) != count or not all(isinstance(name, str) for name in names):
        raise BadInput(f"{where}: field 'count' is {count}, but there are {len(names)} class names")
    return tuple(names)


def _only(table: Mapping[str, Any], names: set[str], where: str) -> None:
    for name in table:
        if name not in names:
            raise BadInput(f"{where}: {unknown('field', name, names)}")


def _flag(table: Mapping[str, Any], name: str, default: bool, where: str) -> bool:
    value = table.get(name, default)
    if not isinstance(value, bool):
        raise BadInput(f"{where}: field '{name}' is {value!r}; it takes true or false")
    return value


def _field(table: Mapping[str, Any], name: str, kind: type, where: str) -> Any:
    if name not in table:
        raise BadInput(f"{where}: field '{name}' is missing")
    value = table[name]
    if not isinstance(value, kind) or isinstance(value, bool):
        kinds = {str: "a string", int: "a whole number", dict: "a table", list: "a list"}
        raise BadInput(f"{where}: field '{name}' is {value!r}; it takes {kinds[kind]}")
    return value
