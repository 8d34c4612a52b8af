"""One run: the notebooks started and stopped, the report moved into place, the exit code."""
