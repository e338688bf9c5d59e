"""Mistakes in the loss itself and in the targets that it compares with."""

from __future__ import annotations

from neurosim.core.address import make_address
from neurosim.diagnosis.mistakes.entry import mistake, reworked
from neurosim.diagnosis.mistakes.forward import of_other_examples, reading_others

CROSS_ENTROPIES = ("binary_crossentropy", "categorical_crossentropy")


def _terms(positions, *losses):
    """The spots of the outputs' terms of E, if the loss is one of these."""
    return [spot for loss in losses for spot in positions.spots("E", rule=loss)]


@mistake("loss", "another logarithm in the printed loss", "log is the natural one, ln")
def other_logarithm(positions):
    terms = _terms(positions, *CROSS_ENTROPIES)
    for base in ("10", "2"):
        yield f"to the base {base}", reworked(positions, terms, f"right / log({base})")


@mistake("loss", "the cross-entropy without its minus sign", "logarithms of probabilities are below 0: E is -log")
def loss_sign(positions):
    return reworked(positions, _terms(positions, *CROSS_ENTROPIES), "-right")


@mistake("loss", "the printed cross-entropy without its (1 - t) half", "add (1 - t) log(1 - a)")
def half_the_loss(positions):
    return reworked(positions, _terms(positions, "binary_crossentropy"), "-(t * log(a))")


@mistake("loss", "the cross-entropy with a bracket in the wrong place", "E = -(t log(a) + (1 - t) log(1 - a))")
def loss_brackets(positions):
    for form, wrong in {
        "the minus for one half alone": "-(t * log(a)) + (1 - t) * log(1 - a)",
        "1 - t log(1 - a)": "-(t * log(a) + 1 - t * log(1 - a))",
        "log(1) - a": "-(t * log(a) + (1 - t) * (log(1) - a))",
    }.items():
        yield form, reworked(positions, _terms(positions, "binary_crossentropy"), wrong)


@mistake("loss", "the error not squared as a whole", "square the difference: (a - t)^2")
def loss_not_squared(positions):
    for form, wrong in {"a - t": "a - t", "a - t^2": "a - t^2"}.items():
        yield form, {
            **reworked(positions, _terms(positions, "half_squared_error"), f"({wrong}) / 2"),
            **reworked(positions, _terms(positions, "squared_error"), wrong),
            **reworked(positions, _terms(positions, "mean_squared_error"), f"({wrong}) / {len(positions.layers[-1])}"),
        }


@mistake("loss", "the targets of another example", "compare the outputs with the targets of the same example")
def other_examples_targets(positions):
    return of_other_examples(positions, "t", positions.last)


@mistake("loss", "each output compared with the target of its neighbour",
         "compare it with its own; count the classes from 0, or from 1, throughout")
def targets_of_next_class(positions):
    names = positions.layers[-1]
    for form, shift in {"of the next": 1, "of the one before": -1}.items() if len(names) > 2 else ():
        yield form, reading_others(positions, {
            spot.step.address: make_address("t", names[(spot.j + shift) % len(names)], spot.number)
            for spot in positions.spots("t", positions.output)
        })
