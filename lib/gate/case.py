"""What the gate tries, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lib.gate.bench import Bench

SHIPS, STOPS, REFUSED, CRASHED = "ships", "does not ship", "was refused", "crashed"


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        ended: :data:`SHIPS`: no check failed; :data:`STOPS`: one did; :data:`REFUSED`: one line says what cannot be used;
            :data:`CRASHED`: anything else.
        blamed: the parts that failures point at, the first to look at first.
        failed: ids of the checks that failed.
        said: the verdict's sentence, or the line that was said.
    """

    ended: str
    blamed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    said: str = ""


@dataclass(frozen=True)
class Case:
    """One thing to try.

    Attributes:
        group: what it is about, as ``decode`` or ``metadata``.
        name: what is done, in half a sentence.
        expected: of a fault, the part that has to be blamed first, one of :data:`lib.policy.policy.PARTS`, or where it has to
            be refused, a word of the line that says so, or :data:`CRASHED` where a notebook has to; empty for a harmless
            variant, which has to ship.
        run: does it.
        words: what the verdict has to name besides.
    """

    group: str
    name: str
    expected: str
    run: Callable[[Bench], Outcome]
    words: tuple[str, ...] = ()

    @property
    def harmless(self) -> bool:
        """Whether it has to pass."""
        return not self.expected

    def judge(self, outcome: Outcome) -> str:
        """What is wrong with an outcome; empty where it is what it has to be."""
        if outcome.ended == CRASHED or self.expected == CRASHED:
            return "" if outcome.ended == self.expected else f"it {outcome.ended}"
        if self.harmless:
            return "" if outcome.ended == SHIPS else "a false alarm"
        if outcome.ended == SHIPS:
            return "it was missed"
        missing = [word for word in self.words if word not in outcome.said]
        if missing:
            return f"it was not named: {', '.join(missing)}"
        if outcome.ended == REFUSED:
            return "" if self.expected in outcome.said else f"the line does not say {self.expected}"
        return "" if outcome.blamed[:1] == (self.expected,) else f"{outcome.blamed[0]} was blamed for {self.expected}"
