"""TensorRT, which needs an NVIDIA GPU."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lib.runtimes.runtime import ONNX, Answer, Runtime


def load(path: str) -> Answer:
    """An engine built for the GPU of this machine.

    Raises:
        RuntimeError: there is no such GPU, or TensorRT cannot read the file.
    """
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


RUNTIMES = (Runtime("TensorRT", "tensorrt", ONNX, load, "builds an engine for one GPU from the exported file"),)
