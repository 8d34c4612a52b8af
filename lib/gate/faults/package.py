"""Faults of what a run leaves and of the package in it, for `verify`; and of a package that was installed, for its `selftest`."""
