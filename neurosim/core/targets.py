"""Targets as a list of numbers for each example, also where they were given flat: `[0, 1, 1, 0]`, or numbers of classes.

A flat list is understood only where it can mean one thing. Of a single output each number is the target of one example.
Of softmax outputs whole numbers are classes, counted from 0 if a 0 is among them, and from 1 if the number of classes is.
"""

from __future__ import annotations

from neurosim.support import checks
from neurosim.support.errors import InputError, shorten
from neurosim.support.numeric import is_number

FLAT, FROM_0, FROM_1 = "one number for each example", "classes, counted from 0", "classes, counted from 1"


def in_rows(targets, network, place="targets"):
    """(rows, how they were read): a row for each example, and FLAT, FROM_0 or FROM_1; or None, for what is no flat list.

    Raises InputError, with the right form, for a flat list that can mean several things or none.
    """
    if not targets or not network.layers or not all(map(is_number, targets)):
        return targets, None
    layer = network.layers[-1]
    if layer.size == 1:
        return [[target] for target in targets], FLAT
    classes = [checks.number(target, place) for target in targets]
    if not layer.activation.coupled or any(number % 1 for number in classes):
        raise InputError(f"{place}: expected a list of {layer.size} numbers for each example, got {shorten(targets[0])}")
    first = _first_class(classes, layer.size, place)
    return [one_hot(number - first, layer.size) for number in classes], FROM_1 if first else FROM_0


def _first_class(classes, size, place):
    """The number by which the first of so many classes goes, 0 or 1."""
    wrong = next((number for number in classes if not 0 <= number <= size), None)
    if wrong is not None or {0, size} <= set(classes):
        wrong = size if wrong is None else wrong
        raise InputError(f"{place}: there is no class {shorten(wrong)} of {size}; write a list like {one_hot(0, size)}")
    if 0 in classes or size in classes:
        return int(size in classes)
    number = int(classes[0])
    forms = f"{one_hot(number, size)} or {one_hot(number - 1, size)}"
    raise InputError(f"{place}: class {number} may be counted from 0 or from 1; write {forms}")


def one_hot(number, size):
    """The targets of so many softmax outputs for a class, counted from 0."""
    return [int(index == number) for index in range(size)]
