"""The fuzzer: command lines and files that nobody should have to read, from seeds, each run in this process.

    python tests/fuzz.py [HOW MANY] [FIRST SEED]

Files that are right are changed in their structure (keys dropped, doubled, of another type, numbers huge, lists shortened,
nested) or in their text; arguments and debugger scripts are drawn from what there is and what there is not. Each command
line must end as one of two: refused in one clean line, or accepted, and then what was accepted keeps what it promises.
"""

import contextlib
import copy
import io
import json
import os
import random
import re
import resource
import signal
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path

from harmless import check_message, check_seen

import neurosim as ns
from neurosim.cli import main
from neurosim.cli.commands import make_parser
from neurosim.debugger.repl import COMMANDS
from neurosim.trace.files import trace_lines
from neurosim.training.checkpoint import checkpoint

PATIENCE = 20  # seconds for an answer
MOST_MEMORY = 1024**2  # kilobytes
CLEAN, CHECKED = "one clean line", "accepted and checked"
WRONG = ("traceback", "wrong status", "untrue", "no answer", "memory")
SMALL = ("mazur", "goodfellow-xor", "wikipedia-nand", "han-kamber")
SHEETS = [
    {"inputs": 2, "layers": [{"activation": "tanh", "weights": [[0.1, 0.2], [0.3, 0.4]], "biases": [0.1, -0.1]},
                             {"activation": "Sigmoid", "weights": [[0.5], [-0.6]], "weights_by": "input"}],
     "loss": "bce", "eta": 0.5, "momentum": 0.9, "examples": [{"inputs": [1, 0], "targets": 1}]},
    {"inputs": 1, "layers": [{"size": 3, "activation": "softmax", "biases": [0, 0.5, 1]}], "loss": "cce",
     "examples": [{"inputs": 0.5, "targets": 0}, {"inputs": 2, "targets": 2}], "optimizer": {"lr": 0.1}},
]
FORMS = ("table", "text", "markdown", "latex", "json", "csv", "python", "dot", "mermaid", "svg", "jsonl")
VALUES = (
    None, True, False, 0, -1, 1, 2, 7, 0.5, -0.5, 1.5, 1e308, -1e308, 5e-324, 10**19, 10**399, "", "x", "h1", "nan", "1",
    "1/3", "\x1b[31m", "\ud800", [], [1], [[1, 2], [3]], {}, {"name": "adam"}, {"a": {"b": []}}, "sigmoid", "softmax",
    "mean", "E",
)
TEXTS = (
    "", "-", "--", "-1", "0", "1", "2", "0.5", "nan", "inf", "-inf", "1e999", "1e-400", "9" * 25, "1,2", "1,2;3,4", ",",
    ";", "=", "x", "h1", "o1", "x1->h1", "z[h1]", "E", "delta[h1]@2", "z[h1]=1", "z[h1]=1e999", "w[x1->h1]=0", "=1", "all",
    "json", "html", "mean", "sgd", "adam", "momentum", "hinge", "perceptron", "relu", "\x1b[31m", "\udcff", "a\nb",
    "null", "*" * 300,
    "2-2-1", "2-3-2", "3-1-0-2", "1 2; 3 4 | 5 6", "1 2 | 3", "|", "tanh,softmax", "mse", "o1=2,o2",
    "z[h1] > 0", "delta[o1] * 2 ** 9999", "(" * 200, "1 / 0",
)
LENGTHS = ("0", "1", "2", "-1", "nan", "1.5", "", "x")  # for what says how long a command runs


class Late(BaseException):
    """There was no answer in time."""


# Files: right ones, and how they are changed


def right_files():
    """{kind: documents}; a trace is a list of lines, data and answers by lines are texts."""
    problems = [json.loads(Path(ns.problems.catalogue.CASES, f"{name}.json").read_text(encoding="utf-8")) for name in SMALL]
    problems += SHEETS
    traces = [list(map(json.loads, trace_lines(ns.built_in(name).trace()))) for name in SMALL]
    data = "a,b,kind\n" + "".join(f"{x},{x * 7 % 5},{'pqr'[x % 3]}\n" for x in range(12))
    answers = [{"delta[o1]": "0.1385", "z[h1]": 0.3775}, {"W1": [[0.15, 0.2], [0.25, 0.3]], "delta2": [0.1385, -0.0381]},
               {"given": {"z[h1]": 0.4}, "a[h1]": "?", "E": 0.2984}, "address,number\nE,0.2984\nz[h1],0.3775\n"]
    return {"problem": problems, "trace": traces, "checkpoint": [trained()], "data": [data], "answers": answers}


def trained():
    """A problem file with a checkpoint in which there is everything."""
    inputs, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
    network, optimizer = ns.Network(2, [ns.Layer(2, "relu"), ns.Layer(1)], seed=1), ns.Adam(0.5)
    history = network.fit(inputs, targets, 3, optimizer=optimizer, record=["h1", "o1"])
    problem = ns.Problem(network, inputs, targets, optimizer, training=checkpoint(network, optimizer, history))
    return json.loads(ns.problems.problem_file.problem_text(problem))


def places(value, path=()):
    """The paths of all entries in a document, but for the many of a random state."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value[:12]) if isinstance(value, list) else ()
    for key, entry in pairs:
        yield (*path, key)
        yield from places(entry, (*path, key))


def mutated(draw, document):
    """The document with one to three entries of it dropped, doubled, replaced, shortened, exchanged, renamed or nested."""
    document = copy.deepcopy(document)
    for _ in range(draw.choice((1, 1, 2, 3))):
        found = list(places(document))
        if not found:
            break
        *path, key = draw.choice(found)
        holder = document
        for step in path:
            holder = holder[step]
        change(draw, holder, key)
    return document


def change(draw, holder, key):
    """Change one entry of a list or an object."""
    is_list, entry = isinstance(holder, list), holder[key]
    kind = draw.choice(("drop", "double", "replace", "replace", "number", "number", "shorten", "nest", "swap"))
    if kind == "drop":
        del holder[key]
    elif kind == "double":
        holder.insert(key, holder[key]) if is_list else holder.update({f"{key}s": holder[key]})
    elif kind == "shorten" and isinstance(holder[key], (list, str)):
        holder[key] = holder[key][: draw.randrange(len(holder[key]) + 1)]
    elif kind == "number" and isinstance(entry, (int, float)):
        entry = max(min(entry, 1e300), -1e300)
        holder[key] = draw.choice((-entry, entry + draw.uniform(-1, 1), entry * 10.0**draw.randint(-9, 9)))
    elif kind == "nest":
        for _ in range(draw.choice((1, 3, 70))):
            holder[key] = [holder[key]]
    elif kind == "swap":
        other = draw.randrange(len(holder)) if is_list else draw.choice(list(holder))
        holder[key], holder[other] = holder[other], holder[key]
    else:
        holder[key] = copy.deepcopy(draw.choice(VALUES))


def torn(draw, text):
    """The text cut, with a piece doubled or gone, or with a sign in it."""
    start, end = sorted((draw.randrange(len(text) + 1), draw.randrange(len(text) + 1)))
    middle = draw.choice(("", text[start:end] * 2, draw.choice(TEXTS), ";", "\t", "\0", '"', "\n\n", "9" * 500, "[" * 100))
    return text[:start] + middle + text[draw.choice((start, end)):]


def written(draw, files, kind):
    """The bytes of a file of a kind, mostly changed."""
    right = draw.choice(files[kind])
    if kind == "trace":
        lines = mutated(draw, right) if draw.random() < 0.8 else copy.deepcopy(right)
        if draw.random() < 0.3:
            draw.shuffle(lines)
        text = "\n".join(map(json.dumps, lines)) + "\n"
    else:
        text = right if isinstance(right, str) else json.dumps(mutated(draw, right) if draw.random() < 0.9 else right)
    if kind == "data" or draw.random() < 0.15:
        text = torn(draw, text)
    return text.encode("utf-8", "surrogatepass")


# Command lines


def command_line(draw, files, options):
    """(arguments, what stands on standard input): of one of the kinds that there are."""
    kind = draw.choice((*files, "arguments", "script"))
    if kind == "arguments":
        return any_arguments(draw, options), b""
    if kind == "script":
        lines = [f"{draw.choice([*COMMANDS, *TEXTS])} {draw.choice(TEXTS)}" for _ in range(draw.randrange(1, 12))]
        return ["debug", draw.choice(SMALL)], "\n".join(lines).encode("utf-8", "surrogateescape")
    name = "data.csv" if kind == "data" else "file.json"
    Path(name).write_bytes(written(draw, files, kind))
    address = draw.choice(("z[h1]", "E", "x1->h1", "delta[o1]", "w+[x1->h1]", "h1"))
    commands = {
        "problem": (
            ["summary", name], ["trace", name, "--as", draw.choice(FORMS)], ["check", name], ["explain", name, address],
            ["predict", name], ["evaluate", name], ["health", name], ["debug", name, "--command", "run"],
            ["train", name, "--epochs", "2", "--save", "new.json"], ["mutate", name], ["verify", name],
            ["diagnose", name, "--answer", "z[h1]=0.4", "--budget", "1"],
        ),
        "trace": (["verify", name], ["trace", name, "--as", draw.choice(FORMS)], ["explain", name, address]),
        "data": (
            ["train", name, "--layers", "2", "--epochs", "2", "--save", "new.json"],
            ["train", name, "--epochs", "1", "--regression"],
            ["evaluate", "trained.json", name], ["predict", "trained.json", name], ["health", name],
        ),
        "answers": (["diagnose", "mazur", name, "--budget", "1"], ["solve", "mazur", name]),
    }
    commands["checkpoint"] = (*commands["problem"], ["train", "goodfellow-xor", "--save", name, "--resume", "--epochs", "4"])
    arguments = draw.choice(commands[kind])
    if draw.random() < 0.1 and arguments[1:2] == [name]:
        return [arguments[0], "-", *arguments[2:]], Path(name).read_bytes()
    return arguments, b""


def any_arguments(draw, options):
    """A command with arguments that were drawn."""
    command = draw.choice(list(options))
    arguments = [command]
    if draw.random() < 0.9:
        arguments.append(draw.choice((*SMALL, *SMALL, "2-2-1", "2-1-3", "data.csv", "trained.json", *TEXTS)))
    for option in draw.sample(options[command], min(len(options[command]), draw.randrange(4))):
        value = draw.choice(LENGTHS if option in ("--epochs", "--restarts", "--budget") else TEXTS)
        if option in ("-o", "--save", "--history"):
            value = draw.choice(("out", "data.csv", "", "no/out", "."))
        arguments += draw.choice(([option, value], [f"{option}={value}"], [option]))
    if command == "train" and "--epochs" not in " ".join(arguments):
        arguments += ["--epochs", "2"]
    return arguments + draw.choice(([], [], [draw.choice(TEXTS)]))


def options_of_commands():
    """{command: its options}"""
    _, commands = make_parser()
    return {name: [action.option_strings[-1] for action in parser._actions if action.option_strings]
            for name, parser in commands.items()}


# One command line, and all of them


@contextlib.contextmanager
def no_longer_than(seconds):
    """Raise Late where something takes longer."""
    def ring(*_):
        raise Late

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def most_memory():
    """The most that this process has had so far, in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def outcome(arguments, stdin):
    """(which of the figures it counts to, what was seen)."""
    out, err, before, memory = io.StringIO(), io.StringIO(), sys.stdin, most_memory()
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8", errors="surrogateescape")
    try:
        with no_longer_than(PATIENCE), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = main(arguments)
            except SystemExit as left:
                status = left.code or 0
    except Late:
        return "no answer", ""
    except BaseException:
        return "traceback", traceback.format_exc()
    finally:
        sys.stdin = before
    out, err = out.getvalue(), err.getvalue()
    if most_memory() > max(memory, MOST_MEMORY):
        return "memory", ""
    try:
        if status == 2:
            assert err.startswith("neurosim: error: ") and err.endswith("\n")
            check_message(err[:-1])
            return CLEAN, ""
        assert status in (0, 1)
        for note in err.splitlines():  # what was read for short, or drawn
            assert note.startswith("neurosim: ") and not note.startswith("neurosim: error")
            check_message(note)
    except AssertionError:
        return "wrong status", f"{status}\n{err}"
    try:
        check_accepted(arguments, out)
    except BaseException:
        return "untrue", traceback.format_exc()
    return CHECKED, ""


def check_accepted(arguments, out):
    """What was printed can be seen and is finite; the network that was read trains, and comes back as it was saved."""
    check_seen(out, kept="\n\t")
    if arguments[0] != "debug":  # which repeats what was typed
        assert not re.search(r"(?<![\w.'\"])-?(nan|inf)(?![\w'\"])", out, re.IGNORECASE)
    for name in {"file.json", "new.json"} & set(arguments):
        try:
            problem = ns.load(name)
        except (ns.InputError, OSError):
            continue  # a trace, or answers
        problem.save("again.json")
        assert ns.load("again.json") == problem
        try:
            problem.network.fit(problem.inputs, problem.targets, 1, optimizer=problem.optimizer or "sgd")
        except ns.InputError:
            continue  # without targets, or with a rate that is too large, which is said
        parameters = [weight for layer in problem.network.layers for neuron in layer.neurons for weight in neuron.weights]
        assert all(abs(weight) < float("inf") for weight in parameters)


def fuzz(count, first=0):
    """(Counter of the figures, [(seed, arguments, what was seen)] of what is wrong)."""
    figures, wrong, before = Counter(), [], os.getcwd()
    files, options = right_files(), options_of_commands()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for seed in range(first, first + count):
                prepare(files)
                arguments, stdin = command_line(random.Random(seed), files, options)
                figure, seen = outcome(arguments, stdin)
                figures[figure] += 1
                if figure in WRONG:
                    wrong.append((seed, figure, arguments, seen))
        finally:
            os.chdir(before)
    return figures, wrong


def prepare(files):
    """The folder as each command finds it: data, and a network that was trained on them."""
    for name in os.listdir():
        if name not in ("trained.json", "data.csv"):
            os.unlink(name)
    Path("data.csv").write_text(files["data"][0], encoding="utf-8")
    if not os.path.exists("trained.json"):
        with contextlib.redirect_stdout(io.StringIO()):
            assert main(["train", "data.csv", "--epochs", "1", "--save", "trained.json"]) == 0


if __name__ == "__main__":
    numbers = list(map(int, sys.argv[1:]))
    figures, wrong = fuzz(*(numbers or [5000]))
    for seed, figure, arguments, seen in wrong:
        print(f"seed {seed}: {figure}: {arguments!r:.300}\n{seen}")
    for figure in (CLEAN, CHECKED, *WRONG):
        print(f"{figure:22}{figures[figure]:6}")
