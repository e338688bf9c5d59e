"""neurosim: a microscope for backpropagation, in pure Python.

>>> import neurosim as ns
>>> net = ns.Network(inputs=2, seed=1)
>>> net = net.add(ns.Layer(2, "sigmoid", weights=[[0.15, 0.20], [0.25, 0.30]], biases=[0.35, 0.35]))
>>> net = net.add(ns.Layer(1, "sigmoid", weights=[[0.40, 0.45]], biases=[0.60]))
>>> outputs = net.forward([0.05, 0.10])
>>> loss = net.backward([0.01])
>>> net.update(ns.SGD(learning_rate=0.5))
>>> print(net.trace([0.05, 0.10], [0.01]).table(units=["o1"], phases=["loss", "backward"], decimals=4))
"""

from neurosim.activations import ACTIVATIONS, Activation
from neurosim.errors import InputError, NonFiniteError, UnknownNameError
from neurosim.initializers import INITIALIZERS, Initializer
from neurosim.layer import Layer
from neurosim.losses import LOSSES, Loss
from neurosim.network import Network
from neurosim.neuron import Neuron
from neurosim.optimizers import OPTIMIZERS, SGD, Optimizer
from neurosim.render.summary import network_html, summary, trace_html
from neurosim.render.table import trace_table
from neurosim.storage import Problem, load, save_network
from neurosim.trace import Rule, Step, Trace, trace

Network.trace = trace
Network.summary = summary
Network.save = save_network
Network._repr_html_ = network_html
Trace.table = trace_table
Trace._repr_html_ = trace_html
