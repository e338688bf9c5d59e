"""Where the debugger goes and stops: the same places and numbers as in the one long trace."""

import random

import pytest
from random_networks import PAIRS, random_network, targets_for
from recordings import OPTIMIZERS

import neurosim as ns
from neurosim import InputError, Layer, Network, UnknownNameError
from neurosim.core.address import split_address
from neurosim.debugger.session import Session
from neurosim.debugger.texts import network_text
from neurosim.trace.batches import Batches

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]


def computations(seed):
    """Pairs of a session and the whole trace: a forward pass, one example, several, and batches."""
    network, inputs, targets = random_network(seed, *PAIRS[seed % len(PAIRS)])
    draw = random.Random(seed)
    several = [inputs] + [[draw.uniform(-1, 1) for _ in inputs] for _ in range(2)]
    all_targets = [targets] + [targets_for(draw, network) for _ in range(2)]
    optimizer = OPTIMIZERS[seed % len(OPTIMIZERS)]
    in_batches = optimizer if optimizer.order == "simultaneous" else ns.Adam(0.1)
    for arguments, settings in (
        ((inputs,), {}),
        ((several,), {"epochs": 2}),
        ((inputs, targets, optimizer), {}),
        ((several, all_targets, optimizer), {"epochs": 3}),
        ((several, all_targets, in_batches), {"epochs": 3, "batch_size": 2, "reduction": draw.choice(["mean", "sum"])}),
    ):
        try:
            yield Session(network, *arguments, **settings), network.trace(*arguments, **settings)
        except ns.NonFiniteError:
            pass


def computed(trace):
    return [step for step in trace if step.phase != "given"]


def same(step, other):
    """A number given from an earlier batch is an update's result in the whole trace."""
    return (step.address, step.value) == (other.address, other.value)


SEEDS = range(0, 117, 18)


@pytest.mark.parametrize("seed", SEEDS)
def test_stepping_visits_the_computed_numbers_in_order(seed):
    for session, trace in computations(seed):
        for step in computed(trace):
            move = session.step()
            assert move.way == [session.here] == [step] and (move.moved, move.hits, move.end) == (1, [], None)
        assert session.step() == ([], 0, [], "end") and session.here == computed(trace)[-1]


@pytest.mark.parametrize("seed", SEEDS)
def test_back_undoes_steps_on_any_walk(seed):
    draw = random.Random(seed)
    for session, trace in computations(seed):
        steps, at = computed(trace), 0  # how many are computed
        for _ in range(40):
            count = draw.randint(1, 12)
            if draw.random() < 0.6:
                session.step(count)
                at = min(at + count, len(steps))
            else:
                session.back(count)
                at = max(at - count, 0)
            assert session.here == steps[at - 1] if at else session.place == session.start


@pytest.mark.parametrize("seed", SEEDS)
def test_an_address_leads_to_its_number(seed):
    draw = random.Random(seed)
    for session, trace in computations(seed):
        for step in draw.sample(trace.steps, min(30, len(trace))):
            if step.phase == "given" and session.timeline.passes > 1 and "@" not in step.address:
                session.restart()  # where a weight's address means the first one
            assert same(session.goto(step.address), step)
            assert session.evaluate(step.address) == step.value
            assert step.phase == "given" or session.here == step


@pytest.mark.parametrize("seed", SEEDS)
def test_only_what_is_computed_is_known(seed):
    draw = random.Random(seed)
    for session, trace in computations(seed):
        steps = computed(trace)
        at = draw.randrange(len(steps))
        session.goto(steps[at].address)
        for number, step in enumerate(steps):
            if number <= at:
                assert session.evaluate(step.address) == step.value
            else:
                with pytest.raises(InputError, match="is not computed yet; goto .* goes there"):
                    session.evaluate(step.address)


# Units and layers


def mazur():
    problem = ns.built_in("mazur")
    return Session(problem.network, problem.inputs, problem.targets, problem.optimizer)


def ends(move, count):
    return [move().way[-1].address for _ in range(count)]


def test_next_goes_from_unit_to_unit():
    session = mazur()
    assert ends(session.next_unit, 15) == [
        "a[h1]",
        "a[h2]",
        "a[o1]",
        "a[o2]",
        "E[o1]",
        "E[o2]",
        "E",
        "delta[o1]",
        "delta[o2]",
        "delta[h1]",
        "delta[h2]",
        "dE/dw[h2->o1]",
        "dE/dw[h2->o2]",
        "dE/dw[x2->h1]",
        "dE/dw[x2->h2]",
    ]


def test_finish_goes_from_layer_to_layer():
    session = mazur()
    assert ends(session.finish, 9) == [
        "a[h2]",
        "a[o2]",
        "E",
        "delta[o2]",
        "delta[h2]",
        "dE/dw[h2->o2]",
        "dE/dw[x2->h2]",
        "w+[h2->o2]",
        "w+[x2->h2]",
    ]
    assert session.finish().end == "end"


def test_in_the_middle_they_do_the_rest():
    session = mazur()
    session.step()
    assert session.next_unit().way[-1].address == "a[h1]"
    session.step()
    assert [step.address for step in session.finish().way] == ["a[h2]"]


def test_next_and_finish_end_with_their_pass():
    session = Session(Network(1, [Layer(1)], seed=1), [[1], [2]], [[0], [1]], ns.SGD(0.1), batch_size=2)
    assert ends(session.finish, 8) == [
        "a[o1]@1",
        "E@1",
        "delta[o1]@1",
        "a[o1]@2",
        "E@2",
        "delta[o1]@2",
        "mean E@2",
        "mean dE/db[o1]@2",
    ]


# Addresses


def xor(**settings):
    return Session(Network(2, [Layer(2), Layer(1)], seed=1), *XOR, ns.SGD(0.5), **settings)


def test_an_address_without_a_pass_means_the_present_one():
    session, trace = xor(epochs=2), Network(2, [Layer(2), Layer(1)], seed=1).trace(*XOR, ns.SGD(0.5), epochs=2)
    session.goto("w+[x2->h2]@6")
    for text, address in (
        ("z[h1]", "z[h1]@6"),
        ("a[x2]", "a[x2]@6"),
        ("w[x1->h1]", "w+[x1->h1]@5"),
        ("w+[x1→h1]", "w+[x1->h1]@6"),
        ("w[x1->h1]@1", "w[x1->h1]"),
        ("w[x1->h1]@3", "w+[x1->h1]@2"),
        ("E@2", "E@2"),
        ("eta", "eta"),
        ("b[o1]", "b+[o1]@5"),
        ("E", "E@6"),
        ("z", "z[h2]@6"),
        ("w+", "w+[x2->h2]@6"),
        ("dE/dw", "dE/dw[x2->h2]@6"),
    ):
        assert session.evaluate(text) == trace[address].value
        expression = session.expression(text)
        assert session.timeline.address(expression.names[0], session.place) == address


def test_the_numbers_of_a_batch_come_with_its_last_pass():
    session = xor(batch_size=3)
    session.goto("mean E@3")
    assert session.goto("z[h1]@2") and session.pass_number == 2
    assert session.goto("w+[x1->h1]").address == "w+[x1->h1]@3"
    assert session.goto("w[x1->h1]@4").address == "w+[x1->h1]@3"
    with pytest.raises(
        InputError,
        match="w.* is not computed: the batch that it belongs to ends with w.x1->h1.@3".replace("w.x", "w..x"),
    ):
        session.goto("w+[x1->h1]@2")


def test_going_to_what_is_given_goes_where_it_is_known():
    session = xor(batch_size="all", epochs=2)
    assert session.goto("a[x1]@3").value == 1 and session.pass_number == 3
    assert session.step().way[0].address == "z[h1]@3"
    session.goto("a[x1]@3")
    assert session.back().moved == 1 and session.here.address == "delta[h2]@2"


def test_a_unit_may_have_any_name():
    names = ["(a*b)", "1.5", "and", "x=y", "#2", "w+", "f'", "größe"]
    session = Session(Network(names, [Layer(1, names=["E"])], seed=1), [0.5] * 8, [1], ns.SGD(0.1))
    for name in names:
        session.run()
        assert session.evaluate(f"a[{name}] + 0*w[{name}->E]") == 0.5
        assert session.evaluate(f"abs(w+[{name}->E]-w[{name}->E])>0") is True
        assert session.goto(f"w+[{name}->E]").address == f"w+[{name}->E]"
    assert len(session.set("w[x=y->E]", 2).differences) > 10


# Breakpoints and watches


def stops(session):
    """The addresses at which the session stops on its way to the end."""
    found = []
    while True:
        move = session.run()
        if move.end:
            assert move.end == "end"
            return found
        found.append(session.here.address)


def stops_back(session):
    found = []
    while True:
        move = session.run_back()
        if move.end:
            assert move.end == "start" and session.place == session.start
            return found
        found.append(session.here.address)


@pytest.mark.parametrize("seed", SEEDS[::4])
def test_breakpoints_stop_where_a_plain_loop_over_the_trace_finds_them(seed):
    for session, trace in computations(seed):
        steps = [(split_address(step.address), step) for step in computed(trace)]
        unit = trace.structure.layer_names[0][-1]
        of_pass = {(quantity, place, number): step.value for (quantity, place, number), step in steps}
        order = {key: number for number, (key, _) in enumerate(steps)}
        conditions = {
            f"z[{unit}]": lambda q, u, k, v: (q, u) == ("z", unit),
            "if abs(z) < 0.5": lambda q, u, k, v: q == "z" and abs(v) < 0.5,
            f"if z[{unit}]>0": lambda q, u, k, v: (q, u) == ("z", unit) and v > 0,
            "if a > 0.2 and z > 0.3": lambda q, u, k, v: q == "a" and v > 0.2 and of_pass["z", u, k] > 0.3,
            f"if z < z[{unit}]": lambda q, u, k, v: q == "z"
            and ("z", unit, k) in of_pass
            and (order["z", unit, k] < order[q, u, k] and v < of_pass["z", unit, k]),
        }
        if "E" in session.timeline.heads:
            conditions.update(
                {
                    "delta": lambda q, u, k, v: q == "delta",
                    "if abs(delta) < 0.1": lambda q, u, k, v: q == "delta" and abs(v) < 0.1,
                    "if E < 0.5 or delta > 0": lambda q, u, k, v: (q, u) == ("E", "")
                    and v < 0.5
                    or q == "delta"
                    and (of_pass["E", "", k] < 0.5 or v > 0),
                    "E if z[%s] > 0" % unit: lambda q, u, k, v: (q, u) == ("E", "") and of_pass["z", unit, k] > 0,
                }
            )
        for text, holds in conditions.items():
            stop = session.add("break", text)
            session.restart()
            expected = [step.address for (q, u, k), step in steps if holds(q, u, k, step.value)]
            assert stops(session) == expected, text
            assert stop.hits == len(expected)
            assert stops_back(session) == [a for a in reversed(expected) if a != steps[-1][1].address], text
            session.delete(stop.number)


@pytest.mark.parametrize("seed", SEEDS[1::3])
def test_watches_stop_where_the_number_changes(seed):
    for session, trace in computations(seed):
        source, unit = trace.structure.input_names[0], trace.structure.layer_names[0][0]
        for text in (
            f"w[{source}->{unit}]",
            f"b[{unit}]",
            f"z[{unit}]",
            f"delta[{unit}]",
            "E",
            "mean E",
            f"a[{source}]",
        ):
            quantity, place, _ = split_address(text)
            try:
                stop = session.add("watch", text)
            except InputError:
                continue  # not in this timeline, or nothing changes it
            old, expected = None, []
            for step in trace:
                name, where, number = split_address(step.address)
                if where != place or name not in (quantity, f"{quantity}+"):
                    continue
                if name == quantity and step.phase == "given" and quantity in "wb":
                    old = step.value
                elif step.value != old:
                    expected.append((number, step.value))
                    old = step.value
            session.restart()
            places, found = [], []
            while not session.run().end:
                value = (
                    session.here.value if split_address(session.here.address)[1] == place else session.evaluate(text)
                )
                found.append((split_address(session.here.address)[2], value))
                places.append(session.here.address)
            assert found == expected, text
            assert stops_back(session) == [a for a in reversed(places) if a != trace.steps[-1].address]
            session.delete(stop.number)


@pytest.mark.parametrize(
    "text, stops_at",
    [
        ("if w[x1->h1] > -100", [f"w+[x1->h1]@{k}" for k in range(1, 9)]),  # a weight alone means its new value
        ("if a[x1] == 1", [f"z[h1]@{k}" for k in (3, 4, 7, 8)]),
        ("if t[o1] > 0 and eta < 1", [f"z[h1]@{k}" for k in (2, 3, 6, 7)]),
        ("if a[x1]@3 > 0", ["z[h1]@3"]),
        ("E@3", ["E@3"]),
        ("E@3 if E@1 > 9", []),
        ("if E@3 > 0 or E@1 < 0", ["E@1", "E@3"][1:]),
        ("if w[x1->h1]@3 < 100", ["z[h1]@3"]),
        ("if E < 100 and E@2 < 100", [f"E@{k}" for k in range(2, 9)]),
        ("if 1/a[x2] > 0 and z[h1] < 100", [f"z[h1]@{k}" for k in range(1, 9)]),  # where it cannot be worked out too
    ],
)
def test_where_a_condition_is_tested(text, stops_at):
    session = xor(epochs=2)
    session.add("break", text)
    assert stops(session) == stops_at


def test_a_condition_that_cannot_be_worked_out_says_so():
    session = xor()
    session.add("break", "if 1/a[x2] > 0 and z[h1] < 100")
    assert (
        str(session.run().hits[0]) == "breakpoint 1: 1/a[x2] > 0 and z[h1] < 100 cannot be worked out: division by zero"
    )
    assert str(session.run().hits[0]) == "breakpoint 1: if 1/a[x2] > 0 and z[h1] < 100"


def test_a_counter_is_tested_where_it_is_known():
    session = Session(Network(1, [Layer(1)], seed=1), [[1]], [[0]], ns.Adam(0.1, schedule="inverse_time"), epochs=5)
    session.add("break", "if k > 2")
    assert stops(session) == ["scheduled eta@4", "scheduled eta@5"]
    session.add("watch", "t")
    session.restart()
    assert str(session.run().hits[0]) == "watch 2: t@1 = 1, not known before"
    assert str(session.run().hits[0]) == "watch 2: t@2: 1 -> 2"


def test_moves_stop_at_breakpoints_too():
    session = xor()
    session.add("break", "z[h2]")
    assert session.step(10).moved == 3 and session.here.address == "z[h2]@1"
    assert session.finish().hits == [] and session.here.address == "a[h2]@1"
    session.goto("E@1")
    assert session.back(10).hits[0].stop.number == 1 and session.here.address == "z[h2]@1"
    assert session.goto("E@2").address == "E@2"  # which nothing stops


def test_a_watch_tells_the_old_and_the_new():
    session = Session(
        Network(1, [Layer(1, "linear", weights=[[2.0]], bias=False)]), [[1]], [[0]], ns.SGD(0.5), epochs=3
    )
    session.add("watch", "w[x1->o1]")
    texts = [str(session.run().hits[0]) for _ in range(3)]
    assert texts == [
        f"watch 1: w+[x1->o1]@{k}: {old} -> {new}" for k, old, new in ((1, 2, 1), (2, 1, 0.5), (3, 0.5, 0.25))
    ]


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda s: s.add("break", "w[x1->h1]"), "w.x1->h1. is given, and no step computes it; did you mean 'w.*x1->h1.'"),
        (
            lambda s: s.add("break", "a[x1]"),
            "a.x1. is given, and no step computes it; stop by a condition, as in break if a.x1. > 0",
        ),
        (lambda s: s.add("break", "if z[h1]"), "z.h1. is no condition; compare it, as in z.h1. > 0"),
        (lambda s: s.add("break", "if 2 > 1"), "2 > 1 is always the same"),
        (lambda s: s.add("break", "if"), "an empty text is not an expression"),
        (lambda s: s.add("break", "if z[h9] > 1"), "unknown address 'z.h9.'; did you mean 'z.h"),
        (lambda s: s.add("break", "E@9 if E > 0"), "E@9: the passes are 1 to 4"),
        (lambda s: s.add("break", "E@0"), "E@0: the passes are 1 to 4"),
        (lambda s: s.add("watch", "eta"), "eta is given, and nothing changes it"),
        (lambda s: s.add("watch", "delta"), "delta of what. There is delta.o1., delta.h1., delta.h2."),
        (lambda s: s.add("watch", "E + 1"), "'E . 1' is not an address; one looks like"),
        (lambda s: s.delete(3), "there is no breakpoint or watch 3; there are none"),
        (lambda s: s.goto("q[h1]"), "unknown quantity 'q'"),
        (lambda s: s.evaluate("z[h1] +"), "is not an expression"),
        (lambda s: s.evaluate("z[h3]"), "unknown address 'z.h3.'; did you mean 'z.h"),
        (lambda s: s.evaluate("z"), "z of what. There is z.h1., z.h2., z.o1."),
        (lambda s: s.set("z[h3]", 1), "unknown address"),
        (lambda s: s.unset("E"), "unknown what-if 'E@1'; there are none"),
        (lambda s: s.step(0), "count must be a whole number of 1 or more, got 0"),
        (lambda s: s.back("x"), "count must be a whole number of 1 or more, got 'x'"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(call, message):
    session = xor()
    with pytest.raises(InputError, match=message):
        call(session)
    assert session.stops == session.what_ifs == {} and session.place == session.start
    assert session.add("break", "E").number == 1


# What if


@pytest.mark.parametrize("seed", SEEDS)
def test_a_what_if_shows_what_a_replay_gives(seed):
    draw = random.Random(seed)
    for session, trace in computations(seed):
        step = draw.choice(trace.steps)
        replayed = trace.replay(values={step.address: 0.25})
        if step.phase == "given" and "@" not in step.address:
            session.restart()
        else:
            session.goto(step.address)
        changes = session.set(step.address, 0.25).differences
        number = session.place[0]
        original = {step.address: step.value for step in session.original.batch(number)}
        for address, _, old, new, share in changes:
            assert (old, new) == (original[address], session.trace[address].value)
            assert share is None and old == 0 or share == (new - old) / abs(old)
        assert [change.address for change in changes] == [
            step.address for step in session.trace if step.value != original[step.address]
        ]
        for number in range(len(session.timeline)):
            for other in session.timeline.batch(number):
                assert other.value == pytest.approx(replayed[other.address].value, rel=1e-9, abs=1e-12)
        session.unset()
        assert session.what_ifs == {} and session.trace.steps == session.original.trace.steps


def test_the_place_stays_and_the_numbers_change():
    session = mazur()
    session.goto("E")
    session.set("w[x1->h1]", 1)
    assert session.here.address == "E"
    assert session.evaluate("E") == ns.built_in("mazur").trace().replay(values={"w[x1->h1]": 1.0})["E"].value
    session.set("delta[h1]", 0)
    assert session.what_ifs == {"w[x1->h1]": 1.0, "delta[h1]": 0.0}
    session.unset("w[x1→h1]")
    assert session.what_ifs == {"delta[h1]": 0.0} and session.evaluate("w[x1->h1]") == 0.15
    with pytest.raises(UnknownNameError, match="unknown what-if 'E'; choose from delta"):
        session.unset("E")


def test_a_what_if_of_a_weight_is_of_the_one_that_this_pass_reads():
    session = xor(epochs=3)
    session.goto("z[h1]@7")
    changes = session.set("w[x1->h1]", 5).differences
    assert session.what_ifs == {"w+[x1->h1]@6": 5.0} and {"E@7", "w+[x1->h1]@6"} <= {
        change.address for change in changes
    }
    session.set("eta", 0.125)
    session.goto("w+[x1->h1]@12")
    session.unset("w+[x1->h1]@6")
    assert (
        session.evaluate("E")
        == Network(2, [Layer(2), Layer(1)], seed=1).trace(*XOR, ns.SGD(0.125), epochs=3)["E@12"].value
    )


def test_a_what_if_is_compared_with_the_state_before_it():
    session = mazur()
    session.set("w[x1->h1]", 1)
    first = session.trace
    found = {change.address: change for change in session.set("b[o1]", 0).differences}
    assert "w[x1->h1]" not in found and found["E"].old == first["E"].value and found["E"].new == session.trace["E"].value
    assert not session.set("b[o1]", 0)  # it is 0 already


def test_a_what_if_that_goes_wrong_changes_nothing():
    session = Session(
        Network(1, [Layer(1, "linear", weights=[[2.0]], bias=False)]), [[1]], [[0]], ns.SGD(0.5), epochs=3
    )
    session.goto("E@2")
    for text, value in (("w[x1->o1]", 1e200), ("E", 10**400), ("eta", 1e308)):
        with pytest.raises(InputError):
            session.set(text, value)
    assert session.what_ifs == {} and session.evaluate("w[x1->o1]") == 1


# Long computations


def test_control_c_stops_a_run_where_it_is(monkeypatch):
    session, run = xor(epochs=100), Batches._run
    interrupted = [7, 20]

    def run_or_interrupt(self, number, *done):
        if number in interrupted:
            interrupted.remove(number)
            raise KeyboardInterrupt
        return run(self, number, *done)

    monkeypatch.setattr(Batches, "_run", run_or_interrupt)
    assert session.run().end == "interrupted"
    assert session.here.address == "b+[h2]@7" and session.evaluate("w[x1->h1]")
    session.add("break", "E@100")
    assert session.run().end == "interrupted" and session.here.address == "b+[h2]@20"
    assert session.run().hits and session.here.address == "E@100"
    assert session.here == Network(2, [Layer(2), Layer(1)], seed=1).trace(*XOR, ns.SGD(0.5), epochs=25)["E@100"]
    session.add("break", "E@1")
    interrupted.append(50)
    assert session.run_back().end == "interrupted" and 50 <= session.place[0] < 100
    assert session.run_back().hits and session.here.address == "E@1"
    interrupted.append(0)
    session.goto("E@90")
    with pytest.raises(KeyboardInterrupt):
        session.goto("E@1")
    assert session.here.address == "E@90" and session.step().end is None


def test_a_computation_that_blows_up_is_followed_up_to_there():
    session = Session(
        Network(1, [Layer(1, "linear", weights=[[1.0]], bias=False)]), [[1.0]], [[0.0]], ns.SGD(1e60), epochs=20
    )
    move = session.run()
    assert move.end.startswith("cannot go on: ") and "is not finite" in move.end
    last = session.here.address
    assert last.startswith("w+[x1->o1]@") and session.back(3).end is None and session.run().end == move.end
    assert session.here.address == last
    with pytest.raises(ns.NonFiniteError):
        session.goto("E@20")
    assert session.here.address == last


def test_what_is_held_of_a_long_run_stays_small():
    session = xor(epochs=500)
    session.add("watch", "E[o1]@1999")
    session.run()
    timeline = session.timeline
    assert len(timeline.batches._beginnings) < 50 and len(timeline.trace) < 100 and not session.run().hits


def test_exp_is_a_function_and_a_step_of_softmax():
    """exp(z) less its step is 0, and the steps add up to S."""
    session = Session(Network(2, [Layer(3, "softmax")], "categorical_crossentropy", seed=1), [0.5, -1], [1, 0, 0])
    session.goto("a[o1]")
    assert session.evaluate("exp(z[o1]) - exp[o1]") == 0
    assert session.evaluate("exp[o1] + exp[o2] + exp[o3] == S[o] and exp (0) == 1") is True


def test_where_and_finish_know_the_layer_of_what_softmax_units_share():
    network = Network(2, [Layer(2, "softmax"), Layer(3, "softmax")], "categorical_crossentropy", seed=1)
    session = Session(network, [0.5, -1], [1, 0, 0])
    for address, layer in (("S[h]", "layer h1 h2"), ("S[o]", "layer o1 o2 o3")):
        session.goto(address)
        assert layer in network_text(session, 100) and f"=> {address} = " in network_text(session, 100)
    session.back()
    assert [step.address for step in session.finish().way] == ["S[o]", "a[o1]", "a[o2]", "a[o3]"]


# Landmarks, and runs over batches in which nothing stops


def course(**settings):
    draw = random.Random(5)
    network = Network(2, [Layer(3, "tanh"), Layer(1)], seed=5)
    inputs = [[draw.uniform(-1, 1), draw.uniform(-1, 1)] for _ in range(7)]
    targets = [[float(a * b > 0)] for a, b in inputs]
    return Session(network, inputs, targets, ns.SGD(0.5), epochs=4, shuffle=True, **settings)


@pytest.mark.parametrize("text, pass_number", [
    ("epoch 3", 15), ("update 7", 15), ("pass 9", 9), ("epoch 1", 1), ("update 12", 28), ("  epoch   2 ", 8),
])
def test_a_landmark_leads_to_the_beginning_of_a_pass(text, pass_number):
    session = course(batch_size=3)  # updates behind passes 3, 6, 7; 10, 13, 14; ...
    session.goto("pass 20")
    session.goto(text)
    assert session.pass_number == pass_number and session.here.address == f"t[o1]@{pass_number}"
    assert session.step().way[0].address == f"z[h1]@{pass_number}"


def test_an_example_s_pass_is_found_in_the_present_epoch_or_in_another():
    session = course(numbers=[10, 20, 30, 40, 50, 60, 70])
    for epoch in (3, 1, 4):
        for number in (70, 10):
            session.goto(f"epoch {epoch} example {number}")
            inputs, _ = session.timeline.batches.plan.examples[number // 10 - 1]
            assert session.evaluate("a[x1]") == inputs[0]
            assert session.timeline.example_of(session.pass_number) == (epoch, number)
        session.goto("example 30")
        assert session.timeline.example_of(session.pass_number) == (epoch, 30)


@pytest.mark.parametrize("text, message", [
    ("epoch 5", "epoch 5: the epochs are 1 to 4"), ("update 0", "update 0: the updates are 1 to 28"),
    ("pass 29", "pass 29: the passes are 1 to 28"), ("example 8", "no example 8 goes through here; there are 7$"),
    ("epoch", "written like epoch 3, update 50, pass 7 or epoch 3 example 2, got 'epoch'"),
    ("epoch 3 4", "written like"), ("epoch x", "written like"), ("epoch 1 layer 2", "written like"),
])
def test_a_landmark_that_is_not_there_is_refused(text, message):
    session = course()
    session.goto("E@5")
    with pytest.raises(InputError, match=message):
        session.goto(text)
    assert session.here.address == "E@5"


def test_a_computation_without_updates_has_no_landmark_of_one():
    with pytest.raises(InputError, match="nothing is learnt"):
        Session(Network(1, [Layer(1)]), [[1.0], [2.0]]).goto("update 1")


STOPS = [
    "h1", "if h1 < 0.01", "if x1->h1 > 0.3 or abs(o1) < 0.01",
    "if E > 0.2", "if abs(delta) < 0.01", "if w+[x1->h2] > w[x1->h2] + 0.01", "if E > 2*E@3", "delta[h2]@9",
    "delta[h2] if E < 0.05",
    "if z[h1] > 0 and a[h2] < 0", "if mean E > 0.15", "if f'[h3] < 0.5 or t[o1] > 0.5", "if 1/delta[h1] > 100", "if a > 0.9",
    "if w[x1->h1] < 0.3", "E if E[o1] > 0.1", "if dE/dw[x1->h1] > 0.05", "if mean dE/db[h1] < 0", "if b+[o1] > b[o1]",
]
WATCHES = ["h1", "x1->h1", "E", "w[x1->h1]", "a[x1]", "b+[h1]", "delta[o1]", "mean E", "t[o1]"]


def stopped_at(session, move):
    places = []
    for _ in range(60):
        done = move()
        places.append((session.place, [str(hit) for hit in done.hits], done.end))
        if done.end:
            break
    return places


@pytest.mark.parametrize("settings", [{}, {"batch_size": 3}, {"batch_size": "all", "reduction": "sum"}])
def test_a_run_that_only_glances_stops_where_one_that_looks_at_every_step_does(monkeypatch, settings):
    for number, text in enumerate([*STOPS, *WATCHES]):
        found = []
        for looks in (True, False):
            session = course(**settings)
            try:
                session.add("break" if number < len(STOPS) else "watch", text)
            except InputError:
                continue  # of a batch, and there is none, or the other way round
            if looks:
                monkeypatch.setattr(type(session._glance), "may_stop", lambda self, number, stops: True)
            forward = stopped_at(session, session.run)
            session.set("w[x1->h3]@5", 0.7)
            found.append([forward, stopped_at(session, session.run_back), stopped_at(session, session.run)])
            monkeypatch.undo()
        assert not found or found[0] == found[1], text


def test_units_and_connections_stand_for_addresses_everywhere():
    session = mazur()
    assert session.goto("h1").address == "delta[h1]" == session.here.address
    session.goto("w+[x2->h2]")
    for short, full in [("h1", "delta[h1]"), ("x1", "a[x1]"), ("x1→h1", "w[x1->h1]"), ("x1 -> h1", "w[x1->h1]"),
                        ("h1->o1", "w[h1->o1]"), ("2*h1 - x1->h1", "2*delta[h1] - w[x1->h1]"), ("abs(h2)", "abs(delta[h2])"),
                        ("w+[x1->h1] - x1->h1", "w+[x1->h1] - w[x1->h1]")]:
        assert session.evaluate(short) == session.evaluate(full)
    session.set("x1->h1", 0.5)
    assert session.what_ifs == {"w[x1->h1]": 0.5}
    session.unset("x1->h1")
    assert session.explain("x1->h1").step.address == "w[x1->h1]" and session.explain("h1").step.address == "delta[h1]"


def test_a_quantity_goes_before_a_unit_of_its_name():
    network = Network(["z", "exp"], [Layer(1, "sigmoid", names=["E"])], seed=1)
    session = Session(network, [1.0, 2.0], [1.0])
    session.goto("E")
    assert session.evaluate("E") == session.evaluate("E[E]") and session.evaluate("exp(z[E])") > 0
    assert session.add("break", "if z > 0").at == {"z[E]"}
    assert session.evaluate("exp") == 2.0 and session.evaluate("z->E") == session.evaluate("w[z->E]")


def test_an_unknown_address_keeps_the_number_of_its_pass():
    session = Session(Network(2, [Layer(2), Layer(1)], seed=1), [[1, 0]] * 4, [[1]] * 4, ns.SGD(0.1))
    for text, message in [("z[h9]@3", "unknown address 'z[h9]@3'; did you mean 'z[h1]@3', 'z[h2]@3' or 'z[o1]@3'?"),
                          ("x1->h9@3", "unknown address 'w[x1->h9]@3'; did you mean 'w[x1->h1]@3', 'w[x1->h2]@3' or "
                                       "'w[x2->h1]@3'?"),
                          ("z@3", "z@3 of what? There is z[h1]@3, z[h2]@3, z[o1]@3")]:
        with pytest.raises(InputError) as caught:
            session.goto(text)
        assert str(caught.value) == message
