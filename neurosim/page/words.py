"""What a page says in words: the name of each quantity, and the rule that makes it, as a hint."""

from __future__ import annotations

from neurosim.exercises.practice import SKILLS

# By its quantity what a number is called, of a unit or a connection unless it has none.
NAMES = {
    "a": "output", "w": "weight", "b": "bias", "t": "target", "eta": "learning rate", "z": "net input",
    "largest z": "largest net input", "exp": "power of e", "S": "sum of the powers", "E": "loss",
    "dE/da": "error that arrives", "f'": "slope of the activation", "delta": "delta",
    "dE/dw": "gradient of the weight", "dE/db": "gradient of the bias",
    "mean dE/dw": "mean gradient of the weight", "mean dE/db": "mean gradient of the bias", "mean E": "mean loss",
    "sum dE/dw": "summed gradient of the weight", "sum dE/db": "summed gradient of the bias", "sum E": "summed loss",
    "w+": "new weight", "b+": "new bias", "k": "number of updates before", "scheduled eta": "learning rate of this update",
    "norm": "length of all gradients together", "velocity": "velocity", "velocity+": "new velocity",
    "decayed": "gradient with the weight decay", "clipped": "clipped gradient", "shortened": "shortened gradient",
}
HINTS = {
    **{quantity: words for quantity, (_, words) in SKILLS.items()},
    "exp": "e to the power of the net input, from which the largest of the layer is taken if it is large",
    "S": "add up the powers of the layer's units", "largest z": "the largest net input of the layer",
    "softmax": "the unit's power of e, divided by the sum over the layer",
    "f'": "the derivative of the activation at this unit, from its net input or its output",
    "output error": "the derivative of the loss by this output",
    "dE/da": "add up weight times delta over all connections that leave the unit",
    "sum dE/dw": "add up its gradients over the examples", "sum dE/db": "add up its gradients over the examples",
    "mean E": "the mean of the losses of the examples", "sum E": "add up the losses of the examples",
    "norm": "the root of the sum of the squares of all gradients",
    "": "put the numbers that it is made of into its formula",
}
