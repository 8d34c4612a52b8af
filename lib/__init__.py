"""The ONNX hand-off workbook: what the notebooks call.

Import the module you need, as in ``from lib.deploy import Classifier``. This package imports :mod:`lib.deploy` alone, which is
usable where PyTorch is not installed, and with it switches ONNX Runtime's telemetry off before anything can import that.
"""

from lib import deploy as deploy
