"""What the bill of materials says of the model itself: CycloneDX's model card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lib.numbers import number
from lib.policy.results import with_unit

CONFIDENCE = 0.95
ACCURACY = "Accuracy was not measured: no answer was held against a right one."


def card(manifest: Mapping[str, Any], evidence: Mapping[str, Any] | None, photos: Sequence[str]) -> dict[str, Any]:
    """The model card of the ONNX file in the package, as JSON types.

    Args:
        manifest: of the package.
        evidence: what :meth:`lib.report.run.Run.as_json` gives, or None where no run measured the package.
        photos: references of the golden photos in the same bill of materials.
    """
    return {
        "modelParameters": _parameters(manifest, evidence, photos),
        "quantitativeAnalysis": {"performanceMetrics": [_metric(check) for check in _measured(evidence)]},
        "considerations": {
            "users": ["Operations that answer photos without PyTorch"],
            "useCases": [_use(manifest)],
            "technicalLimitations": _limitations(manifest, evidence),
        },
    }


def _parameters(manifest: Mapping[str, Any], evidence: Mapping[str, Any] | None, photos: Sequence[str]) -> dict[str, Any]:
    contract, domain = manifest["contract"], manifest["domain"]
    fed = "; ".join(f"{name} {value}" for name, value in contract.items() if value is not None)
    sides = f"height and width of {domain['least']} to {domain['most']} pixels"
    architecture = {"modelArchitecture": evidence["subject"]["architecture"]} if evidence else {}
    return {
        "task": "image-classification",
        "architectureFamily": "convolutional neural network",
        **architecture,
        "datasets": [*({"ref": photo} for photo in photos), *([_compared(evidence)] if evidence else [])],
        "inputs": [{"format": f"float32 (N, 3, height, width), RGB, {sides}; made of a photo by: {fed}"}],
        "outputs": [{"format": "float32 (N, classes): logits"}],
    }


def _compared(evidence: Mapping[str, Any]) -> dict[str, Any]:
    names = [photo["name"] for photo in evidence["photos"]["readable"]]
    said = "The package's answers were held against PyTorch's on them; what they really show was not used."
    photos = [{"name": photo["name"], "value": f"sha256:{photo['sha256']}"} for photo in evidence["photos"]["readable"]]
    return {
        "type": "dataset",
        "name": f"photos of the run ({len(names)})",
        "contents": {"properties": photos},
        "description": said,
    }


def _measured(evidence: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    checks = evidence["checks"] if evidence else []
    return [check for check in checks if check["measured"] is not None and check["compared"]]


def _metric(check: Mapping[str, Any]) -> dict[str, Any]:
    """One check: its value, or the share of what failed with its confidence interval where that stands for others."""
    measured, compared = float(check["measured"]), check["compared"]
    name, subject = f"{check['id']}: {check['says']}", f"subject {check['subject']}"
    if not check["sampled"] or measured not in range(compared + 1):  # a NaN is no share of anything
        return {
            "type": name,
            "value": with_unit(measured, check["unit"]),
            "slice": f"{compared} compared; {subject}",
        }
    lower, upper = interval(int(measured), compared)
    return {
        "type": f"{name} (share of those compared)",
        "value": number(measured / compared),
        "slice": f"{int(measured)} of {compared} {check['sampled']}; {subject}",
        "confidenceInterval": {"lowerBound": number(lower), "upperBound": number(upper)},
    }


def interval(failed: int, compared: int) -> tuple[float, float]:
    """The exact (Clopper-Pearson) interval, at :data:`CONFIDENCE`, of the share that fails among all like those compared.

    Args:
        failed: 0 to ``compared``.
        compared: 1 or more, each as if drawn at random and apart from the others.

    Returns:
        Its ends, 0 to 1.
    """
    from scipy.stats import binomtest  # not at the top: it takes a second to import

    ends = binomtest(failed, compared).proportion_ci(CONFIDENCE, method="exact")
    return float(ends.low), float(ends.high)


def _use(manifest: Mapping[str, Any]) -> str:
    if manifest["subject"]["claims_accuracy"]:
        return "To give a photo the classes that PyTorch gives it with these weights and this preprocessing"
    return "To try how this network is handed over: its files, its sizes, its speed, how close it is to PyTorch"


def _limitations(manifest: Mapping[str, Any], evidence: Mapping[str, Any] | None) -> list[str]:
    subject, domain = manifest["subject"], manifest["domain"]
    said = [ACCURACY]
    if not subject["claims_accuracy"]:
        said.append("Stand-in weights: no claim on accuracy. Which class is answered means nothing.")
    said.append(f"Sizes: for inputs of {domain['least']} to {domain['most']} pixels a side, and for no others.")
    if subject["preprocessing_source"]:
        said.append(f"Preprocessing is the subject file's word: {subject['preprocessing_source']}")
    said.append("What data the weights were made from is not known here.")
    if evidence is None:
        return [*said, "No run measured this package: nothing is known here of how far it is from PyTorch."]
    if evidence["verdict"] != "ship":
        said.append(f"The run that measured it did not end with the verdict ship; its verdict is: {evidence['verdict']}.")
    if any(check["sampled"] for check in _measured(evidence)):
        said.append(
            f"Confidence intervals are the exact ones of a share (Clopper-Pearson, {CONFIDENCE:.0%}). They hold for photos and "
            "sizes like those that were tried, as if each had been drawn at random and apart from the others."
        )
    return said
