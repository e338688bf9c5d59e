"""Health: what is wrong with a unit, a connection or a layer; all criteria are rows of the table SYMPTOMS.

Every symptom has a threshold. Those that do not follow from a definition are common practice, measured, or chosen
here, as the constants beside each sign say. A symptom that needs several examples, targets or an optimizer is not judged
without them. The rows stand in the order in which findings are told: alarms, then warnings, and of both the causes before
what they bring about, the likeliest first. Where several causes bring about the same, the advice goes by which is seen.
"""

from __future__ import annotations

from functools import partial

from neurosim.health import collisions, data_signs, signs
from neurosim.health.collisions import CANCELLING, SAME_CODE
from neurosim.health.findings import ALARM, WARNING, Finding, Health, NotJudged, Symptom
from neurosim.health.probe import Probe
from neurosim.health.saturation import SATURATED_SHARE
from neurosim.health.signs import (
    COLLAPSED, EXPLODING, EXPLODING_STEP, FINE_STEP, LARGEST_STEP, MOSTLY_OFF, NO_BETTER, NO_GRADIENT, SMALLEST_STEP, SPREAD,
    TIMES_DRAWN, VANISHING,
)

SEVERAL = 3  # examples; what must hold on all or most of them cannot be told from one or two
ALL_CASES = 4  # examples, as many as XOR has; a mean or a range over fewer says little
MANY = 10  # examples; the first steps of a worked example with a handful of them are large on purpose


def health(network, inputs, targets=None, optimizer=None, batch_size=1, reduction="mean"):
    """Examine a network, as `Network.health` says."""
    seen = Probe(network, inputs, targets, optimizer, batch_size, reduction)
    no_optimizer = "there is no optimizer" if optimizer is None else None
    no_updates = "the optimizer has made no update yet" if seen.updates == 0 else None
    lacking = {
        "inputs": None, "targets": seen.refusal, "optimizer": seen.refusal or no_optimizer,
        "training": seen.refusal or no_updates,
    }
    findings, not_judged = [], []
    for symptom in SYMPTOMS:
        missing = lacking[symptom.needs]
        if missing is None and seen.examples < symptom.least:
            missing = f"takes {symptom.least} examples or more"
        if missing is not None:
            not_judged.append(NotJudged(symptom.name, missing))
            continue
        for place, number, names in symptom.find(seen):
            examples = tuple([position + 1 for position in names.get("examples", ())])
            criterion, advice = symptom.criterion.format(**names), symptom.advice.format(**names)
            findings.append(Finding(symptom.severity, place, symptom.name, criterion, number, advice, examples))
    return Health(findings, list(dict.fromkeys(not_judged)), len(seen.inputs))


SYMPTOMS = (
    Symptom("exploding", ALARM, "not finite", 0, "inputs", signs.not_finite, "{helps}"),
    Symptom("softmax of one", ALARM, "{activation} over one output is always 1", 0, "inputs", data_signs.always_1,
            "use a sigmoid output with binary_crossentropy, or a softmax output for each class"),
    Symptom("no loss for t = 0", ALARM, "dE/da = 0 where t = 0, however large a is: {loss} looks at t = 1 alone", 1,
            "targets", data_signs.free_of_loss,
            "use softmax outputs, or binary_crossentropy if classes do not exclude each other"),
    Symptom("target out of reach", ALARM, "{out_of_reach}", 0, "targets", data_signs.out_of_reach, "{helps}"),
    Symptom("twins", ALARM, "equal weights in, bias and weights out: they never separate", 0, "inputs", signs.twins,
            "draw the weights at random, such as with glorot_uniform"),
    Symptom("learning rate too large", ALARM,
            "in the first {updates} updates mean E {rises}, from {before:.6g}; not with eta = {lower:.3g}",
            1, "optimizer", signs.rising, "{helps}"),
    Symptom("exploding step", ALARM, f"norm(step)/norm(w) > {EXPLODING_STEP}", 1, "optimizer",
            partial(signs.step_between, least=EXPLODING_STEP, most=float("inf")), "{helps}"),
    Symptom("dead output", ALARM, "z <= 0 on all examples: it is always 0, and nothing is learnt", SEVERAL, "inputs",
            partial(signs.dead, is_output=True), "use a linear output, or softplus if it may not be negative"),
    Symptom("dead ReLU", ALARM, "z <= 0 on all examples", SEVERAL, "inputs", partial(signs.dead, is_output=False),
            "draw its weights again, lower the learning rate, or use leaky_relu"),
    Symptom("exploding deltas", ALARM, f"mean abs(delta) grows over {EXPLODING} times from layer {{above}}", ALL_CASES,
            "targets", signs.growing, "start from smaller weights, or clip the gradients (clip_norm)"),
    Symptom("only the bias learns", ALARM, f"every abs(dE/dw) < {NO_GRADIENT} on all examples, abs(dE/db) not", SEVERAL,
            "targets", signs.only_the_bias, "look at what feeds it: the inputs are 0, or the units below are dead"),
    Symptom("inputs not scaled", WARNING, "{unscaled}", SEVERAL, "inputs", data_signs.unscaled_inputs,
            "scale the inputs (z-score or min-max)"),
    Symptom("targets not scaled", WARNING, "{unscaled}", SEVERAL, "targets", data_signs.unscaled_targets,
            "scale the targets (z-score)"),
    Symptom("weights too small", WARNING,
            f"rms(w) < 1/{TIMES_DRAWN} of what {{initializer}} draws; z varies by {{spread:.3g}} < 1/{SPREAD}",
            SEVERAL, "inputs", partial(signs.weights_far_off, way=-1), "draw them with {initializer}"),
    Symptom("weights too large", WARNING,
            f"rms(w) > {TIMES_DRAWN} times what {{initializer}} draws; z varies by {{spread:.3g}} > {SPREAD}",
            SEVERAL, "inputs", partial(signs.weights_far_off, way=1), "draw them with {initializer}{grown}"),
    Symptom("step size", WARNING, f"norm(step)/norm(w) > {LARGEST_STEP}; about {FINE_STEP} is fine", MANY, "optimizer",
            partial(signs.step_between, least=LARGEST_STEP, most=EXPLODING_STEP), "{helps}"),
    Symptom("step size", WARNING, f"norm(step)/norm(w) < {SMALLEST_STEP}, though norm(dE/dw)/norm(w) >= {FINE_STEP}",
            MANY, "optimizer", signs.small_step, "raise the learning rate"),
    Symptom("saturated", WARNING, f"{{flat}} on {SATURATED_SHARE:.0%} of the examples", SEVERAL, "inputs", signs.saturated,
            "{helps}"),
    Symptom("nearly dead ReLU", WARNING, f"output 0 on over {MOSTLY_OFF:.0%} of the examples", SEVERAL, "inputs",
            signs.nearly_dead, "lower the learning rate, or use leaky_relu"),
    Symptom("same code", WARNING,
            f"a differs by < {SAME_CODE} of its range, the targets by over half: no layer above can tell them apart",
            ALL_CASES, "training", collisions.same_codes, "{helps}"),
    Symptom("vanishing", WARNING, f"mean abs(delta) falls by over {VANISHING} times from layer {{above}}", ALL_CASES,
            "targets", signs.vanishing, "{helps}"),
    Symptom("gradients cancel", WARNING,
            f"norm(sum) of the examples' gradients < {CANCELLING} of the sum of their norms; mean E is {{loss:.6g}}, "
            "that of a constant output {constant:.6g}",
            ALL_CASES, "training", collisions.cancelling,
            "mend what stands above; else draw the weights again, or add units, unless the inputs tell no more"),
    Symptom("no better than a constant", WARNING,
            f"mean E is not {NO_BETTER:.0%} better than {{constant:.6g}}, that of the constant output {{outputs}}",
            ALL_CASES, "training", signs.no_better, "mend what stands above; if nothing does, train longer, or add units"),
    Symptom("collapsed output", WARNING, f"range over the examples < {COLLAPSED}", ALL_CASES, "inputs", signs.collapsed,
            "look for dead or saturated units, and at the learning rate; or train longer"),
)
