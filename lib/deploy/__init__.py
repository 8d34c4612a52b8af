"""What ships: photo bytes in, probabilities out, with numpy, Pillow and onnxruntime and nothing else.

In a wheel this folder is the package, under a name of its own, with the model in it; ``Classifier()`` then opens that.

>>> from lib.deploy import Classifier
>>> Classifier("model.onnx").classify("photo.jpg")  # doctest: +SKIP

The three libraries are imported on first use, so that ``selftest`` can name the one that is missing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import telemetry
from .contract import Contract
from .domain import Domain
from .errors import BadInput, BadModel, BadPhoto, UntestedVersions
from .pipelines import STAGES, Pipeline, Trace

if TYPE_CHECKING:
    from .classifier import Classifier, Prediction, pipeline
    from .model import Model

__all__ = [
    "STAGES", "BadInput", "BadModel", "BadPhoto", "Classifier", "Contract", "Domain", "Model", "Pipeline", "Prediction",
    "Trace", "UntestedVersions", "pipeline",
]  # fmt: skip

_ON_FIRST_USE = {"Classifier": "classifier", "Prediction": "classifier", "pipeline": "classifier", "Model": "model"}

telemetry.switch_off()


def __getattr__(name: str) -> Any:
    if name not in _ON_FIRST_USE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_ON_FIRST_USE[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_ON_FIRST_USE})
