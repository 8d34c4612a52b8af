"""What a run was made of: versions, hashes, machine, time, commit."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from lib.cache import ROOT
from lib.handoff import Handoff

PACKAGES = (
    "torch", "efficientnet_pytorch", "onnx", "onnxscript", "onnxruntime", "numpy", "pillow", "matplotlib",
    "opencv-python-headless", "scikit-image", "papermill", "nbconvert",
)  # fmt: skip


def facts(handoff: Handoff, parameters: dict[str, Any]) -> dict[str, Any]:
    """Everything that decides what a run measures, as JSON types."""
    subject, story = handoff.subject, handoff.story
    return {
        "subject": {
            "name": subject.name,
            "about": subject.about,
            "architecture": subject.architecture,
            "claims_accuracy": subject.claims_accuracy,
            "preprocessing_source": subject.source,
            "sha256": subject.digest,
            "weights": handoff.weights_name,
            "weights_sha256": handoff.weights_sha256,
        },
        "story": {"name": story.subject.name, "sha256": story.subject.digest, "weights_sha256": story.weights_sha256},
        "parameters": parameters,
        "photos": {
            "readable": [{"name": p.name, "size": p.size, "kind": p.kind, "sha256": p.sha256} for p in handoff.photos.readable],
            "unreadable": [{"name": name, "reason": reason} for name, reason in handoff.photos.unreadable],
        },
        "versions": {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in PACKAGES},
        "machine": {"system": platform.platform(), "processor": _processor(), "cores": os.cpu_count()},
        "git": git_state(ROOT),
    }


def git_state(folder: Path) -> dict[str, Any]:
    """The commit that ``folder`` is at and whether its tree is clean; None for both outside a git checkout."""
    try:
        commit = _git(folder, "rev-parse", "HEAD").strip()
        return {"commit": commit, "clean": not _git(folder, "status", "--porcelain").strip()}
    except (OSError, subprocess.CalledProcessError):
        return {"commit": None, "clean": None}


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", folder, *arguments], capture_output=True, encoding="utf-8", check=True).stdout


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
