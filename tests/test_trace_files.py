"""Trace files: what is written comes back to the last bit, the same trace gives the same bytes, and reading is strict."""

import io
import json
from decimal import Decimal
from fractions import Fraction

import pytest
from recordings import recordings

import neurosim as ns
from neurosim import Digits, InputError, Layer, Network, Places
from neurosim.trace.files import read_trace, trace_lines


def written(trace):
    return "".join(trace_lines(trace)).encode()


def again(trace):
    return read_trace(io.BytesIO(written(trace)), "t.jsonl")


def test_what_is_written_comes_back(pair_number, pair):
    for recording in recordings(pair_number, *pair)[::2]:
        for trace in (recording, recording.replay(rounding={"a": Places(4), "z": Digits(3, "even")})):
            read = again(trace)
            assert read.steps == trace.steps
            assert [type(step.value) for step in read] == [type(step.value) for step in trace]
            assert (read.settings, read.rounding) == (trace.settings, trace.rounding)
            assert written(read) == written(trace)
            assert read.after["o1"].weights == trace.after["o1"].weights
    assert read.verify()


def test_a_second_recording_gives_the_same_bytes():
    assert written(ns.built_in("han-kamber").trace()) == written(ns.built_in("han-kamber").trace())


@pytest.mark.parametrize("number", [Fraction, Decimal])
def test_exact_numbers_come_back(number):
    network = Network(2, [Layer(1, "linear", weights=[[0.1, -3]], biases=[0.5])])
    trace = network.trace([1, 2], [1], ns.SGD(0.25)).replay(number=number)
    read = again(trace)
    assert read.steps == trace.steps and read.verify()
    assert isinstance(read["z[o1]"].value, number)
    assert '"value": "1/10"' in written(trace).decode() or '"value": "0.1"' in written(trace).decode()


def test_a_header_and_then_one_step_a_line():
    header, *steps = [json.loads(line) for line in trace_lines(ns.built_in("mazur").trace())]
    assert header["format"] == "neurosim-trace/1"
    assert header["layers"] == [{"size": 2, "activation": "sigmoid", "bias": True, "trainable_bias": False}] * 2
    assert steps[0] == {"address": "w[x1->h1]", "phase": "given", "rule": "given", "operands": [], "value": 0.15}
    assert len(steps) == 56


def test_the_title_and_the_source_come_back():
    trace = ns.built_in("mazur").trace()
    header, *_ = trace_lines(trace)
    assert json.loads(header)["title"] == trace.title == ns.built_in("mazur").title
    assert (again(trace).title, again(trace).source) == (trace.title, trace.source)


def test_a_file_without_a_title_is_read_as_ever():
    trace = Network(1, [Layer(1)], seed=1).trace([1])
    assert not {"title", "source"} & set(json.loads(next(trace_lines(trace))))
    assert (again(trace).title, again(trace).source) == ("", "")


def test_names_of_units_come_back(tmp_path):
    network = Network(["größe", '"<b>"'], [Layer(1, names=["a_1$&"])], seed=1)
    trace = network.trace([1, 2])
    trace.save(tmp_path / "t.jsonl")
    read = ns.load_trace(tmp_path / "t.jsonl")
    assert read["w[größe->a_1$&]"].value == trace["w[größe->a_1$&]"].value
    assert read.network.layer_names == [["a_1$&"]]


def test_a_file_stays_whole_where_a_trace_cannot_be_written(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text("as it was")
    trace = ns.built_in("mazur").trace().replay(rules={"delta": lambda gradient, slope: gradient})
    with pytest.raises(InputError, match="delta.o1.: a trace file cannot hold your own rule 'own delta'"):
        trace.save(path)
    assert path.read_text() == "as it was" and list(tmp_path.iterdir()) == [path]


class Cube(ns.Activation):
    name, formula, derivative_formula = "cube", "z^3", "3 * z^2"

    def __call__(self, net_input):
        return net_input**3

    def derivative(self, net_input, output):
        return 3 * net_input**2


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: Network(1, [Layer(1, Cube())], seed=1).trace([1]), "a class of your own"),
        (lambda: ns.built_in("mazur").trace().replay(rounding=round), "a trace file can hold the roundings places, digits"),
    ],
)
def test_what_a_file_cannot_name_is_refused(make, message):
    with pytest.raises(InputError, match=message):
        written(make())


@pytest.mark.parametrize(
    "line, old, new, message",
    [
        (1, "neurosim-trace/1", "neurosim-trace/9", "line 1: format: expected 'neurosim-trace/1', got 'neurosim-trace/9'"),
        (1, '"loss"', '"lost"', "line 1: unknown key 'lost'; did you mean 'loss'?"),
        (1, '"batch_size": 1, ', "", "line 1: the key 'batch_size' is missing"),
        (1, '"examples": 1', '"examples": 0', "line 1: examples must be a whole number of 1 or more, got 0"),
        (1, '"mean"', '"median"', "line 1: unknown reduction 'median'; did you mean 'mean'?"),
        (1, '"sigmoid"', '"sigmod"', "line 1: layers[0].activation: unknown activation 'sigmod'; did you mean 'sigmoid'?"),
        (1, '"updates": 0', '"updates": -1', "line 1: updates: expected a whole number of 0 or more, got -1"),
        (1, '"examples": 1', '"examples": 1, "rounding": "placs"', "line 1: unknown rounding 'placs'; did you mean"),
        (1, '"examples": 1', '"examples": 1, "titel": "a"', "line 1: unknown key 'titel'; did you mean 'title'?"),
        (1, '"title": "', '"title": 3, "source": "', "line 1: the key 'source' stands twice in one object"),
        (1, '"title": "A', '"title": "\\u001b', r"line 1: title: expected printable text in one line, got '\x1b"),
        (1, '"source": "M', '"source": "\\n', r"line 1: source: expected printable text in one line, got '\n"),
        (2, '"operands"', '"operand"', "line 2: unknown key 'operand'; did you mean 'operands'?"),
        (2, ', "value": 0.15', "", "line 2: the key 'value' is missing"),
        (2, "[]", '"eta"', "line 2: operands: expected a list of addresses, got 'eta'"),
        (2, '"w[x1->h1]"', "17", "line 2: address: expected a text, got 17"),
        (2, "w[x1->h1]", "w[x1->h1]@x", "line 2: address: 'w[x1->h1]@x' is not an address"),
        (2, "0.15", "0.15.1", "line 2, column 90: not JSON"),
        (2, "0.15", "[0.15]", "line 2: value: expected a number, got [0.15]"),
        (2, "0.15", "-Infinity", "line 2: -Infinity is not a number that JSON knows"),
        (2, "0.15", '0.15, "value": 0.16', "line 2: the key 'value' stands twice in one object"),
        (2, "0.15", "[" * 100_000, "line 2: nested too deeply"),
        (2, "{", "[{", "line 2, column"),
    ],
)
def test_reading_is_strict(line, old, new, message):
    lines = list(trace_lines(ns.built_in("mazur").trace()))
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new)
    with pytest.raises(InputError) as caught:
        read_trace(io.BytesIO("".join(lines).encode()), "t.jsonl")
    assert str(caught.value).startswith(f"t.jsonl, {message}") and "\n" not in str(caught.value)


@pytest.mark.parametrize("content, message", [(b"", "t.jsonl: empty"), (b"\xff\n", "t.jsonl, line 1: not text in UTF-8")])
def test_what_is_no_trace_file_is_refused(content, message):
    with pytest.raises(InputError, match=message):
        read_trace(io.BytesIO(content), "t.jsonl")


def test_reading_and_writing_is_a_stream(tmp_path):
    trace = ns.built_in("mazur").trace()
    lines = trace_lines(trace)
    assert next(lines).startswith('{"format"')  # nothing else has been written yet
    file = io.BytesIO(written(trace) + b"not JSON\n")
    with pytest.raises(InputError, match="t.jsonl, line 58, column 1: not JSON"):
        read_trace(file, "t.jsonl")


# Trace files on the command line


def test_a_trace_file_is_a_source(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = "t.jsonl"
    assert run("trace", "mazur", "--as", "jsonl", "-o", path) == (0, "", "")
    assert run("trace", "mazur", "--as", "jsonl")[1] == (tmp_path / "t.jsonl").read_text(encoding="utf-8")
    assert run("trace", path)[1].replace(path, "mazur") == run("trace", "mazur")[1]  # the next command names the source
    for form in ("text", "latex"):
        assert run("trace", path, "--as", form) == run("trace", "mazur", "--as", form)
    status, out, err = run("trace", path, "--loss", "hinge")
    assert (status, out) == (2, "")
    assert err == "neurosim: error: --loss cannot change what is already a trace; --set swaps a number in it\n"
    assert "is a trace file, and this takes a problem file" in run("predict", path)[2]


def test_swaps_on_the_command_line(run):
    status, out, err = run("trace", "han-kamber", "--places", "3", "--only", "6", "--phase", "backward")
    assert (status, err) == (0, "") and "-0.526 * 0.249" in out.replace("(-0.526)", "-0.526")  # (a - t) and a (1 - a)
    out = run("trace", "mazur", "--set", "z[h1]=0", "--set", "w[h1→o1] = 2", "--only", "h1", "--phase", "forward")[1]
    assert " 0.5\n" in out and "1 / (1 + exp(-0))" in out
    assert "a[h1] = 0.5" in run("explain", "mazur", "a[h1]", "--set", "z[h1]=0")[1]
    assert run("trace", "mazur", "--digits", "2", "--only", "h1", "--phase", "forward")[1].count(" 0.59\n") == 1


@pytest.mark.parametrize(
    "options, message",
    [
        (["--set", "z[h1]"], "expected an address and a number, such as z[h1]=0.38, got 'z[h1]'"),
        (["--set", "z[h1]=x"], "expected a number behind the =, got 'x'"),
        (["--set", "z[h9]=1"], "unknown address 'z[h9]'"),
        (["--set", "z[h1]=nan"], "z[h1] is not finite: nan"),
        (["--places", "2", "--digits", "2"], "--places and --digits exclude each other"),
        (["--digits", "0"], "digits must be a whole number of 1 or more, got 0"),
    ],
)
def test_a_swap_that_is_no_swap_is_refused(run, options, message):
    status, out, err = run("trace", "mazur", *options)
    assert (status, out) == (2, "") and message in err and err.count("\n") == 1
