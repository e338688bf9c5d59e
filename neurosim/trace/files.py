"""Trace files: JSON Lines, a header and then one step a line, written and read as a stream.

    {"format": "neurosim-trace/1", "inputs": ["x1", "x2"], "layers": [...], "loss": ..., "batch_size": 1, ...}
    {"address": "z[h1]", "phase": "forward", "rule": "weighted_sum", "operands": ["w[x1->h1]", ...], "value": 0.3775}

The header describes the network's structure; its numbers stand in the steps. A float comes back bit for
bit; a `Fraction` is written as the text "1/3" and a `Decimal` as "0.1".
"""

from __future__ import annotations

import json
import re
import sys
from functools import partial
from typing import Any

from neurosim.core.activations import ACTIVATIONS
from neurosim.core.address import LONGEST_ADDRESS, split_address
from neurosim.core.description import read_network, unusual_settings, with_rate
from neurosim.core.losses import LOSSES
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.support.checks import count, reduction
from neurosim.support.errors import InputError, shorten
from neurosim.support.files import at_place, check_keys, json_whole, one_line, read_file, strict_json, write_atomically
from neurosim.support.tables import json_safe
from neurosim.trace.rounding import ROUNDINGS
from neurosim.trace.step import Settings, Step, Trace
from neurosim.trace.writer import rules_of

FORMAT = "neurosim-trace/1"
LONGEST_LINE = 16 * 1024 * 1024  # bytes; the longest step, of a batch, names each of its passes
HEADER_KEYS = (
    "format", "inputs", "layers", "loss", "optimizer", "updates", "batch_size", "reduction", "examples", "rounding",
    "title", "source",
)
FRACTION, DECIMAL = re.compile(r"-?\d+/\d+"), re.compile(r"-?\d+(\.\d+)?(E[+-]?\d+)?")


def save_trace(trace, path):
    """Write a trace to a file, as `Trace.save` says."""
    write_atomically(path, trace_lines(trace))


def trace_lines(trace):
    """The lines of a trace file, one after the other; the same trace always gives the same."""
    known = rules_of(trace.structure, trace.settings.optimizer)
    yield _line(_header(trace))
    for step in trace:
        if step.rule not in known:
            raise InputError(f"{step.address}: a trace file cannot hold your own rule {shorten(step.rule)}")
        yield _line({**step._asdict(), "value": _written(step)})


def trace_file(trace):
    """The whole of a trace file as one text, without the last end of line."""
    return "".join(trace_lines(trace))[:-1]


def load_trace(path: Any) -> Trace:
    """The trace in a file.

    Raises InputError with one line that names the place, OSError if the file can't be read. Whether its
    numbers are true is not looked at: `trace.verify()` does that.
    """
    return read_file(path, read_trace)


def read_trace(file, name):
    """The trace in an open binary file; `name` begins the messages."""
    steps, number = [], 0
    try:
        for number, line in enumerate(iter(partial(file.readline, LONGEST_LINE + 1), b""), 1):
            if len(line) > LONGEST_LINE:
                raise InputError(f"longer than {LONGEST_LINE // 1024**2} MB")
            document = strict_json(line)
            if number == 1:
                network, settings, *others = _read_header(document)
            else:
                steps.append(_read_step(document))
    except json.JSONDecodeError as error:
        raise InputError(f"{name}, line {number}, column {error.colno}: {error.msg}") from None
    except InputError as error:
        raise InputError(f"{name}, line {number}: {error}") from None
    if not number:
        raise InputError(f"{name}: empty; a trace file begins with a header")
    return Trace(steps, rules_of(network, settings.optimizer), network, settings, *others)


def is_trace_file(line):
    """True if this is the first line of a trace file, whatever else is wrong with it."""
    return FORMAT.partition("/")[0].encode() in line[:100]


# The header


def _header(trace):
    network, settings = trace.structure, trace.settings
    layers = [
        {
            "size": layer.size, "activation": ACTIVATIONS.describe(layer.activation), "bias": layer.has_bias,
            **unusual_settings(layer, names),
        }
        for layer, names in zip(network.layers, network.layer_names)
    ]
    header = {"format": FORMAT, "inputs": network.input_names, "layers": layers, "loss": LOSSES.describe(network.loss)}
    if settings.optimizer is not None:
        header["optimizer"], header["updates"] = with_rate(settings.optimizer), settings.optimizer.updates
    header.update(batch_size=settings.batch_size, reduction=settings.reduction, examples=settings.examples)
    if trace.rounding is not None:
        header["rounding"] = _describe_rounding(trace.rounding)
    header.update({key: getattr(trace, key) for key in ("title", "source") if getattr(trace, key)})
    return header


def _describe_rounding(rounding):
    if isinstance(rounding, dict):
        return {key: _describe_rounding(choice) for key, choice in rounding.items() if choice is not None}
    if not hasattr(rounding, "name"):
        raise InputError(f"a trace file can hold the roundings {', '.join(ROUNDINGS)}, not {shorten(rounding)}")
    return ROUNDINGS.describe(rounding)


def _read_rounding(description):
    if isinstance(description, dict) and "name" not in description:
        return {key: ROUNDINGS.make(choice) for key, choice in description.items()}
    return ROUNDINGS.make(description)


def _read_header(header):
    if isinstance(header, dict) and header.get("format") != FORMAT:
        raise InputError(f"format: expected {FORMAT!r}, got {shorten(header.get('format'))}")
    check_keys(
        header, "", HEADER_KEYS, ("format", "inputs", "layers", "loss", "batch_size", "reduction", "examples")
    )
    network = read_network({key: header[key] for key in ("inputs", "layers", "loss")})
    optimizer = None
    if "optimizer" in header:
        optimizer = OPTIMIZERS.make(header["optimizer"])
        optimizer.updates = json_whole(header.get("updates", 0), "updates")
    settings = Settings(
        optimizer, count(header["batch_size"], "batch_size"), reduction(header["reduction"]),
        count(header["examples"], "examples"),
    )
    rounding = _read_rounding(header["rounding"]) if "rounding" in header else None
    return (network, settings, rounding, *[one_line(header.get(key, ""), key) for key in ("title", "source")])


# The steps


def _read_step(document):
    check_keys(document, "", Step._fields, Step._fields)
    for key in ("address", "phase", "rule"):
        if not isinstance(document[key], str):
            raise InputError(f"{key}: expected a text, got {shorten(document[key])}")
    operands = document["operands"]
    if not isinstance(operands, list) or not all(isinstance(operand, str) for operand in operands):
        raise InputError(f"operands: expected a list of addresses, got {shorten(operands)}")
    for text in (document["address"], *operands):
        if len(text) > LONGEST_ADDRESS or not text.isprintable():
            raise InputError(f"address: {shorten(text)} is not an address; one looks like z[h1] or delta[o1]@2")
    at_place("address", split_address, document["address"])
    address, phase, rule, *operands = map(sys.intern, [*map(document.get, ("address", "phase", "rule")), *operands])
    return Step(address, phase, rule, tuple(operands), _read_value(document["value"]))


def _read_value(value):
    if isinstance(value, str):
        if FRACTION.fullmatch(value):
            from fractions import Fraction  # only now: most traces have none

            return Fraction(value)
        if DECIMAL.fullmatch(value):
            from decimal import Decimal

            return Decimal(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(f"value: expected a number, got {shorten(value)}")
    return value


def _written(step):
    value = step.value
    if isinstance(value, (int, float)):
        return value
    text = f"{value.numerator}/{value.denominator}" if hasattr(value, "denominator") else str(value)
    if not (FRACTION.fullmatch(text) or hasattr(value, "as_tuple") and DECIMAL.fullmatch(text)):
        raise InputError(f"{step.address}: a trace file cannot hold {shorten(value)}")
    return text


def _line(document):
    try:
        return json_safe(json.dumps(document, ensure_ascii=False, allow_nan=False)) + "\n"
    except (TypeError, ValueError):
        raise InputError(
            f"a trace file holds only finite numbers, fractions and decimals, not {shorten(document)}"
        ) from None
