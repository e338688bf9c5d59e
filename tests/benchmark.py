"""What neurosim costs, measured by hand: python tests/benchmark.py

`--beside PATH` names another checkout, and measures the import alone: this package's beside that one's. `--diagnosing`
measures that alone, `--watching` the comparison of another program's step, `--debugging` what the debugger takes at the
last of 6,000 passes, beside `fit` over them, and `--marking` the marking of a class of 200, and `--pages` the pages of
some networks in a browser. `--racing` races neurosim against bare lists alone, on networks of the given sizes, such as
4-16-3, or of the usual four: `forward`, `backward` and `update` called one by one, `fit` with one example at a time, and
`fit` with batches of 32, beside lists that take a batch example by example and beside lists that take it as a whole, row by
row.

Times are medians; each is taken beside what it is compared with, in turns, so that a busy machine
slows both.
"""

import argparse
import math
import random
import statistics
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from tabulate import tabulate  # noqa: E402

from neurosim.custom import dot  # noqa: E402


def milliseconds(code):
    """How long a fresh interpreter takes for some code."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-I", "-c", code], check=True)
    return 1000 * (time.perf_counter() - start)


def import_time(rounds=10):
    """What `import neurosim` adds to a bare interpreter."""
    bare, loaded = in_turns("pass", importing(CHECKOUT), rounds=rounds)
    adds = loaded - bare
    return [("bare interpreter, ms", bare), ("with import neurosim, ms", loaded), ("import neurosim adds, ms", adds)]


def import_race(other, rounds=30):
    """What importing this checkout's package adds to a bare interpreter, and what another's adds, and the ratio."""
    for checkout in (CHECKOUT, other):  # compiles it, and refuses a path where there is none
        milliseconds(importing(checkout) + f"; assert neurosim.__file__.startswith({str(checkout)!r}), neurosim.__file__")
    bare, here, there = in_turns("pass", importing(CHECKOUT), importing(other), rounds=rounds)
    ratio = (here - bare) / (there - bare)
    return [("this adds, ms", here - bare), (f"{other} adds, ms", there - bare), ("this to that", ratio)]


def importing(checkout):
    """Code that imports the package of a checkout; -I ignores PYTHONPATH, so that the path stands in the code."""
    return f"import sys; sys.path.insert(0, {str(checkout)!r}); import neurosim"


def in_turns(*codes, rounds):
    """The median milliseconds of each piece of code."""
    times = [[milliseconds(code) for code in codes] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*times)]


def memory_at_rest():
    """Bytes a connection of a 784-30-10 network that has not run yet."""
    from neurosim import Layer, Network

    network = Network(784, [Layer(30), Layer(10)], seed=1)
    taken = bytes_held(lambda: Network(784, [Layer(30), Layer(10)], seed=1))
    count = sum(len(neuron.weights) for layer in network.layers for neuron in layer.neurons)
    return [("784-30-10 at rest, bytes a connection", taken / count)]


COUNTS_MEMORY = sys.implementation.name == "cpython"
SIZES = ((2, 2, 2), (4, 16, 3), (64, 32, 10), (784, 30, 10))
ETA = 0.1


def sizes_of(text):
    """2-2-2 as a tuple."""
    return tuple(map(int, text.split("-")))


def connections(sizes):
    return sum(below * size for below, size in zip(sizes, sizes[1:]))


def examples(sizes, count):
    """Random inputs and targets."""
    draw = random.Random(1)
    inputs = [[draw.random() for _ in range(sizes[0])] for _ in range(count)]
    return inputs, [[draw.random() for _ in range(sizes[-1])] for _ in range(count)]


def neurosim_trainer(sizes, batch_size):
    """One epoch of `fit` on a network of sigmoid units."""
    from neurosim import SGD, Layer, Network

    network, optimizer = Network(sizes[0], [Layer(size) for size in sizes[1:]], seed=1), SGD(ETA)

    def train(inputs, targets):
        network.fit(inputs, targets, batch_size=batch_size, optimizer=optimizer, shuffle=False)

    return train


def three_calls_trainer(sizes):
    """`forward`, `backward` and `update`, with all their guards, for one example after the other."""
    from neurosim import SGD, Layer, Network

    network, optimizer = Network(sizes[0], [Layer(size) for size in sizes[1:]], seed=1), SGD(ETA)

    def train(inputs, targets):
        for example, wanted in zip(inputs, targets):
            network.forward(example)
            network.backward(wanted)
            network.update(optimizer)

    return train


class BareLists:
    """The same arithmetic on nested lists, with nothing around it: the limit of the interpreter."""

    def __init__(self, sizes):
        draw = random.Random(1)
        self.weights = [[[draw.uniform(-0.5, 0.5) for _ in range(a)] for _ in range(b)] for a, b in zip(sizes, sizes[1:])]
        self.biases = [[0.0] * size for size in sizes[1:]]

    def passes(self, x, t):
        """The outputs of every layer, the inputs first, and the deltas of every layer; and the loss."""
        outputs = [x]
        for rows, biases in zip(self.weights, self.biases):
            x = [1 / (1 + math.exp(-(dot(row, x) + b))) for row, b in zip(rows, biases)]
            outputs.append(x)
        loss = sum([(a - b) * (a - b) / 2 for a, b in zip(x, t)])
        delta = [(a - b) * (a * (1 - a)) for a, b in zip(x, t)]
        deltas = [delta]
        for rows, x in zip(self.weights[:0:-1], outputs[-2:0:-1]):
            delta = [dot(column, delta) * (a * (1 - a)) for column, a in zip(zip(*rows), x)]
            deltas.append(delta)
        return outputs, deltas[::-1], loss

    def train_one_by_one(self, inputs, targets):
        losses = []
        for x, t in zip(inputs, targets):
            outputs, deltas, loss = self.passes(x, t)
            losses.append(loss)
            for rows, biases, x, delta in zip(self.weights, self.biases, outputs, deltas):
                for number, d in enumerate(delta):
                    rows[number] = [w - ETA * (d * a) for w, a in zip(rows[number], x)]
                    biases[number] -= ETA * d
        return losses

    def train_in_a_batch(self, inputs, targets):
        seen = [self.passes(x, t) for x, t in zip(inputs, targets)]
        size = len(seen)
        for layer, (rows, biases) in enumerate(zip(self.weights, self.biases)):
            columns = list(zip(*[outputs[layer] for outputs, _, _ in seen]))
            for number, own in enumerate(zip(*[deltas[layer] for _, deltas, _ in seen])):
                rows[number] = [w - ETA * (dot(own, column) / size) for w, column in zip(rows[number], columns)]
                biases[number] -= ETA * (sum(own) / size)
        return [loss for _, _, loss in seen]

    def train_by_rows(self, inputs, targets):
        """The same batch, in which each row of weights goes over all examples before the next row does."""
        layers, examples, size = [], inputs, len(inputs)
        for rows, biases in zip(self.weights, self.biases):
            outputs = [[1 / (1 + math.exp(-(dot(row, x) + b))) for x in examples] for row, b in zip(rows, biases)]
            layers.append((rows, biases, examples, outputs))
            examples = list(zip(*outputs))
        losses = [sum([(a - b) * (a - b) / 2 for a, b in zip(x, t)]) for x, t in zip(examples, targets)]
        deltas = [[(a - b) * (a * (1 - a)) for a, b in zip(x, t)] for x, t in zip(layers[-1][3], zip(*targets))]
        for number, (rows, biases, examples, _) in reversed(list(enumerate(layers))):
            own_deltas = deltas
            if number:
                arrived = list(zip(*deltas))
                deltas = [
                    [dot(column, delta) * (a * (1 - a)) for delta, a in zip(arrived, outputs)]
                    for column, outputs in zip(zip(*rows), layers[number - 1][3])
                ]
            columns = list(zip(*examples))
            for row, own in enumerate(own_deltas):
                rows[row] = [w - ETA * (dot(own, column) / size) for w, column in zip(rows[row], columns)]
                biases[row] -= ETA * (sum(own) / size)
        return losses


def bare_trainer(sizes, batch_size):
    bare = BareLists(sizes)
    return bare.train_one_by_one if batch_size == 1 else in_batches(bare.train_in_a_batch, batch_size)


def bare_by_rows_trainer(sizes, batch_size):
    return None if batch_size == 1 else in_batches(BareLists(sizes).train_by_rows, batch_size)


def in_batches(train_one, size):
    """Training on all examples, one batch after the other."""

    def train(inputs, targets):
        for start in range(0, len(inputs), size):
            train_one(inputs[start : start + size], targets[start : start + size])

    return train


def numpy_trainer(sizes, batch_size):
    """The same with NumPy's matrices, or None if it is not installed."""
    try:
        import numpy as np
    except ImportError:
        return None
    draw = np.random.default_rng(1)
    weights = [draw.uniform(-0.5, 0.5, (b, a)) for a, b in zip(sizes, sizes[1:])]
    biases = [np.zeros(size) for size in sizes[1:]]

    def train(inputs, targets):
        inputs, targets = np.array(inputs), np.array(targets)
        for start in range(0, len(inputs), batch_size):
            x, t = inputs[start : start + batch_size], targets[start : start + batch_size]
            if batch_size == 1:
                x, t = x[0], t[0]
            outputs = [x]
            for w, b in zip(weights, biases):
                outputs.append(1 / (1 + np.exp(-(outputs[-1] @ w.T + b))))
            error = outputs[-1] - t
            (error * error).sum() / 2
            delta = error * outputs[-1] * (1 - outputs[-1])
            for layer in range(len(weights) - 1, -1, -1):
                x, w = outputs[layer], weights[layer]
                below = (delta @ w) * x * (1 - x) if layer else None
                if batch_size == 1:
                    weights[layer] = w - ETA * np.outer(delta, x)
                    biases[layer] = biases[layer] - ETA * delta
                else:
                    weights[layer] = w - ETA * (delta.T @ x) / len(x)
                    biases[layer] = biases[layer] - ETA * delta.mean(axis=0)
                delta = below

    return train


def micrograd_trainer(sizes, batch_size):
    """micrograd's MLP of the same sizes, one example at a time, or None if it is not installed."""
    try:
        from micrograd.nn import MLP
    except ImportError:
        return None
    if batch_size > 1:
        return None
    sys.setrecursionlimit(10**6)
    model = MLP(sizes[0], list(sizes[1:]))

    def train(inputs, targets):
        for x, t in zip(inputs, targets):
            loss = sum((a - b) ** 2 * 0.5 for a, b in zip(model(x), t))
            model.zero_grad()
            loss.backward()
            for parameter in model.parameters():
                parameter.data -= ETA * parameter.grad

    return train


CONTENDERS = {
    "neurosim": neurosim_trainer, "bare lists": bare_trainer, "by rows": bare_by_rows_trainer,
    "NumPy": numpy_trainer, "micrograd": micrograd_trainer,
}


def race(sizes, batch_size, rounds=9):
    """Nanoseconds a connection and example for each contender that is there: the medians of turns in one process."""
    trainers = {name: make(sizes, batch_size) for name, make in CONTENDERS.items()}
    trainers = {name: trainer for name, trainer in trainers.items() if trainer}
    return take_turns(trainers, sizes, batch_size, rounds)


def take_turns(trainers, sizes, batch_size, rounds):
    """The medians of these trainers' nanoseconds a connection and example."""
    count = max(batch_size, min(2000, 400_000 // connections(sizes))) // batch_size * batch_size
    inputs, targets = examples(sizes, count)
    times = {name: [] for name in trainers}
    for turn in range(rounds):
        for name in times:
            if name == "micrograd":
                if turn >= 3:
                    continue
                some = slice(0, max(1, count // 200))
            else:
                some = slice(0, count)
            start = time.perf_counter()
            trainers[name](inputs[some], targets[some])
            used = time.perf_counter() - start
            times[name].append(used / len(inputs[some]) / connections(sizes) * 1e9)
    return {name: statistics.median(values) for name, values in times.items()}


def against_bare_lists(sizes, rounds=25):
    """What a network of these sizes takes in each way, as multiples of what bare lists take beside it."""
    bare, by_rows = bare_trainer(sizes, 32), bare_by_rows_trainer(sizes, 32)
    ones = {"calls": three_calls_trainer(sizes), "fit": neurosim_trainer(sizes, 1), "bare": bare_trainer(sizes, 1)}
    batches = {"fit": neurosim_trainer(sizes, 32), "bare": bare, "by rows": by_rows}
    one, batch = take_turns(ones, sizes, 1, rounds), take_turns(batches, sizes, 32, rounds)
    multiples = one["calls"] / one["bare"], one["fit"] / one["bare"]
    return (*multiples, batch["fit"] / batch["bare"], batch["fit"] / batch["by rows"])


def peak_while_training():
    """Bytes a connection at the highest point of training 784-30-10 one example at a time."""
    import tracemalloc

    sizes = (784, 30, 10)
    inputs, targets = examples(sizes, 3)
    neurosim_trainer((1, 1), 1)(*examples((1, 1), 1))  # loads the modules that are loaded when used
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    neurosim_trainer(sizes, 1)(inputs, targets)
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    return [("784-30-10 in training, peak bytes a connection", peak / connections(sizes))]


def flatness():
    """Nanoseconds a connection of neurosim alone, from 2,000 connections to 200,000."""
    shapes = ((90, 20, 10), (640, 30, 25), (1900, 100, 95))
    runs = [(neurosim_trainer(sizes, 1), *examples(sizes, max(3, 400_000 // connections(sizes)))) for sizes in shapes]
    used = {sizes: [] for sizes in shapes}
    for _ in range(7):
        for sizes, (train, inputs, targets) in zip(shapes, runs):
            start = time.perf_counter()
            train(inputs, targets)
            used[sizes].append((time.perf_counter() - start) / len(inputs) / connections(sizes) * 1e9)
    medians = [statistics.median(used[sizes]) for sizes in shapes]
    return [
        ("-".join(map(str, sizes)), connections(sizes), median, median / medians[0])
        for sizes, median in zip(shapes, medians)
    ]


def recording():
    """Steps a second while a trace is recorded, and on CPython the bytes that a step of it holds."""
    from neurosim import SGD, Layer, Network

    rows = []
    for sizes, count in (((2, 2, 2), 300), ((4, 16, 3), 60), ((64, 32, 10), 3), ((784, 30, 10), 1)):
        network = Network(sizes[0], [Layer(size) for size in sizes[1:]], seed=1)
        inputs, targets = examples(sizes, count)
        used = []
        for _ in range(7):
            start = time.perf_counter()
            trace = network.trace(inputs, targets, SGD(ETA))
            used.append(time.perf_counter() - start)
        held = bytes_held(lambda: network.trace(inputs, targets, SGD(ETA))) / len(trace) if COUNTS_MEMORY else None
        rows.append(("-".join(map(str, sizes)), count, len(trace), len(trace) / statistics.median(used), held))
    return rows


def explaining(rounds=7):
    """Seconds until the question where a weight of a 64-32-32-10 network gets its gradient from is answered."""
    from neurosim import SGD, Layer, Network

    sizes = (64, 32, 32, 10)
    network = Network(sizes[0], [Layer(size) for size in sizes[1:]], seed=1)
    (inputs,), (targets,) = examples(sizes, 1)
    trace = network.trace(inputs, targets, SGD(ETA))
    used = []
    for _ in range(rounds):
        start = time.perf_counter()
        str(trace.explain("x5->h1.3"))
        used.append(time.perf_counter() - start)
    return [("explaining a weight of 64-32-32-10, ms", 1000 * statistics.median(used))]


def diagnosing(rounds=3):
    """A row for each network: seconds for right numbers, for those of one mistake, and for random ones.

    They are full sheets of 4 decimals, and of the longest computation one with one wrong number at its end.
    """
    from mutated_traces import printed, problem_trace

    rows = []
    for sizes, count in (((3, 4, 3, 5), 1), ((8, 16, 4), 4), ((64, 32, 10), 2)):
        draw = random.Random(5)
        trace = problem_trace(draw, sizes, count)
        right = printed(trace, 4)
        wrong = printed(trace.mutate("no-output-slope"), 4)
        unlike = {address: f"{draw.uniform(-1, 1):.4f}" for address in right}
        times = [seconds_to_diagnose(trace, sheet, rounds) for sheet in (right, wrong, unlike)]
        rows.append(("-".join(map(str, sizes)), count, len(right), *times))
    trace = long_trace()
    right = printed(trace, 4)
    wrong = {**right, list(right)[-1]: "0.1234"}
    times = [seconds_to_diagnose(trace, sheet, 1) for sheet in (right, wrong)]
    return [*rows, ("2-2-1", 4000, len(right), *times)]


def marking(students=200):
    """Rows on a class's sheets, 2-2-2 with one update: 60 % right, 25 % a mistake, 10 % a slip, 5 % nonsense or broken."""
    import tempfile
    from concurrent.futures import ProcessPoolExecutor

    from made_submissions import hand_in

    from neurosim.exercises.classes import grade_all, new_class

    start = time.perf_counter()
    sheets = new_class([f"student {number}" for number in range(students)], "secret", "one-update", layers="2-2-2")
    times = [("drawing a sheet, ms", 1000 * (time.perf_counter() - start) / students)]
    with tempfile.TemporaryDirectory() as folder:
        hand_in(sheets, folder, random.Random(5))
        start = time.perf_counter()
        alone = grade_all(sheets, folder)
        took = time.perf_counter() - start
        with ProcessPoolExecutor(2) as executor:
            start = time.perf_counter()
            together = grade_all(sheets, folder, executor)
            shared = time.perf_counter() - start
    same = sum(one == other for one, other in zip(alone.rows, together.rows))
    return [*times, (f"marking {students} sheets, s", took), ("of that on two processes", shared / took),
            ("rows that are the same there", same)]


def pages(rounds=50):
    """Rows of pages in a real browser: their size, how long one takes to open, and from a key to the next frame."""
    import tempfile

    from browser import Browser

    import neurosim as ns

    wide = ns.Network(64, [ns.Layer(30, "tanh"), ns.Layer(10, "softmax")], loss="categorical_crossentropy", seed=1)
    traces = {name: ns.built_in(name).trace() for name in ("mazur", "han-kamber", "goodfellow-xor")}
    traces["64-30-10"] = wide.trace([0.1] * 64, [1] + [0] * 9, ns.SGD(0.1))
    browser, rows = Browser(), []
    try:
        with tempfile.TemporaryDirectory() as folder:
            for name, trace in traces.items():
                start = time.perf_counter()
                path = Path(folder, f"{name}.html")
                path.write_text(trace.page(), encoding="utf-8")
                made = 1000 * (time.perf_counter() - start)
                tab = browser.open(path.as_uri())
                opened = tab.run("performance.getEntriesByType('navigation')[0].loadEventEnd")
                frames = [tab.run(FRAME) for _ in range(rounds)]
                rows.append((name, len(trace), path.stat().st_size / 1000, made, opened, statistics.median(frames)))
                tab.send("Page.close")
    finally:
        browser.close()
    return rows


FRAME = """(async () => {
  const start = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true}));
  await new Promise(done => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;  // after the frame is drawn
    channel.port2.postMessage(0);
  }));
  return performance.now() - start;
})()"""


def debugging():
    """Moves of the debugger at the last of 6,000 passes of a 3-5-5-4-1, in seconds and as multiples of `fit` over them."""
    from neurosim import Layer, Network
    from neurosim.debugger.session import Session

    sizes = [3, 5, 5, 4, 1]
    inputs, targets = examples(sizes, 60)
    rows = []
    for name in ("sgd", "adam"):
        network = Network(sizes[0], [Layer(size) for size in sizes[1:]], seed=1)
        whole = seconds(lambda: network.copy().fit(inputs, targets, 100, optimizer=name))
        session = Session(network, inputs, targets, name, epochs=100, shuffle=True)
        moves = {"goto E@6000": lambda: session.goto("E@6000")}
        for condition in ("if E > 100", "if abs(delta) > 100"):
            moves[f"break {condition}; reverse-continue finds nothing"] = partial(_back, session, condition)
        moves["set a[h1.1] = 0.5"] = lambda: session.set("a[h1.1]", 0.5)
        for move, make in moves.items():
            taken = seconds(make)
            rows.append((f"{name}: {move}", taken, taken / whole))
            session.goto("E@6000")
    return rows


def _back(session, condition):
    session.delete()
    session.add("break", condition)
    assert session.run_back().end == "start"


def seconds(make):
    """How long something takes, once."""
    start = time.perf_counter()
    make()
    return time.perf_counter() - start


def long_trace():
    """1,000 epochs of XOR, updated after each of its examples."""
    from neurosim import SGD, Layer, Network

    network = Network(2, [Layer(2), Layer(1)], seed=1)
    return network.trace([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]], SGD(0.5), epochs=1000)


def seconds_to_diagnose(trace, sheet, rounds):
    """The median of some rounds."""
    used = []
    for _ in range(rounds):
        start = time.perf_counter()
        trace.diagnose(sheet)
        used.append(time.perf_counter() - start)
    return statistics.median(used)


def bytes_held(make):
    """How much memory what `make` returns takes."""
    import tracemalloc

    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    made = make()
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    del made
    return taken


def races():
    """A row for each size: ns a connection of every contender, and neurosim's ratios to them."""
    rows = []
    for batch_size in (1, 32):
        for sizes in SIZES:
            times = race(sizes, batch_size)
            row = {"network": "-".join(map(str, sizes)), "batch": batch_size, "connections": connections(sizes)}
            row.update((name, f"{times[name]:.1f}" if name in times else "") for name in CONTENDERS)
            others = [name for name in CONTENDERS if name != "neurosim"]
            row.update((f"to {name}", f"{times['neurosim'] / times[name]:.3g}" if name in times else "") for name in others)
            rows.append(row)
    return rows


def watching(sizes=(784, 64, 10), examples=32):
    """(what is compared, s, in steps by neurosim, what departs first) of tensors that a program wrote."""
    from neurosim import SGD, Layer, Network, Problem
    from neurosim.core.batch import train_batch
    from neurosim.frameworks.tensors import compare_tensors

    draw, names = random.Random(1), ("-".join(map(str, sizes)), f"a batch of {examples}")
    layers = [*[Layer(size) for size in sizes[1:-1]], Layer(sizes[-1], "softmax")]
    network = Network(sizes[0], layers, "categorical_crossentropy", seed=1)
    rows = [[draw.random() for _ in range(sizes[0])] for _ in range(examples)]
    targets = [[int(index == number % sizes[-1]) for index in range(sizes[-1])] for number in range(examples)]
    problem = Problem(network, rows, targets, SGD(0.1), "all")
    start = time.perf_counter()
    train_batch(network.copy(), rows, targets, SGD(0.1))
    step, found = time.perf_counter() - start, []
    for what in ("right", "a wrong slope"):
        tensors, (W1, b1, W2, _) = {}, network.get_weights()
        z1 = [[dot(w, x) + b for w, b in zip(W1, b1)] for x in rows]
        a1 = [[1 / (1 + math.exp(-z)) for z in zs] for zs in z1]
        outputs = network.predict(rows)
        delta2 = [[a - t for a, t in zip(*pair)] for pair in zip(outputs, targets)]
        columns, fed = list(zip(*W2)), a1 if what == "right" else z1
        delta1 = [
            [dot(column, deltas) * value * (1 - value) for column, value in zip(columns, row)]
            for deltas, row in zip(delta2, fed)
        ]
        for number, deltas, arriving in ((1, delta1, rows), (2, delta2, a1)):
            by_unit, by_input = list(zip(*deltas)), list(zip(*arriving))
            tensors[f"delta{number}"] = deltas
            tensors[f"dW{number}"] = [[dot(own, column) / examples for column in by_input] for own in by_unit]
        start = time.perf_counter()
        comparison = compare_tensors(problem, {**tensors, "z1": z1, "a1": a1, "a2": outputs})
        used = time.perf_counter() - start
        departs = f"{comparison.address} {' '.join(comparison.names)}"
        found.append((f"{', '.join(names)}, {what}", used, used / step, departs))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--beside", metavar="PATH", type=Path, help="another checkout, whose import is raced")
    parser.add_argument("--diagnosing", action="store_true", help="what a diagnosis takes, alone")
    parser.add_argument("--debugging", action="store_true", help="what the debugger takes far on, alone")
    parser.add_argument("--pages", action="store_true", help="what pages take in a browser, alone")
    parser.add_argument("--watching", action="store_true", help="what comparing another program's step takes, alone")
    parser.add_argument("--marking", action="store_true", help="what marking a class takes, alone")
    parser.add_argument(
        "--racing", metavar="SIZES", type=sizes_of, nargs="*", help="the races against bare lists alone, such as 2-2-2"
    )
    options = parser.parse_args()
    version = f"{sys.implementation.name} {sys.version.split()[0]}"
    if options.beside:
        print(tabulate(import_race(options.beside.resolve()), headers=["import neurosim", version], floatfmt=".2f"))
        return
    if options.racing is not None:
        rows = [("-".join(map(str, sizes)), *against_bare_lists(sizes)) for sizes in options.racing or SIZES]
        headers = [f"{version}, in bare lists", "three calls", "fit", "batches of 32", "batches, to lists by row"]
        print(tabulate(rows, headers=headers, floatfmt=".2f"))
        return
    if options.debugging:
        print(tabulate(debugging(), headers=[f"{version}, debugging", "s", "in fits"], floatfmt=".2f"))
        return
    if options.marking:
        print(tabulate(marking(), headers=["exercises", version], floatfmt=".2f"))
        return
    if options.watching:
        print(tabulate(watching(), headers=["comparing", "s", "in steps by neurosim", "departs"], floatfmt=".2f"))
        return
    if options.pages:
        headers = ["page", "steps", "kB", "made in ms", "open in ms", "key to frame, ms"]
        print(tabulate(pages(), headers=headers, floatfmt=".1f"))
        return
    headers = ["diagnosing, s", "examples", "numbers", "right", "one mistake or number", "unexplained"]
    print(tabulate(diagnosing(), headers=headers, floatfmt=".2f"))
    print()
    if options.diagnosing:
        return
    rows = import_time() + explaining()
    if COUNTS_MEMORY:
        rows += memory_at_rest() + peak_while_training()
    print(tabulate(rows, headers=["measured", version], floatfmt=".1f"))
    print()
    print(tabulate(flatness(), headers=["network", "connections", "ns a connection", "to the first"], floatfmt=".2f"))
    print()
    headers = ["recording a trace", "examples", "steps", "steps a second", "bytes a step"]
    print(tabulate(recording(), headers=headers, floatfmt=".0f"))
    print("\nNanoseconds a connection and example, and neurosim's time as a multiple of the others':")
    print(tabulate(races(), headers="keys", disable_numparse=True))


if __name__ == "__main__":
    main()
