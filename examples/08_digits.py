"""Handwritten digits, 8 by 8 pixels: 64-32-10, one example at a time, in pure Python.

Takes some seconds for each pass over the 1438 examples to train on; the test digits were never seen.
"""

from pathlib import Path

import neurosim as ns
from neurosim.problems.csv_data import read_csv

examples = read_csv(Path(__file__).parent / "data" / "digits.csv", target="digit")
training, test = examples.split(0.2, seed=1)
preparation = training.prepare("z-score")
inputs, targets = preparation.apply(training)

net = ns.Network(64, [ns.Layer(32, "tanh"), ns.Layer(10, "softmax")], "categorical_crossentropy", seed=1)
print(net.summary())
history = net.fit(inputs, targets, epochs=6, optimizer=ns.SGD(0.05), metrics=["accuracy"])
test_inputs, test_targets = preparation.apply(test)
accuracy = net.evaluate(test_inputs, test_targets, ["accuracy"])["accuracy"]
print(f"at least 95 % of {len(test)} test digits are right: {accuracy >= 0.95}")


def drawn(row):
    """The picture of a digit, from nought ink to 16."""
    pixels = [" .:*#"[min(4, int(ink * 5 / 17))] for ink in row]
    return "\n".join("".join(pixels[start : start + 8]) for start in range(0, 64, 8))


for row, found in list(zip(test.inputs, net.predict_classes(test_inputs)))[:2]:
    print(f"\ntaken for a {preparation.classes[found]}:\n{drawn(row)}")
