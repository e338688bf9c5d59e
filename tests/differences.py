"""How far the weights and biases of a network are from those of another program."""

KINKED = ("relu", "leaky_relu", "elu", "selu", "hard_sigmoid")


def difference_of_layers(network, layers):
    """The worst difference, as a part of the layer's largest number; `layers` has (a row for each unit, biases or None)."""
    worst = 0.0
    for layer, (rows, biases) in zip(network.layers, layers):
        there = [[*row, *([] if biases is None else [bias])] for row, bias in zip(rows, biases or [None] * len(rows))]
        here = [[*neuron.weights, *([neuron.bias] if layer.has_bias else [])] for neuron in layer.neurons]
        largest = max(abs(value) for row in there for value in row)
        worst = max([worst, *[abs(a - b) / largest for own, its in zip(here, there) for a, b in zip(own, its)]])
    return worst


def train_here(problem, updates):
    problem.network.fit(problem.inputs, problem.targets, updates, "all", problem.optimizer, False, problem.reduction)


def is_near_a_kink(problem, margin, is_adaptive):
    """Whether a net input, an error or, where its size is divided by, a gradient is near one.

    There 32 bits may come out on the other side. Adam's first step is eta times the sign of each gradient.
    """
    network, trace = problem.network, problem.trace()
    kinked = {name for layer, names in zip(network.layers, network.layer_names) for name in names
              if layer.activation.name in KINKED}
    if any(step.address.startswith("z[") and step.unit in kinked and abs(step.value) < margin for step in trace):
        return True
    gradients = [abs(step.value) for step in trace if step.phase == "gradient" and step.value]
    if is_adaptive and gradients and min(gradients) < margin / 100 * max(gradients):
        return True
    if network.loss.name not in ("mean_absolute_error", "huber"):
        return False
    outputs, edge = network.predict(problem.inputs), getattr(network.loss, "width", 0.0)
    return any(abs(abs(a - t) - edge) < margin for row, goals in zip(outputs, problem.targets) for a, t in zip(row, goals))


def differences_in_32_bits(problem, step_there, difference, is_adaptive):
    """Pairs ("one", after one update) and ("sgd" or "adaptive", after 20), as far as no kink was near on the way."""
    near = False
    for update in range(20):
        near = near or is_near_a_kink(problem, 1e-4, is_adaptive)
        train_here(problem, 1)
        step_there()
        if not near and update in (0, 19):
            yield "one" if update == 0 else "adaptive" if is_adaptive else "sgd", difference(problem.network)
