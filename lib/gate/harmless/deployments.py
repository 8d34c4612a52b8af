"""Deployments that are right, each written in another way than ours."""

from __future__ import annotations

import io
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from PIL import Image, ImageOps

from lib.deploy import BadInput, Contract, Model, Pipeline
from lib.deploy.sessions import open_session
from lib.deploy.stages import Infer, Resize, logits_of, preprocessing
from lib.gate.deployed import Planted, Stage, after, around, before, factories, stage

Array = NDArray[Any]


def _variant(name: str, stage_name: str, make: Callable[[Contract], Stage]) -> Planted:
    """One stage written anew."""
    return Planted(name, "", stage(name, stage_name, make).change)


def _around(name: str, stage_name: str, change: Callable[[Stage], Stage]) -> Planted:
    """One stage with something done around it."""
    return Planted(name, "", around(name, stage_name, change).change)


def _before(name: str, stage_name: str, change: Callable[[Any], Any]) -> Planted:
    return Planted(name, "", before(name, stage_name, change).change)


def _after(name: str, stage_name: str, change: Callable[[Any], Any]) -> Planted:
    return Planted(name, "", after(name, stage_name, change).change)


def _session(name: str, **options: Any) -> Planted:
    """Another session on the same file."""

    def change(ours: Pipeline, model: Model) -> Pipeline:
        return replace(ours, infer=Infer(open_session(model.path, **options), model.domain))

    return Planted(name, "", change)


def _image(picture: Any) -> Image.Image:
    return picture if isinstance(picture, Image.Image) else Image.fromarray(picture)


# ---- decode


def _plain(data: bytes) -> bool:
    """Whether OpenCV reads it as Pillow does: a whole file of three channels of 8 bits, that says nothing of itself."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            kind, mode, said = image.format, image.mode, set(image.info)
            image.load()
    except Exception:  # whatever is wrong with it, the other decode says it
        return False
    deep = kind == "PNG" and data[24] != 8
    return (
        kind in ("JPEG", "PNG") and mode == "RGB" and not deep and not said & {"exif", "transparency", "icc_profile", "gamma"}
    )


def _by_opencv(decode: Stage) -> Stage:
    def decoded(data: bytes) -> Any:
        read = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if _plain(data) else None
        return decode(data) if read is None else np.ascontiguousarray(read[:, :, ::-1])

    return decoded


def _plain_pillow(data: bytes) -> Image.Image:
    """The line that everybody writes. A photo that no line has a right answer to it answers as PyTorch's loader does."""
    return ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")


def _by_way_of_a_file(decode: Stage) -> Stage:
    def decoded(data: bytes) -> Any:
        with tempfile.TemporaryFile() as file:
            file.write(data)
            file.seek(0)
            return decode(file.read())

    return decoded


def _remembered(decode: Stage) -> Stage:
    known: dict[bytes, Array] = {}

    def decoded(data: bytes) -> Any:
        if data not in known:
            known[data] = np.asarray(decode(data))
        return known[data].copy()

    return decoded


def _without_webp(decode: Stage) -> Stage:
    def decoded(data: bytes) -> Any:
        if data[8:12] == b"WEBP":
            raise NotImplementedError("WebP is not taken")
        return decode(data)

    return decoded


def _own_words(decode: Stage) -> Stage:
    """Another exception than ours where a file cannot be read."""

    def decoded(data: bytes) -> Any:
        try:
            return decode(data)
        except BadInput as error:
            raise KeyError(str(error)) from error

    return decoded


def _reversed_twice(picture: Any) -> Array:
    """The same picture in memory of another order."""
    return np.ascontiguousarray(np.asarray(picture)[::-1])[::-1]


def _column_by_column(picture: Any) -> Array:
    return np.asfortranarray(np.asarray(picture))


# ---- resize


def _weights(before: int, after: int) -> NDArray[np.int64]:
    """Pillow's bilinear weights in 22 binary places, int64 (after, before). Source: Pillow's src/libImaging/Resample.c."""
    scale = before / after
    support = max(scale, 1.0)
    centres = (np.arange(after) + 0.5) * scale
    first = np.maximum((centres - support + 0.5).astype(int), 0)
    last = np.minimum((centres + support + 0.5).astype(int), before)
    places = np.arange(before)
    table = np.maximum(1 - np.abs((places - centres[:, None] + 0.5) / support), 0)
    table[(places < first[:, None]) | (places >= last[:, None])] = 0
    table /= table.sum(axis=1, keepdims=True)
    return np.floor(0.5 + table * (1 << 22)).astype(np.int64)


def _across(pixels: Array, width: int) -> Array:
    if pixels.shape[1] == width:
        return pixels
    columns = pixels.transpose(1, 0, 2).astype(np.float64)
    sums = _weights(pixels.shape[1], width).astype(np.float64) @ columns.reshape(len(columns), -1)  # exact below 2**53
    levels = np.clip(np.floor((sums + (1 << 21)) / (1 << 22)), 0, 255).astype(np.uint8)
    return levels.reshape(width, pixels.shape[0], 3).transpose(1, 0, 2)


def _down(pixels: Array, height: int) -> Array:
    return _across(pixels.transpose(1, 0, 2), height).transpose(1, 0, 2)


def _two_passes(contract: Contract) -> Stage:
    """Pillow's bilinear resize in whole numbers."""
    right = preprocessing(contract)[0]

    def resize(picture: Any) -> Any:
        pixels = np.asarray(picture)
        width, height = right.target(pixels.shape[1], pixels.shape[0])
        if pixels.shape[0] - height > max(0, 2 * (pixels.shape[1] - width)):  # python-pillow/Pillow#9549, from Pillow 13 on
            return _across(_down(pixels, height), width)
        return _down(_across(pixels, width), height)

    return resize


def _channel_by_channel(contract: Contract) -> Stage:
    right: Resize = preprocessing(contract)[0]

    def resize(picture: Any) -> Any:
        image = _image(picture)
        size = right.target(*image.size)
        return Image.merge("RGB", [plane.resize(size, Image.Resampling.BILINEAR) for plane in image.split()])

    return resize


# ---- normalise


def _scale_and_bias(contract: Contract) -> Stage:
    scale = (1 / (255 * np.array(contract.std))).astype(np.float32).reshape(1, 3, 1, 1)
    bias = (-np.array(contract.mean) / contract.std).astype(np.float32).reshape(1, 3, 1, 1)
    return lambda picture: np.asarray(picture).transpose(2, 0, 1)[None] * scale + bias


def _in_levels(contract: Contract) -> Stage:
    mean, std = (np.array(values, np.float32) * np.float32(255) for values in (contract.mean, contract.std))
    return lambda picture: ((np.asarray(picture, np.float32) - mean) / std).transpose(2, 0, 1)[None]


def _in_float64(contract: Contract) -> Stage:
    return lambda picture: (
        ((np.asarray(picture, np.float64) / 255 - contract.mean) / contract.std).astype(np.float32).transpose(2, 0, 1)[None]
    )


def _by_table(contract: Contract) -> Stage:
    """Each of the 256 levels normalised in advance."""
    levels = np.arange(256, dtype=np.float64)[:, None] / 255
    table = ((levels - contract.mean) / contract.std).astype(np.float32)
    return lambda picture: np.stack([table[np.asarray(picture)[:, :, i], i] for i in range(3)])[None]


class _Reused:
    """A buffer for each thread, used again by the next photo of the same size."""

    __slots__ = ("_local", "_right")

    def __init__(self, contract: Contract) -> None:
        self._right = preprocessing(contract)[1]
        self._local = threading.local()

    def __call__(self, picture: Any) -> Array:
        made = self._right(picture)
        buffer = getattr(self._local, "buffer", None)
        if buffer is None or buffer.shape != made.shape:
            buffer = self._local.buffer = np.empty_like(made)
        buffer[:] = made
        return buffer


# ---- infer and score


def _one_at_a_time(infer: Stage) -> Stage:
    def inferred(tensor: Array) -> Any:
        if len(tensor) != 1:
            raise ValueError("one input at a time")
        return infer(tensor)

    return inferred


def _batch_by_batch(infer: Stage) -> Stage:
    return lambda tensor: np.concatenate([infer(each[None]) for each in tensor])


def _locked(infer: Stage) -> Stage:
    lock = threading.Lock()

    def inferred(tensor: Array) -> Any:
        with lock:
            return infer(tensor)

    return inferred


def _written_into(infer: Stage) -> Stage:
    """It uses the memory of its input for something else afterwards."""

    def inferred(tensor: Array) -> Any:
        own = np.require(tensor, requirements="W")
        logits = infer(own)
        own[:] = 0
        return logits

    return inferred


def _in_one_call(ours: Pipeline, model: Model) -> Pipeline:
    """Without a word on sizes that are outside of the domain."""
    return replace(ours, infer=lambda tensor: logits_of(model.session, tensor))


def _softmax_in_float64(logits: Any) -> Array:
    powers = np.exp(np.asarray(logits, np.float64) - np.max(logits, axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)


def _softmax_by_logarithms(logits: Any) -> Array:
    values = np.asarray(logits, np.float64)
    greatest = values.max(axis=1, keepdims=True)
    whole = greatest + np.log(np.exp(values - greatest).sum(axis=1, keepdims=True))
    return np.nan_to_num(np.exp(values - whole))


# ---- what a deployment does besides


def _talkative(infer: Stage) -> Stage:
    def inferred(tensor: Array) -> Any:
        print("answering", tensor.shape)
        print("answering", tensor.shape, file=sys.stderr)
        warnings.warn("this network is old", DeprecationWarning, stacklevel=2)
        return infer(tensor)

    return inferred


LEVELS = onnxruntime.GraphOptimizationLevel


def _levels(picture: Any) -> Array:
    return np.ascontiguousarray(np.asarray(picture).transpose(2, 0, 1)[None])


def _inside(ours: Pipeline, model: Model) -> Pipeline:
    """Normalisation as the first nodes of the graph, which takes levels."""
    network = onnx.load(model.path)
    shape = (1, 3, 1, 1)
    for name, values in (("white", [255] * 3), ("mean", model.contract.mean), ("std", model.contract.std)):
        network.graph.initializer.append(numpy_helper.from_array(np.array(values, np.float32).reshape(shape), f"own_{name}"))
    nodes = [
        helper.make_node("Cast", ["levels"], ["own_float"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["own_float", "own_white"], ["own_unit"]),
        helper.make_node("Sub", ["own_unit", "own_mean"], ["own_centred"]),
        helper.make_node("Div", ["own_centred", "own_std"], ["image"]),
    ]
    for node in reversed(nodes):
        network.graph.node.insert(0, node)
    network.graph.input[0].CopyFrom(helper.make_tensor_value_info("levels", TensorProto.UINT8, ["n", 3, "h", "w"]))
    session = open_session(network.SerializeToString())
    return replace(ours, normalise=_levels, infer=lambda tensor: logits_of(session, tensor))


PLANTED = (
    _variant("decode by plain Pillow", "decode", lambda _: _plain_pillow),
    _around("decode by OpenCV where it is equal", "decode", _by_opencv),
    _around("decode by way of a temporary file", "decode", _by_way_of_a_file),
    _around("decoded pictures remembered by content", "decode", _remembered),
    _around("WebP refused", "decode", _without_webp),
    _around("another exception for files that cannot be read", "decode", _own_words),
    _after("decode gives an array", "decode", np.asarray),
    _after("decode gives rows in the other order of memory", "decode", _reversed_twice),
    _after("decode gives columns in a row", "decode", _column_by_column),
    _variant("resize in whole numbers, by two products of matrices", "resize", _two_passes),
    _variant("resize channel by channel", "resize", _channel_by_channel),
    _after("resize gives an array", "resize", np.asarray),
    _before("resize takes an image of its own", "resize", lambda picture: ImageOps.exif_transpose(_image(picture).copy())),
    _variant("normalise by scale and bias", "normalise", _scale_and_bias),
    _variant("normalise in levels", "normalise", _in_levels),
    _variant("normalise in float64", "normalise", _in_float64),
    _variant("normalise by a table", "normalise", _by_table),
    Planted("normalise in the graph", "", _inside),
    _variant("normalise into a buffer that is used again", "normalise", _Reused),
    _after(
        "input with channels last in memory",
        "normalise",
        lambda t: np.ascontiguousarray(t.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2),
    ),
    _around("one input at a time, batches refused", "infer", _one_at_a_time),
    _around("batches input by input", "infer", _batch_by_batch),
    _around("a lock around the network", "infer", _locked),
    _around("the network's input written over afterwards", "infer", _written_into),
    Planted("the network at any size", "", _in_one_call),
    _session("one thread", threads=1),
    _session("threads that wait awake", spinning=True),
    _session("no optimisation of the graph", level=LEVELS.ORT_DISABLE_ALL),
    _session("basic optimisation of the graph", level=LEVELS.ORT_ENABLE_BASIC),
    _variant("softmax in float64", "score", lambda _: _softmax_in_float64),
    _variant("softmax by logarithms", "score", lambda _: _softmax_by_logarithms),
    _around("prints and warns", "infer", _talkative),
)

__getattr__ = factories(PLANTED)
