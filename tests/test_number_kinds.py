"""Fractions stay exact, Decimals keep their digits, and your own class of numbers flows through everything."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from random_networks import PAIRS, random_network

from neurosim import ACTIVATIONS, LOSSES, SGD, InputError, Layer, Network
from neurosim.custom import log


def records(network):
    """Everything that the neurons hold after a pass and an update."""
    for layer in network.layers:
        for neuron in layer.neurons:
            yield from neuron.weights
            yield from (neuron.net_input, neuron.output, neuron.delta)
            if neuron.bias is not None:
                yield neuron.bias


def run(network, inputs, targets, optimizer):
    network.forward(inputs)
    loss = network.backward(targets)
    network.update(optimizer)
    return loss


@pytest.mark.parametrize("hidden", ["linear", "relu", "leaky_relu", "hard_sigmoid", "softsign"])
def test_fractions_stay_fractions(hidden):
    third, seventh = Fraction(1, 3), Fraction(1, 7)
    net = Network(2, [
        Layer(2, hidden, weights=[[third, seventh], [-third, seventh]], biases=[seventh, -third]),
        Layer(1, "linear", weights=[[third, -seventh]], biases=[third]),
    ])
    loss = run(net, [Fraction(2, 5), Fraction(-1, 9)], [Fraction(1, 11)], SGD(0.1))
    assert isinstance(loss, Fraction)
    assert all(isinstance(number, Fraction) for number in records(net))


@pytest.mark.parametrize("activation, targets", [("step", [1, 0]), ("sign", [1, -1])])
def test_a_fraction_perceptron_is_exact(activation, targets):
    weights = [[Fraction(1, 3), Fraction(-1, 3)], [Fraction(1, 7), Fraction(0)]]
    net = Network(2, [Layer(2, activation, weights=weights, biases=[Fraction(0), Fraction(1)])], "perceptron")
    outputs = net.forward([Fraction(1, 3), Fraction(1)])
    assert all(isinstance(output, Fraction) for output in outputs)
    net.backward([Fraction(t) for t in targets])
    net.update(SGD(0.1))
    expected = Fraction(1, 3) - Fraction(1, 10) * (outputs[0] - targets[0]) * Fraction(1, 3)
    assert net["o1"].weights[0] == expected
    assert all(isinstance(number, Fraction) for number in records(net))


def test_a_relu_fraction_network_worked_by_hand():
    """x = 1/2; h = relu(2/3 * 1/2 - 1/6) = 1/6; o = 3/5 * 1/6 = 1/10; target 3/5, so delta_o = -1/2."""
    net = Network(1, [
        Layer(1, "relu", weights=[[Fraction(2, 3)]], biases=[Fraction(-1, 6)]),
        Layer(1, "linear", weights=[[Fraction(3, 5)]], bias=False),
    ])
    assert net.forward([Fraction(1, 2)]) == [Fraction(1, 10)]
    assert net.backward([Fraction(3, 5)]) == Fraction(1, 8)
    assert net["o1"].delta == Fraction(-1, 2) and net["h1"].delta == Fraction(-3, 10)
    assert net["h1"].weight_gradients == [Fraction(-3, 20)]
    net.update(SGD(0.1))
    assert net["h1"].weights == [Fraction(2, 3) + Fraction(3, 200)]


def kinds_agree(output, loss, seed):
    floats = random_network(seed, output, loss)
    run(*floats, SGD(0.1))
    results = []
    for digits in (50, 70):
        with localcontext() as context:
            context.prec = digits
            network, inputs, targets = random_network(seed, output, loss, kind=Decimal)
            run(network, inputs, targets, SGD(0.1))
            results.append(list(records(network)))
    return list(records(floats[0])), results


@pytest.mark.parametrize("output, loss", PAIRS)
def test_decimals_keep_the_digits_of_the_context(output, loss):
    for seed in range(3):
        floats, (fifty, seventy) = kinds_agree(output, loss, seed)
        assert all(isinstance(number, Decimal) for number in fifty)
        for number, more_exact, number_as_float in zip(fifty, seventy, floats):
            scale = max(1, abs(more_exact))
            with localcontext() as context:
                context.prec = 70
                assert abs(number - more_exact) <= scale * Decimal("1e-42")
            assert number_as_float == pytest.approx(float(number), rel=1e-10, abs=1e-12)


class Plain:
    """A number with nothing but + - * /, comparison, and exp, ln and sqrt."""

    def __init__(self, value):
        self.value = value.value if isinstance(value, Plain) else Decimal(repr(value) if isinstance(value, float) else value)

    def exp(self):
        return Plain(self.value.exp())

    def ln(self):
        return Plain(self.value.ln())

    def sqrt(self):
        return Plain(self.value.sqrt())


def give_operators():
    def binary(name):
        return lambda a, b: Plain(getattr(a.value, name)(Plain(b).value))

    def comparison(name):
        return lambda a, b: getattr(a.value, name)(Plain(b).value)

    for name in ("add", "sub", "mul", "truediv"):
        setattr(Plain, f"__{name}__", binary(f"__{name}__"))
        setattr(Plain, f"__r{name}__", binary(f"__r{name}__"))
    for name in ("lt", "le", "gt", "ge", "eq"):
        setattr(Plain, f"__{name}__", comparison(f"__{name}__"))


give_operators()


@pytest.mark.parametrize("output, loss", PAIRS)
def test_a_number_class_of_your_own_flows_through_everything(output, loss):
    for seed in range(2):
        floats = random_network(seed, output, loss)
        run(*floats, SGD(0.1))
        network, inputs, targets = random_network(seed, output, loss, kind=Plain)
        run(network, inputs, targets, SGD(Plain("0.1")))
        for number, number_as_float in zip(records(network), records(floats[0])):
            assert isinstance(number, (Plain, int))
            assert float(getattr(number, "value", number)) == pytest.approx(number_as_float, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
def test_every_activation_takes_every_kind(name):
    activation = ACTIVATIONS.make(name)
    for z in ("-700", "-3", "-0.25", "0", "0.5", "3", "40"):
        wanted = activation(float(z))
        for kind in (Decimal, Fraction, Plain):
            value = activation(kind(z))
            assert float(getattr(value, "value", value)) == pytest.approx(wanted, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_takes_every_kind(name):
    loss, target = LOSSES.make(name), 1
    for a in ("0.25", "0.999"):
        for kind in (Decimal, Fraction, Plain):
            for function in (loss.term, loss.derivative):
                value = function(kind(a), kind(target), 2)
                assert float(getattr(value, "value", value)) == pytest.approx(function(float(a), target, 2), rel=1e-12)


class Bare:
    """A number with arithmetic and an order, and no functions."""

    def __init__(self, value):
        self.value = value

    def _with(operation):
        return lambda self, other: Bare(operation(self.value, getattr(other, "value", other)))

    __add__ = __radd__ = _with(lambda a, b: a + b)
    __mul__ = __rmul__ = _with(lambda a, b: a * b)
    __sub__, __rsub__ = _with(lambda a, b: a - b), _with(lambda a, b: b - a)
    __truediv__, __rtruediv__ = _with(lambda a, b: a / b), _with(lambda a, b: b / a)

    def __lt__(self, other):
        return self.value < getattr(other, "value", other)

    def __gt__(self, other):
        return self.value > getattr(other, "value", other)

    def __ge__(self, other):
        return not self < other

    def __eq__(self, other):
        return self.value == getattr(other, "value", other)


@pytest.mark.parametrize("activation, operation", [("sigmoid", "exp"), ("tanh", "tanh"), ("softplus", "exp")])
def test_an_operation_that_a_kind_of_number_lacks_is_named(activation, operation):
    net = Network(1, [Layer(1, activation, weights=[[Bare(1)]], biases=[Bare(0)])])
    with pytest.raises(InputError, match=rf"numbers of the kind Bare have no {operation}\(\)"):
        net.forward([Bare(-1)])


def test_a_number_without_a_logarithm_says_so():
    class Growing(Bare):
        def exp(self):
            return self

    with pytest.raises(InputError, match=r"numbers of the kind Growing have no ln\(\)"):
        log(Growing(2))


def test_a_mean_over_a_batch_of_decimals_is_explained():
    net = Network(1, [Layer(1, "linear", weights=[[Decimal("0.3")]], biases=[Decimal(1)])])
    examples = [[Decimal(1)], [Decimal(2)], [Decimal(3)]], [[Decimal(1)]] * 3
    explanation = net.trace(*examples, SGD(Decimal("0.1")), batch_size="all").explain("x1->o1")
    assert explanation.ledger.total == pytest.approx(explanation.gradient.value)
    assert "1/3 * a[x1]@3 * f'[o1]@3 * dE/da[o1]@3" in str(explanation)


@pytest.mark.parametrize("kind", [Fraction, Decimal])
def test_conventions_are_found_for_exact_numbers_too(kind):
    def network():
        return Network(1, [Layer(1, "linear", weights=[[kind(3) / 10]], biases=[kind(1)])])

    example, optimizer = ([kind(1)], [kind(2)]), SGD(kind(1) / 10)
    right = network().trace(*example, optimizer)
    printed = {"E": f"{float(2 * right['E'].value):.6f}", "w+[x1->o1]": f"{float(right['w+[x1->o1]'].value):.6f}"}
    assert "2" in {conventions.loss for conventions in network().solve(*example, {"E": printed["E"]}, optimizer).reproduced}
    as_given = network().solve(*example, {"w+[x1->o1]": printed["w+[x1->o1]"]}, optimizer).reproduced
    assert "as given" in {conventions.loss for conventions in as_given}
