"""The article "Neural network from scratch" with a NeuralNetwork class: 3-4-1, sigmoid, no bias.

2500 iterations of feedforward and backprop under the sum of squared errors. Then other activation and cost
functions take their places. The article asks that the black box be opened: the trace does that.
"""

import neurosim as ns

INPUTS = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
TARGETS = [[0], [1], [1], [0]]


def network(activation="sigmoid", loss="squared_error", output="sigmoid"):
    uniform = {"name": "uniform", "low": 0, "high": 1}
    layers = [ns.Layer(4, activation, bias=False, initializer=uniform), ns.Layer(1, output, bias=False, initializer=uniform)]
    return ns.Network(3, layers, loss, seed=1)


net = network()
history = net.fit(INPUTS, TARGETS, epochs=2500, batch_size="all", optimizer=ns.SGD(1), reduction="sum")
losses = history["loss"]
print("outputs:", [round(output, 2) for (output,) in net.predict(INPUTS)])
print(history.chart())
print("the error falls in every iteration:", all(after < before for before, after in zip(losses, losses[1:])))

print("\nOther functions in their places, outputs after 2500 iterations:")
for activation, loss, rate in (
    ("tanh", "squared_error", 0.1), ("relu", "squared_error", 0.1), ("leaky_relu", "squared_error", 0.1),
    ("softplus", "half_squared_error", 0.2), ("tanh", "binary_crossentropy", 0.1), ("swish", "log_cosh", 0.5),
):
    other = network(activation, loss)
    other.fit(INPUTS, TARGETS, epochs=2500, batch_size="all", optimizer=ns.SGD(rate), reduction="sum")
    outputs = ", ".join(f"{output:.1f}" for (output,) in other.predict(INPUTS))
    print(f"{activation:12} {loss:20} {outputs}")

print("(relu and leaky_relu stay at 0.5: without a bias the weights that were drawn leave them stuck)")

print("\nInside, for the second example before any training:")
print(network().trace(INPUTS[1], TARGETS[1]).table(units=["h1", "o1"], phases=["forward", "loss", "backward"], decimals=3))
