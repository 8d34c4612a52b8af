"""Harmless variants: what is made in another way, and answers the same."""
