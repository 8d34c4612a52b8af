"""What operations install: a wheel that runs without PyTorch, and what lies beside it."""
