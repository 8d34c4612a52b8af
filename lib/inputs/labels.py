"""Which class the photos of a folder have, by a file of labels or by the names of its subfolders."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, normpath

from lib.deploy import BadInput
from lib.deploy.errors import printable
from lib.inputs import photo_tree
from lib.inputs.reading import one_line, read_bytes, unknown

HEADER = ["photo", "class"]
MOST = 2 * 10**8  # bytes of a file of labels: two million paths of a hundred characters each
NONE = -1  # the class of a photo that has no label


@dataclass(frozen=True)
class Labels:
    """The labels of the photos of a folder.

    Attributes:
        folder: whose photos.
        file: that has the labels; None where they are the subfolders' names, or where there are none.
        classes: index of the class by a path from the folder on: a photo's, or that of a subfolder, for all that is in it.
            Empty is the folder itself. Where there are no labels, this holds nothing.
        source: one sentence on where they are from, or why there are none, printable and without a full stop.
    """

    folder: Path
    file: Path | None
    classes: Mapping[str, int]
    source: str

    def index(self, path: str) -> int:
        """The class of a photo, 0 or more; :data:`NONE` where it has no label.

        Args:
            path: from the folder on, as :func:`lib.inputs.photo_tree.listed` has it. Its own label is taken, or else that of
                the nearest folder above it.
        """
        found = self.classes.get(path)
        while found is None and path:
            path = dirname(path)
            found = self.classes.get(path)
        return NONE if found is None else found

    def said(self, photos: int, labelled: int) -> str:
        """One sentence for a page: where the labels are from, and how many photos have one.

        Args:
            photos: how many were looked at.
            labelled: how many of them have a label.
        """
        return f"{self.source}: {labelled:,} of {photos:,} photos have one." if self.classes else f"{self.source}."

    def require(self, photos: int, labelled: int) -> None:
        """Hold that a file that was given has the label of a photo at least. Arguments as of :meth:`said`.

        Raises:
            BadInput: it has none of them.
        """
        if self.file is None or labelled or not photos:
            return
        first = next((found.path for found in photo_tree.listed(self.folder) if not found.refused), "")
        raise BadInput(
            f"labels {self.file}: none of the {photos:,} photos has a label in it; its first line names "
            f"'{next(iter(self.classes)) or '.'}', and the folder's first photo is '{first}'"
        )


def of(folder: Path, classes: Sequence[str], file: Path | None = None) -> Labels:
    """The labels of the photos of a folder.

    With a file: CSV in UTF-8 with two columns, which may begin with the line ``photo,class``. The first is the path of a photo
    from the folder on, or that of a subfolder, whose photos then all have this class: ten lines are enough for a data set of
    ten folders. ``.`` is the folder itself. The second is the class, by its name as the subject has it or else by its index.

    Without one: the first-level subfolders are the classes. Either each is named as a class, or each by the index of one, or
    there are as many as classes, which are then taken in sorted order, as torchvision's ImageFolder does.

    Args:
        folder: that can be listed.
        classes: the subject's, in the order of the logits.
        file: of labels. It may name photos that are not there.

    Raises:
        BadInput: the file cannot be read, is no such CSV, names no photo, a class that the subject has not, or a photo twice
            with two classes; the message names file and line. Or the folder cannot be listed.
    """
    return _by_folders(folder, classes) if file is None else _by_file(folder, classes, file)


def _by_file(folder: Path, classes: Sequence[str], file: Path) -> Labels:
    known = _Classes(classes)
    found: dict[str, int] = {}
    for line, row in _rows(file):
        try:
            path, index = _label(row, known)
            if found.setdefault(path, index) != index:
                raise BadInput(f"'{row[0]}' is {known.shown(index)} here, and {known.shown(found[path])} in a line above")
        except BadInput as error:
            raise BadInput(f"labels {file}: line {line}: {error}") from None
    if not found:
        raise BadInput(f"labels {file}: names no photo; write one 'photo or folder,class' a line")
    return Labels(folder, file, found, f"The labels are those of {printable(file.name)}")


def _rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file, each with the number of the line in which it begins: no blank ones, and not its header."""
    line = 1
    reader = csv.reader(_lines(file), strict=True)
    try:
        for row in reader:
            if row and not (line == 1 and row == HEADER):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadInput(f"labels {file}: line {line}: not valid CSV: {one_line(error)}") from None


def _lines(file: Path) -> Iterator[str]:
    for number, line in enumerate(io.BytesIO(read_bytes(file, "labels", MOST)), start=1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise BadInput(f"labels {file}: line {number}: not UTF-8; save the file in this encoding") from None


def _label(row: list[str], known: _Classes) -> tuple[str, int]:
    if len(row) != len(HEADER):
        raise BadInput(f"{len(row)} column{'s' * (len(row) != 1)} where two are needed: photo or folder, class")
    path, name = row
    if not path or "\0" in path:
        raise BadInput(f"'{path}' can be no photo's path")
    if path.startswith("/") or ".." in path.split("/"):
        raise BadInput(f"'{path}' leads out of the folder; write the path from the photos' folder on")
    path = normpath(path)
    return "" if path == "." else path, known.index(name)


class _Classes:
    """The classes of a subject, by name and by index."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._by_name: dict[str, list[int]] = {}
        for index, name in enumerate(names):
            self._by_name.setdefault(name, []).append(index)

    def index(self, text: str) -> int:
        """That of a class by its name, or else by its index in decimal digits.

        Raises:
            BadInput: there is no such class, or several have this name.
        """
        found = self.named(text)
        if found is None:
            found = self.numbered(text)
        if found is not None:
            return found
        if text in self._by_name:
            raise BadInput(f"{len(self._by_name[text])} classes are named '{text}'; write the index of one")
        if re.fullmatch("-?[0-9]+", text):
            raise BadInput(f"there is no class {text}: they go from 0 to {len(self._names) - 1}")
        raise unknown("class", text, self._by_name)

    def named(self, text: str) -> int | None:
        """The one class of this name."""
        found = self._by_name.get(text, [])
        return found[0] if len(found) == 1 else None

    def numbered(self, text: str) -> int | None:
        """The class whose index this is."""
        return int(text) if re.fullmatch("[0-9]{1,9}", text) and int(text) < len(self._names) else None

    @staticmethod
    def each(texts: Sequence[str], found: Callable[[str], int | None]) -> dict[str, int]:
        """The class of each text; nothing where one of them has none."""
        pairs = {text: index for text in texts if (index := found(text)) is not None}
        return pairs if len(pairs) == len(texts) else {}

    def examples(self, found: Mapping[str, int]) -> str:
        """What the first and the last text stand for."""
        texts = list(found)
        return ", … , ".join(f"'{text}' is '{self._names[found[text]]}'" for text in dict.fromkeys([texts[0], texts[-1]]))

    def shown(self, index: int) -> str:
        """Its name with its index: two may have the same name."""
        return f"'{self._names[index]}' ({index})"


def _by_folders(folder: Path, classes: Sequence[str]) -> Labels:
    try:
        names = sorted(photo_tree.folders(folder))
    except OSError as error:
        raise BadInput(f"photos {folder}: {error.strerror}") from None
    known = _Classes(classes)
    by_name, by_number = known.each(names, known.named), known.each(names, known.numbered)
    if not names:
        found, source = {}, "No labels: there are no subfolders, and no labels file was given"
    elif by_name:
        found, source = by_name, "The labels are the folders' names"
    elif by_number:
        found, source = by_number, f"The labels are the folders' names, each the index of a class ({known.examples(by_number)})"
    elif len(names) == len(classes):
        found = {name: index for index, name in enumerate(names)}
        source = (
            f"The labels are the folders in sorted order, as torchvision's ImageFolder takes them ({known.examples(found)})"
        )
    else:
        odd = next(name for name in names if known.named(name) is None)
        counts = f"{len(names):,} and {len(classes):,}"
        found = {}
        source = (
            f"No labels: the folders are neither named as classes ('{odd}' is none) nor as many as these ({counts}); "
            "a labels file can name the classes"
        )
    return Labels(folder, None, found, printable(source))
