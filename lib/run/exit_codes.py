"""What the exit code of a run means."""

from lib.deploy import streams

SHIP = 0  # every check passed, or only warnings failed
CHECK_FAILED = 1  # a check failed or was not recorded; the report is written and says which
WRONG_USE = 2  # bad input: nothing was run to its end, earlier reports stand
CRASHED = 3  # a notebook crashed or timed out; the report is written without what it had to measure
INTERRUPTED = streams.INTERRUPTED  # 130, Ctrl-C; earlier reports stand
UNREAD = streams.UNREAD  # 141, whoever read the output left before its end; a report that was made stands
