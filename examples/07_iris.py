"""Fisher's irises: a CSV file read, scaled and split; 4-8-3 with softmax, measured on flowers it never saw."""

from pathlib import Path

import neurosim as ns
from neurosim.problems.csv_data import read_csv
from neurosim.support.tables import table
from neurosim.training.metrics import confusion_matrix

examples = read_csv(Path(__file__).parent / "data" / "iris.csv", target="species")
training, test = examples.split(0.2, seed=1)
preparation = training.prepare("z-score")
inputs, targets = preparation.apply(training)
print(f"{len(training)} flowers to train on, {len(test)} to test; classes: {', '.join(preparation.classes)}")

net = ns.Network(4, [ns.Layer(8, "tanh"), ns.Layer(3, "softmax")], "categorical_crossentropy", seed=1)
history = net.fit(inputs, targets, epochs=100, optimizer=ns.SGD(0.05), metrics=["accuracy"])
print(f"loss {history['loss'][0]:.3f} in the first epoch, {history['loss'][-1]:.3f} in the last")

test_inputs, test_targets = preparation.apply(test)
measured = net.evaluate(test_inputs, test_targets, ["accuracy", "f1"])
print(f"test: accuracy {measured['accuracy']:.3f}, F1 {measured['f1']:.3f}")
matrix = confusion_matrix(net.predict(test_inputs), test_targets)
print(table([(name, *row) for name, row in zip(preparation.classes, matrix)], ["right class", *preparation.classes]))
