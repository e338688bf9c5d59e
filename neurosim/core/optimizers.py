"""Optimizers: what an update makes of the gradients.

    w:   a weight or a bias, such as 0.15
    g:   its gradient dE/dw or dE/db, such as 0.0004
    eta: the learning rate of this update, such as 0.5
    t:   the number of this update: 1, 2, 3, ...

An optimizer is a list of formulas. Each works out one quantity from earlier ones; the last works out `w+`, the new
weight. What `state` names, such as a velocity, is remembered for each weight, in one plain list a neuron: it is 0 at the
start, and `velocity+` replaces it after each update. Where programs go different ways, a setting chooses among formulas.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Callable, Mapping, NamedTuple

from neurosim.core.schedules import SCHEDULES
from neurosim.formula.formula import formula, name
from neurosim.formula.values import function
from neurosim.support import checks
from neurosim.support.errors import InputError, nearest, shorten
from neurosim.support.numeric import as_kind, sqrt
from neurosim.support.records import documented
from neurosim.support.registry import Named, Registry

if TYPE_CHECKING:
    from typing import Type, Union

    from neurosim.core.network import Network
    from neurosim.core.neuron import Neuron
    from neurosim.core.schedules import AnySchedule
    from neurosim.support.types import Description, Number

    AnyOptimizer = Union[str, Description, "Optimizer", Type["Optimizer"]]  # by name, by description, or an object

ORDERS = ("simultaneous", "sequential")
EPSILON_AT = ("outside", "inside")  # the root: sqrt(v) + epsilon, or sqrt(v + epsilon)
READABLE = ("w", "g", "eta", "t")  # by every formula
TAKEN = (  # what else has a name in a trace
    *READABLE, "norm", "k", "a", "b", "z", "E", "S", "exp", "delta", "decayed", "clipped", "shortened",
)
CONDITIONS = ("comparison", "and", "or", "not")


@documented
class UpdateRule(NamedTuple):
    """One step of an update: how a number is made from others.

    quantity: what the rule makes, such as "velocity+"
    operands: the names of what it reads; those that are the optimizer's own parameters come first
    formula:  a text with those names in it, or with {0}, {1}, ... in their place
    evaluate: a function from the operands' values to the quantity's
    """

    quantity: str
    operands: tuple[str, ...]
    formula: str
    evaluate: Callable[..., Any]


class Optimizer(Named):
    """The base of every optimizer: works out new weights and biases by its rules.

    learning_rate: above 0; `schedule` (a name, a description or a `Schedule`) lowers it from update to update.
    order: "simultaneous" (all deltas first, then all updates) or "sequential" (a layer is updated before the
    layer below computes its deltas).
    l1, l2: weight decay; gradients of weights become g + l1 sign(w) + l2 w, those of biases only with `decay_biases`.
    decoupled_decay: weights and biases lose this share of themselves, times eta, beside what the gradients do to them
    (Loshchilov and Hutter 2019, which with Adam is AdamW).
    clip_value: no gradient beyond +-clip_value. clip_norm: all gradients together are shortened to this
    Euclidean length if they are longer.

    Raises InputError for settings that are impossible.
    """

    parameters: tuple[str, ...] = (
        "learning_rate", "order", "schedule", "l1", "l2", "clip_value", "clip_norm", "decoupled_decay", "decay_biases",
    )
    state: tuple[str, ...] = ()  # what is remembered of each weight from one update to the next
    squares: tuple[str, ...] = ()  # of these, the sums of squares, which are never negative
    starts: Mapping[str, str] = {}  # of these, the parameters that say where they start, if not at 0
    formulas: Mapping[str, str] = {}  # by quantity, in order; they read w, g, eta, t, parameters, state
    choices: tuple[str, ...] = ()  # the settings that choose other formulas
    variants: Mapping[tuple[Any, ...], Mapping[str, str]] = {}  # the formulas by the values of these, if not as usual

    def __init__(
        self, learning_rate: Number = 0.1, order: str = "simultaneous", schedule: AnySchedule = "constant",
        l1: Number = 0, l2: Number = 0, clip_value: Number | None = None, clip_norm: Number | None = None,
        decoupled_decay: Number = 0, decay_biases: bool = False,
    ) -> None:
        self.learning_rate = checks.positive(learning_rate, "learning_rate")
        self.order, self.schedule = checks.known("update order", order, ORDERS), SCHEDULES.make(schedule)
        self.l1, self.l2 = checks.not_negative(l1, "l1"), checks.not_negative(l2, "l2")
        self.clip_value = clip_value if clip_value is None else checks.positive(clip_value, "clip_value")
        self.clip_norm = clip_norm if clip_norm is None else checks.positive(clip_norm, "clip_norm")
        self.decoupled_decay = checks.not_negative(decoupled_decay, "decoupled_decay")
        self.decay_biases = checks.yes_or_no(decay_biases, "decay_biases")
        if clip_norm is not None and order == "sequential":
            raise InputError("clip_norm needs all gradients before the first update, so not the order 'sequential'")
        if clip_norm is not None and (l1 or l2 or clip_value):
            raise InputError("clip_norm takes the gradients as they are, so not together with l1, l2 or clip_value")
        self.forget()

    def forget(self) -> None:
        """Start afresh: no updates made, nothing remembered."""
        self.updates: int = 0
        self.memory: dict[Any, Any] = {}
        self.eta: Any = None
        self.norm: Any = None  # set by every update

    def snapshot(self) -> dict[str, Any]:
        """All that an update changes, to put it back by: `vars(optimizer).update(snapshot)`."""
        return {**vars(self), "memory": dict(self.memory)}

    def rules(self, g: str, like: Number) -> list[UpdateRule]:
        """The rules that lead to `w+`; `g` names the gradient to read, `like` is a number of the network's kind."""
        return [update_rule(quantity, text, g, self.parameters) for quantity, text in self.chosen_formulas().items()]

    def chosen_formulas(self) -> Mapping[str, str]:
        """The formulas by which it works with its settings."""
        usual = checked_formulas(type(self))  # type: ignore[arg-type]  # a class, which has a hash of its own
        return self.variants.get(tuple([getattr(self, choice) for choice in self.choices]), usual)

    def all_rules(self, is_weight: bool, like: Number) -> list[UpdateRule]:
        """The rules for decay and clipping, followed by `rules`."""
        g, before, decay = "g", [], ""
        if is_weight or self.decay_biases:
            decay = " + ".join(["l1*sign(w)"] * bool(self.l1) + ["l2*w"] * bool(self.l2))
        for is_asked_for, quantity, text in (
            (decay, "decayed", f"g + {decay}"),
            (self.clip_value is not None, "clipped", "max(-clip_value, min(clip_value, g))"),
            (self.clip_norm is not None, "shortened", "g * min(1, clip_norm / norm)"),
        ):
            if is_asked_for:
                before.append(update_rule(quantity, text, g, self.parameters))
                g = quantity
        if self.clip_norm is not None:
            before[-1] = before[-1]._replace(evaluate=_shortened)
        rules = [*before, *self.rules(g, like)]
        if self.decoupled_decay:
            rules[-1] = _with_decoupled_decay(rules[-1], self.parameters)
        return rules

    def begin_update(self, network: Network) -> None:
        """Count the update, and work out what all weights share: the learning rate and the gradients' length."""
        like = network.layers[-1].neurons[0].delta
        self.eta = self.schedule(as_kind(self.learning_rate, like), self.updates)
        self.updates += 1
        if self.clip_norm is not None:
            self.norm = sqrt(sum([
                gradient * gradient
                for layer in network.layers for neuron in layer.neurons
                for gradient in (*neuron.weight_gradients, *([neuron.bias_gradient] * neuron.trainable_bias))
            ]))

    def new_weights(self, neuron: Neuron) -> list[Number]:
        """The neuron's next weights, in a new list."""
        return self._work_out((neuron, "weights"), neuron.weights, neuron.weight_gradients)

    def new_bias(self, neuron: Neuron) -> Number:
        """The neuron's next bias."""
        return self._work_out((neuron, "bias"), [neuron.bias], [neuron.bias_gradient])[0]

    def remembered(self, neuron: Neuron, part: str, size: int) -> dict[str, list[Number]]:
        """What is remembered of a neuron's "weights" or "bias": a list of `size` numbers for each name in `state`."""
        return self.memory.get((neuron, part)) or {name: [self._start(name, neuron)] * size for name in self.state}

    def _start(self, name, neuron):
        return as_kind(getattr(self, self.starts[name]), neuron.weights[0]) if name in self.starts else 0

    def _work_out(self, place, numbers, gradients):
        neuron, part = place
        size, like = len(numbers), gradients[0]  # a list of `size` numbers for each name: one for each weight
        values = {
            "w": numbers, "g": gradients, **self.remembered(neuron, part, size),
            "eta": [self.eta] * size, "t": [self.updates] * size, "norm": [self.norm] * size,
        }
        for rule in self.all_rules(part == "weights", like):
            for operand in rule.operands:
                if operand not in values:
                    values[operand] = [as_kind(getattr(self, operand), like)] * size
            values[rule.quantity] = list(map(rule.evaluate, *[values[operand] for operand in rule.operands]))
        self.memory[place] = {name: values[f"{name}+"] for name in self.state}
        return values["w+"]


class SGD(Optimizer):
    """Gradient descent.

    On step units with the perceptron loss this is the perceptron rule.
    """

    name = "sgd"
    formulas = {"w+": "w - eta*g"}

    # The fast path: plain gradient descent needs none of what other optimizers, decay and clipping go through.

    def begin_update(self, network: Network) -> None:
        super().begin_update(network)
        own_rules = type(self).rules is not SGD.rules or self.formulas is not SGD.formulas
        self.takes_detour = bool(
            own_rules or self.l1 or self.l2 or self.clip_value or self.clip_norm or self.decoupled_decay
        )

    def new_weights(self, neuron: Neuron) -> list[Number]:
        if self.takes_detour:
            return super().new_weights(neuron)
        eta, delta = self.eta, neuron.delta
        if neuron.batch_gradients is not None:
            return [w - eta * g for w, g in zip(neuron.weights, neuron.weight_gradients)]
        return [w - eta * (delta * x) for w, x in zip(neuron.weights, neuron.inputs)]  # delta * x is dE/dw

    def new_bias(self, neuron: Neuron) -> Number:
        if self.takes_detour:
            return super().new_bias(neuron)
        gradient = neuron.delta if neuron.batch_gradients is None else neuron.bias_gradient
        return neuron.bias - self.eta * gradient


class Momentum(Optimizer):
    """Gradient descent with momentum (Polyak 1964; Rumelhart and others 1986).

    eta_in: "velocity", which then is a change of the weight, or "step", where the update multiplies the velocity by eta,
    as PyTorch has it: another computation only under a schedule.
    dampening: from the second update on, (1 - dampening) of a gradient enters the velocity; only with eta_in="step".
    """

    name = "momentum"
    parameters = (*Optimizer.parameters, "momentum", "eta_in", "dampening")
    state = ("velocity",)
    formulas = {
        "velocity+": "momentum*velocity - eta*g",
        "w+": "w + velocity+",
    }
    choices = ("eta_in", "is_damped")
    variants = {
        ("step", False): {
            "velocity+": "momentum*velocity + g",
            "w+": "w - eta*velocity+",
        },
        ("step", True): {
            "velocity+": "g if t == 1 else momentum*velocity + (1 - dampening)*g",
            "w+": "w - eta*velocity+",
        },
    }

    def __init__(
        self, learning_rate: Number = 0.1, momentum: Number = 0.9, eta_in: str = "velocity", dampening: Number = 0,
        **settings: Any,
    ) -> None:
        self.momentum = checks.below_one(momentum, "momentum")
        self.eta_in = checks.known("place of eta", eta_in, ("velocity", "step"))
        self.dampening = checks.below_one(dampening, "dampening")
        if dampening and (eta_in, self.is_damped) not in self.variants:
            raise InputError(f'dampening needs a {Momentum.name} optimizer with eta_in="step"')
        super().__init__(learning_rate, **settings)

    @property
    def is_damped(self) -> bool:
        """Whether only a part of each gradient enters the velocity."""
        return bool(self.dampening)


class Nesterov(Momentum):
    """Nesterov's momentum (Nesterov 1983, as Bengio and others 2013); `eta_in` as for `Momentum`."""

    name = "nesterov"
    formulas = {
        "velocity+": "momentum*velocity - eta*g",
        "w+": "w + momentum*velocity+ - eta*g",
    }
    variants = {
        ("step", False): {
            "velocity+": "momentum*velocity + g",
            "w+": "w - eta*(g + momentum*velocity+)",
        },
    }


class Adagrad(Optimizer):
    """A learning rate for each weight, which the squares of all its gradients so far make smaller.

    Duchi, Hazan and Singer 2011, section 1.1, with the epsilon of Goodfellow and others, algorithm 8.4.
    initial_accumulator: what the sum of squares starts with. epsilon_at: "outside" the root or "inside".
    """

    name = "adagrad"
    parameters = (*Optimizer.parameters, "epsilon", "initial_accumulator", "epsilon_at")
    state = squares = ("G",)
    starts = {"G": "initial_accumulator"}
    formulas = {
        "G+": "G + g^2",
        "w+": "w - eta*g / (sqrt(G+) + epsilon)",
    }
    choices = ("epsilon_at",)
    variants = {
        ("inside",): {
            "G+": "G + g^2",
            "w+": "w - eta*g / sqrt(G+ + epsilon)",
        },
    }

    def __init__(
        self, learning_rate: Number = 0.01, epsilon: Number = 1e-7, initial_accumulator: Number = 0,
        epsilon_at: str = "outside", **settings: Any,
    ) -> None:
        self.epsilon = checks.positive(epsilon, "epsilon")
        self.initial_accumulator = checks.not_negative(initial_accumulator, "initial_accumulator")
        self.epsilon_at = checks.known("place of epsilon", epsilon_at, EPSILON_AT)
        super().__init__(learning_rate, **settings)


class RMSprop(Optimizer):
    """A learning rate for each weight, which the squares of its recent gradients make smaller.

    Tieleman and Hinton 2012, lecture 6.5, with an epsilon against division by 0: "outside" the root or "inside".
    """

    name = "rmsprop"
    parameters = (*Optimizer.parameters, "rho", "epsilon", "epsilon_at")
    state = squares = ("v",)
    formulas = {
        "v+": "rho*v + (1 - rho)*g^2",
        "w+": "w - eta*g / (sqrt(v+) + epsilon)",
    }
    choices = ("epsilon_at",)
    variants = {
        ("inside",): {
            "v+": "rho*v + (1 - rho)*g^2",
            "w+": "w - eta*g / sqrt(v+ + epsilon)",
        },
    }

    def __init__(
        self, learning_rate: Number = 0.001, rho: Number = 0.9, epsilon: Number = 1e-7, epsilon_at: str = "outside",
        **settings: Any,
    ) -> None:
        self.rho, self.epsilon = checks.below_one(rho, "rho"), checks.positive(epsilon, "epsilon")
        self.epsilon_at = checks.known("place of epsilon", epsilon_at, EPSILON_AT)
        super().__init__(learning_rate, **settings)


class Adam(Optimizer):
    """Adaptive moments, corrected for their start at 0 (Kingma and Ba 2015, algorithm 1).

    bias_correction: False leaves the moments as they are. epsilon_at: "outside" the root, "inside", or "uncorrected",
    beside the root of the uncorrected v, as at the end of their section 2 and in Keras and scikit-learn.
    """

    name = "adam"
    parameters = (*Optimizer.parameters, "beta1", "beta2", "epsilon", "bias_correction", "epsilon_at")
    state, squares = ("m", "v"), ("v",)
    moments = {
        "m+": "beta1*m + (1 - beta1)*g",
        "v+": "beta2*v + (1 - beta2)*g^2",
    }
    corrected = {
        "m_hat": "m+ / (1 - beta1^t)",
        "v_hat": "v+ / (1 - beta2^t)",
    }
    formulas = {**moments, **corrected, "w+": "w - eta*m_hat / (sqrt(v_hat) + epsilon)"}
    choices = ("bias_correction", "epsilon_at")
    variants = {
        (True, "inside"): {**moments, **corrected, "w+": "w - eta*m_hat / sqrt(v_hat + epsilon)"},
        (True, "uncorrected"): {
            **moments,
            "m_hat": "m+ / (1 - beta1^t)",
            "w+": "w - eta*m_hat*sqrt(1 - beta2^t) / (sqrt(v+) + epsilon)",
        },
        (False, "outside"): {**moments, "w+": "w - eta*m+ / (sqrt(v+) + epsilon)"},
        (False, "inside"): {**moments, "w+": "w - eta*m+ / sqrt(v+ + epsilon)"},
    }

    def __init__(
        self, learning_rate: Number = 0.001, beta1: Number = 0.9, beta2: Number = 0.999, epsilon: Number = 1e-8,
        bias_correction: bool = True, epsilon_at: str = "outside", **settings: Any,
    ) -> None:
        self.beta1, self.beta2 = checks.below_one(beta1, "beta1"), checks.below_one(beta2, "beta2")
        self.epsilon = checks.positive(epsilon, "epsilon")
        self.bias_correction = checks.yes_or_no(bias_correction, "bias_correction")
        self.epsilon_at = checks.known("place of epsilon", epsilon_at, (*EPSILON_AT, "uncorrected"))
        if not bias_correction and epsilon_at == "uncorrected":
            raise InputError('without bias_correction nothing is corrected: epsilon_at must be "outside" or "inside"')
        super().__init__(learning_rate, **settings)


@lru_cache(maxsize=None)
def update_rule(quantity, text, g, parameters):
    """The rule that makes a quantity by a formula, in which `g` is the gradient to read."""
    expression = formula(text).put({"g": name(g)})
    operands = tuple(sorted(expression.names, key=lambda name: name not in parameters))
    return UpdateRule(quantity, operands, str(expression), function(expression, operands))


@lru_cache(maxsize=None)
def _with_decoupled_decay(rule, parameters):
    """The rule that makes a new weight, from one that loses a share of itself."""
    written = formula(rule.formula.format(*rule.operands)).put({"w": formula("w - eta*decoupled_decay*w")})
    return update_rule(rule.quantity, str(written), "g", parameters)


@lru_cache(maxsize=None)
def checked_formulas(kind: Type[Optimizer]) -> Mapping[str, str]:
    """The formulas of a class of optimizers, each of which reads what there is before it.

    Raises InputError, which names the class and the formula.
    """
    formulas, state = kind.formulas, kind.state
    if not isinstance(formulas, dict) or list(formulas)[-1:] != ["w+"]:
        raise InputError(f'{kind.__name__}: formulas must be a dict whose last key is "w+", got {shorten(formulas)}')
    if not isinstance(state, (tuple, list)):
        raise InputError(f"{kind.__name__}: state must be a tuple of names, got {shorten(state)}")
    for quantity in (*state, *list(formulas)[:-1]):
        word = str(quantity).removesuffix("+")
        if not word.isidentifier() or word in TAKEN:
            raise InputError(f"{kind.__name__}: {shorten(quantity)} cannot be the name of a quantity of its own")
    for quantity in state:
        if f"{quantity}+" not in formulas:
            raise InputError(f"{kind.__name__}: state names {quantity!r}, so formulas must have one for '{quantity}+'")
    known = [*READABLE, *[name for name in kind.parameters if name not in Optimizer.parameters], *state]
    for quantity, text in formulas.items():
        _check_formula(f"{kind.__name__}, formula of {quantity}", text, known, kind.parameters)
        known.append(quantity)
    return formulas


def _check_formula(place, text, known, parameters):
    if not isinstance(text, str):
        raise InputError(f"{place}: expected a text, got {shorten(text)}")
    try:
        names, is_condition = formula(text).names, formula(text).kind in CONDITIONS
        for each in names:
            if each not in known:
                raise InputError(f"unknown name {each!r}{nearest(each, known)}")
        update_rule("", text, "g", parameters)
    except InputError as error:
        raise InputError(f"{place}: {error}") from None
    if is_condition or not names:
        raise InputError(f"{place}: {shorten(text)} is {'a condition and no number' if is_condition else 'always the same'}")


def _shortened(clip_norm, g, norm):
    """g * min(1, clip_norm / norm), also where the norm is 0."""
    return g * clip_norm / norm if norm > clip_norm else g


OPTIMIZERS = Registry(
    "optimizer", Optimizer, (SGD, Momentum, Nesterov, Adagrad, RMSprop, Adam),
    {"gradient_descent": "sgd", "gd": "sgd", "nag": "nesterov"},
)
