"""The library's own mistakes, put into the traces of random networks, and how they are diagnosed.

The numbers are printed to some decimals, and diagnosed. What does not show in the printed numbers is left out; "alike"
are those whose numbers are those of another mistake as well. How people's numbers are judged, whose work knows nothing
of the library, `diagnoses` measures.
"""

import random
from collections import Counter

import neurosim as ns
from neurosim.diagnosis.cells import joined
from neurosim.diagnosis.diagnosis import hypotheses, mutated
from neurosim.diagnosis.mistakes.entry import MISTAKES

SIZES = ((2, 3, 2), (3, 4, 3, 2), (3, 4, 3, 5))
KINDS = (
    {},
    {"output": "softmax", "loss": "categorical_crossentropy"},
    {"hidden": "tanh", "loss": "binary_crossentropy"},
    {"hidden": "relu", "output": "linear"},
)


def problem_trace(draw, sizes, examples, hidden="sigmoid", output="sigmoid", loss="half_squared_error", batch="all"):
    """The trace of a random network on one or several examples, with one update."""

    def number():
        return round(draw.uniform(-1, 1), 2)

    network = ns.Network(sizes[0], loss=loss)
    for place, (below, size) in enumerate(zip(sizes, sizes[1:])):
        activation = output if place == len(sizes) - 2 else hidden
        weights = [[number() for _ in range(below)] for _ in range(size)]
        network.add(ns.Layer(size, activation, weights=weights, biases=[number() for _ in range(size)]))
    inputs = [[number() for _ in range(sizes[0])] for _ in range(examples)]
    if output == "softmax":
        right = [draw.randrange(sizes[-1]) for _ in range(examples)]
        targets = [[int(unit == r) for unit in range(sizes[-1])] for r in right]
    else:
        targets = [[round(draw.uniform(0.05, 0.95), 2) for _ in range(sizes[-1])] for _ in range(examples)]
    if examples == 1:
        return network.trace(inputs[0], targets[0], ns.SGD(0.3))
    return network.trace(inputs, targets, ns.SGD(0.3), batch_size=batch)


def random_trace(seed):
    draw = random.Random(seed)
    return draw, problem_trace(draw, draw.choice(SIZES), draw.choice((1, 3)), **draw.choice(KINDS))


def printed(trace, decimals, only=""):
    """{address: the number as printed} of all that is computed, or of what begins with `only`."""
    return {
        step.address: f"{step.value:.{decimals}f}" for step in trace if step.operands and step.address.startswith(only)
    }


def with_mistakes(trace, found):
    """The mutated trace, or None where the mistake gives no numbers, such as the logarithm of a negative output."""
    try:
        return mutated(trace, found)
    except ns.InputError:
        return None


def judge(trace, hypothesis, decimals, only=""):
    """How a mistake is diagnosed from its printed numbers: "unique", "alike", "convention", "coarse" or "missed"."""
    wrong = with_mistakes(trace, [hypothesis])
    if wrong is None:
        return None
    answers = printed(wrong, decimals, only)
    if answers == printed(trace, decimals, only):
        return None
    diagnosis = trace.diagnose(answers)
    if diagnosis.status in ("convention", "coarse"):
        return diagnosis.status
    if diagnosis.mistakes == [(hypothesis.kind.name,)]:
        return "unique"
    return "alike" if any(hypothesis.kind.name in names for names in diagnosis.mistakes) else "missed"


def count_singles(decimals, only="", seeds=(0,), sizes=SIZES, kinds=KINDS):
    """Counter of verdicts, and of the names of mistakes that were missed."""
    verdicts, missed = Counter(), Counter()
    for seed in seeds:
        for size in sizes:
            for examples in (1, 3):
                for number, kind in enumerate(kinds):
                    draw = random.Random(f"{seed} {size} {examples} {number}")
                    trace = problem_trace(draw, size, examples, **kind)
                    for hypothesis in hypotheses(MISTAKES.values(), trace):
                        verdict = judge(trace, hypothesis, decimals, only)
                        verdicts[verdict] += 1
                        missed[hypothesis.kind.name] += verdict == "missed"
    del verdicts[None]
    return verdicts, +missed


def random_pair(seed):
    """A trace, two independent mistakes of different stages that both show, and their printed numbers; or None."""
    draw, trace = random_trace(seed)
    one, other = draw.sample(hypotheses(MISTAKES.values(), trace), 2)
    if one.kind.stage == other.kind.stage or joined((one.swaps, other.swaps)) is None:
        return None
    traces = [with_mistakes(trace, found) for found in ((one, other), (one,), (other,))]
    if None in traces:
        return None
    texts = [printed(found, 4) for found in (trace, *traces)]
    if any(texts[i] == texts[j] for i in range(4) for j in range(i)):
        return None
    return trace, {one.kind.name, other.kind.name}, texts[1]


def count_pairs(total, first_seed=0):
    counts, seed = Counter(), first_seed
    while sum(counts.values()) < total:
        seed += 1
        pair = random_pair(seed)
        if pair is not None:
            trace, names, answers = pair
            found = trace.diagnose(answers).mistakes
            both = len(found) == 2 and all(any(name in one for one in found) for name in names)
            counts["explained" if both else "other"] += 1
    return counts


def count_right(total):
    """Right answers rounded to 2 to 8 decimals, at the end or on the way, some of them or all."""
    counts = Counter()
    for seed in range(total):
        draw, trace = random_trace(seed)
        decimals = draw.randint(2, 8)
        rounding = draw.choice([None, ns.Places(decimals), ns.Places(decimals, "even")])
        share = draw.choice([1, 1, 0.5, 0.2])
        answers = printed(trace.replay(rounding=rounding) if rounding else trace, decimals)
        answers = {address: text for address, text in answers.items() if draw.random() < share} or answers
        counts[trace.diagnose(answers).status] += 1
    return counts


def count_random(total):
    """Right answers of which some, or all, are replaced by random numbers."""
    counts = Counter()
    for seed in range(total):
        draw, trace = random_trace(seed)
        decimals = draw.choice([3, 4, 6])
        answers = printed(trace, decimals)
        share = draw.choice([1, 0.5, 0.2, 0.05, 0])
        for address in [a for a in answers if draw.random() < share] or [draw.choice(list(answers))]:
            answers[address] = f"{draw.uniform(-1, 1) * draw.choice([1, 0.1, 0.01]):.{decimals}f}"
        counts[trace.diagnose(answers).status] += 1
    return counts
