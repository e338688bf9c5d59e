"""Records: NamedTuples whose fields `help()` explains."""

from __future__ import annotations

import re

FIELD = re.compile(r"^ *(\w+): +(.*(?:\n +(?! |\w+: )\S.*)*)", re.M)


def documented(record):
    """A decorator for a NamedTuple: each field gets its line, `name: what it is`, of the class's docstring.

    >>> from typing import NamedTuple
    >>> @documented
    ... class Point(NamedTuple):
    ...     '''A point of a curve.
    ...
    ...     z: the net input
    ...     a: the output, which is f(z)
    ...     '''
    ...
    ...     z: float
    ...     a: float
    >>> Point.a.__doc__
    'the output, which is f(z)'
    """
    for name, text in FIELD.findall(record.__doc__ or ""):
        if name in record._fields:
            getattr(record, name).__doc__ = " ".join(text.split())
    return record
