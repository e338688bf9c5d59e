"""Health: every symptom made on purpose, with its number, and its nearest healthy neighbour."""

import copy
import json
import math
import pickle
import random
from decimal import Decimal
from fractions import Fraction

import pytest
from built_ins import TRACED
from data_files import DATA, IRIS
from parameters import bits
from random_networks import random_network, targets_for

import neurosim as ns
from neurosim import ACTIVATIONS, SGD, Activation, Adam, InputError, Layer, Momentum, Network
from neurosim.health.probe import norm
from neurosim.health.saturation import Off, Saturated, flat_part, reach
from neurosim.health.symptoms import SYMPTOMS
from neurosim.problems.catalogue import built_in


def found(network, *arguments, symptom, **settings):
    """{place: number} of a symptom."""
    findings = network.health(*arguments, **settings).findings
    return {finding.place: finding.number for finding in findings if finding.symptom == symptom}


def two_layers(activation, weights, biases=None, output="linear", outgoing=None, loss="half_squared_error"):
    """A hidden layer of these weights, and one output with weights of 1, 2, 3, ..."""
    hidden = Layer(len(weights), activation, weights=weights, biases=biases)
    outgoing = [[float(number) for number in range(1, len(weights) + 1)]] if outgoing is None else outgoing
    return Network(len(weights[0]), [hidden, Layer(len(outgoing), output, weights=outgoing)], loss)


HALF = 0.5  # always the same object
LINE = [[float(x)] for x in range(1, 11)]  # 1 to 10


# Units


def test_a_dead_relu_and_one_that_fires_once():
    net = two_layers("relu", [[-1.0], [1.0]], [1.0, -9.0])
    assert found(net, LINE, symptom="dead ReLU") == {"h1": 0.0}  # z = 1 - x is at most 0; z = x - 9 is 1 for x = 10
    assert found(net, LINE, symptom="nearly dead ReLU") == {}  # 0 on 90 %, which is not over 90 %
    more = [*LINE[:-1], [9.0], [10.0]]
    assert found(net, more, symptom="nearly dead ReLU") == {"h2": 10 / 11}
    assert {f.severity for f in net.health(more).findings if "ReLU" in f.symptom} == {"alarm", "warn"}


def test_only_relu_can_be_dead():
    dead = {}
    for name, cls in ACTIVATIONS.items():
        if cls.differentiable:
            dead[name] = bool(found(two_layers(name, [[-1.0]]), LINE, symptom="dead ReLU"))
    assert [name for name, is_dead in dead.items() if is_dead] == ["relu"]
    net = two_layers({"name": "leaky_relu", "alpha": 0}, [[-1.0]])
    assert found(net, LINE, symptom="dead ReLU") == {"h1": -1.0}


def sigmoid_at(a):
    return math.log(a / (1 - a))


@pytest.mark.parametrize("activation, inside, outside", [
    ("sigmoid", sigmoid_at(0.9899), sigmoid_at(0.9901)), ("sigmoid", sigmoid_at(0.0101), sigmoid_at(0.0099)),
    ("tanh", math.atanh(0.9899), math.atanh(0.9901)), ("tanh", math.atanh(-0.9899), math.atanh(-0.9901)),
    ("bipolar_sigmoid", 2 * math.atanh(0.9899), 2 * math.atanh(0.9901)), ("softsign", 98.9, 99.1),
    ("hard_sigmoid", 2.93, 2.95), ("arctan", math.tan(0.9899 * math.pi / 2), math.tan(0.9901 * math.pi / 2)),
    ("gaussian", 2.14, 2.15),  # exp(-z^2) is 0.01 at 2.146
])
def test_saturation_begins_within_a_hundredth_of_the_bound(activation, inside, outside):
    """One unit's z is z0 for nine examples and 0.5 for the tenth: 90 % are enough."""
    inputs = [[1.0]] * 9 + [[0.0]]
    for z, share in ((outside, {"h1": 0.9}), (inside, {})):
        net = two_layers(activation, [[z - 0.5]], [0.5])
        assert found(net, inputs, symptom="saturated") == share
    net = two_layers(activation, [[outside - 0.5]], [0.5])
    assert found(net, [*inputs, [0.0]], symptom="saturated") == {}  # 9 of 11
    (finding,) = [f for f in net.health(inputs).findings if f.symptom == "saturated"]
    assert finding.criterion.endswith("on 90% of the examples") and finding.severity == "warn"


def test_outputs_count_as_saturated_only_where_they_stay_wrong():
    net = Network(1, [Layer(1, "sigmoid", weights=[[1.0]], biases=[10.0])])
    right, wrong = [[1]] * 10, [[0]] * 10
    assert found(net, LINE, symptom="saturated") == found(net, LINE, right, symptom="saturated") == {}
    assert found(net, LINE, wrong, symptom="saturated") == {"o1": 1.0}
    net.loss = ns.LOSSES.make("binary_crossentropy")  # delta = a - t does not vanish there
    assert found(net, LINE, wrong, symptom="saturated") == {}


def test_what_the_activations_reach():
    expected = {"linear": (None, None), "sigmoid": (0, 1), "tanh": (-1, 1), "relu": (0, None), "elu": (-1, None),
                "softplus": (0, None), "softmax": (0, 1), "gaussian": (0, 1), "leaky_relu": (None, None), "sign": (-1, 1),
                "arctan": (-math.pi / 2, math.pi / 2), "swish": (-0.278464543, None), "gelu": (-0.169970, None)}
    for name, (low, high) in expected.items():
        found_low, found_high = reach(ACTIVATIONS.make(name))
        assert found_low == pytest.approx(low, abs=1e-5) and found_high == pytest.approx(high, abs=1e-5)
    kinds = {name: type(flat_part(ACTIVATIONS.make(name))) for name in ACTIVATIONS}
    assert [name for name, kind in kinds.items() if kind is Off] == ["relu"]
    assert [name for name, kind in kinds.items() if kind is Saturated] == [
        "sigmoid", "bipolar_sigmoid", "hard_sigmoid", "tanh", "arctan", "softsign", "gaussian",
    ]


def test_twins_and_units_that_differ_in_one_number():
    weights = [[0.5, 0.25], [0.5, 0.25], [0.5, 0.25], [0.5, 0.25]]
    net = two_layers("tanh", weights, [0.0, 0.0, 0.0, 0.1], outgoing=[[1.0, 1.0, 1.5, 1.0]])
    assert found(net, [[1, 2]], symptom="twins") == {"h1, h2": 2}  # h3 leaves otherwise, h4 has another bias
    net["h2"].weights = [0.5, 0.2500001]
    assert found(net, [[1, 2]], symptom="twins") == {}
    zeros = Network(2, [Layer(3, initializer="zeros"), Layer(2, initializer="zeros")])
    assert found(zeros, [[1, 2]], symptom="twins") == {"h1, h2, h3": 3}


def test_only_the_bias_learns_behind_inputs_of_0():
    net = Network(1, [Layer(1, "linear", weights=[[1.0]])])
    inputs, targets = [[0.0]] * 3, [[1]] * 3
    assert found(net, inputs, targets, symptom="only the bias learns") == {"o1": 0.0}
    assert found(net, [*inputs, [1.1e-12]], [*targets, [1]], symptom="only the bias learns") == {}
    numbers = found(net, [*inputs, [0.9e-12]], [*targets, [1]], symptom="only the bias learns")
    assert numbers == {"o1": pytest.approx(0.9e-12)}
    assert found(net, inputs, [[0]] * 3, symptom="only the bias learns") == {}  # nothing is to be learnt
    frozen = Network(1, [Layer(1, "linear", weights=[[1.0]], trainable_bias=False)])
    assert found(frozen, inputs, targets, symptom="only the bias learns") == {}


# Layers: linear units, so that every delta is the output's times the weights


@pytest.mark.parametrize("weight, vanishing, exploding", [
    (1 / 19.9, {}, {}), (1 / 20.1, {"layer 1 (h1)": pytest.approx(20.1)}, {}),
    (9.9, {}, {}), (10.1, {}, {"layer 1 (h1)": pytest.approx(10.1)}),
])
def test_deltas_that_fall_and_grow_from_layer_to_layer(weight, vanishing, exploding):
    net = two_layers("linear", [[0.1]], outgoing=[[weight]])
    targets = [[5]] * 10
    assert found(net, LINE, targets, symptom="vanishing") == vanishing
    assert found(net, LINE, targets, symptom="exploding deltas") == exploding


def test_what_is_not_finite_is_named():
    net = Network(1, [Layer(1, "linear", weights=[[1e200]]), Layer(1, "linear", weights=[[1e200]])])
    health = net.health([[1.0], [0.0]], [[1], [1]])
    (finding,) = [f for f in health.findings if f.symptom == "exploding"]
    assert (finding.place, finding.number, finding.severity) == ("z[o1]", math.inf, "alarm")
    assert '"number": "inf"' in health.text("json") and "inf" in str(health)


def step_of(rate, examples=10, symptom="step size"):
    """w = 1, and every gradient -1 (x = 1, t = 2): the step is `rate` times the weight."""
    net = Network(1, [Layer(1, "linear", weights=[[1.0]], bias=False)])
    return found(net, [[1]] * examples, [[2]] * examples, SGD(rate), symptom=symptom)


def test_steps_that_are_too_long_or_too_short():
    place = "layer 1 (o1)"
    assert step_of(0.101) == {place: pytest.approx(0.101)} and step_of(0.099) == {}
    assert step_of(0.9e-5) == {place: pytest.approx(0.9e-5, rel=1e-6)} and step_of(1.1e-5) == {}
    assert step_of(10.1, symptom="exploding step") == {place: pytest.approx(10.1)} and step_of(10.1) == {}
    assert step_of(9.9, symptom="exploding step") == {} and step_of(9.9) == {place: pytest.approx(9.9)}
    assert step_of(0.101, examples=9) == {}  # too few to judge


def test_a_short_step_is_no_fault_of_the_rate_where_nothing_is_left_to_learn():
    net = Network(1, [Layer(1, "linear", weights=[[1.0]], bias=False)])
    for error, wanted in ((0.9e-3, {}), (1.1e-3, {"layer 1 (o1)": pytest.approx(1.1e-6)})):
        assert found(net, [[1]] * 10, [[1 + error]] * 10, SGD(1e-3), symptom="step size") == wanted


# Inputs, targets and outputs


@pytest.mark.parametrize("activation, t, wanted", [
    ("sigmoid", [0, 1], {}), ("sigmoid", [-0.001, 1], {"t[o1]": -0.001}), ("sigmoid", [0, 1.001], {"t[o1]": 1.001}),
    ("tanh", [-1, 1], {}), ("tanh", [-1.01, 1], {"t[o1]": -1.01}), ("relu", [0, 1e9], {}),
    ("relu", [-0.01, 1], {"t[o1]": -0.01}),
    ("softsign", [-1, 1], {}), ("softsign", [-1, 1.01], {"t[o1]": 1.01}), ("linear", [-1e9, 1e9], {}),
    ("elu", [-1, 5], {}), ("elu", [-1.01, 5], {"t[o1]": -1.01}),
])
def test_targets_that_an_output_cannot_reach(activation, t, wanted):
    net = Network(1, [Layer(1, activation)], seed=1)
    assert found(net, [[0], [1]], [[value] for value in t], symptom="target out of reach") == wanted


def test_targets_of_softmax_sum_to_1():
    net = Network(1, [Layer(2, "softmax")], seed=1)
    assert found(net, [[0], [1]], [[0.5, 0.5], [1, 0]], symptom="target out of reach") == {}
    place = {"layer 1 (o1 .. o2)": pytest.approx(1.1)}
    assert found(net, [[0], [1]], [[0.5, 0.6], [1, 0]], symptom="target out of reach") == place


def test_inputs_that_are_not_scaled():
    net = Network(["a", "b"], [Layer(1)], seed=1)
    rows = [[-1, -1], [1, 1], [-1, -1], [1, 1]]
    assert found(net, rows, symptom="inputs not scaled") == {}
    assert found(net, [[a + 9.9, b] for a, b in rows], symptom="inputs not scaled") == {}
    assert found(net, [[a - 10.1, b] for a, b in rows], symptom="inputs not scaled") == {"a": pytest.approx(10.1)}
    assert found(net, [[a * 9.9, b] for a, b in rows], symptom="inputs not scaled") == {}
    wide = [f for f in net.health([[a, b * 10.1] for a, b in rows]).findings if f.symptom == "inputs not scaled"]
    assert [(f.place, f.criterion) for f in wide] == [
        ("b", "standard deviation > 10"), ("b", "standard deviation > 10 times that of a"),
    ]
    assert found(net, [[a * 0.5, b * 5.1] for a, b in rows], symptom="inputs not scaled") == {"b": pytest.approx(10.2)}


def test_a_rare_input_of_the_same_size_is_scaled_well():
    """A pixel that is 1 in one example of 400 has a deviation of 0.05, and still the size of the others."""
    net = Network(2, [Layer(1)], seed=1)
    rows = [[number % 2, int(number == 7)] for number in range(400)]
    assert found(net, rows, symptom="inputs not scaled") == {}


def test_a_collapsed_output():
    rows = [[-1.0], [-0.5], [0.5], [1.0]]
    for weight, wanted in ((0.024, {"o1": pytest.approx(0.048)}), (0.026, {})):
        net = Network(1, [Layer(1, "linear", weights=[[weight]])])
        assert found(net, rows, symptom="collapsed output") == wanted
        assert found(net, rows, [[0], [0], [1], [1]], symptom="collapsed output") == wanted
        assert found(net, rows, [[0.3]] * 4, symptom="collapsed output") == {}  # as it should be
        assert found(net, [[1.0]] * 4, symptom="collapsed output") == {}  # the inputs are all the same


# What is well


NOT_WELL = {"mitchell-or": ["no better than a constant"], "rumelhart-symmetry": ["weights too large"]}  # as printed


@pytest.mark.parametrize("name", TRACED)
def test_the_built_in_examples_are_well(name):
    problem = ns.built_in(name)
    targets = None if None in problem.targets else problem.targets
    optimizer = problem.optimizer if targets else None
    health = problem.network.health(problem.inputs, targets, optimizer, problem.batch_size, problem.reduction)
    assert [finding.symptom for finding in health.findings] == NOT_WELL.get(name, [])
    assert bool(health) == (name not in NOT_WELL)


@pytest.mark.parametrize("settings", [
    ["--learning-rate", "0.05"], ["--activation", "sigmoid", "--learning-rate", "0.3"],
    ["--optimizer", "adam", "--learning-rate", "0.01", "--epochs", "20"],
    ["--batch-size", "16", "--optimizer", "momentum"], ["--learning-rate", "0.05", "--epochs", "3"],
])
def test_networks_that_learnt_iris_are_well(settings, run, tmp_path):
    net = str(tmp_path / "net.json")
    run("train", IRIS, "--layers", "8", "--save", net, *settings)
    assert run("health", net, IRIS) == (0, "nothing is wrong on 150 examples\n", "")


def test_iris_with_a_rate_of_3_and_without_scaling_is_not(run, tmp_path):
    net = str(tmp_path / "net.json")
    run("train", IRIS, "--layers", "8", "--save", net, "--learning-rate", "3", "--epochs", "20")
    assert "saturated" in run("health", net, IRIS)[1]


# Invariants


def test_any_network_can_be_examined_and_stays_as_it_is(pair_number, pair, seeds):
    for seed in seeds[::8]:
        net, example, _ = random_network(seed, *pair)
        draw = random.Random(seed)
        inputs = [[draw.uniform(-2, 2) for _ in example] for _ in range(12)]
        targets = [targets_for(draw, net) for _ in inputs]
        optimizer = draw.choice([SGD(0.1), Adam(0.01), Momentum(0.1)])
        before, remembered = bits(net), optimizer.snapshot()
        for arguments in ((inputs,), (inputs, targets), (inputs, targets, optimizer, draw.choice([1, 5, "all"]))):
            health = net.health(*arguments)
            assert all(isinstance(f.number, (int, float)) and not math.isnan(f.number) for f in health.findings)
            assert bool(health) == (health.findings == []) and json.loads(health.text("json"))
            assert str(health) and all("{" not in f.criterion for f in health.findings)
        assert bits(net) == before and optimizer.snapshot() == remembered
        assert all(neuron.output is None for layer in net.layers for neuron in layer.neurons)


@pytest.mark.parametrize("kind", [Fraction, Decimal, int])
def test_other_kinds_of_number_are_examined(kind):
    net = Network(1, [Layer(2, "relu", weights=[[kind(-1)], [kind(2)]], biases=[kind(0)] * 2),
                      Layer(1, "linear", weights=[[kind(1), kind(1)]], biases=[kind(0)])])
    inputs, targets = [[kind(x)] for x in range(1, 5)], [[kind(x)] for x in range(1, 5)]
    health = net.health(inputs, targets, SGD(kind(1) / 10 if kind is not int else 0.1))
    assert ("h1", "dead ReLU", -1.0) in [(f.place, f.symptom, f.number) for f in health.findings]


def test_huge_whole_numbers_do_no_harm():
    net = Network(1, [Layer(1, "linear", weights=[[10**300]]), Layer(1, "linear", weights=[[10**300]])])
    assert net.health([[1], [2], [3], [5]], [[1]] * 4, SGD(1)) is not None


def test_what_is_missing_is_said():
    net = two_layers("relu", [[-1.0]])
    health = net.health([[1], [2]])
    reasons = {missing.symptom: missing.reason for missing in health.not_judged}
    assert reasons["dead ReLU"] == "takes 3 examples or more" and reasons["step size"] == "there are no targets"
    assert set(reasons) >= {s.name for s in SYMPTOMS if s.least > 2 or s.needs != "inputs"} and health
    assert "not judged: " in str(health)
    assert "there is no optimizer" in str(net.health([[1], [2]], [[1], [2]]))
    stepped = Network(1, [Layer(1, "step", weights=[[1.0]]), Layer(1)], seed=1)
    assert "step has no useful derivative" in str(stepped.health([[1], [2]], [[1], [0]], SGD(1)))


def test_every_symptom_has_its_threshold_and_advice():
    for symptom in SYMPTOMS:
        assert symptom.severity in ("alarm", "warn") and symptom.needs in ("inputs", "targets", "optimizer", "training")
        assert symptom.criterion and symptom.advice


def test_the_optimizer_may_be_a_name_and_goes_on_from_where_it_is():
    net = Network(1, [Layer(1, "linear", weights=[[1.0]], bias=False)])
    assert net.health([[1]] * 10, [[2]] * 10, "adam")
    optimizer = Momentum(0.1)
    net.fit([[1]], [[10]], optimizer=optimizer)  # from 1 to 1.9 with a velocity of 0.9
    step = (0.9 * 0.9) / 1.9  # no error is left, and still it goes on
    numbers = found(net, [[1]] * 10, [[1.9]] * 10, optimizer, symptom="step size")
    assert numbers == {"layer 1 (o1)": pytest.approx(step)} and optimizer.updates == 1


# On the command line, and bad input


def test_an_alarm_ends_with_status_1_and_a_warning_with_0(run, tmp_path):
    for weight, status in ((-1.0, 1), (1.0, 0)):
        net = two_layers("relu", [[weight], [1.0]], [0.0, -9.5])
        ns.Problem(net, [[float(x)] for x in range(11)]).save(tmp_path / "p.json")
        code, out, error = run("health", str(tmp_path / "p.json"), "--decimals", "2")
        assert (code, error) == (status, "") and "nearly dead" in out
        assert out.splitlines()[2].startswith("alarm" if status else "warn")


def test_health_as_json_and_as_html(run, tmp_path):
    ns.Problem(two_layers("relu", [[-1.0]]), LINE, [[1]] * 10, SGD(0.01)).save(tmp_path / "p.json")
    status, out, _ = run("health", str(tmp_path / "p.json"), "--format", "json")
    first = json.loads(out)["findings"][0]
    assert status == 1 and (first["place"], first["symptom"], first["number"]) == ("h1", "dead ReLU", -1.0)
    assert two_layers("relu", [[-1.0]]).health(LINE)._repr_html_().startswith("<table>")


def test_digits_are_well_and_quick_to_examine(run, tmp_path):
    net = str(tmp_path / "net.json")
    digits = str(DATA / "digits.csv")
    run("train", digits, "--layers", "16", "--epochs", "1", "--learning-rate", "0.05", "--save", net)
    assert run("health", net, digits)[0] == 0


@pytest.mark.parametrize(
    "arguments, message",
    [
        (([],), "expected examples, got none"), (([[1, 2]],), "example 1: inputs: expected 1 number, got 2"),
        (([1.0],), "example 1: inputs: expected a list of numbers, got 1.0"),
        (([[1], [2]], [[1]]), "got 2 inputs and 1 targets"), (([[1]], None, SGD(1)), "an update needs targets"),
        (([[1]], [[1]], 0.5), "expected an optimizer"), (([[1]], [[1]], "adm"), "did you mean 'adam'"),
        (([[1]], [[1]], "sgd", 0), "batch_size"), (([[1]], [[1]], "sgd", 1, "max"), "unknown reduction 'max'"),
        (([[1]] * 2, [[1]] * 2, SGD(1, "sequential"), 2), "'sequential' takes one example at a time"),
        (([[1], [math.nan]],), r"a\[x1\] is not finite: nan, example 2"),
    ],
)
def test_what_cannot_be_examined_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        Network(1, [Layer(1)], seed=1).health(*arguments)


def test_a_network_without_layers_or_examples_is_refused(run, tmp_path):
    with pytest.raises(InputError, match="the network has no layers"):
        Network(1).health([[1]])
    ns.Problem(Network(1, [Layer(1)], seed=1)).save(tmp_path / "p.json")
    status, _, error = run("health", str(tmp_path / "p.json"))
    assert status == 2 and "has no examples; name a data file" in error
    assert "was not trained on a data file" in run("health", "mazur", IRIS)[2]


def test_a_target_above_an_activation_that_has_one_value_is_out_of_reach():
    class Half(Activation):
        def __call__(self, z):
            return HALF

        def derivative(self, z, a):
            return 0.0 * z

    net = Network(1, [Layer(1, Half(), weights=[[1.0]])])
    assert found(net, [[1.0]], [[0.9]], symptom="target out of reach") == {"t[o1]": 0.9}


def test_a_health_survives_copying_and_pickling():
    health = built_in("mazur").network.health([[1, 2], [2, 1], [0, 1]])
    for again in (copy.deepcopy(health), pickle.loads(pickle.dumps(health))):
        assert again == health and again.text() == health.text()


def test_the_health_of_other_examples_is_another():
    network = built_in("mazur").network
    assert network.health([[1, 2]]) != network.health([[1, 2], [2, 1]])


def test_a_step_whose_square_overflows_has_a_length():
    assert norm([[3e300, 4e300], [0]]) == pytest.approx(5e300)
