"""The sheet of an exercise, and its key: what stands on them, as a list of blocks."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any, Dict, List, NamedTuple

from neurosim.core.address import split_address
from neurosim.diagnosis.typed_numbers import ways_to_write
from neurosim.exercises.exercise import EXACT, own_parameters
from neurosim.exercises.generator import decimals_of, predicted
from neurosim.exercises.kinds import KINDS
from neurosim.support.number_text import number_text
from neurosim.support.numeric import is_number
from neurosim.support.records import documented

if TYPE_CHECKING:
    from neurosim.exercises.exercise import Exercise
    from neurosim.exercises.practice import Practice

LONG_TEXTS = "what was done"  # the header of a column of sentences
YOURS = "Your numbers"  # the part of a sheet in which the blanks are
SHEET = "sheet"  # the key of the sheet's id in a file of answers
ORDERS = {
    "simultaneous": "all deltas before any update",
    "sequential": "a layer is updated before the deltas of the layer below it are worked out",
}
SECTIONS = {"given": "Find", "forward": "Forward pass", "loss": "Loss", "backward": "Backward pass", "gradient": "Gradients",
            "update": "Update"}


@documented
class Block(NamedTuple):
    """A part of a page.

    kind:    "title", "heading", "heading2", "column" (a heading that begins one), "text", "formulas", "drawing", "table" or
             "blanks"
    content: a text; rows of (text, {name: formula}, text); the `Exercise` that is drawn; (headers, rows); or rows of
             (address, marks)
    """

    kind: str
    content: Any


def answer_texts(exercise: Exercise) -> Dict[str, str]:
    """{address: the right answer at the digits that are asked}."""
    return {address: number_text(exercise.trace[address].value, exercise.places) for address in exercise.asked}


# What stands on a sheet


def sheet_blocks(exercise: Exercise) -> List[Block]:
    """The blocks of the student's sheet."""
    return [
        Block("title", sheet_title(exercise)), Block("text", task(exercise)), Block("drawing", exercise),
        Block("heading", "Given"), *_givens(exercise),
        Block("column", YOURS), Block("text", _rules(exercise)), *_blanks(exercise),
    ]


def practice_blocks(practice: Practice) -> List[Block]:
    """The blocks of an exercise in practice, with the numbers that are known so far."""
    blocks = [block for block in sheet_blocks(practice.exercise) if block.kind != "title"]
    blocks = blocks[: [block.kind for block in blocks].index("column")]
    known = {**practice.shown, **practice.answers}
    if known:
        blocks += [Block("heading", "Worked so far"), Block("table", (["number", "value"], list(known.items())))]
    return [Block("title", practice.exercise.kind.replace("-", " ")), *blocks]


def sheet_title(exercise):
    """What stands over the sheet."""
    name = exercise.kind.replace("-", " ") or exercise.problem.title
    return f"Sheet {exercise.id}: {name}" if exercise.id else name or "Exercise"


def task(exercise):
    """What is to be done, in a sentence."""
    if exercise.kind in KINDS:
        return KINDS[exercise.kind].task
    return f"Work out {len(exercise.asked)} numbers of this network."


def _givens(exercise):
    """How the network is made, its numbers, the examples, and what else is given."""
    problem, network = exercise.problem, exercise.problem.network
    own = {address: exercise.computed[address].value for address in own_parameters(exercise.computed)}
    shown = {**dict(zip(own, alike(own.values()))), **dict.fromkeys(exercise.hidden, "?")}
    yield Block("formulas", list(_conventions(exercise)))
    for names, sources, layer in network.named_layers():
        biases = ["b"] if layer.has_bias else []
        rows = [
            [name, *[shown[f"w[{source}->{name}]"] for source in sources], *[shown[f"b[{name}]"] for _ in biases]]
            for name in names
        ]
        yield Block("table", ([layer.activation.label, *[f"from {source}" for source in sources], *biases], rows))
    outputs = network.layer_names[-1]
    targets = [] if _is_forward_only(exercise) else outputs
    columns = [alike(column) for column in zip(*problem.inputs)]
    columns += [alike([goals[outputs.index(name)] for goals in problem.targets]) for name in targets]
    rows = [[str(number), *row] for number, row in enumerate(zip(*columns), 1)]
    yield Block("table", (["example", *network.input_names, *[f"t[{name}]" for name in targets]], rows))
    if exercise.given:
        yield Block("text", "Go on from these numbers of the work, as they stand here:")
        yield Block("table", (["number", "value"], list(exercise.given.items())))


def alike(values):
    """The texts of some numbers with as many decimals as the longest of them has.

    >>> alike([0.5, 0.25]), alike([1, -1])
    (['0.50', '0.25'], ['1', '-1'])
    """
    places = max(map(decimals_of, values), default=0)
    return [f"{value:.{places}f}" for value in values]


def _is_forward_only(exercise):
    return None in exercise.problem.targets or {exercise.computed[one].phase for one in exercise.asked} == {"forward"}


def _conventions(exercise):
    """What is used, as far as what is asked needs it: (a text, {name: formula}, a text)."""
    problem, network = exercise.problem, exercise.problem.network
    for label in dict.fromkeys(layer.activation.label for layer in network.layers):
        activation = next(layer.activation for layer in network.layers if layer.activation.label == label)
        used = [name for name in activation.parameters if name in re.findall(r"\w+", activation.formula)]
        numbers = "".join(f", {name} = {EXACT.format(getattr(activation, name))}" for name in used)
        yield f"{label}: ", {"a": activation.formula}, numbers
    phases = {exercise.computed[address].phase for address in exercise.asked}
    if _is_forward_only(exercise) or exercise.solves:
        return
    if network.loss.name != "perceptron":
        several = " of each output; E is their sum" if network.layers[-1].size > 1 else ""
        natural = "; log is the natural one" if "log(" in network.loss.formula else ""
        yield f"Loss: {network.loss.label}, ", {"E": network.loss.formula}, several + natural
    else:
        yield "At the output ", {"delta": "a - t"}, ""
    if phases - {"forward", "loss"}:
        yield "delta is dE/dz", {}, ""
    if problem.optimizer is not None and phases & {"update", "given"}:
        yield _update(problem, "?" if "eta" in exercise.hidden else EXACT.format(problem.optimizer.learning_rate))


def _update(problem, eta):
    """How weights are updated: the optimizer's formulas, and the numbers in them."""
    optimizer, numbers = problem.optimizer, {"eta": eta}
    for name in optimizer.parameters:
        value = getattr(optimizer, name)
        if name != "learning_rate" and value and is_number(value) and not isinstance(value, bool):
            numbers[name] = EXACT.format(value)
    if optimizer.schedule.name != "constant":
        numbers["schedule"] = optimizer.schedule.label
    given = ", ".join(f"{name} = {value}" for name, value in numbers.items())
    parts = [f"where g is {_gradient(problem)}", given, *_biases(problem.network), ORDERS[optimizer.order]]
    return "Update: ", optimizer.chosen_formulas(), f", {'; '.join(parts)}"


def _gradient(problem):
    """What an update goes against."""
    if problem.batch_size == 1:
        return "dE/dw"
    over = "all examples" if problem.batch_size == "all" else f"each {problem.batch_size} examples"
    return f"the {problem.reduction} of dE/dw over {over}"


def _biases(network):
    """What becomes of the biases, if there are any."""
    trained = {neuron.trainable_bias for layer in network.layers for neuron in layer.neurons if neuron.bias is not None}
    told = {(): [], (True,): ["biases likewise"], (False,): ["biases stay as they are"]}
    return told.get(tuple(sorted(trained)), ["biases likewise, those that are asked"])


def _rules(exercise):
    """The rounding rule, and how numbers may be written."""
    places = exercise.places
    marks = set(exercise.asked.values())
    follow = " Each number is judged from your own earlier ones, so a mistake costs once." if len(exercise.asked) > 1 else ""
    rounding = f"Give {places} decimals, rounded, and carry more of them on the way.{follow}"
    lines = [f"{'One decimal will do.' if exercise.solves else rounding} {ways_to_write()}"]
    if any("@" in address for address in exercise.asked):
        lines.append("The number after @ is the pass: which example went through, counted on from epoch to epoch.")
    total = EXACT.format(exercise.marks)
    each = f", {EXACT.format(marks.pop())} for each number" if len(marks) == 1 < len(exercise.asked) else ""
    each = ", if all rows come out" if exercise.solves else each
    lines.append(f"Marks: {total}{each}")
    return "\n".join(lines)


def _blanks(exercise):
    """The questions in the order of the work, under a heading for each part of it."""
    def part(address):
        number = split_address(address)[2]
        phase = SECTIONS[exercise.computed[address].phase]
        return f"Pass {number}" if number else phase

    uneven = len(set(exercise.asked.values())) > 1
    order = sorted(exercise.asked, key=lambda address: split_address(address)[2] or 0)
    for title, addresses in groupby(order, part):
        rows = [list(row) for _, row in groupby(addresses, lambda address: _row(exercise, address))]
        yield Block("heading2", title)
        yield Block("blanks", [[(one, exercise.asked[one] if uneven else None) for one in row] for row in rows])


def _row(exercise, address):
    """What the numbers in one row have in common: their unit."""
    step = exercise.computed[address]
    quantity, place, _ = split_address(address)
    return place.rpartition("->")[2], quantity == "E", step.phase


# What stands on a key


def key_blocks(exercise: Exercise) -> List[Block]:
    """The blocks of the key before its working."""
    answers = answer_texts(exercise)
    rows = [[address, answers[address], EXACT.format(marks)] for address, marks in exercise.asked.items()]
    title = sheet_title(exercise)
    blocks = [Block("title", f"Key of {title[0].lower()}{title[1:]}"), Block("text", task(exercise))]
    if exercise.solves:
        blocks.append(Block("text", "Any weights that bring all rows to their targets are right; these do:"))
    blocks.append(Block("table", (["number", "answer", "marks"], rows)))
    mistakes = _mistakes(exercise)
    if mistakes:
        headers = ["first wrong", "is then", LONG_TEXTS]
        blocks += [Block("heading", "Mistakes that show"), Block("table", (headers, mistakes))]
    return blocks


def _mistakes(exercise):
    """Rows of a mistake's first wrong number and what was done; all that it may be where no asked number tells."""
    rows: Dict[Any, List[str]] = {}
    for together, address, text in predicted(exercise):
        rows.setdefault((address, text), []).append(" or ".join(dict.fromkeys(map(_in_words, together))))
    return [[address, text, "; ".join(ways)] for (address, text), ways in rows.items()]


def _in_words(hypothesis):
    form = f" ({hypothesis.form})" if hypothesis.form else ""
    return f"{hypothesis.kind.equals}{form} [{hypothesis.kind.name}]"
