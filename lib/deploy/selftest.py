"""Is this package, here, what was packed, and does it answer as PyTorch did?"""

from __future__ import annotations

import importlib.metadata
import json
import platform
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import files, package
from .classifier import pipeline
from .difference import UNITS, max_abs_difference
from .errors import BadInput, BadModel, printable
from .manifest import Manifest
from .model import Model
from .pipelines import STAGES

MOST = 10**9  # bytes of golden traces


@dataclass(frozen=True)
class Finding:
    """One thing that was held against the manifest or a golden trace.

    Attributes:
        about: what.
        said: what was found, with numbers.
        wrong: whether it is not as it has to be.
    """

    about: str
    said: str
    wrong: bool = False


def told(findings: Iterable[Finding]) -> int:
    """Print a line for each finding as it comes; how many of them are wrong."""
    wrong = 0
    for each in findings:
        wrong += each.wrong
        print("✗" if each.wrong else "✓", printable(f"{each.about}: {each.said}"), flush=True)
    return wrong


def selftest() -> Iterator[Finding]:
    """Everything, one thing after the other: files, libraries, what the model says of itself, then every golden trace.

    Raises:
        BadModel: there is no package here, or its manifest cannot be used.
    """
    told = package.manifest()
    yield from _files(told)
    yield from _libraries(told)
    try:
        model = Model.open(package.model())
        yield from _model(told, model)
        yield from _traces(told, model)
    except BadInput as error:
        yield Finding("model", str(error), wrong=True)


def _files(told: Manifest) -> Iterator[Finding]:
    found = {package.name(path): path for path in package.HERE.rglob("*") if path.is_file() and _packed(path)}
    wrong = [f"{name} is missing" for name in told.files if name not in found]
    wrong += [f"{name} was not packed" for name in sorted(found) if name not in told.files]
    for name, expected in told.files.items():
        if name in found:
            try:
                same = package.digest(found[name]) == expected
            except OSError as error:
                wrong.append(f"{name} cannot be read: {error.strerror}")
            else:
                wrong += [] if same else [f"{name} is another file than was packed"]
    yield from (Finding("files", each, wrong=True) for each in wrong)
    if not wrong:
        yield Finding("files", f"all {len(told.files)} as they were packed")


def _packed(path: Path) -> bool:
    return path != package.MANIFEST and "__pycache__" not in path.parts


def _libraries(told: Manifest) -> Iterator[Finding]:
    yield Finding("python", f"{platform.python_version()}; tested with {_tested(told, 'python')}")
    try:
        there = importlib.metadata.distribution(told.name)
    except importlib.metadata.PackageNotFoundError:
        yield Finding("requirements", f"no package {told.name} is installed: this folder was copied from one", wrong=True)
        return
    requires = [line for line in there.requires or () if "extra ==" not in line]
    if there.version != told.version or sorted(requires) != sorted(told.requires):
        yield Finding(
            "requirements",
            f"version {there.version} with {', '.join(sorted(requires)) or 'none'}, where {told.version} was packed with "
            f"{', '.join(told.requires)}",
            wrong=True,
        )
    for name in ("numpy", "onnxruntime", "pillow"):
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, f"not installed; tested with {_tested(told, name)}", wrong=True)
            continue
        span = sorted({each[name] for each in told.tested}, key=_parts)
        outside = not span or not _parts(span[0]) <= _parts(version) <= _parts(span[-1])
        yield Finding(name, f"{version}; tested with {_tested(told, name)}", wrong=outside)


def _parts(version: str) -> list[int]:
    return [int(part) if part.isdecimal() else -1 for part in version.split("+")[0].split(".")]


def _tested(told: Manifest, name: str) -> str:
    return " and ".join(sorted({each[name] for each in told.tested}, key=_parts)) or "none"


def _model(told: Manifest, model: Model) -> Iterator[Finding]:
    contract = json.loads(json.dumps(asdict(model.contract)))
    wrong = [what for what, same in (
        ("preprocessing contract", contract == told.contract),
        ("sizes it is right for", asdict(model.domain) == told.domain),
        ("class names", list(model.classes) == _names()),
    ) if not same]  # fmt: skip
    yield from (Finding("model", f"the {each} in the model file and in the package differ", wrong=True) for each in wrong)
    if not wrong:
        yield Finding("model", f"preprocessing, sizes and {len(model.classes)} class names are those of the package")


def _names() -> Any:
    try:
        return json.loads(files.read(package.CLASSES, 10**7))
    except (OSError, ValueError, RecursionError):
        return None


def _traces(told: Manifest, model: Model) -> Iterator[Finding]:
    ours = pipeline(model.path)
    golden = _golden()
    if not told.golden:
        yield Finding("golden traces", "there are none", wrong=True)
    for photo, expected in told.golden.items():
        try:
            trace = ours.trace(files.read(package.PHOTOS / photo, files.PHOTO))
            differences = {stage: max_abs_difference(getattr(trace, stage), golden[f"{photo}/{stage}"]) for stage in STAGES}
        except OSError as error:
            yield Finding(photo, f"its photo cannot be read: {error.strerror}", wrong=True)
            continue
        except KeyError as error:
            yield Finding(photo, f"there is no golden trace {error}", wrong=True)
            continue
        except BadInput as error:
            yield Finding(photo, f"cannot be answered: {error}", wrong=True)
            continue
        off = [stage for stage in STAGES if not differences[stage] <= told.tolerances[stage]]
        name = model.classes[int(trace.score[0].argmax())]
        said = [_said(stage, differences[stage], told.tolerances[stage]) for stage in off or STAGES]
        said += [f"likeliest {printable(name)}" + (f", where PyTorch says {expected}" if name != expected else "")]
        yield Finding(photo, "; ".join(said), wrong=bool(off) or name != expected)


def _golden() -> dict[str, NDArray[Any]]:
    """All golden traces, by "photo/stage"."""
    try:
        with files.open_regular(package.GOLDEN, MOST) as file, np.load(file, allow_pickle=False) as golden:
            found = dict(golden)
        if not all(isinstance(each, np.ndarray) and each.dtype.kind in "fiu" for each in found.values()):
            raise ValueError("it holds something else than arrays of numbers")
    except OSError as error:
        raise BadModel(f"{package.GOLDEN}: {error.strerror or error}; install the package again") from None
    except Exception as error:  # of a damaged archive zipfile, zlib and numpy raise nearly anything
        raise BadModel(f"{package.GOLDEN}: cannot be read: {error}; install the package again") from None
    return found


def _said(stage: str, difference: float, tolerance: float) -> str:
    if difference == 0:
        return f"{stage} equal"
    if difference == float("inf"):
        return f"{stage} has another shape"
    said = f"{stage} off by {difference:.2g} {UNITS[stage]}"
    return said if difference <= tolerance else f"{said}, where {tolerance:g} is allowed"
