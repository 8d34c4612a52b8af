"""What every picture of this project has: one style, one palette, alt text and a caption."""

from __future__ import annotations

import functools
import io
import itertools
import re
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec

import matplotlib
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from lib.report.html import Html, embedded

P = ParamSpec("P")

# Okabe and Ito's palette: told apart by colour-blind readers, and by lightness in grey print.
BLUE, VERMILION, GREEN, GREY, DARK = "#0072B2", "#D55E00", "#009E73", "#9aa0a6", "#22303c"
PALE_BLUE, PALE_VERMILION = "#e3eef7", "#fbe9dd"
WIDTH = 4.2  # inches; on a phone, where that is 350 pixels, text of SMALL points is 10 pixels high
SMALL = 8.7  # points of the smallest text
PICTURED = 8  # photos that get a picture of their own; tables hold all of them

STYLE: dict[Any, Any] = {
    "font.size": 9.5,
    "axes.titlesize": 10.5,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": DARK,
    "text.color": DARK,
    "xtick.color": DARK,
    "ytick.color": DARK,
    "figure.constrained_layout.use": True,
    "svg.fonttype": "path",  # a page's reader may not have our font
    "svg.hashsalt": "one figure, one file",
    "text.parse_math": False,  # a file name may hold dollar signs
}


def styled(draw: Callable[P, Html]) -> Callable[P, Html]:
    """Draw in this module's style, and leave a notebook's own plots alone."""

    @functools.wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> Html:
        with matplotlib.rc_context(STYLE):
            return draw(*args, **kwargs)

    return styled


def figure(height: float) -> Figure:
    """An empty figure, ``height`` inches high."""
    return Figure(figsize=(WIDTH, height), dpi=200)


def logarithmic(axis: Axis) -> None:
    """A logarithmic axis with its numbers written out; matplotlib's own are in math type, which :data:`STYLE` turns off."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def over_all(drawn: Figure, title: str) -> None:
    """A title at the figure's left edge, for figures whose labels take up much of it."""
    drawn.suptitle(title, x=0.02, ha="left", fontsize=STYLE["axes.titlesize"], fontweight=STYLE["axes.titleweight"])


def apart(values: Sequence[float], gap: float) -> list[float]:
    """Where to put the labels of ``values``, in their order: each moved up where needed to be ``gap`` from the one below."""
    placed = list(values)
    order = sorted(range(len(values)), key=lambda i: values[i])
    for before, after in itertools.pairwise(order):
        placed[after] = max(placed[after], placed[before] + gap)
    return placed


def luminance(colour: Sequence[float]) -> float:
    """Relative luminance of a colour, 0..1 as WCAG 2 defines it, from red, green and blue of 0..1."""
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in colour[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def shortened(name: str) -> str:
    """A mistake's name for the margin of a figure: AA is short for antialiased."""
    return name.replace("antialiased", "AA")


def show(drawn: Figure, alt: str, caption: str, name: str = "") -> Html:
    """The figure inside the page, as SVG, with its alt text and a caption.

    Args:
        drawn: the figure.
        alt: what can be seen: the kind of chart and what it is of, for those who cannot see it. The finding is the caption's.
        caption: what it finds, in a sentence.
        name: the figure's id; empty for none.
    """
    buffer = io.BytesIO()
    drawn.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return embedded(_smaller(buffer.getvalue().decode()).encode(), alt, caption, name)


def _smaller(svg: str) -> str:
    """The same drawing in fewer bytes: without comments and indents, its letters by short names, at plain offsets."""
    bare = re.sub(r"<!--.*?-->|\n\s*(?=<)", "", svg, flags=re.DOTALL).replace("DejaVuSans-", "g")
    bare = re.sub(r' d="[^"]*"', lambda path: re.sub(r" *\n|(?<=[MLQC]) ", "", path[0]), bare)
    return re.sub(r'(<use xlink:href="#g[^"]*") transform="translate\(([\d.]+) 0\)"/>', r'\1 x="\2"/>', bare)
