"""What the guarded process does: finds a deployment, builds its pipeline, and runs its stages.

Whatever the deployment raises becomes an answer; what ends the process, or never ends, the other side notices.
"""

from __future__ import annotations

import importlib
import os
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from lib.deploy import STAGES, BadInput, Pipeline
from lib.guarded import wire
from lib.guarded.seen import Seen
from lib.guarded.wire import NOTHING, Packed, printable


class Raised(Exception):
    """The deployment's code raised something.

    Attributes:
        said: for the answer: ``raised``, the exception's type, ``said``, one line, and ``bad_input``, whether it is a BadInput.
    """

    def __init__(self, error: BaseException) -> None:
        self.said = {"raised": _kind(error), "said": _one_line(error), "bad_input": isinstance(error, BadInput)}


def serve(connection: socket.socket) -> None:
    """Say that we are here, then answer one request after the other until the connection is closed."""
    service = _Service(connection)
    wire.send(connection, {})
    while (request := service.receive()) is not None:
        try:
            service.answer(*request)
        except Raised as error:
            wire.send(connection, error.said)


def guarded(function: Callable[..., Any], *arguments: Any) -> Any:
    """What the deployment's function gives.

    Raises:
        Raised: it raised anything, ``SystemExit`` too.
    """
    here = os.getpid()
    try:
        return function(*arguments)
    except BaseException as error:
        raise Raised(error) from None
    finally:
        if os.getpid() != here:  # the code forked: the copy must not answer too
            os._exit(0)


class _Service:
    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._incoming = connection.makefile("rb")
        self._sending = threading.Lock()
        self._function: Any = None
        self._pipeline: Any = None
        self._seen = Seen()

    def receive(self) -> tuple[dict[str, Any], Any] | None:
        """The next message; None where the connection was closed."""
        head = self._incoming.read(wire.HEAD)
        if len(head) < wire.HEAD:
            return None
        header, body = wire.lengths(head)
        return wire.unpacked(self._incoming.read(header), bytearray(self._incoming.read(body)))

    def answer(self, message: dict[str, Any], value: Any) -> None:
        asked: dict[str, Callable[..., None]] = {
            "import": self._import,
            "build": self._build,
            "stage": self._stage,
            "photos": self._photos,
            "forked": self._forked,
            "seen": self._tell,
        }
        asked[message.pop("do")](value, **message)

    def _import(self, _: None, module: str, attribute: str, path: list[str]) -> None:
        sys.path[:] = path
        # what Python keeps of a module is told apart by the second only: one that was just changed would not be read
        sys.dont_write_bytecode = True
        self._function, public = guarded(_found, module, attribute)
        self._seen.after("import")
        wire.send(self._connection, {"found": public is None, "public": public})

    def _build(self, _: None, model: str) -> None:
        self._pipeline, kind = guarded(_built, self._function, Path(model))
        self._seen.after("build")
        wire.send(self._connection, {"made": kind})

    def _stage(self, value: Any, stage: str) -> None:
        packed = guarded(_packed, self._pipeline, stage, value)
        self._seen.after(stage)
        wire.send(self._connection, {}, packed)

    def _tell(self, _: None) -> None:
        wire.send(self._connection, self._seen.told())

    def _received(self, count: int) -> list[Any]:
        return [received[1] for _ in range(count) if (received := self.receive()) is not None]

    def _forked(self, _: None, count: int) -> None:
        """The answers of a copy of this process, as a web server makes one for each of its workers."""
        photos = self._received(count)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                for number, photo in enumerate(photos):
                    self._answer_photo(number, photo)
                    os.write(writing, b".")
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as answered:
            sent = len(answered.read())
        os.waitpid(child, 0)
        for number in range(sent, count):
            error = {"raised": "ChildProcessError", "said": "the copy of the process ended", "bad_input": False}
            wire.send(self._connection, error | {"number": number, "stage": STAGES[0]})

    def _photos(self, _: None, count: int, threads: int) -> None:
        photos = self._received(count)
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(self._answer_photo, range(count), photos))

    def _answer_photo(self, number: int, photo: bytes) -> None:
        message, packed = self._outcome(photo)
        with self._sending:  # at once: what comes next may end the process
            wire.send(self._connection, message | {"number": number}, packed)

    def _outcome(self, photo: bytes) -> tuple[dict[str, Any], Packed]:
        value: Any = photo
        for stage in STAGES:
            try:
                value = guarded(_packed if stage == STAGES[-1] else _given, self._pipeline, stage, value)
            except Raised as error:
                return error.said | {"stage": stage}, NOTHING
            finally:
                self._seen.after(stage)
        return {}, value


def _found(module_name: str, attribute: str) -> tuple[Any, list[str] | None]:
    """What the module calls ``attribute``, and None; or None, and the module's own functions by name."""
    module = importlib.import_module(module_name)
    found = getattr(module, attribute, None)
    if callable(found):
        return found, None
    public = [key for key in {**vars(module), **dict.fromkeys(dir(module))} if key.isidentifier() and key[0] != "_"]
    return None, [key for key in public if callable(getattr(module, key, None))]


def _built(function: Any, model: Path) -> tuple[Any, str]:
    """What the deployment made, and the name of its type, empty for a pipeline."""
    made = function(model)
    return made, "" if isinstance(made, Pipeline) else printable(type(made).__name__)


def _given(pipeline: Any, stage: str, value: Any) -> Any:
    """What a stage gives."""
    return getattr(pipeline, stage)(value)


def _packed(pipeline: Any, stage: str, value: Any) -> Packed:
    """The same, ready to be sent: looking at it may run the deployment's code too."""
    return wire.packed(_given(pipeline, stage, value))


def _kind(error: BaseException) -> str:
    try:
        return printable(type(error).__name__)
    except BaseException:  # a team's own metaclass
        return "an exception"


def _one_line(error: BaseException) -> str:
    try:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        return printable(lines[0] if lines else _kind(error))
    except BaseException:
        return "it cannot be printed"
