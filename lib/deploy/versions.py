"""The versions that a package runs with here, beside those that it was proven with."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from .manifest import Manifest

MODULES = {"numpy": "numpy", "onnxruntime": "onnxruntime", "pillow": "PIL"}  # by the name that requirements have for a library


@dataclass(frozen=True)
class Version:
    """One library, or Python itself.

    Attributes:
        name: as the manifest has it.
        here: the version here; None where it cannot be imported.
        problem: why it cannot be imported, or empty.
        tested: the versions that the package was proven with, in order.
    """

    name: str
    here: str | None
    problem: str
    tested: tuple[str, ...]

    @property
    def proven(self) -> bool:
        """Whether it is one of those tested, or lies between them; of Python the first two numbers count."""
        if self.here is None or not self.tested:
            return False
        parts = 2 if self.name == "python" else None
        least, here, most = (_parts(each)[:parts] for each in (self.tested[0], self.here, self.tested[-1]))
        return least <= here <= most

    def __str__(self) -> str:
        found = self.problem if self.here is None else f"{self.name} {self.here}"
        return f"{found} (proven with {' and '.join(self.tested) or 'none'})"


def versions(manifest: Manifest) -> Iterator[Version]:
    """Python and each library, as it imports here: from which distribution it was installed does not matter.

    Without numpy there is no onnxruntime: importing it would print a traceback.
    """
    yield Version("python", platform.python_version(), "", _tested(manifest, "python"))
    for name, module in MODULES.items():
        if name == "onnxruntime" and "numpy" not in sys.modules:
            continue
        try:
            here, problem = str(import_module(module).__version__), ""
        except ModuleNotFoundError as error:
            here, problem = None, "not installed" if error.name == module else f"cannot be imported: {error}"
        except ImportError as error:
            here, problem = None, f"cannot be imported: {error}"
        yield Version(name, here, problem, _tested(manifest, name))


def unproven(manifest: Manifest) -> list[Version]:
    """Those that the package was not proven with."""
    return [each for each in versions(manifest) if not each.proven]


def _tested(manifest: Manifest, name: str) -> tuple[str, ...]:
    return tuple(sorted({each[name] for each in manifest.tested}, key=_parts))


def _parts(version: str) -> list[int]:
    return [int(part) if part.isdecimal() else -1 for part in version.split("+")[0].split(".")]
