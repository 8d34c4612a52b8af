"""State dicts: found or downloaded, hash checked, read as tensors only."""

from __future__ import annotations

import hashlib
import http.client
import importlib.util
import pickle
import urllib.request
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import torch
from torch import Tensor

from lib import cache
from lib.deploy import BadInput
from lib.inputs import NO_ROOM, one_line, sha256
from lib.subject import Subject, WeightsSource

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
    if given and not path.is_file():
        raise BadInput(f"weights: no file {path}; correct the path given with --weights (make: WEIGHTS=)")
    if not path.is_file():
        raise BadInput(f"weights of {subject.name}: no file {path}; correct [weights] in {subject.path}")
    try:
        digest = digest_of(path)
    except OSError as error:
        raise BadInput(f"weights of {subject.name}: cannot read {path}: {error.strerror}") from None
    if not digest.startswith(source.sha256):
        advice = "; delete the file to download it again" if source.url is not None and not given else ""
        raise BadInput(
            f"{path}: SHA-256 is {digest}, but field 'sha256' of [weights] in {subject.path} says {source.sha256}{advice}"
        )
    return path


def digest_of(path: Path) -> str:
    """SHA-256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def at_hand(subject: Subject) -> bool:
    """Whether :func:`locate` needs no network."""
    return subject.weights.url is None or _cached(subject.weights.url).exists()


def read(path: Path) -> dict[str, Tensor]:
    """The state dict in ``path``, as tensors only: a pickle that wants to run code is refused.

    Raises:
        BadInput: the file is not a state dict, or holds anything but tensors.
    """
    try:
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise BadInput(
            f"{path}: not a file of tensors only, so it is refused: loading it could run code; "
            "save it again with torch.save(model.state_dict(), path)"
        ) from None
    except Exception as error:  # a damaged file makes torch's reader raise nearly anything
        raise BadInput(f"{path}: not a PyTorch state dict: {one_line(error)}") from None
    if not isinstance(tensors, dict) or not all(isinstance(value, Tensor) for value in tensors.values()):
        raise BadInput(f"{path}: holds more than a state dict; save it again with torch.save(model.state_dict(), path)")
    return tensors


def _on_disk(source: WeightsSource) -> Path:
    assert source.file is not None
    if source.package is None:
        return source.file
    spec = importlib.util.find_spec(source.package)
    if spec is None or spec.origin is None:
        raise BadInput(f"weights: package {source.package} is not installed; run 'pip install {source.package}'")
    return Path(spec.origin).parent / source.file


def _cached(url: str) -> Path:
    # Two addresses may end in the same file name.
    return cache.directory() / "weights" / f"{sha256(url.encode())[:8]}-{PurePosixPath(urlsplit(url).path).name}"


def _downloaded(subject: Subject, url: str) -> Path:
    path = _cached(url)
    with cache.making(path) as scratch:
        if scratch is not None:
            try:
                with urllib.request.urlopen(url, timeout=TIMEOUT) as response, scratch.open("wb") as file:
                    digest = hashlib.sha256()
                    while block := response.read(1 << 20):
                        digest.update(block)
                        file.write(block)
            except (OSError, http.client.HTTPException) as error:  # URLError, HTTPError and TimeoutError are OSErrors
                if getattr(error, "errno", None) in NO_ROOM:
                    raise
                reason = getattr(error, "reason", error)
                raise BadInput(
                    f"weights of {subject.name}: cannot reach {url} ({reason}); either give a downloaded copy with "
                    f"--weights PATH (make: WEIGHTS=PATH), or run --subject b0-stand-in (make: SUBJECT=b0-stand-in)"
                ) from None
            if not digest.hexdigest().startswith(subject.weights.sha256):
                raise BadInput(
                    f"{url}: SHA-256 is {digest.hexdigest()}, but field 'sha256' of [weights] in {subject.path} "
                    f"says {subject.weights.sha256}; the download is not kept"
                )
    return path
