"""Every number of a computation as a step that says which rule made it from which others.

A network and examples come in.
A `Trace` goes out, which can be replayed, verified, explained, saved and loaded.
"""
