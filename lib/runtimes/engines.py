"""The libraries that may run a network, each as a function from a file to an answer.

Everything is imported where it is used: a process that measures one engine must not pay for another, and one that is not
installed must not be missed.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Answer = Callable[[NDArray[np.float32]], NDArray[np.float32]]

ONNX, SIZED, TFLITE, SAVED_MODEL, SUBJECT = "onnx", "sized", "tflite", "saved model", "subject"


@dataclass(frozen=True)
class Engine:
    """One way to run the network.

    Attributes:
        name: for tables.
        package: what pip calls it.
        takes: what it reads: :data:`ONNX`, :data:`SIZED`, the same with height and width declared,
            :data:`TFLITE`, :data:`SAVED_MODEL`, or :data:`SUBJECT`, a JSON list of the paths
            of a subject's TOML file and of its weights.
        load: from that to a function from float32 (N, 3, H, W) to logits float32 (N, classes).
        took: what it took to get there, in half a sentence.
        exhibit: whether this is a default that may change the answer: it is shown, and not held to the tolerance.
    """

    name: str
    package: str
    takes: str
    load: Callable[[str], Answer]
    took: str
    exhibit: bool = False


def _onnxruntime(path: str) -> Answer:
    from functools import partial

    from lib.deploy.sessions import open_session
    from lib.deploy.stages import logits_of

    return partial(logits_of, open_session(path))


def _openvino(**settings: str) -> Callable[[str], Answer]:
    def load(path: str) -> Answer:
        sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # its import would call home
        import openvino

        compiled = openvino.Core().compile_model(path, "CPU", settings)
        return lambda tensor: np.array(compiled([tensor])[0])

    return load


def _opencv(engine: str) -> Callable[[str], Answer]:
    def load(path: str) -> Answer:
        import cv2

        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        network = cv2.dnn.readNetFromONNX(path, getattr(cv2.dnn, engine))

        def answer(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
            network.setInput(tensor)
            return np.array(network.forward())

        return answer

    return load


def _litert(path: str) -> Answer:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=path, num_threads=_cores())
    given, gives = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
    shape: tuple[int, ...] = ()

    def answer(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        nonlocal shape
        channels_last = np.ascontiguousarray(tensor.transpose(0, 2, 3, 1))
        if channels_last.shape != shape:
            shape = channels_last.shape
            interpreter.resize_tensor_input(given, shape)
            interpreter.allocate_tensors()
        interpreter.set_tensor(given, channels_last)
        interpreter.invoke()
        return np.array(interpreter.get_tensor(gives))

    return answer


def _tensorflow(path: str) -> Answer:
    import tensorflow

    loaded = tensorflow.saved_model.load(path)
    function = loaded.signatures["serving_default"]

    def answer(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        outputs = function(tensorflow.constant(tensor.transpose(0, 2, 3, 1)))
        return np.asarray(next(iter(outputs.values())).numpy())

    return answer


def _reference_evaluator(path: str) -> Answer:
    import onnx
    from onnx.reference import ReferenceEvaluator

    model = onnx.load(path)
    name = model.graph.input[0].name
    evaluator: Any = ReferenceEvaluator(model)
    return lambda tensor: np.asarray(evaluator.run(None, {name: tensor})[0])


def _tensorrt(path: str) -> Answer:
    if not Path("/proc/driver/nvidia/version").exists():
        raise RuntimeError("no NVIDIA GPU on this machine; TensorRT runs on nothing else")
    import tensorrt
    import torch  # for memory on the device; its CUDA build comes with such a machine

    logger = tensorrt.Logger(tensorrt.Logger.ERROR)
    builder = tensorrt.Builder(logger)
    network = builder.create_network(0)
    parser = tensorrt.OnnxParser(network, logger)
    if not parser.parse_from_file(path):
        raise RuntimeError(f"TensorRT cannot read the file: {parser.get_error(0)}")
    profile = builder.create_optimization_profile()
    given, gives = network.get_input(0).name, network.get_output(0).name
    profile.set_shape(given, (1, 3, 32, 32), (1, 3, 224, 224), (32, 3, 1024, 1024))
    config = builder.create_builder_config()
    config.add_optimization_profile(profile)
    engine = tensorrt.Runtime(logger).deserialize_cuda_engine(builder.build_serialized_network(network, config))
    context = engine.create_execution_context()

    def answer(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        device = torch.from_numpy(tensor).cuda()
        context.set_input_shape(given, tensor.shape)
        logits = torch.empty(tuple(context.get_tensor_shape(gives)), device="cuda")
        context.set_tensor_address(given, device.data_ptr())
        context.set_tensor_address(gives, logits.data_ptr())
        stream = torch.cuda.current_stream()
        context.execute_async_v3(stream.cuda_stream)
        stream.synchronize()
        return np.asarray(logits.cpu().numpy())

    return answer


def _mxnet(path: str) -> Answer:
    import mxnet
    from mxnet.contrib import onnx as reader

    block = reader.import_to_gluon(path, mxnet.cpu())
    return lambda tensor: np.asarray(block(mxnet.nd.array(tensor)).asnumpy())


def _torch(compiled: bool) -> Callable[[str], Answer]:
    def load(source: str) -> Answer:
        import torch  # not at the top: a process that runs another engine must not load it

        from lib.networks import efficientnet as model
        from lib.networks import reference
        from lib.inputs import weights
        from lib.inputs.subject import load as read

        subject, given = json.loads(source)
        chosen = read(subject)
        network: Any = model.build(chosen, weights.locate(chosen, given))
        if compiled:
            network = torch.compile(network, dynamic=False)
        return reference.infer(network)

    return load


def _cores() -> int:
    return int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)


OPENVINO, OPENVINO_F32 = "OpenVINO, as it comes", "OpenVINO, f32"
OPENCV, OPENCV_CLASSIC = "OpenCV DNN, as it comes", "OpenCV DNN, classic engine"
EAGER, COMPILED, EVALUATOR, SHIPPED = "PyTorch, eager", "PyTorch, compiled", "ONNX reference evaluator", "ONNX Runtime"
ENGINES: dict[str, Engine] = {
    engine.name: engine
    for engine in (
        Engine(EAGER, "torch", SUBJECT, _torch(compiled=False), "it is where the network comes from"),
        Engine(COMPILED, "torch", SUBJECT, _torch(compiled=True), "one call; it compiles anew for every size"),
        Engine(SHIPPED, "onnxruntime", ONNX, _onnxruntime, "reads the exported file"),
        Engine(OPENVINO, "openvino", ONNX, _openvino(), "reads the exported file", exhibit=True),
        Engine(
            OPENVINO_F32,
            "openvino",
            ONNX,
            _openvino(INFERENCE_PRECISION_HINT="f32"),
            "reads the exported file; told to compute in f32",
        ),
        Engine(OPENCV, "opencv-python-headless", ONNX, _opencv("ENGINE_AUTO"), "reads the exported file", exhibit=True),
        Engine(
            OPENCV_CLASSIC,
            "opencv-python-headless",
            SIZED,
            _opencv("ENGINE_CLASSIC"),
            "reads the exported file with one height and width declared; takes every size all the same",
        ),
        Engine("LiteRT", "ai-edge-litert", TFLITE, _litert, "reads the converted file; takes channels last"),
        Engine("TensorFlow", "tensorflow", SAVED_MODEL, _tensorflow, "reads the converted model, in an environment of its own"),
        Engine(EVALUATOR, "onnx", ONNX, _reference_evaluator, "reads the exported file; numpy, operator by operator"),
        Engine("TensorRT", "tensorrt", ONNX, _tensorrt, "builds an engine for one GPU from the exported file"),
        Engine(
            "MXNet",
            "mxnet",
            ONNX,
            _mxnet,
            "retired to the Apache Attic in 2023; its last release, 1.9.1 of 2022, does not import beside numpy 1.24 or newer",
        ),
    )
}
