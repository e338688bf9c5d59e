"""Simulated people, who work a network out by hand: their numbers, as they would write them down.

Nothing here knows the library's passes, traces, rules or mistakes: the formulas are written out once more, each number is
worked out when it is first asked for, and the mistakes (`peoples_mistakes`) are other formulas in place of these. Only
`Problem.network` and `Problem.trace` hand the same network to the library.

    n:       number of the example, from 0
    layer:   0 for the inputs
    j, i, k: a unit in the layer, in the layer before and in the layer after, from 0
"""

import math
import random
import struct
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import NamedTuple

SIZES = ((2, 2, 1), (2, 3, 1), (2, 2, 2), (3, 3, 2), (2, 4, 3), (2, 3, 2, 1), (3, 4, 3, 2), (4, 5, 3, 2))
PER_EXAMPLE = ("z", "exp", "S", "a", "E", "dE/da", "f'", "delta")


class Problem(NamedTuple):
    """A network, its examples and one update.

    weights: by layer from 1 (the first of the list is empty), for each unit a row; biases likewise
    inputs, targets: a row for each example
    """

    sizes: tuple
    hidden: str
    output: str
    loss: str
    weights: list
    biases: list
    inputs: list
    targets: list
    eta: float
    reduction: str

    @property
    def last(self):
        return len(self.sizes) - 1

    @property
    def cancels(self):
        """Whether the loss's derivative and the output activation's make a - t together."""
        return self.loss in ("binary_crossentropy", "categorical_crossentropy")

    def activation(self, layer):
        return self.output if layer == self.last else self.hidden

    def network(self):
        """The library's network of this kind."""
        from neurosim import Layer, Network

        network = Network(self.sizes[0], loss=self.loss)
        for layer, size in enumerate(self.sizes[1:], 1):
            network.add(Layer(size, self.activation(layer), weights=self.weights[layer], biases=self.biases[layer]))
        return network

    def arguments(self):
        """What `Network.trace` is called with."""
        from neurosim import SGD

        if len(self.inputs) == 1:
            return {"inputs": self.inputs[0], "targets": self.targets[0], "optimizer": SGD(self.eta)}
        return {
            "inputs": self.inputs, "targets": self.targets, "optimizer": SGD(self.eta), "batch_size": "all",
            "reduction": self.reduction,
        }

    def trace(self):
        return self.network().trace(**self.arguments())

    def unit(self, layer, j):
        """The name of a unit: x1, h1, h1.2 in the first of several hidden layers, o1."""
        if layer in (0, self.last):
            return f"{'x' if layer == 0 else 'o'}{j + 1}"
        return f"h{j + 1}" if self.last == 2 else f"h{layer}.{j + 1}"

    def places(self):
        """{address: (quantity, *place)} of every number that is worked out, in the order of the work."""
        found = {}
        for n in range(len(self.inputs)):
            for quantity, *place in _passes(self):
                found[self._address(quantity, n, *place)] = (quantity, n, *place)
        batch = len(self.inputs) > 1
        prefix, at = (f"{self.reduction} ", f"@{len(self.inputs)}") if batch else ("", "")
        if batch:
            found[f"{prefix}E{at}"] = ("batch E",)
        for quantities, ahead in ((("dE/dw", "dE/db"), prefix), (("w+", "b+"), "")):
            for layer in range(self.last, 0, -1):
                for j in range(self.sizes[layer]):
                    for i in range(self.sizes[layer - 1]):
                        arrow = f"{self.unit(layer - 1, i)}->{self.unit(layer, j)}"
                        found[f"{ahead}{quantities[0]}[{arrow}]{at}"] = (quantities[0], layer, j, i)
                    found[f"{ahead}{quantities[1]}[{self.unit(layer, j)}]{at}"] = (quantities[1], layer, j)
        return found

    def _address(self, quantity, n, *place):
        unit = "[o]" if quantity == "S" else f"[{self.unit(*place)}]" if place else ""
        return f"{quantity}{unit}" + (f"@{n + 1}" if len(self.inputs) > 1 else "")


def _passes(problem):
    """(quantity, layer, unit) of one forward and backward pass."""
    units = [[(layer, j) for j in range(size)] for layer, size in enumerate(problem.sizes)]
    softmax = problem.output == "softmax"
    for layer in units[1:]:
        is_output = layer is units[-1]
        yield from (("z", *unit) for unit in layer)
        if is_output and softmax:
            yield from (("exp", *unit) for unit in layer)
            yield "S", problem.last
        yield from (("a", *unit) for unit in layer)
    yield from (("E", *unit) for unit in units[-1])
    yield ("E",)
    for layer in reversed(units[1:]):
        for unit in layer:
            if layer is not units[-1] or not problem.cancels:
                yield "dE/da", *unit
                yield "f'", *unit
            yield "delta", *unit


def random_problem(draw, sizes=SIZES, examples=(1, 2)):
    """A network with weights of two decimals, and one or two examples."""
    def number(low=-1.0, high=1.0):
        return round(draw.uniform(low, high), 2) or 0.37

    sizes, examples = draw.choice(sizes), draw.choice(examples)
    kinds = [("half_squared_error", output) for output in ("sigmoid", "sigmoid", "tanh", "linear", "relu")]
    kinds += [("mean_squared_error", output) for output in ("sigmoid", "tanh", "linear")]
    kinds += [("binary_crossentropy", "sigmoid")] * 2 + [("categorical_crossentropy", "softmax")] * 2 * (sizes[-1] > 1)
    loss, output = draw.choice(kinds)
    hidden = draw.choice(("sigmoid", "sigmoid", "tanh", "relu", "linear"))
    weights = [[]] + [[[number() for _ in range(m)] for _ in range(n)] for m, n in zip(sizes, sizes[1:])]
    biases = [[]] + [[number() for _ in range(n)] for n in sizes[1:]]
    inputs = [[number() for _ in range(sizes[0])] for _ in range(examples)]
    targets = [_targets(draw, sizes[-1], loss, output) for _ in range(examples)]
    eta, reduction = draw.choice((0.1, 0.2, 0.3, 0.6)), draw.choice(("mean", "sum"))
    return Problem(sizes, hidden, output, loss, weights, biases, inputs, targets, eta, reduction)


def _targets(draw, size, loss, output):
    if output == "softmax":
        right = draw.randrange(size)
        return [int(j == right) for j in range(size)]
    if loss == "binary_crossentropy":
        return [draw.choice((0, 1)) for _ in range(size)]
    return [round(draw.uniform(0.05, 0.95), 2) for _ in range(size)]


# The right formulas: each of a person and the place of the number


def net_input(p, n, layer, j):
    return sum(p.w(layer, j, i) * p("a", n, layer - 1, i) for i in p.units(layer - 1)) + p.b(layer, j)


def exponential(p, n, layer, j):
    return p.exp(p("z", n, layer, j))


def normaliser(p, n, layer):
    return sum(p("exp", n, layer, j) for j in p.units(layer))


def output(p, n, layer, j):
    if p.problem.activation(layer) == "softmax":
        return p("exp", n, layer, j) / p("S", n, layer)
    return p.activate(layer, p("z", n, layer, j))


def loss(p, n, *unit):
    if not unit:
        return sum(p("E", n, p.last, j) for j in p.units(p.last))
    a, t, size = p("a", n, *unit), p.t(n, unit[1]), len(p.units(p.last))
    if p.problem.loss == "half_squared_error":
        return (a - t) * (a - t) / 2
    if p.problem.loss == "mean_squared_error":
        return (a - t) * (a - t) / size
    if not 0 < a or p.problem.loss == "binary_crossentropy" and not a < 1:
        raise ValueError(f"a cross-entropy takes outputs between 0 and 1, got {a}")
    right = t * p.log(a) if t else p.number(0)
    if p.problem.loss == "categorical_crossentropy":
        return -right
    return -(right + ((1 - t) * p.log(1 - a) if t != 1 else 0.0))


def batch_loss(p):
    return p.reduced([p("E", n) for n in p.examples])


def error(p, n, layer, j):
    """dE/da."""
    if layer < p.last:
        return sum(p.w(layer + 1, k, j) * p("delta", n, layer + 1, k) for k in p.units(layer + 1))
    factor = 2 / p.number(p.problem.sizes[-1]) if p.problem.loss == "mean_squared_error" else 1
    return factor * (p("a", n, layer, j) - p.t(n, j))


def slope(p, n, layer, j, activation=None):
    """f', of the layer's activation or of another."""
    z, a = p("z", n, layer, j), p("a", n, layer, j)
    return {
        "sigmoid": lambda: a * (1 - a), "tanh": lambda: 1 - a * a, "relu": lambda: p.number(z > 0),
        "linear": lambda: p.number(1),
    }[activation or p.problem.activation(layer)]()


def delta(p, n, layer, j):
    if p.is_cancelled(layer):
        return p("a", n, layer, j) - p.t(n, j)
    return p("dE/da", n, layer, j) * p("f'", n, layer, j)


def weight_gradient(p, layer, j, i):
    return p.reduced([p("delta", n, layer, j) * p("a", n, layer - 1, i) for n in p.examples])


def bias_gradient(p, layer, j):
    return p.reduced([p("delta", n, layer, j) for n in p.examples])


def new_weight(p, layer, j, i):
    return p.w(layer, j, i) - p.eta * p("dE/dw", layer, j, i)


def new_bias(p, layer, j):
    return p.b(layer, j) - p.eta * p("dE/db", layer, j)


RIGHT = {
    "z": net_input, "exp": exponential, "S": normaliser, "a": output, "E": loss, "batch E": batch_loss, "dE/da": error,
    "f'": slope, "delta": delta, "dE/dw": weight_gradient, "dE/db": bias_gradient, "w+": new_weight, "b+": new_bias,
}


class Single(float):
    """A 32-bit float: the result of each operation is rounded to one."""

    def __new__(cls, value):
        return super().__new__(cls, struct.unpack("f", struct.pack("f", value))[0])

    __add__ = __radd__ = lambda self, other: Single(float(self) + float(Single(other)))
    __sub__ = lambda self, other: Single(float(self) - float(Single(other)))
    __rsub__ = lambda self, other: Single(float(Single(other)) - float(self))
    __mul__ = __rmul__ = lambda self, other: Single(float(self) * float(Single(other)))
    __truediv__ = lambda self, other: Single(float(self) / float(Single(other)))
    __rtruediv__ = lambda self, other: Single(float(Single(other)) / float(self))
    __neg__ = lambda self: Single(-float(self))
    __abs__ = lambda self: Single(abs(float(self)))


class Made(NamedTuple):
    """A mistake that somebody makes: other formulas for some quantities.

    name, form: those of the library
    wrong:      {quantity: formula}; a formula gives None where the mistake can't be made
    layer, unit: the only layer and the only unit in it where it is made; None for everywhere
    """

    name: str
    form: str
    wrong: dict
    layer: int = None
    unit: int = None

    def formula(self, quantity, place):
        """The wrong formula for this number, or None if it is worked out rightly."""
        layer, unit = (*place[quantity in PER_EXAMPLE:], None, None)[:2]
        if self.layer not in (None, layer) or self.unit not in (None, unit):
            return None
        return self.wrong.get(quantity)


class Habits(NamedTuple):
    """How somebody writes numbers down.

    way:      "full": the next number is worked out with all digits; "carried": from the numbers as written;
              "mixed": now so, now so
    decimals: to which a number is written
    cut:      whether it is cut off there in place of rounded
    scratch:  whether numbers that are not handed in were rounded as well
    coarse:   {address: significant digits} of the few that are written shorter
    single:   whether a program worked with 32-bit floats; its numbers are written with all their digits
    seed:     which numbers of mixed work are worked out from what
    """

    way: str = "full"
    decimals: int = 4
    cut: bool = False
    scratch: bool = False
    coarse: dict = {}
    single: bool = False
    seed: int = 0

    def text(self, address, value):
        """A number as it is written down."""
        if self.single:
            return repr(float(value))
        exact = Decimal(repr(round(float(value), 13)))
        decimals = self.decimals
        if address in self.coarse and exact:
            decimals = min(decimals, max(0, self.coarse[address] - 1 - exact.adjusted()))
        text = f"{exact.quantize(Decimal(1).scaleb(-decimals), ROUND_DOWN if self.cut else ROUND_HALF_UP):f}"
        return text.lstrip("-") if float(text) == 0 else text


class Person:
    """Somebody who works out a problem, with these mistakes and habits; `person("z", n, layer, j)` is a number of theirs.

    Each number is known with all digits (`FULL`), and as this person goes on with it (`OWN`).
    """

    FULL, OWN = 0, 1

    def __init__(self, problem, mistakes=(), habits=Habits(), handed_in=None):
        self.problem, self.mistakes, self.habits = problem, tuple(mistakes), habits
        self.handed_in = handed_in
        self.last, self.examples = problem.last, range(len(problem.inputs))
        self.number = Single if habits.single else float
        self.places = problem.places()
        self._addresses = {place: address for address, place in self.places.items()}
        self._mode, self._known, self._texts = self.OWN, {}, {}
        self.made = {}  # {address: (position of the mistake made there, wrong, right)}

    def __call__(self, quantity, *place):
        if quantity == "a" and place[1] == 0:
            return self.number(self.problem.inputs[place[0]][place[2]])
        key = (quantity, *place)
        if key not in self._known:
            self._work_out(key)
        return self._known[key][self._mode]

    def value(self, address):
        """A number with all the digits that this person has of it."""
        self(*self.places[address])
        return self._known[self.places[address]][self.FULL]

    def text(self, address):
        """A number as this person writes it down."""
        self(*self.places[address])
        return self._texts[address]

    def sheet(self):
        """{address: text} of all that is handed in."""
        return {address: self.text(address) for address in self.places if self._is_handed_in(address)}

    def right_sheet(self):
        """The same without the mistakes."""
        return Person(self.problem, (), self.habits, self.handed_in).sheet()

    def _is_handed_in(self, address):
        return self.handed_in is None or address in self.handed_in

    def _work_out(self, key):
        mode, habits, address = self._mode, self.habits, self._addresses[key]
        found = []
        for self._mode in (self.FULL,) if habits.way == "full" else (self.FULL, self.OWN):
            found.append(self._by_formula(*key))
        self._mode = mode
        full = found[0]
        if not abs(full) < 1e6:
            raise OverflowError(f"{address} is {full}")
        own = found[-1]
        if habits.way == "mixed":
            own = random.Random(f"{habits.seed} {address}").choice(found)
        self._texts[address] = habits.text(address, own)
        if habits.way != "full" and (habits.scratch or self._is_handed_in(address)):
            own = float(self._texts[address])
        self._known[key] = full, own

    def _by_formula(self, quantity, *place):
        for number, mistake in enumerate(self.mistakes):
            wrong = mistake.formula(quantity, place)
            value = wrong(self, *place) if wrong is not None else None
            if value is not None:
                self.made[self._addresses[(quantity, *place)]] = number, value, RIGHT[quantity](self, *place)
                return value
        return RIGHT[quantity](self, *place)

    # What the formulas read besides

    def units(self, layer):
        return range(self.problem.sizes[layer])

    def w(self, layer, j, i):
        return self.number(self.problem.weights[layer][j][i])

    def b(self, layer, j):
        return self.number(self.problem.biases[layer][j])

    def t(self, n, j):
        return self.number(self.problem.targets[n][j])

    @property
    def eta(self):
        return self.number(self.problem.eta)

    def is_cancelled(self, layer):
        """Whether delta is a - t in this layer."""
        return layer == self.last and self.problem.cancels

    def reduced(self, terms):
        return sum(terms) / len(terms) if self.problem.reduction == "mean" else sum(terms)

    def activate(self, layer, z, activation=None):
        """The output for a net input, by the layer's activation or by another."""
        return {
            "sigmoid": lambda: 1 / (1 + self.exp(-z)), "tanh": lambda: self.number(math.tanh(z)),
            "relu": lambda: z if z > 0 else self.number(0), "linear": lambda: z,
        }[activation or self.problem.activation(layer)]()

    def exp(self, x):
        return self.number(math.exp(x))

    def log(self, x):
        return self.number(math.log(x))
