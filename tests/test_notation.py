"""Formulas in TeX: against formulas as books write them, and read back by an independent evaluator."""

import math
import re

import pytest
from nasty_names import NASTY
from random_networks import random_network
from recordings import optimizers

import neurosim as ns
from neurosim import InputError, Layer, Network
from neurosim.formula.formula import NotAFormula, formula, number, operand
from neurosim.formula.tex import Notation, number_piece
from neurosim.formula.tex_layout import fits, lay_out
from neurosim.render.escaping import latex_text, markdown_math
from neurosim.render.latex import LATEX
from neurosim.render.markdown import MARKDOWN
from neurosim.render.symbols import Symbols
from neurosim.support.number_text import number_text


def tex(text, dialect=LATEX, **leaves):
    """The TeX of a formula whose names stand for themselves."""
    symbols, names = Symbols(dialect), formula(text).names
    operands = [leaves.get(name) or symbols.address(name) for name in names]
    tree = formula(text).put({name: operand(index) for index, name in enumerate(names)})
    return Notation(dialect).write(tree.shortened(4), operands).tex


@pytest.mark.parametrize(
    "formula, written",
    [
        ("1 / (1 + exp(-z))", r"\frac{1}{1 + e^{-z}}"),
        ("(a - t)^2 / 2", r"\frac{(a - t)^{2}}{2}"),
        ("-t / a", r"-\frac{t}{a}"),
        ("w - n*g / (sqrt(v) + 1e-08)", r"w - \frac{n \cdot g}{\sqrt{v} + 1 \cdot 10^{-8}}"),
        ("-(t * log(a))", r"-t \cdot \ln(a)"),
        ("a - (b - c)", "a - (b - c)"),
        ("abs(a - t)", r"\lvert a - t \rvert"),
        ("1 / (1 + z^2)", r"\frac{1}{1 + z^{2}}"),
        ("exp(-z^2 / 2)", r"\exp\left(-\frac{z^{2}}{2}\right)"),
        ("0.5^floor(k)", r"0.5^{\lfloor k \rfloor}"),
        ("sqrt(2 * pi)", r"\sqrt{2 \cdot \pi}"),
        ("a + b + c + d + e", r"a + b + c + \cdots + e"),
        ("1 if -3 < z < 3 else 0", r"\begin{cases} 1 & \text{if }{-3 < z < 3} \\ 0 & \text{otherwise} \end{cases}"),
    ],
)
def test_formulas_look_as_in_a_book(formula, written):
    assert tex(formula) == written


@pytest.mark.parametrize(
    "text", ["", "a +", "f(", "a b", "lambda: 0", "a ? b : c", "(a", "a)", "{0", "(" * 250 + "a" + ")" * 250]
)
def test_what_is_no_formula_is_refused(text):
    with pytest.raises(NotAFormula):
        formula(text)


def test_a_sum_of_very_many_terms_is_no_deeper_than_a_short_one():
    tree = formula("sum(w*a)").put({"w": [number(1)] * 20000, "a": [number(2)] * 20000})
    assert (tree.kind, len(tree.parts)) == ("sum", 2 * 20000 - 1) and len(str(tree)) == 20000 * len("1*2 + ") - 3


@pytest.mark.parametrize(
    "text, written",
    [
        ("0.5", "0.5"), ("-0.5", "-0.5"), ("1e-05", r"1 \cdot 10^{-5}"), ("1.5E+20", r"1.5 \cdot 10^{20}"),
        ("-1/3", r"-\frac{1}{3}"),
    ],
)
def test_numbers(text, written):
    assert number_piece(text).tex == written


@pytest.mark.parametrize(
    "address, written",
    [
        ("z[h1]", "z_{h_1}"), ("w[x1->h1]", r"w_{x_1 \to h_1}"), ("w+[x10->h1.2]@2", r"w_{x_{10} \to h_{1.2}}^{+(2)}"),
        ("dE/da[h1]", r"\frac{\partial E}{\partial a_{h_1}}"),
        ("dE/db[o1]@3", r"\frac{\partial E^{(3)}}{\partial b_{o_1}}"),
        ("f'[h1]@2", r"f_{h_1}^{\prime(2)}"), ("delta[4]", r"\delta_{4}"), ("eta", r"\eta"), ("E", "E"),
        ("mean dE/dw[x1->h1]@3", r"\overline{\frac{\partial E}{\partial w_{x_1 \to h_1}}}^{(3)}"),
        ("m_hat[x1->h1]@1", r"\hat m_{x_1 \to h_1}^{(1)}"), ("velocity+[o1]", r"v_{o_1}^{+}"),
    ],
)
def test_addresses(address, written):
    assert Symbols(LATEX).address(address).tex == written


# An evaluator of the TeX that is written, by rewriting it with regular expressions only

WORDS = {
    r"\left": "", r"\right": "", r"\bigl": "", r"\bigr": "", r"\lvert ": "abs(", r" \rvert": ")", r"\lfloor ": "floor(",
    r" \rfloor": ")", r"\cdot": "*",
    r"\pi": "pi", r"\ln": "log", r"\arctan": "atan", r"\le": "<=", r"\ge": ">=", r"\exp": "exp",
    r"\text{ if }": " if ", r"\text{, otherwise }": " else ", r"\operatorname{erfc}": "erfc", r"\operatorname{sign}": "sign",
}
GROUP = r"\{([^{}]*)\}"


def evaluate(text):
    """The value of a formula in TeX with numbers in it."""
    cases = re.fullmatch(r"\\begin\{cases\} (.*) \\end\{cases\}", text)
    if cases:
        for row in cases[1].split(r" \\ "):
            value, condition = row.split(" & ")
            if "otherwise" in condition or evaluate(condition.replace(r"\text{if }", "").strip("{}")):
                return evaluate(value)
    for old, new in WORDS.items():
        text = text.replace(old, new)
    before = None
    while before != text:
        before = text
        text = re.sub(rf"\\frac{GROUP}{GROUP}", r"((\1)/(\2))", text)
        text = re.sub(rf"\\sqrt{GROUP}", r"sqrt(\1)", text)
        text = re.sub(rf"\be\^{GROUP}", r"exp(\1)", text)
        text = re.sub(rf"\^{GROUP}", r"**(\1)", text)
    names = {name: getattr(math, name) for name in ("log", "atan", "erfc", "exp", "sqrt", "tanh", "cosh", "pi", "floor")}
    names.update(abs=abs, min=min, max=max, sign=lambda x: (x > 0) - (x < 0))
    return eval(re.sub(r"\\(\w+)", r"\1", text), {"__builtins__": {}}, names)


def test_formulas_in_tex_give_the_values(pair_number, pair, seeds):
    for seed in seeds[::8]:
        network, inputs, targets = random_network(seed, *pair)
        trace = network.trace(inputs, targets, optimizers(seed))
        notation = Notation(LATEX)
        for step in trace:
            if not step.operands or "log" in str(trace.rules[step.rule].formula):
                continue  # the logarithm of 0 counts as that of 1e-300
            if step.rule == f"{network.loss.label}'" and trace[step.operands[0]].value in (0, 1):
                continue  # and 0 / 0 as 0
            if step.address.startswith("shortened") and trace[step.operands[1]].value == 0:
                continue  # min(1, c / norm) is 1 where there is nothing to shorten
            values = [trace[operand].value for operand in step.operands]
            numbers = [number_piece(repr(value)) for value in values]
            tree = notation.tree(trace.rules[step.rule], values)
            for room in (1000, 25):
                written = " ".join(piece.tex for piece in lay_out(notation, tree, numbers, room))
                assert evaluate(written) == pytest.approx(step.value, rel=1e-9, abs=1e-9), (step, written)


def test_no_line_is_wider_than_the_room_where_a_sum_can_be_broken():
    trace = Network(30, [Layer(20, "softmax")], seed=1, loss="mean_squared_error").trace([0.5] * 30, [1] + [0] * 19)
    notation, symbols = Notation(LATEX), Symbols(LATEX)
    for address in ("z[o1]", "S[o]", "delta[o1]"):
        step = trace[address]
        values = [trace[operand].value for operand in step.operands]
        numbers = [symbols.number(number_text(value)) for value in values]
        lines = lay_out(notation, notation.tree(trace.rules[step.rule], values), numbers, 40)
        assert len(lines) > 2 and fits(lines, 40)


def test_cases_that_are_too_wide_are_written_in_a_line_that_can_be_broken():
    names = ["z"]
    tree = formula("2 * z + 1 if z > 0 else exp(z) - 1").put({"z": operand(0)})
    lines = lay_out(Notation(LATEX), tree, [Symbols(LATEX).address(name) for name in names], 9)
    assert [line.tex for line in lines] == [r"2 \cdot z + 1 \text{ if }z > 0", r"\text{, otherwise }e^{z}", "- 1"]
    assert fits(lines, 9)


def test_all_lines_but_the_first_have_less_room():
    line = number_piece("0.2345")  # of 3 em
    assert fits([line], 3) and fits([line, line], 5) and not fits([line, line], 4)


def test_a_formula_of_another_language_is_shown_upright():
    class Own(ns.Activation):
        name = "own"
        formula = "z ? 1 : 0"
        derivative_formula = "1"

        def __call__(self, net_input):
            return net_input

        def derivative(self, net_input, output):
            return 1

    text = Network(1, [Layer(1, Own())], seed=1).trace([1]).latex()
    assert r"\text{z[o1] ? 1 : 0}" in text


# Names


def test_names_in_latex_are_ascii_and_spell_every_sign():
    assert latex_text("a_1$&%#{}") == r"a\_1\$\&\%\#\{\}"
    assert latex_text("größe") == r'gr\"{o}\ss{}e' and latex_text("α") == r"$\alpha$"
    assert latex_text("日") == r"\texttt{U+65E5}" and latex_text("\\") == r"\textbackslash{}"
    assert all(latex_text(name).isascii() for name in NASTY)


@pytest.mark.parametrize("name", NASTY)
def test_names_in_markdown_formulas_survive_markdown(name):
    written = Symbols(MARKDOWN).unit(name)
    assert not re.search(r"[<>&*]|\\[^A-Za-z]", written)
    assert written.replace(r"\lbrace", "").count("{") == written.count("}")
    if "{" not in name and "}" not in name:
        assert markdown_math(name).count("{") == markdown_math(name).count("}")


def test_markdown_and_html_leave_ordinary_formulas_alone():
    for seed in range(12):
        network, inputs, targets = random_network(seed)
        text = network.trace([inputs] * 2, [targets] * 2, optimizers(seed), batch_size=2).markdown()
        for block in re.findall(r"\$\$\n(.*?)\n\$\$", text, re.S):
            # no backslash before a sign, nothing of HTML, and no _ that Markdown would take for italics
            assert not re.search(r"\\[^A-Za-z]|[<>*`~]|[^A-Za-z0-9]_", block), block
            assert all(not line.startswith(("+", "-", "=")) for line in block.splitlines())


def test_terms_and_decimals_are_checked_as_for_tables():
    trace = Network(1, [Layer(1)], seed=1).trace([1])
    for form in (trace.text, trace.markdown, trace.latex):
        with pytest.raises(InputError, match="terms must be 3 or more"):
            form(terms=2)
        with pytest.raises(InputError, match="decimals must be"):
            form(decimals=-1)
        with pytest.raises(InputError, match="did you mean 'o1'"):
            form(units=["o11"])
