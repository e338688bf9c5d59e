"""What people write for short in a problem file, spelled out before the file is read strictly.

Each thing that was understood so has a note, such as "loss: bce is read as binary_crossentropy". A key that stands where it
doesn't belong is refused with a word about where it does.
"""

from __future__ import annotations

from neurosim.core.activations import ACTIVATIONS
from neurosim.core.description import LAYER_KEYS, NEURON_KEYS
from neurosim.core.losses import LOSSES
from neurosim.core.optimizers import OPTIMIZERS, Momentum
from neurosim.support.errors import InputError, near, shorten, shown

CROSS_ENTROPY = ("ce", "cross_entropy", "crossentropy", "xent")
FULL = {"eta": "learning_rate", "lr": "learning_rate"}  # keys of an optimizer
OF_OPTIMIZER = (*FULL, "learning_rate", "momentum")  # what may stand beside it, as on a sheet
LIKE = 0.8  # a key that is at least so much like one of another place is meant to be that one
FORMULA = f"velocity+ = {Momentum.formulas['velocity+']}"
EXAMPLE_KEYS = ("inputs", "targets")
PROBLEM, LAYER, NEURON = "beside layers and examples", "in a layer", "in a neuron, of a layer's neurons"
EXAMPLE, OPTIMIZER = "in an example", "in the optimizer"


def spelled_out(document):
    """(the same document with every name and key in full, a note for each that was not)"""
    if not isinstance(document, dict):
        return document, []
    document, notes = dict(document), []
    _gather_optimizer(document, notes)
    if isinstance(document.get("optimizer"), dict):
        document["optimizer"] = _full_optimizer(document["optimizer"], notes)
    _full_name(document, "optimizer", OPTIMIZERS, "optimizer", notes)
    _full_name(document, "loss", LOSSES, "loss", notes)
    if isinstance(document.get("layers"), list):
        document["layers"] = [dict(layer) if isinstance(layer, dict) else layer for layer in document["layers"]]
        for index, layer in enumerate(document["layers"]):
            if isinstance(layer, dict):
                _full_name(layer, "activation", ACTIVATIONS, f"layers[{index}].activation", notes)
        last = document["layers"][-1] if document["layers"] else None
        _full_cross_entropy(document, last.get("activation") if isinstance(last, dict) else None, notes)
    return document, notes


def loss_meant(name, activation):
    """The name of the loss that is meant: of a cross-entropy without its kind, by the activation of the outputs."""
    if not isinstance(name, str) or name.lower().replace("-", "_").replace(" ", "_") not in CROSS_ENTROPY:
        return name
    return "categorical_crossentropy" if activation == "softmax" else "binary_crossentropy"


def _full_cross_entropy(document, activation, notes):
    name, activation = document.get("loss"), activation.get("name") if isinstance(activation, dict) else activation
    full = loss_meant(name, activation)
    if full != name:
        document["loss"] = full
        notes.append(f"loss: {shown(name)} is read as {full}, since the outputs are {shown(str(activation or 'sigmoid'))}")


def _gather_optimizer(document, notes):
    """Put into the optimizer what stands beside it."""
    found = [key for key in OF_OPTIMIZER if key in document]
    own = document.get("optimizer", {})
    own = {"name": own} if isinstance(own, str) else own
    if not found or not isinstance(own, dict):
        return
    for key in found:
        full = FULL.get(key, key)
        if full in own:
            raise InputError(f"{key}: the optimizer has its {full} already; leave one of them out")
        notes.append(f"{key}: read as the optimizer's {full}")
        own = {**own, full: document.pop(key)}
    document["optimizer"] = own


def _full_optimizer(optimizer, notes):
    """The optimizer's description with its rate and its name in full."""
    optimizer = {"name": "sgd", **optimizer}
    for key in [key for key in FULL if key in optimizer]:
        if FULL[key] in optimizer:
            raise InputError(f"optimizer: {key} and {FULL[key]} are the same; leave one of them out")
        optimizer[FULL[key]] = optimizer.pop(key)
        notes.append(f"optimizer: {key} is read as {FULL[key]}")
    _full_name(optimizer, "name", OPTIMIZERS, "optimizer", notes)
    if "momentum" in optimizer and optimizer["name"] == "sgd":
        optimizer["name"] = "momentum"
        notes.append(f"optimizer: sgd with momentum is read as momentum, {FORMULA}")
    return optimizer


def _full_name(entries, key, registry, place, notes):
    """Put the full name in place of a short one, or of one in a description."""
    name = entries.get(key)
    if isinstance(name, dict) and isinstance(name.get("name"), str):
        entries[key] = name = dict(name)
        _full_name(name, "name", registry, place, notes)
    elif isinstance(name, str):
        entries[key] = full = registry.full_name(name)
        if full not in (name, name.lower()):
            notes.append(f"{place}: {shown(name)} is read as {full}")


def check_belonging(document, problem_keys):
    """Raise InputError for a key that belongs to another place of the document, and is like none of its own."""
    keys = {
        PROBLEM: problem_keys, LAYER: {key for form in LAYER_KEYS.values() for key in form}, NEURON: NEURON_KEYS,
        EXAMPLE: EXAMPLE_KEYS, OPTIMIZER: {"name", *FULL, *[key for kind in OPTIMIZERS.values() for key in kind.parameters]},
    }
    if not isinstance(document, dict):
        return
    _check_keys(document, "", PROBLEM, keys)
    _check_keys(document.get("optimizer"), "optimizer: ", OPTIMIZER, keys)
    for index, layer in enumerate(_listed(document, "layers")):
        _check_keys(layer, f"layers[{index}]: ", LAYER, keys)
        for number, neuron in enumerate(_listed(layer, "neurons")):
            _check_keys(neuron, f"layers[{index}].neurons[{number}]: ", NEURON, keys)
    for index, example in enumerate(_listed(document, "examples")):
        _check_keys(example, f"examples[{index}]: ", EXAMPLE, keys)


def _listed(entries, key):
    """The list at this key, or else no entries."""
    found = entries.get(key) if isinstance(entries, dict) else None
    return found if isinstance(found, list) else []


def _check_keys(entries, place, own, keys):
    unknown = [key for key in entries if key not in keys[own]] if isinstance(entries, dict) else []
    for key in unknown:
        if near(key, keys[own], 1):
            continue  # the strict reading says which
        for other, known in keys.items():
            for meant in near(key, known, 1, LIKE):
                word = "it" if meant == key else shorten(meant)
                raise InputError(f"{place}unknown key {shorten(key)}; {word} belongs {other}")
