"""Every public method of neurosim in use: it runs as a program, and `mypy --strict` knows the type of every result."""

from __future__ import annotations

import tempfile
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

import neurosim as ns
from neurosim.custom import Activation, Number, exp
from neurosim.testing import assert_backprop_matches

temporary = tempfile.TemporaryDirectory()
folder = FilePath(temporary.name)
X, T = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [[0.0], [1.0], [1.0], [0.0]]


class Bell(Activation):
    formula, derivative_formula = "exp(-z^2)", "-2*z * a"

    def __call__(self, net_input: Number) -> Number:
        return exp(0 - net_input * net_input)

    def derivative(self, net_input: Number, output: Number) -> Number:
        return -2 * net_input * output


# The network, its layers and neurons
net = ns.Network(2, [ns.Layer(3, Bell)], "binary_crossentropy", seed=1).add(ns.Layer(1))
layer, unit, shape = net.layers[0], net["h1"], (len(net.layers), net.layers[0].size)
outputs, loss = net.forward(X[1]), net.backward(T[1])
numbers = unit.weights, unit.bias, unit.net_input, unit.output, unit.delta, unit.weight_gradients
net.update(ns.SGD(0.5, clip_norm=1.0))
twin, summary = net.copy(), net.summary()
twin.draw_again()

# The same by the algorithm's own verbs, without guards
optimizer = ns.Momentum(0.1)
passed = twin.propagate(X[1])
twin.backpropagate(T[1])
twin.descend(optimizer)
twin.descend_sequentially(optimizer)
named, biases, slope = twin.named_layers(), twin.layers[0].biases, twin["h1"].bias_gradient
labels = layer.activation.label, optimizer.label, net.loss.label, optimizer.changed(), optimizer.snapshot()["updates"]
pieces = net.loss.term(0.5, 1.0, 1), net.loss.derivative(0.5, 1.0, 1), ns.INITIALIZERS["zeros"]().draw(net.random, 2, 3)
optimizer.forget()

# Training
stop = ns.LossBelow(0.05) | ns.ErrorRateBelow(0.1) | ns.WeightChangeBelow() | ns.Patience(50) | ns.MaxEpochs(9)
history = net.fit(X, T, 3, optimizer=ns.Adam(0.1), stop=stop, metrics=["accuracy"], record=["h1"], validation=(X, T))
history = history + net.fit(X, T, 2, optimizer="adam", metrics=["accuracy"], record=["h1"], validation=(X, T))
column, epochs, chart, rows = history["loss"], len(history), history.chart("loss", width=20), history.csv()
life = history.life("h1")
story, events, later, whole_life = life.text(), life.events, life.moved(3), life.ends_with(5)
measures, predictions, classes = net.evaluate(X, T, "accuracy"), net.predict(X), net.predict_classes(X)
swept = ns.sweep(lambda rate: net.copy().fit(X, T, optimizer=ns.SGD(rate))["loss"][-1], rate=[0.1, 0.5])

# The trace
trace = net.trace(X[1], T[1], ns.SGD(0.5))
step, steps, known, before, after = trace["delta[h1]"], list(trace), "E" in trace, trace.network, trace.after
address, value, operands, some = step.address, step.value, step.operands, trace.only("h1", "forward")
again = trace.replay(values={"w[x1->h1]": 1.0}, rounding=ns.Places(4))
made_from, makes, verdict, worked = trace.depends_on("E"), trace.affects("b[h1]"), trace.verify(), trace.evaluate(step)
explanation = trace.explain("x1->h1")
ledger, derivation = explanation.ledger, explanation.text()
assert ledger is not None
paths, rest, difference, smallest = ledger.paths, ledger.rest, ledger.difference, ledger.paths[0].smallest
forms = trace.table(), trace.text(), trace.markdown(), trace.latex(), trace.json(), trace.csv()
drawings, script = (trace.dot(), trace.mermaid(), trace.svg(1, 4, "given"), net.svg(decimals=2)), trace.python()
code = ns.network_code(ns.built_in("mazur"), "torch")
mutant = ns.built_in("mazur").trace().mutate("no-output-slope")

# Judgements
diagnosis = trace.diagnose({"delta[o1]": f"{trace['delta[o1]'].value:.4f}"})
status, mistakes, told, apart = diagnosis.status, diagnosis.mistakes, diagnosis.text(), diagnosis.ask
diagnosed = net.diagnose(X[1], T[1], {"a[o1]": "0.5"})
problem = ns.built_in("mazur")
solution = problem.network.solve(problem.inputs[0], problem.targets[0], {"w+[h1->o1]": "0.35891648"}, ns.SGD(0.5))
ranked, giving = solution.ranked, solution.giving("w+[h1->o1]")
whole, unfit, solved = solution.whole, solution.first_inconsistent, solution.text()
check = net.check_gradients(X, T)
agreeing, rounding = check.with_verdict("agrees"), check.is_rounding(1e-18)
holds, worst, report = bool(check), check["dE/dw[x1->h1]"], check.text()
health = net.health(X, T, ns.SGD(0.1))
findings, alarms, examined = health.findings, health.alarms, health.text()
net.debug(X[0], T[0], commands=["step", "quit"])
assert_backprop_matches(lambda w, b, x, t: {"dW1": [[x[0] * 2.0 * (2.0 * x[0] - t[0]) / 2.0]]}, ns.Network(
    1, [ns.Layer(1, "linear", weights=[[2.0]], bias=False)]), [([1.0], [0.0])])

# Files
problem.save(folder / "problem.json")
problem.network.save(folder / "network.json")
problem.trace().save(folder / "trace.jsonl")
loaded, traced, read = ns.load(folder / "problem.json"), problem.trace(), ns.load_trace(folder / "trace.jsonl")
temporary.cleanup()

if TYPE_CHECKING:
    reveal_type((net, layer, unit, shape, numbers, outputs, loss, twin, summary))
    reveal_type((optimizer, passed, named, biases, slope, pieces))
    reveal_type((stop, history, column, epochs, chart, rows, life, story, events, later, whole_life))
    reveal_type((measures, predictions, classes, swept))
    reveal_type((trace, step, steps, known, before, after, address, value, operands, some, again))
    reveal_type((made_from, makes, verdict, worked, explanation, ledger, derivation, paths, rest, difference))
    reveal_type((smallest, forms, drawings, script, code, mutant))
    reveal_type((diagnosis, status, mistakes, told, apart, diagnosed))
    reveal_type((problem, solution, ranked, giving, whole, unfit, solved))
    reveal_type((check, agreeing, rounding, holds, worst, report, health, findings, alarms, examined, loaded, traced, read))
