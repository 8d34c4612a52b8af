"""Which part did it: the gap between two pipelines, shared out among the parts they differ in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial


def shapley(players: Sequence[str], value: Callable[[frozenset[str]], float]) -> dict[str, float]:
    """Shapley's shares of ``value(all players) - value(no player)``.

    A player's share is what it adds when it joins those who came before, averaged over every order in which the players can
    join. The shares sum to the whole gap, and a player that changes nothing gets nothing. Source: L. S. Shapley, "A value for
    n-person games", 1953. Each of the 2^n coalitions is evaluated once.

    Args:
        players: their names.
        value: the worth of a coalition, here the probability that a pipeline with these parts mended gives.
    """
    n = len(players)
    worth = {frozenset(members): value(frozenset(members)) for size in range(n + 1) for members in combinations(players, size)}
    shares = dict.fromkeys(players, 0.0)
    for coalition, before in worth.items():
        weight = factorial(len(coalition)) * factorial(n - len(coalition) - 1) / factorial(n) if len(coalition) < n else 0.0
        for player in players:
            if player not in coalition:
                shares[player] += weight * (worth[coalition | {player}] - before)
    return shares
