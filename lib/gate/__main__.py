"""``python -m lib.gate``: see :mod:`lib.gate.command`."""

import sys

from lib.gate.command import main

if __name__ == "__main__":
    sys.exit(main())
