"""Checkpoints: the state of a training run, from which it goes on to exactly the numbers of an unbroken run.

A checkpoint is the `training` entry of a problem file: what was measured so far, the network's random state,
the optimizer's memory and, if units were recorded, their lives. Weights are in the file's layers.

From the command line there are also the run's `settings`, such as `[{"epoch": 1, "learning_rate": 0.1, "epochs": 100},
{"epoch": 41, "learning_rate": 0.05}]`: what was asked for at first, and from which epoch on something else was.
"""

from __future__ import annotations

from neurosim.health.life import Life
from neurosim.support import checks
from neurosim.support.errors import InputError, shorten, shown
from neurosim.support.files import check_keys
from neurosim.training.history import History

KEYS = ("history", "random", "updates", "memory")
LIVES = "lives"  # only where units were recorded
WEIGHT_CHANGE = "weight_change"  # of the last epoch; only after one
SETTINGS = "settings"  # only from the command line
CHANGEABLE = {"learning_rate": checks.positive, "epochs": checks.count}  # what a run may go on with, and what it must be


def checkpoint(network, optimizer, history, settings=()):
    """The entry for a problem file."""
    version, numbers, _ = network.random.getstate()
    lives = {LIVES: {name: life.describe() for name, life in history.lives.items()}} if history.lives else {}
    weight_change = {WEIGHT_CHANGE: history.weight_change} if len(history) else {}
    return {
        "history": history.columns,
        "random": [version, list(numbers)],
        "updates": optimizer.updates,
        "memory": [
            {part: optimizer.memory.get((neuron, part)) for part in ("weights", "bias")} for neuron in _neurons(network)
        ],
        **weight_change, **lives, **({SETTINGS: list(settings)} if settings else {}),
    }


def resume(entry, network, optimizer):
    """Bring a network and an optimizer to where the checkpoint was; return the history so far.

    Raises InputError for a checkpoint of another network or optimizer.
    """
    if not isinstance(entry, dict) or set(entry) - {LIVES, WEIGHT_CHANGE, SETTINGS} != set(KEYS):
        raise InputError(f"training: expected an object with the keys {', '.join(KEYS)}")
    neurons = _neurons(network)
    memory = checks.as_list(entry["memory"], "training.memory", of="objects")
    if len(memory) != len(neurons):
        raise InputError(f"training.memory: expected {len(neurons)} entries, one for each neuron, got {len(memory)}")
    remembered = {}
    for neuron, parts in zip(neurons, memory):
        for part, size in (("weights", len(neuron.weights)), ("bias", 1)):
            values = parts.get(part) if isinstance(parts, dict) else None
            if values is not None:
                if not isinstance(values, dict) or set(values) != set(optimizer.state):
                    raise InputError(f"training.memory: of another optimizer than {optimizer.name}")
                remembered[neuron, part] = {
                    name: checks.numbers(row, f"training.memory.{name}", size) for name, row in values.items()
                }
    updates = entry["updates"]
    if not isinstance(updates, int) or updates < 0:
        raise InputError(f"training.updates: expected a whole number, got {shorten(updates)}")
    if not isinstance(entry["history"], dict):
        raise InputError(f"training.history: expected columns, got {shorten(entry['history'])}")
    columns = {name: checks.numbers(values, f"training.history.{shown(name)}") for name, values in entry["history"].items()}
    if len(set(map(len, columns.values()))) > 1:
        raise InputError("training.history: expected columns of one length")
    _check_settings(entry.get(SETTINGS, []))
    if not isinstance(entry.get(LIVES, {}), dict):
        raise InputError(f"training.{LIVES}: expected an object, got {shorten(entry[LIVES])}")
    lives = entry.get(LIVES, {}).items()
    lives = {name: Life.from_description(name, life, f"training.{LIVES}.{shown(name)}") for name, life in lives}
    try:
        version, numbers = entry["random"]
        network.random.setstate((version, tuple(numbers), None))
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"training.random: not a random state: {shown(str(error))}") from None
    optimizer.updates, optimizer.memory = updates, remembered
    history = History(columns, lives=lives)
    if WEIGHT_CHANGE in entry:
        history.weight_change = checks.number(entry[WEIGHT_CHANGE], f"training.{WEIGHT_CHANGE}")
    return history


def _check_settings(settings):
    last = 0
    for index, change in enumerate(checks.as_list(settings, f"training.{SETTINGS}", of="objects")):
        place = f"training.{SETTINGS}[{index}]"
        check_keys(change, place, ("epoch", *CHANGEABLE), required=("epoch",))
        for name, value in change.items():
            CHANGEABLE.get(name, checks.count)(value, f"{place}.{name}")
        if change["epoch"] <= last or last == 0 and change["epoch"] != 1:
            wanted = f"a later one than {last}" if last else "1"
            raise InputError(f"{place}.epoch: expected {wanted}, got {shorten(change['epoch'])}")
        last = change["epoch"]


def with_settings(settings, epoch, asked):
    """A run's settings when from this epoch on these are asked for, of which those that hold already are no change."""
    change = {name: value for name, value in asked.items() if settings_now(settings).get(name) != value}
    return [*settings, {"epoch": epoch, **change}] if change else settings


def settings_now(settings):
    """Each setting of a run as it holds at last."""
    return {name: value for change in settings for name, value in change.items() if name != "epoch"}


def _neurons(network):
    return [neuron for layer in network.layers for neuron in layer.neurons]
