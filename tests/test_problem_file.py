"""Problem files: what is written comes back bit for bit, and a failed save loses nothing."""

import copy
import io
import json
import math
import os
import pickle
import random
import signal
import struct
import subprocess
import sys
from fractions import Fraction

import pytest
from built_ins import NOT_TRAINED
from interruptions import Interrupting, lines_of
from parameters import bits
from written_problem import EXAMPLE, read

import neurosim as ns
from neurosim import SGD, InputError, Layer, Network, Problem
from neurosim.problems.catalogue import built_in, names
from neurosim.problems.csv_data import read_csv
from neurosim.problems.problem_file import problem_text, read_problem
from neurosim.support.files import write_atomically


def test_a_file_written_by_hand():
    problem = read(EXAMPLE)
    assert problem.title == "A step by step example, 2-2-2" and problem.optimizer == SGD(0.5)
    assert (problem.inputs, problem.targets) == ([[0.05, 0.10]], [[0.01, 0.99]])
    net = problem.network
    assert net["h2"].weights == [0.25, 0.30] and net["o1"].bias == 0.60 and not net["o1"].trainable_bias


def test_floats_come_back_bit_for_bit(tmp_path):
    draw = random.Random(1)
    odd = [5e-324, -0.0, 1.7976931348623157e308, 0.1 + 0.2, math.pi, -2.2250738585072014e-308, 1e23, 2.0**-1074 * 3]
    floats = [*odd, *(struct.unpack("d", struct.pack("Q", draw.getrandbits(62)))[0] for _ in range(500))]
    net = Network(len(floats), [Layer(1, weights=[floats], biases=[0.1])])
    net.save(tmp_path / "net.json")
    assert bits(ns.load(tmp_path / "net.json").network) == bits(net)


def test_what_is_saved_is_what_is_loaded(tmp_path):
    net = Network(["p", "q"], loss={"name": "huber", "width": 0.5}, seed=7)
    net.add(Layer(3, {"name": "leaky_relu", "alpha": 0.2}, trainable_bias=False))
    net.add(Layer(2, "softmax", bias=False, names=["cat", "dog"]))
    problem = Problem(
        net, [[1, 0.5], [2, 3]], [[0, 1], None], SGD(0.25, "sequential"), "all", "sum", "Title: “ü→”", "Source"
    )
    problem.save(tmp_path / "p.json")
    again = ns.load(tmp_path / "p.json")
    assert bits(again.network) == bits(net) and problem_text(again) == problem_text(problem)
    for name in ("inputs", "targets", "optimizer", "batch_size", "reduction", "title", "source"):
        assert getattr(again, name) == getattr(problem, name)
    assert (again.network.seed, again.network.loss) == (7, net.loss)
    assert [layer.activation for layer in again.network.layers] == [layer.activation for layer in net.layers]
    assert again.network.layer_names == [["h1", "h2", "h3"], ["cat", "dog"]]
    assert again.network["cat"].bias is None and not again.network["h1"].trainable_bias


def test_the_same_network_gives_the_same_bytes():
    assert problem_text(built_in("mazur")) == problem_text(built_in("mazur"))


def test_a_file_has_a_line_for_each_neuron():
    lines = problem_text(built_in("mazur")).splitlines()
    assert '      {"weights": [0.15, 0.2], "bias": 0.35},' in lines
    assert sum('"weights"' in line for line in lines) == 4


def test_a_layer_may_be_drawn_from_its_size():
    problem = read(
        '{"format": "neurosim/1", "inputs": 3, "seed": 5, "layers": [{"size": 2, "activation": "tanh", '
        '"initializer": {"name": "uniform", "low": 0, "high": 1}, "bias_initializer": "ones"}, {"size": 1, "bias": false}]}'
    )
    again = Network(3, [Layer(2, "tanh", initializer=ns.INITIALIZERS["uniform"](0, 1), bias_initializer="ones"),
                        Layer(1, bias=False)], seed=5)
    assert bits(problem.network) == bits(again) and problem.network["h1"].bias == 1


def test_every_built_in_example_loads_and_traces_and_names_its_source():
    assert {"mazur", "han-kamber", "analytics-vidhya", "goodfellow-xor", "wikipedia-nand"} <= set(names())
    for name in names():
        problem = built_in(name)
        assert problem.title and problem.source
        assert name in NOT_TRAINED or len(problem.trace()) >= 10


def test_a_byte_order_mark_is_read_over():
    assert read_problem(io.BytesIO(b"\xef\xbb\xbf" + EXAMPLE.encode()), "it").title


@pytest.mark.parametrize("network", [
    Network(1, [Layer(1, weights=[[Fraction(1, 3)]])]),
    Network(1),
])
def test_what_json_cannot_hold_is_refused_before_the_file_is_touched(network, tmp_path):
    path = tmp_path / "net.json"
    path.write_text("old")
    with pytest.raises(InputError):
        network.save(path)
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["net.json"]


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "net.json"
    path.write_text("old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, "new")
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["net.json"]


def test_a_save_interrupted_before_the_renaming_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "net.json"
    path.write_text("old")

    def interrupted(source, destination):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, "new")
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["net.json"]


def test_saving_follows_links_and_keeps_the_mode(tmp_path):
    path, link = tmp_path / "net.json", tmp_path / "link.json"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_atomically(link, "new")
    assert link.is_symlink() and path.read_text() == "new" and path.stat().st_mode & 0o777 == 0o640


def test_a_device_is_written_to_and_not_replaced():
    write_atomically(os.devnull, "text")
    assert not os.path.isfile(os.devnull)


def test_an_interruption_right_after_the_renaming_comes_through(tmp_path, monkeypatch):
    replace = os.replace

    def interrupted(*paths):
        replace(*paths)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "new.json", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["new.json"]


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_save_interrupted_at_any_line_leaves_the_old_file_or_the_new_one(tmp_path):
    """The interruption may come before the opened file has a name, so that nobody closes it."""
    path = tmp_path / "net.json"
    for line in range(1, lines_of(lambda: write_atomically(path, ["n", "ew"])) + 1):
        path.write_text("old")
        with pytest.raises(KeyboardInterrupt), Interrupting(line):
            write_atomically(path, ["n", "ew"])
        assert path.read_text() in ("old", "new") and os.listdir(tmp_path) == ["net.json"], line


def test_what_a_killed_process_left_behind_is_removed_by_the_next_save(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for name in (f".neurosim-{gone.pid}-0123abcd.tmp", f".neurosim-{gone.pid}-ffffffff.tmp"):
        (tmp_path / name).write_text("half a fi")
    others = {
        f".neurosim-{os.getpid()}-0123abcd.tmp", f".neurosim-{os.getppid()}-0123abcd.tmp", ".neurosim-1-0123abcd.tmp",
        f".neurosim-{gone.pid}-0123abc.tmp", f"neurosim-{gone.pid}-0123abcd.tmp", f".neurosim-{gone.pid}-0123abcd.tmp~",
        f".neurosim-{'9' * 30}-0123abcd.tmp", ".neurosim-0-0123abcd.tmp", ".neurosim-x-0123abcd.tmp",
    }
    for name in others:
        (tmp_path / name).write_text("somebody's")
    folder, link = tmp_path / f".neurosim-{gone.pid}-aaaaaaaa.tmp", tmp_path / f".neurosim-{gone.pid}-bbbbbbbb.tmp"
    folder.mkdir()
    link.symlink_to("neurosim-0-0123abcd.tmp")
    write_atomically(tmp_path / "net.json", "new")
    assert set(os.listdir(tmp_path)) == {*others, folder.name, link.name, "net.json"}


def test_three_that_write_one_file_at_once_leave_it_whole(tmp_path):
    """Also when one of them is killed meanwhile."""
    path = tmp_path / "net.json"
    code = (
        "import sys; from neurosim.support.files import write_atomically; write_atomically(sys.argv[1], 'begun')\n"
        "for _ in range(int(sys.argv[3])): write_atomically(sys.argv[1], [sys.argv[2]] * 100000)"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(path), text, times])
        for text, times in (("a", "60"), ("b", "60"), ("c", "1000000"))
    ]
    seen = set()
    while any(writer.poll() is None for writer in writers[:2]):
        if path.exists():
            text = path.read_text()
            assert text == "begun" or text in [letter * 100000 for letter in "abc"]
            seen.add(text[0])
    writers[2].kill()
    assert [writer.wait() for writer in writers] == [0, 0, -signal.SIGKILL] and len(seen) > 1
    write_atomically(path, "end")
    assert path.read_text() == "end" and os.listdir(tmp_path) == ["net.json"]


def test_reading_is_json_and_nothing_else():
    assert json.loads(problem_text(built_in("han-kamber")))["inputs"] == ["1", "2", "3"]


def test_a_neuron_with_a_wrong_number_of_weights_is_not_saved(tmp_path):
    net = Network(2, [Layer(1)], seed=1)
    net["o1"].weights = [9]
    with pytest.raises(InputError, match="weights of o1: expected 2 numbers, got 1"):
        net.save(tmp_path / "net.json")
    assert not (tmp_path / "net.json").exists()


def test_the_reduction_of_single_examples_is_saved():
    problem = Problem(Network(1, [Layer(1)]), batch_size=1, reduction="sum")
    assert read(problem_text(problem)).reduction == "sum"


@pytest.mark.parametrize("network", [None, 5, Network, "mazur"])
def test_a_problem_needs_a_network(network):
    with pytest.raises(InputError, match="^network: expected a Network, got "):
        Problem(network)


@pytest.mark.parametrize("path", [None, 3, "a\0b", b"a\0b", ["net.json"], "\udc00\ud800"])
@pytest.mark.parametrize("call", [
    Network(1, [Layer(1)]).save, Network(1, [Layer(1)]).trace([1]).save, ns.load, ns.load_trace, read_csv,
])
def test_what_is_no_path_is_refused(call, path):
    with pytest.raises(InputError, match="^expected the path of a file, got "):
        call(path)


def test_a_path_may_be_bytes(tmp_path):
    path = os.fsencode(tmp_path / "net.json")
    Network(1, [Layer(1)]).save(path)
    assert len(ns.load(path).network.layers) == 1


def test_problems_are_equal_by_what_is_in_them():
    assert built_in("mazur") == built_in("mazur") != built_in("han-kamber")


def test_a_problem_with_another_weight_is_another_problem():
    other = built_in("mazur")
    other.network["h1"].weights = [0.15, 0.25]
    assert other != built_in("mazur")


def test_a_problem_survives_copying_and_pickling():
    problem = built_in("mazur")
    assert copy.deepcopy(problem) == problem == pickle.loads(pickle.dumps(problem))
