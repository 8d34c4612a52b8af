"""What ships: photo bytes in, probabilities out, with numpy, Pillow and onnxruntime and nothing else.

>>> from lib.deploy import Classifier
>>> Classifier("model.onnx").classify("photo.jpg")  # doctest: +SKIP
"""

from lib.deploy.classifier import Classifier, Prediction, pipeline
from lib.deploy.contract import Contract
from lib.deploy.domain import Domain
from lib.deploy.errors import BadInput
from lib.deploy.model import Model
from lib.deploy.pipelines import STAGES, Pipeline, Trace

__all__ = ["STAGES", "BadInput", "Classifier", "Contract", "Domain", "Model", "Pipeline", "Prediction", "Trace", "pipeline"]
