"""A package that ships, as its manifest and a run's results tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lib import policy
from lib.policy import Measurement, Result

DIGITS = "0123456789abcdef" * 4  # for a SHA-256 that nobody looks at


def manifest(**fields: Any) -> dict[str, Any]:
    """The JSON in the package, with some fields changed."""
    return {
        "format": 1,
        "name": "lite0-imagenet-onnx",
        "version": "2026.11.27.193407",
        "made": "2026-11-27T19:34:07+00:00",
        "subject": {
            "name": "lite0-imagenet",
            "about": "EfficientNet-Lite0 with its published weights.",
            "sha256": DIGITS,
            "claims_accuracy": True,
            "preprocessing_source": "Mean and std are the published network's.",
        },
        "weights": {"name": "lite0.pth", "sha256": "1" * 64},
        "contract": {
            "size": 224,
            "rule": "shorter-side",
            "filter": "bilinear",
            "mean": [0.5] * 3,
            "std": [0.5] * 3,
            "crop": None,
        },
        "domain": {"least": 32, "most": 1024},
        "files": {"classifier.py": DIGITS, "data/model.onnx": "2" * 64, "data/golden/coffee.jpg": "3" * 64},
        "beside": {"lite0-end-to-end.onnx": "4" * 64, "notes.txt": "5" * 64},
        "memory": {"opened": 120_000_000, "answer": 34_000_000},
        "tolerances": {"decode": 0, "resize": 0, "normalise": 1e-05, "infer": 0.001, "score": 0.0005},
        "golden": {"coffee.jpg": "espresso"},
        "requires": ["numpy==2.4.6", "onnxruntime==1.32.0", "pillow==13.0.0"],
        "python": "==3.11.*",
        "tested": [{"python": "3.11.7", "numpy": "2.4.6", "onnxruntime": "1.32.0", "pillow": "13.0.0"}],
        "licences": {
            "package": "Apache-2.0",
            "model": "Apache-2.0",
            "photos": {"coffee.jpg": "CC0-1.0"},
            "libraries": {"numpy": "BSD-3-Clause", "onnxruntime": "MIT License", "pillow": "MIT-CMU"},
        },
        "evidence": {"sha256": DIGITS, "checks": 3, "commit": "0" * 40},
    } | fields


def evidence(measured: Sequence[Measurement], **fields: Any) -> dict[str, Any]:
    """A run's results with these values, as far as the bill of materials reads them."""
    rules = policy.load()
    return {
        "verdict": "ship",
        "subject": {"name": "lite0-imagenet", "architecture": "efficientnet-lite0"},
        "photos": {"readable": [{"name": "coffee.png", "sha256": DIGITS}]},
        "checks": [Result(rules[each.id], "lite0-imagenet", each).as_json() for each in measured],
    } | fields


MEASURED = (
    Measurement("parity.flips", 0, 7),
    Measurement("parity.logits", 1.1920928955078125e-05, 7),
    Measurement("robustness.decode", 0, 108),
)
