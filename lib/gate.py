"""The gate on trial: are mistakes noticed, and is a healthy pipeline left in peace?"""

from __future__ import annotations

from collections.abc import Sequence

from lib.compare import first_divergence, max_abs_difference, stage_differences
from lib.migration import Migration
from lib.mistakes import Mistake
from lib.sweep import Sweep


def missed(migration: Migration, mistakes: Sequence[Mistake], allowed: dict[str, float]) -> tuple[int, int]:
    """How many mistakes change a photo's input unnoticed, and how many change it at all.

    A mistake is noticed where some stage differs from the reference's by more than ``allowed``.
    """
    unnoticed = changed = 0
    for photo in migration.photos.readable:
        sweep = Sweep(photo.data)
        reference = sweep.trace(migration.reference)
        for mistake in mistakes:
            trace = sweep.trace(mistake.commit(migration.deployment, migration.subject.contract))
            if max_abs_difference(reference.normalise, trace.normalise) > 0:
                changed += 1
                unnoticed += first_divergence(stage_differences(reference, trace), allowed) is None
    return unnoticed, changed
