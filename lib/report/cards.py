"""What a page begins with: what is handed over, and which photos were left out."""

from __future__ import annotations

from lib.deploy import Contract
from lib.handoff import Handoff
from lib.inputs.photos import Photos
from lib.numbers import number
from lib.report.html import Html, join, note, table

_PADDED_FOR = {"static": "once, for {0} × {0}", "same": "for each input"}


def card(handoff: Handoff, deployment: bool = True) -> Html:
    """What is handed over, with the warning that a stand-in carries; ``deployment`` adds the pipeline under test."""
    subject, contract = handoff.subject, handoff.subject.contract
    rows = [
        ("what it is", subject.about),
        ("architecture", f"{subject.architecture}, padding computed {_PADDED_FOR[subject.padding].format(subject.image_size)}"),
        ("weights", f"{handoff.weights_path.name}, SHA-256 {handoff.weights_sha256[:16]}…"),
        ("classes", str(len(subject.classes))),
        ("resize", resize(contract)),
        ("mean", ", ".join(number(value) for value in contract.mean)),
        ("std", ", ".join(number(value) for value in contract.std)),
        ("preprocessing from", subject.source or "the subject file does not say"),
        *([("deployment", handoff.deployment_name)] if deployment else []),
        ("photos", f"{len(handoff.photos.readable)} readable, {len(handoff.photos.unreadable)} not"),
    ]
    shown = table(("subject", subject.name), rows, caption=f"What is handed over: {subject.label}")
    return shown if subject.claims_accuracy else join(shown, stand_in_warning(handoff))


def resize(contract: Contract) -> str:
    """What a contract does to a photo before normalisation, in half a sentence."""
    crop = f", then the central {contract.crop} × {contract.crop}" if contract.crop else ""
    return f"{contract.rule} to {contract.size}, {contract.filter}{crop}"


def stand_in_warning(handoff: Handoff) -> Html:
    """The sentence that goes with every use of a stand-in."""
    return note(
        f"{handoff.subject.name} runs on stand-in weights: its graph and its numerics are real, its answers mean nothing, "
        "and no claim on accuracy is made.",
        "warning",
    )


def unreadable(photos: Photos) -> Html:
    """The files that were left out, each with its reason."""
    if not photos.unreadable:
        return note(f"All {len(photos.readable)} photos could be read.")
    rows = [(name, reason) for name, reason in photos.unreadable]
    return table(("photo", "why it was left out"), rows, caption=f"{len(rows)} files were left out")
