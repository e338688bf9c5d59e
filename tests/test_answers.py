"""A person's numbers: however they are written, they are read back at their addresses, or refused in one line."""

import copy
import json
import random
from decimal import Decimal
from fractions import Fraction

import pytest
from mutated_traces import printed, problem_trace

import neurosim as ns
from neurosim import InputError
from neurosim.diagnosis.answers import read_answers, trace_with_givens


@pytest.fixture(scope="module")
def mazur():
    return ns.built_in("mazur").trace()


def values(trace, document, **settings):
    """{address: value} of what is read."""
    return {address: answer.value for address, answer in read_answers(trace, document, **settings).by_address.items()}


# Whatever the layout, the same numbers come back: a sheet is written from a trace by the code below, and read again


class Writer:
    """Writes the numbers of a trace as a person may, and keeps {address: value} of what was written."""

    def __init__(self, draw, trace):
        self.draw, self.trace, self.expected, self.sheet = draw, trace, {}, {}
        self.turned, self.folded = draw.random() < 0.5, draw.choice(["", "first", "last"])
        self.columns = draw.random() < 0.5
        self.layers = [trace.structure.input_names, *trace.structure.layer_names]

    def cell(self, address, may_be_blank=True):
        if may_be_blank and self.draw.random() < 0.15:
            return self.draw.choice(["?", "", None, "-", " \u2014 "])
        text, how = f"{self.trace[address].value:.6f}", self.draw.randrange(6)
        value = Fraction(text)
        if how == 0:
            text = text.replace(".", ",")
        elif how == 1:
            text = f"{100 * float(text):.4f}{self.draw.choice(['%', ' %', ' %'])}"
        elif how == 2:
            text = f"{value.numerator}/{value.denominator}"
        elif how == 3:
            text = text.replace("-", "\u2212")
        self.expected[address] = float(value)
        return float(value) if how == 4 else text

    def address(self, quantity, place, number):
        """The address in this pass, or in any pass, whatever gradients are reduced by."""
        ends = f"[{place}]{number and f'@{number}' or ''}"
        found = [f"{prefix}{quantity}{ends}" for prefix in ("", "mean ") if f"{prefix}{quantity}{ends}" in self.trace]
        return found[0] if found else None

    def passes(self, quantity, place):
        return [n for n in (None, *range(1, 9)) if self.address(quantity, place, n)]

    def matrix(self, quantity, bias, layer, number):
        rows = []
        for unit in self.layers[layer]:
            places = [self.address(quantity, f"{source}->{unit}", number) for source in self.layers[layer - 1]]
            row = [self.cell(place, quantity != "w") for place in places]
            if self.folded:
                place = 0 if self.folded == "first" else len(row)
                row.insert(place, self.cell(self.address(bias, unit, number), bias != "b"))
            rows.append(row)
        if len(rows) == 1 and self.draw.random() < 0.3:
            return rows[0]
        return [list(column) for column in zip(*rows)] if self.turned else rows

    def row(self, quantity, layer, number):
        row = [self.cell(self.address(quantity, unit, number)) for unit in self.layers[layer]]
        return self.draw.choice([row, [row], [[cell] for cell in row]])

    def write(self, name, quantity, layer, make, place):
        passes, key = self.passes(quantity, place), name.replace("#", str(layer))
        if name.startswith("W#+") and self.draw.random() < 0.5:
            key = key.replace("+", "_new")
        if len(passes) > 1 and self.draw.random() < 0.5:
            for count, number in enumerate(passes, 1):
                self.sheet[f"{key}@{count if '+' in quantity else number}"] = make(number)
        elif len(passes) == 1:
            self.sheet[key] = make(passes[0])
        elif "w" in quantity:
            self.sheet[key] = [make(number) for number in passes]
        else:
            rows = [[self.cell(self.address(quantity, unit, number)) for unit in self.layers[layer]] for number in passes]
            self.sheet[key] = [list(column) for column in zip(*rows)] if self.columns else rows

    def document(self):
        for layer in range(1, len(self.layers)):
            place = f"{self.layers[layer - 1][0]}->{self.layers[layer][0]}"
            for name, quantity, bias in (("dW#", "dE/dw", "dE/db"), ("W#+", "w+", "b+"), ("W#", "w", "b")):
                self.write(name, quantity, layer, lambda n, q=quantity, b=bias: self.matrix(q, b, layer, n), place)
            rows = [("z#", "z"), ("a#", "a"), ("delta#", "delta"), ("dA#", "dE/da")]
            rows += [] if self.folded else [("b#", "b"), ("b#+", "b+"), ("db#", "dE/db")]
            for name, quantity in rows:
                self.write(name, quantity, layer, lambda n, q=quantity: self.row(q, layer, n), self.layers[layer][0])
        keys = list(self.sheet)
        self.draw.shuffle(keys)
        return {key: self.sheet[key] for key in keys}


@pytest.mark.parametrize("seed", range(60))
def test_numbers_come_back_from_any_layout(seed):
    draw = random.Random(seed)
    sizes = [draw.randint(1, 4) for _ in range(draw.randint(2, 4))]
    examples = draw.randint(1, 4)
    if examples in sizes[1:]:
        sizes[1:] = [5] * len(sizes[1:])  # lists of as many passes as units tell no layout
    trace = problem_trace(draw, sizes, examples, batch=draw.choice([1, 2, "all"]))
    writer = Writer(draw, trace)
    document = writer.document()
    assert values(trace, document) == writer.expected
    assert values(trace, json.loads(json.dumps(document))) == writer.expected


# The layout is that of the whole sheet


def test_nested_lists_and_their_layouts(mazur):
    rows = [[0.000438568, 0.000877135], [0.000497713, 0.000995425]]
    assert mazur.diagnose({"dW1": rows, "delta1": ["0.00877135", "0.00995425"], "a2": ["0.75136507", "0.772928465"]})
    turned = [list(column) for column in zip(*rows)]
    assert mazur.diagnose({"dW1": turned}).mistakes == [("gradient-transposed",)]
    assert mazur.diagnose({"W1": [[0.15, 0.25], [0.2, 0.3]], "dW1": turned})


def test_the_layout_is_told_once(mazur):
    new = [["0.149780716", "0.24975114"], ["0.19956143", "0.29950229"]]
    turned = read_answers(mazur, {"W1": [[0.15, 0.25], [0.2, 0.3]], "W1+": new})
    assert turned.notes == ["your matrices have a row for each unit that the weights come from"]
    assert turned.by_address["w+[x1->h2]"].text == "0.24975114"
    as_printed = read_answers(mazur, {"dE/dW2": [[1, 2], [3, 4]]})
    assert as_printed.by_address == read_answers(mazur, {"dW2": [[1, 2], [3, 4]]}).by_address
    folded = read_answers(mazur, {"W1": [[0.35, 0.15, 0.20], [0.35, 0.25, 0.30]], "dW2": [[1, 2], [3, 4]]})
    assert folded.notes == ["your matrices have the biases in them first"]
    assert folded.by_address["b[h2]"].value == 0.35 and folded.by_address["dE/dw[h2->o1]"].value == 2


def test_square_matrices_follow_those_that_are_not():
    trace = problem_trace(random.Random(3), (2, 2, 3), 1)
    sheet = {"dW1": [[1, 2], [3, 4]], "dW2": [[1, 2, 3], [4, 5, 6]]}
    assert values(trace, sheet)["dE/dw[x2->h1]"] == 3
    sheet["dW2"] = [[1, 2], [3, 4], [5, 6]]
    assert values(trace, sheet)["dE/dw[x2->h1]"] == 2
    with pytest.raises(InputError, match="answers: dW2: it has a row for each unit that the weights come from, but W2 has"):
        read_answers(trace, {"W2": sheet["dW2"], "dW2": [[1, 2, 3], [4, 5, 6]]})


def test_square_matrices_follow_the_known_weights_of_any_layer(mazur):
    """W2 of the page is 0.4, 0.45 into o1 and 0.5, 0.55 into o2."""
    assert values(mazur, {"W2": [[0.4, 0.5], [0.45, 0.55]], "dW1": [[1, 2], [3, 4]]})["dE/dw[x1->h2]"] == 2
    assert values(mazur, {"W2": [[0.4, 0.45], [0.5, 0.55]], "dW1": [[1, 2], [3, 4]]})["dE/dw[x1->h2]"] == 3
    assert values(mazur, {"W2": [[0.4, "?"], [None, 0.55]], "dW1": [[1, 2], [3, 4]]})["dE/dw[x1->h2]"] == 3


def test_old_weights_tell_the_layout_before_new_ones(mazur):
    """The old ones are copied from the page, the new ones may be wrong."""
    sheet = {"W1": [[0.15, 0.25], [0.2, 0.3]], "W1+": [[0.15, 0.2], [0.25, 0.3]]}
    assert read_answers(mazur, sheet).by_address["w+[x2->h1]"].value == 0.25


def test_wrong_weights_turn_no_matrix(mazur):
    """0.1498, 0.1996 and 0.2498, 0.2995 on the page: 0.18 away, and 0.12 if turned."""
    assert read_answers(mazur, {"W1+": [[0.1, 0.24], [0.21, 0.35]]}).by_address["w+[x2->h1]"].value == 0.24


def test_lists_of_several_examples():
    trace = problem_trace(random.Random(2), (2, 3, 2), 3)
    columns = [[trace[f"a[h{unit}]@{number}"].value for number in (1, 2, 3)] for unit in (1, 2, 3)]
    outputs = [[trace[f"a[o{unit}]@{number}"].value for number in (1, 2, 3)] for unit in (1, 2)]
    gradient = [[trace[f"mean dE/dw[h{i}->o{j}]@3"].value for i in (1, 2, 3)] for j in (1, 2)]
    diagnosis = trace.diagnose({"a1": columns, "a2": outputs, "dW2": gradient})
    assert diagnosis and diagnosis.answers.notes == ["your lists have a column for each pass"]
    inputs = [[trace[f"a[x{unit}]@{number}"].value for unit in (1, 2)] for number in (1, 2, 3)]
    assert trace.diagnose({"a0": inputs, "a1": list(zip(*columns)), "dW2": gradient}).answers.notes == []


def test_inputs_tell_whether_lists_have_columns():
    network = ns.Network(2, [ns.Layer(1, "linear", weights=[[1, 1]])])
    trace = network.trace([[1, 2], [3, 4]], [[0], [0]])
    assert values(trace, {"a0": [[1, 3], [2, 4]], "z1": [[5, 6]]})["a[x1]@2"] == 3
    trace = ns.Network(2, [ns.Layer(2, "linear", weights=[[1, 1], [1, 1]])]).trace([[1, 2], [3, 4]], [[0, 0], [0, 0]])
    assert values(trace, {"a0": [[1, 3], [2, 4]], "z1": [[5, 6], [7, 8]]})["z[o1]@2"] == 6
    assert values(trace, {"a0": [[1, 2], [3, 4]], "z1": [[5, 6], [7, 8]]})["z[o1]@2"] == 7


def test_one_output_in_several_passes_is_a_flat_list():
    trace = problem_trace(random.Random(2), (2, 3, 1), 3)
    assert values(trace, {"a2": [0.1, 0.2, 0.3]}) == {"a[o1]@1": 0.1, "a[o1]@2": 0.2, "a[o1]@3": 0.3}
    assert values(trace, {"dW2": [1, 2, 3], "db2": 4})["mean dE/dw[h3->o1]@3"] == 3


def test_lists_of_one_pass_or_one_update():
    """Three examples in batches of two: updates come after the passes 2, 3, 5 and 6."""
    network = ns.Network(1, [ns.Layer(1, "linear", weights=[[0.5]], biases=[0.1])])
    trace = network.trace([[1], [2], [3]], [[1], [1], [0]], ns.SGD(0.1), batch_size=2, epochs=2)
    sheet = {"W1+@2": [[1]], "b1+@3": [2], "W1_new@4": 3, "dW1@2": [[4]], "z1@6": [5], "dW1@3": 6}
    assert values(trace, sheet) == {
        "w+[x1->o1]@3": 1, "b+[o1]@5": 2, "w+[x1->o1]@6": 3, "mean dE/dw[x1->o1]@2": 4, "z[o1]@6": 5,
        "mean dE/dw[x1->o1]@3": 6,
    }


# One number in all its spellings


SPELLINGS = [  # (as typed, value, half a unit)
    ("0.0073", 0.0073, 0.00005), ("0,0073", 0.0073, 0.00005), ("\u22120,0073", -0.0073, 0.00005), ("\u20131.5", -1.5, 0.05),
    ("1/3", 1 / 3, 0), ("-2 / 3", -2 / 3, 0), ("59,3 %", 0.593, 0.0005), ("59.3%", 0.593, 0.0005), ("59%", 0.59, 0.005),
    ("12,5%", 0.125, 0.0005), ("1.5e-3", 0.0015, 0.00005), (".5", 0.5, 0.05), ("+3,25", 3.25, 0.005),
    (" 0.730 ", 0.73, 0.0005),
]


@pytest.mark.parametrize("typed, value, half_unit", SPELLINGS)
def test_a_number_in_any_spelling(mazur, typed, value, half_unit):
    answer = read_answers(mazur, {"E": typed}).by_address["E"]
    assert answer.value == pytest.approx(value, rel=1e-15) and answer.half_unit == pytest.approx(half_unit, rel=1e-12)


def test_a_comma_that_may_stand_between_thousands_needs_another_to_tell(mazur):
    """The page has 1.105905967 for z[o1]."""
    with pytest.raises(InputError, match="answers: z.o1.: 1,106 may be 1.106 or 1106; write it with a point"):
        read_answers(mazur, {"z[o1]": "1,106"})
    assert values(mazur, {"z[o1]": "1,106", "z[h1]": "0,378"})["z[o1]"] == 1.106


@pytest.mark.parametrize("typed", ["1,234.5", "1.234,5", "1,234,567"])
def test_commas_between_thousands_are_refused(mazur, typed):
    with pytest.raises(InputError, match=f"answers: E: expected a number, got '{typed}'; a comma is a decimal point here"):
        read_answers(mazur, {"E": typed})


def test_blanks_are_numbers_that_were_not_worked_out(mazur):
    sheet = {"z1": ["0.3775", "?"], "z[h2]": "0.3925", "E": None, "delta2": None, "dW1": [[None, "-"], ["", "\u2014"]]}
    assert values(mazur, sheet) == {"z[h1]": 0.3775, "z[h2]": 0.3925}
    for blank in ("?", "-", "", None, "\u2212"):
        with pytest.raises(InputError, match="answers: all of them are blank"):
            read_answers(mazur, {"E": blank})


def test_addresses_in_other_spellings_and_numbers_of_other_kinds(mazur):
    assert mazur.diagnose({"w+[x1 → h1]": "0.149780716", " delta[o1] ": Fraction(138498562, 10**9)})
    assert values(mazur, {"z[h1]@1": Decimal("0.3775")}) == {"z[h1]": 0.3775}
    exact = mazur.replay(number=Decimal)
    assert json.loads(exact.diagnose(printed(exact.mutate("no-bias"), 5)).text("json"))["status"] == "mistake"


class Array:
    """What a program's arrays have in common."""

    def __init__(self, values):
        self.values = values

    def tolist(self):
        return self.values


def test_arrays_are_taken_by_their_tolist(mazur):
    assert mazur.diagnose({"delta1": Array([mazur["delta[h1]"].value, mazur["delta[h2]"].value])})
    assert mazur.diagnose({"delta1": [Array(mazur["delta[h1]"].value), Array(mazur["delta[h2]"].value)]})


# What is given


def test_what_follows_is_judged_from_what_is_given(mazur):
    """By hand: (0.4 * 0.1479 - 0.5 * 0.0380982365) * 0.241300709 = 0.0096788."""
    assert mazur.diagnose({"given": {"delta[o1]": "0,1479"}, "delta[h1]": "0.009679"})
    assert mazur.diagnose({"delta[h1]": "0.009679"}, given={"delta2": [0.1479, "?"]})
    assert not mazur.diagnose({"delta[h1]": "0.009679"})
    assert not mazur.diagnose({"delta[h1]": "0.00877"}, given={"delta[o1]": 0.1479})
    wrong = mazur.diagnose({"delta[h1]": f"{0.4 * 0.1479 - 0.5 * 0.0380982365:.6f}"}, given={"delta[o1]": 0.1479})
    assert "no-hidden-slope" in wrong.mistakes[0] and str(wrong)
    assert copy.deepcopy(wrong) == wrong and wrong.answers.given == {"delta[o1]": 0.1479}


def test_no_mistake_is_looked_for_in_what_is_given(mazur):
    """The deltas of hidden units as they come from 0.74136507 and -0.217071535, the outputs' errors."""
    raw = {"delta[h1]": "0.045367", "delta[h2]": "0.051545"}
    assert "no-output-slope" in mazur.diagnose(raw).mistakes[0]
    given = {"delta[o1]": 0.138498562, "delta[o2]": -0.0380982365}
    assert all("no-output-slope" not in names for names in mazur.diagnose(raw, given=given).mistakes)


def test_givens_are_read_with_the_answers(mazur):
    answers = read_answers(mazur, {"given": {"delta[o1]": "1/8"}, "delta[h1]": 1}, {"eta": 0.1, "z[h1]": None})
    assert answers.given == {"delta[o1]": 0.125, "eta": 0.1}
    changed = trace_with_givens(mazur.replay(number=Decimal), answers)
    assert changed["delta[o1]"].value == Decimal("0.125") and changed["eta"].value == Decimal("0.1")
    assert trace_with_givens(mazur, read_answers(mazur, {"E": 1})) is mazur


def test_solving_uses_what_is_given():
    problem = ns.built_in("mazur")
    solution = problem.network.solve(problem.inputs, problem.targets, {"delta1": ["0.009679", None]}, problem.optimizer,
                                     given={"delta[o1]": 0.1479})
    assert solution.whole and list(solution.printed) == ["delta[h1]@1"]
    with pytest.raises(InputError, match="printed: pass 9 is too far for given numbers, which are used up to pass 8"):
        problem.network.solve(problem.inputs, problem.targets, {"E@9": 1}, problem.optimizer, given={"E": 1})


def test_solving_takes_lists_of_any_pass():
    """The page: the loss after one update, and the outputs after 10,000."""
    problem = ns.built_in("mazur")
    printed = {"a2@10001": ["0.015912196", "0.984065734"], "given": None}
    solution = problem.network.solve(problem.inputs, problem.targets, printed, problem.optimizer)
    assert solution and list(solution.printed) == ["a[o1]@10001", "a[o2]@10001"]
    batches = ns.built_in("analytics-vidhya")  # three examples, one update for all
    trace = batches.network.trace(batches.inputs, batches.targets, batches.optimizer, "all", "sum", epochs=4)
    printed = {"W2+@4": [[f"{trace[f'w+[h{i}->o1]@12'].value:.9f}" for i in (1, 2, 3)]]}
    solution = batches.network.solve(batches.inputs, batches.targets, printed, batches.optimizer, "all", "sum")
    assert solution and list(solution.printed) == [f"w+[h{i}->o1]@12" for i in (1, 2, 3)]


def test_a_fraction_is_solved_for_as_exactly_as_floats_are():
    network = ns.Network(1, [ns.Layer(1, "linear", weights=[[0.1]], biases=[0.2])])
    (first, *_) = network.solve([1], [0], {"z[o1]": "3/10"}, ns.SGD(0.1)).whole  # 0.1 + 0.2 is no float 0.3
    assert first.rounding == "none"


# What is refused


def nested(depth, make):
    found = 1
    for _ in range(depth):
        found = make(found)
    return found


@pytest.mark.parametrize(
    "answers, message",
    [
        ({}, "answers: none were given"), ([], "answers: expected addresses or layers with their numbers, got .."),
        ({"delta[h9]": 1}, "unknown address 'delta.h9.'; did you mean 'delta.h"),
        ({"E": "x"}, "answers: E: expected a number, got 'x'"), ({"E": True}, "expected a number, got True"),
        ({"E": "1e999"}, "answers: E: expected a number"), ({"E": "nan"}, "answers: E: expected a number, got 'nan'"),
        ({"E": float("nan")}, "E: expected a number, got nan"), ({"E": float("inf")}, "E: expected a number, got inf"),
        ({"E": "1/0"}, "E: expected a number, got '1/0'"), ({"E": "1/3/4"}, "got '1/3/4'"), ({"E": "%"}, "got '%'"),
        ({"E": " " * 10**7 + "1"}, "E: expected a number, got ' "), ({"E": "?" * 500}, "E: expected a number"),
        ({"E": "9" * 390 + "/1"}, "E: expected a number"), ({"E": "1e999999999%"}, "E: expected a number"),
        ({"E": {}}, "E: expected a number, got {}"), ({"E": [1]}, r"E: expected a number, got \[1\]"),
        ({"E": object}, "E: expected a number, got <class 'object'>"), ({"E": Array}, "E: expected a number, got <class"),
        ({"W3": [[1]]}, "answers: W3: there is no such list; layers go from 1 to 2"),
        ({"W1": [[1, 2, 3]]}, "answers: W1: expected 2 rows of 2 numbers, got 1 of 3"),
        ({"W1": [1, 2, 3, 4]}, r"answers: W1: expected 2 rows of 2 numbers, got \[1, 2, 3, 4\]"),
        ({"W1": [[1, 2, 3, 4]]}, "answers: W1: expected 2 rows of 2 numbers, got 1 of 4"),
        ({"W1": [[1], [2, 3]]}, "answers: W1: expected 2 rows of 2 numbers, got ..1., .2, 3.."),
        ({"delta1": [1]}, "answers: delta1: expected 2 numbers, got .1."),
        ({"delta1+": [1, 2]}, "answers: delta1.: there is no such list"),
        ({"db1": [1, 2]}, "answers: dE/db.h1.: it is not in this computation"),
        ({"W1+": [[1, 2, 3], [4, 5, 6]]}, r"answers: b\+.h1.: it is not in this computation"),
        ({"w1": [[1, 2], [3, 4]]}, "unknown address 'w1'"),
        ({"W1@2": [[1, 2], [3, 4]]}, r"answers: W1@2: these are there before any pass; the new ones .* are W1\+@2"),
        ({"W1+@2": [[1, 2], [3, 4]]}, r"answers: W1\+@2: there is no update 2; there is only 1"),
        ({"z1@2": [1, 2]}, "answers: z1@2: there is no pass 2; it is in 1"), ({"z1@0": [1, 2]}, "there is no pass 0"),
        ({"z1": ["1", "2"], "z[h1]": "1"}, "answers: z.h1. is given twice"),
        ({"z[h1]": "1", " z[h1] ": "1"}, "answers: z.h1. is given twice"),
        ({"w[x1->h1]": "1", "w[x1 → h1]": "1"}, "answers: w.x1->h1. is given twice"),
        ({"z[h1]": "1", "z[h1]@1": "1"}, "answers: z.h1. is given twice"),
        ({"W1+": [[1, 2], [3, 4]], "W1_new": [[1, 2], [3, 4]]}, r"answers: w\+.x1->h1. is given twice"),
        ({"E": 10**5000}, "answers: E: expected a number, got a"), ({"E": "1e-99999999999"}, "expected a number"),
        ({"E": "0." + "9" * 10**7}, "answers: E: expected a number"), ({"z" + "9" * 5000: [1]}, "unknown address"),
        ({"W1": [[10**400, 1], [2, 3]]}, "answers: w.x1->h1.: expected a number"),
        ({"W1": nested(5, lambda inner: [inner])}, "answers: W1: lists in lists in lists are the most"),
        ({"W1": nested(10**5, lambda inner: [inner])}, "answers: W1: lists in lists in lists are the most"),
        ({"E": nested(10**5, lambda inner: {"E": inner})}, "answers: E: expected a number, got "),
        ({"E": 1, "given": 1}, "answers: given: expected addresses or layers with their numbers, got 1"),
        ({"E": 1, "given": {"z[h1]": "x"}}, "answers: given: z.h1.: expected a number, got 'x'"),
        ({"given": {"z[h1]": 1}}, "answers: none were given"),
    ],
)
def test_answers_that_are_none_are_refused(mazur, answers, message):
    with pytest.raises(InputError, match=message) as caught:
        mazur.diagnose(answers)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300


def test_a_number_given_twice_over_is_refused(mazur):
    with pytest.raises(InputError, match="answers: z.h1. is given twice"):
        mazur.diagnose({"E": 1, "given": {"z[h1]": 1}}, given={"z1": [1, 2]})


def test_lists_of_several_passes_need_one_for_each():
    trace = problem_trace(random.Random(2), (2, 3, 2), 4, batch=1)
    for sheet, message in (
        ({"z1": [1, 2, 3]}, "answers: z1: expected 4 rows of 3 numbers, one for each example, got .1, 2, 3."),
        ({"W1+": [[1, 2]] * 3}, r"answers: W1\+: expected 4 matrices, one for each of the passes 1, 2, 3, 4, got"),
        ({"z1@5": [1, 2, 3]}, "answers: z1@5: there is no pass 5; it is in 1, 2, 3, 4"),
        ({"W1+@5": [1]}, r"answers: W1\+@5: there is no update 5; there are 4"),
        ({"z[h1]": 1}, "z.h1. is in several passes"),
    ):
        with pytest.raises(InputError, match=message):
            read_answers(trace, sheet)


def test_a_class_is_no_answers(mazur):
    with pytest.raises(InputError, match="answers: expected addresses or layers with their numbers, got <class 'dict'>"):
        mazur.diagnose(dict)


# On the command line


@pytest.mark.parametrize(
    "text, message",
    [
        ("{", "answers.json, line 1, column 2: not JSON"), ("z[h1],1,2\n", "line 1: expected an address and a number"),
        ("z[h1],1\nz[h1],2\n", "answers.json: line 2: z[h1] is given twice"),
        ("z[h1];1;2\n", "line 1: expected an address and a number"),
        ("z[h1],0,378\n", "a semicolon beside decimal commas"),
        ('{"E": NaN}', "NaN is not a number that JSON knows"),
        ('{"E": 1e99999999999999999999}', "error: "),  # PyPy's Decimal takes the exponent, which is refused later
        ('{"E": 1e400}', "answers: E: expected a number, got 1E+400"), ('{"E": ' + "[" * 10**5, "nested too deeply"),
        ('{"E": "' + "9" * 10**7 + '"}', "answers: E: expected a number"),
        ("z[h1]," + "9" * 200_000, "field larger than field limit"), ("z[h1],?\n", "answers: all of them are blank"),
        ("[1]", "answers: expected addresses or layers with their numbers"), ("\n", "answers: none were given"),
    ],
)
def test_answer_files_that_are_none_are_refused(run, tmp_path, text, message):
    path = tmp_path / "answers.json"
    path.write_text(text)
    for command in ("diagnose", "solve"):
        status, out, err = run(command, "mazur", str(path))
        assert (status, out) == (2, "") and err.count("\n") == 1
        if command == "solve":
            message = message.replace("answers: E:", "printed: E@1:").replace("answers: ", "printed: ")
        assert message in err


def test_semicolons_beside_decimal_commas(run, tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("address;number\ndelta[h1];0,00877\na[h1];59,3 %\nz[o1];1,106\nz[h1];\nE;?\n", encoding="utf-8")
    assert run("diagnose", "mazur", str(path)) == (0, "right: 3 numbers, to the digits given\n", "")
    path.write_text("z[o1];1,106\n", encoding="utf-8")
    assert run("diagnose", "mazur", str(path))[0] == 0
    path.write_text('delta[h1],"0,00877"\na[h1],0.5933\n', encoding="utf-8")
    assert run("diagnose", "mazur", str(path)) == (0, "right: 2 numbers, to the digits given\n", "")


def test_numbers_are_given_by_a_file_or_an_option(run, tmp_path):
    path = tmp_path / "answers.json"
    path.write_text('{"given": {"delta[o1]": 0.1479}, "delta1": [0.009679, null]}')
    assert run("diagnose", "mazur", str(path))[0] == run("solve", "mazur", str(path))[0] == 0
    path.write_text('{"delta[h1]": 0.009679}')
    for command in ("diagnose", "solve"):
        assert run(command, "mazur", str(path), "--set", "delta[o1]=0.1479")[0] == 0
        assert run(command, "mazur", str(path))[0] == 1
        assert "unknown address 'delta[o9]'" in run(command, "mazur", str(path), "--set", "delta[o9]=1")[2]


def test_a_computation_of_several_epochs_and_batches(run, tmp_path):
    epochs = json.loads(run("trace", "mazur", "--epochs", "3", "--as", "json")[1])
    assert "E@3" in [step["address"] for step in epochs["steps"]]
    path = tmp_path / "answers.json"
    path.write_text('{"E@2": "0.291027774"}')  # what this example's loss is after one simultaneous update
    assert run("diagnose", "mazur", str(path), "--epochs", "2")[0] == 0
    assert run("diagnose", "mazur", str(path))[0] == 2  # there is no second pass
    assert "epochs must be a whole number of 1 or more, got 0" in run("trace", "mazur", "--epochs", "0")[2]
    path.write_text('{"dW2": [11, 12, 13]}')
    batches = ["analytics-vidhya", str(path), "--batch-size", "all", "--reduction", "mean", "--format", "json"]
    for command in ("diagnose", "solve"):
        assert "mean dE/dw[h1->o1]@3" in run(command, *batches)[1]


def test_a_trace_that_is_there_already_has_its_epochs_and_batches(run, tmp_path):
    path = str(tmp_path / "trace.jsonl")
    assert run("trace", "mazur", "--as", "jsonl", "-o", path)[0] == 0
    for option, value in (("--epochs", "2"), ("--batch-size", "all"), ("--reduction", "sum")):
        assert f"{option} cannot change what is already a trace" in run("trace", path, option, value)[2]


def test_numbers_one_by_one_beside_those_of_a_file(run, tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text("z[h1],0.3775\n")
    one = ("--answer", "a[h1]=0.5933")
    assert run("diagnose", "mazur", *one) == (0, "right: 1 number, to the digits given\n", "")
    assert run("diagnose", "mazur", str(path), *one) == (0, "right: 2 numbers, to the digits given\n", "")
    twice = "neurosim: error: --answer: a[h1] is given twice\n"
    assert run("diagnose", "mazur", str(path), *one, *one) == (2, "", twice)
    assert run("diagnose", "mazur", str(path), "--answer", "z[h1]=0.3775")[0] == 2


def test_what_was_not_searched_is_not_called_unknown(run):
    status, out, _ = run("diagnose", "mazur", "--answer", "z[h1]=0.9", "--answer", "a[h1]=0.2", "--budget", "0")
    assert status == 1 and "No mistake that was tried gives these numbers" in out and "Not searched for want of time" in out


def test_a_header_in_any_words_is_left_out(run, tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text("quantity, mine\nz[h1],0.3775\n")
    assert run("diagnose", "mazur", str(path)) == (0, "right: 1 number, to the digits given\n", "")


# As it is written by hand


@pytest.mark.parametrize("key, address", [
    ("z_h1", "z[h1]"), ("z_{h1}", "z[h1]"), ("delta_o1", "delta[o1]"), ("w+_{x1 -> h1}", "w+[x1->h1]"), ("E_o2", "E[o2]"),
    ("dE/dw_x1→h1", "dE/dw[x1->h1]"), ("z_h1@1", "z[h1]"),
])
def test_a_subscript_does_for_brackets(key, address, mazur):
    assert values(mazur, {key: "0.5"}) == {address: 0.5}


def test_the_only_output_and_the_only_hidden_unit_need_no_number():
    trace = ns.Network(2, [ns.Layer(1), ns.Layer(1)], seed=1).trace([1, 0], [1])
    assert values(trace, {"delta_o": 1, "z[h]": 2, "w_h1->o1": 3}) == {"delta[o1]": 1, "z[h1]": 2, "w[h1->o1]": 3}
    with pytest.raises(ns.InputError, match=r"unknown address 'z_o'"):
        values(ns.Network(2, [ns.Layer(2)], seed=1).trace([1, 0], [1, 1]), {"z_o": 1})


def test_a_subscript_does_in_a_unit_of_its_own_name():
    layers = [ns.Layer(2, names=["my_unit", "unit"]), ns.Layer(1)]
    trace = ns.Network(2, layers, seed=1).trace([1, 0], [1])
    assert values(trace, {"z_my_unit": 1, "z_unit": 2}) == {"z[my_unit]": 1, "z[unit]": 2}


@pytest.mark.parametrize("key, text, numbers", [
    ("z1", "[0.10, 1/8]", {"z[h1]": 0.1, "z[h2]": 0.125}),
    ("z1", "(0.10 12.5%)", {"z[h1]": 0.1, "z[h2]": 0.125}),
    ("W1", "1, 2; 3, 4", {"w[x1->h1]": 1, "w[x2->h1]": 2, "w[x1->h2]": 3, "w[x2->h2]": 4}),
    ("W1", "[[1 2]\n [3 4]]", {"w[x1->h1]": 1, "w[x2->h1]": 2, "w[x1->h2]": 3, "w[x2->h2]": 4}),
    ("W1", "(1, 2), (3, ?)", {"w[x1->h1]": 1, "w[x2->h1]": 2, "w[x1->h2]": 3}),
])
def test_a_list_may_be_a_text(key, text, numbers, mazur):
    assert values(mazur, {key: text}) == numbers


@pytest.mark.parametrize("text", [
    "[1, 2", "1, 2]", "[1]]", "[1, ]", "[,]", "[" * 10**5, "[" * 10**5 + "]" * 10**5, "(" * 10**5, "[[[[1]]]]",
])
def test_a_text_of_half_a_list_is_refused(text, mazur):
    with pytest.raises(ns.InputError, match="answers: z1: (expected|lists in lists)"):
        values(mazur, {"z1": text})
