"""What must hold for a hand-off to ship: one table of checks, and the verdict, which is the table against what was recorded."""

from lib.policy.policy import TABLE, Check, Policy, UnknownCheck, load
from lib.policy.results import Measurement, Record, Result, answer, judged
from lib.policy.verdict import Verdict, verdict

__all__ = [
    "TABLE", "Check", "Measurement", "Policy", "Record", "Result", "UnknownCheck", "Verdict",
    "answer", "judged", "load", "verdict",
]  # fmt: skip
