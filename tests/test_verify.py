"""Verify takes every true trace and no broken one, and each of those for its own reason."""

import io
import json
import re

import pytest
from broken_traces import BROKEN, broken_lines, mazur
from recordings import recordings

import neurosim as ns
from neurosim import InputError, Places
from neurosim.trace.files import read_trace, trace_lines


def test_true_traces_are_accepted(pair_number, pair, seeds):
    for seed in seeds[::8]:
        for trace in recordings(pair_number + 100 * seed, *pair):
            verdict = trace.verify()
            assert verdict, verdict
    try:
        assert trace.replay(rounding=Places(4)).verify()
    except InputError as error:  # four places may make every exp(z) of a softmax layer 0, and so their sum
        assert str(error).endswith("the rule 'softmax' cannot be applied: float division by zero")


def test_there_are_enough_broken_traces():
    assert len(BROKEN) >= 40


@pytest.mark.parametrize("name", BROKEN)
def test_broken_traces_are_refused(name):
    lines, address, reason = broken_lines(name)
    file = io.BytesIO("".join(lines).encode())
    if address is None:
        with pytest.raises(InputError) as caught:
            read_trace(file, "t.jsonl")
        assert reason in str(caught.value)
        return
    verdict = read_trace(file, "t.jsonl").verify()
    assert not verdict
    assert (verdict.breaks[0].address, verdict.breaks[0].reason) == (address, reason), verdict
    assert verdict.text(1000).startswith(f"not true, first at {address}: {verdict.breaks[0].message}")


def without_value(line):
    return {key: entry for key, entry in json.loads(line).items() if key != "value"}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_neither_drawn_nor_explained_but_for_a_wrong_value(name, tmp_path, run):
    lines, address, _ = broken_lines(name)
    only_values = list(map(without_value, lines)) == list(map(without_value, trace_lines(BROKEN[name][0]())))
    path = tmp_path / "t.jsonl"
    path.write_text("".join(lines))
    assert run("verify", str(path))[0] == (2 if address is None else 1)
    for arguments in (("trace", str(path)), ("explain", str(path), "E@1" if BROKEN[name][0] is not mazur else "E")):
        status, _, err = run(*arguments)
        assert status == (0 if only_values and address else 2)
        assert status == 0 or re.match(r"neurosim: error: t\.jsonl, line \d+: ", err), err


def test_a_line_that_is_lost_doubled_or_elsewhere_is_told_with_its_number(tmp_path, run):
    header, *steps = trace_lines(mazur())
    address = json.loads(steps[20])["address"]
    reader = next(number for number, line in enumerate(steps) if address in json.loads(line)["operands"])
    for changed, line, said in (
        (steps[:20] + steps[21:], reader + 1, f"reads {address}, which is not in the trace"),
        (steps[:30] + steps[20:21] + steps[30:], 32, f"{address}: stands twice in the trace"),
        (steps[:20] + steps[21:] + steps[20:21], reader + 1, f"reads {address}, which comes later"),
        (steps[:-1], len(steps) + 1, "the trace ends here; w+[x2->h2]: is missing"),
    ):
        (tmp_path / "t.jsonl").write_text("".join([header, *changed]))
        status, _, err = run("trace", str(tmp_path / "t.jsonl"))
        assert status == 2 and f"t.jsonl, line {line}: " in err and said in err


@pytest.mark.parametrize("name", [name for name in BROKEN if BROKEN[name][0].__name__ == "mazur"])
def test_what_was_changed_was_true_before(name):
    assert BROKEN[name][0]().verify()


def test_every_wrong_value_of_a_trace_is_found_where_it_stands():
    trace = ns.built_in("han-kamber").trace()
    for number, step in enumerate(trace):
        steps = list(trace.steps)
        steps[number] = step._replace(value=step.value + 1e-9)
        broken = type(trace)(steps, trace.rules, trace.structure, trace.settings)
        verdict = broken.verify()
        assert not verdict
        if step.rule != "given":
            assert verdict.breaks[0].address == step.address and verdict.breaks[0].reason == "wrong value"
        else:  # a given can only be judged by those that read it
            assert step.address in trace[verdict.breaks[0].address].operands


def test_later_steps_may_follow_from_the_wrong_number_or_from_the_right_one():
    trace = ns.built_in("mazur").trace()
    only_there = list(trace.steps)
    place = only_there.index(trace["z[h1]"])
    only_there[place] = trace["z[h1]"]._replace(value=0.38)
    slip = type(trace)(only_there, trace.rules, trace.structure, trace.settings).verify()
    assert len(slip.breaks) == 1 and "use the right number, so only this value was written down wrong" in slip.text(1000)
    after = trace.replay(values={"z[h1]": 0.38})
    followed = [step._replace(phase=old.phase, rule=old.rule, operands=old.operands) for step, old in zip(after, trace)]
    verdict = type(trace)(followed, trace.rules, trace.structure, trace.settings).verify()
    assert len(verdict.breaks) == 1
    affected = len(trace.affects("z[h1]")) - 1  # without f'[h1] = a (1 - a), which does not feel z
    assert f"the later steps that are made from it ({affected}) follow from the wrong number" in verdict.text(1000)


def test_a_replay_with_something_swapped_is_not_true():
    trace = ns.built_in("mazur").trace()
    assert trace.replay(values={"w[x1->h1]": 0.2}).verify()  # another weight makes another true trace
    assert trace.replay(values={"delta[h1]": 0.2}).verify().breaks[0].reason == "comes from nowhere"
    assert trace.replay(rules={"delta": lambda gradient, slope: gradient}).verify().breaks[0].reason == "wrong rule"
    rewired = trace.replay(rewire={"dE/da[h1]": {"w[h1->o1]": "w+[h1->o1]"}})
    assert rewired.verify().breaks[0].reason == "wrong operands"
    assert trace.replay(rounding=Places(2)).verify()


def test_an_infinite_number_in_memory_is_refused():
    trace = ns.built_in("mazur").trace()
    for value, reason in ((float("inf"), "not finite"), (float("nan"), "not finite"), (True, "not a number")):
        steps = [step if step.address != "a[h1]" else step._replace(value=value) for step in trace]
        assert type(trace)(steps, trace.rules, trace.structure, trace.settings).verify().breaks[0].reason == reason


def test_not_a_number_is_not_even_read():
    lines, _, _ = broken_lines("wrong net input")
    text = "".join(lines).replace("0.38", "NaN")
    with pytest.raises(InputError, match="t.jsonl, line 19: NaN is not a number that JSON knows"):
        read_trace(io.BytesIO(text.encode()), "t.jsonl")


def test_verify_on_the_command_line(tmp_path, run):
    path = tmp_path / "t.jsonl"
    path.write_text("".join(broken_lines("a billionth too large")[0]))
    status, out, err = run("verify", str(path))
    assert status == 1 and err == ""
    assert out.startswith("not true, first at a[h1]: its value is 0.59326999")
    trace = ns.built_in("mazur").trace()
    trace.save(path)
    assert run("verify", str(path))[:2] == (0, str(trace.verify()) + "\n")
    assert run("verify", "mazur")[0] == 0
    path.write_text(json.dumps({"format": "neurosim-trace/2"}))
    status, out, err = run("verify", str(path))
    assert (status, out) == (2, "")
    assert err == "neurosim: error: t.jsonl, line 1: format: expected 'neurosim-trace/1', got 'neurosim-trace/2'\n"


def test_a_large_weight_beside_a_small_output_hides_no_wrong_value():
    """1e8 * 1e-8 is 1, whatever the square of 1e8 is."""
    trace = ns.Network(1, [ns.Layer(1, "linear", weights=[[1e8]], biases=[1.0])]).trace([1e-8])
    wrong = [step._replace(value=2.5) if step.address in ("z[o1]", "a[o1]") else step for step in trace]
    assert ns.Trace(wrong, trace.rules, trace.structure, trace.settings).verify().breaks[0].address == "z[o1]"


def test_sums_of_large_products_may_differ_in_their_last_digits():
    trace = ns.Network(2, [ns.Layer(1, "linear", weights=[[1e8, -1e8]], bias=False)]).trace([1e8, 1e8 + 1])
    near = [step._replace(value=step.value + 2) if step.address in ("z[o1]", "a[o1]") else step for step in trace]
    assert ns.Trace(near, trace.rules, trace.structure, trace.settings).verify()


@pytest.mark.parametrize(
    "weights, inputs, target, address, factor",
    [
        ([1e8, -1e8], [1e8, 0.5], 1.0, "z[o1]", -3),  # 1e16
        ([1e6, 0.0], [1.0, 0.0], -4e5, "E[o1]", 1.005),  # 1e12
        ([1e6, 0.0], [1.0, 0.0], 1e6 + 1e-3, "E[o1]", 1.005),  # a - t is exact, however near the two are
    ],
)
def test_a_wrong_value_is_found_whatever_its_size(weights, inputs, target, address, factor):
    trace = ns.Network(2, [ns.Layer(1, "linear", weights=[weights], bias=False)]).trace(inputs, [target])
    assert trace.verify()
    steps = [step._replace(value=step.value * factor) if step.address == address else step for step in trace]
    assert ns.Trace(steps, trace.rules, trace.structure, trace.settings).verify().breaks[0].address == address
