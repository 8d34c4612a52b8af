"""Files of weights: found or downloaded, and their hash checked."""

from __future__ import annotations

import hashlib
import importlib.util
import logging
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import pooch

from lib import cache
from lib.deploy import BadInput, files
from lib.inputs.reading import WEIGHTS, one_line, sha256
from lib.inputs.subject import Subject, WeightsSource

pooch.get_logger().setLevel(logging.WARNING)  # it reports each download on stderr, which pages show

NAME = 100  # characters of an address's last part that its file in the cache is named after
TIMEOUT = 20  # seconds without an answer or a byte before a download is given up


def locate(subject: Subject, given: str = "") -> Path:
    """The file of ``subject``'s weights, its SHA-256 checked.

    Args:
        subject: whose weights.
        given: path of a local file to take in place of the subject's own source, or empty.

    Raises:
        BadInput: the file is missing, cannot be downloaded, or has another SHA-256 than the subject's TOML says.
    """
    source = subject.weights
    if given:
        path = Path(given)
    elif source.url is not None:
        path = _downloaded(subject, source.url)
    else:
        path = _on_disk(source)
    try:
        digest = digest_of(path)
    except FileNotFoundError:
        if given:
            raise BadInput(f"weights: no file {path}; correct the path given with --weights (make: WEIGHTS=)") from None
        raise BadInput(f"weights of {subject.name}: no file {path}; correct [weights] in {subject.path}") from None
    except OSError as error:
        raise BadInput(f"weights of {subject.name}: cannot read {path}: {error.strerror}") from None
    if not digest.startswith(source.sha256):
        advice = "; delete the file to download it again" if source.url is not None and not given else ""
        raise BadInput(
            f"{path}: SHA-256 is {digest}, but field 'sha256' of [weights] in {subject.path} says {source.sha256}{advice}"
        )
    return path


def digest_of(path: Path) -> str:
    """SHA-256 of a file of weights, as 64 hexadecimal digits.

    Raises:
        OSError: as :func:`lib.deploy.files.open_regular`.
    """
    with files.open_regular(path, WEIGHTS) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def at_hand(subject: Subject) -> bool:
    """Whether :func:`locate` needs no network."""
    return subject.weights.url is None or _cached(subject.weights.url).exists()


def _on_disk(source: WeightsSource) -> Path:
    assert source.file is not None
    if source.package is None:
        return source.file
    try:
        spec = importlib.util.find_spec(source.package)
    except (ImportError, ValueError, AttributeError):  # a name with dots is imported up to its last one
        spec = None
    if spec is None or spec.origin is None:
        raise BadInput(f"weights: package {source.package} is not installed; run 'pip install {source.package}'")
    return Path(spec.origin).parent / source.file


def _cached(url: str) -> Path:
    # Two addresses may end in the same file name.
    return cache.directory() / "weights" / f"{sha256(url.encode())[:8]}-{PurePosixPath(urlsplit(url).path).name[-NAME:]}"


def _downloaded(subject: Subject, url: str) -> Path:
    path = _cached(url)
    with cache.making(path) as scratch:
        if scratch is not None:
            fetch = pooch.HTTPDownloader(timeout=TIMEOUT)
            try:
                # no hash of pooch's: it wants all 64 digits, and a release may publish eight
                pooch.retrieve(url, known_hash=None, fname=scratch.name, path=scratch.parent, downloader=fetch)
            except (OSError, ValueError) as error:  # requests' exceptions are OSErrors
                if getattr(error, "errno", None) in cache.NO_ROOM:
                    raise
                raise BadInput(
                    f"weights of {subject.name}: cannot reach {url} ({_reason(error)}); either give a downloaded copy with "
                    f"--weights PATH (make: WEIGHTS=PATH), or run --subject b0-stand-in (make: SUBJECT=b0-stand-in)"
                ) from None
            digest = digest_of(scratch)
            if not digest.startswith(subject.weights.sha256):
                raise BadInput(
                    f"{url}: SHA-256 is {digest}, but field 'sha256' of [weights] in {subject.path} "
                    f"says {subject.weights.sha256}; the download is not kept"
                )
    return path


def _reason(error: Exception) -> str:
    """The innermost cause of a failed download, in one line: that of requests is wrapped three times."""
    inner: BaseException = error
    while (next_ := getattr(inner, "reason", None) or next(iter(inner.args), None)) and isinstance(next_, BaseException):
        inner = next_
    return one_line(inner)
