"""Formulas: how they are read and written, what they are worked out to, and that nothing that is typed ever runs."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from neurosim import InputError
from neurosim.formula.formula import Formula, NotAFormula, formula, formula_or_foreign, name, number
from neurosim.formula.reader import DEEPEST, LONGEST
from neurosim.formula.values import FUNCTIONS, function, function_of_lookup


def names(text):
    return formula(text).names


# Reading and writing


@pytest.mark.parametrize(
    "text, kind, parts",
    [
        ("0.50", "number", ("0.50",)),
        ("velocity+", "name", ("velocity+",)),
        ("f'", "name", ("f'",)),
        ("-w", "negative", (name("w"),)),
        ("+w", "name", ("w",)),
        ("w^2", "power", (name("w"), number(2))),
        ("w**2", "power", (name("w"), number(2))),
        ("a + b - c", "sum", (name("a"), "+", name("b"), "-", name("c"))),
        ("a*b / c", "product", (name("a"), "*", name("b"), "/", name("c"))),
        ("a * b", "product", (name("a"), " * ", name("b"))),
        ("max(a, 0)", "call", ("max", name("a"), number(0))),
        ("f'(z)", "call", ("f'", name("z"))),
        ("a < b <= c", "comparison", (name("a"), "<", name("b"), "<=", name("c"))),
        ("a if b else c", "choice", (name("a"), name("b"), name("c"))),
        ("a and b and c", "and", (name("a"), name("b"), name("c"))),
        ("a or b", "or", (name("a"), name("b"))),
        ("not a", "not", (name("a"),)),
    ],
)
def test_a_text_is_read_as_a_kind_and_its_parts(text, kind, parts):
    assert formula(text) == Formula(kind, parts)


@pytest.mark.parametrize(
    "text, written",
    [
        ("-2^2", "-2^2"),
        ("(-2)^2", "(-2)^2"),
        ("2^3^2", "2^(3^2)"),
        ("a-(b-c)", "a - (b - c)"),
        ("(a-b)-c", "a - b - c"),
        ("a/(b*c)", "a / (b*c)"),
        ("(a + b)*c", "(a + b)*c"),
        ("a + -b", "a + (-b)"),
        ("a if b > 0 or c > 0 else d", "a if b > 0 or c > 0 else d"),
        ("(a > 0 and b > 0) or c > 0", "a > 0 and b > 0 or c > 0"),
        ("a > 0 and (b > 0 or c > 0)", "a > 0 and (b > 0 or c > 0)"),
        ("not (a > 0 and b > 0)", "not (a > 0 and b > 0)"),
        ("(not a > 0) and b > 0", "not a > 0 and b > 0"),
        ("not a > 0", "not a > 0"),
        ("(a > 0) == (b > 0)", "(a > 0) == (b > 0)"),
        ("a\n + 007", "a + 007"),
        ("\u00e9 + 0.25*\u00e9", "\u00e9 + 0.25*\u00e9"),
    ],
)
def test_only_needed_brackets_are_written(text, written):
    assert str(formula(text)) == written
    assert formula(written) == formula(text)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("a+b", ["a", "b"]),
        ("a +b", ["a", "b"]),
        ("a+ b", ["a", "b"]),
        ("a+(b)", ["a", "b"]),
        ("a+.5", ["a"]),
        ("a + -b", ["a", "b"]),
        ("w+ - w", ["w+", "w"]),
        ("w+ + w", ["w+", "w"]),
        ("w - w+", ["w", "w+"]),
        ("w+v+", ["w", "v+"]),
        ("m+/2", ["m+"]),
        ("m+*2", ["m+"]),
        ("m+^2", ["m+"]),
        ("(v+)", ["v+"]),
        ("max(v+, w+)", ["v+", "w+"]),
        ("v+ < w+", ["v+", "w+"]),
        ("v+ if v+ > w+ else w", ["v+", "w+", "w"]),
        ("a if b > v+ and w+ > 0 or v+ > 1 else 0", ["a", "b", "v+", "w+"]),
        ("f'*g + f'+", ["f'", "g", "f'+"]),
        ("w__plus + w__prime", ["w__plus", "w__prime"]),
        ("x0 + x1 - x0", ["x0", "x1"]),
        ("lambda*w", ["lambda", "w"]),
    ],
)
def test_a_plus_is_part_of_a_name_where_no_operand_follows_it(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize("text", ["a+-b", "a++b", "w+-w", "f'+-1"])
def test_a_sign_that_can_be_read_in_two_ways_is_refused(text):
    with pytest.raises(NotAFormula, match="can be read in two ways; write "):
        formula(text)


def test_random_formulas_are_read_as_python_reads_them():
    draw = random.Random(8)
    values = {"a": 0.75, "b": -1.5, "c": 2.0}

    def part(depth):
        if depth == 0 or draw.random() < 0.2:
            return draw.choice(["a", "b", "c", str(draw.randint(1, 9)), f"{draw.random():.3f}"])
        text = f"{part(depth - 1)} {draw.choice('+-*/')} {part(depth - 1)}"
        test = f"{part(0)} < {part(0)} {draw.choice(['and', 'or', 'and not'])} {part(0)} >= {part(0)}"
        return draw.choice([text, f"({text})", f"-({text})", f"({text})**2", f"({text} if {test} else {part(0)})"])

    for _ in range(400):
        text = part(4)
        for form in (formula(text), formula(str(formula(text)))):
            try:
                expected = eval(text, {}, values)  # the independent oracle
            except ZeroDivisionError:
                continue
            assert function(form, list(values))(*values.values()) == pytest.approx(expected, rel=1e-9, abs=1e-9), text


# Names, lists, and what is put in their place


def test_what_stands_only_in_sums_is_a_list():
    assert names("sum(w*a) + b") == ["w", "a", "b"] and formula("sum(w*a) + b").lists == ["w", "a"]
    assert names("a * (g - sum(g_k*a_k))") == ["a", "g", "g_k", "a_k"]
    assert formula("z - max(z_k)").lists == ["z_k"] and formula("max(y, z)").lists == []
    assert names("sum(x) / n") == ["x"] and names("x / n") == ["x", "n"] and names("pi*x") == ["x"]


def test_operands_are_bound_in_turns():
    assert formula("sum(w*a) + b").bind([1, 2, 3, 4, 5]) == {"w": [1, 3], "a": [2, 4], "b": 5}
    assert formula("w - eta*g").bind([1, 2, 3]) == {"w": 1, "eta": 2, "g": 3}
    for text, operands in (("sum(w*a)", [1, 2, 3]), ("w - eta*g", [1]), ("sum(w*a) + b", [])):
        with pytest.raises(ValueError):
            formula(text).bind(operands)


def test_formulas_are_put_in_place_of_names_with_the_brackets_that_they_need():
    assert str(formula("a*b").put({"a": formula("x + y"), "b": number(-2)})) == "(x + y)*(-2)"
    assert str(formula("sum(w*a) + b").put({"w": [name("u"), name("v")], "a": [number(3), number(4)]})) == "u*3 + v*4 + b"
    assert str(formula("a > 0 and b").put({"b": formula("c > 0 or d > 0")})) == "a > 0 and (c > 0 or d > 0)"
    assert formula("a").put({"b": number(1)}) == formula("a")


def test_a_long_sum_is_shortened_in_the_middle():
    text = " + ".join(f"w{index}" for index in range(200))
    assert str(formula(text).shortened(3)) == "w0 + w1 + ... + w199"
    assert str(formula(text).shortened(200)) == text == str(formula(text).shortened(None))


# Working out


@pytest.mark.parametrize("kind", [float, Fraction, Decimal])
def test_a_function_takes_any_kind_of_number(kind):
    work_out = function(formula("w - eta*g^2 / (0.5 + abs(v+))"), ["w", "eta", "g", "v+"])
    value = work_out(kind(3), kind(2), kind(3), kind(-4))
    assert value == -1 and type(value) is kind  # 3 - 18 / 4.5


@pytest.mark.parametrize("kind", [Fraction, Decimal])
@pytest.mark.parametrize(
    "text, above, below",
    [("1 / 6", 1, 6), ("-1 / 6", -1, 6), ("(1 + 2) / 7", 3, 7), ("2*5 / 6", 10, 6), ("2^-3", 1, 8), ("(1 + 1)^-3", 1, 8)],
)
def test_a_quotient_of_whole_numbers_is_exact(text, above, below, kind):
    value = function(formula(f"x + {text}"))(kind(0))
    assert value == kind(above) / below and type(value) is kind


def test_a_function_of_a_whole_number_is_of_the_operands_kind():
    assert function(formula("x / sqrt(2)^2"))(Decimal(3)) == pytest.approx(Decimal("1.5"), abs=Decimal("1e-27"))


def test_conditions_are_worked_out():
    work_out = function(formula("1 if not a > 0 and b < 1 or a == 7 else 0"), ["a", "b"])
    assert [work_out(0, 0), work_out(1, 0), work_out(0, 1), work_out(7, 1)] == [1, 0, 0, 1]


def test_squares_of_squares_do_not_grow_the_code():
    text = "x"
    for _ in range(DEEPEST - 10):
        text = f"({text})^2"
    assert function(formula(text))(1.0) == 1


def test_a_lookup_is_asked_only_where_its_value_counts():
    asked = []
    work_out = function_of_lookup(formula("z > 0.5 or a > 0"), {"z": "the z", "a": "the a"}, 0.0, {"^": pow})
    assert work_out(lambda key: asked.append(key) or 1.0) is True and asked == ["the z"]


def test_a_lookup_knows_only_the_functions_that_are_given():
    doubled = function_of_lookup(formula("twice(z)^2"), {"z": "z"}, 0.0, {"twice": lambda x: 2 * x, "^": pow})
    assert doubled({"z": 3}.get) == 36
    with pytest.raises(NotAFormula, match="unknown function 'sqrt'; choose from twice"):
        function_of_lookup(formula("sqrt(z)"), {"z": "z"}, 0.0, {"twice": abs, "^": pow})


@pytest.mark.parametrize(
    "text, message",
    [
        ("sqr(x)", "sqr(x) cannot be worked out: unknown function 'sqr'; did you mean 'sqrt'?"),
        ("\uff45xp(x)", "unknown function '\uff45xp'; did you mean 'exp'?"),  # a wide e
        ("__import__(x)", "unknown function '__import__'; choose from exp, "),
        ("sqrt(x, 2)", "sqrt takes 1, got 2"),
        ("sqrt()", "sqrt takes 1, got 0"),
        ("sum(w, a)", "sum takes 1, got 2"),
        ("sum(2)", "nothing in sum(2) is a list"),
        ("max()", "max takes 1 to 100, got 0"),
        ("x + y", "nothing is known of y"),
        ("x + __builtins__", "nothing is known of __builtins__"),
        ("x + \U0001d431", "nothing is known of \U0001d431"),  # an x in bold
        ("x + exp", "exp is a function; write exp(...)"),
    ],
)
def test_what_cannot_be_worked_out_is_refused_by_name(text, message):
    with pytest.raises(InputError) as caught:
        function(formula(text), ["x"])
    assert message in str(caught.value)


# What is no formula


@pytest.mark.parametrize(
    "text, why",
    [
        ("", "nothing stands in it"),
        (" \n", "nothing stands in it"),
        ("w -", "it ends too early"),
        ("w - eta*", "it ends too early"),
        ("(w", "a bracket is not closed"),
        ("w)", "')' cannot stand there"),
        ("w + )", "')' cannot stand there"),
        ("* w", "'*' cannot stand there"),
        ("w // 2", "'/' cannot stand there"),
        ("max(*w)", "'*' cannot stand there"),
        ("max(**w)", "'**' cannot stand there"),
        ("w, a", "',' cannot stand there"),
        ("(w, a)", "its signs and brackets do not fit together"),
        ("()", "its signs and brackets do not fit together"),
        ("w g", "'g' cannot stand there"),
        ("2 3", "'3' cannot stand there"),
        ("2w", "'2' cannot stand there"),
        ("1_000", "'1' cannot stand there"),
        ("0x10", "'0' cannot stand there"),
        ("1j", "'1' cannot stand there"),
        ("w = 3", "equality is written =="),
        ("w % 2", "'%' cannot stand there"),
        ("w @ a", "'@' cannot stand there"),
        ("~w", "'~' cannot stand there"),
        ("a if b", "its signs and brackets do not fit together"),
        ("a + not b", "its signs and brackets do not fit together"),
        ("3(4)", "'3' is no function"),
        ("(w + a)(2)", "'w + a' is no function"),
        ("1e400", "too large for a number"),
        ("9" * 400, "too large for a number"),
        ("1e999999999999", "too large for a number"),
        ("w\u00b2", "'w\u00b2' cannot stand there"),
        ("\u0661 + 1", "cannot stand there"),  # an Arabic 1
        ("w \u2212 1", "'\u2212' cannot stand there"),  # a minus as printed
        ("w\x00", "cannot stand there"),
        ("\ud800", "cannot stand there"),
        ("w*" * LONGEST + "w", f"and {LONGEST} are the most"),
        ("w" * 10**6, "it has 1000000 characters"),
        ("(" * 100 + "w" + ")" * 100, f"it goes more than {DEEPEST} deep"),
        ("(" * 1900, f"it goes more than {DEEPEST} deep"),
        ("-" * 500 + "w", f"it goes more than {DEEPEST} deep"),
        ("w" + "^2" * 500, f"it goes more than {DEEPEST} deep"),
        ("not " * 300 + "w", f"it goes more than {DEEPEST} deep"),
        ("f(" * 61 + "w" + ")" * 61, f"it goes more than {DEEPEST} deep"),
    ],
)
def test_what_is_no_formula_is_refused_in_one_line_that_says_why(text, why):
    with pytest.raises(InputError) as caught:
        formula(text)
    message = str(caught.value)
    assert " is no formula: " in message and why in message
    assert "\n" not in message and len(message) < 200


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')", "().__class__", "w.__class__", "w.real", "lambda: 1", "lambda x: x",
        "(lambda: 1)()", "x := 3", "(x := 3)", "f'{w}'", 'f"{w}"', "'w'", '"w"', "b'w'", "[w]", "w[0]", "{w}", "{0}",
        "[w for w in a]",
        "f(w for w in a)", "f(w=1)", "w; a", "w\nimport os", "import os", "w is a", "w in a", "yield w", "await w",
        "w << 9", "w & a", "w | a", "`w`", "@w", "w # a", "\\", "...", "w: int", "w -> a", "$w", "w?", "print 1",
        "exec 'w'", "0if w else 1",
    ],
)
def test_what_means_something_in_python_is_no_formula(text):
    with pytest.raises(NotAFormula):
        formula(text)
    assert formula_or_foreign(text).kind == "foreign" and str(formula_or_foreign(text)) == text


@pytest.mark.parametrize(
    "word", ["True", "None", "__builtins__", "__class__", "print", "exit", "lambda", "yield", "value", "like", "key0", "x1"]
)
def test_a_word_of_python_is_a_name_like_any_other(word):
    assert formula(word) == name(word)
    assert function(formula(f"2*{word}"), [word])(3) == 6
    assert function_of_lookup(formula(f"2*{word}"), {word: "key"}, 0.0, {"^": pow})({"key": 3}.get) == 6
    with pytest.raises(NotAFormula, match="unknown function"):
        function(formula(f"{word}(x)"))


def test_every_function_is_known_by_its_own_name():
    for known in set(FUNCTIONS) - {"sum"}:
        wanted = "x, y" if known in ("min", "max") else "x"
        assert function(formula(f"{known}({wanted})"), ["x", "y"])(0.5, 0.25) is not None
