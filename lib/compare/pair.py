"""Two traces of one photo, with their pixels."""

from __future__ import annotations

from dataclasses import dataclass

from lib.compare.comparison import Comparison
from lib.deploy import Trace


@dataclass(frozen=True)
class Pair:
    """Two traces of one photo, kept for a picture.

    Attributes:
        comparison: what they differ by.
        reference: the reference's trace.
        candidate: the other's.
    """

    comparison: Comparison
    reference: Trace
    candidate: Trace

    @classmethod
    def of(cls, photo: str, name: str, reference: Trace, candidate: Trace) -> Pair:
        """Of two whole traces.

        Args:
            photo: the photo's name.
            name: of what is held against the reference.
            reference: the reference's trace.
            candidate: the other's.
        """
        return cls(Comparison.of_traces(photo, name, reference, candidate), reference, candidate)
