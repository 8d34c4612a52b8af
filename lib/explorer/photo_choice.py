"""Which photo to look at: one of the run's, one that is uploaded, or one that a path names."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

from lib.deploy import BadInput, files, formats
from lib.deploy.errors import printable
from lib.export.exporter import domain
from lib.handoff import Handoff
from lib.inputs import photos
from lib.inputs.photos import Photo, Photos

_LARGE = "JupyterLab that was not started by make lab drops what has more than 10 MB: name larger photos by their path"


class PhotoChoice:
    """A list of photos, and two fields that add to it. What is added is looked at next.

    Args:
        handoff: whose photos are in the list at first; what is added has to be of a size that its network takes.
        first: number of the photo to begin with.
        changed: called when another photo is looked at.
        refused: called with one line where a photo cannot be used.

    Attributes:
        choice: the list.
        upload: takes a file from the machine that the browser runs on.
        path: takes a path on the machine that the kernel runs on.
    """

    def __init__(self, handoff: Handoff, first: int, changed: Callable[[], None], refused: Callable[[str], None]) -> None:
        self._subject = handoff.subject
        self._changed, self._refused = changed, refused
        self._photos = list(handoff.photos.readable)
        self._seen = self._photos[first]
        self.choice = widgets.Dropdown(options=self._options(), value=first, description="photo")
        self.path = widgets.Text(placeholder="path of a photo or a folder", description="or a path", continuous_update=False)
        self.upload = widgets.FileUpload(accept=",".join(formats.SUFFIXES), description="or upload a photo", tooltip=_LARGE)
        self.choice.observe(self._picked, "value")
        self.path.observe(self._named, "value")
        self.upload.observe(self._uploaded, "value")

    @property
    def photo(self) -> Photo:
        """The photo that is looked at."""
        return self._seen

    def _picked(self, _: Any = None) -> None:
        if self._photos[self.choice.value] != self._seen:
            self._seen = self._photos[self.choice.value]
            self._changed()

    def _options(self) -> list[tuple[str, int]]:
        return [(photo.name, i) for i, photo in enumerate(self._photos)]

    def _named(self, _: Any) -> None:
        path = self.path.value.strip()
        if path:
            self._add(lambda: photos.load(os.path.expanduser(path)).readable)  # noqa: PTH111 (pathlib raises where there is no home)

    def _uploaded(self, _: Any) -> None:
        if not self.upload.value:
            return
        file = self.upload.value[0]
        self._add(lambda: [_checked(printable(file.name), bytes(file.content))])
        self.upload.value = ()  # the same file can be uploaded again

    def _add(self, read: Callable[[], Sequence[Photo]]) -> None:
        try:
            usable = photos.within(Photos(tuple(read()), ()), self._subject.contract, domain(self._subject)).readable
        except BadInput as error:
            self._refused(str(error))
            return
        self._photos += [photo for photo in usable if photo not in self._photos]
        self.choice.unobserve(self._picked, "value")  # with new options the list first chooses the first of them
        self.choice.options = self._options()
        self.choice.value = self._photos.index(usable[0])
        self.choice.observe(self._picked, "value")
        self._picked()


def _checked(name: str, data: bytes) -> Photo:
    if len(data) > files.PHOTO:
        raise BadInput(f"{name}: has {len(data)} bytes, and {files.PHOTO} are the most")
    try:
        return Photo.of(name, data)
    except BadInput as error:
        raise BadInput(f"{name}: {error}") from None
