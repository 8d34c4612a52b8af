"""ONNX to TensorFlow and TFLite by onnx2tf, in an environment of its own: its versions cannot live beside ours.

``python -m lib.runtimes.converter`` makes the environment, which ``make report RUNTIMES=all`` calls. It takes about 3 GB.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import venv
from pathlib import Path

import onnx
from onnx import ModelProto, helper, numpy_helper

from lib import cache
from lib.deploy import BadInput
from lib.guarded.lifeline import lifeline
from lib.inputs.reading import sha256

REQUIREMENTS = Path(__file__).with_name("converter-requirements.txt")
TFLITE = "model_float32.tflite"  # in the folder, which is itself a SavedModel

# In the converter's own interpreter, which does not know lib.guarded. It writes over its input. The interpreter is started
# with -B: what it would compile would change the environment.
_CONVERT = """
import os, threading
threading.Thread(target=lambda: os.read(0, 1) or os._exit(1), daemon=True).start()  # ends with the process that started it
import sys, onnx2tf
onnx2tf.convert(input_onnx_file_path=sys.argv[1], output_folder_path=sys.argv[2], not_use_onnxsim=True, non_verbose=True)
"""


def environment() -> Path:
    """Where the converter's environment is, or would be."""
    return cache.directory() / f"converter-{sha256(REQUIREMENTS.read_bytes())[:8]}"


def python() -> Path | None:
    """The converter's interpreter; None where the environment was not made, or was damaged since."""
    path = environment() / "bin" / "python"
    return path if path.exists() and cache.whole(environment()) else None


def install() -> None:
    """Make the environment, once."""
    with cache.making(environment()) as scratch:
        if scratch is not None:
            venv.create(scratch, with_pip=True)
            # by path of the interpreter: scripts name the folder they were made in, which is moved afterwards
            pip = [str(scratch / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            try:
                subprocess.run([*pip, "-r", str(REQUIREMENTS)], check=True)
            except subprocess.CalledProcessError as error:
                raise BadInput(f"the converter cannot be installed: pip ended with code {error.returncode}") from None


def converted(network: Path) -> Path | None:
    """The folder with an exported network's SavedModel and TFLite file, converted once; None where the converter is missing.

    Args:
        network: an ONNX file as :func:`lib.export.exported` writes it.

    Raises:
        RuntimeError: the converter failed; the message is its last line.
    """
    folder, interpreter = folder_of(network), python()
    if interpreter is None and not folder.exists():
        return None
    with cache.making(folder) as scratch:
        if scratch is not None:
            scratch.mkdir()
            given = scratch / "model.onnx"  # the files that come out bear its name
            onnx.save(pooled(onnx.load(network)), given)
            started = time.monotonic()
            command = [str(interpreter), "-B", "-c", _CONVERT, str(given), str(scratch)]
            with lifeline() as stdin:
                ran = subprocess.run(command, cwd=scratch, stdin=stdin, capture_output=True, encoding="utf-8", env=_offline())
            if not (scratch / TFLITE).exists():
                lines = [line for line in ran.stderr.splitlines() if line.strip()]
                raise RuntimeError(f"onnx2tf failed: {lines[-1] if lines else f'code {ran.returncode}'}")
            (scratch / "seconds.json").write_text(json.dumps(time.monotonic() - started), encoding="utf-8")
            given.unlink()
    return folder


def folder_of(network: Path) -> Path:
    """Where :func:`converted` puts what it makes of a network."""
    key = sha256(Path(__file__).read_bytes() + REQUIREMENTS.read_bytes())[:8]
    return network.with_name(f"{network.stem}-tensorflow-{key}")


def seconds(folder: Path) -> float:
    """How long the conversion took."""
    return float(json.loads((folder / "seconds.json").read_text(encoding="utf-8")))


def pooled(model: ModelProto) -> ModelProto:
    """The same network with its pooling, a mean over height and width, said in ONNX's own word for it.

    onnx2tf 1.29 moves channels to the end and leaves a mean's negative axes where they were: it then takes the mean over width
    and channels, and says nothing.
    """
    constants = {tensor.name: numpy_helper.to_array(tensor).tolist() for tensor in model.graph.initializer}
    for place, node in enumerate(model.graph.node):
        if node.op_type == "ReduceMean" and sorted(constants.get(node.input[1], ())) in ([-2, -1], [2, 3]):
            model.graph.node[place].CopyFrom(helper.make_node("GlobalAveragePool", node.input[:1], node.output, name=node.name))
    return model


def _offline() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}


if __name__ == "__main__":
    try:
        install()
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
