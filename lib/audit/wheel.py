"""A wheel read as if it came from somebody who means harm: its names, its sizes, its own list of hashes, its metadata."""

from __future__ import annotations

import base64
import configparser
import csv
import email
import hashlib
import io
import stat
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.version import Version

from lib.bundle import names, versions
from lib.bundle.words import wheel_name
from lib.deploy import BadInput, files, package
from lib.deploy.manifest import Manifest

ENTRIES = 1000  # files; a package has some thirty
EXPANDS = 10  # times its own size, and no more; the model in it hardly gets smaller
_MANIFEST = f"/{package.name(package.MANIFEST)}"
_METADATA = ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")  # all that flit writes of a package


@dataclass(frozen=True)
class Wheel:
    """What a wheel holds.

    Attributes:
        name: of its file.
        sha256: of its file.
        held: bytes by name.
        manifest: what the package in it says of itself.
    """

    name: str
    sha256: str
    held: Mapping[str, bytes]
    manifest: Manifest

    @classmethod
    def read(cls, path: Path) -> Wheel:
        """Read a file.

        Raises:
            BadInput: it cannot be read, is no wheel of a package, or is made to fill the memory or to write elsewhere.
            Exception: it is no sound zip archive.
        """
        with files.open_regular(path, files.MODEL) as file:
            digest, size = hashlib.file_digest(file, "sha256").hexdigest(), file.tell()
            with zipfile.ZipFile(file) as archive:
                held = dict(_entries(archive, size))
        found = [name for name in held if name.endswith(_MANIFEST) and name.count("/") == _MANIFEST.count("/")]
        if len(found) != 1:
            raise BadInput(f"has {len(found) or 'no'} {_MANIFEST[1:]}, where a package has one")
        return cls(path.name, digest, held, Manifest.parse(held[found[0]], found[0]))

    @property
    def module(self) -> str:
        """The folder of the package's own files."""
        return names.module(self.manifest.name)

    @property
    def own(self) -> dict[str, bytes]:
        """The package's own files but its manifest, by name as that has them."""
        start = f"{self.module}/"
        own = {name.removeprefix(start): data for name, data in self.held.items() if name.startswith(start)}
        return {name: data for name, data in own.items() if f"/{name}" != _MANIFEST}

    @property
    def information(self) -> str:
        """The folder of what pip reads."""
        return f"{self.module}-{self.manifest.version}.dist-info"

    def complaints(self) -> Iterator[str]:
        """What does not hold of its files and of what pip reads."""
        if self.name != wheel_name(self.manifest):
            yield f"its manifest is of {wheel_name(self.manifest)}"
        yield from self._files()
        known = {f"{self.information}/{name}" for name in _METADATA}
        yield from (f"{name} is missing" for name in sorted(known - self.held.keys()))
        for name in self.held:
            if name not in known and not name.startswith(f"{self.module}/"):
                yield f"{name} is no part of a package"
        if not known - self.held.keys():
            yield from self._record()
            yield from self._metadata()
            yield from self._entry_points()

    def _files(self) -> Iterator[str]:
        own, told = self.own, self.manifest.files
        yield from (f"{name} is missing" for name in told if name not in own)
        yield from (f"{name} was not packed: the manifest does not have it" for name in own if name not in told)
        for name, data in own.items():
            if name in told and hashlib.sha256(data).hexdigest() != told[name]:
                yield f"{name} is another file than its manifest says"

    def _record(self) -> Iterator[str]:
        record = f"{self.information}/RECORD"
        rows = list(csv.reader(io.StringIO(self.held[record].decode())))
        listed = {row[0]: row[1:] for row in rows if len(row) == 3}
        if len(listed) < len(rows):
            yield "RECORD: has a line that is not path, hash and size, or a name twice"
        yield from (f"RECORD: lists {name}, which is not there" for name in listed if name not in self.held)
        for name, data in self.held.items():
            if name not in listed:
                yield f"RECORD: does not list {name}"
            elif name != record and listed[name] != [_hash(data), str(len(data))]:
                yield f"RECORD: {name} is another file than it says"

    def _metadata(self) -> Iterator[str]:
        told, said = self.manifest, email.message_from_bytes(self.held[f"{self.information}/METADATA"])
        for field, expected in (
            ("Name", [told.name]),
            ("Version", [told.version]),
            ("Requires-Python", [told.python]),
            ("Requires-Dist", sorted(told.requires)),
        ):
            found = _values(said, field)
            if found != expected:
                yield f"METADATA: {field} is {', '.join(found) or 'missing'}, where its manifest says {', '.join(expected)}"

    def _entry_points(self) -> Iterator[str]:
        parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
        parser.read_string(self.held[f"{self.information}/entry_points.txt"].decode())
        found = {name: dict(parser[name]) for name in parser.sections()}
        if found != {"console_scripts": {self.manifest.name: f"{self.module}.command:main"}}:
            yield f"entry_points.txt: installs other commands than {self.manifest.name}"


def beyond_tested(manifest: Manifest) -> Iterator[str]:
    """Which versions a package may be installed with, other than those that it was run with and what lies in between."""
    required = [Requirement(each) for each in manifest.requires]
    if sorted(each.name for each in required) != list(versions.LIBRARIES):
        yield f"requires {', '.join(manifest.requires)}, where a package takes {', '.join(versions.LIBRARIES)}"
    for each in required:
        tested = sorted(Version(one[each.name]) for one in manifest.tested if each.name in one)
        bounds = {one.operator: one.version for one in each.specifier}
        exact = bounds.get("==", "")
        least, most = (Version(bounds.get(operator, exact) or "0") for operator in (">=", "<="))
        closed = bounds.keys() in ({"=="}, {">=", "<="}) and not each.marker and not each.extras and not each.url
        if not closed or not tested or least < tested[0] or most > tested[-1]:
            span = " to ".join(dict.fromkeys(map(str, (tested[0], tested[-1])))) if tested else "nothing"
            yield f"requires {each}, where it was tested with {span}"
    minors = {".".join(one["python"].split(".")[:2]) for one in manifest.tested}
    if {manifest.python} != {f"=={minor}.*" for minor in minors}:
        yield f"is for Python {manifest.python}, where it was tested with {', '.join(sorted(minors)) or 'none'}"


def _entries(archive: zipfile.ZipFile, size: int) -> Iterator[tuple[str, bytes]]:
    entries = archive.infolist()
    if len(entries) > ENTRIES:
        raise BadInput(f"has {len(entries):,} entries, where a package has some thirty")
    if sum(each.file_size for each in entries) > min(EXPANDS * size, files.MODEL):
        raise BadInput(f"unpacks to more than {EXPANDS} times its own size")
    if len({each.filename for each in entries}) < len(entries):
        raise BadInput("has two entries of one name")
    for each in entries:
        path = PurePosixPath(each.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in each.filename or each.filename != str(path):
            raise BadInput(f"has an entry that leads elsewhere, or is no file: {each.filename}")
        if (kind := stat.S_IFMT(each.external_attr >> 16)) and not stat.S_ISREG(kind):
            raise BadInput(f"has an entry that is no regular file: {each.filename}")
        yield each.filename, archive.read(each)


def _hash(data: bytes) -> str:
    return f"sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip('=')}"


def _values(message: Message, field: str) -> list[str]:
    return sorted(str(each) for each in message.get_all(field, []))
