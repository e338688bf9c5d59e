"""Health: what is wrong with a unit, a connection or a layer; all criteria are rows of the table SYMPTOMS.

Every symptom has a threshold. Those that do not follow from a definition are common practice, measured, or chosen
here, as the constants say. A symptom that needs several examples, targets or an optimizer is not judged without them.
The rows stand in the order in which findings are told: alarms, then warnings, and of both the causes before what they
bring about, the likeliest first. Where several causes bring about the same, the advice goes by which of them is seen.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from neurosim.health.floats import as_float, in_floats
from neurosim.health.probe import Probe, deviation
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
NO_GRADIENT = 1e-12
UNSCALED = 10  # mean and standard deviation of an input or a target, and times between inputs, practice
RISING = 3  # times, measured: XOR that learns in the end comes to 2.7
TIMES_DRAWN = 10  # what an initializer draws, up or down; chosen here
SPREAD = 10  # standard deviation of z, up or down from 1 (LeCun and others 1998, 4.6, on where to start); chosen here
LARGEST_DRAWN = 3**0.5  # times their standard deviation are the largest of evenly spread weights
SHOWN = 4  # constant outputs
NO_BETTER = 0.01  # R^2; a correlation of 0.1 is the least that Cohen 1988 calls an effect
COLLAPSED = 0.05  # range of an output over the examples, chosen here
ROUNDING = 1e-9  # of a target at the end of what can be reached, and of a loss that stays


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
    needs: "inputs", "targets", "optimizer" or "training"
    find: a function from a `Probe` to triples (place, number, {name: what the criterion or the advice says of it})
    advice: what usually helps, a text with such {names} too
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
        "findings": "a `Finding` for each symptom and place: alarms first, and causes before what they bring about",
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
    no_updates = "the optimizer has made no update yet" if seen.updates == 0 else None
    lacking = {
        "inputs": None, "targets": seen.refusal, "optimizer": seen.refusal or no_optimizer,
        "training": seen.refusal or no_updates,
    }
    findings, not_judged = [], []
    for symptom in SYMPTOMS:
        missing = lacking[symptom.needs]
        if missing is None and seen.examples < symptom.least:
            missing = f"takes {symptom.least} examples or more"
        if missing is not None:
            not_judged.append(NotJudged(symptom.name, missing))
            continue
        for place, number, names in symptom.find(seen):
            criterion, advice = symptom.criterion.format(**names), symptom.advice.format(**names)
            findings.append(Finding(symptom.severity, place, symptom.name, criterion, number, advice))
    return Health(findings, list(dict.fromkeys(not_judged)), len(seen.inputs))


# Finding a symptom: each of these gives (place, number, names in the criterion and the advice) wherever it is met


def _flat_units(seen, kind):
    """(layer, unit, how it can be flat, a list that says of each example whether it is so)."""
    for layer in seen.layers:
        part = flat_part(layer.activation)
        if isinstance(part, kind):
            for unit in layer.units:
                flat = [part.holds(z, a) for z, a in zip(unit.net_inputs, unit.outputs)]
                yield layer, unit, part, flat


def _dead(seen, is_output):
    for layer, unit, _, flat in _flat_units(seen, Off):
        if all(flat) and (layer is seen.layers[-1]) == is_output:
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
            if seen.targets is None or layer.activation.name in seen.network.loss.cancels_with:
                continue
            low, high = reach(layer.activation)
            targets = _targets_of(seen, layer.units.index(unit))
            flat = [so and abs(a - t) > (high - low) / 2 for so, a, t in zip(flat, unit.outputs, targets)]
        share = sum(flat) / len(flat)
        if share >= SATURATED_SHARE:
            wrong = ", and wrong," if layer is seen.layers[-1] else ""
            yield unit.name, share, {"flat": part.criterion + wrong, "helps": _against_large(seen, layer)}


def _pairs_of_layers(seen):
    return [(below, above) for below, above in zip(seen.layers, seen.layers[1:]) if above.mean_delta]


def _vanishing(seen):
    for below, above in _pairs_of_layers(seen):
        times = above.mean_delta / below.mean_delta if below.mean_delta else float("inf")
        if times > VANISHING:
            yield below.place, times, {"above": above.number, "helps": _against_vanishing(below, above)}


def _not_finite(seen):
    if seen.broken:
        quantity, unit = seen.broken.quantity, seen.broken.unit
        of_unit = [layer for layer in seen.layers if quantity in "za" and unit in [each.name for each in layer.units]]
        helps = _against_large(seen, of_unit[0]) if of_unit else _against_long_steps(seen)
        yield f"{quantity}[{unit}]" if unit else quantity, as_float(seen.broken.value), {"helps": helps}


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
            yield layer.place, step, {"helps": _against_long_steps(seen)}


def _small_step(seen):
    """Small because the learning rate is so, and not because the gradients are, as those of a trained network."""
    for layer, step, gradient in _layers_by_step(seen):
        if step < SMALLEST_STEP and gradient >= FINE_STEP:
            yield layer.place, step, {}


def _rising(seen):
    """With the learning rate the first updates raise a loss; with a tenth, a hundredth, ... they do not."""
    first = next(seen.first_steps, None)
    how = first and seen.constant and _rise(first, seen.constant.loss)
    if how:
        lower = next((steps.rate for steps in seen.first_steps if not _rise(steps, seen.constant.loss)), None)
        number, names = how
        if lower is not None:
            yield "network", number, {**names, "updates": first.updates, "lower": lower, "helps": _against_long_steps(seen)}


def _rise(steps, constant):
    """Of steps that raise a loss, the loss after them and {names in the criterion}; else None.

    That of the examples just learnt from must fall. That of all may rise for a while: what is learnt from one example
    counts against others.
    """
    if steps.own_after > steps.own_before * (1 + ROUNDING):
        return steps.own_after, {"rises": "of an update's own examples rises by it", "before": steps.own_before}
    if steps.after > RISING * max(steps.before, constant):
        return steps.after, {"rises": f"of all examples rises over {RISING} times", "before": steps.before}
    return None


def _weights_far_off(seen, way):
    """Hidden layers whose weights are `way` (1: above, -1: below) of what is drawn for them, and so are their z."""
    for layer in seen.layers[:-1]:
        times, spread = layer.times_drawn, layer.spread
        if times and spread and times**way > TIMES_DRAWN and spread**way > SPREAD:
            grown = "" if seen.updates == 0 else f"; if they have grown so: {_against_long_steps(seen)}"
            yield layer.place, times, {"initializer": layer.initializer, "spread": spread, "grown": grown}


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
    activation = layer.activation
    low, high = reach(activation)
    for index, unit in enumerate(layer.units):
        targets = _targets_of(seen, index)
        for target, end, sign, side in ((min(targets), low, -1, "below"), (max(targets), high, 1, "above")):
            if end is not None and sign * (target - end) > ROUNDING:
                limit = f"a target {side} {round(end, 9):.6g}, the end of {activation.label}"
                helps = "scale the targets, or use a linear output"
                yield f"t[{unit.name}]", target, {"out_of_reach": limit, "helps": helps}
    if activation.coupled and len(layer.units) > 1:
        furthest = max((sum(map(as_float, row)) for row in seen.targets), key=lambda total: abs(total - 1))
        if abs(furthest - 1) > ROUNDING:
            wrong = f"targets of {activation.label} that do not sum to 1"
            yield layer.place, furthest, {"out_of_reach": wrong, "helps": "scale the targets, or use sigmoid outputs"}


def _always_1(seen):
    for layer in seen.layers:
        if layer.activation.coupled and len(layer.units) == 1:
            yield layer.place, 1, {"activation": layer.activation.label}


def _free_of_loss(seen):
    """Outputs whose loss has no slope where t = 0 however large they are, unless softmax pulls them down together."""
    layer, loss = seen.layers[-1], in_floats(seen.network.loss)
    if layer.activation.coupled or loss.derivative(1.0, 0.0, len(layer.units)) != 0:
        return
    outputs = [a for index, unit in enumerate(layer.units)
               for a, t in zip(unit.outputs, _targets_of(seen, index)) if t == 0]
    if outputs:
        yield layer.place, max(outputs), {"loss": loss.label}


def _no_better(seen):
    """Not even NO_BETTER of the way from the best constant outputs' loss to that of the targets themselves."""
    loss, constant = seen.loss, seen.constant
    if loss is not None and constant and constant.loss > constant.least:
        if constant.loss - loss < NO_BETTER * (constant.loss - constant.least):
            shown = [f"{output:.4g}" for output in constant.outputs[:SHOWN]] + ["..."] * (len(constant.outputs) > SHOWN)
            yield "network", loss, {"constant": constant.loss, "outputs": ", ".join(shown)}


def _sizes(column):
    """The mean and standard deviation that are beyond what is scaled, each with what the criterion says of it."""
    mean = sum(column) / len(column)
    for number, which in ((abs(mean), "abs(mean)"), (deviation(column), "standard deviation")):
        if number > UNSCALED:
            yield number, {"unscaled": f"{which} > {UNSCALED}"}


def _unscaled_inputs(seen):
    inputs = []
    for name, column in zip(seen.network.input_names, zip(*seen.inputs)):
        column = list(map(as_float, column))
        for number, names in _sizes(column):
            yield name, number, names
        if deviation(column):
            inputs.append((deviation(column), max(map(abs, column)), name))
    if inputs:
        (small, its_largest, other), (large, largest, name) = min(inputs), max(inputs)
        if large / small > UNSCALED and largest / its_largest > UNSCALED:
            yield name, large / small, {"unscaled": f"standard deviation > {UNSCALED} times that of {other}"}


def _unscaled_targets(seen):
    """Of outputs without a bound; where there is one, a target can be out of reach."""
    layer = seen.layers[-1]
    if seen.targets is not None and reach(layer.activation)[1] is None:
        for index, unit in enumerate(layer.units):
            for number, names in _sizes(_targets_of(seen, index)):
                yield f"t[{unit.name}]", number, names


def _collapsed(seen):
    """Outputs that hardly change, though the inputs do and, as far as they are known, the targets."""
    layer = seen.layers[-1]
    if layer.activation.differentiable and any(row != seen.inputs[0] for row in seen.inputs):
        for index, unit in enumerate(layer.units):
            targets = [0.0, 1.0] if seen.targets is None else _targets_of(seen, index)
            if max(unit.outputs) - min(unit.outputs) < COLLAPSED <= max(targets) - min(targets):
                yield unit.name, max(unit.outputs) - min(unit.outputs), {}


def _targets_of(seen, index):
    return [as_float(row[index]) for row in seen.targets]


# What usually helps, where that goes by which cause is seen


def _against_large(seen, layer):
    """What helps against net inputs that are too large in a layer."""
    below = seen.layers[: layer.number - 1]
    bounded = any(isinstance(flat_part(one.activation), Saturated) or one.activation.coupled for one in below)
    if not bounded and any(_unscaled_inputs(seen)):
        return "scale the inputs (z-score or min-max)"
    if seen.updates == 0:
        return "start from smaller weights and biases"
    smaller = f"start from smaller weights, such as {layer.initializer} draws, or "
    return smaller * (layer.times_drawn > LARGEST_DRAWN) + _against_long_steps(seen)


def _against_long_steps(seen):
    """What helps against updates that go too far."""
    for what, unscaled in (("inputs", _unscaled_inputs(seen)), ("targets", _unscaled_targets(seen))):
        if any(unscaled):
            return f"scale the {what} (z-score), or lower the learning rate"
    return "lower the learning rate, or clip the gradients (clip_norm)"


def _against_vanishing(below, above):
    """What helps against deltas that get lost between two layers."""
    part = flat_part(below.activation)
    passes = [(z, a) for unit in below.units for z, a in zip(unit.net_inputs, unit.outputs)]
    if part is not None and sum([part.holds(z, a) for z, a in passes]) > len(passes) / 2:
        return f"look at its {'dead' if isinstance(part, Off) else 'saturated'} units"
    if above.times_drawn < 1 / LARGEST_DRAWN:
        return f"start from larger weights in layer {above.number}, such as {above.initializer} draws"
    if not isinstance(part, Saturated):
        return "use fewer layers"
    others = [name for name in ("relu", "tanh") if name != below.activation.name]
    return f"use {' or '.join(others)}, or fewer layers"


SYMPTOMS = (
    Symptom("exploding", ALARM, "not finite", 0, "inputs", _not_finite, "{helps}"),
    Symptom("softmax of one", ALARM, "{activation} over one output is always 1", 0, "inputs", _always_1,
            "use a sigmoid output with binary_crossentropy, or a softmax output for each class"),
    Symptom("no loss for t = 0", ALARM, "dE/da = 0 where t = 0, however large a is: {loss} looks at t = 1 alone", 1,
            "targets", _free_of_loss, "use softmax outputs, or binary_crossentropy if classes do not exclude each other"),
    Symptom("target out of reach", ALARM, "{out_of_reach}", 0, "targets", _out_of_reach, "{helps}"),
    Symptom("twins", ALARM, "equal weights in, bias and weights out: they never separate", 0, "inputs", _twins,
            "draw the weights at random, such as with glorot_uniform"),
    Symptom("learning rate too large", ALARM,
            "in the first {updates} updates mean E {rises}, from {before:.6g}; not with eta = {lower:.3g}",
            1, "optimizer", _rising, "{helps}"),
    Symptom("exploding step", ALARM, f"norm(step)/norm(w) > {EXPLODING_STEP}", 1, "optimizer",
            partial(_step_between, least=EXPLODING_STEP, most=float("inf")), "{helps}"),
    Symptom("dead output", ALARM, "z <= 0 on all examples: it is always 0, and nothing is learnt", SEVERAL, "inputs",
            partial(_dead, is_output=True), "use a linear output, or softplus if it may not be negative"),
    Symptom("dead ReLU", ALARM, "z <= 0 on all examples", SEVERAL, "inputs", partial(_dead, is_output=False),
            "draw its weights again, lower the learning rate, or use leaky_relu"),
    Symptom("exploding deltas", ALARM, f"mean abs(delta) grows over {EXPLODING} times from layer {{above}}", ALL_CASES,
            "targets", _growing, "start from smaller weights, or clip the gradients (clip_norm)"),
    Symptom("only the bias learns", ALARM, f"every abs(dE/dw) < {NO_GRADIENT} on all examples, abs(dE/db) not", SEVERAL,
            "targets", _only_the_bias, "look at what feeds it: the inputs are 0, or the units below are dead"),
    Symptom("inputs not scaled", WARNING, "{unscaled}", SEVERAL, "inputs", _unscaled_inputs,
            "scale the inputs (z-score or min-max)"),
    Symptom("targets not scaled", WARNING, "{unscaled}", SEVERAL, "targets", _unscaled_targets,
            "scale the targets (z-score)"),
    Symptom("weights too small", WARNING,
            f"rms(w) < 1/{TIMES_DRAWN} of what {{initializer}} draws; z varies by {{spread:.3g}} < 1/{SPREAD}",
            SEVERAL, "inputs", partial(_weights_far_off, way=-1), "draw them with {initializer}"),
    Symptom("weights too large", WARNING,
            f"rms(w) > {TIMES_DRAWN} times what {{initializer}} draws; z varies by {{spread:.3g}} > {SPREAD}",
            SEVERAL, "inputs", partial(_weights_far_off, way=1), "draw them with {initializer}{grown}"),
    Symptom("step size", WARNING, f"norm(step)/norm(w) > {LARGEST_STEP}; about {FINE_STEP} is fine", MANY, "optimizer",
            partial(_step_between, least=LARGEST_STEP, most=EXPLODING_STEP), "{helps}"),
    Symptom("step size", WARNING, f"norm(step)/norm(w) < {SMALLEST_STEP}, though norm(dE/dw)/norm(w) >= {FINE_STEP}",
            MANY, "optimizer", _small_step, "raise the learning rate"),
    Symptom("saturated", WARNING, f"{{flat}} on {SATURATED_SHARE:.0%} of the examples", SEVERAL, "inputs", _saturated,
            "{helps}"),
    Symptom("nearly dead ReLU", WARNING, f"output 0 on over {MOSTLY_OFF:.0%} of the examples", SEVERAL, "inputs",
            _nearly_dead, "lower the learning rate, or use leaky_relu"),
    Symptom("vanishing", WARNING, f"mean abs(delta) falls by over {VANISHING} times from layer {{above}}", ALL_CASES,
            "targets", _vanishing, "{helps}"),
    Symptom("no better than a constant", WARNING,
            f"mean E is not {NO_BETTER:.0%} better than {{constant:.6g}}, that of the constant output {{outputs}}",
            ALL_CASES, "training", _no_better, "mend what stands above; if nothing does, train longer, or add units"),
    Symptom("collapsed output", WARNING, f"range over the examples < {COLLAPSED}", ALL_CASES, "inputs", _collapsed,
            "look for dead or saturated units, and at the learning rate; or train longer"),
)
