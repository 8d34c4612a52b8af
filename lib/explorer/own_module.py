"""A team's own deployment module in the explorer: read in a process of its own, and again whenever its file changes."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from lib.deploy import BadInput, Pipeline
from lib.handoff import Handoff
from lib.inputs.deployment import Deployment

LOOKS = 1.0  # seconds between two looks at the files


class OwnModule:
    """A field for a module's name, and the pipeline that it makes.

    Args:
        handoff: what the module is given: the exported file, the classes, the time limit.
        changed: called when there is another pipeline to look at.

    Attributes:
        name: the field, for ``package.module:attribute``.
    """

    def __init__(self, handoff: Handoff, changed: Callable[[], None]) -> None:
        self._handoff = handoff
        self._changed = changed
        self._opened: Deployment | None = None
        self._refused = ""
        self._stamps: dict[Path, tuple[int, int]] = {}
        self._watch: asyncio.Task[None] | None = None
        self.name = widgets.Text(placeholder="package.module:attribute", description="own module", continuous_update=False)
        self.name.observe(self._renamed, "value")

    @property
    def pipeline(self) -> Pipeline:
        """What the module makes, read when it is first asked for after a change.

        Raises:
            BadInput: no module is named, or :meth:`lib.handoff.Handoff.opened_deployment` refuses it.
        """
        if not self._opened and not self._refused:
            self._read()
        if self._opened:
            return self._opened.pipeline
        raise BadInput(self._refused)

    def look(self) -> None:
        """Read the module again if its file, or another Python file of its folder, is not what it was."""
        if stamps(self._module) != self._stamps:
            self.close()
            self._changed()

    def close(self) -> None:
        """End the module's process; it is read anew when it is next asked for."""
        if self._opened:
            self._opened.close()
        self._opened, self._refused = None, ""

    @property
    def _module(self) -> str:
        return self.name.value.strip().partition(":")[0]

    def _read(self) -> None:
        self._stamps = stamps(self._module)  # before it is read: what is written meanwhile counts as a change
        name = self.name.value.strip()
        try:
            if not name:
                raise BadInput("own module: name it, as package.module:attribute")
            self._opened = self._handoff.opened_deployment(name=name)
        except BadInput as error:
            self._refused = str(error)

    def _renamed(self, _: Any) -> None:
        self.close()
        self._stamps = stamps(self._module)
        with suppress(RuntimeError):  # without a loop, as in a script, nobody waits for changes
            if self._watch is None or self._watch.done():
                self._watch = asyncio.get_running_loop().create_task(self._keep_looking())
        self._changed()

    async def _keep_looking(self) -> None:
        while self._module:
            self.look()
            await asyncio.sleep(LOOKS)


def stamps(module: str) -> dict[Path, tuple[int, int]]:
    """Time of change and size of each Python file in the folder of a module, which is not imported for it.

    Empty where there is no such module.
    """
    with suppress(ImportError, ValueError, OSError):
        if (file := _file(module)) is not None:
            found = {path: path.stat() for path in file.parent.glob("*.py")}
            return {path: (stat.st_mtime_ns, stat.st_size) for path, stat in found.items()}
    return {}


def _file(module: str) -> Path | None:
    top, *rest = module.split(".")
    spec = importlib.util.find_spec(top)
    if spec is None:
        return None
    if not rest:
        return Path(spec.origin) if spec.origin else None
    places = [Path(folder, *rest) for folder in spec.submodule_search_locations or ()]
    candidates = [file for place in places for file in (place / "__init__.py", place.with_name(f"{place.name}.py"))]
    return next((file for file in candidates if file.is_file()), None)
