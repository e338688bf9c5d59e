"""The article "Neural network from scratch in Python and R": 4-3-1, all sigmoid, full-batch descent.

5000 epochs with a learning rate of 0.1; the gradients of the three examples are summed, and every weight
changes at once. The article contrasts this with stochastic descent, an update for every example.
"""

import neurosim as ns

INPUTS = [[1, 0, 1, 0], [1, 0, 1, 1], [0, 1, 0, 1]]
TARGETS = [[1], [1], [0]]
FROM_0_TO_1 = {"name": "uniform", "low": 0, "high": 1}


def network():
    hidden = ns.Layer(3, "sigmoid", initializer=FROM_0_TO_1, bias_initializer=FROM_0_TO_1)
    output = ns.Layer(1, "sigmoid", initializer=FROM_0_TO_1, bias_initializer=FROM_0_TO_1)
    return ns.Network(4, [hidden, output], "half_squared_error", seed=1)


print("The article's first epoch, with its own weights and a learning rate of 0.01:")
worked = ns.built_in("analytics-vidhya").trace()
print(worked.table(units="o1", phases=["gradient", "update"], decimals=8, terms=3))

for name, batch_size in (("full batch", "all"), ("stochastic", 1)):
    net = network()
    history = net.fit(INPUTS, TARGETS, epochs=5000, batch_size=batch_size, optimizer=ns.SGD(0.1), reduction="sum")
    outputs = ", ".join(f"{output:.3f}" for (output,) in net.predict(INPUTS))
    print(f"\n{name}: outputs {outputs} for targets 1, 1, 0")
    print(history.chart())
