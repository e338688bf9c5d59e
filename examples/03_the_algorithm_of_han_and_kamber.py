"""The backpropagation algorithm as Han and Kamber state it, with its three ways to end.

Weights and biases start between -0.5 and 0.5; every tuple is propagated forward, its error backward, and
every weight and bias changes at once. It ends when every weight change is below a threshold, or the share
of misclassified tuples is below one, or a set number of epochs is done.
"""

import neurosim as ns

SMALL = {"name": "uniform", "low": -0.5, "high": 0.5}
INPUTS = [[0, 0], [0, 1], [1, 0], [1, 1]]
TARGETS = [[0], [1], [1], [1]]  # OR


def network(loss="half_squared_error"):
    layers = [ns.Layer(size, initializer=SMALL, bias_initializer=SMALL) for size in (2, 1)]
    return ns.Network(2, layers, loss, seed=6)


print("The book's worked example, its first tuple:")
print(ns.built_in("han-kamber").trace().table(units=["4", "5", "6"], phases="backward", decimals=4))

print("\nThree ways to end:")
for stop in (ns.WeightChangeBelow(0.005), ns.ErrorRateBelow(0.1), ns.MaxEpochs(150)):
    net = network()
    history = net.fit(INPUTS, TARGETS, epochs=5000, optimizer=ns.SGD(0.9), stop=stop)
    print(f"{len(history)} epochs, ended by {history.stopped_by}; classes {net.predict_classes(INPUTS)}")


def back(net, x, y):
    """The lists of bias and weight gradients, layer by layer, as Nielsen's mini-batch network returns them."""
    net.forward(x)
    net.backward(y)
    biases = [[neuron.bias_gradient for neuron in layer.neurons] for layer in net.layers]
    weights = [[neuron.weight_gradients for neuron in layer.neurons] for layer in net.layers]
    return biases, weights


nabla_b, nabla_w = back(network(), [1, 0.5], [1])
print("\nnabla_b:", [[f"{g:+.4f}" for g in layer] for layer in nabla_b])
print("nabla_w:", [[[f"{g:+.4f}" for g in row] for row in layer] for layer in nabla_w])

print("\nA loop that prints cross-entropy but descends with the deltas of squared error makes a mistake:")
for loss in ("half_squared_error", "binary_crossentropy"):
    net = network(loss)
    net.forward([1, 0])
    net.backward([1])
    rule = net.trace([1, 0], [1])["delta[o1]"].rule
    print(f"{loss:20} delta[o1] = {net['o1'].delta:.4f}, by the rule {rule!r}")
