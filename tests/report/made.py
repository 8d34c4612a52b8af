"""A run made by hand: two notebooks, three checks, and what a complete run knows of itself."""

from __future__ import annotations

from typing import Any

import nbformat
import numpy as np

from lib.policy import Check, Measurement, Policy, Record
from lib.policy.policy import Cause
from lib.report.image import image, webp_source
from lib.report.run import Page, Run

COSTS = {
    "shipped": {
        "name": "ONNX Runtime", "version": "1", "missing": "", "installed_bytes": 93_000_000, "first_s": 0.45,
        "median_s": 0.0125, "percentile95_s": 0.015, "memory_bytes": 110_000_000,
    },
    "pytorch": {
        "name": "eager PyTorch", "version": "2", "missing": "", "installed_bytes": 1_204_000_000, "first_s": 3.0,
        "median_s": 0.025, "percentile95_s": 0.03, "memory_bytes": 440_000_000,
    },
    "conditions": {"photo": "cup.png", "batch": 1, "rounds": 30, "threads": 2, "timed": "the network alone"},
}  # fmt: skip
FILES = [
    {
        "role": "network", "missing": "", "name": "mine.onnx", "bytes": 18_600_000, "sha256": "a" * 64,
        "photos": {"compared": 2, "other_classes": 0, "logits": 1.2e-5},
    },
    {
        "role": "end-to-end", "missing": "", "name": "mine-e2e.onnx", "bytes": 18_700_000, "sha256": "b" * 64,
        "photos": {"compared": 2, "other_classes": 1, "logits": 0.2, "probability": 0.0123},
        "random_sizes": {"compared": 60, "other_classes": 2, "logits": 0.3, "probability": 0.034},
    },
]  # fmt: skip
PACKAGE = {
    "name": "mine-onnx", "version": "2020.1.1.0", "python": "==3.11.*", "requires": ["numpy==2.4.6", "pillow==13.0.0"],
    "wheel": {"name": "mine_onnx-2020.1.1.0-py3-none-any.whl", "bytes": 19_600_000, "sha256": "9" * 64},
    "photos": {"compared": 33, "other_classes": 0, "probability": 1.5e-6},
    "costs": COSTS | {"shipped": COSTS["shipped"] | {"name": "the package", "first_s": 0.85}},
}  # fmt: skip
SIZES = {"least": 32, "most": 896, "tried": 180, "refused": 0, "wrong": 0, "outside": {"tried": 4, "refused": 4}}
SIZES["photos"] = "longer photos are refused"
RULES = Policy(
    (
        Check("a.off", "how far off", "logits", "<=", 1, "w", "s", "01_a", "infer", "error", picture="a-off"),
        Check("a.turned", "turned photos", "", "==", 0, "w", "s", "01_a", "decode", "error", picture="a-off"),
        Check("b.same", "the same", "yes", "==", 1, "w", "s", "02_b", "resize", "error", may_skip=True),
        Check("b.slow", "slow", "s", "<=", 1, "w", "s", "02_b", "runtimes", "warning"),
    ),
    hints={"infer": [Cause("other weights"), Cause("EXIF", ("a.turned",))], "decode": [Cause("EXIF", ("a.turned",))]},
)
PIXELS = image(np.zeros((4, 4, 3), np.uint8), "bars of how far off each photo is")
FIGURE = f'<figure id="a-off">{PIXELS}<figcaption>Off.</figcaption></figure>'
SOURCE = webp_source(np.zeros((4, 4, 3), np.uint8))  # nbconvert writes attributes in an order of its own


def page(name: str, title: str, html: str, measurements: list[Measurement], told: dict[str, Any] | None = None) -> Page:
    """An executed notebook with one output."""
    notebook = nbformat.v4.new_notebook(metadata={"title": title})
    output = nbformat.v4.new_output("display_data", {"text/html": html, "text/plain": "it"})
    notebook.cells = [
        nbformat.v4.new_markdown_cell(f"# {title}\n\nWhy.\n\n## Checks\n\nSee."),
        nbformat.v4.new_code_cell("show()  # this", outputs=[output]),
    ]
    return Page(name, notebook, Record("mine", measurements, told=told or {}), 1.0)


def run(
    off: float = 0.5,
    turned: float = 0,
    skipped: str = "",
    slow: float = 0.5,
    told: dict[str, Any] | None = None,
    likeliest: dict[str, str] | None = None,
    complete: bool = True,
    **facts: Any,
) -> Run:
    """Two notebooks as they were run, with the values that their checks measured."""
    measured = [Measurement("a.off", off, 2, where=("cup.png",) * (off > 1)), Measurement("a.turned", turned, 2)]
    same = Measurement("b.same", float("nan"), 0, skipped) if skipped else Measurement("b.same", 1, 2)
    pages = [
        page("01_a", "Is it off?", FIGURE, measured, {"likeliest": likeliest or {}}),
        page("02_b", "Is it <the same>?", "<p>Yes.</p>", [same, Measurement("b.slow", slow, 1)], told),
    ]
    known = {
        "subject": {
            "name": "mine", "about": "A network.", "architecture": "efficientnet-b0", "claims_accuracy": True,
            "preprocessing_source": "", "sha256": "c" * 64, "weights": "mine.pth", "weights_sha256": "d" * 64,
        },
        "story": {"name": "mine", "sha256": "c" * 64, "weights_sha256": "d" * 64},
        "parameters": {"subject": "mine.toml", "photos": "", "deployment": "lib.deploy:pipeline", "opset": 20},
        "photos": {
            "readable": [
                {"name": "cup.png", "size": (600, 400), "kind": "PNG RGB", "sha256": "e" * 64},
                {"name": "cat.jpg", "size": (300, 300), "kind": "JPEG RGB", "sha256": "f" * 64},
            ],
            "unreadable": [],
        },
        "versions": {"python": "3.11", "numpy": "2.4.6", "pillow": "13.0.0", "onnxruntime": "1.32.0"},
        "machine": {"system": "Linux", "processor": "A processor", "cores": 2},
        "git": {"commit": "0123456789abcdef", "clean": True},
        "started": "2020-01-01T00:00:00+00:00",
        "seconds": 12.0,
    }  # fmt: skip
    return Run(pages, Record("mine"), RULES, known | facts, complete)
