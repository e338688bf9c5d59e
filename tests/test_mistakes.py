"""Mistakes beyond plain gradient descent: each beside the same mistake made by hand, in a loop of plain Python."""

from decimal import Decimal
from math import exp, log, sqrt, tanh

import pytest
from mutated_traces import printed, with_mistakes

import neurosim as ns
from neurosim.diagnosis.cells import joined
from neurosim.diagnosis.conventions import CONVENTIONS
from neurosim.diagnosis.diagnosis import hypotheses, mutated
from neurosim.diagnosis.mistakes.entry import MISTAKES


def one_weight(optimizer, inputs=(1.0, 1.0, 1.0), targets=(0.5, 0.5, 0.5), **settings):
    """The trace of one weight, 2, whose error w x - t is squared and halved; no bias."""
    network = ns.Network(1, [ns.Layer(1, "linear", bias=False, weights=[[2.0]])], loss="half_squared_error")
    return network.trace([[x] for x in inputs], [[t] for t in targets], optimizer, **settings)


def new_weights(trace):
    return [step.value for step in trace if step.address.startswith("w+")]


def with_convention(trace, name, form=""):
    (found,) = [one for one in hypotheses([CONVENTIONS[name]], trace) if one.form == form]
    return mutated(trace, [found])


def by_hand(step, count=3):
    """The weight after each update by `step(w, g, t, memory)`, where the gradient is w - 0.5."""
    w, memory, found = 2.0, {"m": 0.0, "v": 0.0}, []
    for t in range(1, count + 1):
        w = step(w, w - 0.5, t, memory)
        found.append(w)
    return found


# Adam, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, at the rate 0.1


def adam(correct_m=True, correct_v=True, keep=False, time=lambda t: t, root=sqrt, inside=0.0, outside=1e-8, forget=False):
    def step(w, g, t, memory):
        before = {"m": 0.0, "v": 0.0} if forget else memory
        m, v = 0.9 * before["m"] + 0.1 * g, 0.999 * before["v"] + 0.001 * g**2
        m_hat = m / (1 - 0.9 ** time(t)) if correct_m else m
        v_hat = v / (1 - 0.999 ** time(t)) if correct_v else v
        memory.update(m=m_hat if keep else m, v=v_hat if keep else v)
        return w - 0.1 * m_hat / (root(v_hat + inside) + outside)

    return step


ADAMS = {
    ("no-bias-correction", "of m and v"): adam(correct_m=False, correct_v=False),
    ("no-bias-correction", "of m"): adam(correct_m=False),
    ("no-bias-correction", "of v"): adam(correct_v=False),
    ("corrected-moments-kept", ""): adam(keep=True),
    ("t-stuck", ""): adam(time=lambda t: 1),
    ("t-one-too-many", ""): adam(time=lambda t: t + 1),
    ("no-root", ""): adam(root=lambda v: v),
    ("memory-lost", ""): adam(forget=True),
}


@pytest.mark.parametrize("name, form", ADAMS, ids=" ".join)
def test_mistakes_in_adam(name, form):
    trace = one_weight(ns.Adam(0.1))
    wrong = by_hand(ADAMS[name, form])
    assert new_weights(trace) == pytest.approx(by_hand(adam()), rel=1e-12)
    assert new_weights(trace.mutate(name, form)) == pytest.approx(wrong, rel=1e-12)
    assert wrong[1:] != pytest.approx(by_hand(adam())[1:], rel=1e-5)


def test_the_first_step_of_adam_without_its_correction():
    """On paper: g = 1.5, m = 0.15, v = 0.00225, and 2 - 0.1 * 0.15 / 0.0474341649 = 1.68377223."""
    found = new_weights(one_weight(ns.Adam(0.1)).mutate("no-bias-correction", "of m and v"))[0]
    assert found == pytest.approx(1.68377230, abs=1e-8)


def test_epsilon_inside_the_root_is_a_convention():
    trace = one_weight(ns.Adam(0.1, epsilon=0.01))
    wrong = by_hand(adam(inside=0.01, outside=0))
    assert new_weights(with_convention(trace, "epsilon-inside-root")) == pytest.approx(wrong, rel=1e-12)


# RMSprop, rho = 0.9, and Adagrad, with epsilon = 1e-7


def squares(kept, added, root=sqrt, inside=0.0, outside=1e-7, forget=False):
    def step(w, g, t, memory):
        memory["v"] = kept * (0.0 if forget else memory["v"]) + added * g**2
        return w - 0.1 * g / (root(memory["v"] + inside) + outside)

    return step


@pytest.mark.parametrize("optimizer, kept, added", [(ns.RMSprop, 0.9, 0.1), (ns.Adagrad, 1, 1)])
def test_mistakes_in_rmsprop_and_adagrad(optimizer, kept, added):
    trace = one_weight(optimizer(0.1))
    assert new_weights(trace) == pytest.approx(by_hand(squares(kept, added)), rel=1e-12)
    flat = by_hand(squares(kept, added, root=lambda v: v))
    assert new_weights(trace.mutate("no-root")) == pytest.approx(flat, rel=1e-12)
    lost = by_hand(squares(kept, added, forget=True))
    assert new_weights(trace.mutate("memory-lost")) == pytest.approx(lost, rel=1e-12)
    trace = one_weight(optimizer(0.1, epsilon=0.01))
    inside = by_hand(squares(kept, added, inside=0.01, outside=0))
    assert new_weights(with_convention(trace, "epsilon-inside-root")) == pytest.approx(inside, rel=1e-12)


def test_what_an_optimizer_has_not_cannot_go_wrong():
    for optimizer in (ns.SGD(0.1), ns.Momentum(0.1), ns.RMSprop(0.1)):
        for name in ("no-bias-correction", "corrected-moments-kept", "t-stuck", "t-one-too-many", "no-look-ahead"):
            with pytest.raises(ns.InputError, match="cannot be made"):
                one_weight(optimizer).mutate(name)


# Momentum 0.9 at the rate 0.1


def momentum(change):
    """A step by a function from (velocity, g) to (the new velocity, what is taken from the weight)."""
    def step(w, g, t, memory):
        memory["v"], taken = change(memory["v"], g)
        return w - taken

    return step


MOMENTA = {  # velocities as in the literature: positive for a positive gradient
    (ns.Momentum, "memory-lost"): lambda v, g: (0.0, 0.1 * g),
    (ns.Nesterov, "memory-lost"): lambda v, g: (0.0, 0.9 * 0.1 * g + 0.1 * g),
    (ns.Nesterov, "no-look-ahead"): lambda v, g: (0.9 * v + 0.1 * g, 0.9 * v + 0.1 * g),
}


@pytest.mark.parametrize("optimizer, name", MOMENTA, ids=str)
def test_mistakes_in_momentum(optimizer, name):
    wrong = by_hand(momentum(MOMENTA[optimizer, name]))
    assert new_weights(one_weight(optimizer(0.1)).mutate(name)) == pytest.approx(wrong, rel=1e-12)


VELOCITIES = {
    (ns.Momentum, "damped-velocity", ""): lambda v, g: (0.9 * v + 0.1 * g, 0.1 * (0.9 * v + 0.1 * g)),
    (ns.Momentum, "rate-outside-velocity", "v = mu v + g"): lambda v, g: (0.9 * v + g, 0.1 * (0.9 * v + g)),
    (ns.Momentum, "rate-outside-velocity", "damped, v = mu v + (1 - mu) g"): lambda v, g: (
        0.9 * v + 0.1 * g, 0.1 * (0.9 * v + 0.1 * g)
    ),
    (ns.Nesterov, "rate-outside-velocity", "v = mu v + g"): lambda v, g: (0.9 * v + g, 0.1 * (g + 0.9 * (0.9 * v + g))),
}


@pytest.mark.parametrize("optimizer, name, form", VELOCITIES, ids=str)
def test_conventions_of_momentum(optimizer, name, form):
    trace, other = one_weight(optimizer(0.1)), by_hand(momentum(VELOCITIES[optimizer, name, form]))
    assert new_weights(with_convention(trace, name, form)) == pytest.approx(other, rel=1e-12)


def test_the_velocity_of_pytorch_is_the_sum_of_the_gradients():
    """2 - 0.5 = 1.5, then w = 1.85, g = 1.35 and 0.9 * 1.5 + 1.35 = 2.7; the weights are those with eta inside."""
    trace = one_weight(ns.Momentum(0.1))
    other = with_convention(trace, "rate-outside-velocity", "v = mu v + g")
    assert other["velocity+[x1->o1]@2"].value == pytest.approx(2.7)
    assert new_weights(other) == pytest.approx(new_weights(trace), rel=1e-12)


@pytest.mark.parametrize("optimizer", [ns.Adam, ns.Momentum, ns.Nesterov, ns.RMSprop, ns.Adagrad])
def test_decimals_stay_decimals(optimizer):
    layer = ns.Layer(1, "linear", weights=[[Decimal(2)]], biases=[Decimal(1)])
    network = ns.Network(1, [layer], loss="half_squared_error")
    trace = network.trace([[Decimal(1)]] * 2, [[Decimal(0)]] * 2, optimizer(0.1, l2=0.1))
    for one in hypotheses([*MISTAKES.values(), *CONVENTIONS.values()], trace):
        assert type(mutated(trace, [one])["w+[x1->o1]@2"].value) is Decimal, one


def test_a_computation_without_updates_has_the_mistakes_before_them():
    network = ns.Network(1, [ns.Layer(1, weights=[[2.0]])], loss="half_squared_error")
    names = [one.kind.name for one in hypotheses(MISTAKES.values(), network.trace([1.0], [0.5]))]
    assert "other-activation" in names and "no-root" not in names


# The decay of weights: one weight and one bias, l2 = 0.1, at the rate 0.1


def decayed(l2, optimizer=ns.SGD, inputs=(1.0, 2.0), **settings):
    network = ns.Network(1, [ns.Layer(1, "linear", weights=[[2.0]], biases=[1.0])], loss="half_squared_error")
    return network.trace([[x] for x in inputs], [[0.5]] * len(inputs), optimizer(0.1, l2=l2, **settings))


def descent(weight_decay, bias_decay=0.0, inputs=(1.0, 2.0)):
    w, b, found = 2.0, 1.0, []
    for x in inputs:
        error = w * x + b - 0.5
        w, b = w - 0.1 * (error * x + weight_decay * w), b - 0.1 * (error + bias_decay * b)
        found += [w, b]
    return found


def weights_and_biases(trace):
    return [step.value for step in trace if step.address.startswith(("w+", "b+"))]


@pytest.mark.parametrize(
    "name, form, decays",
    [
        ("decay-forgotten", "", (0.0,)), ("decay-factor", "doubled", (0.2,)), ("decay-factor", "halved", (0.05,)),
        ("decay-factor", "subtracted", (-0.1,)), ("bias-decayed", "", (0.1, 0.1)),
        ("decay-factor", "divided by the number of examples", (0.1 / 3,)),
    ],
)
def test_mistakes_in_weight_decay(name, form, decays):
    inputs = (1.0, 2.0, -1.0)
    trace = decayed(0.1, inputs=inputs)
    assert weights_and_biases(trace) == pytest.approx(descent(0.1, inputs=inputs), rel=1e-12)
    found = weights_and_biases(trace.mutate(name, form))
    assert found == pytest.approx(descent(*decays, inputs=inputs), rel=1e-12)


def test_the_bias_decays_in_the_moments_of_adam_too():
    """The same steps where the bias is the weight of an input of 1, which decays."""
    plain = ns.Network(2, [ns.Layer(1, "linear", bias=False, weights=[[2.0, 1.0]])], loss="half_squared_error")
    for optimizer in (ns.Adam, ns.Nesterov, ns.RMSprop):
        wrong = decayed(0.1, optimizer).mutate("bias-decayed")
        same = plain.trace([[1.0, 1.0], [2.0, 1.0]], [[0.5]] * 2, optimizer(0.1, l2=0.1))
        assert weights_and_biases(wrong) == pytest.approx(new_weights(same), rel=1e-12)


def test_the_penalty_in_the_gradient_and_in_the_loss_are_conventions():
    """By hand: the error is 2.5, dE/dw = 2.5 + 0.1 * 2 and E = 2.5^2 / 2 + 0.1 / 2 * 2^2; the weights stay."""
    trace = decayed(0.1)
    gradient, loss = with_convention(trace, "penalty-in-gradient"), with_convention(trace, "penalty-in-loss")
    assert gradient["dE/dw[x1->o1]@1"].value == pytest.approx(2.7) and loss["E@1"].value == pytest.approx(3.325)
    for other in (gradient, loss):
        assert weights_and_biases(other) == pytest.approx(weights_and_biases(trace), rel=1e-12)


def test_the_penalty_reads_the_weights_of_its_own_pass():
    """w = 2 - 0.1 * 2.7 = 1.73 and b = 0.75 after the first: E = (3.46 + 0.75 - 0.5)^2 / 2 + 0.05 * 1.73^2."""
    loss = with_convention(decayed(0.1), "penalty-in-loss")
    assert loss["E@2"].value == pytest.approx(3.71**2 / 2 + 0.05 * 1.73**2)


# Example after example: one unit behind another, z = w x, h = z, o = v h, at the rate 0.1


def chain_of_two(inputs, targets):
    layers = [ns.Layer(1, "linear", bias=False, weights=[[w]]) for w in (0.5, 2.0)]
    network = ns.Network(1, layers, loss="half_squared_error")
    return network.trace([[x] for x in inputs], [[t] for t in targets], ns.SGD(0.1))


def chain_by_hand(inputs, targets, forward=-1, back=-1, update=-1):
    """All new weights; the pass reads the weights of the history at these places: -1 the newest, -2 those before."""
    history, found = [(0.5, 2.0)], []
    for x, t in zip(inputs, targets):
        w, v = history[max(forward, -len(history))]
        h = w * x
        error = v * h - t
        from_w, from_v = history[max(update, -len(history))]
        new = from_w - 0.1 * error * history[max(back, -len(history))][1] * x, from_v - 0.1 * error * h
        history.append(new)
        found += [new[1], new[0]]
    return found


@pytest.mark.parametrize(
    "form, places",
    [
        ("in z", {"forward": -2}), ("in z and in the errors sent back", {"forward": -2, "back": -2}),
        ("in the whole pass", {"forward": -2, "back": -2, "update": -2}),
        ("the first weights in all passes", {"forward": -9, "back": -9, "update": -9}),
    ],
)
def test_old_weights_in_the_next_pass(form, places):
    data = (1.0, 2.0, -1.0), (0.5, 1.0, 0.0)
    trace = chain_of_two(*data)
    assert sorted(new_weights(trace)) == pytest.approx(sorted(chain_by_hand(*data)), rel=1e-12)
    wrong = new_weights(trace.mutate("old-weights-in-next-pass", form))
    assert sorted(wrong) == pytest.approx(sorted(chain_by_hand(*data, **places)), rel=1e-12)


def test_no_form_of_old_weights_comes_twice():
    forms = [one.form for one in hypotheses([MISTAKES["old-weights-in-next-pass"]], one_weight(ns.SGD(0.1)))]
    assert forms == ["in z", "in the whole pass", "the first weights in all passes"]  # no errors are sent back
    two = one_weight(ns.SGD(0.1), (1.0, 1.0), (0.5, 0.5))
    forms = [one.form for one in hypotheses([MISTAKES["old-weights-in-next-pass"]], two)]
    assert forms == ["in z", "in the whole pass"]
    with pytest.raises(ns.InputError, match="cannot be made"):
        one_weight(ns.SGD(0.1), batch_size="all").mutate("old-weights-in-next-pass")


OTHERS = {
    "of the first in every pass": [0, 0, 0], "of the next": [1, 2, 0], "of the one before": [2, 0, 1],
}


@pytest.mark.parametrize("form", OTHERS)
def test_inputs_and_targets_of_another_example(form):
    inputs, targets, order = (1.0, 2.0, -1.0), (0.5, 1.0, 0.0), OTHERS[form]
    trace = chain_of_two(inputs, targets)
    wrong = chain_by_hand([inputs[place] for place in order], targets)
    assert sorted(new_weights(trace.mutate("other-examples-inputs", form))) == pytest.approx(sorted(wrong), rel=1e-12)
    wrong = chain_by_hand(inputs, [targets[place] for place in order])
    assert sorted(new_weights(trace.mutate("other-examples-targets", form))) == pytest.approx(sorted(wrong), rel=1e-12)


def test_two_examples_have_one_other():
    for name in ("other-examples-inputs", "other-examples-targets"):
        found = hypotheses([MISTAKES[name]], chain_of_two((1.0, 2.0), (0.5, 1.0)))
        assert [one.form for one in found] == ["of the first in every pass", "of the next"]


# Losses: one sigmoid unit, w = 0.8, x = 1.5, t = 0.3, so that z = 1.2


A = 1 / (1 + exp(-1.2))
T = 0.3


def one_unit(activation="sigmoid", loss="binary_crossentropy", t=T):
    network = ns.Network(1, [ns.Layer(1, activation, bias=False, weights=[[0.8]])], loss=loss)
    return network.trace([1.5], [t], ns.SGD(0.1))


CROSS = -(T * log(A) + (1 - T) * log(1 - A))
PRINTED = {
    ("other-logarithm", "to the base 10"): CROSS / log(10), ("other-logarithm", "to the base 2"): CROSS / log(2),
    ("loss-sign", ""): -CROSS, ("half-the-loss", ""): -T * log(A),
    ("loss-brackets", "the minus for one half alone"): -T * log(A) + (1 - T) * log(1 - A),
    ("loss-brackets", "1 - t log(1 - a)"): -(T * log(A) + 1 - T * log(1 - A)),
    ("loss-brackets", "log(1) - a"): -T * log(A) + (1 - T) * A,
}


@pytest.mark.parametrize("name, form", PRINTED, ids=" ".join)
def test_mistakes_in_the_printed_cross_entropy(name, form):
    trace = one_unit()
    wrong = trace.mutate(name, form)
    assert trace["E"].value == pytest.approx(CROSS) and wrong["E"].value == pytest.approx(PRINTED[name, form])
    assert wrong["delta[o1]"].value == trace["delta[o1]"].value
    assert (name,) in trace.diagnose(printed(wrong, 6)).mistakes


@pytest.mark.parametrize("loss, factor", [("half_squared_error", 0.5), ("squared_error", 1), ("mean_squared_error", 1)])
def test_an_error_that_is_not_squared(loss, factor):
    trace = one_unit(loss=loss)
    assert trace.mutate("loss-not-squared", "a - t")["E"].value == pytest.approx(factor * (A - T))
    assert trace.mutate("loss-not-squared", "a - t^2")["E"].value == pytest.approx(factor * (A - T**2))


def test_half_of_the_cross_entropy_where_nothing_cancels():
    """tanh(1.2) = 0.8337: dE/da = -0.3 / 0.8337 and not that with (1 - t) / (1 - a) added."""
    assert one_unit("tanh").mutate("half-crossentropy")["dE/da[o1]"].value == pytest.approx(-T / tanh(1.2))


# Softmax


Z = (0.5, -0.2, 1.0)
SHARES = [exp(z) / sum(map(exp, Z)) for z in Z]


def three_classes():
    layer = ns.Layer(3, "softmax", bias=False, weights=[[z] for z in Z])
    return ns.Network(1, [layer], loss="categorical_crossentropy").trace([1.0], [0, 1, 0], ns.SGD(0.1))


def outputs(trace, quantity):
    return [trace[f"{quantity}[o{unit}]"].value for unit in (1, 2, 3)]


def test_the_softmax_applied_twice():
    again = [exp(a) / sum(map(exp, SHARES)) for a in SHARES]
    assert outputs(three_classes(), "a") == pytest.approx(SHARES)
    assert outputs(three_classes().mutate("softmax-twice"), "a") == pytest.approx(again)


def test_a_squared_error_through_the_whole_softmax():
    """The derivative of (a - t)^2 / 2 summed, by the Jacobian a_i ((i = j) - a_j) of the softmax."""
    errors = [a - t for a, t in zip(SHARES, (0, 1, 0))]
    wrong = [sum(errors[i] * SHARES[i] * ((i == j) - SHARES[j]) for i in range(3)) for j in range(3)]
    assert outputs(three_classes().mutate("softmax-of-squared-error"), "delta") == pytest.approx(wrong)


@pytest.mark.parametrize("form, moved", [("of the next", (1, 0, 0)), ("of the one before", (0, 0, 1))])
def test_targets_of_the_next_class(form, moved):
    wrong = three_classes().mutate("targets-of-next-class", form)
    assert outputs(wrong, "delta") == pytest.approx([a - t for a, t in zip(SHARES, moved)])
    assert wrong["E"].value == pytest.approx(-log(SHARES[moved.index(1)]))


# Activations


OTHER = {
    "sigmoid": (lambda z: 1 / (1 + exp(-z)), lambda a, z: a * (1 - a)), "tanh": (tanh, lambda a, z: 1 - a * a),
    "relu": (lambda z: max(0, z), lambda a, z: float(z > 0)), "linear": (lambda z: z, lambda a, z: 1),
    "bipolar_sigmoid": (lambda z: tanh(z / 2), lambda a, z: (1 - a * a) / 2),
}


@pytest.mark.parametrize("name", OTHER)
@pytest.mark.parametrize("own", ["arctan", "softsign"])
def test_another_activation_with_its_own_slope(name, own):
    f, slope = OTHER[name]
    wrong = one_unit(own, "half_squared_error").mutate("other-activation", name)
    a = f(1.2)
    assert wrong["a[o1]"].value == pytest.approx(a) and wrong["delta[o1]"].value == pytest.approx((a - T) * slope(a, 1.2))


@pytest.mark.parametrize("alpha", [0.1, 0.01, 0.2])
def test_a_leak_of_another_slope(alpha):
    layer = ns.Layer(1, {"name": "leaky_relu", "alpha": 0.3}, bias=False, weights=[[-0.8]])
    network = ns.Network(1, [layer], loss="half_squared_error")
    wrong = network.trace([1.5], [T], ns.SGD(0.1)).mutate("other-leak", str(alpha))
    assert wrong["a[o1]"].value == pytest.approx(-1.2 * alpha)
    assert wrong["delta[o1]"].value == pytest.approx((-1.2 * alpha - T) * alpha)


# Each is found, also where errors are t - a and updates are added


def small(optimizer, output="sigmoid", loss="binary_crossentropy", hidden="leaky_relu", classes=False):
    network = ns.Network(2, [
        ns.Layer(2, hidden, weights=[[0.45, -0.35], [-0.62, 0.71]], biases=[-0.15, 0.25]),
        ns.Layer(3, output, weights=[[0.52, -0.41], [0.33, 0.64], [-0.27, 0.58]], biases=[0.11, -0.22, 0.37]),
    ], loss=loss)
    targets = [[0.1, 0.85, 0.3], [0.7, 0.25, 0.4], [0.55, 0.35, 0.9]]
    if classes:
        targets = [[0, 1, 0], [0, 0, 1], [0, 1, 0]]
    return network.trace([[0.9, -0.4], [-0.7, 1.3], [0.2, 0.6]], targets, optimizer)


TRACES = {
    "adam": lambda: small(ns.Adam(0.1)), "momentum": lambda: small(ns.Momentum(0.2)),
    "nesterov": lambda: small(ns.Nesterov(0.2)), "rmsprop": lambda: small(ns.RMSprop(0.1)),
    "decay": lambda: small(ns.SGD(0.3, l2=0.2), loss="half_squared_error"),
    "softmax": lambda: small(ns.SGD(0.3), "softmax", "categorical_crossentropy", classes=True),
    "leak": lambda: small(ns.SGD(0.3), loss="squared_error", hidden={"name": "leaky_relu", "alpha": 0.3}),
}
NEW = (
    "not-activated", "other-activation", "other-leak", "other-examples-inputs", "old-weights-in-next-pass", "softmax-twice",
    "other-logarithm", "loss-sign", "half-the-loss", "loss-brackets", "loss-not-squared", "other-examples-targets",
    "targets-of-next-class", "softmax-of-squared-error", "hidden-delta-sign", "hidden-delta-factor", "gradient-factor",
    "not-updated", "no-bias-correction", "corrected-moments-kept", "t-stuck", "t-one-too-many", "no-root", "memory-lost",
    "no-look-ahead", "decay-forgotten", "decay-factor", "bias-decayed",
)
OF_THE_ERRORS = {"other-examples-targets", "targets-of-next-class", "softmax-of-squared-error"}  # they swap a - t itself


def first_forms(name):
    """The trace where a mistake can be made first and gives numbers, and the mistake in its first form there."""
    traces = [make() for make in TRACES.values()]
    found = ((trace, one) for trace in traces for one in hypotheses([MISTAKES[name]], trace))
    return next((trace, one) for trace, one in found if with_mistakes(trace, [one]))


@pytest.mark.parametrize("name", NEW)
def test_each_is_found_by_its_numbers(name):
    trace, mistake = first_forms(name)
    wrong = printed(mutated(trace, [mistake]), 6)
    assert wrong != printed(trace, 6)
    assert trace.diagnose(wrong).mistakes == [(name,)]


@pytest.mark.parametrize("name", NEW)
def test_each_goes_with_errors_as_t_minus_a(name):
    trace, mistake = first_forms(name)
    signs = hypotheses([CONVENTIONS["opposite-sign"]], trace)
    together = [(sign, mistake) for sign in signs if joined((sign.swaps, mistake.swaps)) is not None]
    assert bool(together) == (name not in OF_THE_ERRORS)


SOME = ["hidden-delta-sign", "t-one-too-many", "other-activation", "loss-brackets", "softmax-twice"]


@pytest.mark.parametrize("name", SOME)
def test_some_are_found_where_errors_are_t_minus_a(name):
    trace, mistake = first_forms(name)
    sign = hypotheses([CONVENTIONS["opposite-sign"]], trace)[0]
    diagnosis = trace.diagnose(printed(mutated(trace, (sign, mistake)), 6))
    assert [names[0] for names in diagnosis.mistakes] == [name]
    assert diagnosis.conventions == ["errors as t - a, with updates that are added"]


@pytest.mark.parametrize(
    "name, optimizer",
    [
        ("rate-outside-velocity", ns.Momentum(0.2)), ("rate-outside-velocity", ns.Nesterov(0.2)),
        ("damped-velocity", ns.Momentum(0.2)), ("epsilon-inside-root", ns.RMSprop(0.1, epsilon=0.01)),
        ("penalty-in-gradient", ns.SGD(0.3, l2=0.2)), ("penalty-in-loss", ns.SGD(0.3, l1=0.1, l2=0.2)),
    ],
    ids=str,
)
def test_what_follows_a_convention_is_no_mistake(name, optimizer):
    trace = small(optimizer)
    answers = printed(with_convention(trace, name, hypotheses([CONVENTIONS[name]], trace)[0].form), 6)
    diagnosis = trace.diagnose(answers)
    assert answers != printed(trace, 6) and diagnosis
    assert diagnosis.conventions == [CONVENTIONS[name].equals]


@pytest.mark.parametrize("make", TRACES.values(), ids=list(TRACES))
def test_no_form_comes_twice_with_the_same_numbers(make):
    trace, seen = make(), {}
    for one in hypotheses([MISTAKES[name] for name in NEW], trace):
        wrong = with_mistakes(trace, [one])
        if wrong is not None:
            numbers = one.kind.name, tuple(printed(wrong, 9).values())
            assert seen.setdefault(numbers, one.form) == one.form, one.kind.name


def test_a_factor_on_the_gradients_is_not_that_of_the_batch():
    """Of 2 examples the sum is twice the mean, which the other reduction names."""
    assert forms_of("gradient-factor", chain_of_two((1.0, 2.0), (0.5, 1.0))) == ["2", "1/2"]
    batch = one_weight(ns.SGD(0.1), (1.0, 2.0), (0.5, 1.0), batch_size="all")
    assert forms_of("gradient-factor", batch) == []


def test_only_what_bends_can_lose_its_activation():
    assert forms_of("not-activated", one_unit()) == [] and forms_of("not-activated", chain_of_two((1.0,), (0.5,))) == []
    assert forms_of("not-activated", small(ns.SGD(0.1))) == [""]
    assert forms_of("not-activated", small(ns.SGD(0.1), "linear", "half_squared_error")) == []


def forms_of(name, trace):
    return [one.form for one in hypotheses([MISTAKES[name]], trace)]
