"""What a page begins with: what is handed over, and which photos were left out."""

from __future__ import annotations

from lib.deploy import Contract
from lib.handoff import Handoff
from lib.inputs.photos import Photos
from lib.numbers import counted, number
from lib.report.html import Html, folded, join, note, table

CARD = "card"  # the class of what every notebook begins with, and a page that holds several needs once
SHOWN = 20  # names of files that are no pictures
_PADDED_FOR = {"static": "once, for {0} × {0}", "same": "for each input"}


def card(handoff: Handoff, deployment: bool = True, photos: bool = True) -> Html:
    """What is handed over, folded, with the warning that a stand-in carries.

    Args:
        handoff: what it is about.
        deployment: whether the pipeline under test belongs to it.
        photos: whether the hand-off's photos are looked at.
    """
    subject, contract = handoff.subject, handoff.subject.contract
    rows = [
        ("what it is", subject.about),
        ("architecture", f"{subject.architecture}, padding computed {_PADDED_FOR[subject.padding].format(subject.image_size)}"),
        ("weights", f"{handoff.weights_name}, SHA-256 {handoff.weights_sha256[:16]}…"),
        ("classes", str(len(subject.classes))),
        ("resize", resize(contract)),
        ("mean", ", ".join(number(value) for value in contract.mean)),
        ("std", ", ".join(number(value) for value in contract.std)),
        ("preprocessing from", subject.source or "the subject file does not say"),
        *([("deployment", handoff.deployment_name)] if deployment else []),
    ]
    count = f", {counted(len(handoff.photos.readable), 'photo')} readable, {len(handoff.photos.unreadable)} not"
    if others := handoff.photos.others:
        count += f", {counted(len(others), 'other file')} in the folder"
        rows.append(("files that are no pictures", ", ".join(others[:SHOWN]) + ", …" * (len(others) > SHOWN)))
    title = f"What is handed over: {subject.label}{count if photos else ''}"
    shown = folded(title, table(("subject", subject.name), rows), kind=CARD)
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
    """The files that were left out, each with its reason; nothing where there are none."""
    if not photos.unreadable:
        return Html()
    rows = [(name, reason) for name, reason in photos.unreadable]
    return table(("photo", "why it was left out"), rows, caption=f"{len(rows)} files were left out")
