"""A training, a checkpoint, a history and an update that are interrupted at any of their lines are whole or not begun."""

import copy
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from interruptions import Interrupting, lines_of, places
from parameters import bits
from xor import XOR

import neurosim as ns
from neurosim import SGD, Adam, History, Layer, LossBelow, Momentum, Network, Patience, WeightChangeBelow
from neurosim.core.guards import done_or_put_back
from neurosim.health.life import Event
from neurosim.problems.problem_file import Problem
from neurosim.training.checkpoint import checkpoint, resume

EPOCHS = 2
TRAININGS = {
    "plain": (SGD, {}),
    "one after the other": (lambda: SGD(0.1, "sequential"), {"shuffle": False}),
    "momentum and validation": (Momentum, {"validation": XOR, "metrics": ["accuracy"]}),
    "Adam in batches": (Adam, {"batch_size": 3, "stop": [Patience(2), WeightChangeBelow(1e-9)]}),
    "clipped, with records": (lambda: SGD(0.5, clip_norm=0.1), {"record": ["h1"], "batch_size": "all"}),
    "records and validation": (SGD, {"record": ["h1"], "validation": (XOR[0][:2], XOR[1][:2])}),
}


def start(make_optimizer):
    """A network, an optimizer and an empty history."""
    return Network(2, [Layer(2, "relu"), Layer(1)], "binary_crossentropy", seed=3), make_optimizer(), History()


def state(network, optimizer, history):
    """All that a training changes and that the next epoch depends on."""
    neurons = [neuron for layer in network.layers for neuron in layer.neurons]
    memory = [optimizer.memory.get((neuron, part)) for neuron in neurons for part in ("weights", "bias")]
    lives = {name: life.describe() for name, life in history.lives.items()}
    numbers = copy.deepcopy((bits(network), memory, history.columns, lives))
    return numbers, optimizer.updates, network.random.getstate(), history.weight_change


def interrupted(call, at, later=0):
    """What the call returns, or None if it was interrupted before there was anything."""
    with Interrupting(at, later):
        try:
            return call()
        except KeyboardInterrupt:
            return None


@pytest.mark.parametrize("kind", TRAININGS)
def test_a_training_that_was_interrupted_goes_on_to_the_numbers_of_the_unbroken_one(kind, request):
    make_optimizer, settings = TRAININGS[kind]

    def train(network, optimizer, history):
        epochs = EPOCHS - len(history)
        return network.fit(*XOR, epochs=epochs, optimizer=optimizer, history=history, **settings)

    network, optimizer, history = start(make_optimizer)
    whole = state(network, optimizer, train(network, optimizer, history))
    assert len(whole[0][2]["loss"]) == EPOCHS
    for line in places(lines_of(lambda: train(*start(make_optimizer))), request, 97):
        network, optimizer, history = start(make_optimizer)
        before = state(network, optimizer, history)
        so_far = interrupted(lambda: train(network, optimizer, history), line)
        assert so_far is not None or state(network, optimizer, history) == before, line
        history = so_far or history
        if len(history) < EPOCHS:
            history = train(network, optimizer, history)
        assert state(network, optimizer, history) == whole, line


@pytest.mark.parametrize("kind", ["momentum and validation", "clipped, with records"])
def test_a_second_interruption_changes_nothing_of_that(kind, request):
    make_optimizer, settings = TRAININGS[kind]

    def train(network, optimizer):
        return network.fit(*XOR, epochs=EPOCHS, optimizer=optimizer, **settings)

    whole = [start(make_optimizer) for _ in range(EPOCHS + 1)]
    known = []
    for epochs, (network, optimizer, history) in enumerate(whole):
        if epochs:
            network.fit(*XOR, epochs=epochs, optimizer=optimizer, **settings)
        known.append(state(network, optimizer, history)[0][:2])
    lines, second = places(lines_of(lambda: train(*start(make_optimizer)[:2])), request, 301, 13), 0
    for line in lines:
        for later in (1, 4, 9):
            network, optimizer, history = start(make_optimizer)
            with Interrupting(line, later) as twice, suppress(KeyboardInterrupt):
                train(network, optimizer)
            second += twice.times == 2
            assert state(network, optimizer, history)[0][:2] in known, (line, later)
    assert second > len(lines)  # of three times as many


@pytest.mark.parametrize("kind", TRAININGS)
def test_a_progress_that_catches_the_interruption_can_go_on_with_the_same_run(kind, request):
    make_optimizer, settings = TRAININGS[kind]

    def going_on(epochs):
        while len(epochs):
            try:
                for run in epochs:
                    yield run
            except KeyboardInterrupt:
                pass

    def train(network, optimizer):
        return network.fit(*XOR, epochs=EPOCHS, optimizer=optimizer, progress=going_on, **settings)

    network, optimizer, _ = start(make_optimizer)
    whole = state(network, optimizer, train(network, optimizer))
    lines, went_on = places(lines_of(lambda: train(*start(make_optimizer)[:2])), request, 211, 7), 0
    for line in lines:
        network, optimizer, _ = start(make_optimizer)
        history = interrupted(lambda: train(network, optimizer), line)
        if history is not None and history.stopped_by != "interrupted":
            assert state(network, optimizer, history) == whole, line
            went_on += 1
    assert went_on > len(lines) / 2


def test_a_training_that_ends_in_a_number_that_is_not_finite_says_so_or_was_interrupted():
    def start():
        return Network(1, [Layer(1, "linear", weights=[[1.0]], biases=[0.0])], seed=1)

    def train(network):
        try:
            return network.fit([[1.0], [1e160]], [[2.0], [3.0]], shuffle=False)
        except (ns.NonFiniteError, KeyboardInterrupt) as error:  # also one that comes while the other is on its way out
            return "not finite" if ns.NonFiniteError in map(type, (error, error.__context__)) else None

    network = start()
    assert train(network) == "not finite" and bits(network) != bits(start())
    for line in range(1, lines_of(lambda: train(start())) + 1):
        network = start()
        ended = interrupted(lambda: train(network), line)
        assert ended == "not finite" or bits(network) == bits(start()), line
        assert ended in ("not finite", None) or (ended.stopped_by, len(ended)) == ("interrupted", 0), line


def test_putting_back_that_is_interrupted_begins_again():
    began = []

    class Before:
        def put_back(self):
            began.append(len(began))
            if len(began) == 1:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        done_or_put_back(Before(), lambda: 1 / 0)
    assert len(began) == 2


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a file that nobody has closed any more
@pytest.mark.parametrize("kind", ["plain", "Adam in batches", "records and validation"])
def test_a_file_that_is_written_while_training_is_a_whole_epoch_wherever_it_is_interrupted(kind, request, tmp_path):
    make_optimizer, settings = TRAININGS[kind]

    def session(path):
        """Go on from the file, if it is there, as somebody does who types the command again."""
        network, optimizer, history = start(make_optimizer)
        problem = Problem(network, optimizer=optimizer)
        if path.exists():
            network = problem.network = ns.load(path).network
            history = resume(ns.load(path).training, network, optimizer)

        def save(history):
            problem.training = checkpoint(network, optimizer, history)
            problem.save(path)

        def progress(epochs):
            for run in epochs:
                save(run.history_so_far())
                yield run

        if len(history) < EPOCHS:
            network.fit(
                *XOR, epochs=EPOCHS - len(history), optimizer=optimizer, history=history, progress=progress, **settings
            )

    def afresh():
        parts.unlink(missing_ok=True)
        session(parts)

    whole, parts = tmp_path / "whole.json", tmp_path / "parts.json"
    session(whole)
    for line in places(lines_of(afresh), request, 199):
        parts.unlink(missing_ok=True)
        interrupted(lambda: session(parts), line)
        session(parts)
        assert parts.read_bytes() == whole.read_bytes(), line


@pytest.mark.parametrize("executor", [None, ThreadPoolExecutor(1)], ids=["one by one", "at once"])
def test_attempts_that_are_interrupted_leave_the_best_so_far_after_a_whole_epoch(executor, request):
    settings = {"epochs": 2, "restarts": 1, "stop": LossBelow(1e-9)}

    def train(network, optimizer):
        return network.fit(*XOR, optimizer=optimizer, executor=executor, **settings)

    seen = {}

    def watching(epochs):
        for run in epochs:
            seen[tuple(run.history["loss"])] = state(run.network, run.optimizer, run.history)[:3]
            yield run

    network, optimizer, history = start(Momentum)
    seen[()] = state(network, optimizer, history)[:3]
    network.fit(*XOR, optimizer=optimizer, progress=watching, **settings)
    assert len(seen) == 1 + 2 * 2
    for line in places(lines_of(lambda: train(*start(Momentum)[:2])), request, 131):
        network, optimizer, _ = start(Momentum)
        history = interrupted(lambda: train(network, optimizer), line) or History()
        assert state(network, optimizer, history)[:3] == seen[tuple(history.columns.get("loss", ()))], line


def test_a_history_has_recorded_an_epoch_or_not():
    events = {"h1": [Event(2, (1,), 5, "changed its sign")], "h2": []}

    def record(history):
        history.record({"loss": 0.25, "accuracy": 1.0}, events)

    def earlier():
        history = History({"loss": [0.5], "accuracy": [0.5]})
        history.record({"loss": 0.4, "accuracy": 0.5}, {"h1": []})
        return history

    def described(history):
        return state(Network(1, [Layer(1)], seed=1), SGD(), history)[0][2:]

    for begin in (History, earlier):
        before, after = begin(), begin()
        record(after)
        for line in range(1, lines_of(lambda: record(begin())) + 1):
            for later in (0, 1, 2, 4):
                history = begin()
                interrupted(lambda: record(history), line, later)
                assert described(history) in (described(before), described(after)), (line, later)


@pytest.mark.parametrize("make_optimizer", [SGD, lambda: SGD(0.1, "sequential"), Momentum, Adam])
def test_an_update_has_stepped_all_neurons_or_none(make_optimizer, request):
    def ready():
        network, optimizer, history = start(make_optimizer)
        network.forward(XOR[0][1])
        network.backward(XOR[1][1])
        return network, optimizer, history

    before, after = ready(), ready()
    after[0].update(after[1])
    network, optimizer, _ = ready()
    for line in places(lines_of(lambda: network.update(optimizer)), request, 7):
        for later in (0, 1, 2, 3):
            network, optimizer, history = ready()
            interrupted(lambda: network.update(optimizer), line, later)
            assert state(network, optimizer, history) in (state(*before), state(*after)), (line, later)
