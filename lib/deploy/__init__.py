"""What ships: photo bytes in, probabilities out, with numpy, Pillow and onnxruntime and nothing else.

In a wheel this folder is the package, under a name of its own, with the model in it; ``Classifier()`` then opens that.

>>> from lib.deploy import Classifier
>>> Classifier("model.onnx").classify("photo.jpg")  # doctest: +SKIP
"""

from .classifier import Classifier, Prediction, pipeline
from .contract import Contract
from .domain import Domain
from .errors import BadInput, BadModel, BadPhoto
from .model import Model
from .pipelines import STAGES, Pipeline, Trace

__all__ = [
    "STAGES", "BadInput", "BadModel", "BadPhoto", "Classifier", "Contract", "Domain", "Model", "Pipeline", "Prediction",
    "Trace", "pipeline",
]  # fmt: skip
