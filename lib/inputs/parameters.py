"""The parameters of notebooks: which there are, and whether what was given fits.

papermill only warns of a name that a notebook does not have; here it is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import nbformat
import papermill
import yaml
from pydantic import BeforeValidator, Field, Strict, TypeAdapter

from lib.deploy import BadInput
from lib.inputs import deployment, subject
from lib.inputs.reading import absolute as absolute_path
from lib.inputs.reading import one_line, read_bytes, unknown
from lib.inputs.schema import fits

# What a whole run is about, with its defaults: checked before any notebook starts, and options of the command line.
SHARED: dict[str, Any] = {
    "subject": subject.DEFAULT,
    "photos": "",
    "weights": "",
    "deployment": deployment.DEFAULT,
    "time_limit": deployment.TIME_LIMIT,
    "policy": "",
    "versions": "installed",  # of libraries that the package is proven with: see lib.bundle.versions
    "baseline": "",
}
# Those that belong to single notebooks, with their defaults there.
OWN: dict[str, Any] = {
    "exporter": "dynamo",
    "opset": 20,
    "random_sizes": 60,
    "sizes_seed": 0,
    "draws": 1,
    "seed": 0,
    "fault": "_blocks.7",
    "rounds": 40,
    "folder": "",
    "labels": "",
    "against": "",
    "scheduler": "",
    "crops": 8,
    "run": "",
    "parts": 24,
}
LEAST = {"random_sizes": 0, "sizes_seed": 0, "draws": 1, "seed": 0, "rounds": 1, "crops": 1, "parts": 1}
# A seed that a run draws by itself where it is not given: what it decides is to be another each time.
DRAWN_ANEW = "sizes_seed"
# The folder that a run works in, which it gives to notebooks that come last; its results so far lie there.
RUN_FOLDER = "run"
PATHS = ("photos", "weights", "policy", "baseline", "folder", "labels")
SUFFIXES = {"subject": ".toml", "against": ".onnx"}  # of parameters that may be a name as well
MOST = 100_000  # bytes of a file of parameters: PyYAML takes a second for them


def of_notebook(path: Path) -> dict[str, Any]:
    """A notebook's parameters with their defaults, in the order of its parameters cell."""
    return {name: ast.literal_eval(entry["default"]) for name, entry in papermill.inspect_notebook(path).items()}


def manner(path: Path) -> dict[str, Any]:
    """How a notebook is to be run, as its metadata say.

    Returns:
        ``alone``: whether it measures time, so that nothing else may run meanwhile; ``last``: whether it is about what all
        others measured; ``about``: how many seconds it takes on two cores, 0 where it does not say.
    """
    metadata = nbformat.read(path, as_version=4).metadata
    return {
        "alone": bool(metadata.get("alone", False)),
        "last": bool(metadata.get("last", False)),
        "about": int(metadata.get("seconds", 0)),
    }


def read(path: Path) -> dict[str, Any]:
    """Parameters by name from a YAML file.

    Raises:
        BadInput: the file is missing, is not YAML, or is not a mapping of names to values.
    """
    data = read_bytes(path, "params", MOST)
    try:
        values = yaml.safe_load(data)
    except yaml.YAMLError as error:
        raise BadInput(f"params {path}: not valid YAML: {' '.join(str(error).split())}") from None
    except Exception as error:  # of what looks like a date or a number and is none, PyYAML lets out whatever Python says
        raise BadInput(f"params {path}: a value cannot be read: {one_line(error)}") from None
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise BadInput(f"params {path}: write one 'name: value' a line, as in 'opset: 18'")
    return values


def absolute(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with their paths made absolute: a kernel may run in another folder.

    Raises:
        BadInput: as :func:`lib.inputs.reading.absolute`.
    """
    return {name: str(absolute_path(value, name)) if _is_path(name, value) else value for name, value in values.items()}


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as a page shows them: a path from the current folder on, and of what lies elsewhere only the last name.

    Where things lie on the machine that ran is nobody else's business; what they held, the report says by SHA-256.
    """

    def place(path: Path) -> str:
        return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path.name)

    return {name: place(Path(value).resolve()) if _is_path(name, value) else value for name, value in values.items()}


def _is_path(name: str, value: Any) -> bool:
    named = name in PATHS or (name in SUFFIXES and str(value).endswith(SUFFIXES[name]))
    return named and isinstance(value, str) and value != ""


def checked(given: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Hold what was given against the parameters of a set of notebooks.

    Args:
        given: values by name.
        known: for each notebook its parameters with their defaults, which tell the types.

    Returns:
        The values. YAML reads ``1e-3`` as text; where a float is wanted such a text becomes one.

    Raises:
        BadInput: neither a notebook nor the run has such a parameter, or the value is of another type than its default.
    """
    defaults = SHARED | {name: default for parameters in known.values() for name, default in parameters.items()}
    values = {}
    for name, value in given.items():
        if name not in defaults:
            raise unknown("parameter", name, defaults)
        values[name] = _fitted(name, value, defaults[name])
    return values


def require(given: dict[str, Any]) -> None:
    """Hold the parameters of a notebook that runs to their types: papermill hands on whatever it is given.

    Args:
        given: the notebook's own names, ``globals()``. A float that was given as text becomes one, as in :func:`checked`.

    Raises:
        BadInput: a value is of another type than the parameter's default, or below what it may be.
    """
    defaults = SHARED | OWN
    given.update({name: _fitted(name, given[name], defaults[name]) for name in defaults if name in given})


def _fitted(name: str, value: Any, default: Any) -> Any:
    what, kind = _KINDS[type(default)]
    fitted = fits(kind, value, f"parameter '{name}'", f"{what}, as in {default!r}")
    if name in LEAST and fitted < LEAST[name]:
        raise BadInput(f"parameter '{name}' is {fitted}; it takes {LEAST[name]} or more, as in {default!r}")
    return fitted


def _number(value: object) -> object:
    """YAML reads ``1e-3`` as text."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


_WHOLE = Annotated[int, Strict(), Field(gt=-(2**63), lt=2**63)]  # what a seed may be
_FLOAT = Annotated[float, Strict(), Field(gt=-(2**63), lt=2**63), BeforeValidator(_number)]  # NaN is neither
_KINDS: dict[type, tuple[str, TypeAdapter[Any]]] = {
    str: ("a text, in UTF-8", TypeAdapter(Annotated[str, Strict()])),
    int: ("a whole number", TypeAdapter(_WHOLE)),
    float: ("a number", TypeAdapter(_FLOAT)),
    bool: ("true or false", TypeAdapter(Annotated[bool, Strict()])),
}
