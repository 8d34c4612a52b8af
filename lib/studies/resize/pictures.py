"""Pictures and tables of what each shape rule shows the network."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from PIL import Image

from lib.compare.comparison import TOP, Answer
from lib.mistakes.shape import VIEWERS
from lib.numbers import number, probability, signed
from lib.report.change_map import change_map
from lib.report.drawing import VERMILION, show, styled
from lib.report.drawing import figure as blank
from lib.report.gallery import Panel, gallery
from lib.report.html import Html, join, note, table
from lib.report.inputs_seen import seen_by_the_model
from lib.studies.resize.measure import REFERENCE, Drawn, Shape

SCALE = 32  # levels at the top of the colour scale, the same in every map of differences
COLUMNS = 4  # of a strip


def squashed(seen: Sequence[Drawn], classes: Sequence[str]) -> Html:
    """A photo squashed to a square, beside what the reference shows of it; and which rules are no mistake here."""
    traces = {each.shape.comparison.name: each.trace for each in seen}
    own = [name for name in VIEWERS if name not in traces]
    parts = [note(f"What the subject file states is no mistake, and left out below: {', '.join(own)}.")] if own else []
    if "squash" in traces:
        shown = {name: traces[name] for name in ("squash", REFERENCE)}
        parts.insert(0, seen_by_the_model(seen[0].shape.comparison.photo, shown, classes))
    return join(*parts)


def cards(seen: Sequence[Drawn], classes: Sequence[str]) -> Html:
    """For each rule what the network is shown, and where that differs from the reference, on the photo itself."""
    reference, *mistaken = seen
    faint = _faint(reference.trace.decode, reference.difference.shape)
    return join(*(_card(each, faint, classes) for each in mistaken))


@styled
def _card(seen: Drawn, faint: NDArray[np.float64], classes: Sequence[str]) -> Html:
    shape, compared = seen.shape, seen.shape.comparison
    figure = blank(2.6)
    panels = figure.subplots(1, 2)
    size = _size(seen)
    panels[0].imshow(seen.trace.resize)
    panels[0].set_title(f"{compared.name}: {size}")
    panels[0].axis("off")
    image = _difference_map(panels[1], seen, faint)
    figure.colorbar(image, ax=panels[1], label="levels", shrink=0.85, extend="max")
    panels[1].set_title("where it differs", fontweight="normal")
    said = f"{compared.name} shows {1 - shape.unseen:.0%} of {compared.photo} at {size}, differs by "
    said += f"{number(shape.mean_difference)} levels on average where both see something, and moves the probability of the "
    said += f"reference's class by {signed(compared.change)}"
    top = _likeliest(compared.candidate, classes, TOP)
    return show(figure, f"{said}.", f"{said}. Likeliest: {top}.", photographic=True)


def _faint(photo: NDArray[Any], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """The photo on a grid of (rows, columns), grey and nearly white."""
    scaled = Image.fromarray(photo).resize((shape[1], shape[0]), Image.Resampling.BILINEAR)
    faint: NDArray[np.float64] = 255 - (255 - np.asarray(scaled).mean(axis=2)) * 0.35
    return faint


def _difference_map(axes: Axes, seen: Drawn, faint: NDArray[np.float64]) -> Any:
    """The difference over the faint photo; what the network is not shown is hatched."""
    axes.imshow(faint, cmap="gray", vmin=0, vmax=255)
    strength = np.clip(np.nan_to_num(seen.difference) / SCALE, 0, 1)
    opacity = np.where(strength > 0, 0.25 + 0.75 * strength, 0)
    image = axes.imshow(seen.difference, cmap="cividis", vmin=0, vmax=SCALE, alpha=opacity)
    if seen.unseen.any():
        axes.contourf(seen.unseen, levels=[0.5, 1.5], colors=[VERMILION], alpha=0.25)
        axes.contourf(seen.unseen, levels=[0.5, 1.5], colors="none", hatches=["//"])
    axes.axis("off")
    return image


def strips(kinds: Mapping[str, Sequence[Drawn]], classes: Sequence[str]) -> Html:
    """What the network is shown under every rule: one gallery for each orientation."""
    return join(*(strip(seen, classes) for seen in kinds.values()))


def strip(seen: Sequence[Drawn], classes: Sequence[str]) -> Html:
    """What the network is shown of one photo under every rule, in one picture."""
    compared = [each.shape.comparison for each in seen]
    flipped = [each.name for each in compared if each.flipped]
    said = f"{compared[0].photo} under {len(seen) - 1} shape rules beside the reference, with the probability of "
    said += f"{classes[compared[0].reference.top1]}; "
    said += f"another class wins under {', '.join(flipped)}" if flipped else "the likeliest class stays the same under all"
    return gallery([_panel(each) for each in seen], COLUMNS, f"{said}.", f"{said}.", size=7)


def _panel(seen: Drawn) -> Panel:
    compared = seen.shape.comparison
    mark = " ✗" if compared.flipped else ""
    title = f"{textwrap.fill(compared.name, 20)}\n{_size(seen)}, {probability(compared.probability, 3)}{mark}"
    return Panel(seen.trace.resize, title, compared.flipped)


def _size(seen: Drawn) -> str:
    width, height = seen.shape.view.size
    return f"{width}×{height}"


def changes(every: Sequence[Sequence[Shape]]) -> Html:
    """The :func:`change_map` of the shape rules over all photos."""
    return change_map([[each.comparison for each in shapes[1:]] for shapes in every], "What the wrong shape does to the answer")


def shapes(seen: Sequence[Shape], classes: Sequence[str]) -> Html:
    """What each shape rule shows of a photo, and the two likeliest classes it leads to."""
    rows = []
    for each in seen:
        width, height = each.view.size
        rows.append(
            (
                each.comparison.name,
                f"{width} × {height}",
                f"{1 - each.unseen:.0%}",
                f"{each.stretch:.2f}",
                "" if each.comparison.name == REFERENCE else number(each.mean_difference),
                probability(each.comparison.probability),
                _likeliest(each.comparison.candidate, classes, 2),
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
    moves = {rule: float(np.mean([abs(each.change) for each in compared])) for rule, compared in by_rule.items()}
    flips = {rule: sum(each.flipped for each in compared) for rule, compared in by_rule.items()}
    most_moved = max(moves, key=lambda rule: moves[rule])
    most_flipped = max(flips, key=lambda rule: flips[rule])
    if not any(moves.values()) and not any(flips.values()):
        return note(f"Over {len(every)} photos no rule moves the probability, and none changes the likeliest class.")
    said = f"Over {len(every)} photos {most_moved} moves the probability most, by {number(moves[most_moved])} on average; "
    if flips[most_flipped]:
        return note(f"{said}{most_flipped} changes the likeliest class most often, on {flips[most_flipped]}.")
    return note(f"{said}none changes the likeliest class.")
