"""The debugger's expressions: the values of Python's arithmetic, and nothing but arithmetic."""

import random
import re
from decimal import Decimal
from fractions import Fraction

import pytest

from neurosim import InputError
from neurosim.debugger.conditions import LONGEST, Expression, Name
from neurosim.support.numeric import is_finite

QUANTITIES = ["w", "w+", "b", "z", "a", "t", "E", "eta", "scheduled eta", "f'", "delta", "dE/da", "dE/dw", "mean dE/dw"]


def value(text, like=0.0, **values):
    """The value of a text in which quantities without brackets have these values."""
    expression = Expression(text, QUANTITIES, like)
    return expression(lambda name: values[name.quantity])


def names(text):
    return [str(name) for name in Expression(text, QUANTITIES).names]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("2 + 3 * 4 - 1", 13),
        ("(2 + 3) * 4", 20),
        ("2 ^ 3 ^ 2", 512),
        ("2**-1", 0.5),
        ("-2^2", -4),
        ("7 / 2", 3.5),
        ("- - 3", 3),
        ("+3", 3),
        ("1e-4 * 2.5E3", 0.25),
        (".5 + 1.", 1.5),
        ("007", 7),
        ("abs(-3)", 3),
        ("min(3, 1, 2) + max(2)", 3),
        ("exp(0) + log(1) + sqrt(16)", 5),
        ("tanh(0)", 0),
        ("round(2.567, 1)", 2.6),
        ("1 < 2", True),
        ("1 < 2 < 2", False),
        ("1 < 2 <= 2 != 3", True),
        ("1 == 1.0", True),
        ("not 1 > 2", True),
        ("1 > 2 or 2 > 1 and 3 > 2", True),
        ("not (1 < 2 and 2 < 3)", False),
        ("3 >= 4", False),
    ],
)
def test_the_value_is_that_of_arithmetic(text, expected):
    assert value(text) == expected


def test_random_expressions_agree_with_python():
    draw = random.Random(5)
    values = {"z": 0.75, "a": -1.5, "E": 2.0}

    def part(depth):
        if depth == 0 or draw.random() < 0.2:
            return draw.choice(["z", "a", "E", str(draw.randint(0, 9)), f"{draw.random():.3f}"])
        sign = draw.choice(["+", "-", "*", "/"])
        text = f"{part(depth - 1)} {sign} {part(depth - 1)}"
        return draw.choice([text, f"({text})", f"abs({text})", f"max({text}, z)", f"-({text})", f"({text})**2"])

    for _ in range(500):
        text = f"{part(4)} {draw.choice(['<', '>=', '!='])} {part(3)}"
        try:
            expected = eval(text, {}, {**values, "abs": abs, "max": max})  # the independent oracle
        except ArithmeticError:
            with pytest.raises(InputError):
                value(text, **values)
        else:
            assert value(text, **values) is expected, text


@pytest.mark.parametrize(
    "text, expected",
    [
        ("w[x1->h1]", ["w[x1->h1]"]),
        ("w[x1→h1]", ["w[x1->h1]"]),
        ("w[ x1 -> h1 ]", ["w[x1->h1]"]),
        ("w+[x1->h1]@2 - w[x1->h1]", ["w+[x1->h1]@2", "w[x1->h1]"]),
        ("mean  dE/dw[x1->h1]@3", ["mean dE/dw[x1->h1]@3"]),
        ("E/dE/dw[x1->h1]/E", ["E", "dE/dw[x1->h1]"]),
        ("f'[h1]*f'", ["f'[h1]", "f'"]),
        ("2*E@10", ["E@10"]),
        ("w+1", ["w"]),
        ("w + 1", ["w"]),
        ("w+ + 1", ["w+"]),
        ("w+ - w", ["w+", "w"]),
        ("w+ > 1", ["w+"]),
        ("a > w+ and b > 1", ["a", "w+", "b"]),
        ("w+w+", ["w", "w+"]),
        ("scheduled eta < eta", ["scheduled eta", "eta"]),
        ("abs(delta)<t", ["delta", "t"]),
        ("z[(h1*2)] + z[é.1]+z[and]+z[#1'\"]", ["z[(h1*2)]", "z[é.1]", "z[and]", "z[#1'\"]"]),
        ("a[1]+a[-2]", ["a[1]", "a[-2]"]),
    ],
)
def test_addresses_are_found_whole(text, expected):
    assert names(text) == expected


def test_a_name_says_what_was_typed():
    expression = Expression("w+[x1->h1]@2 * delta", QUANTITIES)
    assert expression.names == [Name("w+", "x1->h1", 2), Name("delta", None, None)]
    assert expression.names[0].head == "w+[x1->h1]" and not expression.is_condition


def test_numbers_are_of_the_kind_of_the_computation():
    assert value("a + 0.1", Fraction(1), a=Fraction(1, 5)) == Fraction(3, 10)
    assert value("a * 0.1 < 0.1", Decimal(1), a=Decimal("0.5")) is True
    assert value("exp(a)", Decimal(1), a=Decimal(0)) == 1
    assert value("round(a, 2)", Fraction(1), a=Fraction(1, 3)) == Fraction(33, 100)
    assert value("a + 1/6 - 2^-1", Fraction(1), a=Fraction(1)) == Fraction(2, 3)
    assert value("10^30 + 1") == 10**30 + 1


def test_and_or_stop_as_soon_as_they_can():
    asked = []
    expression = Expression("z > 0 or a > 0", QUANTITIES)
    assert expression(lambda name: asked.append(str(name)) or 1.0) and asked == ["z"]


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "an empty text is not an expression"),
        ("1 +", "'1 +' is not an expression"),
        ("1 2", "not an expression"),
        ("z a", "not an expression"),
        ("z,a", "not an expression"),
        ("z = 3", "equality is written =="),
        ("(z", "not an expression"),
        ("z)", "not an expression"),
        ("z // 2", "not an expression"),
        ("* z", "not an expression"),
        ("abs", "abs is a function; write abs"),
        ("abs()", "abs takes 1, got 0"),
        ("abs(1, 2)", "abs takes 1, got 2"),
        ("round(1, 2, 3)", "round takes 1 to 2, got 3"),
        ("z(3)", "only abs, min,"),
        ("3(4)", "only abs, min,"),
        ("abs(z)(2)", "only abs, min,"),
        ("min(*z)", "not an expression"),
        ("abs(z=1)", "equality"),
        ("z and a", "go between comparisons"),
        ("not z", "go between comparisons"),
        ("(z > 1) + 1", "a condition stands where"),
        ("abs(z > 1)", "a condition stands where"),
        ("1 < (2 < 3)", "a condition stands where"),
        ("delt > 0", "unknown name 'delt'; did you mean 'delta'"),
        ("sqr(2)", "unknown name 'sqr'; did you mean 'sqrt'"),
        ("dE/dq[h1]", "unknown quantity 'dE/dq'; did you mean 'dE/d"),
        ("z[h1", "is not an address"),
        ("z[h1]@", "is not an address"),
        ("z[h1]@x", "is not an address"),
        ("z[h1]@9999999999", "is not an address"),
        ("E@1.5", "not an expression"),
        ("z]", "']' cannot stand there"),
        ("z[h1].real", "'.' cannot stand there"),
        ("0x10", "'0' cannot stand there"),
        ("1_000", "'1' cannot stand there"),
        ("1j", "'1' cannot stand there"),
        ("1e400", "too large"),
        ("\\", "cannot stand there"),
    ],
)
def test_what_is_no_expression_is_refused_in_one_line(text, message):
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        value(text, z=1.0, a=1.0)
    assert "\n" not in str(caught.value)


def test_a_message_has_the_addresses_that_were_typed():
    with pytest.raises(InputError, match=re.escape("'z[h1] a[h2]@3' is not an expression: 'a[h2]@3' cannot stand there")):
        Expression("z[h1] a[h2]@3", QUANTITIES)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "().__class__.__bases__",
        "().__class__",
        "z.__class__",
        "[1 for i in z]",
        "{1: 2}",
        "lambda: 1",
        "(lambda: 1)()",
        "z if a else t",
        "f'{z}'",
        "'a' * 9",
        '"a"',
        "z := 3",
        "open('x')",
        "eval('1')",
        "exec",
        "getattr(z, 'a')",
        "q0",
        "q0 + z",
        "globals()",
        "print(1)",
        "None",
        "True",
        "...",
        "z; a",
        "z\nimport os",
        "@z",
        "`z`",
        "z[h1][0]",
        "z is a",
        "z in a",
        "yield z",
        "await z",
        "~z",
        "z % 2",
        "z @ a",
        "z << 9",
        "z & a",
        "z | a",
        "\x00",
        "#",
    ],
)
def test_nothing_but_arithmetic_gets_in(text):
    with pytest.raises(InputError) as caught:
        value(text, z=1.0, a=1.0, t=1.0)
    assert "\n" not in str(caught.value)


UNWORKABLE = [
    "9**9**9**9",
    "9^9^9^9",
    "2**9999999",
    "(2**4000)**4000",
    "1.5**1e9",
    "2**-9999999",
    "10**10**10",
    "exp(1e6)",
    "z**z**z",
    "1/0",
    "0**-1",
    "(-8)**0.5",
    "log(0)",
    "log(-1)",
    "sqrt(-1)",
    "1e300*1e300",
    "round(0.5, 10**9)",
    "round(0.5, 0.5)",
]


@pytest.mark.parametrize("text", UNWORKABLE)
def test_what_cannot_be_worked_out_is_refused_at_once(text):
    with pytest.raises(InputError, match="cannot be worked out: ") as caught:
        value(text, z=99999)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", [Fraction, Decimal])
@pytest.mark.parametrize("text", UNWORKABLE)
def test_other_kinds_of_numbers_refuse_it_too_or_can_hold_it(text, kind):
    try:
        assert is_finite(value(text, kind(1), z=kind(99999)))
    except InputError as error:
        assert "cannot be worked out: " in str(error)


@pytest.mark.parametrize(
    "text",
    ["(" * 100 + "1" + ")" * 100, "-" * 500 + "1", "not " * 200 + "1 < 2", "2" + "**1" * 150],
)
def test_what_goes_too_deep_is_refused(text):
    with pytest.raises(InputError, match="not an expression: it goes more than 60 deep"):
        value(text)


def test_a_long_sum_is_not_deep():
    assert value("+".join("1" * 200)) == 200


def test_what_is_too_long_is_refused():
    with pytest.raises(InputError, match=f"may have {LONGEST} characters, got 100001"):
        value("1" * 100001)
