"""Builds the wheel, the same bytes from the same contents."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from lib.bundle import names
from lib.bundle.contents import LICENCE, Contents, licence_text
from lib.bundle.words import readme, wheel_name


def build(contents: Contents, folder: Path) -> Path:
    """Build the wheel of a package.

    The times in it are the moment at which its run began, so that a second build gives the same bytes, where zlib compresses
    alike.

    Args:
        contents: what lies in it.
        folder: where it goes.

    Returns:
        The wheel.
    """
    manifest = contents.manifest
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch)
        for name, data in contents.all.items():
            path = source / names.module(manifest.name) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        (source / "pyproject.toml").write_text(_project(contents), encoding="utf-8")
        (source / "README.md").write_text(readme(manifest), encoding="utf-8")
        (source / "LICENSE").write_bytes(licence_text())
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [sys.executable, "-m", "flit_core.wheel", "--outdir", str(folder), str(source)],
            env=os.environ | {"SOURCE_DATE_EPOCH": str(int(contents.made.timestamp()))},
            capture_output=True,
            check=True,
        )
    return folder / wheel_name(manifest)


def _project(contents: Contents) -> str:
    manifest = contents.manifest
    licence = f'license = "{LICENCE}"\n' if manifest.licences["model"] == LICENCE else ""
    return f"""\
[build-system]
requires = ["flit_core"]
build-backend = "flit_core.buildapi"

[project]
name = "{manifest.name}"
version = "{manifest.version}"
description = "An image classifier on ONNX Runtime, without PyTorch: {manifest.name}."
readme = "README.md"
{licence}license-files = ["LICENSE"]
requires-python = "{manifest.python}"
dependencies = {list(manifest.requires)}

[project.scripts]
{manifest.name} = "{names.module(manifest.name)}.command:main"

[tool.flit.module]
name = "{names.module(manifest.name)}"
"""
