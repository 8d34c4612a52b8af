"""Widgets for JupyterLab: any photo, any two pipelines, and where what they feed the network differs.

Pages and plain viewers get the same picture as it stands when the cell is run, without the controls.
"""

from __future__ import annotations

import io
from html import escape
from typing import Any

import ipywidgets as widgets
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.compare.comparison import top1
from lib.compare.shared import SharedTraces
from lib.compare.view import denormalised, of_contract, whole
from lib.deploy import BadInput, Pipeline, Trace
from lib.explorer import side_by_side
from lib.explorer.side_by_side import CHANNELS, SCALES, ZOOMS, Look
from lib.handoff import Handoff
from lib.inputs.photos import Photo
from lib.mistakes import CATALOGUE, processors, shape
from lib.numbers import number, probability
from lib.report.html import embedded
from lib.report.styled import styled

VIEWERS = shape.VIEWERS | processors.VIEWERS  # of the mistakes that show another part of a photo, by name
REFERENCE, DEPLOYMENT = "reference", "deployment"


class Explorer:
    """Controls over a picture. As the value of a cell it shows itself.

    Args:
        handoff: whose photos and pipelines to look at. Mistakes are committed on PyTorch's own pipeline.
        right: the pipeline on the right at first: ``deployment`` or the name of a mistake; on the left is the reference.
        photo: number of the photo to begin with.
        shared: the traces of that photo, where there are some already.

    Attributes:
        picture: the widget that holds the picture, as PNG.
        said: the widget under it that says in words what is seen.
    """

    def __init__(self, handoff: Handoff, right: str = DEPLOYMENT, photo: int = 0, shared: SharedTraces | None = None) -> None:
        self._handoff = handoff
        self._shared = shared
        pipelines = (REFERENCE, DEPLOYMENT, *CATALOGUE)
        photos = [(each.name, i) for i, each in enumerate(handoff.photos.readable)]
        self._photo = widgets.Dropdown(options=photos, value=photo, description="photo")
        self._left = widgets.Dropdown(options=pipelines, value=REFERENCE, description="left")
        self._right = widgets.Dropdown(options=pipelines, value=right, description="right")
        self._zoom = widgets.SelectionSlider(options=[(f"{zoom}×", zoom) for zoom in ZOOMS], description="zoom")
        self._channel = widgets.Dropdown(options=list(CHANNELS), description="channel")
        scales = [(f"± {scale} levels", scale) for scale in SCALES]
        self._scale = widgets.SelectionSlider(options=scales, value=Look.scale, description="scale")
        self.picture = widgets.Image(format="png", layout=widgets.Layout(max_width="100%"))
        self.said = widgets.HTML()
        controls = (self._photo, self._left, self._right, self._zoom, self._channel, self._scale)
        self._photo.observe(self._let_go, "value")  # before the redrawing: observers are called in their order
        for control in controls:
            control.observe(self._redraw, "value")
        grid = widgets.GridBox(controls, layout=widgets.Layout(grid_template_columns="repeat(3, max-content)"))
        self._box = widgets.VBox((grid, self.picture, self.said))
        self._redraw()

    def _redraw(self, _: Any = None) -> None:
        try:
            left, right = self._trace(self._left.value), self._trace(self._right.value)
        except BadInput as error:
            self._say(str(error))
            return
        look = Look(self._zoom.value, self._channel.value, self._scale.value)
        shown = self._on_photo(left, self._left.value), self._on_photo(right, self._right.value)
        self._sheet = side_by_side.picture(*shown, look)
        self.picture.value = _file(self._sheet, "PNG", compress_level=1)
        self._say(self._sentence(left, right, *shown))

    def _say(self, sentence: str) -> None:
        self._sentence_shown = sentence
        self.said.value = escape(sentence)

    def _let_go(self, _: Any) -> None:
        self._shared = None

    def _trace(self, name: str) -> Trace:
        """What a pipeline makes of the photo, run at the first look; what was put out is kept for this photo alone."""
        if self._shared is None:
            self._shared = SharedTraces(self._chosen.data)
        return self._shared.trace(self._pipeline(name))

    @property
    def _chosen(self) -> Photo:
        return self._handoff.photos.readable[self._photo.value]

    def _pipeline(self, name: str) -> Pipeline:
        if name == DEPLOYMENT:
            return self._handoff.deployment
        reference = self._handoff.reference
        return reference if name == REFERENCE else CATALOGUE[name].commit(reference, self._handoff.subject.contract)

    def _on_photo(self, trace: Trace, name: str) -> NDArray[np.float64]:
        """What the network takes its input for, in levels, on the photo in the contract's size."""
        contract, size = self._handoff.subject.contract, self._chosen.size
        right = of_contract(contract, *size)
        view = VIEWERS[name](contract, *size) if name in VIEWERS else right
        levels = np.clip(denormalised(trace.normalise[0], contract), 0, 255).transpose(1, 2, 0)
        height, width = levels.shape[:2]
        if (width, height) != view.size:  # of another shape than its rule gives: laid over the whole photo
            view = whole((width, height))
        return view.in_photo(levels, *right.scaled)

    def _sentence(self, left: Trace, right: Trace, *shown: NDArray[np.float64]) -> str:
        difference = np.abs(shown[1] - shown[0])
        shared = difference[~np.isnan(difference)]
        apart = "nothing that both show"
        if shared.size:
            largest, mean = number(round(float(shared.max()))), number(round(float(shared.mean()), 1))
            apart = f"at most {largest} levels apart, {mean} on average" if shared.any() else "the same"
        return (
            f"{self._chosen.name}. Left, {self._left.value}: {self._answer(left)}. "
            f"Right, {self._right.value}: {self._answer(right)}. What the network is shown is {apart}."
        )

    def _answer(self, trace: Trace) -> str:
        likeliest = top1(trace.score)
        rows, columns = trace.normalise.shape[2:]
        name = self._handoff.subject.classes[likeliest]
        return f"{columns} × {rows}, {name} {probability(float(trace.score[0, likeliest]))}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        said = self._sentence_shown
        alt = f"What the network is shown by two pipelines, and right minus left. {said}"
        data = _file(self._sheet, "WEBP", quality=90)
        key = "The third panel is right minus left: blue is too dark, yellow too light."
        still = embedded(data, "webp", alt, f"{said} {key} In JupyterLab this picture has controls.")
        return {**self._box._repr_mimebundle_(), "text/html": styled(still)}


def _file(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
