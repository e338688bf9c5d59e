"""When a number is matched: what a text such as "0.0730" may stand for."""

from __future__ import annotations

import struct
from collections import defaultdict
from math import copysign, log10

from neurosim.core.address import split_address

SLACK = 1e-9  # times the size: numbers with all digits may come from another order of summation
ALL_PLACES = 17  # of a float
LONG = 10  # digits of a number that a program wrote
BITS_32 = 4 * 2.0**-24  # times the largest number beside it: what arithmetic of 32 bits may lose


def hits(answer, value, cut=False):
    """Whether a number is what a value is rounded to, or cut off to."""
    if value is None:
        return False
    written, half = answer.value, answer.half_unit
    slack = half * 1e-6 + SLACK * max(abs(written), abs(value))
    if cut:  # it stands for all from itself to less than one unit further away from 0
        further = (value - written) * copysign(1, written) if written else abs(value)
        return -slack <= further <= max(2 * half - 2 * slack, slack)
    return abs(written - value) <= half + slack


def middle(answer, cut):
    """The middle of all that a number may stand for: itself, or half a unit further away from 0 if it was cut off."""
    return answer.value + copysign(answer.half_unit, answer.value) * (cut and answer.value != 0)


def unit(answer):
    """Half a unit of the last digit; of an exact number, something very small."""
    return answer.half_unit or max(abs(answer.value) * 1e-12, 1e-300)


def divided(answer, factor):
    """The answer to a number that is so many times larger."""
    if factor == 1:
        return answer
    return answer._replace(value=answer.value / factor, half_unit=answer.half_unit / abs(factor))


def places_of(answer):
    """How many decimals a number was written with, as half a unit of its last digit says; of a fraction all."""
    return max(0, round(-log10(2 * answer.half_unit))) if answer.half_unit else ALL_PLACES


def in_decimals(answer):
    """The answer with 0.000395 for 3.95e-4 and 0.593 for 59.3%."""
    if not answer.text.strip("+-.0123456789") or not answer.half_unit or places_of(answer) > ALL_PLACES:
        return answer
    return answer._replace(text=f"{answer.value:.{places_of(answer)}f}")


def is_whole(text):
    """Whether a number was written without a point."""
    return text.lstrip("+-").isdigit()


def digits_of(text):
    """How many significant digits a number was written with."""
    return len(text.lower().partition("e")[0].lstrip("+-0.").replace(".", "")) or 1


def halves_of_32_bits(trace, answers):
    """The answers; if a program with numbers of 32 bits wrote them, each meant as exactly as such arithmetic is."""
    if not all(_has_32_bits(answer.value) for answer in answers.values()):
        return answers
    if not any(digits_of(answer.text) >= LONG for answer in answers.values()):
        return answers
    layers = {
        name: number for number, names in enumerate([trace.structure.input_names, *trace.structure.layer_names])
        for name in names
    }
    largest = defaultdict(float)

    def group(address):
        quantity, place, _ = split_address(address)
        return quantity, layers.get(place.rpartition("->")[2])

    for address, answer in answers.items():
        largest[group(address)] = max(largest[group(address)], abs(answer.value))
    return {address: answer._replace(half_unit=BITS_32 * largest[group(address)]) for address, answer in answers.items()}


def _has_32_bits(number):
    try:
        return struct.unpack("f", struct.pack("f", number))[0] == number
    except OverflowError:
        return False
