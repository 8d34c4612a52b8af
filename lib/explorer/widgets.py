"""Widgets for JupyterLab: any photo, any two pipelines, and where what they feed the network differs.

Pages and plain viewers get the same pictures as they stand when the cell is run, without the controls.
"""

from __future__ import annotations

import functools
import io
from html import escape
from typing import Any

import ipywidgets as widgets
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib import policy
from lib.compare.comparison import Comparison
from lib.compare.shared import SharedTraces
from lib.compare.trial import Refused, tried
from lib.deploy import BadInput, Pipeline, Trace
from lib.deploy.stages import decode
from lib.explorer import shown, side_by_side
from lib.explorer.held import held
from lib.explorer.own_module import OwnModule
from lib.explorer.photo_choice import PhotoChoice
from lib.explorer.shown import Shown
from lib.explorer.side_by_side import CHANNELS, SCALES, ZOOMS, Look
from lib.export.exporter import domain
from lib.handoff import Handoff
from lib.mistakes import CATALOGUE
from lib.policy import Policy
from lib.report import heat
from lib.report.gallery import Panel, gallery
from lib.report.html import Html, join, note
from lib.report.output_style import beside_style, with_style

REFERENCE, DEPLOYMENT, OWN = "reference", "deployment", "own module"

_OVERVIEW = 192  # pixels along the longer side of the whole photo
_CONTROL = "272px"  # three beside each other in JupyterLab
_HATCHED = '<p class="aside">Hatched: one of the two does not show this part of the photo to the network.</p>'


class Explorer:
    """Controls over pictures. As the value of a cell it shows itself.

    Args:
        handoff: whose photos and pipelines to look at. Mistakes are committed on PyTorch's own pipeline.
        right: the pipeline on the right at first: ``deployment`` or the name of a mistake; on the left is the reference.
        photo: number of the photo to begin with.
        shared: the traces of that photo, where there are some already.
        rules: whose tolerances a team's own module is held to; the built-in policy where there is none.

    Attributes:
        pictures: the widgets that hold the pictures, as PNG: left, right, difference, and where it lies on the photo.
        said: the widget under them that says in words what is seen, or why nothing else could be shown.
        checks: the widget that has the checks of the team's own module on this photo, while it is looked at.
    """

    def __init__(
        self,
        handoff: Handoff,
        right: str = DEPLOYMENT,
        photo: int = 0,
        shared: SharedTraces | None = None,
        rules: Policy | None = None,
    ) -> None:
        self._handoff = handoff
        self._shared = shared
        self._rules = rules or policy.load()
        self._whole: Image.Image | None = None
        self._panels: list[Panel] = []
        pipelines = (REFERENCE, DEPLOYMENT, OWN, *CATALOGUE)
        self._photos = PhotoChoice(handoff, photo, self._let_go, self._refuse)
        self._own = OwnModule(handoff, self._own_changed)
        self._left = widgets.Dropdown(options=pipelines, value=REFERENCE, description="left")
        self._right = widgets.Dropdown(options=pipelines, value=right, description="right")
        self._zoom = widgets.SelectionSlider(options=[(f"{zoom}×", zoom) for zoom in ZOOMS], description="zoom")
        self._channel = widgets.Dropdown(options=list(CHANNELS), description="channel")
        scales = [(f"± {scale} levels", scale) for scale in SCALES]
        self._scale = widgets.SelectionSlider(options=scales, value=Look.scale, description="scale")
        self.pictures = tuple(widgets.Image(format="png", layout=widgets.Layout(max_width="100%")) for _ in range(4))
        self._titles = tuple(widgets.HTML() for _ in self.pictures)
        self._key, self.said, self.checks = widgets.HTML(), widgets.HTML(), widgets.HTML()
        for control in (self._left, self._right, self._zoom, self._channel, self._scale):
            control.observe(self._redraw, "value")
        self._box = self._laid_out()
        self._redraw()

    def _laid_out(self) -> widgets.VBox:
        controls = (
            *(self._photos.choice, self._photos.path, self._photos.upload),
            *(self._left, self._right, self._own.name),
            *(self._zoom, self._channel, self._scale),
        )
        for control in controls:
            control.layout.width = _CONTROL
        grid = widgets.GridBox(controls, layout=widgets.Layout(grid_template_columns="repeat(3, max-content)"))
        row = widgets.Layout(flex_flow="row wrap", align_items="flex-start")
        panel = widgets.Layout(margin="0 8px 8px 0", max_width="100%", align_items="flex-start")
        *panels, whole = [widgets.VBox(each, layout=panel) for each in zip(self._titles, self.pictures, strict=True)]
        place = widgets.VBox((whole, self._key), layout=panel)
        return widgets.VBox(
            (grid, widgets.HBox((*panels, place), layout=row), self.said, self.checks, widgets.HTML(with_style("")))
        )

    def _redraw(self, _: Any = None) -> None:
        photo = self._photos.photo
        try:
            left, right = (
                Shown.of(self._handoff, photo, name, self._trace(name)) for name in (self._left.value, self._right.value)
            )
            checks, small = self._held(), self._thumbnail()
        except BadInput as error:
            self._refuse(str(error))
            self.checks.value = ""  # they may not hold any more
            return
        look = Look(self._zoom.value, self._channel.value, self._scale.value)
        sight = side_by_side.seen(left.levels, right.levels, look)
        former, self._panels = self._panels, shown.panels(photo.name, small, left, right, sight, look)
        for i, (picture, title, panel) in enumerate(zip(self.pictures, self._titles, self._panels, strict=True)):
            if not former or not np.array_equal(former[i].picture, panel.picture):  # encoding is what takes longest
                picture.value = _png(panel.picture)
            title.value = f'<div style="line-height: 1.35"><b>{escape(panel.title)}</b><br>{escape(panel.detail)}</div>'
        self._scale_shown = join(_key(look.scale, shown.unit(look)), _HATCHED if sight.hatched else "")
        self._key.value = beside_style(self._scale_shown)
        self._sentence_shown = shown.sentence(photo.name, left, right)
        self.said.value = beside_style(f"<p>{escape(self._sentence_shown)}</p>")
        self.checks.value = beside_style(checks) if checks else ""

    def _refuse(self, reason: str) -> None:
        """Say in one line why something cannot be shown. The pictures stay."""
        former = " The pictures are those of before." if self._panels else ""
        self._sentence_shown = f"{reason.rstrip('.')}.{former}"
        self.said.value = beside_style(note(self._sentence_shown, "warning"))

    def _own_changed(self) -> None:
        """Another module is named, or its file changed; it is read when it is traced, which may take a while."""
        name = self._own.name.value.strip()
        if name:
            self.said.value = beside_style(f"<p>{escape(name)} is read …</p>")
        if name and OWN not in (self._left.value, self._right.value):
            self._right.value = OWN  # redraws
        else:
            self._redraw()

    def _held(self) -> Html | None:
        if OWN not in (self._left.value, self._right.value):
            return None
        reference, own = self._trace(REFERENCE), self._trace(OWN)
        name = self._own.name.value.strip()
        return held(Comparison.of_traces(self._photos.photo.name, name, reference, own), self._rules)

    def _let_go(self) -> None:
        """Another photo is looked at: what is kept is of the one before."""
        self._shared = None
        self._whole = None
        self._redraw()

    def _trace(self, name: str) -> Trace:
        """What a pipeline makes of the photo, run at the first look; what was put out is kept for this photo alone.

        Raises:
            BadInput: it does not take the photo.
        """
        pipeline = self._pipeline(name)
        if self._shared is None:
            self._shared = SharedTraces(self._photos.photo.data)
        if name not in CATALOGUE:
            return self._shared.trace(pipeline)
        trace = tried(self._shared, pipeline, domain(self._handoff.subject))
        if isinstance(trace, Refused):
            raise BadInput(f"{name} on {self._photos.photo.name}: {trace.why}")
        return trace

    def _thumbnail(self) -> Image.Image:
        """The whole photo, small; kept for this photo alone."""
        if self._whole is None:
            self._whole = decode(self._photos.photo.data)
            self._whole.thumbnail((_OVERVIEW, _OVERVIEW))
        return self._whole

    def _pipeline(self, name: str) -> Pipeline:
        if name == DEPLOYMENT:
            return self._handoff.deployment
        if name == OWN:
            return self._own.pipeline
        reference = self._handoff.reference
        return reference if name == REFERENCE else CATALOGUE[name].commit(reference, self._handoff.subject.contract)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        said = f"{self._sentence_shown} In JupyterLab these pictures have controls."
        still = gallery(self._panels, said, self._scale_shown) if self._panels else note(said, "warning")
        return {**self._box._repr_mimebundle_(), "text/html": with_style(still)}


@functools.cache
def _key(reach: int, unit: str) -> Html:
    return heat.scale(reach, unit, "right is darker", "right is brighter")


def _png(pixels: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
