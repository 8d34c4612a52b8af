"""Whether a new version may replace an old one: their answers against each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lib.studies.cost.costs import Judged, answers, judgements, labelled
from lib.studies.cost.findings import Replacement
from lib.studies.cost.intervals import Resampling, share
from lib.sweep.table import Table


def replacement(
    table: Table,
    labels: NDArray[np.int32] | None,
    old: tuple[str, str],
    new: tuple[str, str],
    resampling: Resampling,
) -> Replacement:
    """One way against another. A photo that only one of them answers is a flip; one that neither answers is none.

    Args:
        table: of the sweep.
        labels: int32 (N,), index of the right class, -1 where it is not known.
        old: what is in production: its name as pages say it, and its way.
        new: what would replace it.
        resampling: of the table's clusters.
    """
    was, now = answers(table, old[1]).top1, answers(table, new[1]).top1
    columns = [np.ones(len(was), dtype=np.bool_), was == now]
    if known := labels is not None and bool((labels >= 0).any()):
        columns += [labels >= 0, *judgements(labels, was, now)]
    photos, same, *sums = resampling.sums(columns)
    judged = Judged(*sums) if known else None
    return Replacement(
        old=old[0],
        new=new[0],
        photos=len(was),
        old_no_answer=int((was < 0).sum()),
        new_no_answer=int((now < 0).sum()),
        flips=int((was != now).sum()),
        agreement=share(same / photos),
        labelled=labelled(judged) if judged else None,
        old_accuracy=(judged.before / judged.photos).value if judged else float("nan"),
    )
