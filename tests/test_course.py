"""A shuffled training again, pass by pass: as a trace, in batches, and under the debugger."""

import random

import pytest
from random_networks import random_network, targets_for

import neurosim as ns
from neurosim import Layer, Network
from neurosim.core.examples import Orders, new_order
from neurosim.debugger.session import Session
from neurosim.trace.batches import Batches

OPTIMIZERS = [
    ns.SGD(0.1), ns.SGD(0.05, order="sequential"), ns.SGD(0.1, clip_norm=0.5), ns.Momentum(0.05),
    ns.Nesterov(0.05, schedule="exponential"), ns.Adagrad(0.1), ns.RMSprop(0.01), ns.Adam(0.02, l1=0.001),
]
PAIRS = [
    (number, size) for number, optimizer in enumerate(OPTIMIZERS) for size in (1, 2, 5, "all")
    if size == 1 or optimizer.order == "simultaneous"
]


def examples_for(network, seed, count=7):
    draw = random.Random(seed)
    inputs = [[draw.uniform(-1, 1) for _ in network.input_names] for _ in range(count)]
    return inputs, [targets_for(draw, network) for _ in range(count)]


def parameters(network):
    return [(list(neuron.weights), neuron.bias) for layer in network.layers for neuron in layer.neurons]


def trained(monkeypatch, network, *examples, **settings):
    """The weights and biases after every update of a training by `fit`."""
    found = []
    for verb in ("descend", "descend_sequentially"):
        original = getattr(Network, verb)

        def descend(self, optimizer, original=original):
            original(self, optimizer)
            found.append(parameters(self))

        monkeypatch.setattr(Network, verb, descend)
    network.fit(*examples, **settings)
    monkeypatch.undo()
    return found


@pytest.mark.parametrize("number, size", PAIRS)
def test_at_every_update_the_weights_are_those_of_the_training(monkeypatch, number, size):
    optimizer = OPTIMIZERS[number]
    for seed in range(number, number + 3):
        network, _, _ = random_network(seed, "sigmoid", "half_squared_error")
        examples = examples_for(network, seed)
        settings = {"epochs": 5, "optimizer": optimizer, "batch_size": size, "shuffle": True}
        batches, trace = Batches(network, *examples, **settings), network.trace(*examples, **settings)
        session = Session(network, *examples, **settings)
        settings["optimizer"] = ns.OPTIMIZERS.make(ns.OPTIMIZERS.describe(optimizer))
        after = trained(monkeypatch, network, *examples, **settings)
        assert len(after) == len(batches) and parameters(trace.after) == after[-1]
        updates = list(range(len(batches)))
        for update in updates[-1:] + random.Random(seed).sample(updates, len(updates)):
            assert parameters(batches[update].after) == after[update]
        assert trace.verify()
        for update in random.Random(seed).sample(updates[1:] or updates, min(4, len(updates) - 1)):
            session.goto(f"update {update + 1}")
            assert weights_here(session, network) == [weights for weights, _ in after[update - 1]]


def weights_here(session, network):
    """The weights that the present pass reads, as the debugger has them."""
    return [
        [session.evaluate(f"w[{source}->{name}]") for source in sources]
        for names, sources, _ in network.named_layers() for name in names
    ]


def test_an_order_is_that_of_the_network_s_random_numbers_wherever_it_is_asked_for_first():
    random_numbers = random.Random(3)
    right = [new_order(5, random_numbers) for _ in range(200)]
    orders, draw = Orders(5, random.Random(3)), random.Random(1)
    for epoch in [199, 0, 64, 63, 65, 64, *draw.sample(range(200), 200)]:
        assert orders[epoch] == right[epoch]
    assert list(Orders(3)[7]) == [0, 1, 2]


def test_a_trace_that_is_not_shuffled_has_the_examples_as_they_stand():
    network = Network(1, [Layer(1)], seed=1)
    trace = network.trace([[1.0], [2.0], [3.0]], epochs=2)
    assert [trace[f"a[x1]@{number}"].value for number in range(1, 7)] == [1, 2, 3, 1, 2, 3]
    shuffled = network.trace([[1.0], [2.0], [3.0]], epochs=2, shuffle=True)
    orders = Orders(3, network.random)
    expected = [number + 1.0 for epoch in range(2) for number in orders[epoch]]
    assert [shuffled[f"a[x1]@{number}"].value for number in range(1, 7)] == expected


def test_the_random_numbers_of_the_network_stay_as_they_are():
    network = Network(1, [Layer(1)], seed=1)
    state = network.random.getstate()
    network.trace([[1.0], [2.0]], epochs=3, shuffle=True)
    assert network.random.getstate() == state


def test_an_error_names_the_example_by_its_place_and_not_by_its_turn():
    network = Network(1, [Layer(1, "linear", weights=[[1.0]], bias=False)], seed=2)
    inputs, targets = [[1.0], [1.0], [1e200]], [[0.0]] * 3
    with pytest.raises(ns.NonFiniteError, match="example 3, epoch 1"):
        network.trace(inputs, targets, ns.SGD(0.1), epochs=3, shuffle=True)


def test_shuffle_is_yes_or_no():
    with pytest.raises(ns.InputError, match="shuffle must be True or False, got 'yes'"):
        Network(1, [Layer(1)]).trace([[1.0]], shuffle="yes")
