"""The toolbox of a network: what the rooms above the core do with one.

Each method is a call into its room, which is imported when the method is first used: the only calls from the
core upwards stand here. Signatures and docstrings are the ones that editors, type checkers and `help()` show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable

if TYPE_CHECKING:
    from neurosim.core.optimizers import AnyOptimizer
    from neurosim.diagnosis.diagnosis import Diagnosis
    from neurosim.diagnosis.solve_conventions import Solution
    from neurosim.gradients.check import GradientCheck
    from neurosim.health.findings import Health
    from neurosim.support.types import Answers, Decimals, Executor, Names, Number, Progress, RowOrRows, Rows
    from neurosim.trace.step import Trace
    from neurosim.training.history import History
    from neurosim.training.metrics import AnyMetric
    from neurosim.training.stopping import AnyStop


class Toolbox:
    """The methods of a `Network` that stand above the core."""

    __slots__ = ()

    # Training

    def fit(
        self, inputs: Rows, targets: Rows, epochs: int | None = None, batch_size: int | str = 1,
        optimizer: AnyOptimizer = "sgd", shuffle: bool = True, reduction: str = "mean",
        validation: tuple[Rows, Rows] | None = None, metrics: AnyMetric | Iterable[AnyMetric] | None = (),
        stop: AnyStop = None, restarts: int = 0, progress: Progress | None = None, history: History | None = None,
        executor: Executor | None = None, record: Names = (),
    ) -> History:
        """Train on examples and return the `History`: the mean loss and the metrics of each epoch.

        inputs, targets: a list of numbers for each example.
        epochs: at most so many; without it 1, or what a `MaxEpochs` says.
        batch_size: examples to an update, or "all"; their gradients are reduced by `reduction`, "mean" or "sum".
        shuffle: a new order every epoch, from the network's seed.
        optimizer: an optimizer, its name or its description; an object given again to another `fit` goes on where
        it was.
        validation: a pair (inputs, targets) that is measured after every epoch and not trained on.
        metrics: names such as "accuracy". stop: one or several stops, such as `LossBelow(0.01)`.
        restarts: how often to draw new weights and begin again when a run has not met its goal (`LossBelow`,
        `ErrorRateBelow`); the network keeps the best run. executor: any `concurrent.futures.Executor`, to make the
        attempts at once; the result is the same as without one.
        progress: a callable that the epochs go through, such as `tqdm`: it is given an iterable of known length,
        which yields the run after every epoch, and returns an iterable. Not used on an executor.
        history: an earlier one, to continue; it stays as it is.
        record: names of units, whose life `history.life(name)` then tells: when they died, saturated, and so on.

        Ctrl-C ends the training, and keeps the history and the weights so far.
        Raises InputError for examples that do not fit, and NonFiniteError, naming unit, quantity, example and
        epoch, as soon as a number is not finite; the network then has its last finite weights.
        """
        from neurosim.training.fit import fit

        return fit(
            self, inputs, targets, epochs, batch_size, optimizer, shuffle, reduction, validation, metrics, stop, restarts,
            progress, history, executor, record,
        )

    def evaluate(
        self, inputs: Rows, targets: Rows, metrics: AnyMetric | Iterable[AnyMetric] | None = ()
    ) -> dict[str, Number]:
        """The mean loss of some examples, and metrics, by name: {"loss": 0.25, "accuracy": 0.75}."""
        from neurosim.training.evaluation import evaluate

        return evaluate(self, inputs, targets, metrics)

    def predict(self, inputs: Rows) -> list[list[Number]]:
        """The outputs for each of several examples, as a list of lists."""
        from neurosim.training.evaluation import predict

        return predict(self, inputs)

    def predict_classes(self, inputs: Rows) -> list[int]:
        """The class of each of several examples: the number of the largest output, counted from 0.

        Of a single output it is 1 above the middle (0.5, or 0 where targets are -1 and 1), and else 0.
        """
        from neurosim.training.evaluation import predict_classes

        return predict_classes(self, inputs)

    # Looking into one computation

    def trace(
        self, inputs: RowOrRows, targets: RowOrRows | None = None, optimizer: AnyOptimizer | None = None,
        batch_size: int | str = 1, reduction: str = "mean", epochs: int = 1, shuffle: bool = False,
        output_gradients: RowOrRows | None = None,
    ) -> Trace:
        """Run the network on a copy and return every number as a `Trace`; the network itself stays as it is.

        inputs, targets: one example (a list of numbers) or several (a list of such lists). Without targets
        the trace ends with the forward pass, without an optimizer with the gradients.
        optimizer: an optimizer, its name or its description.
        batch_size: after how many examples there is an update, or "all". The gradients of a batch of several
        are reduced by `reduction`, "mean" or "sum".
        epochs: how often all examples are gone through.
        shuffle: in a new order every epoch, the same as `fit` of a network in this state goes through them.
        output_gradients: dE/da of each output, given in place of targets; the trace then has no loss.

        >>> from neurosim import Layer, Network
        >>> net = Network(1, [Layer(1, "linear", weights=[[3]]), Layer(2, "linear", weights=[[2], [7]])])
        >>> net.trace([1], output_gradients=[1, 0])["delta[h1]"].value  # how o1 changes with z[h1]
        2

        Raises InputError for input that does not fit the network, and NonFiniteError as soon as a number
        becomes infinite or NaN.
        """
        from neurosim.trace.recorder import trace

        return trace(self, inputs, targets, optimizer, batch_size, reduction, epochs, shuffle, output_gradients)

    def debug(
        self, inputs: RowOrRows, targets: RowOrRows | None = None, optimizer: AnyOptimizer | None = None,
        batch_size: int | str = 1, reduction: str = "mean", epochs: int = 1,
        commands: str | Iterable[str] | None = None, title: str = "", shuffle: bool = False, start: str = "",
    ) -> None:
        """Step through the network's passes and updates, on a copy, with commands read from the terminal.

        The arguments are those of `trace`. `commands`, a list of lines or a text, are run in place of what would be
        typed; so are the lines of a standard input that is no terminal. `title` is printed first.
        start: where to begin, as the command goto takes it: an address, or "epoch 3", "update 50", "pass 7".

        >>> from neurosim import Layer, Network
        >>> network = Network(2, [Layer(1, "linear", weights=[[3, 4]], biases=[5])])
        >>> network.debug([1, 2], commands=["step", "print a[x1] + a[x2]"])
        <Network 2-1: linear; half_squared_error>, one pass.
        Type help for the commands.
        (neurosim) step
        -- forward, layer o1
        z[o1] = w[x1->o1]*a[x1] + w[x2->o1]*a[x2] + b[o1]
              = 3*1 + 4*2 + 5
              = 16
        (neurosim) print a[x1] + a[x2]
        a[x1] + a[x2] = 3
        """
        from neurosim.debugger.debug import debug

        debug(self, inputs, targets, optimizer, batch_size, reduction, epochs, commands, title, shuffle, start)

    # Judging numbers

    def diagnose(
        self, inputs: RowOrRows, targets: RowOrRows | None, answers: Answers, optimizer: AnyOptimizer | None = None,
        batch_size: int | str = 1, reduction: str = "mean", epochs: int = 1, given: Answers | None = None,
        budget: float | None = None,
    ) -> Diagnosis:
        """Compare a person's numbers with the computation; return a `Diagnosis`.

        answers: {address: number}, any subset, with numbers as texts as they were typed, or lists by layer such as
        "dW2" or "W1+@2". None, "?" and "-" stand for what was not worked out.
        given: the same of what is taken as it stands, such as a delta that an exam tells; it may also stand among the
        answers, under the key "given". The other arguments are those of `trace`.

        budget: seconds, after which it answers with what it has found; None means 10.

        Judged is whatever is well defined: without targets the forward pass; errors sent back through units such as steps,
        which cannot be trained, with the slope 1; delta = a - t of targets for which a cross-entropy has no value.

        What makes the numbers with the fewest and likeliest mistakes, conventions, roundings and slips is the verdict.
        Each number is judged as it is printed, from the person's own numbers before it.

        >>> from neurosim import built_in
        >>> problem = built_in("mazur")
        >>> answers = {"delta[o1]": "0.7414", "delta[o2]": "-0.2171"}
        >>> diagnosis = problem.network.diagnose(problem.inputs, problem.targets, answers)
        >>> diagnosis.status, diagnosis.mistakes
        ('mistake', [('no-output-slope',)])
        """
        from neurosim.diagnosis.search import diagnose

        return diagnose(self, inputs, targets, answers, optimizer, batch_size, reduction, epochs, given, budget)

    def solve(
        self, inputs: RowOrRows, targets: RowOrRows | None, printed: Answers, optimizer: AnyOptimizer | None = None,
        batch_size: int | str = 1, reduction: str = "mean", given: Answers | None = None,
    ) -> Solution:
        """Try all combinations of conventions on printed numbers; return a `Solution`.

        printed: {address: number as printed}, with `@k` for the k-th pass (of all epochs), or lists by layer, as
        `diagnose` takes them. given: likewise what is taken as it stands, where all is in the first 8 passes.
        The other arguments are those of `trace`.

        Varied are the factor of the loss (as given, 2, 1/2), the update order, whether biases are trained, the
        reduction over a batch, whether the numbers of a pass are those of the pass before or after, and how they are
        read: errors as t - a, gradients with eta in them and such. They come out with all digits, with a rounding on
        the way (of everything or of the outputs, in the first few passes), or from the printed numbers before them.
        """
        from neurosim.diagnosis.solve_conventions import solve

        return solve(self, inputs, targets, printed, optimizer, batch_size, reduction, given)

    def check_gradients(
        self, inputs: RowOrRows, targets: RowOrRows, method: str = "dual", reduction: str = "mean"
    ) -> GradientCheck:
        """Compare every gradient of backpropagation with the same slope found without it; return a `GradientCheck`.

        inputs, targets: one example (a list of numbers) or several (a list of such lists), over which the loss is
        reduced by `reduction`, "mean" or "sum".
        method: "dual" for dual numbers; "central" for differences of the loss, which ask nothing of your own
        activation or loss but to take floats; "decimal" for differences at fifty digits of the numbers as typed.

        The relative error is |backprop - independent| / scale. The scale is the largest of both and of all the
        numbers whose last digits show in them: of a gradient that is what cancellation left of large terms, the
        terms' size. So it tells how many of the digits that there are agree. A gradient agrees if it is at most the
        method's tolerance: 1e-12, for central differences 1e-6, beside which no difference counts that is below
        their own uncertainty.

        Where the slopes on either side of a weight differ, as of relu at exactly 0, there is no gradient to compare
        with: the verdict is "kink", and its note says where. Biases that are not trained are left out.

        Raises InputError for what cannot be trained, with the message of `Network.backward`, and for an activation
        or a loss that takes floats only, with a method that needs other numbers.

        >>> from neurosim import Layer, Network
        >>> net = Network(1, [Layer(1, "tanh", weights=[[0.5]]), Layer(1, "linear", weights=[[2]])])
        >>> check = net.check_gradients([1.0], [0.25])
        >>> bool(check), len(check.rows), check["dE/dw[x1->h1]"].error < 1e-15
        (True, 4, True)
        """
        from neurosim.gradients.check import check_gradients

        return check_gradients(self, inputs, targets, method, reduction)

    def health(
        self, inputs: Rows, targets: Rows | None = None, optimizer: AnyOptimizer | None = None,
        batch_size: int | str = 1, reduction: str = "mean",
    ) -> Health:
        """Examine a network on examples; return its `Health`. The network and the optimizer stay as they are.

        inputs, targets: a list of numbers for each example. Without targets nothing is judged that needs deltas.
        optimizer, batch_size, reduction: the updates to try out, as `fit` takes them; without an optimizer none is.

        >>> from neurosim import Layer, Network
        >>> net = Network(1, [Layer(2, "relu", weights=[[1.0], [-1.0]]), Layer(1, "linear", weights=[[1.0, 1.0]])])
        >>> [(finding.place, finding.symptom) for finding in net.health([[1], [2], [3]]).findings]
        [('h2', 'dead ReLU')]
        """
        from neurosim.health.symptoms import health

        return health(self, inputs, targets, optimizer, batch_size, reduction)

    # The network itself

    def summary(self, format: str = "simple", width: int | None = None, weights_by: str | None = None) -> str:
        """A table of the layers in the manner of Keras, and the numbers of parameters below it.

        Parameters are weights and biases; those that updates leave alone are frozen.
        format: one of tabulate's, or "json" for one object.
        width: of a line, in characters; None means what COLUMNS says, or 100.
        weights_by: "unit" or "input" adds each layer's weights and biases, a row for each of these.
        """
        from neurosim.core.summary import summary
        from neurosim.support.report import Text

        shown = summary(self, "html", weights_by=weights_by) if format in ("simple", "html") else None
        return Text(summary(self, format, width, weights_by), shown)

    def get_weights(self, weights_by: str = "unit") -> list[Any]:
        """All weights and biases: W and, where there is one, b of each layer, one behind the other, as lists.

        weights_by: whether W has a row for each "unit" (z = W a + b) or for each "input" (z = a W + b, as in Keras).

        >>> from neurosim import Layer, Network
        >>> net = Network(2, [Layer(1, weights=[[3, 4]], biases=[5])])
        >>> net.get_weights(), net.get_weights("input")
        ([[[3, 4]], [5]], [[[3], [4]], [5]])
        """
        from neurosim.core.weights import get_weights

        return get_weights(self, weights_by)

    def set_weights(self, weights: Iterable[Any], weights_by: str = "unit") -> None:
        """Put numbers in place of all weights and biases, given as `get_weights` gives them, or as arrays with `tolist()`.

        Raises InputError for what doesn't fit, and then changes nothing.
        """
        from neurosim.core.weights import set_weights

        set_weights(self, weights, weights_by)

    def to_torch(self, model: Any) -> None:
        """Put the weights and biases into a PyTorch model that you made, which has Linears of the same sizes.

        Raises InputError for a model with others, and then changes nothing.
        """
        from neurosim.frameworks.pytorch import to_torch

        to_torch(self, model)

    def svg(self, decimals: Decimals = 4) -> str:
        """The network with its weights and biases as a picture: one SVG file; `Trace.svg` draws what it computes.

        decimals: so many for every number, or "all" its digits; None means six significant digits.

        >>> from neurosim import Layer, Network
        >>> Network(2, [Layer(1)], seed=1).svg().startswith("<svg")
        True
        """
        from neurosim.render.svg import network_svg

        return network_svg(self, decimals)

    def save(self, path: Any, weights: bool = True) -> None:
        """Write the network to a problem file without examples, from which `load` makes an equal one.

        weights: False writes only the structure; `load` then draws new weights, from the seed that is in the file.
        """
        from neurosim.problems.problem_file import save_network

        save_network(self, path, weights)

    def load_weights(self, path: Any) -> None:
        """Take the weights and biases of the network in a problem file, which has layers of the same sizes.

        Raises InputError for one that doesn't fit, and then changes nothing; OSError if it can't be read.
        """
        from neurosim.problems.problem_file import load_weights

        load_weights(self, path)

    def __str__(self) -> str:
        return f"{self!r}\n\n{self.summary()}"

    def _repr_html_(self) -> str:
        from neurosim.support.tables import paragraph

        return paragraph(repr(self), "html") + self.svg() + self.summary("html")
