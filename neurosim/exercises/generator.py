"""New exercises from a seed: numbers are drawn until they are humane and every known mistake can be seen.

Only `random()` is asked, in a fixed order, so that a seed gives the same exercise on every Python.
"""

from __future__ import annotations

import random
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

from neurosim.core.activations import ACTIVATIONS
from neurosim.core.address import split_address
from neurosim.core.layer import Layer
from neurosim.core.losses import LOSSES
from neurosim.core.network import Network
from neurosim.diagnosis.diagnosis import hypotheses
from neurosim.diagnosis.mistakes import MISTAKES
from neurosim.exercises.exercise import Exercise, computed
from neurosim.exercises.kinds import GATES, KINDS, ROWS
from neurosim.health.saturation import reach
from neurosim.problems.problem_file import Problem
from neurosim.support import checks
from neurosim.support.errors import InputError, counted, shorten

if TYPE_CHECKING:
    from typing import Any, Callable

    from neurosim.diagnosis.diagnosis import Hypothesis
    from neurosim.exercises.kinds import Kind
    from neurosim.trace.step import Trace

MOST_DRAWS = 3000
MOST_UNITS = 60  # of a network that is worked by hand, its inputs among them
WEAKEST_SLOPE = 0.05  # of a unit that is not saturated
NEAREST_KINK = 0.05  # of a net input to 0
UNITS = 10  # of its last digit that an asked number moves by, so that two of its digits mean something
TIE = 1e-9  # nearer to the middle between two roundings a last bit would decide
APART = 2  # tolerances between a mistake's first wrong number and the right one
ONE_OF_TWO = ("binary_crossentropy",)  # losses whose targets are 0 or 1
GIVEN = {"": (), "forward": ("z", "a"), "deltas": ("z", "a", "dE/da", "delta")}  # what a sheet may give of the work
RATE_DIGITS = 4  # more decimals than asked, where a number is found from two that are nearly the same
EXACT = "{:.12g}"


class Drawn:
    """A source of humane numbers: two decimals, never 0, and as long as there are enough no size twice."""

    def __init__(self, seed):
        self.random, self.used = random.Random(seed).random, set()

    def whole(self, low, high):
        """A whole number of this range, both ends in it."""
        return low + int(self.random() * (high - low + 1))

    def hundredths(self, low, high):
        """A number such as 0.35, between so many hundredths."""
        for _ in range(50):
            found = self.whole(low, high)
            if found not in self.used:
                break
        self.used.add(found)
        return found / 100

    def signed(self, low, high):
        """The same with a sign."""
        sign = -1 if self.random() < 0.5 else 1
        return sign * self.hundredths(low, high)


def new_exercise(
    kind: str, seed: Any, layers: str | None = None, activation: str | None = None, loss: str | None = None,
    places: int | None = None, given: str = "", id: str | None = None, redrawn: Counter[str] | None = None,
) -> Exercise:
    """Draw an exercise of a kind; the same seed gives the same one.

    kind:       a name in `KINDS`
    seed:       a number or a text
    layers:     the sizes of the network, such as "2-3-1", the inputs first; by default the kind's
    activation: of all layers, or of each with commas between, likewise
    loss:       likewise
    places:     how many decimals are asked for, likewise
    given:      what of the work the sheet gives, rounded as it is asked: "" for nothing, "forward" or "deltas"
    id:         of the sheet; by default made from all of these
    redrawn:    a Counter that is told why draws were left

    Raises InputError for unknown names, for what does not fit the kind, and where no draw is humane.
    """
    row = KINDS[checks.known("kind of exercise", kind, KINDS)]
    checks.known("part that is given", given, GIVEN)
    sizes = _sizes(layers or row.layers, row)
    names = [ACTIVATIONS.full_name(name.strip()) for name in (activation or row.activation).split(",")]
    if len(names) not in (1, len(sizes) - 1):
        raise InputError(f"activation: expected 1 or {len(sizes) - 1}, one for each layer, got {len(names)}")
    names *= (len(sizes) - 1) // len(names)
    loss_name = LOSSES.full_name(loss or row.loss)
    places = row.places if places is None else checks.count(places, "places")
    settings = f"{kind} {row.version} {layers or row.layers} {','.join(names)} {loss_name} {places} {given}"
    mark = id or sha256(f"{settings} {seed}".encode()).hexdigest()[:8]
    reasons = Counter() if redrawn is None else redrawn
    for attempt in range(MOST_DRAWS):
        drawn = Drawn(f"{settings} {seed} {attempt}")
        made = _draw(row, drawn, sizes, names, loss_name)
        found = made if isinstance(made, str) else _exercise(made, kind, row, seed, mark, places, given)
        if not isinstance(found, str):
            return found
        reasons[found] += 1
    most = ", ".join(f"{why} ({count})" for why, count in reasons.most_common(2))
    raise InputError(f"no humane numbers in {MOST_DRAWS} draws of {kind} with {layers or row.layers}, "
                     f"{','.join(names)}; there was mostly: {most}")


def _sizes(text, row):
    """The numbers in "2-3-1"."""
    parts = text.split("-") if isinstance(text, str) else []
    if len(parts) < 2 or not all(part.isascii() and part.isdigit() and len(part) < 3 and int(part) for part in parts):
        raise InputError(f"layers: expected sizes such as 2-3-1, the inputs first, got {shorten(text)}")
    sizes = [int(part) for part in parts]
    if sum(sizes) > MOST_UNITS:
        raise InputError(f"layers: {MOST_UNITS} inputs and units are the most to work by hand, got {sum(sizes)}")
    if row.gate and (sizes[0], sizes[-1]) != (2, 1):
        raise InputError(f"layers: this kind has 2 inputs and 1 output, got {text}")
    return sizes


def _draw(row, drawn, sizes, names, loss):
    """A `Problem`; or why its numbers were left, as a text."""
    layers = []
    for fan_in, size, name in zip(sizes, sizes[1:], names):
        if row.gate:
            rows = [[drawn.signed(1, 9) * 10 for _ in range(fan_in)] for _ in range(size)]
            rows, biases = [[_odd(w) for w in row] for row in rows], [_odd(drawn.signed(1, 9) * 10) for _ in range(size)]
        else:
            rows = [[drawn.signed(10, 95) for _ in range(fan_in)] for _ in range(size)]
            biases = [drawn.signed(10, 95) for _ in range(size)]
        layers.append(Layer(size, name, weights=rows, biases=biases))
    network = Network(sizes[0], layers, loss=loss)
    optimizer = None if row.optimizer is None else {**row.optimizer, "learning_rate": _rate(row, drawn)}
    if row.gate:
        gate = GATES[row.gate if row.gate in GATES else ("and", "or")[drawn.whole(0, 1)]]
        inputs, targets = [list(one) for one in ROWS], [[one] for one in gate]
        if row.hides and [network.forward(one) for one in inputs] != targets:
            return "weights that do not solve it"
    else:
        inputs = [[drawn.hundredths(10, 95) for _ in range(sizes[0])] for _ in range(row.examples)]
        targets = [_targets(drawn, network) for _ in range(row.examples)]
    return Problem(network, inputs, targets, optimizer, row.batch_size)


def _odd(number):
    """One decimal, an odd one: added up and taken away by even ones, it never comes to 0."""
    tenths = int(abs(number) * 10 + 0.5)
    return (tenths | 1) / 10 * (1 if number > 0 else -1)


def _rate(row, drawn):
    return (0.2, 0.4)[drawn.whole(0, 1)] if row.gate else drawn.whole(2, 9) / 10


def _targets(drawn, network):
    """Targets of one example that the last layer can come near to."""
    layer = network.layers[-1]
    if layer.activation.coupled:
        one = drawn.whole(0, layer.size - 1)
        return [int(index == one) for index in range(layer.size)]
    if network.loss.name in ONE_OF_TWO:
        return [drawn.whole(0, 1) for _ in range(layer.size)]
    low, high = reach(layer.activation)
    if low is not None and low >= 0:
        return [drawn.hundredths(5, 95 if high is not None else 150) for _ in range(layer.size)]
    return [drawn.signed(5, 95) for _ in range(layer.size)]


def _exercise(problem, kind, row, seed, mark, places, given):
    """An `Exercise` of these numbers; or why they are not humane."""
    trace = computed(problem, row.epochs)
    hidden, gives = _hidden(row, trace, Drawn(f"{seed} {kind}"), places)
    gives.update(
        (step.address, f"{step.value:.{places}f}") for step in trace
        if step.operands and split_address(step.address)[0] in GIVEN[given]
    )
    asked = {
        step.address: 1 for step in trace
        if step.address not in gives and (step.address in hidden if hidden else _is_asked(step, row.asked))
    }
    if not asked:
        raise InputError(f"{kind} asks for nothing that is not given")
    exercise = Exercise(problem, asked, places, kind, row.version, seed, mark, row.epochs, gives, hidden)
    return not_humane(exercise, row) or exercise


def _hidden(row, trace, drawn, places):
    """(addresses that are not shown, {address: text} of what is given for that)."""
    if row.hides == "weights":
        return [step.address for step in trace if not step.operands and step.address[:2] in ("w[", "b[")], {}
    if row.hides == "weight":
        weights = [step.address for step in trace if not step.operands and step.address.startswith("w[")]
        first = [address for address in weights if split_address(address)[1].split("->")[0] in trace.structure.input_names]
        lost = first[drawn.whole(0, len(first) - 1)]
        net_input = f"z[{lost[2:-1].split('->')[1]}]"
        return [lost], {net_input: EXACT.format(trace[net_input].value)}
    if row.hides == "rate":
        updated = [step.address for step in trace if step.address.startswith("w+[")]
        new = updated[drawn.whole(0, len(updated) - 1)]
        found = new, new.replace("w+", "dE/dw")
        return ["eta"], {address: f"{trace[address].value:.{places + RATE_DIGITS}f}" for address in found}
    return [], {}


def _is_asked(step, quantities):
    quantity, place, _ = split_address(step.address)
    if not step.operands:
        return False
    return "shares" in quantities if quantity == "E" and place else quantity in quantities


# Whether an exercise is humane


def not_humane(exercise: Exercise, kind: Kind) -> str:
    """Why the numbers of an exercise are left, or ""."""
    trace = exercise.trace
    ways: list[Callable[..., str]] = [_units_are_awake, _numbers_are_plain]
    if not exercise.hidden:
        ways.append(_mistakes_are_seen)
    return kind.needs(trace) or next(filter(None, (way(exercise, trace, kind) for way in ways)), "")


def _units_are_awake(exercise, trace, kind):
    activations = {
        name: layer.activation for names, layer in zip(trace.structure.layer_names, trace.structure.layers) for name in names
    }
    for step in trace:
        quantity, place, number = split_address(step.address)
        if quantity != "z" or kind.gate:
            continue
        activation = activations[place]
        if abs(step.value) < NEAREST_KINK:
            return "a net input near 0"
        if activation.coupled or kind.zeros:
            continue
        output = trace[f"a[{place}]" + (f"@{number}" if number else "")].value
        if abs(activation.derivative(step.value, output)) < WEAKEST_SLOPE:
            return "a saturated or dead unit"
    return ""


def _numbers_are_plain(exercise, trace, kind):
    unit, old = 10.0**-exercise.places, _replaced(trace)
    for address in [] if exercise.solves else exercise.asked:
        value = trace[address].value
        moves = abs(value - old.get(address, 0))
        if moves < UNITS * unit and not (kind.zeros and moves == 0):
            return "an asked number that is too small for its digits"
        if abs(abs(value) / unit % 1 - 0.5) * unit < TIE:
            return "an asked number between two roundings"
        if abs(value) < unit / 2 and not kind.zeros:
            return "an asked number that is printed as 0"
    return ""


def _replaced(trace):
    """{address of a new weight or bias: what it was before}."""
    old = {}
    for step in trace:
        quantity, _, _ = split_address(step.address)
        if quantity in ("w+", "b+") and step.operands:
            old[step.address] = next(
                trace[one].value for one in step.operands if split_address(one)[0].rstrip("+") == quantity.rstrip("+")
            )
    return old


def _mistakes_are_seen(exercise, trace, kind):
    half = 0.5 * 10.0**-exercise.places
    for hypothesis in hypotheses(MISTAKES.values(), exercise.computed):
        made = with_mistake(exercise, hypothesis)
        for address in exercise.asked if made else ():
            distance = abs(made[address].value - trace[address].value)
            if distance > TIE:
                if distance <= APART * half:
                    return "a mistake that is hard to see"
                break
    return ""


def with_mistake(exercise: Exercise, hypothesis: Hypothesis) -> Trace | None:
    """The trace with a mistake in it, worked from what the sheet gives; None where that leaves no number finite."""
    rules, rewire = {}, {}
    for address, (rule, operands) in hypothesis.swaps.items():
        if address not in exercise.given:
            rules[address] = rule if isinstance(rule, str) else rule.renamed(f"{rule.name} at {address}")
            rewire[address] = list(operands)
    try:
        return exercise.computed.replay(exercise.givens, rules=rules, rewire=rewire)
    except (InputError, ArithmeticError):
        return None


def predicted(exercise: Exercise) -> list[tuple[list[Hypothesis], str, str]]:
    """(mistakes that no asked number tells apart, the first wrong address, what stands there), in the order of the work."""
    groups: dict[tuple[str, ...], list[Hypothesis]] = {}
    found: list[tuple[int, int, list[Hypothesis], str, str]] = []
    trace, order = exercise.trace, list(exercise.asked)

    def texts_of(trace):
        return tuple(rounded(trace[address].value, exercise.places) for address in order)

    for hypothesis in hypotheses(MISTAKES.values(), exercise.computed) if not exercise.hidden else ():
        made = with_mistake(exercise, hypothesis)
        if made and any(abs(made[address].value - trace[address].value) > TIE for address in order):
            groups.setdefault(texts_of(made), []).append(hypothesis)
    right = texts_of(trace)
    for texts, together in groups.items():
        place = next((place for place, pair in enumerate(zip(texts, right)) if pair[0] != pair[1]), None)
        if place is not None:
            found.append((place, len(found), together, order[place], texts[place]))
    return [(together, address, text) for _, _, together, address, text in sorted(found)]


def rounded(value, places):
    """The number with so many decimals; of 0 without a sign."""
    text = f"{value:.{places}f}"
    return text if text.strip("-0.") else text.lstrip("-")


def told_as(redrawn: Counter[str]) -> list[str]:
    """A line for each reason that draws were left for, the most frequent first."""
    return [f"{counted(count, 'draw')} left: {why}" for why, count in redrawn.most_common()]
