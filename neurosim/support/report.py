"""Reports: results that people read, in a terminal and in a notebook."""

from __future__ import annotations

from neurosim.support.page import preformatted, visible


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
        return preformatted(str(self))


class TableReport(Report):
    """The base of every result whose text is made of tables and paragraphs, in any format."""

    __slots__ = ()

    def _repr_html_(self):
        return self.text(format="html")


class Text(str):
    """A text that a notebook shows as it is printed, or as its HTML if it has any."""

    def __new__(cls, text, html=None):
        """The text itself, and what a notebook shows in its place."""
        made = super().__new__(cls, text)
        made._html = html
        return made

    def _repr_html_(self):
        return self._html or preformatted(self)
