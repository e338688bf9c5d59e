"""Reports: results that people read, in a terminal and in a notebook."""

from __future__ import annotations

import html

from neurosim.support.page import visible


class Result:
    """The base of every result that is no tuple.

    A subclass names its attributes, each with what it is, in a dict `__slots__`, which `help()` shows. Two results
    of one kind are equal if their public attributes are. They can change, so they have no hash.
    """

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other):
        return type(self) is type(other) and self._public() == other._public()

    def _public(self):
        return {name: getattr(self, name) for name in self.__slots__ if not name.startswith("_")}


class Report(Result):
    """The base of every result with a text."""

    __slots__ = ()

    def text(self):
        """The result as text."""
        raise NotImplementedError(f"{type(self).__name__} has no text()")

    def __str__(self):
        return visible(self.text(), kept="\n")

    def _repr_html_(self):
        return f"<pre>{html.escape(str(self))}</pre>"
