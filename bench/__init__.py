"""Measurements of the running portal; see docs/measurements.md."""
