"""What stands between two Linears that ran: an activation, by its module or by the numbers on both sides of it."""

from __future__ import annotations

from math import inf, isfinite, log

from neurosim.core.activations import ACTIVATIONS
from neurosim.frameworks.pytorch import DROPOUTS, TRANSPARENT, described, kind
from neurosim.frameworks.seen import bits_of, outputs_of
from neurosim.support.errors import InputError, shown

GUESSES = (  # what a function between two Linears may be, the plainest first
    "linear", "relu", "sigmoid", "tanh", "softmax", "leaky_relu", {"name": "leaky_relu", "alpha": 0.2}, "elu", "selu",
    "swish", "gelu", "softplus", "softsign", "hard_sigmoid", "exponential",
)


def activations_between(layer, between, means):
    """What may stand behind a Linear, by its module or by its numbers; `means` is of the loss behind it.

    Raises InputError, with what stands there, unless all of the layer's outputs are those of the activation.
    """
    for one in between:
        if kind(one.module) in DROPOUTS and one.module.training and one.module.p:
            raise InputError(
                f"{shown(one.label)} drops units by chance in training mode; call model.eval(), or watch the part behind it"
            )
    modules = [one for one in between if kind(one.module) not in (*DROPOUTS, *TRANSPARENT)]
    if means is not None and means.output is not None:
        return [_inside(layer, modules, means)]
    names = GUESSES
    if len(modules) == 1:
        names = (described(modules[0]),)  # which refuses what is not known
    if layer.outputs is None:
        return names[:1]
    if list(map(len, layer.outputs)) != list(map(len, layer.net_inputs)):
        raise InputError(f"what follows {shown(layer.label)} takes other numbers than it gives{_named(modules)}")
    fitting = [name for name in names if _gives_all(layer, ACTIVATIONS.make(name))]
    if not fitting:
        raise InputError(
            f"what {shown(layer.label)}'s numbers go through is no activation that is known here, or more than one"
            f"{_named(modules)}; say with activations=[...] which it should be, or watch another part"
        )
    return fitting


def _named(modules):
    return "".join(f"; there stands {shown(one.label)}, a {shown(kind(one.module))}" for one in modules[:1])


def _inside(layer, modules, means):
    """The activation inside the loss, behind whose logits, or their logarithms, nothing else stands."""
    names, activation = [kind(one.module) for one in modules], ACTIVATIONS.make(means.output)
    if means.ends:  # logarithms, by a module or a function
        expected = [[log(a) if a > 0 else -inf for a in row] for row in outputs_of(activation, layer.net_inputs)]
    else:
        expected = layer.net_inputs
    if layer.outputs is None or _are_alike(layer.outputs, expected, bits_of(layer.weights)):
        return means.output
    wanted, got = means.ends[0] if means.ends else "nothing", " and ".join(names) or "something else"
    raise InputError(f"the loss has the {means.output} inside: expected {wanted} behind the last Linear, got {got}")


def _gives_all(layer, activation):
    """Whether an activation gives all of a layer's outputs."""
    return _are_alike(layer.outputs, outputs_of(activation, layer.net_inputs), bits_of(layer.weights), layer.net_inputs)


def _are_alike(rows, expected, bits, net_inputs=None):
    """Whether two matrices are the same to so many bits, as far as their numbers are finite."""
    for number, (own, wanted) in enumerate(zip(rows, expected)):
        finite = [abs(value) for value in wanted if isfinite(value)]
        zs = net_inputs[number] if net_inputs else wanted
        for a, right, z in zip(own, wanted, zs):
            if isfinite(a) and isfinite(right) and abs(a - right) > bits * max(*finite, abs(z)):
                return False
    return True
