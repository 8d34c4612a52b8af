"""Does the model say of itself what the package says, and does it answer here as PyTorch did?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import files, package
from .classifier import pipeline
from .difference import UNITS, max_abs_difference
from .errors import BadInput, BadModel, printable
from .finding import Finding
from .manifest import Manifest
from .model import Model
from .pipelines import STAGES
from .sessions import Providers, answering

MOST = 10**9  # bytes of golden traces


def answers(told: Manifest, providers: Providers) -> Iterator[Finding]:
    """What the model file says of itself, then every golden trace.

    Args:
        told: the package's manifest.
        providers: what answers, as :func:`lib.deploy.sessions.open_session` takes them.

    Raises:
        BadInput: a provider cannot be had here.
        BadModel: the model or the golden traces cannot be used.
    """
    model = Model.open(package.model(), providers)
    yield from _model(told, model)
    yield Finding("providers", f"answered by {' and '.join(answering(model.session))}")
    yield from _traces(told, model, providers)


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


def _traces(told: Manifest, model: Model, providers: Providers) -> Iterator[Finding]:
    ours = pipeline(model.path, providers)
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
