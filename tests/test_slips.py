"""Slips of the pen, made here digit by digit, are recognised in the numbers of a sheet."""

import random

import pytest
from diagnoses import lost, other_digit, other_sign, point_moved, swapped
from people import Habits

from neurosim.diagnosis.roundings import to_digits, to_places
from neurosim.diagnosis.slips import slip


@pytest.mark.parametrize("text, value, what", [
    ("0.3952", 0.3925, "digits swapped"), ("-0.1385", 0.13849, "the sign"), ("0.325", 0.3925, "a digit lost"),
    ("0.3929", 0.39254, "one digit"), ("9.0018", 0.0018, "one digit"), ("3.925", 0.39253, "the point"),
    ("0.010000", 1.0, "the point"), ("-0.031", -0.0031397, "a digit lost"),
    ("0.3925", 0.3925, None), ("0.4817", 0.3925, None), ("-0.3952", 0.3925, None), ("1/3", 0.3925, None),
])
def test_what_was_done_to_a_number(text, value, what):
    assert slip(text, value) == what


@pytest.mark.parametrize("text, value", [("0.7", 0.3), ("0.05", 0.5), ("0.002", 0.0072), ("0.0052", 0.0012), ("2", 1.0)])
def test_a_number_of_few_digits_is_no_slip(text, value):
    assert slip(text, value) is None


def test_zeros_at_the_end_prove_nothing():
    assert slip("0.0000", 1.0) is None  # as a slope of ReLU


def test_a_half_may_have_been_rounded_by_hand_or_by_a_program():
    """0.81575 is halfway; the float beside it is a little less, so that Python writes 0.8157."""
    assert f"{0.81575:.4f}" == "0.8157"
    assert slip("0.3158", 0.81575) == slip("0.3157", 0.81575) == "one digit"


def test_who_cuts_numbers_off_makes_slips_in_those():
    assert slip("0.3952", 0.39258, cut=True) == "digits swapped"
    assert slip("0.3952", 0.39258) is None  # which is 0.3926, so that two digits and one more are other


@pytest.mark.parametrize("made, share", [(swapped, 1), (lost, 0.9), (other_digit, 0.95), (other_sign, 1), (point_moved, 1)])
def test_slips_in_four_digits_are_recognised(made, share):
    """But for a last digit that is lost, which is one cut off."""
    draw, found = random.Random(1), []
    for _ in range(200):
        value = draw.choice((-1, 1)) * draw.uniform(0.1, 1)
        text = made(draw, Habits(decimals=4).text("", value))
        if text and abs(float(text) - value) > 0.0005:
            found.append(slip(text, value))
    assert len(found) > 100 and len(list(filter(None, found))) >= share * len(found), found


def test_another_number_is_seldom_taken_for_a_slip():
    """Of the 10,000 numbers below 1 some 36 have one other digit, 3 are swapped, some 30 lack one, 2 have another point."""
    draw = random.Random(2)
    taken = sum(slip(f"{draw.random():.4f}", draw.random()) is not None for _ in range(4000))
    assert taken <= 0.01 * 4000


@pytest.mark.parametrize("value, rounded, cut", [(0.125, 0.13, 0.12), (-0.125, -0.13, -0.12), (0.1 + 0.2, 0.3, 0.3)])
def test_numbers_are_rounded_half_up_or_cut_off(value, rounded, cut):
    assert (to_places(value, 2), to_places(value, 2, cut=True)) == (rounded, cut)
    assert to_digits(value / 100, 2) == pytest.approx(rounded / 100) and to_digits(0.0, 2) == 0
