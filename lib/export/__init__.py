"""From PyTorch to ONNX: what is written into the file, and what is found in one."""
