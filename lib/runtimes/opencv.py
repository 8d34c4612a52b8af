"""OpenCV's DNN module, whose new engine pads ``SAME_UPPER`` at the wrong end; its classic engine does not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lib.runtimes.runtime import ONNX, SIZED, Answer, Runtime


def loader(engine: str) -> Callable[[str], Answer]:
    """A function that reads an ONNX file with one of OpenCV's engines."""

    def load(path: str) -> Answer:
        import cv2

        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        network = cv2.dnn.readNetFromONNX(path, getattr(cv2.dnn, engine))

        def answer(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
            network.setInput(tensor)
            return np.array(network.forward())

        return answer

    return load


AS_IT_COMES, CLASSIC = "OpenCV DNN, as it comes", "OpenCV DNN, classic engine"
RUNTIMES = (
    Runtime(AS_IT_COMES, "opencv-python-headless", ONNX, loader("ENGINE_AUTO"), "reads the exported file", informational=True),
    Runtime(
        CLASSIC,
        "opencv-python-headless",
        SIZED,
        loader("ENGINE_CLASSIC"),
        "reads the exported file with one height and width declared; takes every size all the same",
    ),
)
