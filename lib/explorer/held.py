"""One photo's traces held to the tolerances of the policy, stage by stage."""

from __future__ import annotations

import math

from lib.compare.comparison import Comparison, StageDifference
from lib.policy import Measurement, Policy, Result
from lib.policy.policy import STAGE_CHECKS
from lib.report.html import Html, join, note, table


def held(comparison: Comparison, policy: Policy) -> Html:
    """What a pipeline's checks are on one photo: a sentence, and a row a stage.

    Args:
        comparison: the pipeline against the reference, all stages.
        policy: its thresholds are the tolerances.
    """
    results = {
        stage.stage: Result(policy[id_], "", Measurement(id_, stage.largest, 1))
        for stage in comparison.stages
        for id_ in [STAGE_CHECKS[stage.stage]]
    }
    first = comparison.first(policy.tolerances)
    said = (
        f"{comparison.name} on {comparison.photo}: the first stage that differs by more than its tolerance is {first}."
        if first
        else f"{comparison.name} on {comparison.photo}: every stage is within its tolerance."
    )
    rows = [
        (stage.stage, _largest(stage, results[stage.stage]), results[stage.stage].limit, results[stage.stage].mark)
        for stage in comparison.stages
    ]
    return join(
        note(said, "warning" if first else "finding"),
        table(("stage", "largest difference", "tolerance", "result"), rows),
    )


def _largest(stage: StageDifference, result: Result) -> str:
    if math.isinf(stage.largest) and stage.reference.shape != stage.candidate.shape:
        shapes = [" × ".join(map(str, each.shape)) for each in (stage.candidate, stage.reference)]
        return f"shape {shapes[0]} instead of {shapes[1]}"
    return result.value
