"""Watching a Keras model while its owner calls `train_on_batch`.

What any backend shows: weights before and after, net inputs and outputs. Gradients and deltas can't be seen without one's
own training loop, so new weights are judged from those that follow.
"""

from __future__ import annotations

from typing import Any

from neurosim.core.activations import ACTIVATIONS
from neurosim.core.losses import LOSSES
from neurosim.core.weights import transposed
from neurosim.frameworks.dense import plain, targets_by_example
from neurosim.frameworks.keras import brought_in, compiled, dense_layers
from neurosim.frameworks.observe import Watched
from neurosim.frameworks.pytorch import kind
from neurosim.frameworks.seen import SeenLayer, Step
from neurosim.support.errors import InputError


class KerasObserver(Watched):
    """Watches a model inside a `with`; afterwards it tells what was seen of the last `train_on_batch`."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._layers: list[SeenLayer] = []
        self._step: Any = None
        if getattr(model, "optimizer", None) is None:
            raise InputError("the model is not compiled, so that it has no loss and no optimizer; call model.compile(...)")
        self._dense = [layer for _, layer in dense_layers(model, True)]

    def __enter__(self) -> KerasObserver:
        self._layers, self._step = [], None
        self._own, self._is_of_its_own = self.model.train_on_batch, "train_on_batch" in vars(self.model)
        self.model.train_on_batch = self._watched
        return self

    def __exit__(self, *error: object) -> None:
        del self.model.train_on_batch
        if self._is_of_its_own:
            self.model.train_on_batch = self._own

    def _watched(self, x: Any, y: Any = None, *arguments: Any, **settings: Any) -> Any:
        weighted = [name for name in ("sample_weight", "class_weight") if settings.get(name) is not None]
        if weighted or arguments:
            raise InputError(f"{weighted[0] if weighted else 'sample_weight'} has no equal here; leave it out")
        self._look_forward(x, y)
        result = self._own(x, y, *arguments, **settings)
        for seen, layer in zip(self._layers, self._dense):
            weights, *biases = plain(layer.get_weights())
            seen.new_weights, seen.new_biases = transposed(weights), biases[0] if biases else None
        return result

    def _look_forward(self, x, y):
        """See the weights, the net inputs and the outputs, layer by layer."""
        found = dense_layers(self.model, True)
        description, self._reduction, inside = compiled(self.model, found)
        self._layers, values = [], x
        for layer in self.model.layers:
            if kind(layer) == "InputLayer":
                continue
            if layer not in self._dense:
                values = layer(values)
                if self._layers and inside is None:
                    self._layers[-1].outputs = _rows(values)
                continue
            dense = found[len(self._layers)][0]
            name = inside if inside and layer is self._dense[-1] else dense.activation
            seen = SeenLayer(dense.label, ACTIVATIONS.make(name), dense.weights, dense.biases, _rows(values))
            kept, layer.activation = layer.activation, _as_it_is
            try:
                net_inputs = layer(values)
            finally:
                layer.activation = kept
            values = net_inputs if kept is None else kept(net_inputs)
            seen.net_inputs, seen.outputs = _rows(net_inputs), None if inside and layer is self._dense[-1] else _rows(values)
            self._layers.append(seen)
        self._loss, last = LOSSES.make(description), self._layers[-1]
        self._targets = targets_by_example(y, last.activation, len(last.weights))
        self._optimizer = brought_in(self.model, self._dense)

    @property
    def step(self) -> Step:
        """What was seen, by layer."""
        if not self._layers:
            raise InputError("no step was seen: call model.train_on_batch inside the `with`")
        if self._step is None:
            self._step = Step(self._layers, self._loss, self._targets, self._reduction, self._optimizer)
            self._step.shows_gradients = False
            self._step.notes = ["gradients can't be seen in Keras; new weights are judged from those that follow"]
        return self._step


def _as_it_is(net_inputs):
    return net_inputs


def _rows(tensor):
    """A tensor of any backend as a list of rows."""
    return plain(tensor.numpy() if hasattr(tensor, "numpy") and not hasattr(tensor, "detach") else tensor)
