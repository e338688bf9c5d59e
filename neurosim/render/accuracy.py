"""How exact the numbers of a worked solution are: how each was rounded when it was computed, and how it is shown."""

from __future__ import annotations

from neurosim.core.address import split_address
from neurosim.support.errors import counted
from neurosim.support.number_text import SIGNIFICANT_DIGITS, number_text
from neurosim.support.page import visible
from neurosim.trace.rounding import Digits, Places

IN_FULL = "Numbers are shown with all their digits"


class Accuracy:
    """Writes the numbers of a trace, and says in words how they were rounded.

    Without a choice of decimals a number that was rounded as it was computed is shown in full, so that nothing of it is
    hidden. Where all were rounded the given ones are too: then each line can be worked out from what it shows.
    """

    def __init__(self, trace, decimals=None):
        self.trace, self.decimals, self.rounding = trace, decimals, trace.rounding
        if isinstance(self.rounding, dict) and all(way is None for way in self.rounding.values()):
            self.rounding = None

    def text(self, address, value):
        """The text of the number at an address."""
        in_full = self.decimals is None and self._is_rounded(address)
        return number_text(value, "all" if in_full else self.decimals)

    def texts(self, line):
        """The texts of the numbers that a line's rule reads."""
        return [self.text(*operand) for operand in zip(line.step.operands, line.values)]

    def _is_rounded(self, address):
        if not isinstance(self.rounding, dict):
            return self.rounding is not None
        way = self.rounding.get(address, self.rounding.get(split_address(address)[0]))
        return way is not None and bool(self.trace[address].operands)

    def sentence(self):
        """What a reader has to know of the numbers, in a sentence or a few."""
        if self.rounding is None:
            return self._unrounded()
        if isinstance(self.rounding, dict):
            return f"{_by_quantity(self.rounding)} {self._shown()}"
        how = _how(self.rounding)
        return f"Each computed number was {how} before the next were computed from it. {self._shown()}"

    def _unrounded(self):
        numbers = [step.value for step in self.trace]
        if all(map(_is_exact, numbers)) and all(number_text(number, self.decimals) == str(number) for number in numbers):
            return "Numbers are whole numbers and fractions, exact and shown as they are."
        if self.decimals == "all":
            return f"{IN_FULL}; each was computed from those before it as they are shown."
        return (
            f"Numbers are shown with {self._digits()}; each was computed from those before it as they are, not as they "
            "are shown."
        )

    def _shown(self):
        if self.decimals == "all" or self.decimals is None and not isinstance(self.rounding, dict):
            return f"{IN_FULL}."
        if self.decimals is None:
            return f"Those are shown with all their digits, all others with {self._digits()}."
        return f"Numbers are shown with {self._digits()}, whatever they were rounded to."

    def _digits(self):
        if self.decimals is not None:
            return counted(self.decimals, "decimal")
        text = f"{counted(SIGNIFICANT_DIGITS, 'significant digit')} at most"
        whole = any(_is_exact(step.value) and number_text(step.value) != f"{float(step.value):.6g}" for step in self.trace)
        return f"{text} (whole numbers and fractions of up to 20 digits as they are)" if whole else text


def _is_exact(number):
    return hasattr(number, "denominator")


def _by_quantity(rounding):
    """Which quantities were rounded, by the way in which they were."""
    ways = {}
    for key, way in rounding.items():
        ways.setdefault("as it is" if way is None else _how(way), []).append(key)
    listed = "; ".join(f"{', '.join(keys)} {how}" for how, keys in ways.items())
    return f"Some computed numbers were rounded before the next were computed from them: {listed}; no others."


def _how(rounding):
    """What was done to a number, as "rounded to 4 decimals"."""
    if type(rounding) not in (Places, Digits):
        name = str(getattr(rounding, "__name__", "<"))
        return "rounded by a function of your own" + f" ({visible(name)})" * (not name.startswith("<"))
    kept = counted(rounding.count, "decimal" if isinstance(rounding, Places) else "significant digit")
    if rounding.half == "cut":
        return f"cut off after {kept}"
    return f"rounded to {kept}" + " (halves to the even digit)" * (rounding.half == "even")
