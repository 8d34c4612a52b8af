"""The side that asks: a process that runs other people's code, is given a time for each answer, and ended when it is over."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, Any

from lib.guarded import wire
from lib.guarded.lifeline import lifeline
from lib.guarded.wire import NOTHING, Foreign, Packed, printable

STARTS = 60  # seconds that Python and our own imports may take, on the busiest machine
LOOKS = 0.2  # seconds between two looks whether the process is still there
LEAVES = 0.5  # seconds for a process that closed its connection to end, and for the rest of what it printed
TAIL = 4096  # bytes kept of what the process printed
BROKE_OFF = "its process broke off"


class Raised(Exception):
    """The code there raised an exception; the process goes on.

    Attributes:
        kind: name of its type.
        said: what it says, one line.
        bad_input: whether it is a :class:`lib.deploy.BadInput`.
        about: the rest of the answer.
    """

    def __init__(self, raised: str, said: str, bad_input: bool, **about: Any) -> None:
        super().__init__(f"{raised}: {said}")
        self.kind = raised
        self.said = said
        self.bad_input = bad_input
        self.about = about


class Ended(Exception):
    """The process is over: it died, or took too long. The message says what it was about, and which."""


class Process:
    """A process for other people's code. Of what that prints only the last line is kept, to say it where the process dies.

    It is in a session of its own, so that Ctrl-C does not reach it, and ended with all that it started when :meth:`close` is
    called, when nothing refers to this object any more, and when this process ends, however that happens. Once it is over, it
    stays so: each further request raises the same :class:`Ended`.

    Args:
        without: modules that cannot be imported there.

    Raises:
        Ended: it did not start.
    """

    def __init__(self, without: Sequence[str] = ()) -> None:
        self._lock = threading.Lock()
        self._over = ""
        self._tail = bytearray()
        with ExitStack() as held:
            stdin = held.enter_context(lifeline())
            self._connection, theirs = socket.socketpair()
            held.callback(self._connection.close)
            with theirs:
                number = theirs.fileno()
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "lib.guarded.worker", str(number), json.dumps(list(without))],
                    stdin=stdin,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    pass_fds=[number],
                    start_new_session=True,
                )
            self._finalizer = weakref.finalize(self, _end, self._process, held.pop_all(), os.getpid())
        self._drain = threading.Thread(target=_keep_tail, args=(self._process.stdout, self._tail), daemon=True)
        self._drain.start()
        with self._exchange("starting Python"):
            self._receive(STARTS)

    @property
    def number(self) -> int:
        """The process's id, as the system has it."""
        return self._process.pid

    def close(self) -> None:
        """End the process and all that it started."""
        self._over = self._over or "it was closed"
        self._finalizer()

    def ask(self, what: str, limit: float, message: dict[str, Any], value: Packed = NOTHING) -> tuple[dict[str, Any], Any]:
        """The answer to a request, as :class:`lib.guarded.service` gives it, and the value that came with it.

        Args:
            what: what is asked, for messages.
            limit: seconds that it may take.
            message: the request.
            value: what goes with it.

        Raises:
            Raised: the code there raised something.
            Ended: the process is over.
        """
        with self._exchange(what):
            self._send(limit, message, value)
            return self._receive(limit)

    def ask_each(
        self, what: str, limit: float, message: dict[str, Any], values: Sequence[Packed]
    ) -> list[tuple[dict[str, Any], Any] | Raised | Ended]:
        """The outcomes of a request for many values, in their order; each next one may take ``limit`` seconds.

        Of a process that ends on the way those that were there before are given, and :class:`Ended` for the others.
        """
        outcomes: dict[int, tuple[dict[str, Any], Any] | Raised] = {}
        over = Ended()
        try:
            with self._exchange(what):
                self._send(limit, message)
                for value in values:
                    self._send(limit, {}, value)
                for _ in values:
                    try:
                        answer = self._receive(limit)
                        outcomes[answer[0]["number"]] = answer
                    except Raised as error:
                        outcomes[error.about["number"]] = error
        except Ended as error:
            over = error
        return [outcomes.get(number, over) for number in range(len(values))]

    @contextmanager
    def _exchange(self, what: str) -> Iterator[None]:
        with self._lock:
            if self._over:
                raise Ended(self._over)
            try:
                yield
            except Raised:
                raise
            except (Ended, Foreign, OSError) as error:
                self._over = f"{what}: {error if isinstance(error, Ended) else BROKE_OFF}"
                self._finalizer()
                raise Ended(self._over) from None
            except BaseException:  # Ctrl-C: half a message may be on its way
                self._over = f"{what}: it was interrupted; load the hand-off again"
                self._finalizer()
                raise

    def _send(self, limit: float, message: dict[str, Any], value: Packed = NOTHING) -> None:
        self._connection.settimeout(limit)
        try:
            wire.send(self._connection, message, value)
        except TimeoutError:
            raise Ended(_too_long(limit)) from None
        except OSError:  # nobody is there to take it
            raise Ended(self._death()) from None

    def _receive(self, limit: float) -> tuple[dict[str, Any], Any]:
        deadline = time.monotonic() + limit
        header, body = wire.lengths(self._read(wire.HEAD, deadline, limit))
        message, value = wire.unpacked(bytes(self._read(header, deadline, limit)), self._read(body, deadline, limit))
        if "raised" in message:
            raise Raised(**message)
        return message, value

    def _read(self, size: int, deadline: float, limit: float) -> bytearray:
        data = bytearray(size)
        rest = memoryview(data)
        while rest:
            self._connection.settimeout(max(1e-3, min(LOOKS, deadline - time.monotonic())))
            try:
                count = self._connection.recv_into(rest)
            except TimeoutError:
                if time.monotonic() > deadline:
                    raise Ended(_too_long(limit)) from None
                if self._process.poll() is None:
                    continue
                count = 0  # it is gone, and something that it started holds the connection
            except OSError:
                count = 0
            if not count:
                raise Ended(self._death())
            rest = rest[count:]
        return data

    def _death(self) -> str:
        try:
            code = self._process.wait(timeout=LEAVES)
        except subprocess.TimeoutExpired:
            return BROKE_OFF
        self._drain.join(timeout=LEAVES)
        lines = bytes(self._tail).decode(errors="replace").splitlines()
        last = printable(next((line for line in reversed(lines) if line.strip()), "").strip())
        how = f"was ended by {_signal(-code)}" if code < 0 else f"ended with exit code {code}"
        return f"its process {how}{last and f' after it printed: {last}'}"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # most real-time signals have no name
        return f"signal {number}"


def _too_long(limit: float) -> str:
    return f"took longer than {limit:g} s and was ended; --time-limit gives it more"


def _keep_tail(stream: IO[bytes], tail: bytearray) -> None:
    with stream:
        while data := os.read(stream.fileno(), 2**16):
            tail += data
            del tail[:-TAIL]


def _end(process: subprocess.Popen[bytes], held: ExitStack, owner: int) -> None:
    if os.getpid() != owner:  # a fork of ours ends nothing that it did not start
        return
    with suppress(OSError):  # it is gone already
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    held.close()
