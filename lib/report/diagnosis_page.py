"""The one page that says what a tensor tells of the service that made it."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lib.compare.view import denormalised
from lib.deploy import Contract
from lib.diagnosis.evidence import SAME
from lib.diagnosis.finding import Finding, stage_of
from lib.diagnosis.framing import Names
from lib.diagnosis.measurements import ANOTHER_NORMALISATION, ANOTHER_SIZE, Layout, Measurement
from lib.diagnosis.normalisation import Line
from lib.diagnosis.ranking import CLOSE, CONFIDENT, FILTER, ROUNDED, SHARE
from lib.inputs.reading import sha256
from lib.inputs.subject import Subject
from lib.mistakes import CATALOGUE
from lib.mistakes.effects import WHO, effects
from lib.numbers import below, enumerated, number
from lib.report import cards, heat, zoom
from lib.report.gallery import Panel, gallery, groups
from lib.report.html import Html, join, note, table
from lib.report.templating import environment, stylesheet
from lib.report.zoom import Side

# What diagnosis can name beside the catalogue's mistakes: code and why.
_BESIDE = {
    ANOTHER_SIZE: ("image.resize((w, h))", "the service was built for another input size"),
    ANOTHER_NORMALISATION: ("(pixels / 255 - mean) / std", "mean or std were mistyped, or are another model's"),
}


CONFIDENCE = (
    f"Mistakes are named where together they explain at least {CONFIDENT:.0%} of the squared difference from the reference, at "
    f"the reference's size, and leave {number(CLOSE)} levels at most (root mean square) or less than a level on at least "
    f"{ROUNDED:.0%} of the values. Each must explain {SHARE:.0%} of what is left without it, a filter {FILTER:.0%}. A tone "
    "curve, and a normalisation by itself, are arithmetic and are named only to within a level. A resize is named by what it "
    "does, whichever library did it."
)


def heading(finding: Finding) -> str:
    """The finding in a few words."""
    if finding.healthy:
        return "✓ The reference's own input"
    if finding.names:
        return f"✗ {enumerated(finding.effects)}"
    return "✗ The reference's input, to within a level" if finding.same else "✗ Not in the catalogue"


def sentences(finding: Finding) -> list[str]:
    """The finding in sentences: where it shows first, how sure it is, what it cannot be told from, and what is not known."""
    observed = finding.observed
    if finding.healthy:
        same = "in every value" if not observed.rounding else "as far as its type can hold"
        return [f"The tensor ({observed.kind}) is what PyTorch's preprocessing makes of this photo, {same}."]
    said = [f"The first stage that differs is {_or(finding.stages)}."]
    if not finding.names:
        return [*said, *_unknown(finding)]
    nearest = finding.nearest[0] if finding.chosen is None else finding.chosen
    left = f"{number(nearest.distance)} {observed.unit} are left on average (root mean square)"
    if nearest.distance <= SAME + observed.rounding:
        said.append("It gives this very tensor.")
    elif nearest.rounded:
        said.append(f"It gives this tensor to within a level; {left}.")
    else:
        said.append(f"It explains {nearest.explained:.1%} of the difference from the reference; {left}.")
    said += [f"{effect[0].upper()}{effect[1:]}: so do {WHO[effect]}." for effect in finding.effects if effect in WHO]
    if finding.line is not None:
        said.append(_normalisation(finding.line))
    alike = [names for names in (*finding.ties, *finding.alike) if effects(names) == finding.effects]
    if len(alike) > 1:
        said.append(f"On this photo {_apart(alike)} cannot be told apart.")
    if finding.others:
        said.append(f"On this photo it may as well be {enumerated([_together(each) for each in finding.others], 'or')}.")
    return said


def _apart(groups: Sequence[Names]) -> str:
    """The names of groups of mistakes, less those that all of them have."""
    return enumerated([_together([name for name in group if any(name not in each for each in groups)]) for group in groups])


def _together(names: Sequence[str]) -> str:
    return " with ".join(names)


def _normalisation(line: Line) -> str:
    mean, std = (", ".join(map(number, numbers)) for numbers in (line.mean, line.std))
    return f"It was normalised as (level / 255 - mean) / std with mean {mean} and std {std}."


def _or(stages: Sequence[str]) -> str:
    *others, last = stages
    return f"{', '.join(others)} or {last}" if others else last


def _unknown(finding: Finding) -> list[str]:
    """What can be said where no mistake is named."""
    if finding.same:
        return [
            f"At least {ROUNDED:.0%} of its values are within a level of the reference's: the same steps with other roundings."
        ]
    said = ["Neither a mistake of the catalogue nor several at once can be named."]
    if not finding.nearest:
        width, height = finding.observed.size
        said = [f"Neither a mistake of the catalogue nor several at once give {width} × {height} pixels of this photo."]
    elif finding.chosen is not None and finding.chosen.names:
        nearest = finding.chosen
        share = f"{below(max(0.0, nearest.explained), CONFIDENT)} of the difference from the reference"
        but = "which is too little to name it" if nearest.explained < CONFIDENT else f"but leaves {number(nearest.left)} levels"
        said.append(f"The nearest, {nearest.label}, explains {share}, {but}.")
        if nearest.line is not None:
            said.append(_normalisation(nearest.line).replace("It was normalised", "It comes nearest normalised"))
    known = [f"{each.name}: {each.says}" for each in finding.evidence if each.says and each.name != Layout.name]
    return [*said, f"What is known: {'; '.join(known)}.", "What is not known is the step that makes the difference."]


def write(finding: Finding, subject: Subject, photo: Path, tensor: Path, out: Path) -> None:
    """Write the page to ``out``, whole or not at all.

    Raises:
        OSError: ``out`` cannot be written.
    """
    contract = subject.contract
    html = (
        environment()
        .get_template("diagnosis.html.j2")
        .render(
            title=f"{heading(finding)}: {tensor.name}",
            css=stylesheet(),
            pages=[(out.name, "Diagnosis")],
            page=out.name,
            finding=finding,
            heading=heading(finding),
            sentences=sentences(finding),
            picture=side_by_side(finding, contract),
            mistakes=_mistakes(finding),
            evidence=_evidence(finding),
            candidates=_candidates(finding),
            facts=_facts(finding, subject, photo, tensor),
        )
    )
    scratch = out.with_name(f".{out.name}.partial")
    try:
        scratch.write_text(html, encoding="utf-8", errors="backslashreplace")  # of a name that is not UTF-8
        scratch.replace(out)
    finally:
        scratch.unlink(missing_ok=True)


def side_by_side(finding: Finding, contract: Contract) -> Html:
    """The reference's picture and the service's, with their difference and the place where it is largest if shapes agree."""
    fed, right = fed_levels(finding, contract), finding.right.astype(np.float64)
    sides = Side("the reference", right), Side("the service", fed)
    whole = [zoom.whole("the photo", side) for side in sides]
    said = f"The service feeds {fed.shape[1]} by {fed.shape[0]} pixels, the reference {right.shape[1]} by {right.shape[0]}"
    undone = "Pictures are shown with the reference's normalisation undone."
    if fed.shape != right.shape:
        return gallery(whole, f"{said}: pictures of different sizes, which cannot be subtracted. {undone}")
    if finding.healthy:
        return gallery(whole, f"{said}: there is no difference to draw. {undone}")
    error = zoom.furthest(right, fed)
    largest, size = zoom.largest(error), np.abs(error)
    reach = heat.reach(largest)
    said += f"; {(size > 0.5).mean():.0%} of the pixels differ by more than half a level, by {number(largest)} at most"
    difference = Panel(
        heat.outlined(heat.signed(error, reach), heat.outlines(right)),
        "difference",
        "Map of what the service feeds less what the reference does, with the photo's outlines",
        f"up to {zoom.in_levels(largest)}",
        exact=True,
    )
    place = f"Where they differ most: {zoom.place(*sides)}, one square a pixel"
    rows = {"": [*whole, difference], place: zoom.panels_of("the photo", *sides, reach)}
    return groups(rows, f"{said}. {undone}", heat.scale(reach, "levels of the furthest channel"))


def fed_levels(finding: Finding, contract: Contract) -> NDArray[np.float64]:
    """What was observed in levels, the reference's normalisation undone: float64 (h, w, 3)."""
    observed = finding.observed
    planes = observed.values.astype(np.float64) if observed.levels else denormalised(observed.values, contract)
    return planes.transpose(1, 2, 0)


def _mistakes(finding: Finding) -> Html | None:
    names = dict.fromkeys(name for group in (*finding.ties, *finding.alike) for name in group)
    rows = []
    for name in names:
        code, why = (CATALOGUE[name].code, CATALOGUE[name].why) if name in CATALOGUE else _BESIDE[name]
        rows.append((name, stage_of(name), code, why))
    return table(("mistake", "stage", "code", "why people make it"), rows, caption="What commits it") if rows else None


def _evidence(finding: Finding) -> Html:
    rows = [(each.name, each.value, each.says or "—", _ruled_out(each)) for each in finding.measured]
    headers = ("measured", "value", "what it says", "rules out")
    return table(headers, rows, caption="Measured without trying any mistake")


def _ruled_out(measurement: Measurement) -> str:
    count = sum(not measurement.allows((name,)) for name in CATALOGUE)
    return f"{count} of {len(CATALOGUE)} mistakes" if count else "—"


def _candidates(finding: Finding) -> Html:
    unit = finding.observed.unit
    rows = [
        (each.label, f"{number(each.distance)} {unit}", f"{max(0.0, each.explained):.2%}", "yes" if each.rounded else "no")
        for each in finding.nearest
    ]
    headers = ("candidate", "distance, root mean square", "explains of the difference", "to within a level")
    return join(table(headers, rows, caption="The nearest candidates that the evidence allows"), note(CONFIDENCE))


def _facts(finding: Finding, subject: Subject, photo: Path, tensor: Path) -> Html:
    contract = subject.contract
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("pillow", "numpy", "opencv-python-headless"))
    rows = [
        ("photo", f"{photo.name}, SHA-256 {sha256(photo.read_bytes())}"),
        ("tensor", f"{tensor.name}, {finding.observed.kind}, SHA-256 {sha256(tensor.read_bytes())}"),
        ("subject", f"{subject.label}: {cards.resize(contract)}"),
        ("mean, std", f"{', '.join(map(number, contract.mean))}; {', '.join(map(number, contract.std))}"),
        ("versions", versions),
    ]
    return table(("of", "what"), rows, caption="Inputs")
