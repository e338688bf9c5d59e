"""Mistakes in the updates."""

from __future__ import annotations

from neurosim.diagnosis.mistakes.entry import mistake, reworked


@mistake("update", "biases that stay as they were", "update the biases as well, with dE/db")
def bias_not_updated(positions):
    return reworked(positions, positions.spots("b+"), "w")


@mistake("update", "weights and biases that all stay as they were", "update them: w - eta dE/dw")
def not_updated(positions):
    return reworked(positions, positions.updates(), "w")


@mistake("update", "the update added in place of subtracted", "go against the gradient: w - eta dE/dw")
def added_update(positions):
    return reworked(positions, positions.updates(), "w + (w - right)")


@mistake("update", "updates without the learning rate", "multiply the gradient by eta")
def no_learning_rate(positions):
    return reworked(positions, positions.readers("eta"), {"eta": "1"})


@mistake("update", "the learning rate applied twice", "multiply the gradient by eta once")
def learning_rate_twice(positions):
    return reworked(positions, positions.readers("eta"), {"eta": "eta^2"})


@mistake("update", "the change in place of the new weight", "add the change to the old weight: w += ...")
def assigned_update(positions):
    return reworked(positions, positions.updates(), "right - w")


@mistake("update", "only the last layer updated", "update the layers below as well")
def only_last_layer(positions):
    return reworked(positions, positions.updates(positions.hidden), "w")
