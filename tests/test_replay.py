"""Replay: nothing swapped gives the recording; a swap gives what the core itself gives with that swapped."""

import random
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from random_networks import random_network
from recordings import OPTIMIZERS, recordings

import neurosim as ns
from neurosim import InputError, Layer, Network, Places
from neurosim.core.address import split_address
from neurosim.trace.batches import Batches


def test_nothing_swapped_gives_the_recording(pair_number, pair, seeds):
    for seed in seeds[::8]:
        for trace in recordings(pair_number + 100 * seed, *pair):
            assert trace.replay().steps == trace.steps
            again = trace.replay(number=lambda value: value)  # every given is new, so that all is worked out again
            if "softmax" not in trace.rules or not any(step.rule == "softmax" for step in trace):
                assert again.steps == trace.steps
                assert again.after["o1"].weights == trace.after["o1"].weights
                continue
            for step, other in zip(trace, again):  # the core works the softmax out in another way, to rounding
                scale = max([1, abs(step.value), *(abs(trace[operand].value) for operand in step.operands)])
                assert other[:4] == step[:4] and abs(other.value - step.value) <= 1e-10 * scale, step


def test_fifty_digits_agree_with_the_floats(pair_number, pair):
    with localcontext() as context:
        context.prec = 50
        for trace in recordings(pair_number, *pair):
            if "l1=" in repr(trace.settings.optimizer):
                continue  # its sign(w) jumps where a weight is within rounding noise of 0
            exact = trace.replay(number=Decimal)
            for step, other in zip(trace, exact):
                assert other[:4] == step[:4]
                # to the size of the numbers it was made of: a difference of two nearly equal ones loses digits
                scale = max([1, abs(step.value), *(abs(trace[operand].value) for operand in step.operands)])
                assert abs(Decimal(step.value) - other.value) <= Decimal("1e-12") * Decimal(scale), step


def test_fractions_are_exact():
    network = Network(2, [Layer(2, "relu", weights=[[0.1, 0.2], [0.3, -0.7]], biases=[0.1, 0.1]),
                          Layer(1, "linear", weights=[[0.5, 0.5]], biases=[0])])
    trace = network.trace([1, 3], [1], ns.SGD(0.1)).replay(number=Fraction)
    assert trace["z[h1]"].value == Fraction(8, 10)
    assert trace["E"].value == Fraction(9, 50)
    assert trace.after["o1"].weights[0] == Fraction(5, 10) + Fraction(1, 10) * Fraction(6, 10) * Fraction(8, 10)


def test_a_swapped_weight_gives_what_a_network_with_that_weight_gives():
    for seed in range(30):
        network, inputs, targets = random_network(seed)
        optimizer = OPTIMIZERS[seed % len(OPTIMIZERS)]
        trace = network.trace(inputs, targets, optimizer)
        layer = network.layers[seed % len(network.layers)]
        names, sources, _ = network.named_layers()[seed % len(network.layers)]
        swapped = trace.replay(values={f"w[{sources[0]}->{names[-1]}]": 0.125})
        layer.neurons[-1].weights[0] = 0.125
        assert swapped.steps == network.trace(inputs, targets, optimizer).steps


def test_only_what_depends_on_the_swap_is_worked_out_again():
    trace = ns.built_in("mazur").trace()
    swapped = trace.replay(values={"delta[h1]": 1})
    new = [step.address for step, old in zip(swapped, trace) if step is not old]
    assert new == ["delta[h1]", "dE/dw[x1->h1]", "dE/dw[x2->h1]", "w+[x1->h1]", "w+[x2->h1]"]
    assert new[1:] == trace.affects("delta[h1]")
    assert trace["delta[h1]"].value != 1


def test_depends_on_and_affects():
    trace = ns.built_in("mazur").trace()
    assert trace.depends_on("z[h1]") == ["w[x1->h1]", "w[x2->h1]", "b[h1]", "a[x1]", "a[x2]"]
    assert trace.depends_on("a[x1]") == trace.affects("E") == []
    assert trace.affects("dE/dw[x1→h1]") == ["w+[x1->h1]"]
    for step in trace:
        for operand in step.operands:
            assert operand in trace.depends_on(step.address) and step.address in trace.affects(operand)


def test_a_rule_everywhere_and_at_one_address():
    trace = ns.built_in("mazur").trace()
    without_slope = trace.replay(rules={"delta": lambda output_gradient, slope: output_gradient})
    assert without_slope["delta[o1]"].value == trace["dE/da[o1]"].value
    assert without_slope["delta[h1]"].value == without_slope["dE/da[h1]"].value != trace["dE/da[h1]"].value
    only_h1 = trace.replay(rules={"delta[h1]": lambda output_gradient, slope: output_gradient})
    assert only_h1["delta[h1]"].value == trace["dE/da[h1]"].value
    assert only_h1["delta[h2]"] is trace["delta[h2]"]
    assert "own delta[h1](dE/da[h1], f'[h1])" in only_h1.table(units=["h1"])
    by_name = trace.replay(rules={"z[h1]": "weighted_sum_without_bias"}, rewire={"z[h1]": ["w[x1->h1]", "a[x1]"]})
    assert by_name["z[h1]"].value == 0.15 * 0.05


def test_one_rule_of_ones_own_at_several_addresses_and_another_in_its_place():
    def without_slope(output_gradient, slope):
        return output_gradient

    trace = ns.built_in("mazur").trace().replay(rules={"delta[h1]": without_slope, "delta[h2]": without_slope})
    assert [trace[f"delta[{h}]"].value for h in ("h1", "h2")] == [trace[f"dE/da[{h}]"].value for h in ("h1", "h2")]
    assert trace.replay(rules={"delta[o1]": without_slope})["delta[o1]"].value == trace["dE/da[o1]"].value
    for number in (2, 3):
        trace = trace.replay(rules={"delta[h1]": lambda output_gradient, slope: slope * number})
        assert trace["delta[h1]"].value == number * trace["f'[h1]"].value


def test_rewired_to_later_steps_gives_the_sequential_order():
    problem = ns.built_in("mazur")
    trace = problem.trace()
    rewire = {f"dE/da[h{h}]": {f"w[h{h}->o{o}]": f"w+[h{h}->o{o}]" for o in (1, 2)} for h in (1, 2)}
    rewired = trace.replay(rewire=rewire)
    sequential = problem.network.trace(problem.inputs, problem.targets, ns.SGD(0.5, order="sequential"))
    assert {step.address: step.value for step in rewired} == {step.address: step.value for step in sequential}
    earlier = set()
    for step in rewired:
        assert earlier.issuperset(step.operands)
        earlier.add(step.address)


@pytest.mark.parametrize(
    "swaps, message",
    [
        ({"values": {"z[h9]": 1}}, "unknown address 'z.h9.'"),
        ({"values": {"z[h1]": "1"}}, "z.h1.: expected a number, got '1'"),
        ({"values": {"z[h1]": float("nan")}}, "z.h1. is not finite: nan"),
        ({"rules": {"deltas": "delta"}}, "unknown rule 'deltas'; did you mean 'delta'"),
        ({"rules": {"delta": "deltas"}}, "unknown rule 'deltas'; did you mean 'delta'"),
        ({"rules": {"delta": 3}}, "expected a rule's name, a Rule or a function, got 3"),
        ({"rules": {"w[x1->h1]": "delta"}}, "w.x1->h1. is given, so it has no rule"),
        ({"rules": {"delta": lambda a: a}}, "delta.o1.: the rule 'own delta' cannot be applied: "),
        ({"rules": {"delta": lambda a, b: "x"}}, "delta.o1.: the rule 'own delta' gave 'x', which is not a number"),
        ({"rules": {"delta": lambda a, b: a / 0}}, "delta.o1.: the rule 'own delta' cannot be applied: float division"),
        ({"rules": {"delta": lambda a, b: a * float("inf")}}, "delta.o1. is not finite: inf"),
        ({"rules": {"delta": ns.Rule("sigmoid", evaluate=max)}}, "there is already a rule called 'sigmoid'"),
        ({"rewire": {"z[h1]": {"a[h2]": "a[x1]"}}}, "z.h1. does not read a.h2.; it reads w.x1->h1., a.x1."),
        ({"rewire": {"z[h1]": {"a[x1]": "a[o1]"}}}, "in a circle: z.h1. <- a.h1. <- z.o1. <- a.o1. <- z.h1."),
        ({"rewire": {"a[x1]": ["a[x2]"]}}, "a.x1. is given"),
        ({"rules": {"delta": "given"}}, "'given' is no rule to work out delta by; swap its value"),
        ({"rules": {3: "delta"}}, "unknown rule 3"),
        ({"rules": {"delta": lambda *operands: operands[9]}}, "delta.o1.: the rule 'own delta' cannot be"),
        ({"rewire": {"z[h1]": []}}, "z.h1. has to read something"),
        ({"rewire": {"z[h1]": "a[x1]"}}, "rewire z.h1.: expected a list of addresses, got 'a.x1.'"),
        ({"rewire": {"z[h1]": ["w[x1->h1]", "a[x1]"]}}, "z.h1.: .* in pairs, and one of the 1 is left over"),
        ({"rewire": {"dE/da[h1]": ["w[h1->o1]", "delta[o1]", "w[h1->o2]"]}}, "one of the 3 is left over"),
        ({"values": [1]}, "values: expected a dict, got .1."),
        ({"values": {"z[h1]": Fraction(1, 3)}, "number": Decimal}, "z.h1.: .* cannot become a Decimal: "),
        ({"number": "Fraction"}, "number: expected Fraction, Decimal or a function of a number, got 'Fraction'"),
        ({"number": str}, "w.x1->h1.: str gave '0.15', which is not a number"),
        ({"rounding": 4}, "rounding: expected Places.4., Digits.4. or such for some quantities, got 4"),
        ({"rounding": Places}, "rounding: expected Places.4., Digits.4. or such for some quantities, got <class"),
        ({"rounding": {"out": Places(3)}}, "unknown quantity to round 'out'; choose from E, a, dE/da, "),
        ({"rounding": {"w": Places(3)}}, "unknown quantity to round 'w'; did you mean 'w.'"),
        ({"rounding": {"z[h9]": Places(3)}}, "unknown address 'z.h9.'"),
        ({"rounding": {"a[x1]": Places(3)}}, "a.x1. is given, so it is not rounded"),
        ({"rounding": lambda value: value / 0}, "z.h1.: 0.37.* cannot be rounded: float division"),
        ({"rounding": lambda value: str(value)}, "z.h1.: the rounding gave '0.37.*', which is not a number"),
        ({"rounding": lambda value: float("inf")}, "z.h1. is not finite: inf"),
        ({"rounding": ns.Digits(2), "rules": {"a[o1]": lambda z: 1.797e308}}, "a.o1.: 1.797e.308 cannot be rounded"),
    ],
)
def test_a_swap_that_does_not_fit_is_refused(swaps, message):
    with pytest.raises(InputError, match=message):
        ns.built_in("mazur").trace().replay(**swaps)


# Rounding: half up by hand, half even as in IEEE 754 and in Python's round, and cut off as from a display


@pytest.mark.parametrize(
    "rounding, value, rounded",
    [
        (Places(2), 0.125, 0.13), (Places(2), -0.125, -0.13), (Places(2, "even"), 0.125, 0.12),
        (Places(2, "even"), 0.375, 0.38),
        (Places(5), 0.029775, 0.02978),  # the float is 0.0297749999...
        (Places(1), 0.1 + 0.2, 0.3), (Places(0), 2.5, 3.0), (Places(0, "even"), 2.5, 2.0), (Places(3), 0.0004, 0.0),
        (ns.Digits(3), 0.00059326999, 0.000593), (ns.Digits(1), 0.95, 1.0), (ns.Digits(2), 1234.5, 1200.0),
        (ns.Digits(4), 0.0, 0.0), (Places(2), 3, 3), (Places(2), Fraction(1, 3), Fraction(33, 100)),
        (Places(1), Decimal("0.25"), Decimal("0.3")), (Places(1, "even"), Decimal("0.25"), Decimal("0.2")),
        (ns.Digits(2), Decimal("-0.0125"), Decimal("-0.013")),
        (Places(4, "cut"), 0.32235, 0.3223), (Places(4, "cut"), -0.32239, -0.3223), (Places(1, "cut"), 0.1 + 0.2, 0.3),
        (Places(2), 2.3 * 0.05, 0.12), (Places(3, "cut"), 2.3 * 0.05, 0.115),  # the product is 0.11499999999999999
        (ns.Digits(2, "cut"), 0.999, 0.99), (Places(0, "cut"), Fraction(-5, 3), Fraction(-1)),
        (Places(0, "even"), Fraction(5, 2), Fraction(2)), (Places(0, "even"), Fraction(-7, 2), Fraction(-4)),
        (ns.Digits(4), 0.99996, 1.0), (ns.Digits(4), 9999.6, 10000.0), (Places(2), -0.004, 0.0), (Places(2), -0.0, 0.0),
        (ns.Digits(16), 0.1234567890123456, 0.1234567890123456), (Places(20), 0.1 + 0.2, 0.1 + 0.2),  # all of a float
        (ns.Digits(3), 1e308, 1e308), (ns.Digits(2), 5e-324, 5e-324), (Places(3), 1.7e308, 1.7e308),
        (ns.Digits(3), 10**400 + 1, 10**400), (ns.Digits(3), Decimal("1.2345E+900"), Decimal("1.23E+900")),
        (ns.Digits(1), Fraction(10**40 - 1, 10**60), Fraction(1, 10**20)),
        (ns.Digits(1), Fraction(1, 1024), Fraction("0.001")),
    ],
)
def test_rounding(rounding, value, rounded):
    result = rounding(value)
    assert result == rounded and type(result) is type(value)


def test_as_many_digits_as_asked_for_stand_between_one_and_ten():
    draw = random.Random(4)
    for _ in range(300):
        value = Decimal(draw.randint(1, 10**9)).scaleb(draw.randint(-40, 40))
        count = draw.randint(1, 12)
        with localcontext() as context:  # whose own rounding to its precision is another way there
            context.prec, context.rounding = count, "ROUND_HALF_UP"
            by_context = +value
        assert ns.Digits(count)(value) == by_context


def test_half_even_agrees_with_python_on_exact_decimals():
    draw = random.Random(3)
    for _ in range(300):
        value, places = Decimal(draw.randint(-(10**8), 10**8)).scaleb(-5), draw.randint(0, 5)
        assert Places(places, "even")(value) == round(value, places)


def test_every_computed_value_is_rounded_and_the_givens_are_not():
    trace = ns.built_in("mazur").trace().replay(rounding=Places(3))
    for step in trace:
        assert step.rule == "given" or step.value == round(step.value, 3)
    assert trace["w[x1->h1]"].value == 0.15
    # by hand: z = 0.0075 + 0.02 + 0.35 = 0.3775, to 0.378; its sigmoid 0.59339 to 0.593
    assert trace["z[h1]"].value == 0.378 and trace["a[h1]"].value == 0.593


def test_rounding_by_quantity_and_by_address():
    trace = ns.built_in("han-kamber").trace()
    rounded = trace.replay(rounding={"a": Places(3), "w+[1->4]": Places(1)})
    assert rounded["a[4]"].value == 0.332 and rounded["w+[1->4]"].value == 0.2
    assert trace.replay(rounding={"w+[1→4]": Places(1)})["w+[1->4]"].value == 0.2
    assert rounded["z[4]"] is not trace["z[4]"] and rounded["z[4]"] == trace["z[4]"]
    assert rounded.replay().steps == rounded.steps and rounded.replay(values={"a[4]": 0.5})["a[5]"].value == 0.525


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: Places(-1), "places must be a whole number of 0 or more, got -1"),
        (lambda: ns.Digits(0), "digits must be a whole number of 1 or more, got 0"),
        (lambda: Places(2.5), "places must be a whole number"),
        (lambda: Places(2, "down"), "unknown half 'down'; choose from up, even, cut"),
        (lambda: Places(2)("0.125"), "a str cannot be rounded, got '0.125'"),
        (lambda: Places(2)(float("nan")), "nan cannot be rounded"),
        (lambda: ns.Digits(2)(Decimal("-Infinity")), "-Infinity cannot be rounded"),
    ],
)
def test_a_rounding_that_is_impossible_is_refused(make, message):
    with pytest.raises(InputError, match=message):
        make()


# Batches: the one long trace, a batch at a time


XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]


@pytest.mark.parametrize("settings", [{}, {"batch_size": 3}, {"batch_size": "all", "reduction": "sum"}])
@pytest.mark.parametrize("optimizer", [ns.SGD(0.5), ns.Adam(0.1), ns.Momentum(0.1, schedule="exponential")])
def test_chapters_are_the_long_trace_in_pieces(settings, optimizer):
    network = Network(2, [Layer(2), Layer(1)], seed=1)
    whole = network.trace(*XOR, optimizer, epochs=12, **settings)
    chapters = Batches(network, *XOR, optimizer, epochs=12, **settings)
    numbers = list(range(len(chapters)))
    for number in numbers + random.Random(1).sample(numbers, len(numbers)):
        for step in chapters[number]:
            assert step.value == whole[step.address].value
            assert step.phase == "given" or step == whole[step.address]
            if step.phase != "given":
                assert chapters.plan.number_of_pass(int(step.address.partition("@")[2])) == number
    assert {step.address for number in numbers for step in chapters[number]} == {step.address for step in whole}


def test_what_ifs_go_on_through_the_chapters_that_follow():
    network = Network(2, [Layer(2), Layer(1)], seed=1)
    swaps = {"delta[h1]@9": 0.5, "w[x1->h1]": 2.0, "velocity+[x1->h1]@2": 0.25}
    whole = network.trace(*XOR, ns.Momentum(0.1), epochs=10).replay(values=swaps)
    chapters = Batches(network, *XOR, ns.Momentum(0.1), epochs=10).with_what_ifs(swaps)
    for number in [*range(len(chapters)), 8, 3]:
        for step in chapters[number]:
            assert step.value == pytest.approx(whole[step.address].value, rel=1e-12)


def test_what_is_kept_of_a_long_computation_stays_small():
    network = Network(2, [Layer(2), Layer(1)], seed=1)
    chapters = Batches(network, *XOR, ns.SGD(0.5), epochs=500)
    for number in range(len(chapters)):
        assert len(chapters[number]) < 100
    assert len(chapters._beginnings) < 50


def test_a_chapter_that_cannot_be_recorded_spoils_none_before_it():
    network = Network(1, [Layer(1, "linear", weights=[[1.0]], bias=False)])
    arguments = network, [[1.0]], [[0.0]], ns.SGD(1e10)
    chapters, right = Batches(*arguments, epochs=100), Batches(*arguments, epochs=100)
    assert chapters[2]["w+[x1->o1]@3"].value
    with pytest.raises(ns.NonFiniteError):
        chapters[50]
    assert chapters[7].steps == right[7].steps


@pytest.mark.parametrize("before, after", [(0.5, 900.0), (900.0, 0.5), (900.0, -40.0)])
def test_softmax_is_shifted_where_the_new_net_inputs_need_it(before, after):
    """As the trace of a network with the new weight is."""
    def network(weight):
        return Network(1, [Layer(3, "softmax", weights=[[weight], [0.25], [-2]]), Layer(1)], seed=1)

    replayed = network(before).trace([1.0], [1.0], ns.SGD(0.1)).replay(values={"w[x1->h1]": after})
    recorded = network(after).trace([1.0], [1.0], ns.SGD(0.1))
    assert [step[:4] for step in replayed] == [step[:4] for step in recorded] and replayed.verify()
    assert [step.value for step in replayed] == pytest.approx([step.value for step in recorded], rel=1e-12, abs=1e-15)


def test_a_sum_that_reads_no_powers_is_none_of_a_softmax():
    """Replayed once more, the net inputs stay weighted sums, though a weight is larger than any power may be."""
    trace = Network(1, [Layer(2, "softmax", weights=[[90.0], [1.0]])]).trace([0.01])
    rewired = trace.replay(rewire={"S[o]": ["z[o1]", "z[o2]"]})
    assert [step[:4] for step in rewired.replay(values={"a[x1]": 0.02})][-7:-1] == [step[:4] for step in rewired][-7:-1]


def test_a_rule_is_swapped_at_every_address_of_a_quantity():
    network = ns.Network(2, [ns.Layer(2, "tanh"), ns.Layer(1, "sigmoid")], seed=1)
    trace = network.trace([[1.0, 0.5], [0.2, 0.1]], [[1.0], [0.0]], ns.SGD(0.1))
    swapped = trace.replay(rules={"f'": lambda z, a: 1.0, "z[h2]@2": lambda *operands: 0.5, "z": "weighted_sum"})
    for step in swapped:
        quantity, place, number = split_address(step.address)
        if quantity == "f'":
            assert step.value == 1.0
        if quantity == "delta":
            assert step.value == swapped[f"dE/da[{place}]@{number}"].value
    assert swapped["z[h2]@2"].value == 0.5 and swapped["z[h1]@2"].value != 0.5
    total = trace.replay(rules={"E": lambda *terms: 7.0})
    assert total["E@1"].value == total["E@2"].value == 7.0 and total["E[o1]@1"].value == trace["E[o1]@1"].value


def test_a_rule_that_is_named_like_a_quantity_means_the_rule():
    """The deltas of an output whose slope and loss cancel have a rule of their own, which stays."""
    network = ns.Network(1, [ns.Layer(1, "tanh"), ns.Layer(1, "sigmoid")], "binary_crossentropy", seed=1)
    swapped = network.trace([1.0], [1.0]).replay(rules={"delta": lambda gradient, slope: gradient})
    assert swapped["delta[h1]"].value == swapped["dE/da[h1]"].value
    assert swapped["delta[o1]"].rule == "cancelled_delta"
    with pytest.raises(InputError, match="t.o1. is given, so it has no rule"):
        network.trace([1.0], [1.0]).replay(rules={"t[o1]": lambda *operands: 1})


def test_only_what_a_swap_changes_is_worked_out_again():
    """Softmax computes in another way than its rule reads, so last digits tell which of them has worked a number out."""
    for seed in range(20):
        network = Network(3, [Layer(4, "tanh"), Layer(5, "softmax")], "categorical_crossentropy", seed=seed)
        trace = network.trace([0.0, 0.3 + seed, -0.7], [0, 1, 0, 0, 0], ns.SGD(0.1))
        assert not trace.diff(trace.replay(values={"w[x2->h1]": trace["w[x2->h1]"].value}))
        changed = [found.address for found in trace.diff(trace.replay(values={"w[x1->h2]": 3.0})).differences]
        assert changed == ["w[x1->h2]", "w+[x1->h2]"]  # x1 is 0
