"""The life of a unit: deaths, saturation, changes of sign and twins, at updates that were worked out by hand."""

import concurrent.futures
import json
import random
import re
import shlex

import pytest
from parameters import bits
from random_networks import PAIRS, random_network, targets_for
from xor import XOR, xor_network

import neurosim as ns
from neurosim import SGD, History, InputError, Layer, LossBelow, Momentum, Network, NonFiniteError, UnknownNameError
from neurosim.health.life import Event, Life
from neurosim.health.upstream import Moment, cause
from neurosim.training.checkpoint import checkpoint, resume


def relu_network(bias=True):
    hidden = Layer(1, "relu", weights=[[1.0]], biases=[0.0]) if bias else Layer(1, "relu", weights=[[1.0]], bias=False)
    return Network(1, [hidden, Layer(1, "linear", weights=[[1.0]], bias=False)])


def story(history, name):
    return [(e.epoch, e.examples, e.update, e.event, e.address, e.before, e.after) for e in history.life(name).events]


def test_a_huge_step_on_the_second_example_kills_a_relu_unit():
    """The first example has no error. The second: a = 2, error 3, so w becomes 1 - 3 * 2 and b 0 - 3; v likewise -5."""
    net = relu_network()
    history = net.fit([[1], [2], [3]], [[1], [-1], [0]], epochs=2, optimizer=SGD(1), shuffle=False, record=["h1"])
    assert story(history, "h1") == [
        (1, (2,), 2, "changed its sign", "w[x1->h1]", 1.0, -5.0),
        (1, (2,), 2, "changed its sign", "w[h1->o1]", 1.0, -5.0),
        (1, (2,), 2, "died", "w[x1->h1]", 1.0, -5.0),
    ]
    assert history.life("h1").events[-1].flat == (0, 3, 3)
    assert history.life("h1").text(width=1000) == (
        "h1, recorded in epochs 1 to 2:\n"
        "  epoch 1, example 2 (update 2): w[x1->h1] changed its sign: it went from 1.000000 to -5.000000\n"
        "  epoch 1, example 2 (update 2): w[h1->o1] changed its sign: it went from 1.000000 to -5.000000\n"
        "  epoch 1, example 2 (update 2): h1 died: z <= 0 on 3 of 3 examples, before on 0;"
        " w[x1->h1] went from 1.000000 to -5.000000"
    )


@pytest.mark.parametrize("fatal", range(1, 12))
def test_the_fatal_example_is_found_wherever_it_stands(fatal):
    inputs = [[2 if number == fatal else 1] for number in range(1, 12)]
    targets = [[-1 if number == fatal else 1] for number in range(1, 12)]
    net = relu_network(bias=False)
    history = net.fit(inputs, targets, optimizer=SGD(1), shuffle=False, record=["h1"])
    died = [event for event in history.life("h1").events if event.event == "died"]
    assert [(event.update, event.examples) for event in died] == [(fatal, (fatal,))]


def test_the_fatal_batch_is_found():
    """Batches of two: the second has the examples 3 and 4, whose mean gradient is (0 + 6) / 2."""
    inputs, targets = [[1], [1], [1], [2], [1]], [[1], [1], [1], [-1], [1]]
    history = relu_network(bias=False).fit(
        inputs, targets, optimizer=SGD(1), shuffle=False, batch_size=2, record=["h1"]
    )
    assert story(history, "h1")[-1] == (1, (3, 4), 2, "died", "w[x1->h1]", 1.0, -2.0)
    assert "epoch 1, a batch of 2 examples (3, 4) (update 2)" in str(history.life("h1"))


def test_a_dead_unit_is_revived_by_weight_decay():
    """w = -1 gets no gradient, but with eta = 1 and l2 = 2 the decay alone makes it -1 + 2."""
    net = Network(1, [Layer(1, "relu", weights=[[-1.0]], bias=False), Layer(1, "linear", weights=[[1.0]], bias=False)])
    history = net.fit([[1]], [[0]], optimizer=SGD(1, l2=2), record=["h1"])
    dead, flipped, left, revived = history.life("h1").events
    assert (dead.epoch, dead.examples, dead.update, dead.event, dead.flat) == (0, (), 0, "died", (None, 1, 1))
    assert (flipped.address, left.address) == ("w[x1->h1]", "w[h1->o1]")
    assert revived == (1, (1,), 1, "revived", "w[x1->h1]", -1.0, 1.0, (1, 0, 1), None)
    assert "before epoch 1: h1 was dead: z <= 0 on 1 of 1 examples\n" in str(history.life("h1"))


def test_a_sigmoid_unit_saturates():
    """a = 1/2, the error is 1 and comes back over v = 100: delta = 100 / 4, so that z falls from 0 to -50."""
    net = Network(1, [Layer(1, "sigmoid", weights=[[0.0]]), Layer(1, "linear", weights=[[100.0]], bias=False)])
    history = net.fit([[1]], [[49]], optimizer=SGD(1), record=["h1", "o1"])
    assert history.life("h1").events == [(1, (1,), 1, "saturated", "w[x1->h1]", 0.0, -25.0, (0, 1, 1), None)]
    assert history.life("o1").events == [] and str(history.life("o1")) == "o1, recorded in epoch 1: nothing"


def test_a_weight_that_passes_through_0_changes_its_sign_where_it_comes_out():
    """w goes 1, 0, 0, -1: with x = 1 and eta = 1 it is the target at once."""
    net = Network(1, [Layer(1, "linear", weights=[[1.0]], bias=False)])
    history = net.fit([[1]] * 4, [[0], [0], [-1], [0]], optimizer=SGD(1), shuffle=False, record=["o1"])
    assert story(history, "o1") == [(1, (3,), 3, "changed its sign", "w[x1->o1]", 0.0, -1.0)]


def twins_to_be(seed=None):
    return Network(1, [Layer(2, "linear", weights=[[1.0], [2.0]], bias=False),
                       Layer(1, "linear", weights=[[3.0, 4.0]], bias=False)])


def test_two_units_become_twins():
    """The output is 11 and the error 1: w becomes 1 - 3 and 2 - 4, v becomes 3 - 1 and 4 - 2."""
    net = twins_to_be()
    history = net.fit([[1]], [[10]], epochs=2, optimizer=SGD(1), record=["h1"])
    assert net["h1"].weights == net["h2"].weights
    events = [event for event in story(history, "h1") if "sign" not in event[3]]
    assert events == [(1, (1,), 1, "became a twin of", "h2", None, None)]
    again = net.fit([[1]], [[10]], optimizer=SGD(1), record=["h2"])
    assert again.life("h2").events[0][:5] == (0, (), 0, "became a twin of", "h1")
    assert "before epoch 1: h2 was a twin of h1" in str(again.life("h2"))


@pytest.mark.parametrize("biases, outgoing", [([0.0, 1.0], [1.0, 1.0]), ([0.0, 0.0], [1.0, 2.0])])
def test_units_with_another_bias_or_other_weights_out_are_no_twins(biases, outgoing):
    net = Network(1, [Layer(2, "tanh", weights=[[1.0], [1.0]], biases=biases), Layer(1, weights=[outgoing])])
    history = net.fit([[1]], [[0]], epochs=2, record=["h1", "h2"])
    assert history.life("h1").events == history.life("h2").events == []


def test_what_was_already_told_is_not_told_again():
    net = relu_network()
    net["h1"].weights = [-1.0]
    optimizer = SGD(0.1)
    first = net.fit([[1], [2]], [[1], [1]], optimizer=optimizer, record=["h1"])
    longer = net.fit([[1], [2]], [[1], [1]], optimizer=optimizer, record=["h1"], history=first)
    assert [event.event for event in longer.life("h1").events] == ["died"] and longer.life("h1").epochs == [[1, 2]]


def test_momentum_parts_twins():
    """Twins whose pasts are not the same: the velocity of the first update goes on, -3 and -4 times 0.9."""
    net = twins_to_be()
    history = net.fit([[1]], [[10]], epochs=2, optimizer=Momentum(1), record=["h1"])
    assert [e[:5] for e in story(history, "h1") if e[4] == "h2"] == [
        (1, (1,), 1, "became a twin of", "h2"), (2, (1,), 2, "parted from", "h2"),
    ]


# Upstream


def chain(below, *weights):
    """x1 -> h1.1 -> h2.1 -> ... -> o1, without biases; the lowest unit of this activation, the others relu."""
    layers = [Layer(1, "relu", weights=[[weight]], bias=False) for weight in weights[1:-1]]
    return Network(1, [Layer(1, below, weights=[[weights[0]]], bias=False), *layers,
                       Layer(1, "linear", weights=[[weights[-1]]], bias=False)])


@pytest.mark.parametrize("below, what", [("relu", "died"), ("linear", None)])
def test_a_unit_that_dies_because_the_one_below_does(below, what):
    """a = 0.1 throughout, and t = -0.9, so the error is 1: w[x1->h1.1] falls by eta * 1 * 1 * x to -0.4, and h1.1 gives
    0 (or -0.4). w[h1.1->h2.1] falls by eta * 0.1 to 0.95: by itself it would leave z[h2.1] at 0.095.
    """
    history = chain(below, 0.1, 1.0, 1.0).fit([[1]], [[-0.9]], optimizer=SGD(0.5), record=["h1.1", "h2.1"])
    (died,) = [event for event in history.life("h2.1").events if event.event == "died"]
    assert died[4:] == ("w[x1->h1.1]", 0.1, pytest.approx(-0.4), (0, 1, 1), ("h1.1", what))
    text = history.life("h2.1").text(width=1000, decimals=1)
    assert (f"h2.1 died: z <= 0 on 1 of 1 examples, before on 0; not by its own weights: h1.1, which it reads, "
            f"{what or 'changed most'}; w[x1->h1.1] went from 0.1 to -0.4") in text
    assert all(event.upstream is None for event in history.life("h1.1").events)


def test_a_unit_that_dies_by_its_own_weight_though_the_one_below_changes_too():
    """The error is 1, and a[h1.1] = 2: w[h1.1->h2.1] goes from 0.5 to 0.5 - 0.5 * 2, w[x1->h1.1] from 2 to 2 - 0.5 * 0.5."""
    history = chain("relu", 2.0, 0.5, 1.0).fit([[1]], [[0]], optimizer=SGD(0.5), record=["h2.1"])
    (died,) = [event for event in history.life("h2.1").events if event.event == "died"]
    assert died[4:] == ("w[h1.1->h2.1]", 0.5, -0.5, (0, 1, 1), None)


def test_where_either_would_do_the_own_weight_is_named():
    moments = [Moment(net, [[1.0]]) for net in (chain("relu", 1.0, 1.0, 1.0), chain("relu", -1.0, -2.0, 1.0))]
    assert cause(chain("relu", 1.0, 1.0, 1.0), "h2.1", *moments) == ("w[h1.1->h2.1]", 1.0, -2.0, None)


def test_where_the_unit_below_has_not_changed_itself_the_weight_is_further_down():
    before, after = chain("relu", 1.0, 2.0, 3.0, 4.0), chain("relu", -1.0, 2.0, 3.0, 4.0)
    moments = [Moment(net, [[1.0], [2.0]]) for net in (before, after)]
    assert cause(before, "h3.1", *moments) == ("w[x1->h1.1]", 1.0, -1.0, ("h2.1", "died"))
    assert cause(before, "h3.1", *moments[::-1]) == ("w[x1->h1.1]", -1.0, 1.0, ("h2.1", "revived"))
    assert cause(before, "h1.1", *moments) == ("w[x1->h1.1]", 1.0, -1.0, None)


def test_of_several_units_below_the_one_whose_term_changed_most_is_named():
    """a[h1.1] falls by 1 and counts 1 time, a[h1.2] by 0.9 and counts twice; a[h1.3] does not change."""
    def net(first, second):
        lowest = Layer(3, "linear", weights=[[first], [second], [0.0]], bias=False)
        return Network(1, [lowest, Layer(1, "relu", weights=[[1.0, 2.0, 50.0]], bias=False), Layer(1, "linear")], seed=1)

    moments = [Moment(one, [[1.0]]) for one in (net(1.0, 0.5), net(0.0, -0.4))]
    assert cause(net(1.0, 0.5), "h2.1", *moments) == ("w[x1->h1.2]", 0.5, -0.4, ("h1.2", None))


def test_an_upstream_cause_survives_a_checkpoint_and_older_ones_are_read():
    net, optimizer = chain("relu", 0.1, 1.0, 1.0), SGD(0.5)
    history = net.fit([[1]], [[-0.9]], optimizer=optimizer, record=["h2.1"])
    entry = json.loads(json.dumps(checkpoint(net, optimizer, history)))
    assert resume(entry, net, optimizer).life("h2.1") == history.life("h2.1")
    for event in entry["lives"]["h2.1"]["events"]:
        del event[-1]
    events = resume(entry, net, optimizer).life("h2.1").events
    assert events == [event._replace(upstream=None) for event in history.life("h2.1").events]


# Recording changes nothing


@pytest.mark.parametrize("output, loss", PAIRS[::5])
def test_recording_changes_nothing_of_the_training(output, loss, seeds):
    for seed in seeds:
        results = []
        for record in (False, True):
            net, example, _ = random_network(seed, output, loss)
            draw = random.Random(seed)
            inputs = [[draw.uniform(-1, 1) for _ in example] for _ in range(7)]
            targets = [targets_for(draw, net) for _ in range(7)]
            names = [name for names in net.layer_names for name in names] if record else ()
            optimizer = draw.choice([SGD(0.5), Momentum(0.1), SGD(0.3, "sequential")])
            size = 1 if optimizer.order == "sequential" else draw.choice([1, 3, "all"])
            try:
                history = net.fit(inputs, targets, 6, size, optimizer, metrics=["mse"], record=names)
            except NonFiniteError as error:  # recorded or not, it is the same number
                results.append((bits(net), str(error)))
                continue
            for name in names:
                assert str(history.life(name)).startswith(name)
                updates = [event.update for event in history.life(name).events]
                assert updates == sorted(updates) and max(updates, default=0) <= optimizer.updates
            after = [(n.inputs, n.net_input, n.delta) for layer in net.layers for n in layer.neurons]
            results.append((bits(net), history.columns, optimizer.updates, list(optimizer.memory.values()), after))
        assert results[0] == results[1]


def true_states(net, names, inputs):
    """By the definition: whether each relu unit has z <= 0 on all inputs."""
    states = dict.fromkeys(names, True)
    for example in inputs:
        net.forward(example)
        for name in names:
            states[name] &= net[name].net_input <= 0
    return states


def test_deaths_agree_with_looking_at_all_examples_after_every_update(seeds):
    """Another way to the same: single examples by hand, all of them looked at after each."""
    deaths = 0
    for seed in range(5 * len(seeds)):
        draw = random.Random(seed)
        inputs = [[draw.uniform(-1, 1) for _ in range(2)] for _ in range(9)]
        targets = [[draw.uniform(-2, 2)] for _ in inputs]
        nets = [Network(2, [Layer(3, "relu"), Layer(2, "relu"), Layer(1, "linear")], seed=seed) for _ in range(2)]
        names = [name for layer in nets[0].layer_names[:2] for name in layer]
        history = nets[0].fit(inputs, targets, 4, optimizer=SGD(0.6), shuffle=False, record=names)
        states = [true_states(nets[1], names, inputs)]
        for _ in range(4):
            for example, target in zip(inputs, targets):
                nets[1].forward(example)
                nets[1].backward(target)
                nets[1].update(SGD(0.6))
                states.append(true_states(nets[1], names, inputs))
        for name in names:
            for event in history.life(name).events:
                if event.event in ("died", "revived") and event.examples:
                    deaths += 1
                    assert states[event.update][name] == (event.event == "died") != states[event.update - 1][name]
            at_the_ends = [states[9 * epoch][name] for epoch in range(5)]
            changes = sum(a != b for a, b in zip(at_the_ends, at_the_ends[1:]))
            assert changes == sum(e.event in ("died", "revived") and bool(e.examples) for e in history.life(name).events)
    assert deaths > 3


# Batches, restarts, executors, schedules, continuing and saving


def test_restarts_tell_the_life_of_the_attempt_that_is_kept():
    results = []
    for executor in (None, concurrent.futures.ThreadPoolExecutor(1)):
        net = xor_network(hidden=2)
        history = net.fit(*XOR, epochs=30, optimizer=Momentum(0.3), restarts=3, stop=LossBelow(0.2), executor=executor,
                          record=["h1", "h2"])
        assert history.life("h1").epochs == [[1, len(history)]]
        results.append([history.life(name).describe() for name in ("h1", "h2")])
    assert results[0] == results[1] and results[0][0]["events"]


def test_a_life_comes_back_from_another_process():
    with concurrent.futures.ProcessPoolExecutor(1) as executor:
        lives = []
        for used in (None, executor):
            net = xor_network(hidden=2)
            history = net.fit(*XOR, epochs=5, restarts=1, stop=LossBelow(1e-9), executor=used, record=["h1"])
            lives.append(history.life("h1").describe())
    assert lives[0] == lives[1]


@pytest.mark.parametrize("schedule", ["constant", {"name": "exponential", "factor": 0.99}])
def test_a_life_continues_and_survives_a_checkpoint(schedule, tmp_path):
    def optimizer():
        return Momentum(0.2, schedule=schedule)

    whole = xor_network().fit(*XOR, epochs=30, optimizer=optimizer(), record=["h1", "h2"])
    net, first_optimizer = xor_network(), optimizer()
    first = net.fit(*XOR, epochs=12, optimizer=first_optimizer, record=["h1", "h2"])
    entry = json.loads(json.dumps(checkpoint(net, first_optimizer, first)))
    before = first.life("h1").describe()
    second_optimizer = optimizer()
    resumed = resume(entry, net, second_optimizer)
    assert resumed.life("h1").describe() == before and resumed.life("h1").events == first.life("h1").events
    longer = net.fit(*XOR, epochs=18, optimizer=second_optimizer, history=resumed, record=["h1", "h2"])
    for name in ("h1", "h2"):
        assert longer.life(name).events == whole.life(name).events and longer.life(name).epochs == [[1, 30]]
    assert resumed.life("h1").describe() == before  # what is continued stays as it is


def test_two_histories_are_put_together():
    net = Network(1, [Layer(1, "linear", weights=[[1.0]], bias=False)])
    examples, settings = ([[1], [1]], [[-1], [1]]), {"optimizer": SGD(1), "shuffle": False}  # the weight goes -1, 1, ...
    first = net.fit(*examples, epochs=3, record=["o1"], **settings)
    gap = net.fit(*examples, epochs=2, **settings)
    last = net.fit(*examples, epochs=3, record=["o1"], **settings)
    life = (first + gap + last).life("o1")
    assert life.epochs == [[1, 3], [6, 8]]
    assert [event.epoch for event in life.events] == [1, 1, 2, 2, 3, 3, 6, 6, 7, 7, 8, 8]
    assert [event.update for event in life.events] == [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]
    assert str(life).startswith("o1, recorded in epochs 1 to 3, epochs 6 to 8")


def test_a_long_story_is_shortened():
    net = Network(1, [Layer(1, "linear", weights=[[1.0]], bias=False)])
    history = net.fit([[1], [1]], [[-1], [1]], epochs=50, optimizer=SGD(1), shuffle=False, record=["o1"])
    life = history.life("o1")
    assert len(life) == 100 and len(str(life).splitlines()) == 42 and "... 60 more ..." in str(life)
    assert len(life.text(most=None).splitlines()) == 101


def test_an_interrupted_epoch_is_not_recorded():
    class Interrupting(SGD):
        def new_bias(self, neuron):
            if self.updates == 10:
                raise KeyboardInterrupt
            return super().new_bias(neuron)

    history = xor_network().fit(*XOR, epochs=5, optimizer=Interrupting(0.3), record=["h1"])
    assert history.stopped_by == "interrupted" and history.life("h1").epochs == [[1, 2]]
    assert all(event.epoch <= 2 for event in history.life("h1").events)


# On the command line, and bad input


def test_train_tells_the_life_at_the_end(run, tmp_path):
    problem = ns.Problem(relu_network(), [[1], [2], [3]], [[1], [-1], [0]], SGD(1))
    problem.save(tmp_path / "p.json")
    status, out, _ = run("train", str(tmp_path / "p.json"), "--epochs", "2", "--record", "h1,o1")
    assert status == 0 and "h1 died: z <= 0 on 3 of 3 examples" in out and "\no1, recorded in epochs 1 to 2:" in out


def test_a_life_goes_by_the_rows_of_a_data_file(run, tmp_path):
    """The fatal row is the fourth; the second misses a cell. In a file of the network's own examples they count from 1."""
    data = tmp_path / "d.csv"
    data.write_text("x,t\n1,1\n,1\n1,1\n2,-9\n1,1\n1,1\n1,1\n")
    command = ["--missing", "drop", "--layers", "1", "--activation", "relu", "--scaling", "none", "--target-scaling", "none",
               "--epochs", "1", "--learning-rate", "0.5", "--seed", "5", "--test-share", "0", "--record", "h1"]
    status, out, _ = run("train", str(data), *command)
    assert status == 0 and "epoch 1, example 4 (update " in next(line for line in out.splitlines() if "h1 died" in line)


@pytest.mark.parametrize("shuffle", ["yes", "no"])
@pytest.mark.parametrize("source", ["data", "problem"])
def test_the_debugger_is_led_to_the_fatal_update(run, tmp_path, source, shuffle):
    """There the weight that changed most goes from the one value to the other that the life tells."""
    data, problem = tmp_path / "d.csv", tmp_path / "p.json"
    data.write_text("x,t\n1,1\n,1\n1,1\n2,-9\n1,1\n1,1\n1,1\n")
    hidden = Layer(1, "relu", weights=[[0.9]])
    ns.Problem(Network(1, [hidden, Layer(1, "linear", weights=[[0.8]])], seed=3), [[1], [1], [2], [1]],
               [[1], [1], [-9], [1]]).save(problem)
    command = {"problem": [str(problem)], "data": [
        str(data), "--missing", "drop", "--layers", "1", "--activation", "relu", "--scaling", "none", "--target-scaling",
        "none", "--seed", "5", "--test-share", "0"]}[source]
    out = run("train", *command, "--epochs", "3", "--learning-rate", "0.5", "--record", "h1", "--shuffle", shuffle)[1]
    before, after = re.search(r"h1 died: .*? went\s+from (\S+) to (\S+)\n", out, re.DOTALL).groups()
    address, update = re.search(r"\(update (\d+)\): h1 died: .*?(\w\[\S+\])", out, re.DOTALL).group(2, 1)
    words = shlex.split(re.search(r"^next: neurosim (.*)", out, re.MULTILINE | re.DOTALL)[1].replace("\\\n", ""))
    assert words[:2] == ["debug", command[0]] and words[-2:] == ["--update", update]
    new = address.replace("[", "+[", 1)
    status, out, err = run(*words, "--command", f"print {address}", "--command", f"goto {new}", "--command", f"print {new}")
    values = [float(value) for value in re.findall(r"^[wb]\+?\[.* = (\S+)$", out, re.MULTILINE)]
    assert (status, err) == (0, "") and values == pytest.approx([float(before), float(after)], rel=1e-5)


def test_a_life_renumbered():
    life = Life("h1", [Event(1, (1, 3), 2, "died", flat=(0, 3, 3)), Event(0, (), 0, "died", flat=(None, 3, 3))], [[1, 1]])
    assert [event.examples for event in life.renumbered([4, 8, 15]).events] == [(4, 15), ()]
    assert life.renumbered(None) == life == life.renumbered([1, 2, 3])


def test_train_resumes_a_life(run, tmp_path):
    whole, parts = tmp_path / "whole.json", tmp_path / "parts.json"
    data = tmp_path / "d.csv"
    data.write_text("a,b,c\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n1,2,1\n")
    command = ["train", str(data), "--layers", "3", "--activation", "relu", "--learning-rate", "0.5", "--record", "h1,h2"]
    run(*command, "--save", str(whole), "--epochs", "20")
    run(*command, "--save", str(parts), "--epochs", "8")
    assert run(*command, "--save", str(parts), "--epochs", "20", "--resume")[0] == 0
    first, second = json.loads(whole.read_text()), json.loads(parts.read_text())
    assert first["training"].pop("settings") != second["training"].pop("settings")  # it was to end after 8
    assert first == second and set(first["training"]["lives"]) == {"h1", "h2"}


@pytest.mark.parametrize(
    "record, message",
    [
        (["h9"], "unknown unit 'h9'"), (["H1"], "unknown unit 'H1'; did you mean 'h1'"), (["x1"], "'x1' is an input"),
        (3, "record: expected a list of names of units, got 3"),
        ([3], "record: expected names of units, got 3"), ([[1]], r"record: expected names of units, got \[1\]"),
    ],
)
def test_what_cannot_be_recorded_is_refused(record, message):
    net = xor_network()
    before = bits(net)
    with pytest.raises(InputError, match=message):
        net.fit(*XOR, record=record)
    assert bits(net) == before


def test_a_life_that_was_not_recorded():
    with pytest.raises(InputError, match=r"no unit was recorded; train with fit\(..., record=\['h2'\]\)"):
        xor_network().fit(*XOR).life("h2")
    with pytest.raises(UnknownNameError, match="unknown recorded unit 'h2'; choose from h1"):
        xor_network().fit(*XOR, record=["h1"]).life("h2")
    with pytest.raises(InputError, match="no unit was recorded"):
        History().life("h1")


def test_bad_recordings_on_the_command_line(run):
    assert run("train", "goodfellow-xor", "--record", "h7") == (
        2, "", "neurosim: error: unknown unit 'h7'; choose from h1, h2, o1\n")
    status, _, error = run("train", "goodfellow-xor", "--record", "h1", "--format", "json")
    assert status == 2 and "--record tells a story, which --format json has no place for" in error


@pytest.mark.parametrize(
    "lives, message",
    [
        (5, "training.lives: expected an object in braces, got 5"),
        ({"h1": {"epochs": []}}, "training.lives.h1: the key 'events' is missing"),
        ({"h1": {"epochs": [[1]], "events": []}}, "training.lives.h1.epochs: expected 2 numbers, got 1"),
        ({"h1": {"epochs": [], "events": [[1]]}}, r"training.lives.h1.events\[0\]: expected epoch, examples"),
        (
            {"h1": {"epochs": [], "events": [[1, [1], 1, "died", None, None, None, [1]]]}},
            r"training.lives.h1.events\[0\]: three counts go",
        ),
        (
            {"h1": {"epochs": [], "events": [[1, [1], 1, "changed its sign", "b", "x", 1, None]]}},
            "expected a number, got 'x'",
        ),
        (
            {"h1": {"epochs": [], "events": [[1, [1], 1, "changed its sign", "b", 1, None, None]]}},
            "expected an address, before and",
        ),
        (
            {"h1": {"epochs": [], "events": [[1, [1], 1, "died", None, None, None, [0, 1, 1], ["h2", "flew"]]]}},
            r"events\[0\].upstream: expected a unit and an event, got \['h2', 'flew'\]",
        ),
        (
            {"h1": {"epochs": [], "events": [[1, [1], 1, "flew", None, None, None, None]]}},
            r"unknown event in training.lives.h1.events\[0\] 'flew'",
        ),
    ],
)
def test_a_broken_life_in_a_checkpoint_is_refused(lives, message):
    net, optimizer = xor_network(), SGD(0.1)
    entry = {**checkpoint(net, optimizer, net.fit(*XOR, optimizer=optimizer)), "lives": lives}
    with pytest.raises(InputError, match=message):
        resume(entry, net, optimizer)
