"""The process of :class:`lib.guarded.process.Process`: ``python -m lib.guarded.worker CONNECTION WITHOUT``.

CONNECTION is the number of a socket that was inherited, WITHOUT a JSON list of the modules that cannot be imported here, as on
a machine that has them not.
"""

from __future__ import annotations

import json
import socket
import sys

from lib.guarded.lifeline import hold


def main(connection: str, without: str) -> None:
    """Answer requests until the other end closes the connection."""
    hold()
    for name in json.loads(without):
        sys.modules[name] = None  # type: ignore[assignment]  # what Python takes for: there is no such module
    from lib.guarded.service import serve  # not at the top: it imports what may be forbidden

    serve(socket.socket(fileno=int(connection)))


if __name__ == "__main__":
    main(*sys.argv[1:])
