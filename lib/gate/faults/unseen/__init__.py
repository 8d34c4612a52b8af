"""Faults of services, written by somebody who did not know what a run looks for."""
