"""Sheets as people hand them in, and what must be said of each; the right numbers are those of the comments."""

import random
import struct
from copy import deepcopy
from math import exp

import pytest
from people import Habits, Person, random_problem

import neurosim as ns
from neurosim import SGD, Adam, Layer, Network
from neurosim.core.activations import LeakyReLU


def sheet(addresses, texts):
    """{address: text} from two texts with words side by side."""
    assert len(addresses.split()) == len(texts.split())
    return dict(zip(addresses.split(), texts.split()))


def one_unit(activation, weight, target, optimizer, loss="half_squared_error"):
    """The trace of one unit without a bias whose input is 1."""
    network = Network(1, [Layer(1, activation, weights=[[weight]], bias=False)], loss=loss)
    return network.trace([1], [target], optimizer)


@pytest.fixture(scope="module")
def mazur():
    """Its page has z[h1] = 0.3775, delta[o1] = 0.138498562, w+[h1->o1] = 0.35891648; z[h2] is 0.3925."""
    return ns.built_in("mazur").trace()


def test_swapped_digits_with_errors_as_t_minus_a(mazur):
    diagnosis = mazur.diagnose(sheet("z[h2] delta[o1] delta[o2] w+[h1->o1] w+[h1->o2] delta[h1]",
                                     "0.3952 -0.1385 0.0381 0.3589 0.5113 -0.00877"))
    assert diagnosis.status == "slip" and diagnosis.slips == ["z[h2]"] and diagnosis.mistakes == []
    assert diagnosis.conventions == ["errors as t - a, with updates that are added"]
    text = str(diagnosis)
    assert "only z[h2] is off: 0.3952, which should be 0.3925 (digits swapped)" in text
    assert "a convention, no mistake: errors as t - a" in text


def test_a_slip_beside_a_mistake(mazur):
    """With the new weights delta[h1] = (0.35891648 * 0.1385 - 0.511301270 * 0.0381) * 0.241300709 = 0.00729."""
    diagnosis = mazur.diagnose(sheet("z[h2] delta[o1] delta[o2] delta[h1] delta[h2]",
                                     "0.3952 0.1385 -0.0381 0.00729 0.00847"))
    assert diagnosis.status == "mistake" and diagnosis.mistakes == [("weights-already-updated",)]
    assert diagnosis.slips == ["z[h2]"] and diagnosis.found[0].explains == ["delta[h1]", "delta[h2]"]
    assert "3 numbers of 5 wrong" in str(diagnosis) and "This explains 2 of the 3 wrong numbers." in str(diagnosis)
    assert "Besides, z[h2] is off: 0.3952, which should be 0.3925 (digits swapped)." in str(diagnosis)


def test_a_number_without_digits_is_coarse(mazur):
    diagnosis = mazur.diagnose({"delta[h1]": "0.00"})
    assert diagnosis.status == "coarse" and diagnosis.ask is None
    assert str(diagnosis).strip() == (
        "too coarse: 1 number with too few digits to prove anything; give more of them"
    )


def test_a_small_loss_far_from_the_true_one_is_not_right():
    """-ln(1 - 1 / (1 + exp(-10))) = ln(1 + exp(10)) = 10.000045."""
    diagnosis = one_unit("sigmoid", 10, 0, SGD(0.5), "binary_crossentropy").diagnose({"E": "0.001"})
    assert not diagnosis and diagnosis.mistakes == [] and diagnosis.wrong == ["E"]
    assert diagnosis.numbers["E"].expected == pytest.approx(10.000045, abs=1e-6)
    assert "the first E: 0.001, which should be 10.0000" in str(diagnosis)


def worked(w=((0.15, 0.2), (0.25, 0.3)), b=(0.35, 0.35), x=(0.05, 0.1), t=(0.01, 0.99), eta=0.5, f=float):
    """{address: number} of the page, worked out in plain sums; f rounds each of them."""
    numbers, v = {}, ((0.4, 0.45), (0.5, 0.55))

    def unit(name, weights, inputs, bias):
        z = f(f(f(f(weights[0]) * inputs[0]) + f(f(weights[1]) * inputs[1])) + f(bias))
        numbers[f"z[{name}]"], numbers[f"a[{name}]"] = z, f(1 / f(1 + f(exp(-z))))
        return numbers[f"a[{name}]"]

    x = [f(number) for number in x]
    hidden = [unit(f"h{j + 1}", w[j], x, b[j]) for j in range(2)]
    outputs = [unit(f"o{k + 1}", v[k], hidden, 0.6) for k in range(2)]
    deltas = [f(f(a - f(t_k)) * f(a * f(1 - a))) for a, t_k in zip(outputs, t)]
    for j, a in enumerate(hidden):
        error = f(f(f(v[0][j]) * deltas[0]) + f(f(v[1][j]) * deltas[1]))
        delta = f(error * f(a * f(1 - a)))
        numbers[f"delta[o{j + 1}]"], numbers[f"delta[h{j + 1}]"] = deltas[j], delta
        for i in range(2):
            numbers[f"dE/dw[x{i + 1}->h{j + 1}]"] = f(delta * x[i])
            numbers[f"w+[x{i + 1}->h{j + 1}]"] = f(f(w[j][i]) - f(f(eta) * f(delta * x[i])))
    return numbers


def of(numbers, *quantities):
    """Those of the numbers that are such quantities."""
    return {address: number for address, number in numbers.items() if address.partition("[")[0] in quantities}


def typed(numbers, decimals=6):
    return {address: f"{number:.{decimals}f}" for address, number in numbers.items()}


def test_numbers_of_32_bits_are_right(mazur):
    def rounded(number):
        return struct.unpack("f", struct.pack("f", number))[0]

    numbers = of(worked(f=rounded), "z", "a", "delta", "dE/dw")
    assert len(numbers) == 16 and mazur.diagnose(numbers).status == "right"
    assert not mazur.diagnose({**numbers, "delta[h1]": rounded(numbers["delta[h1]"] * 1.001)})


def test_the_layout_of_the_inputs_times_the_matrix_is_told():
    """x @ W has a row for each input; dW2 of a single output is a column."""
    network = Network(2, [
        Layer(2, weights=[[0.15, 0.2], [0.25, 0.3]], biases=[0.1, 0.2]), Layer(1, weights=[[0.4, 0.45]], biases=[0.6]),
    ])
    trace = network.trace([0.5, 0.9], [0.2], SGD(0.5))

    def gradients(sources, targets):
        return [[f"{trace[f'dE/dw[{i}->{j}]'].value:.6f}" for j in targets] for i in sources]

    diagnosis = trace.diagnose({"dW1": gradients(["x1", "x2"], ["h1", "h2"]), "dW2": gradients(["h1", "h2"], ["o1"])})
    assert diagnosis.status == "right" and len(diagnosis.numbers) == 6
    assert "your matrices have a row for each unit that the weights come from" in str(diagnosis)


def test_a_common_factor_of_4(mazur):
    """4 * 0.082167041 = 0.328668164, as the page has dE/dw[h1->o1]."""
    gradients = [step for step in mazur if step.address.startswith("dE/dw")]
    diagnosis = mazur.diagnose({step.address: f"{4 * step.value:.6f}" for step in gradients})
    assert len(gradients) == 8 and diagnosis.status == "mistake" and diagnosis.mistakes == [("common-factor",)]
    assert "Your numbers equal: a common factor (4 on the gradients)" in str(diagnosis)
    assert "yours: dE/dw[h1->o1] = 0.328668" in str(diagnosis)


def test_deltas_divided_by_the_number_of_outputs():
    """With p_k = exp(z_k) / sum(exp(z)) each delta is (p_k - t_k) / 4."""
    z, targets = [1.1, 2.2, 0.3, -1.7], [0, 0, 1, 0]
    network = Network(4, [
        Layer(4, "softmax", weights=[[float(i == j) for i in range(4)] for j in range(4)], bias=False),
    ], "categorical_crossentropy")
    total = sum(map(exp, z))
    deltas = {f"delta[o{k}]": f"{(exp(z_k) / total - t_k) / 4:.6f}" for k, (z_k, t_k) in enumerate(zip(z, targets), 1)}
    diagnosis = network.trace(z, targets, SGD(0.5)).diagnose(deltas)
    assert diagnosis.status == "convention" and diagnosis.wrong == []
    assert "(1/4: divided by the number of outputs); the name of the loss says the factor" in diagnosis.text(width=300)


def test_one_number_alone_leaves_it_open(mazur):
    """0.15 * 0.05 - 0.2 * 0.1 + 0.35 = 0.3375, and one digit makes it of 0.3775 as well."""
    diagnosis = mazur.diagnose({"z[h1]": "0.3375"})
    assert diagnosis.status == "undecided" and len(diagnosis.rivals) == 2
    assert diagnosis.rivals[0] == "one digit in z[h1]" and "w[x2->h1]*a[x2] of the other sign" in diagnosis.rivals[1]
    assert diagnosis.ask.address == "a[h1]" and diagnosis.ask.values == pytest.approx(
        [1 / (1 + exp(-0.3775)), 1 / (1 + exp(-0.3375))]
    )
    assert "Give a[h1] as well: it is 0.59327 with 1, 0.583583 with 2." in str(diagnosis)


def test_evidence_that_is_too_thin_is_told_with_both_ways(mazur):
    """Without the bias z[h1] is 0.15 * 0.05 + 0.2 * 0.1 = 0.0275; one number of two digits may be any."""
    diagnosis = mazur.diagnose({"z[h1]": "0.028"})
    assert diagnosis.status == "undecided" and "no-bias" in diagnosis.rivals[0]
    assert diagnosis.rivals[1:] == ["z[h1] as another number"] and len(diagnosis.ask.stories) == 2


def test_adam_without_its_bias_correction():
    """m = 0.1 * 1.5 and v = 0.001 * 1.5^2, so w+ = 2 - 0.1 * 0.15 / sqrt(0.00225) = 1.68377223, less epsilon's part."""
    diagnosis = one_unit("linear", 2, 0.5, Adam(0.1)).diagnose({"w+[x1->o1]": "1.68377230"})
    assert diagnosis.status == "mistake" and diagnosis.mistakes == [("no-bias-correction",)]
    assert "divide m by 1 - beta1^t and v by 1 - beta2^t" in str(diagnosis)


def test_the_penalty_in_the_gradient_is_a_convention():
    """dE/dw = (2 - 0.5) + 0.1 * 2 = 1.7 and w+ = 2 - 0.1 * 1.7 = 1.83."""
    diagnosis = one_unit("linear", 2, 0.5, SGD(0.1, l2=0.1)).diagnose({"dE/dw[x1->o1]": "1.70", "w+[x1->o1]": "1.830"})
    assert diagnosis.status == "convention" and diagnosis.wrong == []
    assert diagnosis.conventions == ["gradients with the slope of the penalty in them"]
    assert "here it is added in the update" in diagnosis.text(width=300)


@pytest.mark.parametrize("loss, form", [("1.325", ""), ("1.525", " (l2 w^2, without a half)")])
def test_the_penalty_in_the_loss_is_a_convention(loss, form):
    """(2 - 0.5)^2 / 2 = 1.125, and 0.1 / 2 * 2^2 = 0.2 or 0.1 * 2^2 = 0.4 more."""
    diagnosis = one_unit("linear", 2, 0.5, SGD(0.1, l2=0.1)).diagnose({"E": loss, "w+[x1->o1]": "1.830"})
    assert diagnosis.status == "convention" and diagnosis.conventions == [f"a loss with the penalty in it{form}"]
    assert "here E is the loss of the outputs alone" in diagnosis.text(width=300)


def test_a_leaky_relu_with_another_slope():
    """0.1 * -0.9 = -0.09 for 0.2 * -0.9 = -0.18; then z[o1] = 0.7 * -0.09 - 0.6 * 0.8 + 0.05 = -0.493, and delta[h1] =
    0.7 * -0.793 * 0.1 = -0.0555.
    """
    hidden = Layer(2, LeakyReLU(0.2), weights=[[-1, 0.5], [0.4, 0.3]], biases=[-0.4, 0.1])
    network = Network(2, [hidden, Layer(1, "linear", weights=[[0.7, -0.6]], biases=[0.05])])
    diagnosis = network.trace([1, 1], [0.3], SGD(0.5)).diagnose(sheet(
        "z[h1] a[h1] z[h2] a[h2] z[o1] delta[o1] delta[h1] delta[h2]",
        "-0.9000 -0.0900 0.8000 0.8000 -0.4930 -0.7930 -0.0555 0.4758",
    ))
    assert diagnosis.status == "mistake" and diagnosis.mistakes == [("other-leak",)] and diagnosis.slips == []
    assert diagnosis.wrong == ["a[h1]", "delta[h1]"] and "another slope below 0, in f and in f' (0.1)" in str(diagnosis)


# Givens copied wrongly


@pytest.mark.parametrize("decimals", [4, 6])
@pytest.mark.parametrize("given, text, changed", [
    ("w[x1->h1]", "0.51", {"w": ((0.51, 0.2), (0.25, 0.3))}), ("w[x1->h1]", "0.20", {"w": ((0.2, 0.2), (0.25, 0.3))}),
    ("w[x2->h1]", "-0.20", {"w": ((0.15, -0.2), (0.25, 0.3))}), ("t[o1]", "0.10", {"t": (0.1, 0.99)}),
    ("a[x1]", "0.50", {"x": (0.5, 0.1)}), ("b[h2]", "0.53", {"b": (0.35, 0.53)}), ("eta", "0.05", {"eta": 0.05}),
])
def test_a_given_copied_wrongly_is_a_slip_and_carried_on(mazur, given, text, changed, decimals):
    diagnosis = mazur.diagnose({given: text, **typed(worked(**changed), decimals)})
    assert diagnosis.status == "slip" and diagnosis.slips == [given] and diagnosis.mistakes == []
    assert f"only {given} is off: {text}, which should be" in str(diagnosis) and "(a given copied wrongly" in str(diagnosis)
    assert "the other numbers are right" in str(diagnosis)


def test_a_given_copied_wrongly_and_not_used_is_a_slip_too(mazur):
    diagnosis = mazur.diagnose({"w[x1->h1]": "0.51", **typed(worked())})
    assert diagnosis.status == "slip" and diagnosis.slips == ["w[x1->h1]"]
    assert "0.51, which should be 0.15 (a given copied wrongly: digits swapped)" in str(diagnosis)


@pytest.mark.parametrize("given, text", [("w[x1->h1]", "0.15"), ("w[x1->h1]", "0.2"), ("t[o1]", "0.01")])
def test_a_given_copied_rightly_makes_nothing_else_right(mazur, given, text):
    """0.2 is 0.15 to its one digit; a z[h1] of 0.38 is made of it and still wrong."""
    assert mazur.diagnose({given: text, **typed(worked())}).status == "right"
    assert not mazur.diagnose({given: text, **typed(worked(w=((0.2, 0.2), (0.25, 0.3))))})


def test_a_given_copied_wrongly_beside_a_mistake(mazur):
    """Hidden deltas without f' are v[0][j] delta[o1] + v[1][j] delta[o2], with the deltas that follow from 0.51."""
    numbers = of(worked(w=((0.51, 0.2), (0.25, 0.3))), "z", "a", "delta")
    for j, column in enumerate([(0.4, 0.5), (0.45, 0.55)], 1):
        numbers[f"delta[h{j}]"] = column[0] * numbers["delta[o1]"] + column[1] * numbers["delta[o2]"]
    diagnosis = mazur.diagnose({"w[x1->h1]": "0.51", **typed(numbers)})
    assert diagnosis.status == "mistake" and diagnosis.mistakes == [("no-hidden-slope",)]
    assert diagnosis.slips == ["w[x1->h1]"] and "Besides, w[x1->h1] is off: 0.51" in str(diagnosis)
    diagnosis = mazur.diagnose(typed(numbers))
    assert diagnosis.mistakes == [("copied-given",), ("no-hidden-slope",)] and diagnosis.slips == []


@pytest.mark.parametrize("form, changed", [
    ("w[x1->h1] with digits swapped, 0.51", {"w": ((0.51, 0.2), (0.25, 0.3))}),
    ("w[x2->h1] for w[x1->h1]", {"w": ((0.2, 0.2), (0.25, 0.3))}),
    ("w[x2->h1] with the other sign", {"w": ((0.15, -0.2), (0.25, 0.3))}),
    ("w[x1->h2] and w[x2->h2] exchanged", {"w": ((0.15, 0.2), (0.3, 0.25))}),
    ("b[o1] for b[h1]", {"b": (0.6, 0.35)}), ("t[o1] with digits swapped, 0.1", {"t": (0.1, 0.99)}),
    ("a[x1] and a[x2] exchanged", {"x": (0.1, 0.05)}), ("a[x2] with the other sign", {"x": (0.05, -0.1)}),
])
def test_a_given_copied_wrongly_and_not_written(mazur, form, changed):
    diagnosis = mazur.diagnose(typed(worked(**changed)))
    assert diagnosis.status == "mistake" and diagnosis.mistakes == [("copied-given",)] and diagnosis.slips == []
    assert f"Your numbers equal: a given copied wrongly ({form})" in diagnosis.text(width=300)
    assert "To fix it: take the number that is given." in str(diagnosis)


def test_the_first_step_that_reads_a_miscopied_given_is_worked_in_full(mazur):
    text = mazur.diagnose(typed(of(worked(w=((0.51, 0.2), (0.25, 0.3))), "a", "delta"))).text(width=300)
    assert "wrong: z[h1] = w[x1->h1]*a[x1] + w[x2->h1]*a[x2] + b[h1] = 0.51*0.05 + 0.2*0.1 + 0.35 = 0.3955" in text
    assert "right: z[h1] = w[x1->h1]*a[x1] + w[x2->h1]*a[x2] + b[h1] = 0.15*0.05 + 0.2*0.1 + 0.35 = 0.3775" in text


def test_a_given_that_is_written_was_not_copied_otherwise(mazur):
    """z[h1] = 0.51 * 0.05 + 0.2 * 0.1 + 0.35 beside the right weight is one wrong number, and no more is known."""
    diagnosis = mazur.diagnose({"w[x1->h1]": "0.15", **typed(of(worked(w=((0.51, 0.2), (0.25, 0.3))), "z", "a"))})
    assert diagnosis.mistakes == [] and diagnosis.slips == ["z[h1]"]


def miscopied(draw, problem):
    """The problem with one weight, bias or input of another sign, with its digits swapped, or in its neighbour's place."""
    other = deepcopy(problem)
    row = draw.choice([*draw.choice(other.weights[1:]), *other.biases[1:], *other.inputs])
    i = draw.randrange(len(row))
    whole, digits = f"{row[i]:.2f}".split(".")
    row[i] = draw.choice([-row[i], float(f"{whole}.{digits[::-1]}"), row[i - 1 if i else len(row) > 1]])
    return other


@pytest.mark.parametrize("seed", range(12))
def test_people_who_copied_a_given_wrongly_are_told(seed):
    """People of `people` work the other problem out with 4 decimals; at least two numbers differ by 5 in the last digit."""
    draw, count = random.Random(f"miscopied {seed}"), 0
    while count < 2:
        problem = random_problem(draw)
        right, wrong = (
            Person(each, (), Habits("full", 4)).sheet() for each in (problem, miscopied(draw, problem))
        )
        count = sum(abs(float(wrong[address]) - float(number)) > 5e-4 for address, number in right.items())
    diagnosis = problem.network().diagnose(**problem.arguments(), answers=wrong)
    assert diagnosis.status == "mistake" and diagnosis.mistakes == [("copied-given",)]


def test_which_of_two_givens_was_copied_wrongly_is_asked():
    """0.7 * 0.2 + 0.3 * 0.9 + 0.1 = 0.51, whether the weights were exchanged or the inputs; then dE/dw is delta times x."""
    network = Network(2, [Layer(1, "linear", weights=[[0.3, 0.7]], biases=[0.1])])
    trace = network.trace([0.2, 0.9], [0], SGD(0.5))
    diagnosis = trace.diagnose({"z[o1]": "0.510000"})
    assert diagnosis.status == "undecided" and diagnosis.rivals == [
        "a given copied wrongly (w[x1->o1] and w[x2->o1] exchanged)  [copied-given]",
        "a given copied wrongly (a[x1] and a[x2] exchanged)  [copied-given]",
    ]
    assert diagnosis.ask.address == "dE/dw[x1->o1]" and diagnosis.ask.values == pytest.approx([0.51 * 0.2, 0.51 * 0.9])
    weights = trace.diagnose({"z[o1]": "0.510000", "dE/dw[x1->o1]": "0.102000"})
    assert weights.status == "mistake" and weights.found[0].equals.endswith(
        "(w[x1->o1] and w[x2->o1] exchanged)  [copied-given]"
    )


# Numbers of another problem


def another(mazur):
    """The page's problem with other weights in the first layer: z[h1] = 0.1 * 0.05 - 0.4 * 0.1 + 0.35 = 0.315."""
    network = mazur.network.copy()
    network["h1"].weights, network["h2"].weights = [0.1, -0.4], [0.9, -0.4]
    return ns.Problem(network, [[0.05, 0.1]], [[0.01, 0.99]], SGD(0.5))


@pytest.fixture
def other_file(tmp_path, mazur):
    path = tmp_path / "another.json"
    another(mazur).save(str(path))
    return str(path)


def numbers_file(tmp_path, numbers):
    path = tmp_path / "numbers.csv"
    path.write_text("".join(f"{address},{number}\n" for address, number in numbers.items()))
    return str(path)


MAZURS = sheet("z[h1] a[h1] z[h2] delta[o1] delta[h1]", "0.3775 0.5933 0.3925 0.1385 0.00877")


def test_numbers_of_a_built_in_problem_are_told_to_be_its(run, tmp_path, other_file):
    status, out, _ = run("diagnose", other_file, numbers_file(tmp_path, MAZURS))
    assert status == 1 and "\nThese numbers are those of the built-in problem mazur.\n" in out


def test_numbers_of_another_file_are_told_to_be_its(run, tmp_path, other_file):
    path = numbers_file(tmp_path, {"z[h1]": "0.3150", "z[h2]": "0.3550"})
    status, out, _ = run("diagnose", "mazur", path, "--also", other_file)
    assert status == 1 and f"\nThese numbers are those of {other_file}.\n" in out
    assert "These numbers are those" not in run("diagnose", "mazur", path)[1]
    assert "These numbers are those" not in run("diagnose", "mazur", path, "--also", other_file, "--format", "json")[1]


@pytest.mark.parametrize("numbers", [
    MAZURS, {**MAZURS, "z[h2]": "0.3952"}, typed(of(worked(w=((0.1, 0.2), (0.9, -0.4))), "z", "a")),
])
def test_numbers_right_here_or_wrong_there_are_of_no_other_problem(run, tmp_path, other_file, numbers):
    out = run("diagnose", "mazur", numbers_file(tmp_path, numbers), "--also", other_file)[1]
    assert "These numbers are those" not in out


@pytest.mark.parametrize("numbers", [
    {"z[h1]": "0.3775"}, {"z[h1]": "0.4", "z[h2]": "0.3925"}, {"z[h1]": "0.4", "z[h2]": "0.4"},
])
def test_too_few_digits_belong_to_no_problem(run, tmp_path, other_file, numbers):
    """Half a unit of 0.4 is more than a tenth of it, and one number that proves something is not enough."""
    assert "These numbers are those" not in run("diagnose", other_file, numbers_file(tmp_path, numbers))[1]


def test_another_problem_that_can_not_be_read_is_told_of(run, tmp_path):
    status, _, err = run("diagnose", "mazur", numbers_file(tmp_path, MAZURS), "--also", "no-such-file.json")
    assert status == 2 and err == "neurosim: error: no-such-file.json: No such file or directory\n"


# What is right in another place


def test_two_numbers_that_stand_in_each_others_place(mazur):
    diagnosis = mazur.diagnose(sheet("z[h1] a[h1]", "0.5933 0.3775"))
    assert diagnosis.status == "slip" and diagnosis.slips == ["z[h1]", "a[h1]"]
    assert "z[h1] is off: 0.5933, which should be 0.3775 (exchanged with a[h1])" in str(diagnosis)


def test_a_new_weight_under_the_name_of_the_old_one(mazur):
    diagnosis = mazur.diagnose(sheet("w[h1->o1] w[h2->o1]", "0.3589 0.4087"))
    assert diagnosis.status == "slip" and diagnosis.slips == ["w[h1->o1]", "w[h2->o1]"]
    assert "w[h1->o1] is off: 0.3589, which should be 0.4000 (the value of w+[h1->o1])" in str(diagnosis)


def test_what_was_worked_out_from_a_slip_is_to_be_done_again(mazur):
    """a[h1] = 1 / (1 + exp(-0.3757)) = 0.592836 from the slip, and 0.593270 from 0.3775."""
    diagnosis = mazur.diagnose(sheet("z[h1] a[h1] z[h2]", "0.3757 0.5928 0.3925"))
    assert diagnosis.slips == ["z[h1]"]
    assert str(diagnosis).splitlines() == [
        "only z[h1] is off: 0.3757, which should be 0.3775 (digits swapped)",
        "worked out rightly, but from what is off, so do it again: a[h1]", "the other numbers are right",
    ]


def test_a_rate_that_nobody_takes_is_not_named():
    """(0.9 - 0.172) / 0.7916 = 0.92: a new weight and a bias from an older delta, and no learning rate of 0.92."""
    trace = ns.built_in("han-kamber").trace()
    diagnosis = trace.diagnose(sheet("a[6] delta[6] w+[5->6] b+[6]", "0.474 -0.1311 -0.137 0.220"))
    assert ("other-rate",) not in diagnosis.mistakes


# What should stand there, beside conventions, mistakes and other ways to write a number


def test_what_should_stand_there_has_the_sign_of_the_convention(mazur):
    """delta[h2] = 0.00995 with a - t."""
    diagnosis = mazur.diagnose(sheet("delta[o1] delta[o2] delta[h1] delta[h2]", "-0.1385 0.0381 -0.00877 -0.00959"))
    assert diagnosis.slips == ["delta[h2]"] and diagnosis.numbers["delta[h2]"].expected == pytest.approx(-0.00995, abs=1e-5)
    assert "only delta[h2] is off: -0.00959, which should be -0.00995 (digits swapped)" in str(diagnosis)


def test_a_slip_in_what_a_mistake_gives(mazur):
    """delta[o2] without f' is a - t = 0.772928 - 0.99 = -0.217072, and -0.0381 with it."""
    diagnosis = mazur.diagnose(sheet("delta[o1] delta[o2] delta[h1] delta[h2]", "0.7414 -0.2711 0.04537 0.05155"))
    assert diagnosis.mistakes == [("no-output-slope",)] and diagnosis.slips == ["delta[o2]"]
    assert "digits swapped of -0.217072, which is what the mistake gives" in " ".join(str(diagnosis).split())


def test_slips_in_percentages_and_exponents(mazur):
    """a[h1] = 59.33 %, delta[h1] = 8.771e-3."""
    diagnosis = mazur.diagnose(sheet("a[h1] delta[h1] dE/dw[x2->h1] a[h2]", "53.93% 8.717e-3 0.0008771 0.5969"))
    assert diagnosis.status == "slip" and diagnosis.slips == ["a[h1]", "delta[h1]"]
    assert "a[h1] is off: 53.93%, which should be 0.5933 (digits swapped)" in str(diagnosis)


def test_two_weights_exchanged_that_only_one_number_shows(mazur):
    """z[h2] = 0.15 * 0.05 + 0.3 * 0.1 + 0.35 = 0.3875 with w[x1->h1] in place of w[x1->h2]; o1 and o2 follow from both."""
    hidden = [1 / (1 + exp(-z)) for z in (0.25 * 0.05 + 0.2 * 0.1 + 0.35, 0.15 * 0.05 + 0.3 * 0.1 + 0.35)]
    z1, z2 = 0.4 * hidden[0] + 0.45 * hidden[1] + 0.6, 0.5 * hidden[0] + 0.55 * hidden[1] + 0.6
    numbers = {"z[h2]": "0.387500", "a[h2]": f"{hidden[1]:.6f}", "z[o1]": f"{z1:.6f}", "z[o2]": f"{z2:.6f}"}
    diagnosis = mazur.diagnose(numbers)
    assert diagnosis.mistakes == [("copied-given",)] and "w[x1->h2] and w[x1->h1] exchanged" in str(diagnosis)


def test_a_new_weight_that_is_given_and_written(mazur):
    diagnosis = mazur.diagnose(sheet("w+[h1->o1] z[h1]", "0.3589 0.3775"), given={"w+[h1->o1]": 0.3589})
    assert diagnosis.status == "right" and diagnosis.numbers["w+[h1->o1]"].verdict == "given"


def test_a_new_weight_under_the_name_of_the_old_one_in_several_passes(mazur):
    problem = ns.built_in("mazur")
    trace = problem.network.trace(problem.inputs, problem.targets, problem.optimizer, epochs=2)
    diagnosis = trace.diagnose(sheet("w[h1->o1] z[h1]@1 a[h1]@1", "0.358916 0.3775 0.59327"))
    assert "(the value of w+[h1->o1]@1)" in str(diagnosis)
