"""A model elsewhere and a problem here, on the same examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from neurosim.core.activations import Linear
from neurosim.frameworks.comparison import Comparison, compared
from neurosim.frameworks.observe import Observer
from neurosim.frameworks.seen import SeenLayer, Step
from neurosim.support.errors import InputError

if TYPE_CHECKING:
    from neurosim.problems.problem_file import Problem


def same_as(model: Any, problem: Problem, inputs: list[Any], targets: list[Any]) -> Comparison:
    """The `Comparison` of a PyTorch model's pass, forward and back from our gradients, with the problem's own.

    First the model by itself, so that a mistake in it is named; then its numbers with ours. Its gradients stay as they were.
    """
    ours = _ours(problem.network, inputs, targets)
    activations = [layer.activation for layer in problem.network.layers]
    observer = Observer(model, None, None, None, activations)
    if len(observer._linear) != len(activations):
        raise InputError(f"the model has {len(observer._linear)} Linears, and the problem {len(activations)} layers")
    parameters = list(observer.model.parameters())
    kept = [None if one.grad is None else one.grad.clone() for one in parameters]
    try:
        with observer:
            outputs = model(parameters[0].new_tensor(inputs))
            gives_logits = observer.gives_net_inputs and not problem.network.layers[-1].activation == Linear()
            last = ours.layers[-1]
            outputs.backward(outputs.detach().new_tensor(last.deltas if gives_logits else last.output_gradients))
    finally:
        for one, gradient in zip(parameters, kept):
            one.grad = gradient
    if gives_logits:
        observer.step.layers[-1].outputs_are_inside()
        observer.step.layers[-1].filled_up()
    own = observer.compare()
    return own if not own else compared(observer.step, ours)


def _ours(network, inputs, targets):
    """Our pass over all examples, with the sum of their gradients, as a step that was seen."""
    made = network.copy()
    layers = [SeenLayer("here", layer.activation, layer.weights, layer.biases, []) for layer in made.layers]
    for one in layers:
        one.net_inputs, one.outputs, one.output_gradients, one.deltas = [], [], [], []
    for row, wanted in zip(inputs, targets):
        made.forward(row)
        made.backward(wanted)
        for one, layer in zip(layers, made.layers):
            neurons = layer.neurons
            one.inputs.append(list(neurons[0].inputs))
            one.net_inputs.append([neuron.net_input for neuron in neurons])
            one.outputs.append([neuron.output for neuron in neurons])
            one.deltas.append([neuron.delta for neuron in neurons])
            one.output_gradients.append([neuron.output_gradient for neuron in neurons])
    last, size = layers[-1], len(layers[-1].weights)
    pairs = zip(last.outputs, targets)
    last.output_gradients = [[network.loss.derivative(a, t, size) for a, t in zip(*pair)] for pair in pairs]
    return Step(layers)
