"""Wrong numbers that could be no right ones whatever the weights: outputs and losses where there can be none."""

from __future__ import annotations

from collections import defaultdict

from neurosim.core.address import split_address
from neurosim.health.saturation import reach
from neurosim.support.number_text import number_text

SLACK = 1e-9  # of an end of a range, which may have been worked out
COARSEST = 0.05  # half a unit of the last digit up to which a difference can be seen to be a whole number
CARELESS = 0.001  # by so much such a difference may be off: the last digit of a number with three decimals
NEVER_NEGATIVE = (  # losses of which no term is, whatever the outputs
    "half_squared_error", "squared_error", "mean_squared_error", "mean_absolute_error", "binary_crossentropy", "hinge",
    "huber", "log_cosh", "perceptron",
)
OF_PROBABILITIES = ("categorical_crossentropy",)  # likewise, if no output is above 1


def impossible(trace, numbers):
    """{address: why it is impossible, in words} of those of the `Number`s that are wrong and so."""
    wrong = {address for address, number in numbers.items() if number.verdict in ("slip", "wrong")}
    found = {**_outputs(trace, numbers, wrong), **_losses(trace, numbers, wrong)}
    return {address: found[address] for address in numbers if address in found}


def _outputs(trace, numbers, wrong):
    """Those among the outputs, a layer and a pass at a time."""
    layers, found = defaultdict(dict), {}
    indices = {name: index for index, names in enumerate(trace.structure.layer_names) for name in names}
    for address, number in numbers.items():
        quantity, place, pass_number = split_address(address)
        if quantity == "a" and place in indices:
            layers[indices[place], pass_number][address] = number
    for (index, _), outputs in layers.items():
        layer = trace.structure.layers[index]
        off = [address for address in outputs if address in wrong]
        ends = reach(layer.activation) if off else (None, None)
        outside = {address: why for address in off if (why := _outside(outputs[address], *ends))}
        if off and not outside and layer.activation.coupled and len(outputs) == layer.size:
            why = _sum(outputs.values())
            outside = {off[0]: why} if why else {}
        found.update(outside)
    return found


def _losses(trace, numbers, wrong):
    """Those among the values of the loss."""
    losses = [address for address in numbers if address in wrong and trace[address].phase == "loss"]
    if not losses or not _is_never_negative(trace.structure):
        return {}
    below = [address for address in losses if _is_below(numbers[address].yours, 0)]
    return dict.fromkeys(below, "a loss is never negative: the sign, or brackets")


def _outside(number, low, high):
    """Why a number can be no output between these ends, of which None is none; or None."""
    is_below = low is not None and _is_below(number.yours, low)
    is_above = high is not None and _is_above(number.yours, high)
    if not is_below and not is_above:
        return None
    low, high = [end if end is None else number_text(round(end, 9)) for end in (low, high)]
    why = f"below {low}" if high is None else f"above {high}" if low is None else f"outside {low} to {high}"
    return why + _by_a_whole_number(number)


def _by_a_whole_number(number):
    """What to say of a number that differs from the right one by a whole number, to its digits."""
    half = number.yours.half_unit
    if number.expected is None or half > COARSEST:
        return ""
    distance = number.yours.value - number.expected
    whole = round(distance)
    if not whole or abs(distance - whole) > half + min(2 * half, CARELESS) + SLACK:
        return ""
    return f"; {abs(whole)} too {'large' if whole > 0 else 'small'}"


def _sum(outputs):
    """What to say of all outputs of a softmax layer that don't sum to 1, however they were rounded; None if they may."""
    answers = [number.yours for number in outputs]
    total = sum(answer.value for answer in answers)
    if abs(total - 1) > sum(answer.half_unit for answer in answers) + SLACK:
        return f"the outputs of a softmax sum to 1, these to {number_text(total)}"
    return None


def _is_never_negative(network):
    if network.loss.name in OF_PROBABILITIES:
        _, high = reach(network.layers[-1].activation)
        return high is not None and high <= 1
    return network.loss.name in NEVER_NEGATIVE


def _is_below(answer, end):
    return answer.value + answer.half_unit < end - SLACK


def _is_above(answer, end):
    return answer.value - answer.half_unit > end + SLACK
