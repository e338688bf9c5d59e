"""New exercises from a seed: numbers are drawn until they can be worked by hand and every known mistake can be seen."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

from neurosim.core.activations import ACTIVATIONS
from neurosim.core.address import make_address, split_address
from neurosim.core.losses import LOSSES
from neurosim.diagnosis.diagnosis import hypotheses
from neurosim.diagnosis.mistakes import MISTAKES
from neurosim.exercises.exercise import EXACT, Exercise, checked_places, computed, what_it_says
from neurosim.exercises.kinds import KINDS
from neurosim.exercises.numbers import GateNumbers, Numbers
from neurosim.problems.problem_file import problem_text
from neurosim.support import checks
from neurosim.support.errors import InputError, shorten
from neurosim.support.files import one_line
from neurosim.support.number_text import number_text

if TYPE_CHECKING:
    from typing import Any

    from neurosim.diagnosis.diagnosis import Hypothesis
    from neurosim.exercises.kinds import Kind
    from neurosim.problems.problem_file import Problem
    from neurosim.trace.step import Trace

MOST_DRAWS, MOST_WORKED = 5000, 1000  # problems that are drawn, and of them exercises that are worked out
MOST_CONNECTIONS = 100  # of a network that is worked by hand
WEAKEST_SLOPE = 0.05  # of a unit that is not saturated or dead
NEAREST_KINK = 0.05  # of a net input to 0
UNITS = 10  # of its last digit that an asked number says, so that two of its digits mean something
TIE = 1e-9  # nearer to the middle between two roundings a last bit would decide
APART = 2  # tolerances between a mistake's first wrong number and the right one
GIVEN = {"": (), "forward": ("z", "a"), "deltas": ("z", "a", "dE/da", "delta")}  # what a sheet may give of the work
MAY_LACK = ("shares", "b+", "dE/db", "mean dE/db")  # asked quantities that are none of a network with frozen biases
DIGITS = 8  # of a sheet's id


class NotHumane(Exception):
    """Why the numbers of a draw are discarded, in words."""


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
    redrawn:    a Counter that is told why draws were discarded

    Raises InputError for unknown names, for what does not fit the kind, and where no draw will do.
    """
    chosen = KINDS[checks.known("kind of exercise", kind, KINDS)]
    checks.known("part that is given", given, GIVEN)
    layers, loss = layers or chosen.layers, LOSSES.full_name(loss or chosen.loss)
    sizes = _sizes(layers, chosen)
    names = [ACTIVATIONS.full_name(name.strip()) for name in (activation or chosen.activation).split(",")]
    if len(names) not in (1, len(sizes) - 1):
        raise InputError(f"activation: expected 1 or {len(sizes) - 1}, one for each layer, got {len(names)}")
    names *= (len(sizes) - 1) // len(names)
    places, seed = chosen.places if places is None else checked_places(places), one_line(str(seed), "seed")
    settings = f"{kind} {chosen.version} {layers} {','.join(names)} {loss} {places}"
    id = id or sha256(f"{settings} {given} {seed}".encode()).hexdigest()[:DIGITS]
    reasons = Counter() if redrawn is None else redrawn
    worked = 0
    for attempt in range(MOST_DRAWS):
        numbers = (GateNumbers if chosen.gates else Numbers)(f"{settings} {seed} {attempt}")
        problem = numbers.problem(chosen, sizes, names, loss)
        try:
            _require(chosen.starts(problem))
            worked += 1
            exercise = _asking(problem, kind, places, given, numbers, seed, id)
            check_humane(exercise, chosen)
            return exercise
        except NotHumane as why:
            reasons[str(why)] += 1
            if worked >= MOST_WORKED:
                break
    most = ", ".join(f"{why} ({count})" for why, count in reasons.most_common(2))
    raise InputError(f"found no numbers fit to work by hand in {attempt + 1} draws of {kind} with {layers}, "
                     f"{','.join(names)}; most had {most}")


def exercise_about(problem: Problem, kind: str, places: int | None = None, given: str = "") -> Exercise:
    """An exercise of a kind about a problem that is there, with the arguments of `new_exercise`.

    Its numbers are as they are, whether they can be worked by hand or not. Raises InputError where the problem has nothing
    that the kind asks for, such as deltas without targets.
    """
    chosen = KINDS[checks.known("kind of exercise", kind, KINDS)]
    checks.known("part that is given", given, GIVEN)
    places = chosen.places if places is None else checked_places(places)
    missing = _missing(problem, chosen)
    if missing:
        raise InputError(f"{kind} does not fit: {missing}")
    id = sha256(f"{kind} {places} {given} {problem_text(problem)}".encode()).hexdigest()[:DIGITS]
    exercise = _asking(problem, kind, places, given, Numbers(id), None, id)
    if chosen.needs(exercise):
        raise InputError(f"{kind} does not fit: there is {chosen.needs(exercise)}")
    return exercise


def _missing(problem, kind):
    """What a problem lacks for a kind of exercise, in words, or ""."""
    if kind.starts(problem):
        return f"there are {kind.starts(problem)}"
    if kind.activation == "softmax" and not problem.network.layers[-1].activation.coupled:
        return "the outputs are no softmax"
    if kind.batch_size != 1 and problem.batch_size == 1:
        return "each example has an update of its own"
    there = {split_address(step.address)[0] for step in computed(problem, kind.epochs)}
    lacking = [quantity for quantity in kind.asked if quantity not in there and quantity not in MAY_LACK]
    return f"there is no {lacking[0]}" if lacking else ""


def _asking(problem, kind, places, given, numbers, seed, id):
    """The exercise of a kind about a problem."""
    chosen = KINDS[kind]
    trace = computed(problem, chosen.epochs)
    hidden, gives = chosen.hides(trace, numbers)
    gives = {**gives, **_given(trace, given, places)}
    asked = {step.address: 1 for step in trace if step.address not in gives and _is_asked(step, chosen, hidden)}
    if not asked:
        raise InputError(f"there is nothing that {kind} asks for, and that is not given")
    return Exercise(problem, asked, places, kind, chosen.version, seed, id, chosen.epochs, gives, hidden)


def _sizes(text, kind):
    """The numbers in "2-3-1"."""
    parts = text.split("-") if isinstance(text, str) else []
    if len(parts) < 2 or not all(part.isascii() and part.isdigit() and len(part) < 3 and int(part) for part in parts):
        raise InputError(f"layers: expected sizes such as 2-3-1, the inputs first, got {shorten(text)}")
    sizes = [int(part) for part in parts]
    connections = sum(one * other for one, other in zip(sizes, sizes[1:]))
    if connections > MOST_CONNECTIONS:
        raise InputError(f"layers: {MOST_CONNECTIONS} connections are the most to work by hand, got {connections}")
    if kind.gates and (sizes[0], sizes[-1]) != (2, 1):
        raise InputError(f"layers: this kind has 2 inputs and 1 output, got {text}")
    return sizes


def _given(trace, given, places):
    """{address: text} of the part of the work that the sheet gives."""
    return {
        step.address: number_text(step.value, places) for step in trace
        if step.operands and split_address(step.address)[0] in GIVEN[given]
    }


def _is_asked(step, kind, hidden):
    quantity, place, _ = split_address(step.address)
    if hidden or not step.operands:
        return step.address in hidden
    return "shares" in kind.asked if quantity == "E" and place else quantity in kind.asked


# Whether an exercise is humane


def check_humane(exercise: Exercise, kind: Kind) -> None:
    """Raise NotHumane for an exercise that can't be worked by hand, or not marked fairly."""
    _require(kind.needs(exercise))
    if not kind.gates:
        _check_units(exercise, kind)
    if not exercise.solves:
        _check_numbers(exercise, kind)
    if not exercise.hidden:
        _check_mistakes(exercise)


def _require(why):
    if why:
        raise NotHumane(why)


def _check_units(exercise, kind):
    """No unit is near a kink, and none is saturated or dead, unless the kind is about that."""
    trace = exercise.trace
    for step in trace:
        quantity, place, number = split_address(step.address)
        if quantity != "z":
            continue
        activation, output = trace.structure[place].activation, trace[make_address("a", place, number)].value
        if abs(step.value) < NEAREST_KINK:
            raise NotHumane("a net input near 0")
        is_awake = activation.coupled or abs(activation.derivative(step.value, output)) >= WEAKEST_SLOPE
        if not is_awake and not kind.zeros:
            raise NotHumane("a saturated or dead unit")


def _check_numbers(exercise, kind):
    """Every number that is asked says something at its digits, and no rounding is a tie."""
    unit = 10.0**-exercise.places
    for address in exercise.asked:
        value, says = exercise.trace[address].value, what_it_says(exercise.trace, address)
        if says < UNITS * unit and not (kind.zeros and says == 0):
            raise NotHumane("an asked number that is too small for its digits")
        if abs(value) < unit / 2 and not kind.zeros:
            raise NotHumane("an asked number that is printed as 0")
        if abs(abs(value) / unit % 1 - 0.5) * unit < TIE:
            raise NotHumane("an asked number between two roundings")


def _check_mistakes(exercise):
    """The first wrong number of every known mistake is far enough from the right one."""
    half = 0.5 * 10.0**-exercise.places
    for hypothesis in hypotheses(MISTAKES.values(), exercise.computed):
        made = with_mistake(exercise, hypothesis)
        off = [abs(made[one].value - exercise.trace[one].value) for one in exercise.asked] if made else []
        first = next((distance for distance in off if distance > TIE), None)
        if first is not None and first <= APART * half:
            raise NotHumane("a mistake that is hard to see")


# The mistakes that show in an exercise


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
        return tuple(number_text(trace[address].value, exercise.places) for address in order)

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


def decimals_of(number):
    """How many decimals a number is written with.

    >>> decimals_of(0.25), decimals_of(1.0)
    (2, 0)
    """
    return len(EXACT.format(number).partition(".")[2])
