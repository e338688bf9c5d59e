"""Whatever is well defined is judged: forward passes alone, steps with the slope 1, a - t where the loss has no value."""

import copy
import json
import pickle
from math import exp, tanh

import pytest
from mutated_traces import judge, printed, random_trace

import neurosim as ns
from neurosim import SGD, InputError, Layer, Network
from neurosim.diagnosis.conventions import CONVENTIONS
from neurosim.diagnosis.diagnosis import hypotheses
from neurosim.diagnosis.judged_trace import Judged
from neurosim.diagnosis.mistakes.entry import MISTAKES

STEP_NOTE = "f' of step units is taken as 1, as textbooks do: they have no useful derivative"


@pytest.fixture
def mazur():
    return ns.built_in("mazur").network


def forward_only(trace):
    """The trace of the same inputs without targets."""
    network, settings = trace.network, trace.settings
    suffixes = [f"@{number}" for number in range(1, settings.examples + 1)] if settings.examples > 1 else [""]
    rows = [[trace[f"a[{name}]{suffix}"].value for name in network.input_names] for suffix in suffixes]
    return network.trace(rows if len(rows) > 1 else rows[0], batch_size=settings.batch_size)


# Forward passes alone


MAZUR_FORWARD = {  # 0.15*0.05 + 0.2*0.1 + 0.35 = 0.3775 and 0.25*0.05 + 0.3*0.1 + 0.35 = 0.3925, as the page has them
    "right": ({"z[h1]": "0.3775", "z[h2]": "0.3925", "a[h1]": "0.593269992"}, []),
    "no-bias": ({"z[h1]": "0.0275", "z[h2]": "0.0425"}, ["no-bias"]),
    "tanh": ({"z[h1]": "0.3775", "a[h1]": f"{tanh(0.3775):.5f}", "a[h2]": f"{tanh(0.3925):.5f}"}, ["other-activation"]),
}


@pytest.mark.parametrize("answers, names", MAZUR_FORWARD.values(), ids=MAZUR_FORWARD)
def test_mistakes_of_a_forward_pass_are_named_without_targets(mazur, answers, names):
    for diagnosis in (mazur.diagnose([0.05, 0.1], None, answers), mazur.trace([0.05, 0.1]).diagnose(answers)):
        assert diagnosis.status == ("mistake" if names else "right")
        assert [found[0] for found in diagnosis.mistakes] == names


def test_one_sign_in_a_sum_is_named_without_targets():
    """0.3*1.1 - 0.7*2.3 + 0.2*0.7 + 0.1 = -1.04, and with + 0.7*2.3 it is 2.18."""
    network = Network(3, [Layer(1, "tanh", weights=[[0.3, -0.7, 0.2]], biases=[0.1])])
    diagnosis = network.diagnose([1.1, 2.3, 0.7], None, {"z[o1]": "2.1800"})
    assert diagnosis.mistakes == [("one-term",)] and "w[x2->o1]*a[x2] of the other sign" in str(diagnosis)


def test_forward_passes_alone_have_forward_mistakes_and_no_others():
    verdicts = []
    for seed in range(6):
        trace = forward_only(random_trace(seed)[1])
        assert trace.diagnose(printed(trace, 4)).status == "right"
        found = hypotheses(MISTAKES.values(), trace)
        assert {hypothesis.kind.stage for hypothesis in found} == {"forward"}
        assert hypotheses(CONVENTIONS.values(), trace) == []
        verdicts += [judge(trace, hypothesis, 4) for hypothesis in found]
    # missed are those that another mistake gives too: the activation linear, where another one was forgotten
    assert verdicts.count("missed") <= 0.1 * len(verdicts)


def test_every_swap_reads_what_the_trace_has():
    for seed in range(6):
        whole, beyond = random_trace(seed)[1], [[2, -1]] * 3
        network = Network(2, [Layer(2), Layer(2)], loss=("binary_crossentropy", "hinge")[seed % 2], seed=seed)
        inputs, optimizer = [[1, 2], [3, 4], [5, 6]], {"name": "sgd", "l2": 0.1}
        refused = Judged(network, inputs, beyond, optimizer, 1 + seed // 2, "mean", 2)
        for trace in (whole, forward_only(whole), refused.trace):
            for hypothesis in hypotheses([*MISTAKES.values(), *CONVENTIONS.values()], trace):
                for address, (_, operands) in hypothesis.swaps.items():
                    assert address in trace and all(operand in trace for operand in operands)


@pytest.mark.parametrize("address", ["delta[o1]", "E", "dE/dw[x1->h1]", "w+[x1->h1]", "f'[h1]", "t[o1]"])
def test_what_needs_targets_says_so(mazur, address):
    with pytest.raises(InputError, match="needs targets, and there are none"):
        mazur.diagnose([0.05, 0.1], None, {address: "0.1"})
    with pytest.raises(InputError, match=r"answers: dE/dw\[h1->o1\]: it needs targets, and there are none"):
        mazur.diagnose([0.05, 0.1], None, {"dW2": [[1, 2], [3, 4]]})
    with pytest.raises(InputError, match=r"unknown address 'z\[h9\]'; did you mean 'z\[h1\]'"):
        mazur.diagnose([0.05, 0.1], None, {"z[h9]": "0.1"})


def test_the_command_judges_a_file_without_targets(run, tmp_path):
    path, numbers = tmp_path / "forward.json", tmp_path / "numbers.csv"
    document = {
        "format": "neurosim/1", "inputs": ["x1", "x2"], "examples": [{"inputs": [1, 1]}],
        "layers": [{"activation": "step", "neurons": [{"weights": [2.5, 1.2]}, {"weights": [-1.4, 2.1]}]},
                   {"activation": "tanh", "neurons": [{"weights": [-1.6, 1.4], "bias": 0.5}]}],
    }
    path.write_text(json.dumps(document))
    numbers.write_text(f"z[h1],3.7\nz[h2],0.7\nz[o1],-0.2000\na[o1],{tanh(-0.2):.4f}\n")
    status, output, _ = run("diagnose", str(path), str(numbers))
    assert status == 1 and "[no-bias]" in output and "next: neurosim explain" in output
    numbers.write_text("delta[o1],0.3\n")
    assert run("diagnose", str(path), str(numbers))[2] == (
        "neurosim: error: answers: delta[o1] needs targets, and there are none\n"
    )


def test_numbers_of_a_file_with_steps_are_told_as_its_own(run, tmp_path, steps):
    path, numbers = tmp_path / "steps.json", tmp_path / "numbers.csv"
    ns.Problem(steps, [[1, 1]], [[1]], SGD(1)).save(path)
    numbers.write_text("".join(f"{address},{number}\n" for address, number in numbers_of_steps(1).items()))
    assert f"These numbers are those of {path}." in run("diagnose", "mazur", str(numbers), "--also", str(path))[1]
    assert run("diagnose", str(path), str(numbers))[0] == 0


# Units without a useful derivative


OUTPUT_DELTA = (tanh(0.3) - 1) * (1 - tanh(0.3) ** 2)  # of 1*-1.6 + 1*1.4 + 0.5 = 0.3 for the target 1


@pytest.fixture
def steps():
    return Network(2, [
        Layer(2, "step", weights=[[2.5, 1.2], [-1.4, 2.1]], bias=False),
        Layer(1, "tanh", weights=[[-1.6, 1.4]], biases=[0.5]),
    ])


def numbers_of_steps(slope):
    delta = -1.6 * OUTPUT_DELTA * slope
    return {
        "delta[o1]": f"{OUTPUT_DELTA:.4f}", "delta[h1]": f"{delta:.4f}", "delta[h2]": f"{1.4 * OUTPUT_DELTA * slope:.4f}",
        "w+[x1->h1]": f"{2.5 - delta:.4f}",
    }


def test_errors_go_straight_through_steps(steps):
    diagnosis = steps.diagnose([1, 1], [1], numbers_of_steps(1), SGD(1))
    assert diagnosis.status == "right" and diagnosis.answers.notes == [STEP_NOTE]
    assert pickle.loads(pickle.dumps(diagnosis)).trace == diagnosis.trace == copy.deepcopy(diagnosis).trace
    assert steps.diagnose([1, 1], [1], {"z[o1]": "0.3000", "delta[o1]": f"{OUTPUT_DELTA:.4f}"}).answers.notes == []
    wrong = {**numbers_of_steps(1), "delta[h1]": f"{1.6 * OUTPUT_DELTA:.4f}", "delta[h2]": f"{-1.4 * OUTPUT_DELTA:.4f}"}
    del wrong["w+[x1->h1]"]
    assert steps.diagnose([1, 1], [1], wrong).mistakes == [("hidden-delta-sign",)]


def test_the_slope_of_a_step_as_0_is_a_convention(steps):
    diagnosis = steps.diagnose([1, 1], [1], numbers_of_steps(0), SGD(1))
    assert diagnosis.status == "convention" and "the derivative of a step as 0, which it is" in str(diagnosis)


def test_judging_makes_no_step_trainable(steps):
    judged = steps.diagnose([1, 1], [1], numbers_of_steps(1), SGD(1)).trace
    assert judged["f'[h1]"].value == 1
    for network in (steps, judged.network, judged.after):
        network.forward([1, 1])
        for train in (
            lambda: network.backward([1]), lambda: network.trace([1, 1], [1]), lambda: network.fit([[1, 1]], [[1]]),
            lambda: network.trace([1, 1], [1], SGD(1)),
        ):
            with pytest.raises(InputError, match="h1: step has no useful derivative, so the layer cannot be trained"):
                train()


def test_an_activation_of_your_own_without_a_derivative_has_the_slope_1_too():
    class Half(ns.Activation):
        differentiable = False

        def __call__(self, net_input):
            return 0.5

    network = Network(1, [Layer(1, Half(), weights=[[1]], bias=False), Layer(1, "linear", weights=[[3]], biases=[0])])
    diagnosis = network.diagnose([1], [1], {"delta[o1]": "0.5000", "delta[h1]": "1.5000"})  # 3*0.5 - 1; 3*0.5
    assert diagnosis.status == "right" and "f' of Half units is taken as 1" in str(diagnosis)


# Losses that are not defined for the targets


OUTPUT = 1 / (1 + exp(-0.5))  # of 1*0.1 + 2*0.2


@pytest.fixture
def crossed():
    return Network(2, [Layer(1, "sigmoid", weights=[[1, 2]], biases=[0])], loss="binary_crossentropy")


def test_a_delta_needs_no_value_of_the_cross_entropy(crossed):
    """delta = a - t whatever t is; here t = 2."""
    delta = OUTPUT - 2
    right = {"a[o1]": f"{OUTPUT:.4f}", "delta[o1]": f"{delta:.4f}", "dE/dw[x2->o1]": f"{0.2 * delta:.4f}",
             "w+[x1->o1]": f"{1 - 0.5 * 0.1 * delta:.4f}"}
    assert crossed.diagnose([0.1, 0.2], [2], right, SGD(0.5)).status == "right"
    decayed = {"name": "sgd", "learning_rate": 0.5, "l2": 0.01}
    right["w+[x1->o1]"] = f"{1 - 0.5 * (0.1 * delta + 0.01):.6f}"
    assert crossed.diagnose([0.1, 0.2], [2], right, decayed).status == "right"
    wrong = {"a[o1]": f"{OUTPUT:.5f}", "delta[o1]": f"{delta * OUTPUT * (1 - OUTPUT):.5f}"}
    assert crossed.diagnose([0.1, 0.2], [2], wrong).mistakes == [("extra-output-slope",)]


def test_a_loss_that_has_no_value_is_refused_in_one_line(crossed):
    with pytest.raises(InputError, match=r"^E is not defined: binary_crossentropy: targets\[0\] must be between 0 and 1"):
        crossed.diagnose([0.1, 0.2], [2], {"delta[o1]": "-1.3775", "E": "0.3"})
    rows, targets = [[0.1, 0.2], [0, 0]], [[2], [1]]
    batch = {"delta[o1]@2": "-0.5", "mean dE/db[o1]@2": f"{(OUTPUT - 2.5) / 2:.4f}"}  # the other output is 0.5
    assert crossed.diagnose(rows, targets, batch, batch_size=2).status == "right"
    with pytest.raises(InputError, match="mean E@2 is not defined: example 1: binary_crossentropy"):
        crossed.diagnose(rows, targets, {**batch, "mean E@2": "0.3"}, batch_size=2)
    with pytest.raises(InputError, match="must be between 0 and 1, got 2"):
        crossed.trace([0.1, 0.2], [2])


def test_the_delta_of_a_softmax_is_a_minus_t_only_for_targets_that_sum_to_1():
    network = Network(2, [Layer(2, "softmax", weights=[[1, 2], [2, 1]], biases=[0, 0])], loss="categorical_crossentropy")
    share = 1 / (1 + exp(-0.1))  # z is 0.5 and 0.4
    answers = {"a[o1]": f"{share:.4f}", "delta[o1]": f"{share - 2:.4f}"}
    assert network.diagnose([0.1, 0.2], [2, -1], answers).status == "right"
    with pytest.raises(InputError, match=r"delta\[o1\] is not defined: .* must sum to 1, got 2"):
        network.diagnose([0.1, 0.2], [1, 1], answers)
    assert network.diagnose([0.1, 0.2], [1, 1], {"a[o1]": answers["a[o1]"]}).status == "right"


def test_the_forward_pass_is_judged_whatever_the_loss_refuses():
    network = Network(2, [Layer(1, "tanh", weights=[[1, 2]], biases=[0])], loss="hinge")
    answers = {"z[o1]": "0.5000", "a[o1]": f"{tanh(0.5):.4f}"}
    assert network.diagnose([0.1, 0.2], [0], answers, "adam").status == "right"
    with pytest.raises(InputError, match=r"dE/da\[o1\] is not defined: hinge: targets\[0\] must be 1 or -1, got 0"):
        network.diagnose([0.1, 0.2], [0], {**answers, "dE/da[o1]": "0"})
    for later in ("w+[x1->o1]@1", "z[o1]@2"):  # which the update has changed
        with pytest.raises(InputError, match="is not defined: example 1: hinge"):
            network.diagnose([0.1, 0.2], [0], {later: "0.5"}, "sgd", epochs=2)
    assert network.diagnose([0.1, 0.2], [0], {"z[o1]@1": "0.5000"}, "sgd", epochs=2)


@pytest.mark.parametrize("inputs, targets, complaint", [
    ([0.1], [2], "inputs: expected 2 numbers, got 1"),
    ([0.1, 0.2], [2, 2], "targets: expected 1 number, got 2"),
    ([0.1, 0.2], [float("nan")], r"t\[o1\] is not finite"),
    ([0.1, 0.2], ["2"], "targets"),
    ([[0.1, 0.2]], [[2], [2]], "expected targets for 1 examples, got 2"),
])
def test_what_fits_no_network_stays_refused(crossed, inputs, targets, complaint):
    with pytest.raises(InputError, match=complaint):
        crossed.diagnose(inputs, targets, {"z[o1]": "0.5"})
