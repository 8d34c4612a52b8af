"""Requirements with hashes, of the wheels that were put aside: what lies beside a package for ``pip --require-hashes``."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.utils import canonicalize_name

from lib.bundle import wheels
from lib.deploy import BadInput
from lib.guarded.lifeline import lifeline
from lib.inputs.weights import digest_of

_OPTIONS = ["--quiet", "--no-color", "--disable-pip-version-check", "--no-index", "--ignore-installed", "--dry-run"]


def locked(versions: Mapping[str, str]) -> str:
    """Some libraries with all that they require in turn: exact versions, and the hash of the wheel for this platform.

    Args:
        versions: by library.

    Raises:
        BadInput: pip finds no wheel for one of them among those that were put aside.
    """
    lines = [f"{name}=={version}" for name, version in versions.items()]
    with lifeline() as stdin, tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"  # on stdout it would be coloured in a kernel, which sets FORCE_COLOR
        options = [*_OPTIONS, "--report", str(report), "--find-links", str(wheels.FOLDER)]
        command = [sys.executable, "-m", "pip", "install", *options, *lines]
        ran = subprocess.run(command, stdin=stdin, capture_output=True, encoding="utf-8")
        if ran.returncode:
            why = next((line for line in ran.stderr.splitlines() if line.startswith("ERROR")), "pip does not say why")
            raise BadInput(f"no wheels of {', '.join(lines)} with all that they require were put aside: {why}")
        found = sorted(_line(each) for each in json.loads(report.read_text(encoding="utf-8"))["install"])
    return "\n".join([*_head(lines), *found]) + "\n"


def _line(item: Mapping[str, object]) -> str:
    metadata, source = item["metadata"], item["download_info"]
    assert isinstance(metadata, dict)
    assert isinstance(source, dict)
    wheel = Path(unquote(urlsplit(source["url"]).path))
    return f"{canonicalize_name(metadata['name'])}=={metadata['version']} --hash=sha256:{digest_of(wheel)}"


def _head(lines: list[str]) -> list[str]:
    python = f"{platform.python_implementation()} {sys.version_info.major}.{sys.version_info.minor}"
    return [
        f"# {', '.join(lines)} and what they require, as they were tried on {python}, {sysconfig.get_platform()}.",
        "# Another platform has other wheels, which pip refuses by these hashes: selftest there first, then `pip hash` them.",
    ]
