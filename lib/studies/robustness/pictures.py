"""Pictures and tables of probes, of what they cover, and of the deployment asked in other ways."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lib.compare.comparison import BEFORE_NETWORK
from lib.deploy.difference import UNITS
from lib.numbers import counted, enumerated, number
from lib.policy.results import listed
from lib.report import heat
from lib.report.gallery import Panel, groups
from lib.report.html import Html, folded, join, note, table, verbatim
from lib.report.image import image
from lib.report.zoom import furthest, largest, up_to
from lib.studies.robustness.behaviour import Behaviour
from lib.studies.robustness.dependencies import DECLARED, Needed
from lib.studies.robustness.made import Made
from lib.studies.robustness.measure import THUMBNAIL, Held, Sides, Study, Unfit
from lib.studies.robustness.over_time import LEAST, Soak

COLUMNS = 10  # of the sheet of all pictures: on a phone, whose screen is sharp, none of their pixels is left out
GAP = 4  # pixels between them
PAIRS = 6  # of pictures that differ
WIDE = 336  # pixels that smaller pictures are enlarged to, by a whole factor


def contact_sheet(held: Sequence[Held]) -> Html:
    """All probes with a right answer as small as stamps, as PyTorch's decode shows them; folded. Empty without any."""
    shown = [each.thumbnail for each in held]
    if not shown:
        return Html("")
    said = (
        f"{counted(len(shown), 'picture')} made from the bundled photos and from patterns, in every file format, mode and size"
    )
    alt = f"A sheet of {len(shown)} small pictures in rows of {COLUMNS}: photos and patterns, many turned, cut or recoloured."
    sheet = Html(
        f"<figure>{image(_sheet(shown), alt)}<figcaption>What the deployment is tried on: {said}.</figcaption></figure>"
    )
    return folded(f"The {counted(len(shown), 'picture')} that it is tried on", sheet)


def _sheet(pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Small pictures in rows, each in the middle of a light square."""
    pitch = THUMBNAIL + GAP
    sheet = np.full((-(-len(pictures) // COLUMNS) * pitch, COLUMNS * pitch, 3), 255, np.uint8)
    for i, picture in enumerate(pictures):
        top, left = (pitch * place for place in divmod(i, COLUMNS))
        height, width = picture.shape[:2]
        sheet[top : top + THUMBNAIL, left : left + THUMBNAIL] = 240
        top, left = top + (THUMBNAIL - height) // 2, left + (THUMBNAIL - width) // 2
        sheet[top : top + height, left : left + width] = picture
    return sheet


def coverage(study: Study) -> Html:
    """Every property: how many pictures have it, and how many of them differ; folded where none does, under a sentence."""
    rows = [
        (each.property, str(each.probes), str(each.photos or "—"), f"✗ {each.off}" if each.off else "✓ 0")
        for each in sorted(study.covered, key=lambda each: not each.off)
    ]
    caption = f"{len(rows)} properties, and how many pictures have each"
    shown = table(("property", "probes", "photos of this run", "probes that differ"), rows, caption)
    drawn = note(
        f"Of the probes {study.drawn} were drawn with the seed {study.seed}: every two choices of a format stand together in "
        "one of them."
    )
    if study.uncovered or any(each.off for each in study.covered):
        return join(drawn, shown)
    of_photos = sum(bool(each.photos) for each in study.covered)
    said = (
        f"Each of {len(rows)} properties is in some picture, and no probe differs; photos of this run have {of_photos} of them."
    )
    return join(drawn, note(said), folded("The properties, and how many pictures have each", shown))


def outcome(study: Study) -> Html:
    """What came of the probes: a sentence; pictures and a table of those that differ, a table of answers that have no basis."""
    off = [each for each in study.held if each.first]
    answered = [*study.invented, *study.as_loaded]
    said = (
        f"Of {counted(len(study.fit), 'probe')} that the deployment takes, {sum(not each.first for each in study.fit)} "
        f"become PyTorch's input, and of {counted(len(study.unfit), 'file')} without a right answer it refuses "
        f"{len(study.unfit) - len(answered)}."
    )
    if study.refused:
        said += f" It does not take {listed([each.name for each in study.refused])}."
    if not off and not answered:
        return note(said)
    parts = [note(said, "warning")]
    parts += [sides(off), differing(off)] if off else []
    parts += [without_basis(answered)] if answered else []
    return join(*parts)


GUARD = """\
if image.mode.startswith(("I", "F")):  # deeper than 8 bits a channel
    raise ValueError("convert the photo to 8 bits a channel")"""


def without_basis(answered: Sequence[Unfit]) -> Html:
    """The files without a right answer that are answered, with what the answer is worth and the lines that refuse them."""
    rows = [(each.name, _given(each), _worth(each)) for each in answered]
    shown = table(("file", "answered", "what that is worth"), rows, caption="Files without a right answer that are answered")
    said = "Add these two lines after Image.open, so that a photo with deeper pixels is refused instead of answered at random:"
    return join(shown, note(said), verbatim(GUARD)) if any(each.as_loaded for each in answered) else shown


def _given(each: Unfit) -> str:
    if each.ended:
        return f"✗ {each.ended}"
    return "as PyTorch's image loader does" if each.as_loaded else "✗ otherwise than PyTorch's image loader"


def _worth(each: Unfit) -> str:
    if math.isnan(each.off):
        return "unknown: there is no picture of this size to hold it against"
    return f"{number(each.off)} levels on average from the picture in the file"


def sides(off: Sequence[Held]) -> Html:
    """PyTorch's picture and the deployment's, of some probes that differ before they are normalised.

    The furthest off comes first. Many are alike; so some from all over are taken, the first and the last among them.
    """
    drawable = [each for each in off if each.sides is not None and each.differences]
    ordered = sorted(drawable, key=lambda each: -float(np.nan_to_num(each.differences[-1].largest, nan=np.inf)))
    every = [(each, each.sides) for each in ordered if each.sides is not None]
    if not every:
        return Html("")
    places = np.linspace(0, len(every) - 1, min(PAIRS, len(every)))
    drawn = [every[round(place)] for place in places]
    errors = [_error(pictures) for _, pictures in drawn]
    known = [error for error in errors if error is not None]
    reach = heat.reach(max(map(largest, known), default=0))
    titled = {each.name: _pair(each, pictures, error, reach) for (each, pictures), error in zip(drawn, errors, strict=True)}
    scale = heat.scale(reach, "levels of the furthest channel") if known else None
    return groups(titled, f"Where they first differ: {', '.join(titled)}.", scale, "robustness-probes")


def _error(pictures: Sides) -> NDArray[np.float64] | None:
    """The signed difference of each pixel's furthest channel; None where the shapes differ."""
    if pictures.reference.shape != pictures.deployment.shape:
        return None
    return furthest(pictures.reference, pictures.deployment)


def _pair(each: Held, pictures: Sides, error: NDArray[np.float64] | None, reach: float) -> list[Panel]:
    found, panels = each.at_first, []
    for name, picture, shape in (
        ("PyTorch", pictures.reference, found and found.reference.shape),
        ("the deployment", pictures.deployment, found and found.candidate.shape),
    ):
        height, width, *_ = shape or picture.shape
        said = f"{each.name} after {each.first} in {name}"
        panels.append(_panel(picture, name, said, f"{width} × {height} after {each.first}"))
    if error is None:
        return panels
    coloured, said = heat.signed(error, reach), f"Where the two pictures of {each.name} differ"
    return [*panels, _panel(coloured, "difference", said, up_to(error), exact=True)]


def _panel(picture: NDArray[np.uint8], title: str, alt: str, detail: str, exact: bool = False) -> Panel:
    """A picture; a small one is enlarged by a whole factor, one square a pixel."""
    factor = max(1, WIDE // max(picture.shape[:2]))
    enlarged = picture.repeat(factor, axis=0).repeat(factor, axis=1)
    return Panel(enlarged, title, alt, detail, exact=exact or factor > 1)


def differing(off: Sequence[Held]) -> Html:
    """Every probe that differs, with the stage and by how much."""
    rows = [(each.name, each.first, _by(each)) for each in off]
    return table(("probe", "first differs at", "by"), rows, caption="Probes that differ")


def _by(each: Held) -> str:
    found = each.at_first
    if found is None:
        return each.ended or "—"
    return "other shape" if math.isinf(found.largest) else f"{number(found.largest)} {UNITS[each.first]}"


def stages(study: Study) -> Html:
    """How many probes first differ at each stage; nothing where none does."""
    if not any(study.off(stage) for stage in BEFORE_NETWORK):
        return Html("")
    rows = [
        (
            stage,
            str(len(study.fit)),
            str(len(study.off(stage))),
            listed(study.where(stage)) or "—",
            "✗ differs" if study.off(stage) else "✓ as PyTorch's",
        )
        for stage in BEFORE_NETWORK
    ]
    return table(
        ("stage", "probes", "first differ here", "what they have in common", "result"), rows, caption="Probes by stage"
    )


def made(study: Study) -> Html:
    """What came of sizes drawn at random, of patterns and of made logits, in a sentence each."""
    sizes, photos, patterns, scores = study.sizes, study.photo_sizes, study.patterns, study.scores
    drawn = f"drawn at random with the seed {study.seed}"
    fed = (
        f"At {sizes.compared} sizes that the contract can lead to, {drawn}" if sizes.compared > 1 else "At the contract's size"
    )
    said = {
        f"{fed}, the deployment's logits": sizes,
        f"Of {counted(photos.compared, 'picture')} of sizes {drawn}, the deployment's levels after resize": photos,
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
    """The deployment asked in other ways, each against its first answers; folded where all are the same, under a sentence."""
    rows = []
    for name, case in measured.cases.items():
        mark = f"– skipped: {case.skipped}" if case.skipped else "✗ other answers" if case.off else "✓ the same answers"
        off = "—" if case.skipped else f"{number(case.worst)} {'logits' if case is measured.batch else 'probability'}"
        rows.append((name, str(case.compared), off, listed(case.off) or "—", mark))
    headers = ("asked", "answers", "largest difference", "where", "result")
    shown = table(headers, rows, caption="The same photos, asked in other ways")
    if any(case.off or case.skipped for case in measured.cases.values()):
        return shown
    worst = max(case.worst for case in measured.cases.values() if case is not measured.batch)
    off = f"a probability is off by {number(worst)} at most, and in a batch a logit by {number(measured.batch.worst)}"
    same = off if worst or measured.batch.worst else "bit for bit"
    photos = counted(next(iter(measured.cases.values())).compared, "photo")
    said = f"Asked {', '.join(measured.cases)}, the deployment gives the same answers on {photos}: {same}."
    return join(note(said), folded("The same numbers, case by case", shown))


def over_time(soak: Soak | None) -> Html:
    """What some hundred calls in a row did to the process and to its answers."""
    if soak is None:
        return note("The deployment's process ended before it could be asked some hundred times in a row.", "warning")
    rows = [
        ("memory", f"{soak.before.memory / 1e6:.0f} MB", f"{soak.after.memory / 1e6:.0f} MB", f"{soak.memory:.3f} MB"),
        ("open files", str(soak.before.files), str(soak.after.files), number(soak.files)),
        ("threads", str(soak.before.threads), str(soak.after.threads), number(soak.threads)),
        ("time", f"{soak.latency[0]:.1f} ms", f"{soak.latency[1]:.1f} ms", f"{soak.slower:.3f} ms"),
    ]
    same = f"{len(soak.off)} and more of them otherwise ({listed(soak.off)})" if soak.off else "all the same"
    said = f"In {soak.calls} calls in a row, {soak.compared} of them for a photo that was asked before: {same}."
    headers = ("of the process", f"from call {LEAST + 1} on", "at the end", "more with each call")
    return join(note(said, "warning" if soak.off else "finding"), table(headers, rows, caption="The process over many calls"))


def needed(found: Needed) -> Html:
    """What the deployment needs beyond what the package declares."""
    declared = f"{enumerated(DECLARED)}, and what they require"
    if not found.at_start and not found.in_some_calls:
        return note(f"In every call of this notebook it needed {declared}, and started no program.")
    rows = [*((name, "every process") for name in found.at_start), *((name, "some calls") for name in found.in_some_calls)]
    said = f"The package declares {declared}. Beyond these the deployment needed:"
    return join(note(said, "warning"), table(("library or program", "needed by"), rows, caption="Beyond what is declared"))


def unseen() -> Html:
    """What no test of this kind can show."""
    return note(
        "What cannot be seen this way: a deployment that knows its tests and acts otherwise then; what shows only after more "
        "calls, at a date, on another machine, or on a file that was not drawn; and what a program that it starts does inside."
    )
