"""A batch that goes neuron by neuron gives the numbers of one that goes example by example, bit for bit."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from random_networks import PAIRS, number_of, random_network, targets_for

from neurosim import ACTIVATIONS, LOSSES, OPTIMIZERS, Layer, Network, NonFiniteError
from neurosim.core.batch import Batch, goes_by_neuron, run_by_neuron
from neurosim.core.neuron import Neuron

RECORDS = [name for name in Neuron.__slots__ if name != "activation"]
by_reduction = pytest.mark.parametrize("reduction", ["mean", "sum"])


def random_batch(seed, output=None, loss=None, kind=float):
    """(network, inputs, targets) with one to six examples."""
    network, inputs, targets = random_network(seed, output, loss, kind)
    draw = random.Random(f"batch {seed}")
    more = range(draw.randint(0, 5))
    return (
        network,
        [inputs, *[[number_of(draw, kind) for _ in inputs] for _ in more]],
        [targets, *[targets_for(draw, network, kind) for _ in more]],
    )


def run_by_example(network, inputs, targets, reduction):
    """The batch as `network.py` tells it: losses and outputs; the neurons hold the rest."""
    batch, outputs = Batch(network, reduction), []
    for example, wanted in zip(inputs, targets):
        outputs.append(network.propagate(example))
        network.backpropagate(wanted)
        batch.collect()
    batch.reduce()
    return [network.loss(*pair) for pair in zip(outputs, targets)], outputs


def records(network):
    """All that every neuron holds, as text, which tells -0.0 from 0.0 and a list from a tuple."""
    return [repr(getattr(neuron, name)) for layer in network.layers for neuron in layer.neurons for name in RECORDS]


def check_alike(network, inputs, targets, reduction):
    other = network.copy()
    by_neuron = run_by_neuron(network, inputs, targets, reduction)
    assert repr(by_neuron) == repr(run_by_example(other, inputs, targets, reduction))
    assert records(network) == records(other)


@by_reduction
@pytest.mark.parametrize("output, loss", PAIRS)
def test_a_batch_by_neuron_is_a_batch_by_example(output, loss, reduction):
    for seed in range(12):
        check_alike(*random_batch(seed, output, loss), reduction)


@by_reduction
@pytest.mark.parametrize("kind", [Decimal, Fraction, int])
def test_a_batch_by_neuron_takes_any_kind_of_number(kind, reduction):
    for seed, output in enumerate(["linear", "softmax", "relu", "softsign", "tanh"]):
        check_alike(*random_batch(seed, output, "half_squared_error", kind), reduction)


def test_softmax_in_a_hidden_layer_goes_by_neuron():
    network = Network(2, [Layer(3, "softmax"), Layer(2, "softmax"), Layer(2)], seed=1)
    assert goes_by_neuron(network)
    check_alike(network, [[0.5, 1.0], [-1.5, 0.25]], [[0, 1], [1, 0]], "mean")


def test_a_neuron_gets_an_activation_of_its_own_right():
    network = Network(2, [Layer(2), Layer(1)], seed=1)
    network["h2"].activation = ACTIVATIONS.make("tanh")
    check_alike(network, [[0.5, 1.0], [-1.5, 0.25]], [[0], [1]], "mean")


def trained(seed, optimizer, batch_size, reduction):
    """What a training leaves: the history, the neurons, and what the optimizer remembers."""
    network, inputs, targets = random_batch(seed, *PAIRS[seed % len(PAIRS)])
    optimizer = OPTIMIZERS[optimizer](0.01)
    try:
        history = network.fit(
            inputs, targets, epochs=3, batch_size=batch_size, optimizer=optimizer, reduction=reduction, metrics=["mse"]
        )
    except NonFiniteError as error:  # as of exponential outputs
        return goes_by_neuron(network), str(error)
    memory = [repr(numbers) for numbers in optimizer.memory.values()]
    return goes_by_neuron(network), repr(history.columns), records(network), optimizer.updates, memory


@by_reduction
@pytest.mark.parametrize("batch_size", [2, "all"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_fit_by_neuron_is_fit_by_example(optimizer, batch_size, reduction, monkeypatch):
    for seed in range(0, 60, 3):
        went_by_neuron, *by_neuron = trained(seed, optimizer, batch_size, reduction)
        with monkeypatch.context() as patch:
            patch.setattr("neurosim.training.run.goes_by_neuron", lambda network: False)
            _, *by_example = trained(seed, optimizer, batch_size, reduction)
        assert went_by_neuron and by_neuron == by_example, seed


# What is a user's own goes example by example: another order of its calls might give other numbers

class OwnNetwork(Network):
    def backpropagate(self, targets):
        super().backpropagate(targets)


class OwnNeuron(Neuron):
    __slots__ = ()

    def compute_delta(self):
        super().compute_delta()
        self.delta *= 0.5


class OwnLayer(Layer):
    __slots__ = ()

    def make_neurons(self, fan_in, random):
        made = super().make_neurons(fan_in, random)
        return [OwnNeuron(neuron.weights, neuron.bias, neuron.activation, neuron.trainable_bias) for neuron in made]


class Sequence(ACTIVATIONS["tanh"]):
    """Lets every second number through, as dropout might: what a neuron sends on depends on all calls before."""

    calls = 0

    def __call__(self, net_input):
        self.calls += 1
        return super().__call__(net_input) * (self.calls % 2)


class OwnLoss(LOSSES["huber"]):
    def derivative(self, output, target, size):
        return 2 * super().derivative(output, target, size)


def network_of(layer=Layer, activation="tanh", network=Network, loss="huber"):
    return network(2, [layer(3, activation), Layer(2)], loss=loss, seed=1)


@pytest.mark.parametrize(
    "own",
    [{"network": OwnNetwork}, {"layer": OwnLayer}, {"activation": Sequence}, {"loss": OwnLoss}],
    ids=lambda own: str(*own),
)
def test_a_class_of_ones_own_goes_example_by_example(own):
    inputs, targets = [[0.5, 1.0], [-1.5, 0.25], [0.0, 2.0]], [[0, 1], [1, 0], [1, 1]]
    by_fit, by_hand = network_of(**own), network_of(**own)
    for network in (by_fit, by_hand):
        network.forward(inputs[0])
        network.backward(targets[0])  # as fit does at its beginning, so that what counts calls has counted as many
    assert not goes_by_neuron(by_fit) and goes_by_neuron(network_of())
    by_fit.fit(inputs, targets, batch_size=3, optimizer="adam", shuffle=False)
    by_hand.forward(inputs[0])
    run_by_example(by_hand, inputs, targets, "mean")
    by_hand.update("adam")
    assert records(by_fit) == records(by_hand)


@pytest.mark.parametrize(
    "cls, verb",
    [
        (Network, "propagate"), (Layer, "compute_hidden_deltas"), (Neuron, "forward"),
        (ACTIVATIONS["tanh"], "__call__"), (LOSSES["huber"], "term"),
    ],
)
def test_a_built_in_class_that_was_patched_goes_example_by_example(cls, verb, monkeypatch):
    original = getattr(cls, verb)
    monkeypatch.setattr(cls, verb, lambda *arguments: original(*arguments))
    assert not goes_by_neuron(network_of())


def test_an_object_that_was_patched_goes_example_by_example():
    network = network_of()
    network.layers[0].activation.derivative = lambda net_input, output: 1 - output * output
    assert not goes_by_neuron(network)


def test_a_number_that_is_not_finite_is_named_as_example_by_example():
    def message(**own):
        network = network_of(activation="linear", **own)
        network["h2"].weights = [2.0, 0.0]
        with pytest.raises(NonFiniteError) as caught:
            network.fit([[1.0, 2.0], [1e308, 1.0]], [[0, 1], [0, 1]], batch_size=2, shuffle=False)
        return str(caught.value)

    assert message() == message(network=OwnNetwork) == "z[h2] is not finite: inf, example 2, epoch 1"
