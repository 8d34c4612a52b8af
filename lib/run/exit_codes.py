"""What the exit code of a run means."""

SHIP = 0  # every check passed, or only warnings failed
CHECK_FAILED = 1  # a check failed or was not recorded; the report is written and says which
WRONG_USE = 2  # bad input: nothing was run to its end, earlier reports stand
CRASHED = 3  # a notebook crashed or timed out; the report is written without what it had to measure
INTERRUPTED = 130  # Ctrl-C, as shells count it: 128 + SIGINT; earlier reports stand
