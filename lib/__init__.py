"""The ONNX hand-off workbook: what the notebooks call.

Import the module you need, as in ``from lib.deploy import Classifier``. This package imports nothing by itself, so that
:mod:`lib.deploy` stays usable where PyTorch is not installed.
"""
