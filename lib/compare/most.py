"""The comparison that stands out of many, as they pass one by one, so that pixels are kept of that one alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lib.compare.comparison import Comparison


class Most:
    """The one that stands out so far.

    Args:
        choose: which of some comparisons stands out, as :func:`~lib.compare.comparison.most_changed`.
    """

    def __init__(self, choose: Callable[[Sequence[Comparison]], Comparison]) -> None:
        self._choose = choose
        self._so_far: list[Comparison] = []

    def is_now(self, latest: Comparison) -> bool:
        """Whether ``latest`` stands out of all that have passed, itself among them."""
        self._so_far = [self._choose([*self._so_far, latest])]
        return self._so_far[0] is latest
