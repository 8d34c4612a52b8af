"""A second ONNX file that takes a decoded photo as it is: resize, normalise, network and softmax in one graph.

Decoding, the EXIF orientation and the conversion to RGB stay outside; ONNX has no portable operators for them.

Pillow resizes in two passes, one an axis, and rounds to whole levels in between. So the graph has two Resize nodes on
uint8, each of which changes one axis; a single one rounds once and differs on many more values. Which axis comes first is
Pillow's choice too: since Pillow 13 the vertical one where the height loses more than twice as many pixels as the width
(python-pillow/Pillow#9549), else the horizontal one.

A photo outside of the package's limits is refused before anything large is computed: a Reshape, whose name says what is wrong
with the photo, fails. ONNX has no operator that raises an error; runtimes name the node that failed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import onnx
from onnx import ModelProto, compose, parser

from lib import cache
from lib.deploy import BadInput, Contract, Domain
from lib.deploy.model import DOMAIN_KEY, PIXELS, PROBABILITIES
from lib.deploy.stages import MOST_PIXELS
from lib.export import graph
from lib.inputs.reading import sha256

LEAST_OPSET = 18  # the first whose Resize can antialias and can name the axes it changes
# What ONNX's Resize has to be told to do what Pillow's filter does; nearest needs no Resize.
KERNELS = {
    "bilinear": 'mode = "linear", antialias = 1, exclude_outside = 1',
    "bicubic": 'mode = "cubic", cubic_coeff_a = -0.5, antialias = 1, exclude_outside = 1',
}
FILTERS = ("nearest", *KERNELS)
REFUSED = "photo refused"  # how the names of the nodes begin that fail on a photo outside of the limits


def obstacle(contract: Contract, opset: int) -> str:
    """Why a contract's preprocessing cannot be written in an operator set; empty where it can be."""
    if contract.filter not in FILTERS:
        return f"ONNX's Resize has no {contract.filter} filter; it has {', '.join(FILTERS)}"
    if opset < LEAST_OPSET:
        return f"antialiased resizing needs operator set {LEAST_OPSET} or newer, and this network is written in {opset}"
    return ""


def written(network: Path, contract: Contract) -> Path:
    """The end-to-end file of an exported network, made on the first call and taken from the cache on later ones.

    Its graph takes ``pixels``, uint8 (height, width, 3), RGB levels of an upright photo, and gives ``probabilities``, float32
    (1, classes). A photo outside of :func:`limits` ends in the runtime's error, which names a node whose name begins with
    :data:`REFUSED`. The file carries the network's metadata.

    Args:
        network: an ONNX file as :func:`lib.export.exported` writes it: float32 (1, 3, H, W) in, logits out.
        contract: the preprocessing that the network expects.

    Raises:
        BadInput: :func:`obstacle` names one.
    """
    key = sha256(Path(__file__).read_bytes() + contract.to_json().encode())[:8]
    path = network.with_name(f"{network.stem}-end-to-end-{key}.onnx")
    with cache.making(path) as scratch:
        if scratch is not None:
            onnx.save(assembled(onnx.load(network), contract), scratch)
    return path


@dataclass(frozen=True)
class Limits:
    """The photos that an end-to-end file takes.

    Attributes:
        pixels: the most that a photo may have; it has to have one.
        scaled: the longest side, in pixels, that a photo may have after scaling and before any crop; None where every photo is
            scaled to one size.
    """

    pixels: int
    scaled: int | None

    @classmethod
    def of(cls, contract: Contract, domain: Domain) -> Limits:
        """Those of the package, for a network that is right in a domain."""
        return cls(MOST_PIXELS, domain.longest(contract))

    @property
    def refusals(self) -> dict[str, str]:
        """By the output of the node that fails, its name."""
        found = {"sides": f"{REFUSED}: it has no pixels, or more than {self.pixels:,}"}
        if self.scaled is not None:
            found["target"] = f"{REFUSED}: its longer side would be resized to more than {self.scaled:,} pixels"
        return found


def assembled(network: ModelProto, contract: Contract) -> ModelProto:
    """Preprocessing, network and softmax as one model; as :func:`written` says."""
    opset = graph.opset(network)
    if reason := obstacle(contract, opset):
        raise BadInput(f"preprocessing cannot go into the graph: {reason}")
    metadata = {entry.key: entry.value for entry in network.metadata_props}
    limits = Limits.of(contract, Domain.from_mapping(json.loads(metadata[DOMAIN_KEY]), DOMAIN_KEY))
    preprocessing = _parsed(_preprocessing(contract, limits), opset, network)
    for node in preprocessing.graph.node:
        node.name = limits.refusals.get(node.output[0], node.name)
    before = compose.add_prefix(preprocessing, "preprocess/", rename_inputs=False, rename_nodes=False)
    classes = network.graph.output[0].type.tensor_type.shape.dim[1].dim_value
    after = _parsed(_softmax(classes), opset, network)
    given, logits = network.graph.input[0].name, network.graph.output[0].name
    whole = compose.merge_models(before, network, [(f"preprocess/{_TENSOR}", given)])
    whole = compose.merge_models(whole, after, [(logits, _LOGITS)])
    whole.graph.name = "end_to_end"
    return whole


def probed(model: ModelProto) -> ModelProto:
    """The model with three more outputs.

    They are ``levels``, uint8 (1, 3, H, W), what was made of the pixels; ``tensor``, float32 (1, 3, H, W), what the network is
    fed; and ``logits``.
    """
    softmax = next(node for node in model.graph.node if node.output[0] == PROBABILITIES)
    copy = ModelProto()
    copy.CopyFrom(model)
    for name in (f"preprocess/{_LEVELS}", f"preprocess/{_TENSOR}", softmax.input[0]):
        copy.graph.output.append(onnx.helper.make_empty_tensor_value_info(name))
    return copy


_LEVELS, _TENSOR, _LOGITS = "levels", "tensor", "given_logits"


def _softmax(classes: int) -> str:
    return f"""
softmax (float[1, {classes}] {_LOGITS}) => (float[1, {classes}] {PROBABILITIES})
{{
  {PROBABILITIES} = Softmax <axis = 1> ({_LOGITS})
}}"""


def _parsed(text: str, opset: int, like: ModelProto) -> ModelProto:
    """A graph in ONNX's own text form as a model in the operator set, and of the file version, of another."""
    return parser.parse_model(f'<ir_version: {like.ir_version}, opset_import: ["" : {opset}]>{text}')


def _preprocessing(contract: Contract, limits: Limits) -> str:
    nodes = f"""
  shape = Shape ({PIXELS})
  every_side = Slice (shape, zero, two)
  every_height, every_width = Split <axis = 0, num_outputs = 2> (every_side)
  area = Mul (every_height, every_width)
  has_pixels = Greater (area, zero)
  has_few_pixels = LessOrEqual (area, most_pixels)
  is_photo = And (has_pixels, has_few_pixels)
  {_required("every_side", "is_photo", "sides")}
  {"target = Identity (size)" if limits.scaled is None else _SHORTER_SIDE}
  rows, columns = Split <axis = 0, num_outputs = 2> (target)
  channels_first = Transpose <perm = [2, 0, 1]> ({PIXELS})
  planes = Unsqueeze (channels_first, zero)
  {_nearest() if contract.filter == "nearest" else _two_passes(KERNELS[contract.filter])}
  {_CENTRE_CROP if contract.crop else f"{_LEVELS} = Identity (resized)"}
  as_float = Cast <to = 1> ({_LEVELS})
  unit = Div (as_float, white)
  centred = Sub (unit, mean)
  {_TENSOR} = Div (centred, std)"""
    constants = {
        "zero": "int64[1] zero = {0}",
        "one": "int64[1] one = {1}",
        "two": "int64[1] two = {2}",
        "first_axis": "int64 first_axis = {0}",
        "height_and_width": "int64[2] height_and_width = {2, 3}",
        "most_pixels": f"int64[1] most_pixels = {{{limits.pixels}}}",
        "most_scaled": f"int64[1] most_scaled = {{{limits.scaled}}}",
        "size": f"int64[2] size = {{{contract.size}, {contract.size}}}",
        "crop": f"int64[1] crop = {{{contract.crop}}}",
        "half": "float half = {0.5}",
        "half_double": "double half_double = {0.5}",
        "white": "float white = {255.0}",
        "mean": f"float[1, 3, 1, 1] mean = {_floats(contract.mean)}",
        "std": f"float[1, 3, 1, 1] std = {_floats(contract.std)}",
    }
    used = set(re.findall(r"\w+", nodes))
    declared = ",\n  ".join(text for name, text in constants.items() if name in used)
    return (
        f"preprocess (uint8[height, width, 3] {PIXELS}) => (float[single, 3, rows_fed, columns_fed] {_TENSOR})\n"
        f"<\n  {declared}\n>\n{{{nodes}\n}}"
    )


def _required(pair: str, holds: str, given: str) -> str:
    """Gives a pair of numbers on where something holds. Where it does not, the pair is cut to one, which is no pair."""
    return f"""how_many_{given} = Where ({holds}, two, one)
  some_{given} = Slice ({pair}, zero, how_many_{given})
  {given} = Reshape (some_{given}, two)"""


# Integers: a division truncates, as Python's int() does of the longer side; the shorter side comes out exact.
_SHORTER_SIDE = f"""shorter = ReduceMin (sides)
  enlarged = Mul (sides, size)
  scaled = Div (enlarged, shorter)
  longer = ReduceMax (scaled)
  is_short_enough = LessOrEqual (longer, most_scaled)
  {_required("scaled", "is_short_enough", "target")}"""

# A half goes to the even neighbour, in ONNX's Round as in Python's, by which torchvision's CenterCrop cuts.
_CENTRE_CROP = f"""spare = Sub (target, crop)
  spare_float = Cast <to = 1> (spare)
  margin_float = Mul (spare_float, half)
  margin_even = Round (margin_float)
  margin = Cast <to = 7> (margin_even)
  end = Add (margin, crop)
  {_LEVELS} = Slice (resized, margin, end, height_and_width)"""


def _two_passes(kernel: str) -> str:
    """Both passes are the same node: an axis that keeps its size is left as it is."""
    resize = f"Resize <{kernel}, axes = [2, 3]>"
    return f"""lost = Sub (sides, target)
  lost_rows, lost_columns = Split <axis = 0, num_outputs = 2> (lost)
  twice = Mul (lost_columns, two)
  most = Max (twice, zero)
  vertical_first = Greater (lost_rows, most)
  height, width = Split <axis = 0, num_outputs = 2> (sides)
  few_rows = Concat <axis = 0> (rows, width)
  few_columns = Concat <axis = 0> (height, columns)
  between = Where (vertical_first, few_rows, few_columns)
  halfway = {resize} (planes, , , between)
  resized = {resize} (halfway, , , target)"""


def _nearest() -> str:
    """Takes pixels by their numbers: Pillow steps along in float64, adding up, and takes what it stands on.

    ONNX's Resize multiplies in float32, and takes another pixel wherever a step lands between two.
    """
    text = """sides_double = Cast <to = 11> (sides)
  target_double = Cast <to = 11> (target)
  step = Div (sides_double, target_double)
  first = Mul (step, half_double)
  step_down, step_right = Split <axis = 0, num_outputs = 2> (step)
  first_down, first_right = Split <axis = 0, num_outputs = 2> (first)"""
    for count, step, first, axis, given, taken in (
        ("rows", "step_down", "first_down", 2, "planes", "rows_taken"),
        ("columns", "step_right", "first_right", 3, "rows_taken", "resized"),
    ):
        text += f"""
  more_{count} = Sub ({count}, one)
  steps_{count} = Expand ({step}, more_{count})
  track_{count} = Concat <axis = 0> ({first}, steps_{count})
  places_{count} = CumSum (track_{count}, first_axis)
  numbers_{count} = Cast <to = 7> (places_{count})
  {taken} = Gather <axis = {axis}> ({given}, numbers_{count})"""
    return text


def _floats(values: Sequence[float]) -> str:
    return "{" + ", ".join(f"{value:.9e}" for value in values) + "}"
