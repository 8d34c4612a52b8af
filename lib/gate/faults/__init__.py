"""Planted faults, a file for each part of a hand-off. Those of stages are deployments, and need no PyTorch to be imported."""
