"""The rules: one step of the computation each, such as z = sum(w*a) + b; a name and a formula.

The formula gives the operands, the function that works the value out, to the last bit as the core does, and every
notation. Where the core computes more safely than the formula reads, as for the sigmoid, the core's own function stands
beside it.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, Mapping, Sequence

from neurosim.formula.derivative import derivative
from neurosim.formula.formula import Formula, NotAFormula, call, formula_or_foreign, name, number, operand
from neurosim.formula.text import TEXT
from neurosim.formula.values import OWN, function
from neurosim.support.numeric import as_kind, is_number, magnitude
from neurosim.support.page import visible


class Rule:
    """One elementary piece of the algebra.

    >>> rule = Rule("weighted_sum", "sum(w*a) + b")
    >>> rule.evaluate(3, 2, 5), rule.text(["w[x1->o1]", "a[x1]", "b[o1]"])
    (11, 'w[x1->o1]*a[x1] + b[o1]')
    """

    __slots__ = {
        "name": 'such as "weighted_sum"',
        "formula": "its `Formula`; None: it is written as a call of its name",
        "evaluate": "a function from the operands' values, as arguments, to the value",
        "names": "of the operands in their order, where it is not that of the formula: f' reads z and a, and may need one",
        "constants": "numbers that stand in the formula by name, such as beta1",
        "_parts": "what it was made of",
        "_made": "its texts and derivatives, once made",
    }

    def __init__(
        self, name: str, formula: Formula | str | None = None, evaluate: Callable[..., Any] | None = None,
        names: Sequence[str] | None = None, constants: Mapping[str, Any] | None = None,
    ) -> None:
        """Without `evaluate` the formula works the value out, with constants of the operands' kind of number."""
        self.name, self.names, self.constants = name, names, constants or {}
        self.formula = formula_or_foreign(formula) if isinstance(formula, str) else formula
        self.evaluate: Callable[..., Any] = evaluate or self._by_formula()
        self._parts = name, self.formula, evaluate, names, constants
        self._made: dict[tuple[Any, ...], Any] = {}

    def _by_formula(self):
        """What works the formula out."""
        if self.formula is None:
            return _no_value
        if not self.constants:
            return function(self.formula, self.names)
        return _of_any_kind(function(self.formula, [*self.constants, *self.reads]), self.constants.values())

    @property
    def reads(self) -> list[str]:
        """The names of its operands in the formula."""
        if self.names is not None or self.formula is None:
            return list(self.names or ())
        return [each for each in self.formula.names if each not in self.constants]

    def bind(self, operands: Sequence[Any]) -> dict[str, Any]:
        """One row of operands by the names that they stand for in the formula."""
        if self.names is not None or self.formula is None:
            return dict(zip(self.names or (), operands))
        return self.formula.bind(operands)

    def row(self, bound: Mapping[str, Any]) -> tuple[Any, ...]:
        """The row of operands that `bind` takes apart."""
        if self.names is not None or self.formula is None:
            return tuple([bound[each] for each in self.names or ()])
        return tuple(self.formula.row(bound))

    def reworked(self, label: str, rewrite: Callable[[Formula], Formula]) -> Rule:
        """A rule by the formula that `rewrite` makes of this one's, with the same constants.

        What works this rule out in place of its formula goes on doing so, as a function that the new formula calls.
        """
        written, own = rewrite(self.formula or name(self.name)), self._parts[2]
        if own is None or written.lists:
            names = None if written.lists else [each for each in written.names if each not in self.constants]
            return Rule(label, written, None, names, self.constants)
        calling = rewrite(call(OWN, [name(each) for each in self.reads]))
        value = function(calling, [*calling.names, OWN])
        return Rule(label, written, lambda *operands: value(*operands, own), calling.names, self.constants)

    @property
    def by_formula(self) -> bool:
        """Whether the formula works the value out, and no function beside it."""
        return self.formula is not None and self._parts[2] is None

    def written(self, operands: Sequence[Formula]) -> Formula:
        """The formula with the operands, which are formulas themselves, and the constants in place of its names."""
        if self.formula is None:
            return call(self.name, operands)
        return self.formula.put({**self._constants(len(operands)), **self.bind(operands)})

    def _constants(self, count):
        """What stands for the constants, and for n where a sum says how many there are."""
        terms = {} if self.names or not self.formula.lists else {"n": self.formula.layout(count)[1]}
        return {name: number(value) for name, value in {**terms, **self.constants}.items()}

    def shown(self, count: int, terms: int | None = None, values: Sequence[Any] = ()) -> Formula:
        """The formula with `operand(0)`, `operand(1)`, ... as it is to be shown.

        terms: sums of more than so many terms are shortened; None shortens nothing.
        values: of the operands, by which a sum that is shortened keeps its largest terms
        """
        if values and terms is not None and count > terms:
            try:
                return self.shown(count).shortened(terms, partial(_size, values))
            except (NotAFormula, ArithmeticError, TypeError, ValueError):  # no term of it can be worked out
                pass
        key = "shown", count, terms
        if key not in self._made:
            slots = [operand(index) for index in range(count)]
            self._made[key] = self.written(slots) if terms is None else self.shown(count).shortened(terms)
        return self._made[key]

    def text(
        self, texts: Sequence[str], bracketed: Sequence[str] | None = None, terms: int | None = None,
        values: Sequence[Any] = (),
    ) -> str:
        """The formula with these texts in place of its operands.

        bracketed: the same texts with brackets, for where a minus sign or a stroke would be misread.
        terms, values: as for `shown`
        """
        if not texts:
            return ""
        key, chooses = ("text", len(texts), terms), values and terms is not None and len(texts) > terms
        template = None if chooses else self._made.get(key)
        if template is None:
            template = TEXT.template(self.shown(len(texts), terms, values))
        if not chooses:
            self._made[key] = template
        return visible(template.format(texts, bracketed or texts))

    def slope(self, count: int, index: int) -> Formula:
        """The derivative with respect to one of `count` operands, with `operand(0)`, `operand(1)`, ... for all of them.

        Raises NotAFormula unless the formula is linear in that operand.
        """
        key = "slope", count, index
        if key not in self._made:
            self._made[key] = self._slope(count, index)
        return self._made[key]

    def _slope(self, count, index):
        if self.formula is None:
            raise NotAFormula(f"{self.name} has no formula")
        places = dict(zip(self.names, range(count))) if self.names else self.formula.places(count, index)
        slope = derivative(self.formula, next(name for name, place in places.items() if place == index))
        if slope.lists:
            bound = self.bind([operand(place) for place in range(count)])
        else:
            bound = {name: operand(place) for name, place in places.items()}
        return slope.put({**self._constants(count), **bound})

    def does_as(self, other: Rule | None) -> bool:
        """Whether both were made of the same formula, names and constants, and by the same line of code."""
        return other is not None and all(
            mine == its or getattr(mine, "__code__", mine) is getattr(its, "__code__", None)
            for mine, its in zip(self._parts, other._parts)
        )

    def renamed(self, name: str) -> Rule:
        """The same rule by another name."""
        return Rule(name, *self._parts[1:])

    def __reduce__(self):
        return Rule, self._parts

    def __repr__(self) -> str:
        return f"<Rule {self.name}>"


def worked_out(piece: Formula, values: Sequence[Any]) -> Any:
    """The number that a piece of a formula is, in which operands stand by their numbers; all of their values are given."""
    operands: list[Any] = piece.operands
    like = next((value for value in values if not isinstance(value, int)), values[0])
    return function(piece, ["like", *operands])(like, *[values[index] for index in operands])


def _size(values, term):
    return magnitude(worked_out(term, values))


def _no_value(*operands):
    raise TypeError("a given number has no rule to work it out by")


def _of_any_kind(function, constants):
    """The function with these as first arguments, in the kind of number of the others: 0.9 beside Decimals is one."""
    by_kind = {}

    def evaluate(*operands):
        kind = type(operands[0])
        if kind is int:  # which mixes with any kind
            kind = next((type(value) for value in operands if type(value) is not int), int)
        own = by_kind.get(kind)
        if own is None:
            like = next(value for value in operands if type(value) is kind)
            own = by_kind[kind] = partial(function, *[as_kind(value, like) for value in constants])
        return own(*operands)

    return evaluate


RULES = {
    name: Rule(name, formula)
    for name, formula in {
        "given": None,
        # forward: w1, a1, w2, a2, ..., b
        "weighted_sum": "sum(w*a) + b",
        "weighted_sum_without_bias": "sum(w*a)",
        # forward, softmax: z; z and the largest; z1, z2, ...; exp1, exp2, ...; exp and their sum
        "exponential": "exp(z)",
        "shifted_exponential": "exp(z - largest)",
        "largest": "max(z)",
        "exponential_sum": "sum(e)",
        "softmax": "e / S",
        # loss: one term for each output
        "loss_sum": "sum(E)",
        # backward: w1, delta1, w2, delta2, ...; then dE/da, f'; or a, t; or a, g, g1, a1, g2, a2, ...
        "arriving_error": "sum(w*delta)",
        "delta": "g * slope",
        "cancelled_delta": "a - t",
        "softmax_delta": "a * (g - sum(g_k*a_k))",
        # gradient: delta, a; over a batch delta1, a1, delta2, a2, ...
        "weight_gradient": "delta*x",
        "bias_gradient": "delta",
        "mean_weight_gradient": "sum(delta*x) / n",
        "mean_bias_gradient": "sum(delta) / n",
        "mean_loss": "sum(E) / n",
        "sum_weight_gradient": "sum(delta*x)",
        "sum_bias_gradient": "sum(delta)",
        "sum_loss": "sum(E)",
        # update: all gradients
        "gradient_norm": "sqrt(sum(g^2))",
    }.items()
}


def activation_rules(activation):
    """The rules of one activation and its derivative: f, from z, and f', from z and a.

    One without a formula, as your own class may be, is written as a call: Cube(z) and Cube'(z).
    """
    label, name = activation.label, activation.name
    if activation.coupled:
        forward = RULES["softmax"].renamed(label)
    else:
        forward = _rule(activation, label, activation.formula or _call(name, "z"), ("z",), activation)
    slope = activation.derivative_formula or _call(f"{name}'", "z")
    return forward, _rule(activation, f"{label}'", slope, ("z", "a"), activation.derivative)


def loss_rules(loss, size):
    """The rules of one output's term of a loss, of dE/da, and of delta where that is not needed, all from a and t.

    size: how many outputs there are
    """
    term, slope = loss.formula or _call(loss.name, "a", "t"), loss.derivative_formula or _call(f"{loss.name}'", "a", "t")
    return (
        _rule(loss, loss.label, term, ("a", "t"), lambda a, t: loss.term(a, t, size), n=size),
        _rule(loss, f"{loss.label}'", slope, ("a", "t"), lambda a, t: loss.derivative(a, t, size), n=size),
        Rule("cancelled_delta", "(a - t) / n", None, ("a", "t"), {"n": size})
        if getattr(loss, "outputs", "sum") == "mean" else RULES["cancelled_delta"],
    )


def schedule_rule(schedule):
    """The rule of a scheduled learning rate, from eta and the number of updates before."""
    return _rule(schedule, f"{schedule.label} schedule", schedule.formula, ("eta", "k"), schedule)


def _call(function, *names):
    return call(function, [name(each) for each in names])


def _rule(owner, label, written, names, evaluate, **constants):
    """A rule that a class of its own computes; numbers that the owner has by a name in the formula are its constants."""
    written = formula_or_foreign(written) if isinstance(written, str) else written
    numbers = {each: getattr(owner, each, None) for each in written.names if each not in names}
    constants.update((each, value) for each, value in numbers.items() if is_number(value))
    return Rule(label, written, evaluate, names, constants)


def update_rules(optimizer, is_weight, like):
    """Pairs of what is made and the rule that makes it, in the order of work; for weights, or else for biases."""
    return [(rule.quantity, _update_rule(optimizer, rule)) for rule in optimizer.all_rules(is_weight, like)]


def _update_rule(optimizer, rule):
    label = optimizer.name if rule.quantity == "w+" else f"{optimizer.name} {rule.quantity}"
    written = formula_or_foreign(rule.formula.format(*rule.operands))
    constants = {each: getattr(optimizer, each) for each in rule.operands if each in optimizer.parameters}
    operands = rule.operands[len(constants) :]
    return Rule(label, written, _of_any_kind(rule.evaluate, constants.values()), operands, constants)
