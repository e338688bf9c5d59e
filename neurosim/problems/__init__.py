"""Problem files, tables of data, and the built-in worked examples.

A file or the name of a built-in example comes in.
A `Problem` goes out: a network with its examples and settings.
"""
