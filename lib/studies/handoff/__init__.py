"""Notebook 10_handoff: the package that operations install, and the proof that it answers as PyTorch does."""
