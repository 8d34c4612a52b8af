"""All that is found in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lib.studies.cost.costs import cost, tallied
from lib.studies.cost.findings import Found
from lib.studies.cost.intervals import Resampling, share
from lib.studies.cost.margins import margins
from lib.studies.cost.repairs import repairs as repairs_of
from lib.studies.cost.replacement import replacement as replacement_of
from lib.studies.cost.together import both, together
from lib.sweep.table import Table


def found(
    table: Table,
    labels: NDArray[np.int32] | None,
    mistakes: Sequence[str],
    pairs: Sequence[tuple[str, str]],
    repairs: Mapping[str, tuple[str, Mapping[str, str]]],
    deployment: str,
    replacement: tuple[str, str, str, str] | None,
    seed: int,
    repeats: int = 1000,
) -> Found:
    """What a table says. The same table, seed and repeats give the same to the last digit.

    A way is a name in the table, or "" for the reference itself. Each way is read once, and once more for the replacement.

    Args:
        table: of the sweep, with at least one photo.
        labels: int32 (N,), index of the right class, -1 where it is not known; None where no photo has one.
        mistakes: ways that make one mistake each, in the order of the catalogue.
        pairs: of ways; what makes both at once is the way ``first + second``.
        repairs: from what pages call a deployment to its way and, from what is mended to the way that it is then, its repairs.
        deployment: the way of the deployment under test.
        replacement: what pages call the old version, its way, what they call the new one, and its way.
        seed: of the resampling, not negative.
        repeats: how many resamples the intervals are made from.
    """
    resampling = Resampling(table.clusters, seed, repeats)
    ways = [*mistakes, *(way for pair in pairs for way in (*pair, both(*pair)))]
    ways += [way for before, mended in repairs.values() for way in (before, *mended.values())]
    tallies = tallied(table, labels, list(dict.fromkeys([*ways, deployment])), resampling)
    judged = tallies[deployment].judged
    return Found(
        reference_accuracy=share(judged.before / judged.photos) if judged else None,
        costs={way: cost(tallies[way]) for way in mistakes},
        deployment=cost(tallies[deployment]),
        margins=margins(table, [tallies[way] for way in mistakes], resampling),
        together=together(pairs, tallies),
        repairs={name: repairs_of(before, mended, tallies) for name, (before, mended) in repairs.items()},
        replacement=replacement_of(table, labels, replacement[:2], replacement[2:], resampling) if replacement else None,
    )
