"""An exercise: a problem, the addresses that are asked, and how they are marked; and its file.

A file holds the whole problem, so that marking never draws anything again:

    {"format": "neurosim-exercise/1", "kind": "one-update", "version": 1, "seed": 17, "id": "5c1f09aa", "places": 4,
     "epochs": 1, "given": {}, "hidden": [], "asked": {"z[h1]": 1}, "scheme": {"own": 1}, "problem": {...}}
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from neurosim.core.address import split_address
from neurosim.diagnosis.answers import in_floats
from neurosim.problems.problem_file import problem_of, problem_text
from neurosim.support import checks
from neurosim.support.errors import InputError, UnknownNameError, shorten
from neurosim.support.files import at_place, check_keys, json_list, json_number, json_whole, one_line, write_atomically
from neurosim.support.report import Result

if TYPE_CHECKING:
    from typing import Any, Mapping, Sequence

    from neurosim.problems.problem_file import Problem
    from neurosim.trace.step import Trace

FORMAT = "neurosim-exercise/1"
REQUIRED = ("format", "problem", "asked", "places")
KEYS = (*REQUIRED, "kind", "version", "seed", "id", "epochs", "given", "hidden", "scheme")
SCHEME = {  # the share of its marks that a number earns by its verdict
    "right": 1, "own": 1, "rounded": 1, "follows": 1, "slip": 0, "mistake": 0, "short": 0, "trivial": 0, "wrong": 0,
}
MOST_PLACES = 12
MOST_PASSES = 400
EXACT = "{:.12g}"  # how givens, marks and the like are written


class Exercise(Result):
    """An exercise: a problem and what is asked about it.

    Two exercises are equal if everything in them is.
    """

    __slots__ = {
        "problem": "the `Problem`, with all its numbers",
        "asked": "{address: marks} in the order of the work",
        "places": "how many decimals are asked for",
        "kind": 'the name of the kind that it was made by, or ""',
        "version": "the version of that kind",
        "seed": "what its numbers were drawn by, or None",
        "id": "by which a sheet and its answers find each other",
        "epochs": "how many times all examples go through",
        "given": "{address: text} of numbers of the work that the sheet gives, with which it goes on",
        "hidden": "the addresses of numbers of the problem that the sheet does not show",
        "scheme": "{verdict: share of the marks}, as in `SCHEME`",
        "computed": "the trace of the problem, in which nothing is given but its own numbers",
        "trace": "the trace that the key is read from, worked from what the sheet gives",
    }

    def __init__(
        self, problem: Problem, asked: Mapping[str, float], places: int = 4, kind: str = "", version: int = 1,
        seed: Any = None, id: str = "", epochs: int = 1, given: Mapping[str, str] | None = None,
        hidden: Sequence[str] = (), scheme: Mapping[str, float] | None = None,
    ) -> None:
        self.problem, self.asked, self.kind, self.version, self.seed = problem, dict(asked), kind, version, seed
        self.id, self.places, self.epochs = id, checked_places(places), checks.count(epochs, "epochs")
        self.given, self.hidden, self.scheme = dict(given or {}), list(hidden), {**SCHEME, **(scheme or {})}
        if not self.asked:
            raise InputError("asked: an exercise asks for at least one number")
        for address, marks in self.asked.items():
            checks.not_negative(marks, f"asked.{address}")
        for verdict, share in self.scheme.items():
            checks.known("verdict in scheme", verdict, SCHEME)
            if checks.not_negative(share, f"scheme.{verdict}") > 1:
                raise InputError(f"scheme.{verdict}: a share is from 0 to 1, got {share}")
        if self.epochs * len(problem.inputs) > MOST_PASSES:
            raise InputError(f"epochs: {MOST_PASSES} passes are the most, got {shorten(epochs)} times {len(problem.inputs)}")
        self.computed: Trace = computed(problem, self.epochs)
        for place in ("asked", "given", "hidden"):
            for address in getattr(self, place):
                if address not in self.computed:
                    raise UnknownNameError(f"address in {place}", address, [step.address for step in self.computed])
        self.trace = self.computed.replay(self.givens) if self.given else self.computed
        if self.solves and None in problem.targets:
            raise InputError("weights that are to be found need examples with targets")

    @property
    def solves(self) -> bool:
        """Whether any weights will do that bring all examples to their targets."""
        return list(self.asked) == own_parameters(self.computed) == self.hidden and not self.given

    @property
    def givens(self) -> dict[str, float]:
        """The numbers of the work that the sheet gives, as it prints them."""
        return {address: float(text) for address, text in self.given.items()}

    @property
    def marks(self) -> float:
        """All marks together."""
        return sum(self.asked.values())

    def save(self, path: Any) -> None:
        """Write the exercise to a file; whatever was at `path` stays whole until the new file is."""
        write_atomically(path, exercise_text(self) + "\n")


def checked_places(places):
    """The number of decimals itself, if numbers can be asked with so many."""
    if checks.count(places, "places") > MOST_PLACES:
        raise InputError(f"places: {MOST_PLACES} are the most, got {shorten(places)}")
    return places


def computed(problem, epochs):
    """The trace of a problem whose examples go through so many times, in floats; only forward where it can't be trained."""
    try:
        return in_floats(problem.trace(epochs))
    except InputError:
        return in_floats(problem.network.trace(problem.inputs, epochs=epochs))


def own_parameters(trace):
    """The addresses of all weights and biases before anything is updated."""
    return [step.address for step in trace if not step.operands and split_address(step.address)[0] in ("w", "b")]


def what_it_says(trace, address, made_as=None):
    """How far a number is from saying nothing: of a new weight or bias from the old one, of any other from 0.

    made_as: the trace that says what it is made from, if this one has it as a given
    """
    quantity, _, _ = split_address(address)
    operands, value = (made_as or trace)[address].operands, trace[address].value
    old = [one for one in operands if quantity in ("w+", "b+") and split_address(one)[0].rstrip("+") == quantity[0]]
    return abs(value - trace[old[0]].value) if old else abs(value)


def made_since(known, trace, address):
    """The addresses of the steps from known numbers to one, itself the first; of givens that are not known, too."""
    pending = [address]
    for one in pending:
        pending += [operand for operand in trace[one].operands if operand not in known and operand not in pending]
    return pending


def exercise_text(exercise):
    """The exercise as its file has it, without the end of the line."""
    names = [name for name in KEYS if name not in REQUIRED]
    settings = {name: getattr(exercise, name) for name in names if getattr(exercise, name) not in (None, "", [], {})}
    settings["scheme"] = {verdict: share for verdict, share in exercise.scheme.items() if share != SCHEME[verdict]}
    document = {"format": FORMAT, **settings, "places": exercise.places, "asked": exercise.asked}
    lines = [
        f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in document.items() if value != {}
    ]
    problem = problem_text(exercise.problem).rstrip().replace("\n", "\n  ")
    return "{\n" + ",\n".join([*lines, f'  "problem": {problem}']) + "\n}"


def exercise_of(document):
    """The exercise that a document describes, as a file holds it."""
    check_keys(document, "", KEYS, REQUIRED)
    if document["format"] != FORMAT:
        raise InputError(f"format: expected {FORMAT!r}, got {shorten(document['format'])}")
    problem = at_place("problem", problem_of, document["problem"])
    settings = {key: document[key] for key in ("seed", "hidden") if key in document}
    settings.update((key, one_line(document[key], key)) for key in ("kind", "id") if key in document)
    settings.update((key, json_whole(document[key], key, 1)) for key in ("version", "epochs") if key in document)
    for key in ("asked", "scheme"):
        settings[key] = _numbers(document.get(key, {}), key)
    given = document.get("given", {})
    check_keys(given, "given", given, ())
    for address, text in given.items():
        if not isinstance(text, str) or not _is_number(text):
            raise InputError(f"given.{address}: expected a number in quotes, as the sheet prints it, got {shorten(text)}")
    for address in json_list(settings.get("hidden", []), "hidden"):
        one_line(address, "hidden")
    return Exercise(problem, settings.pop("asked"), document["places"], given=given, **settings)


def _numbers(document, place):
    check_keys(document, place, document, ())
    return {key: json_number(value, f"{place}.{key}") for key, value in document.items()}


def _is_number(text):
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False
