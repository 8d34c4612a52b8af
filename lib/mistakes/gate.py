"""The gate on trial: are mistakes noticed, and is a healthy pipeline left in peace?"""

from __future__ import annotations

from collections.abc import Sequence

from lib.compare.comparison import first_divergence, max_abs_difference, stage_differences
from lib.handoff import Handoff
from lib.mistakes import Mistake
from lib.compare.shared import Sweep


def missed(handoff: Handoff, mistakes: Sequence[Mistake], allowed: dict[str, float]) -> tuple[int, int]:
    """How many mistakes change a photo's input unnoticed, and how many change it at all.

    A mistake is noticed where some stage differs from the reference's by more than ``allowed``.
    """
    unnoticed = changed = 0
    for photo in handoff.photos.readable:
        sweep = Sweep(photo.data)
        reference = sweep.trace(handoff.reference)
        for mistake in mistakes:
            trace = sweep.trace(mistake.commit(handoff.deployment, handoff.subject.contract))
            if max_abs_difference(reference.normalise, trace.normalise) > 0:
                changed += 1
                unnoticed += first_divergence(stage_differences(reference, trace), allowed) is None
    return unnoticed, changed
