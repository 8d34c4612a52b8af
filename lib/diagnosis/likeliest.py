"""The mistake behind a deployment's own tensor, in half a sentence: what a failed check shows beside its numbers."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from lib.deploy import BadInput, Contract
from lib.diagnosis.finding import diagnose
from lib.mistakes import CATALOGUE
from lib.numbers import enumerated


def likeliest(name: str, data: bytes, tensor: NDArray[Any], contract: Contract) -> dict[str, str]:
    """What a tensor says of the pipeline that made it.

    Args:
        name: of the photo.
        data: the photo's bytes.
        tensor: what the deployment feeds its network for it.
        contract: the preprocessing that the subject states.

    Returns:
        The mistake in half a sentence, by the first stage that it changes; empty where the tensor is the reference's own, or
        where it cannot be read as one.
    """
    try:
        finding = diagnose(data, tensor, contract)
    except BadInput:
        return {}
    if finding.healthy or not finding.stages:
        return {}
    if not finding.names:
        known = "; ".join(f"{each.name}: {each.says}" for each in finding.evidence if each.says)
        said = f"on {name} it is no mistake of the catalogue, nor several at once{known and f' ({known})'}"
        return dict.fromkeys(finding.stages, said)
    why = "; ".join(CATALOGUE[each].why for each in finding.names if each in CATALOGUE)
    said = f"{enumerated(finding.effects)}, which explains {finding.explained:.1%} of the difference on {name}"
    return {finding.stages[0]: f"{said}{why and f' ({why})'}"}
