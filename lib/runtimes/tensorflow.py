"""TensorFlow, in the converter's environment, since its versions cannot live beside ours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lib.runtimes.runtime import SAVED_MODEL, Answer, Runtime


def load(path: str) -> Answer:
    """The signature of a SavedModel."""
    import tensorflow

    loaded = tensorflow.saved_model.load(path)
    function = loaded.signatures["serving_default"]

    def answer(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        outputs = function(tensorflow.constant(tensor.transpose(0, 2, 3, 1)))
        return np.asarray(next(iter(outputs.values())).numpy())

    return answer


RUNTIMES = (Runtime("TensorFlow", "tensorflow", SAVED_MODEL, load, "reads the converted model, in an environment of its own"),)
