"""Mistakes in what an optimizer makes of a gradient: moments, velocities and the decay of weights."""

from __future__ import annotations

from neurosim.core.address import make_address, split_address
from neurosim.diagnosis.mistakes.entry import mistake, recomputed, reworked, rewired

GRADIENTS = ("g", "decayed", "clipped", "shortened")  # the names of the gradient in the formulas of an update
QUOTIENTS = {"v_hat": "m_hat", "v+": "g", "G+": "g"}  # what stands under a root, and what is divided by that


def setting(positions, name):
    """A parameter of the optimizer, None where it has none of this name."""
    return getattr(positions.trace.settings.optimizer, name, None)


def written(positions, spots, text):
    """Those of the spots whose rule has this formula, with `g` for the gradient."""
    formulas = {rule: str(positions.trace.rules[rule].formula) for rule in {spot.step.rule for spot in spots}}
    matching = {rule for rule, right in formulas.items() if any(right.replace(name, "g") == text for name in GRADIENTS)}
    return [spot for spot in spots if spot.step.rule in matching]


def gradient(positions):
    """A function from a spot to the address of the gradient that it reads."""
    def find(spot):
        bound = positions.rule(spot).bind(spot.step.operands)
        return next((bound[name] for name in GRADIENTS if name in bound), None)

    return find


def divided_by(positions, divisor):
    """Swaps of updates that divide by sqrt(v) + epsilon, with another divisor, in which `v` and `epsilon` stand."""
    swaps = {}
    for square, top in QUOTIENTS.items():
        spots = written(positions, positions.updates(), f"w - eta*{top} / (sqrt({square}) + epsilon)")
        below = divisor.replace("v", square)
        swaps.update(recomputed(positions, spots, f"w - eta*{top} / {below}", g=gradient(positions)))
    return swaps


# Adam and its relatives


@mistake("update", "moments without the correction for their start at 0", "divide m by 1 - beta1^t and v by 1 - beta2^t")
def no_bias_correction(positions):
    m = reworked(positions, positions.steps("m_hat"), "m+")
    v = reworked(positions, positions.steps("v_hat"), "v+")
    yield "of m and v", {**m, **v}
    yield "of m", m
    yield "of v", v


@mistake("update", "the corrected moments carried on to the next update",
         "carry on m and v; what is corrected is used once and forgotten")
def corrected_moments_kept(positions):
    def corrected(name):
        def find(spot):
            kept = positions.rule(spot).bind(spot.step.operands).get(name, "")
            hat = make_address(f"{name}_hat", *split_address(kept)[1:])
            return hat if hat in positions.trace else None

        return find

    return {
        **rewired(positions, positions.steps("m+"), m=corrected("m")),
        **rewired(positions, positions.steps("v+"), v=corrected("v")),
    }


@mistake("update", "t = 1 in every update", "t counts the updates: 1, 2, 3, ...")
def t_stuck(positions):
    later = [
        spot for spot in positions.readers("t")
        if positions.trace[positions.rule(spot).bind(spot.step.operands)["t"]].value != 1
    ]
    return reworked(positions, later, {"t": "1"})


@mistake("update", "t one too many, 2 in the first update", "t is 1 in the first update")
def t_one_too_many(positions):
    return reworked(positions, positions.readers("t"), {"t": "t + 1"})


@mistake("update", "the mean square without its root", "divide by sqrt(v) + epsilon")
def no_root(positions):
    return divided_by(positions, "(v + epsilon)")


# What is remembered from one update to the next


@mistake("update", "the momentum, or what else an optimizer remembers, left out", "carry the velocity, or the moments, on")
def memory_lost(positions):
    swaps = {}
    for name in setting(positions, "state") or ():
        later = [
            spot for spot in positions.steps(f"{name}+")
            if positions.rule(spot).bind(spot.step.operands).get(name, "").startswith(f"{name}+")
        ]
        swaps.update(reworked(positions, later, {name: "0"}))
    return swaps


@mistake("update", "plain momentum in place of Nesterov's", "add momentum times the new velocity, and the step once more")
def no_look_ahead(positions):
    spots = written(positions, positions.updates(), "w + momentum*velocity+ - eta*g")
    return reworked(positions, spots, "w + velocity+")


# The decay of weights


def penalty(positions):
    """The slope of the penalty on a weight, such as "l2*w"; "" where no weight decays."""
    return " + ".join(["l1*sign(w)"] * bool(setting(positions, "l1")) + ["l2*w"] * bool(setting(positions, "l2")))


@mistake("update", "the weight decay forgotten", "add l2 w to the gradient of each weight")
def decay_forgotten(positions):
    return reworked(positions, positions.steps("decayed"), "g")


@mistake("update", "the weight decay with a factor of its own", "the gradient becomes g + l2 w, as of a penalty l2 w^2 / 2")
def decay_factor(positions):
    factors = {"doubled": "2*({})", "halved": "({}) / 2", "subtracted": "-({})"}
    if positions.trace.settings.examples > 2:
        factors["divided by the number of examples"] = f"({{}}) / {positions.trace.settings.examples}"
    for form, factor in factors.items():
        yield form, recomputed(positions, positions.steps("decayed"), f"g + {factor.format(penalty(positions))}")


@mistake("update", "the weight decay applied to biases too", "decay the weights alone")
def bias_decayed(positions):
    if not penalty(positions):
        return {}

    def bias(spot):
        new = positions.trace[spot.beside("b+")]
        return positions.trace.rules[new.rule].bind(new.operands).get("w")

    gradients = {spot.step.address for spot in positions.bias_gradients()}
    readers = [spot for spot in positions.readers("g") if not gradients.isdisjoint(spot.step.operands)]
    return recomputed(positions, readers, {"g": f"g + {penalty(positions)}"}, w=bias)
