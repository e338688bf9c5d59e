"""Updates: printed pages, the papers' formulas in 50-digit arithmetic, and the trace of each."""

import math
import random
from decimal import Decimal, localcontext

import pytest
from every_formula import CONVENTIONS
from parameters import bits, parameters
from printed import printed
from random_networks import PAIRS, random_network, targets_for
from rule_check import check_rules

import neurosim as ns
from neurosim import OPTIMIZERS, SCHEDULES, SGD, Adam, InputError, Layer, Momentum, Nesterov, Network
from neurosim.core.batch import train_batch
from neurosim.custom import UpdateRule

ALL = [
    {"name": "sgd"}, {"name": "sgd", "l2": 0.01}, {"name": "sgd", "l1": 0.01, "l2": 0.02, "clip_value": 0.05},
    {"name": "sgd", "clip_norm": 0.1}, {"name": "sgd", "order": "sequential", "clip_value": 0.1},
    {"name": "sgd", "schedule": {"name": "step", "every": 2}}, {"name": "momentum"},
    {"name": "momentum", "order": "sequential", "schedule": "exponential"}, {"name": "nesterov", "clip_norm": 0.2},
    {"name": "adagrad", "l1": 0.1}, {"name": "rmsprop", "schedule": {"name": "inverse_time", "decay": 0.5}},
    {"name": "adam"}, {"name": "adam", "l2": 0.1, "clip_value": 0.3, "schedule": "inverse_time"},
    *CONVENTIONS["optimizer"],
]


def ids(description):
    return "-".join(str(value) if not isinstance(value, dict) else value["name"] for value in description.values())


# Printed pages


def descend_on_x_squared(optimizer, steps):
    """x after each update on f(x) = x^2, whose gradient 2x a linear neuron has under squared error to target 0."""
    net = Network(1, [Layer(1, "linear", weights=[[0.9340596780273533]], bias=False)], "squared_error")
    places = []
    for _ in range(steps):
        net.forward([1])
        net.backward([0])
        net.update(optimizer)
        places.append(net["o1"].weights[0])
    return places


def test_brownlee_gradient_descent_with_and_without_momentum():
    """Jason Brownlee, Gradient Descent With Momentum from Scratch: 0.1 a step, momentum 0.3."""
    plain = (
        "0.74724774 0.59779819 0.47823856 0.38259084 0.30607268 0.24485814 0.19588651 0.15670921 0.12536737 0.10029389 "
        "0.08023512 0.06418809"
    )
    momentum = (
        "0.74724774 0.54175461 0.37175575 0.24640494 0.15951871 0.1015491 0.0638484 0.03976851 0.02459084 0.01511937 "
        "0.00925406 0.00564365 0.0034318 0.00208188 0.00126053 0.00076202 0.00046006 0.00027746 0.00016719 0.00010067"
    )
    assert descend_on_x_squared(SGD(0.1), 12) == printed(*plain.split())
    assert descend_on_x_squared(Momentum(0.1, 0.3), 20) == printed(*momentum.split())


def test_mitchell_two_updates_with_momentum():
    """Mitchell, Machine Learning, exercise 4.7; the values worked out in double precision elsewhere."""
    net = Network(["a", "b"], [Layer(1, weights=[[0.1, 0.1]], biases=[0.1], names=["c"]),
                               Layer(1, weights=[[0.1]], biases=[0.1], names=["d"])])
    trace = net.trace([[1, 0], [0, 1]], [[1], [0]], Momentum(0.3, 0.9))
    after = [
        {"w+[a->c]": 0.10085128181864877, "w+[b->c]": 0.1, "b+[c]": 0.10085128181864877, "w+[c->d]": 0.1189103977991797,
         "b+[d]": 0.1343929220303063},
        {"w+[a->c]": 0.10161743545543266, "w+[b->c]": 0.09879852785432702, "b+[c]": 0.10041596330975969,
         "w+[c->d]": 0.11347416438338892, "b+[d]": 0.12452152136346561},
    ]
    for number, values in enumerate(after, 1):
        for address, value in values.items():
            assert trace[f"{address}@{number}"].value == pytest.approx(value, rel=1e-14), address


# The papers' formulas, worked in Decimal

D = Decimal


def paper(name, gradients, eta=D("0.1")):
    """The way of one weight from 1 along given gradients, written as the papers have it."""
    w = D(1)
    velocity = total = m = v = D(0)
    mu, rho, beta1, beta2 = D("0.9"), D("0.9"), D("0.9"), D("0.999")
    for t, g in enumerate(gradients, 1):
        if name == "momentum":  # Rumelhart and others 1986: dw(t) = -eta g + mu dw(t - 1)
            velocity = -eta * g + mu * velocity
            w += velocity
        elif name == "nesterov":  # Bengio and others 2013, equation 7: w + mu^2 v - (1 + mu) eta g
            w += mu**2 * velocity - (1 + mu) * eta * g
            velocity = mu * velocity - eta * g
        elif name == "adagrad":  # Duchi and others 2011
            total += g**2
            w -= eta / (total.sqrt() + D("1e-7")) * g
        elif name == "rmsprop":  # Tieleman and Hinton 2012: MeanSquare(t) = 0.9 MeanSquare(t - 1) + 0.1 g^2
            v = rho * v + (1 - rho) * g**2
            w -= eta * g / (v.sqrt() + D("1e-7"))
        elif name == "adam":  # Kingma and Ba 2015, algorithm 1, in the form at the end of their section 2
            m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
            rate = eta * (1 - beta2**t).sqrt() / (1 - beta1**t)
            w -= rate * m / (v.sqrt() + D("1e-8") * (1 - beta2**t).sqrt())
        yield w


GRADIENTS = [D("0.5"), D("-0.25"), D("2"), D("0.125"), D("-1"), D("0.75")]


def check_the_way(optimizer, way):
    """An optimizer takes a weight and a bias along given gradients; the way has where both are after each update."""
    net = Network(1, [Layer(1, "linear", weights=[[D(1)]], biases=[D(1)])])
    for g, place in zip(GRADIENTS, way):
        net.forward([D(1)])
        net.backward([net["o1"].output - g])  # a - t is the gradient that is wanted
        net.update(optimizer)
        assert abs(net["o1"].weights[0] - place) < D("1e-45") and abs(net["o1"].bias - place) < D("1e-45")


@pytest.mark.parametrize("name", ["momentum", "nesterov", "adagrad", "rmsprop", "adam"])
def test_the_formulas_of_the_papers(name):
    with localcontext() as context:
        context.prec = 50
        check_the_way(OPTIMIZERS[name](D("0.1")), paper(name, GRADIENTS))


def program(name, gradients, scheduled=False):
    """The same as a program documents it: torch.optim, keras.optimizers (3) or sklearn.neural_network."""
    w = D(1)
    velocity = m = v = D(0)
    total = D("0.1")
    for t, g in enumerate(gradients, 1):
        eta = D("0.1") * (D("0.5") ** (t - 1) if scheduled else 1)
        if name in ("torch momentum", "torch nesterov"):
            velocity = g if t == 1 else D("0.9") * velocity + g
            step = eta * (velocity if name == "torch momentum" else g + D("0.9") * velocity)
        elif name == "torch dampening":
            velocity = g if t == 1 else D("0.9") * velocity + D("0.75") * g
            step = eta * velocity
        elif name == "keras adagrad":
            total += g * g
            step = eta * g / (total + D("1e-7")).sqrt()
        elif name == "keras rmsprop":
            v = D("0.9") * v + g * g * (1 - D("0.9"))
            step = g * eta / (v + D("1e-7")).sqrt()
        elif name == "keras adam":  # and scikit-learn's
            m, v = m + (g - m) * (1 - D("0.9")), v + (g * g - v) * (1 - D("0.999"))
            step = m * eta * (1 - D("0.999") ** t).sqrt() / (1 - D("0.9") ** t) / (v.sqrt() + D("1e-8"))
        else:
            m, v = D("0.9") * m + D("0.1") * g, D("0.999") * v + D("0.001") * g * g
            corrected = (m / (1 - D("0.9") ** t), v / (1 - D("0.999") ** t))
            first, second = (m, v) if "plain" in name else corrected
            root = (second + D("1e-8")).sqrt() if "inside" in name else second.sqrt() + D("1e-8")
            step = eta * first / root
        decay = D("0.25") * eta if "decay" in name else 0
        w = w * (1 - decay) - step
        yield w


PROGRAMS = {
    "torch momentum": Momentum(D("0.1"), eta_in="step"), "torch nesterov": Nesterov(D("0.1"), eta_in="step"),
    "torch dampening": Momentum(D("0.1"), eta_in="step", dampening=0.25),
    "keras adagrad": ns.Adagrad(D("0.1"), initial_accumulator=0.1, epsilon_at="inside"),
    "keras rmsprop": ns.RMSprop(D("0.1"), epsilon_at="inside"), "keras adam": Adam(D("0.1"), epsilon_at="uncorrected"),
    "inside": Adam(D("0.1"), epsilon_at="inside"), "plain": Adam(D("0.1"), bias_correction=False),
    "plain, inside": Adam(D("0.1"), bias_correction=False, epsilon_at="inside"),
    "torch decay": Adam(D("0.1"), decoupled_decay=0.25),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_formulas_of_programs(name):
    with localcontext() as context:
        context.prec = 50
        optimizer = PROGRAMS[name]
        optimizer.forget()
        check_the_way(optimizer, program(name, GRADIENTS))


@pytest.mark.parametrize("name", ["torch momentum", "torch nesterov"])
def test_under_a_schedule_it_matters_where_eta_stands(name):
    halved = {"name": "exponential", "factor": 0.5}
    with localcontext() as context:
        context.prec = 50
        kind = type(PROGRAMS[name])
        check_the_way(kind(D("0.1"), eta_in="step", schedule=halved), program(name, GRADIENTS, scheduled=True))
        with pytest.raises(AssertionError):
            check_the_way(kind(D("0.1"), schedule=halved), program(name, GRADIENTS, scheduled=True))


def test_l2_holds_for_biases_too_if_that_is_asked_for():
    net = Network(1, [Layer(1, "linear", weights=[[1.0]], biases=[2.0])])
    net.forward([1.0])
    net.backward([3.0])  # the gradient is 0
    net.update(SGD(0.1, l2=0.5, decay_biases=True))
    assert (net["o1"].weights, net["o1"].bias) == ([0.95], 1.9)


def test_weight_decay_is_added_to_the_gradients_of_weights_alone():
    net = Network(1, [Layer(1, "linear", weights=[[-2.0]], biases=[3.0])])
    net.forward([1])
    net.backward([0.5])  # a = 1, so delta = 0.5
    net.update(SGD(0.1, l1=0.01, l2=0.2))
    assert net["o1"].weights[0] == pytest.approx(-2 - 0.1 * (0.5 - 0.01 + 0.2 * -2))
    assert net["o1"].bias == pytest.approx(3 - 0.1 * 0.5)


def test_clipping():
    for optimizer, change in ((SGD(1, clip_value=0.25), (0.25, 0.25)), (SGD(1, clip_norm=1), (0.6, 0.8))):
        net = Network(2, [Layer(1, "linear", weights=[[0.0, 0.0]], bias=False)])
        net.forward([3, 4])
        net.backward([-1])
        net.update(optimizer)
        assert net["o1"].weights == pytest.approx([-change[0], -change[1]])
    assert descend_on_x_squared(SGD(0.1, clip_value=100), 5) == pytest.approx(descend_on_x_squared(SGD(0.1), 5))


@pytest.mark.parametrize(
    "description, rates",
    [
        ("constant", [0.8, 0.8, 0.8, 0.8, 0.8]),
        ({"name": "step", "factor": 0.5, "every": 2}, [0.8, 0.8, 0.4, 0.4, 0.2]),
        ({"name": "exponential", "factor": 0.5}, [0.8, 0.4, 0.2, 0.1, 0.05]),
        ({"name": "inverse_time", "decay": 1}, [0.8, 0.4, 0.8 / 3, 0.2, 0.16]),
    ],
)
def test_schedules(description, rates):
    schedule = SCHEDULES.make(description)
    assert [schedule(0.8, k) for k in range(5)] == pytest.approx(rates)
    net = Network(1, [Layer(1, "linear", weights=[[1.0]], bias=False)])
    places = [1.0]
    optimizer = SGD(0.8, schedule=description)
    for rate in rates:
        net.forward([1])
        net.backward([0])
        net.update(optimizer)
        places.append(net["o1"].weights[0])
        assert places[-1] == pytest.approx(places[-2] - rate * places[-2])


# The trace of every update


@pytest.mark.parametrize("description", ALL, ids=ids)
def test_each_rule_of_an_update_gives_the_value(description):
    for seed, (output, loss) in enumerate(PAIRS[::4]):
        network, inputs, targets = random_network(seed, output, loss)
        examples, wanted = [inputs, [x / 2 for x in inputs], inputs], [targets] * 3
        trace = network.trace(examples, wanted, OPTIMIZERS.make(description))
        check_rules(trace)
        optimizer = OPTIMIZERS.make(description)
        for example, target in zip(examples, wanted):
            network.forward(example)
            network.backward(target)
            network.update(optimizer)
        assert parameters(trace.after) == parameters(network)


@pytest.mark.parametrize("description", [d for d in ALL if d.get("order") != "sequential"], ids=ids)
def test_each_rule_of_a_batch_s_update_gives_the_value(description):
    for seed in range(5):
        network, inputs, targets = random_network(seed, "tanh", "squared_error")
        examples, wanted = [inputs, [x / 2 for x in inputs]], [targets, targets_for(random.Random(1), network)]
        trace = network.trace(examples, wanted, OPTIMIZERS.make(description), batch_size=2, epochs=3)
        check_rules(trace)
        optimizer = OPTIMIZERS.make(description)
        for _ in range(3):
            train_batch(network, examples, wanted, optimizer)
        assert parameters(trace.after) == parameters(network)


def test_the_state_of_an_optimizer_is_in_the_trace():
    net = Network(1, [Layer(1, "linear", weights=[[2.0]], biases=[0.0])])
    trace = net.trace([[1], [1]], [[0], [0]], Adam(0.1))
    assert trace["m[x1->o1]"].value == 0 and trace["m+[x1->o1]@1"].operands == ("m[x1->o1]", "dE/dw[x1->o1]@1")
    assert trace["m+[x1->o1]@2"].operands == ("m+[x1->o1]@1", "dE/dw[x1->o1]@2")
    assert trace["m_hat[o1]@1"].operands == ("m+[o1]@1", "t@1") and trace["t@2"].value == 2
    assert trace["w+[x1->o1]@2"].operands == ("w+[x1->o1]@1", "eta", "m_hat[x1->o1]@2", "v_hat[x1->o1]@2")
    # the first step of Adam is eta, whatever the gradient
    assert trace["w+[x1->o1]@1"].value == pytest.approx(2 - 0.1, abs=1e-7)


def test_a_trace_leaves_the_optimizer_as_it_was():
    optimizer = Momentum(0.1)
    net = Network(1, [Layer(1)], seed=1)
    first = net.trace([1], [1], optimizer)
    assert optimizer.updates == 0 and optimizer.memory == {}
    assert parameters(net.trace([1], [1], optimizer).after) == parameters(first.after)


def test_a_refused_update_leaves_the_optimizer_as_it_was():
    net = Network(1, [Layer(1, "linear", weights=[[1e200]])])
    optimizer = Momentum(0.1)
    net.forward([1e100])
    before = bits(net)
    net.layers[0].neurons[0].delta = 1e300
    with pytest.raises(ns.NonFiniteError):
        net.update(optimizer)
    assert (bits(net), optimizer.updates, optimizer.memory) == (before, 0, {})


def test_a_rate_that_is_changed_by_hand_is_taken_at_once():
    optimizer = SGD(0.1)
    descend_on_x_squared(optimizer, 1)
    optimizer.learning_rate = 0.5
    assert descend_on_x_squared(optimizer, 1) == [0]  # 0.93 - 0.5 * 2 * 0.93


def test_rules_and_schedules_of_one_s_own_are_used_and_traced():
    class SignDescent(SGD):
        def rules(self, g, like):
            return [UpdateRule("w+", ("w", "eta", g), "{0} - {1}*sign({2})",
                               lambda w, eta, g: w - eta * ((g > 0) - (g < 0)))]

    class Harmonic(ns.Schedule):
        name, formula = "harmonic", "eta / (1 + k)"

        def __call__(self, eta, k):
            return eta / (1 + k)

    net = Network(1, [Layer(1, "linear", weights=[[2.0]], bias=False)])
    trace = net.trace([[5], [5]], [[0], [0]], SignDescent(0.5, schedule=Harmonic()))
    check_rules(trace)
    assert trace["w+[x1->o1]@1"].value == 1.5 and trace["w+[x1->o1]@2"].value == 1.25
    assert trace["scheduled eta@2"].value == 0.25


def test_forgetting_starts_afresh():
    optimizer = Nesterov(0.1)
    first = descend_on_x_squared(optimizer, 4)
    optimizer.forget()
    assert descend_on_x_squared(optimizer, 4) == first


# Settings


@pytest.mark.parametrize("description", ALL, ids=ids)
def test_a_description_makes_an_equal_optimizer(description):
    optimizer = OPTIMIZERS.make(description)
    assert OPTIMIZERS.make(OPTIMIZERS.describe(optimizer)) == optimizer


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: Momentum(0.1, 1), "momentum must be at least 0 and below 1, got 1"),
        (lambda: Adam(0.1, beta2=-1), "beta2 must be at least 0 and below 1, got -1"),
        (lambda: Adam(0.1, epsilon=0), "epsilon must be positive, got 0"),
        (lambda: SGD(0.1, l2=-1), "l2 must not be negative, got -1"),
        (lambda: SGD(0.1, clip_value=0), "clip_value must be positive, got 0"),
        (lambda: SGD(0.1, clip_norm=math.inf), "clip_norm: expected a finite number, got inf"),
        (lambda: SGD(0.1, "sequential", clip_norm=1), "clip_norm needs all gradients before the first update"),
        (lambda: SGD(0.1, clip_norm=1, l2=1), "clip_norm takes the gradients as they are"),
        (lambda: SGD(0.1, schedule="linear"), "unknown schedule 'linear'"),
        (lambda: SCHEDULES.make({"name": "step", "every": 0}), "schedule 'step': every must be a whole number of 1"),
        (lambda: SCHEDULES.make({"name": "exponential", "factor": 2}), "factor must be above 0 and at most 1, got 2"),
        (lambda: SCHEDULES.make({"name": "inverse_time", "decay": -1}), "decay must not be negative, got -1"),
    ],
)
def test_impossible_settings_are_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()


@pytest.mark.parametrize("shared", ["eta", "t"])
def test_a_rule_may_read_only_what_all_weights_share(shared):
    class Odd(ns.Optimizer):
        def rules(self, g, like):
            return [UpdateRule("pace", (shared,), "2*{0}", lambda value: 2 * value),
                    UpdateRule("w+", ("w", "pace"), "{0} - {1}", lambda w, pace: w - pace)]

    net = Network(2, [Layer(1, "linear", weights=[[3, 4]], biases=[5])])
    net.forward([1, 2])
    net.backward([0])
    net.update(Odd(1))
    assert net["o1"].weights == [1, 2] and net["o1"].bias == 3


@pytest.mark.parametrize("given", ["sgd", {"name": "sgd", "learning_rate": 0.1}, SGD, SGD(0.1)], ids=repr)
def test_an_optimizer_is_given_in_one_spelling_everywhere(given):
    def network():
        return Network(1, [Layer(1, "linear", weights=[[3.0]], biases=[1.0])])

    updated, in_batch, fitted = network(), network(), network()
    updated.forward([1.0])
    updated.backward([0.0])
    updated.update(given)
    train_batch(in_batch, [[1.0]], [[0.0]], given)
    fitted.fit([[1.0]], [[0.0]], optimizer=given)
    new = updated["o1"].weights
    assert new == in_batch["o1"].weights == fitted["o1"].weights == [3.0 - 0.1 * 4.0]
    assert [network().trace([1.0], [0.0], given)["w+[x1->o1]"].value] == new
    assert network().diagnose([1.0], [0.0], {"w+[x1->o1]": "2.60"}, given).status == "right"
    assert network().solve([1.0], [0.0], {"w+[x1->o1]": "2.6"}, given)
    assert network().health([[1.0]], [[0.0]], given) is not None
