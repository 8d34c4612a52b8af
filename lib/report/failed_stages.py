"""Where a stage of the deployment gives nothing, as every page says it that goes on with PyTorch's stage in its place."""

from __future__ import annotations

from collections.abc import Sequence

from lib.compare.unanswered import Unanswered
from lib.numbers import counted
from lib.report.html import Html, join, note, table


def failed_stages(failed: Sequence[Unanswered]) -> Html:
    """Where a stage of the deployment gave nothing, and what stands in its place; nothing if all gave something."""
    if not failed:
        return Html("")
    said = f"A stage of the deployment failed on {counted(len({each.photo for each in failed}), 'photo')}. "
    ended = " Its process ended there, so on all later photos every stage is PyTorch's." if failed[-1].over else ""
    rows = [(each.photo, each.stage, f"✗ {each.reason}") for each in failed]
    shown = table(("photo", "stage", "what happened"), rows, caption="Where the deployment gives no answer")
    return join(
        note(f"{said}So that the rest can be measured, PyTorch's stage takes its place below.{ended}", "warning"), shown
    )
