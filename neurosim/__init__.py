"""neurosim: a microscope for backpropagation, in pure Python.

>>> import neurosim as ns
>>> net = ns.Network(inputs=2, seed=1)
>>> net = net.add(ns.Layer(2, "sigmoid", weights=[[0.15, 0.20], [0.25, 0.30]], biases=[0.35, 0.35]))
>>> net = net.add(ns.Layer(1, "sigmoid", weights=[[0.40, 0.45]], biases=[0.60]))
>>> outputs = net.forward([0.05, 0.10])
>>> loss = net.backward([0.01])
>>> net.update(ns.SGD(learning_rate=0.5))
>>> print(net.trace([0.05, 0.10], [0.01]).table(units=["o1"], phases=["loss", "backward"], decimals=4))
  #  phase     address    formula                with numbers               value
---  --------  ---------  ---------------------  -----------------------  -------
 19  loss      E[o1]      (a[o1] - t[o1])^2 / 2  (0.7284 - 0.0100)^2 / 2   0.2580
 21  backward  dE/da[o1]  a[o1] - t[o1]          0.7284 - 0.0100           0.7184
 22  backward  f'[o1]     a[o1] * (1 - a[o1])    0.7284 * (1 - 0.7284)     0.1979
 23  backward  delta[o1]  dE/da[o1] * f'[o1]     0.7184 * 0.1979           0.1421
"""

from neurosim.activations import ACTIVATIONS, Activation
from neurosim.check import GradientCheck, check_gradients
from neurosim.check.diagnose import Diagnosis, diagnose, diagnose_trace, mutate
from neurosim.check.solve import Solution, solve
from neurosim.check.health import Health, health
from neurosim.debugger import debug
from neurosim.errors import InputError, NonFiniteError, UnknownNameError
from neurosim.evaluation import evaluate, predict, predict_classes
from neurosim.exercises import built_in
from neurosim.history import History
from neurosim.initializers import INITIALIZERS, Initializer
from neurosim.layer import Layer
from neurosim.life import Life
from neurosim.losses import LOSSES, Loss
from neurosim.metrics import METRICS, Metric
from neurosim.network import Network
from neurosim.neuron import Neuron
from neurosim.optimizers import OPTIMIZERS, SGD, Adagrad, Adam, Momentum, Nesterov, Optimizer, RMSprop
from neurosim.render.csv import trace_csv
from neurosim.render.diagnosis import diagnosis_text
from neurosim.render.dot import trace_dot
from neurosim.render.explanation import explanation_html, explanation_text
from neurosim.render.gradients import gradient_check_html, gradient_check_text
from neurosim.render.health import health_html, health_text
from neurosim.render.json import trace_json
from neurosim.render.latex import trace_latex
from neurosim.render.life import life_text
from neurosim.render.markdown import trace_markdown
from neurosim.render.mermaid import trace_mermaid
from neurosim.render.solution import solution_text
from neurosim.render.summary import network_html, summary
from neurosim.render.table import trace_html, trace_table
from neurosim.render.text import trace_text
from neurosim.schedules import SCHEDULES, Schedule
from neurosim.stopping import ErrorRateBelow, LossBelow, MaxEpochs, Patience, WeightChangeBelow
from neurosim.storage import Problem, load, save_network
from neurosim.trace import (
    Digits, Explanation, Places, Rule, Step, Trace,
    affects, depends_on, explain, load_trace, replay, save_trace, trace, verify,
)  # fmt: skip
from neurosim.training import fit, sweep

# What stands on the core is hung on it here, so that `net.trace(...)` is found where a person looks for it
# while the core's own modules know nothing of what stands on them.
Network.fit = fit
Network.evaluate = evaluate
Network.predict = predict
Network.predict_classes = predict_classes
Network.trace = trace
Network.debug = debug
Network.check_gradients = check_gradients
Network.summary = summary
Network.diagnose = diagnose
Network.solve = solve
Network.health = health
Network.save = save_network
Network._repr_html_ = network_html
Trace.replay = replay
Trace.depends_on = depends_on
Trace.affects = affects
Trace.verify = verify
Trace.save = save_trace
Trace.explain = explain
Trace.diagnose = diagnose_trace
Trace.mutate = mutate
Trace.table = trace_table
Trace.text = trace_text
Trace.markdown = trace_markdown
Trace.latex = trace_latex
Trace.json = trace_json
Trace.csv = trace_csv
Trace.dot = trace_dot
Trace.mermaid = trace_mermaid
Trace._repr_html_ = trace_html
Solution.text = Solution.__str__ = solution_text
Diagnosis.text = Diagnosis.__str__ = diagnosis_text
Explanation.text = Explanation.__str__ = explanation_text
Explanation._repr_html_ = explanation_html
Health.text = Health.__str__ = health_text
Health._repr_html_ = health_html
Life.text = Life.__str__ = life_text
GradientCheck.text = GradientCheck.__str__ = gradient_check_text
GradientCheck._repr_html_ = gradient_check_html

__all__ = [
    # the network
    "Network", "Layer", "Neuron",
    # its parts by name, and the classes to derive one's own from
    "ACTIVATIONS", "Activation", "LOSSES", "Loss", "INITIALIZERS", "Initializer", "OPTIMIZERS", "Optimizer",
    "SGD", "Momentum", "Nesterov", "Adagrad", "RMSprop", "Adam", "SCHEDULES", "Schedule",
    # training
    "History", "sweep", "MaxEpochs", "WeightChangeBelow", "ErrorRateBelow", "LossBelow", "Patience", "METRICS", "Metric",
    # the trace
    "Trace", "Step", "Rule", "Places", "Digits", "load_trace",
    # problem files
    "Problem", "load", "built_in",
    # what can go wrong
    "InputError", "UnknownNameError", "NonFiniteError",
]  # fmt: skip
