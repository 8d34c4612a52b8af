"""What a package is called, and which version it is."""

from __future__ import annotations

import datetime
import re

# Files that lie beside a wheel.
BILL, CONTAINER, README, SERVICE = "bom.cdx.json", "Dockerfile", "README.md", "service.py"
REQUIREMENTS, OF_SERVICE = "requirements.txt", "requirements-service.txt"
LONGEST = 100  # letters of a subject's name: files are called by it, with a version and more behind


def distribution(subject: str) -> str:
    """The name of a subject's package, as pip knows it: ``lite0-imagenet-onnx``.

    It always ends in ``-onnx``, so that no subject can take the name of a library, and begins with a letter.

    Args:
        subject: its name; of what is not a letter or digit of ASCII, a dash stays, and nothing of what is too long for a file.
    """
    kept = re.sub(r"[^a-z0-9]+", "-", subject.lower()).strip("-")[:LONGEST].strip("-")
    named = kept if kept[:1].isalpha() else f"model-{kept}".strip("-")
    return f"{named}-onnx"


def module(distribution: str) -> str:
    """The name by which Python imports it."""
    return distribution.replace("-", "_")


def version(made: datetime.datetime | None) -> str:
    """The version of a package: the moment at which its run began, so that the newer one is always the higher.

    Args:
        made: in UTC; None for a package without a run, which is lower than any with one.
    """
    if made is None:
        return "0.dev0"
    return f"{made.year}.{made.month}.{made.day}.{int(f'{made:%H%M%S}')}"
