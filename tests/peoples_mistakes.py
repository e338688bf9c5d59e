"""The mistakes of simulated people: the wrong formulas themselves, under the library's names and forms of them.

Like the right formulas of `people`, each is a function of a person and the place of the number; it gives None where the
mistake can't be made.
"""

from itertools import product

import people
from people import Made, Person

ALL = []


def wrong(quantity, name, form=""):
    """Enter a wrong formula for a quantity; one mistake may have formulas for several."""

    def enter(formula):
        for made in ALL:
            if (made.name, made.form) == (name, form):
                made.wrong[quantity] = formula
                return formula
        ALL.append(Made(name, form, {quantity: formula}))
        return formula

    return enter


def in_layers(where, formula):
    """The formula in some layers: "outputs" or "hidden"."""
    return lambda p, n, layer, *unit: formula(p, n, layer, *unit) if (layer == p.last) == (where == "outputs") else None


def misread(rows, j, i):
    """The weight in row j, column i of a matrix whose numbers are read in the wrong layout."""
    flat = [cell for row in rows for cell in row]
    return flat[i * len(rows) + j]


# Forward


@wrong("a", "sigmoid-sign")
def sigmoid_sign(p, n, layer, j):
    return 1 / (1 + p.exp(p("z", n, layer, j))) if p.problem.activation(layer) == "sigmoid" else None


@wrong("z", "no-bias")
def no_bias(p, n, layer, j):
    return sum(p.w(layer, j, i) * p("a", n, layer - 1, i) for i in p.units(layer - 1))


@wrong("z", "bias-subtracted")
def bias_subtracted(p, n, layer, j):
    return sum(p.w(layer, j, i) * p("a", n, layer - 1, i) for i in p.units(layer - 1)) - p.b(layer, j)


@wrong("z", "bias-in-sum")
def bias_in_sum(p, n, layer, j):
    return sum(p.w(layer, j, i) * p("a", n, layer - 1, i) + p.b(layer, j) for i in p.units(layer - 1))


@wrong("z", "sum-not-reset")
def sum_not_reset(p, n, layer, j):
    return people.net_input(p, n, layer, j) + p("z", n, layer, j - 1) if j else None


@wrong("a", "activation-twice")
def activation_twice(p, n, layer, j):
    return None if p.problem.activation(layer) == "softmax" else p.activate(layer, p.activate(layer, p("z", n, layer, j)))


def forgotten(p, n, layer, j):
    return p("z", n, layer, j)


wrong("a", "output-not-activated")(in_layers("outputs", forgotten))
wrong("a", "hidden-not-activated", "all of them")(in_layers("hidden", forgotten))
wrong("a", "hidden-not-activated", "layer 1")(lambda p, n, layer, j: p("z", n, layer, j) if layer == 1 < p.last else None)
wrong("a", "hidden-not-activated", "layer 2")(lambda p, n, layer, j: p("z", n, layer, j) if layer == 2 < p.last else None)


@wrong("a", "not-activated")
def not_activated(p, n, layer, j):  # of one layer alone it is one of those above
    bent = [layer for layer in range(1, p.last + 1) if p.problem.activation(layer) != "linear"]
    return p("z", n, layer, j) if p.last in bent[1:] else None


@wrong("z", "weights-transposed")
def weights_transposed(p, n, layer, j):
    rows = p.problem.weights[layer]
    return sum(p.number(misread(rows, j, i)) * p("a", n, layer - 1, i) for i in p.units(layer - 1)) + p.b(layer, j)


@wrong("a", "softmax-over-batch")
def softmax_over_batch(p, n, layer, j):
    if p.problem.activation(layer) != "softmax" or len(p.examples) == 1:
        return None
    return p.exp(p("z", n, layer, j)) / sum(p.exp(p("z", m, layer, k)) for m in p.examples for k in p.units(layer))


# Deltas of the outputs


@wrong("dE/da", "targets-reversed")
def targets_reversed(p, n, layer, j):
    if layer < p.last:
        return None
    factor = 2 / p.number(p.problem.sizes[-1]) if p.problem.loss == "mean_squared_error" else 1
    return factor * (p("a", n, layer, j) - p.t(n, -1 - j))


@wrong("delta", "targets-reversed")
def targets_reversed_where_cancelled(p, n, layer, j):
    return p("a", n, layer, j) - p.t(n, -1 - j) if p.is_cancelled(layer) else None


def without_slope(p, n, layer, j):
    return None if p.is_cancelled(layer) else p("dE/da", n, layer, j)


wrong("delta", "no-output-slope")(in_layers("outputs", without_slope))
wrong("delta", "no-hidden-slope")(in_layers("hidden", without_slope))


@wrong("delta", "extra-output-slope")
def extra_output_slope(p, n, layer, j):
    if not p.is_cancelled(layer) or p.problem.output == "softmax":
        return None
    return (p("a", n, layer, j) - p.t(n, j)) * people.slope(p, n, layer, j)


def slope_twice(p, n, layer, j):
    return None if p.is_cancelled(layer) else p("dE/da", n, layer, j) * p("f'", n, layer, j) * p("f'", n, layer, j)


wrong("delta", "slope-twice", "in every layer")(slope_twice)
wrong("delta", "slope-twice", "at the outputs")(in_layers("outputs", slope_twice))
wrong("delta", "delta-sign")(in_layers("outputs", lambda *place: -people.delta(*place)))
wrong("delta", "delta-factor", "2")(in_layers("outputs", lambda *place: 2 * people.delta(*place)))
wrong("delta", "delta-factor", "1/2")(in_layers("outputs", lambda *place: people.delta(*place) / 2))


@wrong("delta", "error-squared")
def error_squared(p, n, layer, j):
    if layer < p.last or p.problem.cancels:
        return None
    return p("dE/da", n, layer, j) * p("dE/da", n, layer, j) * p("f'", n, layer, j)


@wrong("delta", "total-error")
def total_error(p, n, layer, j):
    return None if layer < p.last or p.problem.cancels else p("E", n) * p("f'", n, layer, j)


def is_softmax(p, layer):
    return layer == p.last and p.problem.output == "softmax"


@wrong("delta", "softmax-diagonal")
def softmax_diagonal(p, n, layer, j):
    return -p.t(n, j) * (1 - p("a", n, layer, j)) if is_softmax(p, layer) else None


@wrong("delta", "softmax-no-slope")
def softmax_no_slope(p, n, layer, j):
    return -p.t(n, j) / p("a", n, layer, j) if is_softmax(p, layer) else None


@wrong("delta", "half-crossentropy")
def half_crossentropy(p, n, layer, j):
    return -p.t(n, j) * (1 - p("a", n, layer, j)) if p.is_cancelled(layer) and not is_softmax(p, layer) else None


# Slopes


def _enter_other_activations(other):
    """Another activation, with its own derivative."""
    def output(p, n, layer, j):
        if p.problem.activation(layer) in (other, "softmax"):
            return None
        return p.activate(layer, p("z", n, layer, j), other)

    def slope(p, n, layer, j):
        return None if p.problem.activation(layer) == "softmax" else people.slope(p, n, layer, j, other)

    wrong("a", "other-activation", other)(output)
    wrong("f'", "other-activation", other)(slope)


for activation in ("sigmoid", "tanh", "relu", "linear"):
    _enter_other_activations(activation)


@wrong("f'", "slope-of-net-input")
def slope_of_net_input(p, n, layer, j):
    z = p("z", n, layer, j)
    return {"sigmoid": z * (1 - z), "tanh": 1 - z * z}.get(p.problem.activation(layer))


@wrong("f'", "slope-of-output")
def slope_of_output(p, n, layer, j):
    again = p.activate(layer, p("a", n, layer, j))
    return {"sigmoid": again * (1 - again), "tanh": 1 - again * again}.get(p.problem.activation(layer))


@wrong("f'", "half-a-slope", "a")
def half_a_slope(p, n, layer, j):
    return p("a", n, layer, j) if p.problem.activation(layer) == "sigmoid" else None


@wrong("f'", "half-a-slope", "1 - a")
def other_half_of_the_slope(p, n, layer, j):
    return 1 - p("a", n, layer, j) if p.problem.activation(layer) == "sigmoid" else None


def slope_of(other, p, n, layer, j):
    if p.problem.activation(layer) == other:
        return None
    z, a = p("z", n, layer, j), p("a", n, layer, j)
    return {"sigmoid": a * (1 - a), "tanh": 1 - a * a, "relu": p.number(z > 0)}[other]


def _enter_other_slopes(other):
    def formula(*place):
        return slope_of(other, *place)

    wrong("f'", "other-slope", f"{other}'s")(formula)
    wrong("f'", "other-slope", f"{other}'s at the outputs")(in_layers("outputs", formula))
    wrong("f'", "other-slope", f"{other}'s in the hidden layers")(in_layers("hidden", formula))


for activation in ("sigmoid", "tanh", "relu"):
    _enter_other_slopes(activation)


# Deltas of hidden units


def arriving(name, form=""):
    """Enter a wrong formula for what arrives at a hidden unit."""
    return lambda formula: wrong("dE/da", name, form)(in_layers("hidden", formula))


@wrong("delta", "next-layers-slope")
def next_layers_slope(p, n, layer, j):
    if layer == p.last or p.is_cancelled(layer + 1):
        return None
    return sum(p.w(layer + 1, k, j) * p("delta", n, layer + 1, k) * p("f'", n, layer + 1, k) for k in p.units(layer + 1))


wrong("delta", "hidden-delta-sign")(in_layers("hidden", lambda *place: -people.delta(*place)))
wrong("delta", "hidden-delta-factor", "2")(in_layers("hidden", lambda *place: 2 * people.delta(*place)))
wrong("delta", "hidden-delta-factor", "1/2")(in_layers("hidden", lambda *place: people.delta(*place) / 2))


@arriving("weights-already-updated")
def weights_already_updated(p, n, layer, j):
    if len(p.examples) > 1:
        return None
    return sum(p("w+", layer + 1, k, j) * p("delta", n, layer + 1, k) for k in p.units(layer + 1))


def raw_errors(p, n, layer, j):
    sent = "delta" if p.is_cancelled(layer + 1) else "dE/da"
    return sum(p.w(layer + 1, k, j) * p(sent, n, layer + 1, k) for k in p.units(layer + 1))


arriving("raw-error")(lambda p, n, layer, j: raw_errors(p, n, layer, j) if layer == p.last - 1 else None)
arriving("raw-error-through-all")(lambda p, n, layer, j: raw_errors(p, n, layer, j) if p.last > 2 else None)


@arriving("output-for-delta")
def output_for_delta(p, n, layer, j):
    return sum(p.w(layer + 1, k, j) * p("a", n, layer + 1, k) for k in p.units(layer + 1))


@arriving("error-shared-out")
def error_shared_out(p, n, layer, j):
    sent = "delta" if p.is_cancelled(layer + 1) else "dE/da"
    return sum(
        p(sent, n, layer + 1, k) * abs(p.w(layer + 1, k, j)) / sum(abs(p.w(layer + 1, k, i)) for i in p.units(layer))
        for k in p.units(layer + 1)
    )


@arriving("backward-not-transposed")
def backward_not_transposed(p, n, layer, j):
    rows = p.problem.weights[layer + 1]
    return sum(p.number(misread(rows, k, j)) * p("delta", n, layer + 1, k) for k in p.units(layer + 1))


def one_term(p, n, layer, j, k):
    return p.w(layer + 1, k, j) * p("delta", n, layer + 1, k)


arriving("assigned-in-sum", "the last")(lambda p, n, layer, j: one_term(p, n, layer, j, p.units(layer + 1)[-1]))
arriving("assigned-in-sum", "the first")(lambda p, n, layer, j: one_term(p, n, layer, j, 0))


@arriving("weights-left-out")
def weights_left_out(p, n, layer, j):
    return sum(p("delta", n, layer + 1, k) for k in p.units(layer + 1))


@arriving("divided-by-weight")
def divided_by_weight(p, n, layer, j):
    return sum(p("delta", n, layer + 1, k) / p.w(layer + 1, k, j) for k in p.units(layer + 1))


@arriving("mean-over-outgoing")
def mean_over_outgoing(p, n, layer, j):
    return people.error(p, n, layer, j) / len(p.units(layer + 1))


# Gradients


def times(name, other, form="", quantity="dE/dw", first=1):
    """Enter a gradient of delta times another number, from a layer on."""
    def formula(p, layer, j, *i):
        if layer < first:
            return None
        return p.reduced([p("delta", n, layer, j) * other(p, n, layer, j, *i) for n in p.examples])

    wrong(quantity, name, form)(formula)


times("weight-for-input", lambda p, n, layer, j, i: p.w(layer, j, i))
times("divided-by-input", lambda p, n, layer, j, i: 1 / p("a", n, layer - 1, i))
times("net-input-for-output", lambda p, n, layer, j, i: p("z", n, layer - 1, i), first=2)
times("always-the-inputs", lambda p, n, layer, j, i: p("a", n, 0, i % len(p.units(0))), first=2)
times("bias-gradient", lambda p, n, layer, j: p("a", n, layer - 1, 0), "times the first input", "dE/db")
times("bias-gradient", lambda p, n, layer, j: p("a", n, layer - 1, p.units(layer - 1)[-1]), "times the last input", "dE/db")
times("bias-gradient", lambda p, n, layer, j: p.b(layer, j), "times the bias", "dE/db")
wrong("dE/db", "bias-gradient", "of the wrong sign")(lambda *place: -people.bias_gradient(*place))


@wrong("dE/db", "bias-gradient", "one for the layer")
def bias_gradient(p, layer, j):
    return p.reduced([sum(p("delta", n, layer, k) for k in p.units(layer)) for n in p.examples])


@wrong("dE/dw", "gradient-without-slope")
def gradient_without_slope(p, layer, j, i):
    if layer < p.last or p.problem.cancels:
        return None
    return p.reduced([p("dE/da", n, layer, j) * p("a", n, layer - 1, i) for n in p.examples])


@wrong("dE/dw", "gradient-transposed")
def gradient_transposed(p, layer, j, i):
    cells = [(row, column) for column in p.units(layer - 1) for row in p.units(layer)]
    return people.weight_gradient(p, layer, *cells[j * len(p.units(layer - 1)) + i])


def _enter_reductions(quantity, right):
    def other(p, *place):
        if len(p.examples) == 1:
            return None
        count = len(p.examples)
        return right(p, *place) * count if p.problem.reduction == "mean" else right(p, *place) / count

    def twice(p, *place):
        if len(p.examples) == 1:
            return None
        count = len(p.examples)
        return right(p, *place) / (count if p.problem.reduction == "mean" else count * count)

    wrong(quantity, "other-reduction", "the other")(other)
    wrong(quantity, "other-reduction", "divided twice")(twice)


_enter_reductions("dE/dw", people.weight_gradient)
_enter_reductions("dE/db", people.bias_gradient)


@wrong("dE/dw", "last-example-only")
def last_example_only(p, layer, j, i):
    n = p.examples[-1]
    return p("delta", n, layer, j) * p("a", n, layer - 1, i) if n else None


@wrong("dE/db", "last-example-only")
def last_example_only_for_biases(p, layer, j):
    return p("delta", p.examples[-1], layer, j) if len(p.examples) > 1 else None


def times(factor, formula):
    """The formula times a factor, where no other reduction is the same."""
    return lambda p, *place: factor * formula(p, *place) if len(p.examples) != 2 else None


for form, factor in {"2": 2, "1/2": 0.5}.items():
    wrong("dE/dw", "gradient-factor", form)(times(factor, people.weight_gradient))
    wrong("dE/db", "gradient-factor", form)(times(factor, people.bias_gradient))


# Updates


def updates(name, formula):
    """Enter a wrong update: a function of the person, the old number, its gradient and the layer."""
    wrong("w+", name)(lambda p, layer, j, i: formula(p, p.w(layer, j, i), p("dE/dw", layer, j, i), layer))
    wrong("b+", name)(lambda p, layer, j: formula(p, p.b(layer, j), p("dE/db", layer, j), layer))


wrong("b+", "bias-not-updated")(lambda p, layer, j: p.b(layer, j))
updates("added-update", lambda p, old, g, layer: old + p.eta * g)
updates("no-learning-rate", lambda p, old, g, layer: old - g)
updates("learning-rate-twice", lambda p, old, g, layer: old - p.eta * p.eta * g)
updates("assigned-update", lambda p, old, g, layer: -p.eta * g)
updates("not-updated", lambda p, old, g, layer: old)
updates("only-last-layer", lambda p, old, g, layer: old if layer < p.last else None)

NAMES = sorted({made.name for made in ALL})


def forms(name):
    """The forms in which a mistake is made."""
    return [made for made in ALL if made.name == name]


def gives_the_same(sheet, person, names):
    """Whether the numbers of a sheet are also those of somebody of the same habits who made the mistakes of these names.

    Each is tried in all its forms: in the scope of the person's own mistake, if there are as many, and everywhere.
    """
    own = person.mistakes if len(person.mistakes) == len(names) else [None] * len(names)
    choices = []
    for name, mistake in zip(names, own):
        scopes = {(None, None), (mistake.layer, mistake.unit) if mistake else (None, None)}
        choices.append([form._replace(layer=layer, unit=unit) for form in forms(name) for layer, unit in scopes])
    for mistakes in product(*choices):
        other = Person(person.problem, mistakes, person.habits, person.handed_in)
        try:
            if all(other.text(address) == text for address, text in sheet.items()):
                return True
        except (ArithmeticError, ValueError):
            continue
    return False
