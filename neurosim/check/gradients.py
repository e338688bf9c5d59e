"""Check backpropagation: every gradient beside one that was found without it."""

from neurosim import checks
from neurosim.batch import Batch
from neurosim.check.comparison import VERDICTS, Comparison, with_numbers
from neurosim.check.derivatives import wrong_derivatives
from neurosim.check.methods import METHODS
from neurosim.check.scaled import scale_of
from neurosim.errors import InputError, NonFiniteError, UnknownNameError
from neurosim.evaluation import checked_examples
from neurosim.trace.address import make_address


class GradientCheck:
    """What `check_gradients` found; true if no gradient differs and no derivative is wrong.

    method: a method of `neurosim.check.methods`, with its `name` and `tolerance`
    rows:   a `Row` for every weight and trainable bias, the worst first
    wrong:  a `WrongDerivative` for each activation or loss whose derivative is not the slope of what it computes
    """

    def __init__(self, method, rows, wrong):
        self.method, self.wrong = method, wrong
        self.rows = sorted(rows, key=self._badness, reverse=True)  # those alike in the order of the network

    def _badness(self, row):
        return VERDICTS.index(row.verdict), 0 if self.is_rounding(row.error) else row.error

    def is_rounding(self, error):
        """True for an error so far below the tolerance that its digits say nothing; they differ between versions."""
        return error is None or error <= self.method.tolerance / 1000

    def __bool__(self):
        return not self.wrong and not self.with_verdict("differs")

    def __getitem__(self, address):
        """The row of a gradient, such as check["dE/dw[x1->h1]"]."""
        for row in self.rows:
            if row.address == address:
                return row
        raise UnknownNameError("gradient", address, [row.address for row in self.rows])

    def with_verdict(self, verdict):
        """The rows with one of the verdicts "differs", "kink" and "agrees"."""
        return [row for row in self.rows if row.verdict == verdict]

    def __repr__(self):
        differ = len(self.with_verdict("differs"))
        return f"<GradientCheck: {len(self.rows)} gradients, {differ} differ>"


def check_gradients(network, inputs, targets, method="dual", reduction="mean"):
    """Compare every gradient of backpropagation with the same slope found without it; return a `GradientCheck`.

    inputs, targets: one example (a list of numbers) or several (a list of such lists), over which the loss is
    reduced by `reduction`, "mean" or "sum".
    method: "dual" for dual numbers; "central" for differences of the loss, which ask nothing of an activation or a
    loss of one's own but to take floats; "decimal" for differences at fifty digits of the numbers as typed.

    The relative error is |backprop - independent| / scale. The scale is the largest of both and of all the numbers
    whose last digits show in them: of a gradient that is what cancellation left of large terms, the terms' size. So
    it tells how many of the digits that there are agree. A gradient agrees if it is at most the method's tolerance:
    1e-12, for central differences 1e-6, beside which no difference counts that is below their own uncertainty.

    Where the slopes on either side of a weight differ, as of relu at exactly 0, there is no gradient to compare with:
    the verdict is "kink", and its note says where. Biases that are not trained are left out.

    Raises InputError for what cannot be trained, with the message of `Network.backward`, and for an activation or a
    loss of one's own that takes floats only, with a method that needs other numbers.

    >>> from neurosim import Layer, Network
    >>> net = Network(1, [Layer(1, "tanh", weights=[[0.5]]), Layer(1, "linear", weights=[[2]])])
    >>> check = net.check_gradients([1.0], [0.25])
    >>> bool(check), len(check.rows), check["dE/dw[x1->h1]"].error < 1e-15
    (True, 4, True)
    """
    if not isinstance(method, str) or method not in METHODS:
        raise UnknownNameError("method", method, METHODS)
    method = METHODS[method]
    checks.reduction(reduction)
    inputs, several = checks.as_list(inputs, "inputs"), True
    if checks.is_row(inputs):
        inputs, targets, several = [inputs], [checks.as_list(targets, "targets")], False
    examples = list(zip(*checked_examples(network, inputs, targets)))
    own, wrong = network.copy(), []
    with method.arithmetic():
        for number, (_, example_targets) in _passes(own, examples, reduction if several else None):
            wrong += wrong_derivatives(own, example_targets, method, number if several else None)
        _refuse_rules(network)
        measured = with_numbers(network, method.measured)
        for _ in _passes(measured, examples, reduction if several else None):
            pass
        scales = {address: scale_of(gradient) for address, gradient in _gradients(measured)}
        comparison = Comparison(network, examples, method, reduction if several else None)
        rows = [comparison.row(address, gradient, scales[address]) for address, gradient in _gradients(own)]
    return GradientCheck(method, rows, _worst_of_each(wrong))


def _passes(network, examples, reduction):
    """Run each example forward and backward, and yield it with its number; then reduce several to their gradients."""
    batch = Batch(network, reduction) if reduction else None
    for number, example in enumerate(examples, 1):
        inputs, targets = example
        try:
            network.forward(inputs)
            network.backward(targets)
        except NonFiniteError as error:
            error.example = number if reduction else None
            raise
        yield number, example
        if reduction:
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
