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

TYPE_CHECKING = False  # for type checkers it is true; `typing` takes longer to load than this module

if TYPE_CHECKING:
    from neurosim import core as core
    from neurosim import custom as custom
    from neurosim import debugger as debugger
    from neurosim import diagnosis as diagnosis
    from neurosim import formula as formula
    from neurosim import frameworks as frameworks
    from neurosim import gradients as gradients
    from neurosim import health as health
    from neurosim import problems as problems
    from neurosim import render as render
    from neurosim import support as support
    from neurosim import testing as testing
    from neurosim import trace as trace
    from neurosim import training as training
    from neurosim.core.activations import ACTIVATIONS, Activation
    from neurosim.core.initializers import INITIALIZERS, Initializer
    from neurosim.core.layer import Layer
    from neurosim.core.losses import LOSSES, Loss
    from neurosim.core.network import Network
    from neurosim.core.neuron import Neuron
    from neurosim.core.optimizers import OPTIMIZERS, SGD, Adagrad, Adam, Momentum, Nesterov, Optimizer, RMSprop
    from neurosim.core.schedules import SCHEDULES, Schedule
    from neurosim.diagnosis.diagnosis import Diagnosis
    from neurosim.diagnosis.solve_conventions import Solution
    from neurosim.frameworks.code import network_code
    from neurosim.frameworks.comparison import Comparison
    from neurosim.frameworks.dense import from_arrays
    from neurosim.frameworks.keras import from_keras
    from neurosim.frameworks.observe import observe
    from neurosim.frameworks.pytorch import from_torch
    from neurosim.frameworks.sklearn import from_sklearn
    from neurosim.gradients.check import GradientCheck
    from neurosim.health.findings import Finding, Health
    from neurosim.health.life import Event, Life
    from neurosim.problems.catalogue import built_in
    from neurosim.problems.problem_file import Problem, load
    from neurosim.support.errors import InputError, NonFiniteError, UnknownNameError
    from neurosim.support.types import Number
    from neurosim.trace.diff import Diff, Difference
    from neurosim.trace.explain import Explanation
    from neurosim.trace.files import load_trace
    from neurosim.trace.paths import Ledger, Path
    from neurosim.trace.rounding import Digits, Places
    from neurosim.trace.rules import Rule
    from neurosim.trace.step import Step, Trace
    from neurosim.trace.verify import Verdict
    from neurosim.training.history import History
    from neurosim.training.metrics import METRICS, Metric
    from neurosim.training.stopping import ErrorRateBelow, LossBelow, MaxEpochs, Patience, Stop, WeightChangeBelow
    from neurosim.training.sweep import sweep

# Each room and public name is loaded when it is first used, so that a command can answer signals before it loads them.
_ROOMS = (
    "core", "custom", "debugger", "diagnosis", "formula", "frameworks", "gradients", "health", "problems", "render",
    "support", "testing", "trace", "training",
)
_LOADED_WHEN_USED = {
    "core.activations": ("ACTIVATIONS", "Activation"),
    "core.initializers": ("INITIALIZERS", "Initializer"),
    "core.layer": ("Layer",),
    "core.losses": ("LOSSES", "Loss"),
    "core.network": ("Network",),
    "core.neuron": ("Neuron",),
    "core.optimizers": ("OPTIMIZERS", "SGD", "Adagrad", "Adam", "Momentum", "Nesterov", "Optimizer", "RMSprop"),
    "core.schedules": ("SCHEDULES", "Schedule"),
    "diagnosis.diagnosis": ("Diagnosis",),
    "diagnosis.solve_conventions": ("Solution",),
    "frameworks.code": ("network_code",),
    "frameworks.comparison": ("Comparison",),
    "frameworks.dense": ("from_arrays",),
    "frameworks.keras": ("from_keras",),
    "frameworks.observe": ("observe",),
    "frameworks.pytorch": ("from_torch",),
    "frameworks.sklearn": ("from_sklearn",),
    "gradients.check": ("GradientCheck",),
    "health.findings": ("Finding", "Health"),
    "health.life": ("Event", "Life"),
    "problems.catalogue": ("built_in",),
    "problems.problem_file": ("Problem", "load"),
    "support.errors": ("InputError", "NonFiniteError", "UnknownNameError"),
    "support.types": ("Number",),
    "trace.diff": ("Diff", "Difference"),
    "trace.explain": ("Explanation",),
    "trace.files": ("load_trace",),
    "trace.paths": ("Ledger", "Path"),
    "trace.rounding": ("Digits", "Places"),
    "trace.rules": ("Rule",),
    "trace.step": ("Step", "Trace"),
    "trace.verify": ("Verdict",),
    "training.history": ("History",),
    "training.metrics": ("METRICS", "Metric"),
    "training.stopping": ("ErrorRateBelow", "LossBelow", "MaxEpochs", "Patience", "Stop", "WeightChangeBelow"),
    "training.sweep": ("sweep",),
}

__all__ = [
    # the network
    "Network", "Layer", "Neuron", "Number",
    # its parts by name, and the classes to derive your own from
    "ACTIVATIONS", "Activation", "LOSSES", "Loss", "INITIALIZERS", "Initializer", "OPTIMIZERS", "Optimizer",
    "SGD", "Momentum", "Nesterov", "Adagrad", "RMSprop", "Adam", "SCHEDULES", "Schedule",
    # training
    "History", "sweep", "MaxEpochs", "WeightChangeBelow", "ErrorRateBelow", "LossBelow", "Patience", "Stop",
    "METRICS", "Metric",
    # the trace
    "Trace", "Step", "Rule", "Places", "Digits", "load_trace", "Explanation", "Ledger", "Path", "Verdict",
    "Diff", "Difference",
    # judgements
    "Diagnosis", "Solution", "GradientCheck", "Health", "Finding", "Life", "Event",
    # other frameworks
    "from_torch", "from_keras", "from_sklearn", "from_arrays", "observe", "Comparison", "network_code",
    # problem files
    "Problem", "load", "built_in",
    # what can go wrong
    "InputError", "UnknownNameError", "NonFiniteError",
]


def __getattr__(name):
    """A room, or a public name of one, loaded now that it is asked for."""
    from importlib import import_module

    if name in _ROOMS:
        return import_module(f"neurosim.{name}")
    for module, names in _LOADED_WHEN_USED.items():
        if name in names:
            globals()[name] = getattr(import_module(f"neurosim.{module}"), name)
            return globals()[name]
    raise AttributeError(f"module 'neurosim' has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__, *_ROOMS})
