"""What differs between two traces, in the library, on the command line and in the debugger."""

import json
import random
from fractions import Fraction

import pytest
from random_networks import random_network
from recordings import optimizers

import neurosim as ns
from neurosim import InputError, Layer, Network
from neurosim.cli import main
from neurosim.debugger.commands import Commands
from neurosim.debugger.session import Session

MAZUR = ns.built_in("mazur")
XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]


@pytest.mark.parametrize("seed", range(0, 120, 8))
def test_nothing_differs_but_what_is_made_from_a_change(seed):
    network, inputs, targets = random_network(seed)
    trace = network.trace(inputs, targets, optimizers(seed))
    assert not trace.diff(trace) and trace.diff(trace).first is None and not trace.diff(trace).most
    step = random.Random(seed).choice(trace.steps)
    other = trace.replay(values={step.address: step.value + 0.5})
    diff = trace.diff(other)
    assert diff and diff.first.address == step.address and diff.compared == len(trace) and not diff.settings
    addresses = [found.address for found in diff.differences]
    assert set(addresses) <= {step.address, *trace.affects(step.address)}
    assert addresses == [one.address for one in trace if other[one.address].value != one.value]
    for address, phase, old, new, share in diff.most:
        assert (old, new, phase) == (trace[address].value, other[address].value, trace[address].phase)
        assert share is None and old == 0 or share == (new - old) / abs(old)


def test_outputs_and_losses_of_the_last_pass_come_first_and_then_the_largest_shares():
    trace = MAZUR.network.trace([[0.05, 0.1]] * 2, [[0.01, 0.99]] * 2, ns.SGD(0.5))
    most = trace.diff(trace.replay(values={"w[x1->h1]": 0.2})).most
    assert {found.address for found in most[:3]} == {"E@2", "a[o1]@2", "a[o2]@2"}
    for part in (most[:3], most[3:]):
        shares = [abs(found.share) for found in part]
        assert shares == sorted(shares, reverse=True)


def test_what_only_one_has_and_how_they_were_made_is_told():
    one = Network(1, [Layer(1, "tanh")], seed=1).trace([1], [1], ns.SGD(0.5))
    two = Network(1, [Layer(2), Layer(1, "tanh")], "squared_error", seed=1).trace([[1], [2]], [[1], [2]], ns.Adam(0.5), 2)
    diff = one.diff(two)
    assert set(diff.settings) == {"layers", "loss", "optimizer", "batch size", "examples"}
    assert diff.settings["loss"] == ("half_squared_error", "squared_error")
    assert "z[o1]" in diff.only_first and "z[o1]@1" in diff.only_second
    assert set(diff.only_first) == {step.address for step in one} - {step.address for step in two}


def test_units_and_phases_choose_and_a_unit_that_there_is_not_is_refused():
    other = MAZUR.trace().replay(values={"w[x1->h1]": 0.2})
    found = MAZUR.trace().diff(other, units="h1", phases="forward").differences
    assert [one.address for one in found] == ["z[h1]", "a[h1]"]
    with pytest.raises(InputError, match="unknown unit 'h3'"):
        MAZUR.trace().diff(other, units="h3")
    with pytest.raises(InputError, match="other must be a Trace, got Problem"):
        MAZUR.trace().diff(MAZUR)


def test_numbers_of_different_kinds_are_compared_by_value():
    trace = Network(1, [Layer(1, "linear", weights=[[0.5]], biases=[0.25])]).trace([0.5])
    assert not trace.diff(trace.replay(number=Fraction)) and not trace.replay(number=Fraction).diff(trace)
    assert trace.replay(number=Fraction).diff(trace.replay(values={"b[o1]": 0.5})).first.share == 1


def test_numbers_that_read_the_same_show_all_their_digits():
    text = MAZUR.trace().diff(MAZUR.trace().replay(values={"b[h1]": 0.35000000000000003 + 1e-12})).text()
    assert "b[h1]" in text and "0.350000000001" in text and "+0.00 %" in text


# On the command line


def test_compare_says_by_its_status_whether_anything_differs(capsys, tmp_path):
    assert main(["compare", "mazur", "mazur"]) == 0
    assert capsys.readouterr().out == "nothing differs: 56 numbers are the same\n"
    path = tmp_path / "other.jsonl"
    MAZUR.trace().replay(values={"w[x1->h1]": 0.2}).save(path)
    assert main(["compare", "mazur", str(path), "--most", "1"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["37 of 56 numbers differ", "first w[x1->h1]: 0.15 and 0.2 (given), then z[h1]: 0.3775 and 0.38"]
    assert lines[-2].split()[0] == "E" and lines[-1] == "and 36 smaller changes"
    assert main(["compare", "mazur", str(path), "--format", "json", "--only", "h1", "--phase", "forward"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["first"] == "z[h1]" and [row["new"] for row in report["differences"]][0] == pytest.approx(0.38)
    assert main(["compare", "mazur", "han-kamber", "--most", "0"]) == 1 and "layers: 2-2-2" in capsys.readouterr().out


@pytest.mark.parametrize("arguments, message", [
    (["-", "-"], "standard input can be read once; give - for A or for B"),
    (["mazur", "mazurr"], "did you mean 'mazur'"),
    (["mazur", "mazur", "--only", "h9"], "unknown unit 'h9'"),
])
def test_what_cannot_be_compared_is_refused(arguments, message, capsys):
    assert main(["compare", *arguments]) == 2
    assert message in capsys.readouterr().err


# In the debugger


def said(*commands):
    import io

    output = io.StringIO()
    network = Network(2, [Layer(2), Layer(1)], seed=1)
    shell = Commands(Session(network, *XOR, ns.SGD(0.5), epochs=3), stdout=output)
    shell.run_script(commands)
    return output.getvalue().split(f"(neurosim) {commands[-1]}\n")[1].splitlines()


def test_two_numbers_stand_beside_each_other_with_their_operands():
    lines = said("goto E@6", "diff z[h1]@5 z[h1]@6")
    rows = [line.split() for line in lines[2:]]
    trace = Network(2, [Layer(2), Layer(1)], seed=1).trace(*XOR, ns.SGD(0.5), epochs=3)
    steps = trace["z[h1]@5"], trace["z[h1]@6"]
    assert [(row[0], row[2]) for row in rows] == [("z[h1]@5", "z[h1]@6"), *zip(steps[0].operands, steps[1].operands)]
    assert float(rows[1][1]) == pytest.approx(trace["w+[x1->h1]@4"].value, rel=1e-5)


def test_two_passes_are_matched_by_their_addresses_without_them():
    lines = said("goto pass 7", "diff pass 5 6")
    trace = Network(2, [Layer(2), Layer(1)], seed=1).trace(*XOR, ns.SGD(0.5), epochs=3)
    five = {step.address.partition("@")[0]: step.value for step in trace if step.address.endswith("@5")}
    six = {step.address.partition("@")[0]: step.value for step in trace if step.address.endswith("@6")}
    differ = [head for head in five if five[head] != six[head]]
    assert lines[0] == f"{len(differ)} of {len(five)} numbers differ" and lines[1].startswith(f"first {differ[0]}:")
    assert {line.split()[0] for line in lines[5:7]} == {"E", "a[o1]"}
    assert "pass 5" in lines[3] and "pass 6" in lines[3]


def test_show_lists_what_a_unit_a_quantity_and_an_address_mean():
    rows = said("goto E@6", "set w[x2->h1] = 1 show h1 E delta")[3:-1]
    shown = {row.split()[0] for row in rows}
    assert "E@6" in shown and "E[o1]@6" not in shown and {"delta[h2]@6", "delta[o1]@6", "delta[h1]@6"} <= shown
    assert all("h1]" in one or one.startswith(("E", "delta")) for one in shown)


@pytest.mark.parametrize("command, message", [
    ("diff pass 1 2", "pass 1 is not computed yet; goto pass 1 goes to its beginning, and until from there to its end"),
    ("diff E@1 E@2", "E@1 is not computed yet"),
    ("diff E@1", "diff is written like diff E@1 E@2"),
    ("diff pass 1", "diff is written like"),
    ("diff pass 1 99", "pass 99: the passes are 1 to 12"),
    ("diff E@1 E@2 show h1", "show goes with diff pass 1 2"),
    ("set eta = 1 show q9", "unknown unit, quantity or address 'q9'"),
])
def test_what_cannot_be_shown_is_refused_and_changes_nothing(command, message):
    with pytest.raises(InputError, match=message.replace("[", "\\[")):
        said(command)
