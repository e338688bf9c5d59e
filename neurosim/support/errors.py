"""What can go wrong, said in one line: the rule, the place, the value and the nearest right thing."""

from __future__ import annotations

import os
from typing import Any, Iterable

LONGEST_VALUE = 60  # characters of a value that a message repeats
LONGEST_CHOICE = 180  # characters of a choice that a message lists whole
LONGEST_PATH = 120  # of the path of a file


class InputError(ValueError):
    """Something a person gave breaks a rule. The call that raised it changed nothing."""

    __str__ = Exception.__str__  # a KeyError among the bases would put quotes around the message


class UnknownNameError(InputError, KeyError):
    """An unknown name; the message offers the nearest known one."""

    def __init__(self, kind: str, name: Any, known: Iterable[Any]) -> None:
        super().__init__(f"unknown {kind} {shorten(name)}{nearest(name, known)}")
        self.kind, self.name, self.known = kind, name, list(known)

    def __reduce__(self):  # so that it can come back from another process
        return type(self), (self.kind, self.name, self.known)


class NonFiniteError(InputError, ArithmeticError):
    """A number became infinite or not a number (NaN): which one, of which unit, in which example.

    `quantity` and `unit` make its address, such as `z[h1]`; the loss `E` has no unit. `example` and `epoch`
    count from 1 and are None where a single pass was run by hand.
    """

    def __init__(
        self, quantity: str, unit: str, value: Any, example: int | None = None, epoch: int | None = None
    ) -> None:
        super().__init__(quantity, unit, value, example, epoch)
        self.quantity, self.unit, self.value = quantity, unit, value
        self.example, self.epoch = example, epoch

    def __str__(self):
        place = "".join(
            f", {word} {number}"
            for word, number in (("example", self.example), ("epoch", self.epoch))
            if number is not None
        )
        address = f"{self.quantity}[{self.unit}]" if self.unit else self.quantity
        return f"{address} is not finite: {self.value}{place}"


def counted(count, noun):
    """A count of things.

    >>> counted(1, "cell"), counted(2, "cell")
    ('1 cell', '2 cells')
    """
    return f"{count} {noun}{'s' * (count != 1)}"


def shorten(value, longest=LONGEST_VALUE):
    """The value as Python would write it, cut so that a message stays one line."""
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # a whole number of more digits than Python writes
        text = f"a {type(value).__name__} of very many digits"
    except RecursionError:
        text = f"a {type(value).__name__} that is nested too deeply"
    return shown(text, longest)


def shown(text, longest=LONGEST_VALUE):
    """The text as it is, every sign in it made visible, cut so that a message stays one line; None cuts nothing."""
    text = text if longest is None else text[: longest + 1]
    if not text.isprintable():
        from neurosim.support.page import visible  # only now: `import neurosim` does without it

        text = visible(text)
    return text if longest is None or len(text) <= longest else text[: longest - 3] + "..."


def shown_path(path):
    """The path of a file, or the end of a long one, where its name is."""
    text = os.fsdecode(path)
    return shown(text if len(text) <= LONGEST_PATH else f"...{text[3 - LONGEST_PATH :]}", 4 * LONGEST_PATH)


def nearest(name, known):
    """The end of a message about `name`: the nearest known name, or else the choice, of a long one the nearest few.

    >>> nearest("cross-entropy", ["binary_crossentropy", "categorical_crossentropy", "hinge"])
    "; did you mean 'binary_crossentropy' or 'categorical_crossentropy'?"
    """
    known = list(known)
    close = _longer(name, known) or near(name, known, 1)
    if close:
        return did_you_mean(close)
    if not known:
        return "; there are none"
    choice = ", ".join(map(shown, known))
    if len(choice) <= LONGEST_CHOICE:
        return f"; choose from {choice}"
    return f"; there are {len(known)}, such as {', '.join(map(shorten, near(name, known, 3, cutoff=0)))}"


def _longer(name, known):
    """The few known names that have all of this one in them, where it is a word and no mere letters."""
    part = _letters(name)
    found = [one for one in known if part in _letters(one)] if len(part) > 4 else []
    return found if len(found) < 4 else []


def _letters(name):
    return "".join(filter(str.isalnum, str(name).lower()))


def near(name, known, most, cutoff=0.6):
    """So many of the known names at most that are much like `name`, the likest first, and else in their own order."""
    import difflib  # only now: a run without mistakes never pays for it

    compared, found = difflib.SequenceMatcher(b=str(name)[:LONGEST_PATH].lower()), []
    for one in known:
        compared.set_seq1(str(one).lower())
        if compared.real_quick_ratio() >= cutoff and compared.quick_ratio() >= cutoff:
            found.append((compared.ratio(), one))
    found.sort(key=lambda pair: -pair[0])
    return [one for likeness, one in found[:most] if likeness >= cutoff]


def did_you_mean(names):
    """The end of a message that offers these names, of which there is one at least."""
    *others, last = map(shorten, names)
    return f"; did you mean {', '.join(others)}{' or ' if others else ''}{last}?"
