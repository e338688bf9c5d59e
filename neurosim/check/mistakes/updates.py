"""Mistakes in the updates."""

from neurosim.check.mistakes.entry import mistake
from neurosim.trace.rules import Rule


def _updates(anatomy, name, formula, change, layers=None, quantities=("w+", "b+")):
    """Swaps of the last rule of each update; `change` makes the wrong new number from the old and the right new one."""
    swaps = {}
    for quantity in quantities:
        for step, place, _ in anatomy.steps(quantity):
            if layers is not None and anatomy.layer_of(place) not in layers:
                continue
            old = anatomy.trace.rules[step.rule]
            wrong = Rule(
                name, lambda texts, old=old: formula(texts[0], old.formula(texts)),
                lambda w, *operands, old=old: change(w, old.evaluate(w, *operands)),
            )  # fmt: skip
            swaps[step.address] = (wrong, step.operands)
    return swaps


@mistake("bias-not-updated", "update", "biases that stay as they were", "update the biases as well, with dE/db")
def _(anatomy):
    return _updates(anatomy, "not updated", lambda w, new: w, lambda w, new: w, quantities=("b+",))


@mistake("added-update", "update", "the update added in place of subtracted", "go against the gradient: w - eta dE/dw")
def _(anatomy):
    return _updates(anatomy, "added", lambda w, new: f"{w} + ({w} - ({new}))", lambda w, new: w + (w - new))


def _eta(anatomy, name, formula, change):
    """Swaps of every rule that reads the learning rate for one that reads a changed one."""
    swaps = {}
    for step in anatomy.trace:
        if step.phase == "update" and any(map(anatomy.is_rate, step.operands)):
            place = next(index for index, operand in enumerate(step.operands) if anatomy.is_rate(operand))
            old = anatomy.trace.rules[step.rule]
            if old.name.endswith("schedule"):
                continue
            wrong = Rule(
                name,
                lambda texts, old=old, at=place: old.formula([*texts[:at], formula(texts[at]), *texts[at + 1 :]]),
                lambda *values, old=old, at=place: old.evaluate(*values[:at], change(values[at]), *values[at + 1 :]),
            )
            swaps[step.address] = (wrong, step.operands)
    return swaps


@mistake("no-learning-rate", "update", "updates without the learning rate", "multiply the gradient by eta")
def _(anatomy):
    return _eta(anatomy, "without eta", lambda eta: "1", lambda eta: eta / eta)


@mistake("learning-rate-twice", "update", "the learning rate applied twice", "multiply the gradient by eta once")
def _(anatomy):
    return _eta(anatomy, "eta twice", lambda eta: f"{eta}^2", lambda eta: eta * eta)


@mistake(
    "assigned-update", "update", "the change in place of the new weight",
    "add the change to the old weight: w += ...",
)  # fmt: skip
def _(anatomy):
    return _updates(anatomy, "assigned", lambda w, new: f"{new} - {w}", lambda w, new: new - w)


@mistake("only-last-layer", "update", "only the last layer updated", "update the layers below as well")
def _(anatomy):
    return _updates(anatomy, "not updated", lambda w, new: w, lambda w, new: w, layers=anatomy.hidden)
