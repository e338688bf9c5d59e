"""A perceptron learns AND: weights change only when an answer is wrong.

Rosenblatt's rule: w+ = w + eta (t - a) x. In the vocabulary of this project delta is a - t, and an update
subtracts eta * delta * x.
"""

from fractions import Fraction

import neurosim as ns

INPUTS = [[0, 0], [0, 1], [1, 0], [1, 1]]
TARGETS = [[0], [0], [0], [1]]

network = ns.Network(2, [ns.Layer(1, "step", weights=[[Fraction(0), Fraction(0)]], biases=[Fraction(0)])], "perceptron")

print("The first epoch, in exact fractions (eta = 1/10):")
trace = network.trace(INPUTS, TARGETS, ns.SGD(0.1))
print(trace.table(units="o1", phases=["forward", "backward", "update"]))

for epoch in range(1, 11):
    history = network.fit(INPUTS, TARGETS, optimizer=ns.SGD(0.1), shuffle=False)
    neuron = network["o1"]
    weights = ", ".join(map(str, neuron.weights))
    print(f"epoch {epoch}: weights {weights}, bias {neuron.bias}, mean error {history['loss'][0]}")
    if history["loss"][0] == 0:
        break

print("answers:", network.predict_classes(INPUTS))
