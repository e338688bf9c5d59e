"""Mistakes in the updates."""

from __future__ import annotations

from neurosim.diagnosis.mistakes.entry import mistake
from neurosim.trace.rules import Rule


def _updates(positions, name, formula, change, layers=None, quantities=("w+", "b+")):
    """Swaps of the last rule of each update; `change` makes the wrong new number from the old and the right new one."""
    swaps = {}
    for quantity in quantities:
        for step, place, _ in positions.steps(quantity):
            if layers is not None and positions.layer_of(place) not in layers:
                continue
            old = positions.trace.rules[step.rule]
            wrong = Rule(
                name, lambda texts, old=old: formula(texts[0], old.formula(texts)),
                lambda w, *operands, old=old: change(w, old.evaluate(w, *operands)),
            )
            swaps[step.address] = (wrong, step.operands)
    return swaps


@mistake("bias-not-updated", "update", "biases that stay as they were", "update the biases as well, with dE/db")
def _(positions):
    return _updates(positions, "not updated", lambda w, new: w, lambda w, new: w, quantities=("b+",))


@mistake("added-update", "update", "the update added in place of subtracted", "go against the gradient: w - eta dE/dw")
def _(positions):
    return _updates(positions, "added", lambda w, new: f"{w} + ({w} - ({new}))", lambda w, new: w + (w - new))


def _eta(positions, name, formula, change):
    """Swaps of every rule that reads the learning rate for one that reads a changed one."""
    swaps = {}
    for step in positions.trace:
        if step.phase == "update" and any(map(positions.is_rate, step.operands)):
            place = next(index for index, operand in enumerate(step.operands) if positions.is_rate(operand))
            old = positions.trace.rules[step.rule]
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
def _(positions):
    return _eta(positions, "without eta", lambda eta: "1", lambda eta: eta / eta)


@mistake("learning-rate-twice", "update", "the learning rate applied twice", "multiply the gradient by eta once")
def _(positions):
    return _eta(positions, "eta twice", lambda eta: f"{eta}^2", lambda eta: eta * eta)


@mistake(
    "assigned-update", "update", "the change in place of the new weight",
    "add the change to the old weight: w += ...",
)
def _(positions):
    return _updates(positions, "assigned", lambda w, new: f"{new} - {w}", lambda w, new: new - w)


@mistake("only-last-layer", "update", "only the last layer updated", "update the layers below as well")
def _(positions):
    return _updates(positions, "not updated", lambda w, new: w, lambda w, new: w, layers=positions.hidden)
