"""The chapter that trains XOR in Keras: tanh and sigmoid, binary cross-entropy, SGD at 0.1.

First a perceptron fails, because no line separates XOR; then ten hidden units solve it. The structure and
the weights are saved apart, as JSON, and loaded again without training.
"""

import os
import tempfile

import neurosim as ns

INPUTS, TARGETS = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]

perceptron = ns.Network(2, [ns.Layer(1, "step")], "perceptron", seed=1)
perceptron.fit(INPUTS, TARGETS, epochs=1000, optimizer=ns.SGD(0.1))
print("a perceptron after 1000 epochs:", perceptron.predict_classes(INPUTS))

model = ns.Network(2, [ns.Layer(10, "tanh"), ns.Layer(1, "sigmoid")], "binary_crossentropy", seed=2)
print(model.summary())
print("\nbefore training:", [round(output, 3) for (output,) in model.predict(INPUTS)])

sgd = ns.SGD(0.1)
for number in range(1, 11):
    history = model.fit(INPUTS, TARGETS, epochs=100, optimizer=sgd, metrics=["accuracy"])
    print(f"epoch {100 * number}: loss {history['loss'][-1]:.3f}, accuracy {history['accuracy'][-1]:.2f}")
    if model.evaluate(INPUTS, TARGETS)["loss"] < 0.1:
        break  # and else train on

print("classes:", model.predict_classes(INPUTS))
print("outputs:", [round(output, 2) for (output,) in model.predict(INPUTS)])

with tempfile.TemporaryDirectory() as folder:
    structure, weights = os.path.join(folder, "structure.json"), os.path.join(folder, "weights.json")
    model.save(structure, weights=False)
    model.save(weights)
    loaded = ns.load(structure).network  # with new weights, drawn from the seed
    loaded.load_weights(weights)
print("loaded again, bit for bit the same:", loaded.predict(INPUTS) == model.predict(INPUTS))
