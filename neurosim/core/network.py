"""The network: layers one behind the other, and backpropagation through them.

The words and symbols, here and everywhere:

    z      net_input         weighted sum of a neuron's inputs plus its bias, such as 0.3775
    a      output            f(z), what the neuron sends on, such as 0.5933
    t      target            what an output should be, such as 0.01
    E      loss              how far the outputs are from the targets, such as 0.2984
    dE/da  output_gradient   how E changes with a neuron's output
    delta  delta             dE/dz, how E changes with a neuron's net input; descent subtracts it
    dE/dw  weight_gradients  delta times the input that came in through the weight
    eta    learning_rate     how far an update goes against the gradient

One step of learning is three calls: `forward` sends the inputs through the layers, `backward` sends the
error from the loss back to the first layer, and `update` changes the weights. Each neuron keeps what it
computed until the next forward pass; its gradients are worked out when they are read. In a batch, forward
and backward run for every example, and `Batch` (in batch.py) gives the neurons the reduced gradients. `fit` has
each neuron go over the whole batch (in batch.py too): the same numbers, sooner.
"""

from __future__ import annotations

import copy
from random import Random
from typing import TYPE_CHECKING, Iterable, Sequence

from neurosim.core import guards
from neurosim.core.layer import Layer
from neurosim.core.losses import LOSSES
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.core.toolbox import Toolbox
from neurosim.support import checks
from neurosim.support.errors import InputError, UnknownNameError, shorten, shown

if TYPE_CHECKING:
    from neurosim.core.losses import AnyLoss, Loss
    from neurosim.core.neuron import Neuron
    from neurosim.core.optimizers import AnyOptimizer, Optimizer
    from neurosim.support.types import Number, Row


class Network(Toolbox):
    """A feedforward network of fully connected layers.

    inputs: how many there are, or a list of their names.
    layers: `Layer`s, the last of which is the output layer; `add` appends more.
    loss: a name such as "half_squared_error", or a `Loss`.
    seed: for drawing the weights. If you give none, one is drawn and kept in `seed`, so that the network can be
    made again.

    >>> net = Network(2, [Layer(1, "linear", weights=[[3, 4]], biases=[5])])
    >>> net.forward([1, 2])
    [16]
    >>> net.backward([15])
    0.5
    >>> net["o1"].delta, net["o1"].weight_gradients
    (1, [1, 2])
    """

    __slots__ = ("input_names", "seed", "given_seed", "random", "_loss", "layers", "layer_names", "_settled_names")

    def __init__(
        self, inputs: int | Iterable[str], layers: Iterable[Layer] = (), loss: AnyLoss = "half_squared_error",
        seed: int | None = None,
    ) -> None:
        if isinstance(inputs, int):
            inputs = [f"x{i}" for i in range(1, checks.count(inputs, "inputs") + 1)]
        self.input_names = checks.unit_names(inputs, "inputs")
        checks.count(len(self.input_names), "number of inputs")
        if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool)):
            raise InputError(f"seed must be a whole number, got {shorten(seed)}")
        self.given_seed = seed
        self.seed = Random().randrange(2**32) if seed is None else seed
        self.random = Random(self.seed)
        self.loss = loss
        self.layers: list[Layer] = []
        self.layer_names: list[list[str]] = []
        self._settled_names = set(self.input_names)  # and those of layers that no further layer renames
        try:
            for layer in checks.as_list(layers, "layers", of="Layers"):
                self.add(layer)
        except InputError:
            for layer in self.layers:
                layer.neurons = []  # construction failed: another network can have the layers
            raise

    @property
    def loss(self) -> Loss:
        """The loss, an object; a name or a description that is assigned becomes one."""
        return self._loss

    @loss.setter
    def loss(self, loss: AnyLoss) -> None:
        self._loss = LOSSES.make(loss)

    def add(self, layer: Layer) -> Network:
        """Append a layer, which draws its weights now, and return the network."""
        if not isinstance(layer, Layer):
            raise InputError(f"expected a Layer, got {shorten(layer)}")
        if layer.neurons:
            raise InputError("this layer is already part of a network; make a new one")
        place = f"layer {len(self.layers) + 1}"
        renamed_from, names = self._names_with(layer)
        try:
            neurons = layer.make_neurons(self.layers[-1].size if self.layers else len(self.input_names), self.random)
        except InputError as error:
            raise InputError(f"{place}, {error}") from None
        layer.neurons = neurons
        self.layers.append(layer)
        self.layer_names[renamed_from:] = names
        if len(self.layers) > 2:
            self._settled_names.update(*names[:-1])
        return self

    def draw_again(self) -> None:
        """Draw new weights and biases; those that were given go back to the given numbers.

        Raises InputError if the weights of all layers were given.
        """
        guards.check_can_draw_again(self)
        for _, sources, layer in self.named_layers():
            for neuron, new in zip(layer.neurons, layer.make_neurons(len(sources), self.random)):
                neuron.weights, neuron.bias = new.weights, new.bias

    # Backpropagation: one example goes forward, its error comes back, the weights change. `forward`, `backward` and
    # `update`, further down, are these three with checks of what goes in and what comes out.

    def propagate(self, inputs: Sequence[Number]) -> Sequence[Number]:
        """Forward, layer by layer: each one's outputs are the next one's inputs."""
        outputs = inputs
        for layer in self.layers:
            outputs = layer.forward(outputs)
        return outputs

    def backpropagate(self, targets: Sequence[Number]) -> None:
        """Backward: the last layer's deltas come from the loss, every other layer's from the deltas after it."""
        self.layers[-1].compute_output_deltas(self.loss, targets)
        self.backpropagate_deltas()

    def backpropagate_deltas(self) -> None:
        """The deltas of every layer but the last, from the deltas after it."""
        for layer, next_layer in zip(self.layers[-2::-1], self.layers[:0:-1]):  # from the last hidden layer down
            layer.compute_hidden_deltas(next_layer)

    def descend(self, optimizer: Optimizer) -> None:
        """Update: every weight and bias goes against its gradient."""
        optimizer.begin_update(self)
        for layer in self.layers:
            layer.update(optimizer)

    def descend_sequentially(self, optimizer: Optimizer) -> None:
        """Update from the last layer down, as some books do.

        The hidden deltas that `backward` has computed are computed again, each from the new weights above it.
        """
        optimizer.begin_update(self)
        self.layers[-1].update(optimizer)
        for layer, next_layer in reversed(list(zip(self.layers, self.layers[1:]))):
            layer.compute_hidden_deltas(next_layer)
            layer.update(optimizer)

    # The same three between guards

    @guards.refuse_mixed_numbers
    def forward(self, inputs: Row) -> list[Number]:
        """Send one example through the layers; return the outputs, always as a list.

        Raises InputError for a wrong number of inputs, NonFiniteError for one that is infinite or NaN.
        """
        guards.check_can_run(self)
        example = checks.example(inputs, "inputs", "a", self.input_names)
        guards.forget_pass(self)
        outputs = list(self.propagate(example))
        guards.check_finite_pass(self, outputs)
        return outputs

    @guards.refuse_mixed_numbers
    def backward(self, targets: Row | None = None, output_gradients: Row | None = None) -> Number | None:
        """Send the error of the last example back through the layers; return the loss.

        output_gradients: dE/da of each output, given in place of targets, of whatever E; no loss is worked out then, and
        None is returned. So a 1 at an output and 0 elsewhere gives how this output changes with every number before it.

        Raises InputError without a forward pass, for targets that the loss is not defined for, and for
        layers of step or sign units, which have no useful derivative.
        """
        if (targets is None) == (output_gradients is None):
            raise InputError("backward takes either targets or output_gradients")
        if output_gradients is not None:
            return self._backward_from(output_gradients)
        guards.check_can_train(self)
        output_layer = self.layers[-1]
        wanted = checks.example(targets, "targets", "t", self.layer_names[-1])
        self.loss.check_targets(wanted, output_layer.activation)
        loss = self.loss([neuron.output for neuron in output_layer.neurons], wanted)
        self.backpropagate(wanted)
        guards.check_finite_deltas(self)
        guards.check_finite_loss(self, loss)
        return loss

    def _backward_from(self, output_gradients):
        guards.check_can_go_back(self)
        given = checks.example(output_gradients, "output_gradients", "dE/da", self.layer_names[-1])
        self.layers[-1].receive_output_gradients(given)
        self.backpropagate_deltas()
        guards.check_finite_deltas(self)

    @guards.refuse_mixed_numbers
    def update(self, optimizer: AnyOptimizer) -> None:
        """Change the weights and biases against the gradients of the last example, or of a reduced batch.

        A name or a description makes a new optimizer for this one update. What an optimizer remembers from one
        update to the next, such as a velocity, is kept only by an object that is given every time.

        Raises InputError without a backward pass, and NonFiniteError for a step so large that a weight
        would become infinite; the weights then stay as they were.
        """
        optimizer = OPTIMIZERS.make(optimizer)
        guards.check_can_update(self, optimizer)
        sequential = optimizer.order == "sequential"
        guards.all_or_nothing(self, optimizer, self.descend_sequentially if sequential else self.descend)

    def __getitem__(self, name: str) -> Neuron:
        """The neuron of that name, such as net["h1"]."""
        for names, layer in zip(self.layer_names, self.layers):
            if name in names:
                return layer.neurons[names.index(name)]
        if name in self.input_names:
            raise InputError(f"{name!r} is an input; only neurons have weights and a delta")
        raise UnknownNameError("unit", name, [name for names in self.layer_names for name in names])

    def named_layers(self) -> list[tuple[list[str], list[str], Layer]]:
        """For each layer: the names of its units, the names of the units that it reads, and the layer."""
        return list(zip(self.layer_names, [self.input_names, *self.layer_names], self.layers))

    def copy(self) -> Network:
        """An independent copy, with its own weights, records and random numbers."""
        return copy.deepcopy(self)

    def __repr__(self):
        sizes = "-".join(str(size) for size in [len(self.input_names), *(layer.size for layer in self.layers)])
        activations = ", ".join(layer.activation.name for layer in self.layers)
        return shown(f"<Network {sizes}: {activations}; {self.loss.name}>", None)

    # Names: x1, x2, ...; h1, h2, ... or, with several hidden layers, h1.1, h1.2, ...; o1, o2, ...

    def _names_with(self, layer):
        """The first layer whose names change when this one is added, counted from 0, and all names from there on."""
        count = len(self.layers) + 1
        first = count - 2 if count > 3 else 0  # the last layer becomes hidden, and of two hidden ones h1 is h1.1
        names, taken = [], set()
        for number, one in enumerate([*self.layers[first:], layer], first + 1):
            prefix = "o" if number == count else "h" if count == 2 else f"h{number}."
            names.append(one.given_names or [f"{prefix}{i}" for i in range(1, one.size + 1)])
        for name in [name for layer_names in names for name in layer_names]:
            if name in taken or name in self._settled_names:
                raise InputError(f"names: two units cannot both be called {name!r}")
            taken.add(name)
        return first, names
