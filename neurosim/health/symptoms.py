"""Health: what is wrong with a unit, a connection or a layer; all criteria are rows of the table SYMPTOMS.

Every symptom has a threshold. Those that do not follow from a definition are common practice, measured, or chosen
here, as the constants say. A symptom that needs several examples, targets or an optimizer is not judged without them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from neurosim.health.probe import Probe, as_float
from neurosim.health.saturation import SATURATED_SHARE, Off, Saturated, flat_part, reach
from neurosim.support.records import documented
from neurosim.support.report import Report

if TYPE_CHECKING:
    from typing import Callable, Iterable

    from neurosim.support.types import Decimals

    Found = Iterable[tuple[str, float, dict[str, object]]]  # place, number, what the criterion says of it

ALARM, WARNING = "alarm", "warn"

SEVERAL = 3  # examples; what must hold on all or most of them cannot be told from one or two
ALL_CASES = 4  # examples, as many as XOR has; a mean or a range over fewer says little
MANY = 10  # examples; the first steps of a worked example with a handful of them are large on purpose
MOSTLY_OFF = 0.9  # common practice
VANISHING = 20  # times a layer, measured; healthy sigmoid layers have about 5
EXPLODING = 10  # times a layer, practice
EXPLODING_STEP = 10  # norm(step) / norm(w), practice
LARGEST_STEP, SMALLEST_STEP, FINE_STEP = 0.1, 1e-5, 1e-3  # norm(step) / norm(w), the notes of Stanford's cs231n
RISING_SHARE = 0.5  # of the updates, chosen here
NO_GRADIENT = 1e-12
UNSCALED = 10  # mean and standard deviation of an input, and times between inputs, practice
COLLAPSED = 0.05  # range of an output over the examples, chosen here
ROUNDING = 1e-9  # of a target at the end of what can be reached


@documented
class Finding(NamedTuple):
    """A symptom that was found.

    severity: "alarm" or "warn"
    place: the unit, connection or layer
    symptom: its name
    criterion: by what it is known
    number: what was compared with the threshold in the criterion
    advice: what usually helps
    """

    severity: str
    place: str
    symptom: str
    criterion: str
    number: float
    advice: str


@documented
class NotJudged(NamedTuple):
    """A symptom that could not be looked for.

    symptom: its name
    reason: what is missing
    """

    symptom: str
    reason: str


@documented
class Symptom(NamedTuple):
    """A row of the table of symptoms.

    name: what a finding calls it
    severity: "alarm" or "warn"
    criterion: a text with {names} of what `find` gives
    least: so many examples are needed
    needs: "inputs", "targets" or "optimizer"
    find: a function from a `Probe` to triples (place, number, {name: what the criterion says of it})
    advice: what usually helps
    """

    name: str
    severity: str
    criterion: str
    least: int
    needs: str
    find: Callable[[Probe], Found]
    advice: str


class Health(Report):
    """What `health` found; true if nothing is wrong."""

    __slots__ = {
        "findings": "a `Finding` for each symptom and place, alarms first",
        "not_judged": "a `NotJudged` for each symptom for which something is missing",
        "examples": "how many were looked at",
    }

    def __init__(self, findings: list[Finding], not_judged: list[NotJudged], examples: int) -> None:
        self.findings, self.not_judged, self.examples = findings, not_judged, examples

    def __bool__(self) -> bool:
        return not self.findings

    @property
    def alarms(self) -> list[Finding]:
        """The findings with which learning cannot go on as it is; the others are worth a look."""
        return [finding for finding in self.findings if finding.severity == ALARM]

    def text(self, format: str = "simple", decimals: Decimals = None, width: int | None = None) -> str:
        """The findings, a row for each, and below them what was not judged and why.

        format: one of tabulate's, or "json" for one object.
        decimals: so many for every number, or "all" its digits; None means six significant digits.
        width: of a line, in characters; None means what COLUMNS says, or 100.
        """
        from neurosim.health.report import health_text

        return health_text(self, format, decimals, width)

    def __repr__(self) -> str:
        return f"<Health: {len(self.findings)} findings, {len(self.alarms)} of them alarms>"


def health(network, inputs, targets=None, optimizer=None, batch_size=1, reduction="mean"):
    """Examine a network, as `Network.health` says."""
    seen = Probe(network, inputs, targets, optimizer, batch_size, reduction)
    no_optimizer = "there is no optimizer" if optimizer is None else None
    lacking = {"inputs": None, "targets": seen.refusal, "optimizer": seen.refusal or no_optimizer}
    findings, not_judged = [], []
    for symptom in SYMPTOMS:
        missing = lacking[symptom.needs]
        if missing is None and seen.examples < symptom.least:
            missing = f"takes {symptom.least} examples or more"
        if missing is not None:
            not_judged.append(NotJudged(symptom.name, missing))
            continue
        for place, number, names in symptom.find(seen):
            criterion = symptom.criterion.format(**names)
            findings.append(Finding(symptom.severity, place, symptom.name, criterion, number, symptom.advice))
    findings.sort(key=lambda finding: finding.severity != ALARM)
    return Health(findings, list(dict.fromkeys(not_judged)), len(seen.inputs))


# Finding a symptom: each of these gives (place, number, names in the criterion) wherever it is met


def _flat_units(seen, kind):
    """(layer, unit, how it can be flat, a list that says of each example whether it is so)."""
    for layer in seen.layers:
        part = flat_part(layer.layer.activation)
        if isinstance(part, kind):
            for unit in layer.units:
                flat = [part.holds(z, a) for z, a in zip(unit.net_inputs, unit.outputs)]
                yield layer, unit, part, flat


def _dead(seen):
    for _, unit, _, flat in _flat_units(seen, Off):
        if all(flat):
            yield unit.name, max(unit.net_inputs), {}


def _nearly_dead(seen):
    for _, unit, _, flat in _flat_units(seen, Off):
        share = sum(flat) / len(flat)
        if MOSTLY_OFF < share < 1:
            yield unit.name, share, {}


def _saturated(seen):
    """Hidden units; of outputs only those that the loss leaves stuck where they are wrong by half of their range."""
    for layer, unit, part, flat in _flat_units(seen, Saturated):
        if layer is seen.layers[-1]:
            if seen.targets is None or layer.layer.activation.name in seen.network.loss.cancels_with:
                continue
            low, high = reach(layer.layer.activation)
            targets = _targets_of(seen, layer.units.index(unit))
            flat = [so and abs(a - t) > (high - low) / 2 for so, a, t in zip(flat, unit.outputs, targets)]
        share = sum(flat) / len(flat)
        if share >= SATURATED_SHARE:
            wrong = ", and wrong," if layer is seen.layers[-1] else ""
            yield unit.name, share, {"flat": part.criterion + wrong}


def _pairs_of_layers(seen):
    return [(below, above) for below, above in zip(seen.layers, seen.layers[1:]) if above.mean_delta]


def _vanishing(seen):
    for below, above in _pairs_of_layers(seen):
        times = above.mean_delta / below.mean_delta if below.mean_delta else float("inf")
        if times > VANISHING:
            yield below.place, times, {"above": above.number}


def _not_finite(seen):
    if seen.broken:
        address = f"{seen.broken.quantity}[{seen.broken.unit}]" if seen.broken.unit else seen.broken.quantity
        yield address, as_float(seen.broken.value), {}


def _growing(seen):
    for below, above in _pairs_of_layers(seen):
        if below.mean_delta / above.mean_delta > EXPLODING:
            yield below.place, below.mean_delta / above.mean_delta, {"above": above.number}


def _layers_by_step(seen):
    """(layer, mean norm(step) / norm(w), mean norm(dE/dw) / norm(w)) over the updates that were tried out."""
    for layer in seen.layers:
        if layer.steps:
            yield layer, sum(layer.steps) / len(layer.steps), sum(layer.gradients) / len(layer.gradients)


def _step_between(seen, least, most):
    for layer, step, _ in _layers_by_step(seen):
        if least < step <= most:
            yield layer.place, step, {}


def _small_step(seen):
    """Small because the learning rate is so, and not because the gradients are, as those of a trained network."""
    for layer, step, gradient in _layers_by_step(seen):
        if step < SMALLEST_STEP and gradient >= FINE_STEP:
            yield layer.place, step, {}


def _rising(seen):
    if seen.rises and sum(seen.rises) / len(seen.rises) >= RISING_SHARE:
        yield "network", sum(seen.rises) / len(seen.rises), {}


def _twins(seen):
    for layer in seen.layers[:-1]:
        alike = {}
        for unit in layer.units:
            neuron = unit.neuron
            alike.setdefault((tuple(neuron.weights), neuron.bias, unit.outgoing), []).append(unit.name)
        for names in alike.values():
            if len(names) > 1:
                yield ", ".join(names), len(names), {}


def _only_the_bias(seen):
    for layer in seen.layers:
        for unit in layer.units:
            largest = max(map(abs, unit.deltas), default=0)
            if unit.neuron.trainable_bias and unit.largest_gradient < NO_GRADIENT <= largest:
                yield unit.name, unit.largest_gradient, {}


def _out_of_reach(seen):
    """A target beyond what the activation gives; of softmax also targets that do not sum to 1."""
    layer = seen.layers[-1]
    activation = layer.layer.activation
    low, high = reach(activation)
    for index, unit in enumerate(layer.units):
        targets = _targets_of(seen, index)
        for target, end, sign, side in ((min(targets), low, -1, "below"), (max(targets), high, 1, "above")):
            if end is not None and sign * (target - end) > ROUNDING:
                limit = f"{side} {round(end, 9):.6g}, the end of {activation.label}"
                yield f"t[{unit.name}]", target, {"out_of_reach": f"a target {limit}"}
    if activation.coupled:
        furthest = max((sum(map(as_float, row)) for row in seen.targets), key=lambda total: abs(total - 1))
        if abs(furthest - 1) > ROUNDING:
            yield layer.place, furthest, {"out_of_reach": f"targets of {activation.label} that do not sum to 1"}


def _unscaled(seen):
    import statistics  # only here: it takes as long to import as all of this package

    inputs = []
    for name, column in zip(seen.network.input_names, zip(*seen.inputs)):
        column = list(map(as_float, column))
        mean, deviation = statistics.fmean(column), statistics.pstdev(column)
        for number, which in ((abs(mean), "abs(mean)"), (deviation, "standard deviation")):
            if number > UNSCALED:
                yield name, number, {"unscaled": f"{which} > {UNSCALED}"}
        if deviation:
            inputs.append((deviation, max(map(abs, column)), name))
    if inputs:
        (small, its_largest, other), (large, largest, name) = min(inputs), max(inputs)
        if large / small > UNSCALED and largest / its_largest > UNSCALED:
            yield name, large / small, {"unscaled": f"standard deviation > {UNSCALED} times that of {other}"}


def _collapsed(seen):
    """Outputs that hardly change, though the inputs do and, as far as they are known, the targets."""
    layer = seen.layers[-1]
    if layer.layer.activation.differentiable and any(row != seen.inputs[0] for row in seen.inputs):
        for index, unit in enumerate(layer.units):
            targets = [0.0, 1.0] if seen.targets is None else _targets_of(seen, index)
            if max(unit.outputs) - min(unit.outputs) < COLLAPSED <= max(targets) - min(targets):
                yield unit.name, max(unit.outputs) - min(unit.outputs), {}


def _targets_of(seen, index):
    return [as_float(row[index]) for row in seen.targets]


SYMPTOMS = (
    Symptom("dead ReLU", ALARM, "z <= 0 on all examples", SEVERAL, "inputs", _dead,
            "draw its weights again, lower the learning rate, or use leaky_relu"),
    Symptom("nearly dead ReLU", WARNING, f"output 0 on over {MOSTLY_OFF:.0%} of the examples", SEVERAL, "inputs",
            _nearly_dead, "lower the learning rate, or use leaky_relu"),
    Symptom("saturated", WARNING, f"{{flat}} on {SATURATED_SHARE:.0%} of the examples", SEVERAL, "inputs", _saturated,
            "scale the inputs, start from smaller weights, or lower the learning rate"),
    Symptom("vanishing", WARNING, f"mean abs(delta) falls by over {VANISHING} times from layer {{above}}", ALL_CASES,
            "targets", _vanishing, "use relu or tanh, fewer layers, or an initializer made for the activation"),
    Symptom("exploding", ALARM, "not finite", 0, "inputs", _not_finite,
            "lower the learning rate, scale the inputs, or start from smaller weights"),
    Symptom("exploding deltas", ALARM, f"mean abs(delta) grows over {EXPLODING} times from layer {{above}}", ALL_CASES,
            "targets", _growing, "start from smaller weights, or clip the gradients (clip_norm)"),
    Symptom("exploding step", ALARM, f"norm(step)/norm(w) > {EXPLODING_STEP}", 1, "optimizer",
            partial(_step_between, least=EXPLODING_STEP, most=float("inf")),
            "lower the learning rate, or clip the gradients (clip_norm)"),
    Symptom("step size", WARNING, f"norm(step)/norm(w) > {LARGEST_STEP}; about {FINE_STEP} is fine", MANY, "optimizer",
            partial(_step_between, least=LARGEST_STEP, most=EXPLODING_STEP), "lower the learning rate"),
    Symptom("step size", WARNING, f"norm(step)/norm(w) < {SMALLEST_STEP}, though norm(dE/dw)/norm(w) >= {FINE_STEP}",
            MANY, "optimizer", _small_step, "raise the learning rate"),
    Symptom("learning rate too large", ALARM,
            f"the loss rises by the update, and falls with a tenth of the rate, in {RISING_SHARE:.0%} of the updates",
            1, "optimizer", _rising, "lower the learning rate"),
    Symptom("twins", ALARM, "equal weights in, bias and weights out: they never separate", 0, "inputs", _twins,
            "draw the weights at random, such as with glorot_uniform"),
    Symptom("only the bias learns", ALARM, f"every abs(dE/dw) < {NO_GRADIENT} on all examples, abs(dE/db) not", SEVERAL,
            "targets", _only_the_bias, "look at what feeds it: the inputs are 0, or the units below are dead"),
    Symptom("target out of reach", ALARM, "{out_of_reach}", 0, "targets", _out_of_reach,
            "scale the targets, or use a linear output"),
    Symptom("inputs not scaled", WARNING, "{unscaled}", SEVERAL, "inputs", _unscaled,
            "scale the inputs (z-score or min-max)"),
    Symptom("collapsed output", WARNING, f"range over the examples < {COLLAPSED}", ALL_CASES, "inputs", _collapsed,
            "look for dead or saturated units, and at the learning rate; or train longer"),
)
