"""A process that ends with its lifeline, whatever it is doing: ``python -m tests.guarded.waits HOW``. It prints its pid."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

from lib.guarded.lifeline import hold, lifeline

if __name__ == "__main__":
    how = sys.argv[1]
    if how == "parent":  # of one that loops
        with lifeline() as stdin:
            child = [sys.executable, "-m", "tests.guarded.waits", "loops"]
            subprocess.run(child, stdin=stdin, start_new_session=True, check=False)
    hold()
    child = subprocess.Popen(["sleep", "60"])  # ended with its group
    print(os.getpid(), child.pid, flush=True)
    if how == "closes":
        os.closerange(0, 64)
    if how == "matches":
        re.match("(a+)+$", "a" * 60 + "b")  # takes longer than anybody lives, and no other thread has its turn
    while how == "loops":
        pass
    time.sleep(60)
