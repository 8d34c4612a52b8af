"""``python -m lib``: see :mod:`lib.run.command`."""

import sys

from lib.run.command import main

if __name__ == "__main__":
    sys.exit(main())
