"""Trace files that are wrong on purpose: each is a true trace with one change, and the reason for which it is refused.

A change takes the lines of the file as a list of objects, the header first, and changes them in place.
"""

import json

import neurosim as ns
from neurosim import Layer, Network
from neurosim.trace.files import trace_lines


def mazur():
    return ns.built_in("mazur").trace()


def batches():
    network = Network(2, [Layer(2, "tanh"), Layer(2, "softmax")], "categorical_crossentropy", seed=1)
    inputs, targets = [[0, 1], [1, 0], [1, 1], [0, 0]], [[0, 1], [1, 0], [1, 0], [0, 1]]
    return network.trace(inputs, targets, ns.Adam(0.1), batch_size=2, epochs=2)


def sequential():
    network = Network(2, [Layer(2, "relu"), Layer(2, "softmax")], "half_squared_error", seed=3)
    return network.trace([[0.5, 1], [1, 0.25]], [[0, 1], [1, 0]], ns.Momentum(0.1, order="sequential", l2=0.1))


def forward_only():
    return ns.built_in("mazur").network.trace([[1, 2], [3, 4]])


def at(lines, address):
    return next(line for line in lines[1:] if line["address"] == address)


def put(place, **changes):
    return lambda lines: at(lines, place).update(changes)


def add(address, amount):
    def change(lines):
        at(lines, address)["value"] += amount

    return change


def drop(*addresses):
    def change(lines):
        lines[1:] = [line for line in lines[1:] if line["address"] not in addresses]

    return change


def drop_all(*beginnings):
    def change(lines):
        lines[1:] = [line for line in lines[1:] if not line["address"].startswith(beginnings)]

    return change


def operand(address, number, other):
    def change(lines):
        at(lines, address)["operands"][number] = other

    return change


def move_behind(address, other):
    def change(lines):
        line = at(lines, address)
        lines.remove(line)
        lines.insert(lines.index(at(lines, other)) + 1, line)

    return change


def repeat(address):
    def change(lines):
        lines.append(dict(at(lines, address)))

    return change


def insert(**line):
    return lambda lines: lines.append(line)


def swap_values(one, other):
    def change(lines):
        first, second = at(lines, one), at(lines, other)
        first["value"], second["value"] = second["value"], first["value"]

    return change


def header(**changes):
    return lambda lines: lines[0].update(changes)


def shorten_operands(address, count):
    def change(lines):
        del at(lines, address)["operands"][count:]

    return change


# name: (the true trace, the change, the address that is named first, the reason)
BROKEN = {
    # values
    "wrong net input": (mazur, put("z[h1]", value=0.38), "z[h1]", "wrong value"),
    "a billionth too large": (mazur, add("a[h1]", 1e-9), "a[h1]", "wrong value"),
    "a billionth too small": (mazur, add("w+[x1->h1]", -1e-9), "w+[x1->h1]", "wrong value"),
    "a billionth off in a batch": (batches, add("mean dE/dw[x1->h1]@2", 1e-9), "mean dE/dw[x1->h1]@2", "wrong value"),
    "a billionth off in a moment": (batches, add("v_hat[h1]@4", 1e-9), "v_hat[h1]@4", "wrong value"),
    "sign of a delta": (mazur, put("delta[o1]", value=-0.13849856162855698), "delta[o1]", "wrong value"),
    "two values exchanged": (mazur, swap_values("delta[h1]", "delta[h2]"), "delta[h1]", "wrong value"),
    "loss without its half": (mazur, put("E[o1]", value=0.5496221654205494), "E[o1]", "wrong value"),
    "a softmax output": (batches, add("a[o1]@1", 1e-6), "a[o1]@1", "wrong value"),
    "added instead of subtracted": (mazur, put("w+[x1->h1]", value=0.15021928386717337), "w+[x1->h1]", "wrong value"),
    "a given that its readers did not have": (mazur, put("w[x1->h1]", value=0.16), "z[h1]", "wrong value"),
    "a target that its readers did not have": (mazur, put("t[o1]", value=0.02), "E[o1]", "wrong value"),
    "a learning rate that no update had": (mazur, put("eta", value=0.25), "w+[h1->o1]", "wrong value"),
    "velocity of another weight": (
        sequential, operand("w+[x2->h1]@1", 1, "velocity+[x1->h1]@1"), "w+[x2->h1]@1", "wrong value",
    ),
    # numbers that are none
    "infinite": (mazur, put("z[h1]", value=1e999), None, "line 19: Infinity is not a number that JSON knows"),
    "a text": (mazur, put("z[h1]", value="0.3775 "), None, "value: expected a number, got '0.3775 '"),
    "nothing": (mazur, put("z[h1]", value=None), None, "value: expected a number, got None"),
    "yes": (mazur, put("a[x1]", value=True), None, "value: expected a number, got True"),
    # operands
    "operands exchanged": (mazur, operand("z[h1]", 1, "a[x2]"), "z[h1]", "wrong value"),
    "operands exchanged, equal in value": (mazur, operand("z[h1]", 4, "b[h2]"), "z[h1]", "wrong operands"),
    "an operand in another place": (
        mazur, put("delta[h1]", operands=["f'[h1]", "dE/da[h1]"]), "delta[h1]", "wrong operands",
    ),
    "an operand that is not there": (mazur, operand("z[h1]", 0, "w[x3->h1]"), "z[h1]", "missing operand"),
    "an operand left out": (mazur, shorten_operands("delta[h1]", 1), "delta[h1]", "wrong operands"),
    "no operands left": (mazur, put("z[h1]", operands=[]), "z[h1]", "comes from nowhere"),
    "an operand of another pass": (batches, operand("z[h1]@3", 0, "w[x1->h1]"), "z[h1]@3", "wrong value"),
    "an operand that comes later": (mazur, move_behind("z[h1]", "a[h1]"), "a[h1]", "later operand"),
    "a step that reads itself": (mazur, operand("a[h1]", 0, "a[h1]"), "a[h1]", "reads itself"),
    "two steps that read each other": (mazur, operand("z[h1]", 1, "a[h1]"), "z[h1]", "circle"),
    "a wider circle": (mazur, operand("z[h1]", 1, "delta[h1]"), "z[h1]", "circle"),
    "a given that reads": (mazur, put("a[x1]", operands=["eta"]), "a[x1]", "given with operands"),
    # rules and phases
    "a rule that does not exist": (mazur, put("z[h1]", rule="weighted_sun"), "z[h1]", "unknown rule"),
    "a rule of another network": (mazur, put("a[h1]", rule="tanh"), "a[h1]", "unknown rule"),
    "another rule of the same value": (
        mazur, put("dE/da[h1]", rule="weighted_sum_without_bias"), "dE/da[h1]", "wrong rule",
    ),
    "another rule": (mazur, put("delta[o1]", rule="cancelled_delta"), "delta[o1]", "wrong value"),
    "a phase that does not exist": (mazur, put("z[h1]", phase="forwards"), "z[h1]", "unknown phase"),
    "another phase": (mazur, put("z[h1]", phase="backward"), "z[h1]", "wrong phase"),
    "a computed number called given": (mazur, put("z[h1]", phase="given"), "z[h1]", "given with a rule"),
    "a computed number made a given": (
        mazur, put("z[h1]", phase="given", rule="given", operands=[]), "z[h1]", "wrong phase",
    ),
    # addresses and steps
    "a step twice": (mazur, repeat("z[h1]"), "z[h1]", "duplicate address"),
    "a step too many": (
        mazur, insert(address="z[h3]", phase="given", rule="given", operands=[], value=1), "z[h3]", "unknown address",
    ),
    "no gradient for a connection": (
        mazur, drop("dE/dw[x1->h1]", "w+[x1->h1]"), "dE/dw[x1->h1]", "missing step",
    ),
    "no update of a connection": (mazur, drop("w+[x1->h1]"), "w+[x1->h1]", "missing step"),
    "no product for a connection": (
        mazur, put("z[h1]", operands=["w[x1->h1]", "a[x1]", "b[h1]"], value=0.3575), "z[h1]", "wrong operands",
    ),
    "no loss": (mazur, drop("E"), "E", "missing step"),
    "a weight missing": (mazur, drop("w[x1->h1]"), "z[h1]", "missing operand"),
    "a target missing with all that reads it": (
        mazur, drop_all("t[o2]", "E", "dE", "f'", "delta", "w+"), "t[o2]", "missing step",
    ),
    "an input missing": (mazur, drop("a[x2]"), "z[h1]", "missing operand"),
    "no updates at all": (mazur, drop_all("w+"), "w+[h1->o1]", "missing step"),
    "the last pass missing": (
        forward_only, lambda lines: lines.__setitem__(slice(None), [line for line in lines if "@2" not in str(line)]),
        "a[x1]@2", "missing step",
    ),
    "a layer without its deltas": (
        mazur, drop_all("delta[h", "f'[h", "dE/da[h", "dE/dw[x", "w+[x"), "dE/da[h1]", "missing step",
    ),
    "no second update in a batch": (batches, drop("w+[x1->h1]@8"), "w+[x1->h1]@8", "missing step"),
    "no updates of a bias": (batches, drop_all("b+[h1]@8"), "b+[h1]@8", "missing step"),
    "another order of updates": (
        sequential, header(optimizer={"name": "momentum", "learning_rate": 0.1, "l2": 0.1}),
        "dE/da[h1]@1", "wrong operands",
    ),
    "another loss": (mazur, header(loss="squared_error"), "E[o1]", "unknown rule"),
    "another size of the batches": (batches, header(batch_size=4), "mean E@2", "unknown address"),
    "not an address": (mazur, put("eta", address="z[h1"), None, "address: 'z[h1' is not an address"),
}


def broken_lines(name):
    """The lines of one broken trace file, and what it is refused for: (lines, address, reason)."""
    make, change, address, reason = BROKEN[name]
    lines = [json.loads(line) for line in trace_lines(make())]
    change(lines)
    return [json.dumps(line) + "\n" for line in lines], address, reason
