"""Worked examples from textbooks, as problem files inside the package."""

from neurosim.exercises.catalogue import built_in, names, open_any, open_source, open_trace

__all__ = ["built_in", "names", "open_any", "open_source", "open_trace"]
