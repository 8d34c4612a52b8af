"""The ONNX hand-off workbook: what the notebooks call.

Import the module you need, as in ``from lib.deploy import Classifier``. This package imports :mod:`lib.deploy` alone, which is
usable where PyTorch is not installed. All that would call home on its import is switched off here: ONNX Runtime's telemetry
(:mod:`lib.deploy.telemetry`) and OpenVINO's.
"""

import sys

from lib import deploy as deploy

# OpenVINO calls home by this package, on its import; it does without where it is not there.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
