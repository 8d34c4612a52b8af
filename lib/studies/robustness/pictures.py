"""Pictures and tables of probes, of what they cover, and of the deployment asked in other ways."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lib.compare.comparison import UNITS
from lib.numbers import counted, number
from lib.policy.results import listed
from lib.report.drawing import figure as blank
from lib.report.drawing import show, styled
from lib.report.gallery import Panel, gallery, grid
from lib.report.html import Html, join, note, table
from lib.studies.robustness.behaviour import Behaviour
from lib.studies.robustness.made import Made
from lib.studies.robustness.measure import STAGES, THUMBNAIL, Held, Study

COLUMNS = 12
ROW = 0.43  # inches
PAIRS = 6  # of pictures that differ


@styled
def contact_sheet(held: Sequence[Held]) -> Html:
    """All probes as small as stamps, as PyTorch's decode shows them."""
    shown = [each.thumbnail for each in held if each.thumbnail is not None]
    drawn = blank(ROW * -(-len(shown) // COLUMNS))
    for axes, thumbnail in grid(drawn, COLUMNS, [_on_square(each) for each in shown]):
        axes.imshow(thumbnail)
    said = (
        f"{counted(len(shown), 'picture')} made from the bundled photos and from patterns, in every file format, mode and size"
    )
    return show(drawn, f"Small images of {said}.", f"What the deployment is tried on: {said}.", photographic=True)


def _on_square(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A small picture in the middle of a light square."""
    square = np.full((THUMBNAIL, THUMBNAIL, 3), 240, np.uint8)
    height, width = picture.shape[:2]
    top, left = (THUMBNAIL - height) // 2, (THUMBNAIL - width) // 2
    square[top : top + height, left : left + width] = picture
    return square


def coverage(study: Study) -> Html:
    """Every property: how many pictures have it, and how many of them differ."""
    rows = [
        (each.property, str(each.probes), str(each.photos or "—"), f"✗ {each.off}" if each.off else "✓ 0")
        for each in sorted(study.covered, key=lambda each: not each.off)
    ]
    caption = f"{counted(len(rows), 'property').replace('propertys', 'properties')}, and how many pictures have each"
    return table(("property", "probes", "photos of this run", "probes that differ"), rows, caption=caption)


def outcome(study: Study) -> Html:
    """What came of the probes: a sentence; where some differ, their pictures and a table of them."""
    off = [each for each in study.held if each.first]
    said = (
        f"Of {counted(len(study.fit), 'probe')} that the deployment takes, {sum(not each.first for each in study.fit)} "
        f"become PyTorch's input, and of {counted(len(study.unfit), 'file')} without a right answer it refuses "
        f"{len(study.unfit) - len(study.answered)}."
    )
    if study.refused:
        said += f" It does not take {listed([each.name for each in study.refused])}."
    if not off:
        return note(said)
    return join(note(said, "warning"), sides(off), differing(off))


def sides(off: Sequence[Held]) -> Html:
    """PyTorch's picture and the deployment's, of some probes that differ before they are normalised.

    Probes that are alike stand side by side; so some from all over are taken, the first and the last among them.
    """
    every = [(each, each.sides) for each in off if each.sides is not None]
    if not every:
        return Html("")
    places = np.linspace(0, len(every) - 1, min(PAIRS, len(every)))
    drawn = [every[round(place)] for place in places]
    panels = []
    for each, pictures in drawn:
        panels += [
            Panel(pictures.reference, f"{each.name}\nPyTorch, after {each.first}"),
            Panel(pictures.deployment, "\ndeployment", marked=True),
        ]
    names = ", ".join(each.name for each, _ in drawn)
    return gallery(
        panels, 4, f"Pairs of pictures, PyTorch's and the deployment's, of {names}.", f"Where they first differ: {names}."
    )


def differing(off: Sequence[Held]) -> Html:
    """Every probe that differs, with the stage and by how much."""
    rows = [(each.name, each.first, _by(each)) for each in off]
    return table(("probe", "first differs at", "by"), rows, caption="Probes that differ")


def _by(each: Held) -> str:
    if not each.fit:
        return "answered, and has no right answer"
    found = next(difference for difference in each.differences if difference.stage == each.first)
    return "other shape" if math.isinf(found.largest) else f"{number(found.largest)} {UNITS[each.first]}"


def stages(study: Study) -> Html:
    """How many probes first differ at each stage."""
    rows = [
        (
            stage,
            str(len(study.fit)),
            str(len(study.off(stage))),
            listed(study.where(stage)) or "—",
            "✗ differs" if study.off(stage) else "✓ as PyTorch's",
        )
        for stage in STAGES
    ]
    return table(
        ("stage", "probes", "first differ here", "what they have in common", "result"), rows, caption="Probes by stage"
    )


def made(study: Study) -> Html:
    """What came of sizes drawn at random, of patterns and of made logits, in a sentence each."""
    sizes, photos, patterns, scores = study.sizes, study.photo_sizes, study.patterns, study.scores
    said = {
        f"At {counted(sizes.compared, 'size')} that the contract can lead to, drawn at random with the seed {study.seed}, the "
        "deployment's logits": sizes,
        f"Of {counted(photos.compared, 'picture')} of sizes drawn with the same seed, the deployment's levels after resize":
            photos,
        f"On {counted(patterns.compared, 'picture')} that no photo is like, as noise, stripes and plain white, the logits, in "
        "parts of 1 plus the largest,": patterns,
        f"Of {counted(scores.compared, 'row')} of logits that no photo need lead to, as of a sure answer, the probabilities":
            scores,
    }  # fmt: skip
    return join(*(_of_made(what, measured) for what, measured in said.items()))


def _of_made(what: str, measured: Made) -> Html:
    if measured.off:
        return note(f"{what} are not PyTorch's: {listed(measured.off)}.", "warning")
    return note(f"{what} are off from PyTorch's by {number(measured.worst)} at most.")


def behaviour(measured: Behaviour) -> Html:
    """The deployment asked in other ways, each against its first answers."""
    rows = []
    for name, case in measured.cases.items():
        mark = f"– skipped: {case.skipped}" if case.skipped else "✗ other answers" if case.off else "✓ the same answers"
        rows.append((name, str(case.compared), number(case.worst), listed(case.off) or "—", mark))
    headers = ("asked", "answers", "largest difference", "where", "result")
    return table(headers, rows, caption="The same photos, asked in other ways: probabilities; of batches, logits")
