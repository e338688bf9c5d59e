"""The question "how do I implement backpropagation for a medium-sized network?", answered.

It has NN(2), addLayer, feedForward, prediction and calculateErr, and asks how to go on to backpropagation
and to larger networks. Here are the same steps in this library's words.
"""

import neurosim as ns

net = ns.Network(2, seed=8)  # NN(2)
net.add(ns.Layer(3, "sigmoid"))  # addLayer(Layer(3, sigmoid)): weights are drawn now, three rows of two
net.add(ns.Layer(1, "sigmoid"))

prediction = net.forward([2.0, 1.0])  # feedForward([2.0, 1.0])
print("prediction:", [round(output, 4) for output in prediction])
print("again:     ", [round(output, 4) for output in net.forward([2.0, 1.0])], "(nothing is left from the last pass)")

loss = net.backward([0.9])  # calculateErr(target), and the error on its way back through every layer
print("loss:", round(loss, 4))
for name in ("o1", "h1", "h2", "h3"):
    neuron = net[name]
    print(f"{name}: delta {neuron.delta:.4f}, weight gradients {[round(g, 4) for g in neuron.weight_gradients]}")

for step in range(1, 101):
    net.forward([2.0, 1.0])
    loss = net.backward([0.9])
    net.update(ns.SGD(0.5))
    if step in (1, 10, 100):
        print(f"after {step} updates the loss was {loss:.6f}")

print("\nA larger network is the same with more layers:")
large = ns.Network(2, [ns.Layer(size, "tanh") for size in (16, 8, 4)] + [ns.Layer(1)], seed=8)
print(large.summary())
inputs, targets = [[2.0, 1.0], [1.0, 2.0], [0.5, 0.5]], [[0.9], [0.1], [0.5]]
large.fit(inputs, targets, epochs=500, optimizer=ns.SGD(0.5))
print("outputs:", [round(output, 2) for (output,) in large.predict(inputs)])
