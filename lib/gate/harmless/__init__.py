"""Harmless variants: other deployments, subjects, photos and surroundings that have to pass."""
