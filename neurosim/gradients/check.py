"""Check backpropagation: every gradient beside one that was found without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurosim.core.address import UnknownAddressError, make_address
from neurosim.core.batch import Batch
from neurosim.core.examples import checked_examples
from neurosim.gradients.comparison import VERDICTS, Comparison, with_numbers
from neurosim.gradients.derivatives import wrong_derivatives
from neurosim.gradients.methods import METHODS
from neurosim.support.scaled import scale_of
from neurosim.support import checks
from neurosim.support.errors import InputError, NonFiniteError, UnknownNameError
from neurosim.support.report import TableReport
from neurosim.support.tables import MOST_ROWS

if TYPE_CHECKING:
    from neurosim.gradients.comparison import Row
    from neurosim.gradients.derivatives import WrongDerivative
    from neurosim.gradients.methods import Method
    from neurosim.support.types import Decimals, Number


class GradientCheck(TableReport):
    """What `check_gradients` found; true if no gradient differs and no derivative is wrong."""

    __slots__ = {
        "method": "a method of `neurosim.gradients.methods`, with its `name` and `tolerance`",
        "rows": "a `Row` for every weight and trainable bias, the worst first",
        "wrong": "a `WrongDerivative` for each activation or loss whose derivative is not the slope of what it computes",
    }

    def __init__(self, method: Method, rows: list[Row], wrong: list[WrongDerivative]) -> None:
        self.method, self.wrong = method, wrong
        self.rows = sorted(rows, key=self._badness, reverse=True)  # those alike in the order of the network

    def _badness(self, row):
        return VERDICTS.index(row.verdict), 0 if self.is_rounding(row.error) else row.error

    def is_rounding(self, error: Number | None) -> bool:
        """True for an error so far below the tolerance that its digits say nothing; they differ between versions."""
        return error is None or error <= self.method.tolerance / 1000

    def __bool__(self) -> bool:
        return not self.wrong and not self.with_verdict("differs")

    def __getitem__(self, address: str) -> Row:
        """The row of a gradient, such as check["dE/dw[x1->h1]"]."""
        for row in self.rows:
            if row.address == address:
                return row
        raise UnknownAddressError(address, [row.address for row in self.rows], "gradient")

    def with_verdict(self, verdict: str) -> list[Row]:
        """The rows with one of the verdicts "differs", "kink" and "agrees"."""
        return [row for row in self.rows if row.verdict == verdict]

    def text(
        self, format: str = "simple", decimals: Decimals = None, width: int | None = None, most: int | None = MOST_ROWS
    ) -> str:
        """A row for each gradient, then a line for each wrong derivative and one for all.

        format: one of tabulate's, or "json" for one object.
        decimals: so many for every number, or "all" its digits; None means six significant digits.
        width: of a line, in characters; None means what COLUMNS says, or 100.
        most: how many rows; None means all.
        """
        from neurosim.gradients.report import gradient_check_text

        return gradient_check_text(self, format, decimals, width, most)

    def __repr__(self) -> str:
        differ = len(self.with_verdict("differs"))
        return f"<GradientCheck: {len(self.rows)} gradients, {differ} differ>"


def check_gradients(network, inputs, targets, method="dual", reduction="mean"):
    """Check every gradient, as `Network.check_gradients` says."""
    if not isinstance(method, str) or method not in METHODS:
        raise UnknownNameError("method", method, METHODS)
    method = METHODS[method]
    checks.reduction(reduction)
    inputs = checks.as_list(inputs, "inputs")
    if checks.is_row(inputs):
        inputs, targets, reduction = [inputs], [targets], None
    examples = list(zip(*checked_examples(network, inputs, targets)))
    own, wrong = network.copy(), []
    with method.arithmetic():
        for number, example_targets in _passes(own, examples, reduction):
            wrong += wrong_derivatives(own, example_targets, method, number if reduction else None)
        _refuse_rules(network)
        measured = with_numbers(network, method.measured)
        for _ in _passes(measured, examples, reduction):
            pass
        comparison = Comparison(network, examples, method, reduction)
        rows = [
            comparison.row(address, gradient, scale_of(its_measure))
            for (address, gradient), (_, its_measure) in zip(_gradients(own), _gradients(measured))
        ]
    return GradientCheck(method, rows, _worst_of_each(wrong))


def _passes(network, examples, reduction):
    """Run each example forward and backward, and yield (number, targets); then reduce several to their gradients.

    `reduction` is None for a single example.
    """
    batch = Batch(network, reduction or "mean")
    for number, (inputs, targets) in enumerate(examples, 1):
        try:
            network.forward(inputs)
            network.backward(targets)
        except NonFiniteError as error:
            error.example = number if reduction else None
            raise
        yield number, targets
        batch.collect()
    if reduction:
        batch.reduce()


def _gradients(network):
    """(address, gradient) of every weight and every bias that is trained."""
    for names, sources, layer in network.named_layers():
        for name, neuron in zip(names, layer.neurons):
            for source, gradient in zip(sources, neuron.weight_gradients):
                yield make_address("dE/dw", f"{source}->{name}"), gradient
            if neuron.trainable_bias:
                yield make_address("dE/db", name), neuron.bias_gradient


def _refuse_rules(network):
    """The delta of step and sign outputs is a rule, whose a - t is not the slope of the loss."""
    layer = network.layers[-1]
    if not layer.activation.differentiable:
        raise InputError(
            f"{network.layer_names[-1][0]}: the delta of {layer.activation.name} under the loss {network.loss.name!r} "
            "is a rule, not the slope of the loss, so there is no gradient to check"
        )


def _worst_of_each(wrong):
    """Of each activation and loss only the worst, so that a mistake is told once."""
    worst = {}
    for found in sorted(wrong, key=lambda found: -found.error):
        worst.setdefault((type(found.of), found.of.label), found)
    return list(worst.values())
