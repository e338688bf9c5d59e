"""Checkpoints: the state of a training run, from which it goes on to exactly the numbers of an unbroken run.

A checkpoint is the `training` entry of a problem file: what was measured so far, the network's random state,
the optimizer's memory and, if units were recorded, their lives. Weights are in the file's layers.

From the command line there are also the run's `settings`, such as `[{"epoch": 1, "learning_rate": 0.1, "epochs": 100},
{"epoch": 41, "learning_rate": 0.05}]`: what was asked for at first, and from which epoch on something else was. What is
not said is as in `DEFAULTS`.
"""

from __future__ import annotations

from random import Random

from neurosim.health.life import Life
from neurosim.support import checks
from neurosim.support.errors import InputError, shorten, shown
from neurosim.support.files import check_keys, json_list, json_number, json_numbers, json_whole
from neurosim.training.history import History

PLACE = "training"  # of a problem file, with which every complaint begins
KEYS = ("history", "random", "updates", "memory")
SIZES = {"weights": lambda neuron: len(neuron.weights), "bias": lambda neuron: 1}  # of what is remembered of a neuron
VALIDATION = "validation "  # with which the names of columns begin
LIVES = "lives"  # only where units were recorded
WEIGHT_CHANGE = "weight_change"  # of the last epoch; only after one
SETTINGS = "settings"  # only from the command line
CHECKED = {  # what a setting must be
    "learning_rate": checks.positive, "epochs": checks.count, "shuffle": checks.yes_or_no, "test_share": checks.below_one,
}
DEFAULTS = {"shuffle": True, "test_share": 0.2}


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
            {part: optimizer.memory.get((neuron, part)) for part in SIZES} for neuron in _neurons(network)
        ],
        **weight_change, **lives, **({SETTINGS: list(settings)} if settings else {}),
    }


def resume(entry, network, optimizer):
    """Bring a network and an optimizer to where the checkpoint was; return the history so far.

    Raises InputError for a checkpoint of another network or optimizer, and changes nothing.
    """
    history, state, updates, memory = read_checkpoint(entry, network, optimizer)
    network.random.setstate(state)
    optimizer.updates, optimizer.memory = updates, memory
    return history


def read_checkpoint(entry, network, optimizer):
    """(history, random state, updates, memory) of a checkpoint, for a network and an optimizer; both stay as they are."""
    check_keys(entry, PLACE, (*KEYS, WEIGHT_CHANGE, LIVES, SETTINGS), required=KEYS)
    memory, updates = _memory(entry["memory"], network, optimizer), json_whole(entry["updates"], f"{PLACE}.updates")
    _check_settings(entry.get(SETTINGS, []))
    columns = _columns(entry["history"])
    history = History(columns, lives=_lives(entry.get(LIVES, {}), network, max(map(len, columns.values()), default=0)))
    if WEIGHT_CHANGE in entry:
        place = f"{PLACE}.{WEIGHT_CHANGE}"
        history.weight_change = checks.not_negative(json_number(entry[WEIGHT_CHANGE], place), place)
    return history, _random_state(entry["random"]), updates, memory


def _memory(entries, network, optimizer):
    """What the optimizer remembers: {(neuron, part): {name: numbers}}."""
    neurons, remembered = _neurons(network), {}
    if len(json_list(entries, f"{PLACE}.memory")) != len(neurons):
        raise InputError(f"{PLACE}.memory: expected {len(neurons)} entries, one for each neuron, got {len(entries)}")
    for index, (neuron, parts) in enumerate(zip(neurons, entries)):
        place = f"{PLACE}.memory[{index}]"
        check_keys(parts, place, SIZES, required=SIZES)
        for part, size in SIZES.items():
            if parts[part] is not None:
                remembered[neuron, part] = _remembered(parts[part], f"{place}.{part}", size(neuron), optimizer)
    return remembered


def _remembered(values, place, size, optimizer):
    """What the optimizer remembers of so many weights, or of a bias: {name: numbers}."""
    if not isinstance(values, dict) or set(values) != set(optimizer.state):
        raise InputError(f"{place}: of another optimizer than {optimizer.name}, got {shorten(values)}")
    for name, numbers in values.items():
        json_numbers(numbers, f"{place}.{name}", size)
        if name in optimizer.squares and min(numbers, default=0) < 0:
            raise InputError(f"{place}.{name}: a sum of squares is never negative, got {shorten(min(numbers))}")
    return {name: list(numbers) for name, numbers in values.items()}


def _columns(columns):
    """What a run has measured: the loss and metrics, and after them the same of validation, if it has any."""
    place = f"{PLACE}.history"
    if not isinstance(columns, dict):
        raise InputError(f"{place}: expected columns, got {shorten(columns)}")
    own = [name for name in columns if not name.startswith(VALIDATION)]
    if columns and (own[:1] != ["loss"] or list(columns) not in (own, own + [VALIDATION + name for name in own])):
        raise InputError(f"{place}: expected the columns of a run, which begin with loss, got {shorten(list(columns))}")
    length = len(json_list(columns["loss"], f"{place}.loss")) if columns else 0
    return {name: json_numbers(values, f"{place}.{shown(name)}", length) for name, values in columns.items()}


def _lives(lives, network, epochs):
    place, units = f"{PLACE}.{LIVES}", [name for names in network.layer_names for name in names]
    check_keys(lives, place, units, required=())
    return {name: Life.from_description(name, life, f"{place}.{name}", epochs) for name, life in lives.items()}


def _random_state(entry):
    """The state of the random numbers, as `random.setstate` takes it."""
    place = f"{PLACE}.random"
    if len(json_list(entry, place)) != 2:
        raise InputError(f"{place}: expected a version and a list of numbers, got {shorten(entry)}")
    version, numbers = entry
    numbers = tuple(json_whole(number, f"{place}[1][{index}]") for index, number in enumerate(json_list(numbers, place)))
    state = json_whole(version, place), numbers, None
    try:
        Random().setstate(state)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{place}: not a random state: {shown(str(error))}") from None
    return state


def _check_settings(settings):
    last = 0
    for index, change in enumerate(json_list(settings, f"{PLACE}.{SETTINGS}")):
        place = f"{PLACE}.{SETTINGS}[{index}]"
        check_keys(change, place, ("epoch", *CHECKED), required=("epoch",))
        for name, value in change.items():
            CHECKED.get(name, checks.count)(value, f"{place}.{name}")
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
    return {**DEFAULTS, **{name: value for change in settings for name, value in change.items() if name != "epoch"}}


def _neurons(network):
    return [neuron for layer in network.layers for neuron in layer.neurons]
