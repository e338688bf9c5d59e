"""The rules: every elementary piece of the algebra that makes one number from others.

A rule has a name; `formula`, which writes it with whatever texts stand for its operands (addresses,
numbers, or placeholders that another notation is made from); and `evaluate`, which applies it to the
operands' values with the same arithmetic as the core, to the last bit.
"""

from __future__ import annotations

import re
from typing import Any, Callable, NamedTuple, Sequence

from neurosim.core.optimizers import gradient_norm
from neurosim.support.numeric import dot, is_number
from neurosim.support.records import documented


@documented
class Rule(NamedTuple):
    """One elementary piece of the algebra.

    name:     such as "weighted_sum"
    formula:  from a list of texts, one an operand, to the text of the rule
    evaluate: from the operands' values, as arguments, to the value
    """

    name: str
    formula: Callable[[Sequence[str]], str]
    evaluate: Callable[..., Any]

    def does_as(self, other: Rule | None) -> bool:
        """Whether the other rule was made by the same line of code, though for another network."""
        return other is not None and all(
            type(mine) is type(its) and getattr(mine, "__code__", None) is getattr(its, "__code__", None)
            for mine, its in zip(self, other)
        )

    def __repr__(self) -> str:
        return f"<Rule {self.name}>"


def _products(texts):
    """'w1*a1 + w2*a2' from the texts of w1, a1, w2, a2."""
    return " + ".join(f"{p}*{q}" for p, q in _pairs(texts))


def _dot_of_pairs(*operands):
    if len(operands) % 2:
        raise ValueError(f"it multiplies its operands in pairs, and one of the {len(operands)} is left over")
    return dot(operands[0::2], operands[1::2])


def _weighted_sum(*operands):
    return _dot_of_pairs(*operands[:-1]) + operands[-1]


def _softmax_delta(output, output_gradient, *pairs):
    return output * (output_gradient - _dot_of_pairs(*pairs))


def _mean(*operands):
    return sum(operands) / len(operands)


def _mean_of_products(*operands):
    return _dot_of_pairs(*operands) / (len(operands) // 2)


def _sum(*operands):
    return sum(operands)


RULES = {
    rule.name: rule
    for rule in (
        Rule("given", lambda texts: "", lambda: None),
        # forward: w1, a1, w2, a2, ..., b
        Rule("weighted_sum", lambda texts: f"{_products(texts[:-1])} + {texts[-1]}", _weighted_sum),
        Rule("weighted_sum_without_bias", _products, _dot_of_pairs),
        # loss: one term for each output
        Rule("loss_sum", " + ".join, _sum),
        # backward: w1, delta1, w2, delta2, ...; then dE/da, f'; or a, t; or a, g, g1, a1, g2, a2, ...
        Rule("arriving_error", _products, _dot_of_pairs),
        Rule("delta", "{0[0]} * {0[1]}".format, lambda output_gradient, slope: output_gradient * slope),
        Rule("cancelled_delta", "{0[0]} - {0[1]}".format, lambda output, target: output - target),
        Rule("softmax_delta", lambda texts: f"{texts[0]} * ({texts[1]} - ({_products(texts[2:])}))", _softmax_delta),
        # gradient: delta, a; over a batch delta1, a1, delta2, a2, ...
        Rule("weight_gradient", _products, lambda delta, x: delta * x),
        Rule("bias_gradient", "{0[0]}".format, lambda delta: delta),
        Rule("mean_weight_gradient", lambda texts: f"({_products(texts)}) / {len(texts) // 2}", _mean_of_products),
        Rule("mean_bias_gradient", lambda texts: f"({' + '.join(texts)}) / {len(texts)}", _mean),
        Rule("mean_loss", lambda texts: f"({' + '.join(texts)}) / {len(texts)}", _mean),
        Rule("sum_weight_gradient", _products, _dot_of_pairs),
        Rule("sum_bias_gradient", " + ".join, _sum),
        Rule("sum_loss", " + ".join, _sum),
        # update: all gradients
        Rule("gradient_norm", lambda texts: f"sqrt({' + '.join(f'{text}^2' for text in texts)})", gradient_norm),
    )
}


def _pairs(operands):
    return list(zip(operands[0::2], operands[1::2]))


def _swapped_pairs(operands):
    return list(zip(operands[1::2], operands[0::2]))


def _one_by_one(operands):
    return [(operand,) for operand in operands]


# What a rule of the backward pass adds up: for each term its factor, if any, then what comes nearer to the loss.
MULTIPLIED = {
    "arriving_error": _pairs,
    "delta": _swapped_pairs,
    "weight_gradient": _swapped_pairs,
    "mean_weight_gradient": _swapped_pairs,
    "sum_weight_gradient": _swapped_pairs,
    "bias_gradient": _one_by_one,
    "mean_bias_gradient": _one_by_one,
    "sum_bias_gradient": _one_by_one,
}
MEANS = ("mean_weight_gradient", "mean_bias_gradient")  # which divide by the number of terms


def activation_rules(activation):
    """The rules of one activation and its derivative: f, from z, and f', from z and a.

    One without a formula, as your own class may be, is written as a call: Cube(z) and Cube'(z).
    """
    formula = activation.formula or f"{activation.name}(z)"
    derivative_formula = activation.derivative_formula or f"{activation.name}'(z)"
    if activation.coupled:
        forward = Rule(
            activation.label,
            lambda texts: f"exp({texts[0]}) / ({' + '.join(f'exp({z})' for z in texts[1:])})",
            lambda own, *all_: activation(own, activation.normaliser(all_)),
        )
    else:
        forward = Rule(activation.label, lambda texts: _write(formula, activation, z=texts[0]), activation)
    derivative = Rule(
        activation.label + "'",
        lambda texts: _write(derivative_formula, activation, z=texts[0], a=texts[1]),
        activation.derivative,
    )
    return forward, derivative


def loss_rules(loss, size):
    """The rules of one output's term of a loss and of dE/da, both from a and t; `size` outputs in all."""
    formula = loss.formula or f"{loss.name}(a, t)"
    derivative_formula = loss.derivative_formula or f"{loss.name}'(a, t)"
    term = Rule(
        loss.label,
        lambda texts: _write(formula, loss, a=texts[0], t=texts[1], n=str(size)),
        lambda output, target: loss.term(output, target, size),
    )
    derivative = Rule(
        loss.label + "'",
        lambda texts: _write(derivative_formula, loss, a=texts[0], t=texts[1], n=str(size)),
        lambda output, target: loss.derivative(output, target, size),
    )
    return term, derivative


def update_rules(optimizer, is_weight, like):
    """Pairs of the optimizer's own rule and the trace's, in the order of work; for weights, or else for biases."""
    return [
        (
            rule,
            Rule(
                optimizer.name if rule.quantity == "w+" else f"{optimizer.name} {rule.quantity}",
                lambda texts, rule=rule: rule.formula.format(*texts),
                _for_any_kind(optimizer, is_weight, number, rule, like),
            ),
        )
        for number, rule in enumerate(optimizer.all_rules(is_weight, like))
    ]


def _for_any_kind(optimizer, is_weight, number, rule, like):
    """What evaluates one of the optimizer's rules, whose constants then are of its operands' kind of number."""
    by_kind = {type(like): rule.evaluate}

    def evaluate(*operands):
        kinds = [operand for operand in operands if not isinstance(operand, int)]
        operand = kinds[0] if kinds else like
        if type(operand) not in by_kind:
            by_kind[type(operand)] = optimizer.all_rules(is_weight, operand)[number].evaluate
        return by_kind[type(operand)](*operands)

    return evaluate


def schedule_rule(schedule):
    """The rule of a scheduled learning rate, from eta and the number of updates before."""
    return Rule(
        f"{schedule.label} schedule", lambda texts: _write(schedule.formula, schedule, eta=texts[0], k=texts[1]), schedule
    )


def _write(formula, owner, **texts):
    """The formula with texts in place of its letters, and its owner's parameters as numbers."""

    def replace(match):
        word = match[0]
        if word in texts:
            return texts[word]
        return str(getattr(owner, word)) if is_number(getattr(owner, word, None)) else word

    return re.sub(r"[A-Za-z_]\w*", replace, formula)
