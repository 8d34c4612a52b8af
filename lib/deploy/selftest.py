"""Is this package, here, what was packed, and does it answer as PyTorch did?"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import package
from .errors import BadInput
from .finding import Finding
from .manifest import Manifest
from .versions import versions


def selftest(providers: Sequence[str] = ()) -> Iterator[Finding]:
    """Everything, one thing after the other: files, versions, what the model says of itself, then every golden trace.

    A library that cannot be imported ends it there.

    Args:
        providers: names of the ONNX Runtime providers that are to answer, the preferred one first; empty takes the CPU.

    Raises:
        BadModel: there is no package here, or its manifest cannot be used.
    """
    told = package.manifest()
    yield from _files(told)
    yield from _requirements(told)
    found = list(versions(told))
    for each in found:
        tested = f"tested with {' and '.join(each.tested) or 'none'}"
        yield Finding(each.name, f"{each.here or each.problem}; {tested}", wrong=not each.proven)
    if not all(each.here for each in found):
        return
    from .sessions import CPU  # these need the libraries
    from .traces import answers

    try:
        yield from answers(told, providers or CPU)
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


def _requirements(told: Manifest) -> Iterator[Finding]:
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
