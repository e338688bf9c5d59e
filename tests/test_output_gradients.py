"""Backward from dE/da at the outputs, given in place of targets: no loss, and else the same."""

import random

import pytest
from random_networks import random_network

import neurosim as ns
from neurosim import InputError, Layer, Network


def network_with_loss_gradients(seed):
    """(network, inputs, targets, dE/da of the outputs) of a random network in which nothing cancels."""
    network, inputs, targets = random_network(seed)
    network.forward(inputs)
    network.backward(targets)
    return network, inputs, targets, [neuron.output_gradient for neuron in network.layers[-1].neurons]


def test_a_relu_neuron_as_printed():
    """H. Kinsley and D. Kukiela, Neural Networks from Scratch in Python, chapter 9: the output itself is made smaller."""
    network = Network(3, [Layer(1, "relu", weights=[[-3, -1, 2]], biases=[1])])
    trace = network.trace([1, -2, 3], None, ns.SGD(0.001), output_gradients=[1])
    assert trace["z[o1]"].value == 6
    assert [trace[f"dE/dw[x{i}->o1]"].value for i in (1, 2, 3)] == [1, -2, 3] and trace["dE/db[o1]"].value == 1
    assert [f"{trace[f'w+[x{i}->o1]'].value:.3f}" for i in (1, 2, 3)] == ["-3.001", "-0.998", "1.997"]
    assert f"{trace['b+[o1]'].value:.3f}" == "0.999" and f"{trace.after.forward([1, -2, 3])[0]:.3f}" == "5.985"


def test_a_sigmoid_neuron_as_printed():
    """Stanford CS231n, notes on backpropagation: f(w, x) = 1 / (1 + exp(-(w0 x0 + w1 x1 + w2))), its gradient is 1."""
    network = Network(2, [Layer(1, "sigmoid", weights=[[2.0, -3.0]], biases=[-3.0])])
    trace = network.trace([-1.0, -2.0], output_gradients=[1.0])
    printed = {"z[o1]": "1.00", "a[o1]": "0.73", "delta[o1]": "0.20", "dE/dw[x1->o1]": "-0.20", "dE/dw[x2->o1]": "-0.39",
               "dE/db[o1]": "0.20"}
    assert {address: f"{trace[address].value:.2f}" for address in printed} == printed


@pytest.mark.parametrize("seed", range(60))
def test_the_gradients_of_the_loss_give_the_deltas_of_the_targets(seed):
    network, inputs, targets, given = network_with_loss_gradients(seed)
    if None in given:
        return  # loss and activation cancel: there are none
    deltas = [neuron.delta for layer in network.layers for neuron in layer.neurons]
    network.forward(inputs)
    assert network.backward(output_gradients=given) is None
    assert [neuron.delta for layer in network.layers for neuron in layer.neurons] == deltas
    by_targets = network.trace(inputs, targets, "sgd")
    by_gradients = network.trace(inputs, None, "sgd", output_gradients=given)
    for step in by_gradients:
        assert by_targets[step.address].value == step.value
    left_out = {step.address for step in by_targets} - {step.address for step in by_gradients}
    assert {address.partition("[")[0] for address in left_out} == {"t", "E"}
    assert by_gradients.verify()


@pytest.mark.parametrize("seed", range(30))
def test_a_one_at_an_output_gives_its_slope(seed):
    """Compared with differences of the output itself, over twice the step (Press et al., Numerical Recipes, 5.7)."""
    draw = random.Random(seed)
    hidden, last = draw.choice(["tanh", "sigmoid", "softplus"]), draw.choice(["softmax", "sigmoid", "linear"])
    layers = [Layer(3, hidden), Layer(3, last)]
    network, inputs, output = Network(2, layers, seed=seed), [0.3, -0.8], seed % 3
    given = [int(index == output) for index in range(3)]
    trace, small = network.trace(inputs, output_gradients=given), 1e-6
    for layer in network.layers:
        for unit, neuron in enumerate(layer.neurons):
            before, ways = neuron.bias, []
            for step in (small, -small):
                neuron.bias = before + step
                ways.append(network.forward(inputs)[output])
            neuron.bias = before
            name = next(names[unit] for names, one in zip(network.layer_names, network.layers) if one is layer)
            assert trace[f"delta[{name}]"].value == pytest.approx((ways[0] - ways[1]) / (2 * small), rel=1e-6, abs=1e-9)


def test_sigmoid_and_cross_entropy_do_not_cancel_without_a_loss():
    network = Network(1, [Layer(1, "sigmoid", [[0.0]], [0.0])], "binary_crossentropy")
    network.forward([1.0])
    network.backward(output_gradients=[3.0])
    assert network["o1"].delta == 3 * 0.25  # the slope of the sigmoid at 0


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", ns.SGD(0.1, "sequential")])
def test_batches_and_optimizers_go_on_from_it(reduction, optimizer):
    network = Network(2, [Layer(2, "tanh"), Layer(2, "linear")], seed=3)
    size = 1 if isinstance(optimizer, ns.SGD) else 2
    rows, given = [[0.1, 0.2], [0.5, -0.3], [1.0, 0.4]], [[1, 0], [0, -1], [0.5, 0.5]]
    trace = network.trace(rows, None, optimizer, size, reduction, 2, output_gradients=given)
    assert trace.verify() and "w+[x1->h1]@6" in trace and not [step for step in trace if step.phase == "loss"]
    if size == 1:
        return  # the hidden deltas come from weights that were updated before
    # with half the squared error of linear outputs, targets a - g have these gradients
    first = network.trace(rows[:1], [[a - g for a, g in zip(network.forward(rows[0]), given[0])]])
    assert trace["delta[h1]@1"].value == pytest.approx(first["delta[h1]"].value, rel=1e-12)


def test_from_the_trace_all_else_goes_on():
    trace = ns.built_in("mazur").trace(output_gradients=[1, 0])
    assert trace.replay(values={"dE/da[o1]": 2})["delta[h1]"].value == 2 * trace["delta[h1]"].value
    assert "2 paths lead from w[x1->h1]" in str(trace.explain("w[x1->h1]"))
    for draw in (trace.text, trace.markdown, trace.latex, trace.svg, trace.python, trace.json, trace.csv, trace.dot):
        assert "delta" in draw() or "δ" in draw()
    wrong = trace.replay(rules={"f'": lambda z, a: 1})["delta[h1]"].value
    assert trace.diagnose({"delta[o1]": "1", "delta[o2]": "0", "delta[h1]": repr(wrong)}).wrong[0] == "delta[o1]"


def test_a_number_that_is_replaced_on_the_way_back_is_no_beginning():
    trace = ns.built_in("mazur").trace()
    verdict = trace.replay(values={"dE/da[o1]": 0.5, "dE/da[o2]": 0.1}).verify()
    assert {broken.address for broken in verdict.breaks} == {"dE/da[o1]", "dE/da[o2]"}


def test_gradients_of_several_examples_are_never_classes():
    network = Network(1, [Layer(3, "softmax")], seed=1)
    with pytest.raises(InputError, match=r"targets\[0\]: expected a list of numbers, got 0"):
        network.trace([[1], [2], [3]], output_gradients=[0, 1, 2])


@pytest.mark.parametrize("arguments, message", [
    ({}, "backward takes either targets or output_gradients"),
    ({"targets": [1, 0], "output_gradients": [1, 0]}, "backward takes either targets or output_gradients"),
    ({"output_gradients": [1]}, "output_gradients: expected 2 numbers, got 1"),
    ({"output_gradients": [1, "x"]}, r"output_gradients\[1\]: expected a number, got 'x'"),
    ({"output_gradients": [1, float("nan")]}, r"dE/da\[o2\] is not finite: nan"),
])
def test_what_backward_refuses(arguments, message):
    network = ns.built_in("mazur").network
    network.forward([1, 2])
    with pytest.raises(InputError, match=message):
        network.backward(**arguments)
    if len(arguments) != 1:
        with pytest.raises(InputError, match="either from targets or from output_gradients|an update needs targets"):
            network.trace([1, 2], optimizer="sgd", **arguments)


def test_without_a_forward_pass_or_through_steps_no_error_goes_back():
    with pytest.raises(InputError, match="backward needs a forward pass first"):
        ns.built_in("mazur").network.backward(output_gradients=[1, 0])
    network = Network(1, [Layer(1, "step")], "perceptron", seed=1)
    network.forward([1])
    with pytest.raises(InputError, match="o1: step has no useful derivative"):
        network.backward(output_gradients=[1])


def test_the_command_line_goes_back_from_an_output(run):
    status, out, err = run("trace", "mazur", "--backward-from", "o1=0.5, o2=-0.1", "--format", "json", "--decimals", "all")
    trace = ns.built_in("mazur").trace(output_gradients=[0.5, -0.1])
    assert (status, err) == (0, "") and str(trace["delta[h2]"].value) in out and '"E"' not in out
    assert run("explain", "mazur", "delta[h1]", "--backward-from", "o2")[1].startswith("delta[h1] = 0.0")
    one = ns.built_in("mazur").trace(output_gradients=[0, 1])["delta[h1]"].value
    assert run("explain", "mazur", "delta[h1]", "--backward-from", "o2")[1].splitlines()[0] == f"delta[h1] = {one:.6g}"


def test_the_worked_solution_says_where_it_begins(run):
    text = run("trace", "mazur", "--backward-from", "o1", "--as", "markdown")[1]
    assert "### Output gradients" in text
    assert "Loss:" not in text and "Loss: half" in run("trace", "mazur", "--as", "markdown")[1]


def test_a_gradient_of_an_output_is_told_by_its_symbols(run):
    status, out, err = run("explain", "mazur", "da[o1]/dz[h2]")
    assert (status, out) == (2, "") and err.endswith(
        "da[o1]/dz[h2] is delta[h2] of a trace that goes back from o1: --backward-from o1\n")
    assert "did you mean 'delta[h2]'" in run("explain", "mazur", "dE/dz[h2]")[2]


@pytest.mark.parametrize("arguments, message", [
    (["--backward-from", "h1"], "unknown output 'h1'; choose from o1, o2"),
    (["--backward-from", "o1,o1=2"], "--backward-from: o1 stands there twice"),
    (["--backward-from", "o1=x"], "argument --backward-from: expected a number behind the =, got 'x'"),
    (["--backward-from", "o1=inf"], "--backward-from o1: expected a finite number, got inf"),
    (["--backward-from", "o1", "--targets", "1,0"], "--targets does not go with --backward-from"),
    (["--backward-from", "o1", "--save", "x.json"], "--save does not go with --backward-from"),
])
def test_what_the_command_line_refuses(arguments, message, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = run("trace", "mazur", *arguments)
    assert (status, out) == (2, "") and message in err and err.count("\n") == 1 and not list(tmp_path.iterdir())
