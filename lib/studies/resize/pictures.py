"""Pictures and tables of what each shape rule shows the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lib.compare.comparison import Answer, Comparison, most_changed
from lib.compare.pair import Pair
from lib.numbers import counted, number, probability
from lib.report import heat, zoom
from lib.report.change_map import change_map
from lib.report.gallery import Panel, gallery
from lib.report.html import Html, folded, join, note, table
from lib.report.inputs_seen import REFERENCE as RIGHT
from lib.report.inputs_seen import answered, seen_by_the_model
from lib.report.zoom import Side
from lib.studies.resize.measure import REFERENCE, Drawn, Shape, Study


def squashed(study: Study, classes: Sequence[str]) -> Html:
    """The photo whose answer a squash changes most, beside what the reference shows of it; and which rules are no mistake."""
    stated = (
        f"What the subject file states, or does the same as that, is no mistake, and left out below: {', '.join(study.stated)}."
    )
    said = [note(stated)] if study.stated else []
    if study.squashed is None:
        nothing = note(
            "The subject file states a squash: its photos are squashed in PyTorch too, and there is nothing to show here."
        )
        return join(*([nothing] if "squash" in study.stated else []), *said)
    reference, squash = study.squashed
    photo = squash.shape.comparison.photo
    if _same(squash):
        return join(note(f"Squashing does not change the picture of {photo}."), *said)
    size = reference.view.scaled
    laid = reference.on_photo(*size), squash.on_photo(*size)
    shown = seen_by_the_model(Pair(squash.shape.comparison, reference.trace, squash.trace), laid, classes)
    return join(note(f"Of {counted(len(study.shapes), 'photo')} squashing changes the answer to {photo} most."), shown, *said)


def rules(seen: Sequence[Drawn], classes: Sequence[str]) -> Html:
    """For each rule what the network is shown, and where on the photo that differs from what the reference shows.

    The rule that changes the answer most comes first; those that show the reference's picture are named alone.

    Args:
        seen: the reference, then the rules, on one photo.
        classes: class names in the order of the probabilities.
    """
    reference, *mistaken = seen
    size = reference.view.scaled
    right = reference.on_photo(*size)
    lines = heat.outlines(right)
    differing = sorted((each for each in mistaken if not _same(each)), key=_order)
    errors = [zoom.furthest(right, each.on_photo(*size)) for each in differing]
    reach = heat.reach(max(map(zoom.largest, errors), default=0.0))
    panels = []
    for each, error in zip(differing, errors, strict=True):
        name, photo = each.shape.comparison.name, each.shape.comparison.photo
        picture = heat.outlined(heat.signed(error, reach), lines)
        alt = f"Map of what {name} shows less what the reference shows, laid over {photo}, with the photo's outlines"
        panels += [_panel(each, classes), Panel(picture, f"{name}: difference", alt, _difference(each.shape), exact=True)]
    photo, same = reference.shape.comparison.photo, [each.shape.comparison.name for each in mistaken if _same(each)]
    said = f"{photo} under {len(mistaken)} shape rules: what the network is shown, and where it differs"
    said += f". The reference's own picture is shown by {', '.join(same)}." if same else "."
    if not panels:
        return note(said)
    return gallery(panels, f"{said} Hatched: not shown.", heat.scale(reach, "levels of the furthest channel"))


def _order(seen: Drawn) -> tuple[bool, float]:
    """For sorting: what changes the class first, then what moves the answer most."""
    compared = seen.shape.comparison
    return not compared.flipped, -float(np.nan_to_num(compared.moved, nan=np.inf))


def _same(seen: Drawn) -> bool:
    """Whether a rule shows the reference's own picture."""
    return seen.shape.comparison["resize"].largest == 0


def _difference(shape: Shape) -> str:
    if np.isnan(shape.mean_difference):
        return "nothing in common"
    return f"{zoom.in_levels(shape.mean_difference)} on average, {1 - shape.unseen:.0%} of the photo"


def worst(seen: Sequence[Drawn], classes: Sequence[str]) -> Html:
    """The place where the rule that changes the answer most differs most from the reference, one square a pixel."""
    reference, *mistaken = seen
    if not mistaken:
        return note(f"{reference.shape.comparison.photo}: no rule takes it.")
    most = most_changed(each.shape.comparison for each in mistaken)
    each = next(each for each in mistaken if each.shape.comparison is most)
    if _same(each):
        return note(f"No rule changes the picture of {most.photo}.")
    if np.isnan(each.shape.mean_difference):
        return note(f"{most.photo}: {most.name} changes the answer most; it shows nothing that the reference shows.")
    if each.shape.mean_difference == 0:
        what = f"it shows the reference's own pixels of {1 - each.shape.unseen:.0%} of the photo, at other places"
        return note(f"{most.photo}: {most.name} changes the answer most; {what}.")
    size = reference.view.scaled
    sides = (
        Side(RIGHT, reference.on_photo(*size), answered(most.reference, classes)),
        Side(most.name, each.on_photo(*size), answered(most.candidate, classes)),
    )
    return zoom.zoom(most.photo, *sides, heat.reach(zoom.largest(zoom.furthest(sides[0].levels, sides[1].levels))))


def strips(study: Study, classes: Sequence[str]) -> Html:
    """What the network is shown under every rule, a gallery for each orientation; folded where the class stays the same.

    The photo that :func:`rules` draws is not drawn again.
    """
    drawn = study.changed[0].shape.comparison.photo
    parts = []
    for kind, seen in study.kinds.items():
        again = seen[0].shape.comparison.photo == drawn
        parts.append(note(f"A {kind} photo: {drawn}, above.") if again else _strip(kind, seen, classes))
    return join(*parts)


def _strip(kind: str, seen: Sequence[Drawn], classes: Sequence[str]) -> Html:
    compared = [each.shape.comparison for each in seen]
    flipped = [each.name for each in compared if each.flipped]
    same = [each.shape.comparison.name for each in seen[1:] if _same(each)]
    said = f"A {kind} photo, {compared[0].photo}, under {len(seen) - 1} shape rules beside the reference; "
    said += f"another class wins under {', '.join(flipped)}" if flipped else "the likeliest class stays the same under all"
    said += f". The reference's own picture is shown by {', '.join(same)}." if same else "."
    shown = gallery([_panel(each, classes) for each in seen if each is seen[0] or not _same(each)], said)
    return shown if flipped else folded(f"A {kind} photo, {compared[0].photo}: the likeliest class stays the same", shown)


def _panel(seen: Drawn, classes: Sequence[str]) -> Panel:
    compared, (width, height) = seen.shape.comparison, seen.view.size
    alt = f"{compared.photo} as {compared.name} shows it to the network, {width} × {height} pixels"
    detail = f"{width} × {height}, {answered(compared.candidate, classes)}"
    return Panel(seen.trace.resize, compared.name, alt, detail, compared.flipped)


def changes(every: Sequence[Sequence[Shape]]) -> Html:
    """The :func:`change_map` of the shape rules over all photos."""
    return change_map([[each.comparison for each in shapes[1:]] for shapes in every], "What the wrong shape does to the answer")


def shapes(seen: Sequence[Shape], classes: Sequence[str]) -> Html:
    """What each shape rule shows of a photo, and the two likeliest classes it leads to."""
    rows = []
    for each in seen:
        compared = each.comparison
        if each.view is None:
            rows.append((compared.name, *("—" for _ in range(5)), f"refused: {compared.refused}"))
            continue
        width, height = each.view.size
        rows.append(
            (
                compared.name,
                f"{width} × {height}",
                f"{1 - each.unseen:.0%}",
                f"{each.stretch:.2f}",
                "—" if compared.name == REFERENCE else number(each.mean_difference),
                probability(compared.probability),
                _likeliest(compared.candidate, classes, 2),
            )
        )
    headers = ("rule", "input", "of the photo", "stretch", "levels, mean", "reference's class", "likeliest two")
    return table(headers, rows, caption=f"{seen[0].comparison.photo}: what each rule shows, and what comes of it")


def _likeliest(answer: Answer, classes: Sequence[str], count: int) -> str:
    pairs = list(zip(answer.likeliest, answer.probabilities, strict=True))[:count]
    return ", ".join(f"{classes[i]} {probability(value, 3)}" for i, value in pairs)


def finding(every: Sequence[Sequence[Shape]]) -> Html:
    """The rules that move the answers most, in a sentence."""
    by_rule = {shapes[0].comparison.name: [shape.comparison for shape in shapes] for shapes in zip(*every, strict=True)}
    del by_rule[REFERENCE]
    moves = {rule: _mean_move(compared) for rule, compared in by_rule.items()}
    flips = {rule: sum(each.flipped for each in compared) for rule, compared in by_rule.items()}
    most_moved = max(moves, key=lambda rule: moves[rule])
    most_flipped = max(flips, key=lambda rule: flips[rule])
    photos, refused = f"Over {counted(len(every), 'photo')}", _refused(by_rule)
    if not any(moves.values()) and not any(flips.values()):
        return note(f"{photos} no rule moves the probability, and none changes the likeliest class.{refused}")
    said = f"{photos} {most_moved} moves the probability most, by {number(moves[most_moved])} on average; "
    if flips[most_flipped]:
        return note(f"{said}{most_flipped} changes the likeliest class most often, on {flips[most_flipped]}.{refused}")
    return note(f"{said}none changes the likeliest class.{refused}")


def _mean_move(compared: Sequence[Comparison]) -> float:
    """By how much a rule moves the probability on average, where it gives an answer."""
    return float(np.mean([abs(each.change) for each in compared if not each.refused] or [0.0]))


def _refused(by_rule: Mapping[str, Sequence[Comparison]]) -> str:
    """The rules that some photos cannot be shown under, each with the first of them and why, in sentences."""
    said = ""
    for rule, compared in by_rule.items():
        refused = [each for each in compared if each.refused]
        if refused:
            said += f" {rule} is refused on {len(refused)}: {refused[0].photo} {refused[0].refused}."
    return said
