"""Traces as live workbooks: what is in the file, and that LibreOffice works the numbers of the trace out from it."""

import itertools
import math
import re
import zipfile
from decimal import Decimal
from fractions import Fraction

import pytest
from every_formula import traces
from hostile_texts import FORMULAS, NAMES
from nasty_names import NASTY
from random_networks import PAIRS, random_network
from sheets import WRONG, book, changed, needs_libreoffice, traces_worked_out, worked_out

import neurosim as ns
from neurosim import SGD, Activation, InputError, Layer, Network, Places
from neurosim.formula.cells import FUNCTIONS, SPELLED, CellNotation
from neurosim.formula.formula import formula, operand
from neurosim.formula.python import PythonNotation
from neurosim.formula.safer import SAFER
from neurosim.render.xlsx import LONGEST_FORMULA, MOST_ARGUMENTS, MOST_TERMS, trace_xlsx
from neurosim.trace.lines import in_symbols, lines_of

TOKEN = re.compile(r"[^\W\d][\w]*|[0-9.]+(?:E[-+]?[0-9]+)?|<=|>=|<>|[-+*/^(),<>= ]")
WITHIN = 1e-9  # LibreOffice writes 15 digits


def mazur():
    return ns.built_in("mazur").trace()


def formulas(data):
    """{name of a cell: its formula} of all cells that have one."""
    made = book(data)
    found = {name: made.sheets[sheet][place].formula for name, (sheet, place) in made.names.items()}
    return {name: text for name, text in found.items() if text is not None}


def difference(value, text):
    """The relative difference of a number from what a sheet has, which may be an error."""
    try:
        exact = Fraction(text)
    except ValueError:
        return math.inf
    return float(abs(exact - Fraction(value)) / abs(Fraction(value))) if value else float(abs(exact) > 0)


def is_told_apart(trace):
    """Whether no output is so near to 1 that a sheet takes the rest for 0, and no number so small that its square is 0."""
    outputs = [abs(step.value) for step in trace if step.address.startswith("a[")]
    rests = [abs(1 - output) for output in outputs]
    return all(rest == 0 or rest > 1e-6 for rest in rests) and all(
        step.value == 0 or abs(step.value) > 1e-150 for step in trace
    )


def assert_agree(traces, found):
    for trace, numbers in zip(traces, found):
        assert list(numbers) == [step.address for step in trace]
        worst, address = max((difference(step.value, numbers[step.address]), step.address) for step in trace)
        assert worst <= WITHIN, (trace, address, trace[address].value, numbers[address])


# The file


def test_a_row_for_each_step_under_the_title():
    trace, made = mazur(), book(trace_xlsx(mazur()))
    rows = [[made.sheets["trace"].get(f"{column}{row}") for column in "ABCD"] for row in range(1, len(trace) + 6)]
    assert [row[0].text for row in rows[:2]] == [trace.title, trace.source]
    assert [cell.text for cell in rows[4]] == ["address", "phase", "formula", "value"]
    for line, (address, phase, text, value) in zip(lines_of(trace, trace), rows[5:]):
        assert (address.text, phase.text, float(value.text)) == (line.step.address, line.step.phase, line.step.value)
        assert (text.text if text else "", value.formula is None) == (in_symbols(line, 8), not line.values)


def test_the_headers_stay_and_the_givens_have_a_style_of_their_own(tmp_path):
    mazur().xlsx(tmp_path / "mazur.xlsx")
    with zipfile.ZipFile(tmp_path / "mazur.xlsx") as archive:
        assert '<pane ySplit="5" topLeftCell="A6"' in archive.read("xl/worksheets/sheet1.xml").decode()
    made = book((tmp_path / "mazur.xlsx").read_bytes())
    cells = [made.sheets[sheet][place] for sheet, place in made.names.values()]
    assert {(cell.formula is None, cell.style) for cell in cells} == {(True, 1), (False, 0)}


def test_cells_read_as_the_book_does():
    found = formulas(trace_xlsx(mazur()))
    assert found["delta_h1"] == "dE_da_h1 * slope_h1" and found["E_"] == "E_o1 + E_o2"
    assert found["z_h1"] == "w_x1_h1*a_x1 + w_x2_h1*a_x2 + b_h1" and found["a_h1"] == "1 / (1 + EXP(-z_h1))"
    assert found["new_w_x1_h1"] == "w_x1_h1 - eta_*dE_dw_x1_h1"


def test_the_same_trace_has_the_same_bytes(tmp_path, monkeypatch):
    first = trace_xlsx(mazur())
    monkeypatch.setattr("time.time", lambda: 2e9)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    assert trace_xlsx(mazur()) == first


def test_numbers_have_all_their_digits():
    trace, made = mazur(), book(trace_xlsx(mazur()))
    assert {address: float(made.number(name)) for address, name in made.addresses.items()} == {
        step.address: step.value for step in trace
    }


# Names and texts that a person has typed


def hostile():
    """Traces of networks with the names of units that are troublesome anywhere, and in a sheet."""
    names = [*NASTY, *NAMES, "A", "a", "R", "C", "R1C1", "TRUE", "SUM", "x0041", "_x0041_", "i", "ı", "ß", "ss", "1", "²",
             "हिन्दी", "٣", "𠀀", "A1", "XFD1048576", "h1", "\ufdfa" * 100]  # fmt: skip
    names = list(dict.fromkeys(names))
    titles = [text for text in FORMULAS.values() if text.isprintable()]
    for start in range(0, len(names), 12):
        inputs, outputs = names[start : start + 6], names[start + 6 : start + 12] or ["o"]
        trace = Network(inputs, [Layer(len(outputs), names=outputs)], seed=1).trace(
            [0.1] * len(inputs), [0.2] * len(outputs), SGD(0.1)
        )
        trace.title = titles[start % len(titles)]
        yield trace


def test_names_are_such_as_excel_allows():
    """https://support.microsoft.com/office/names-in-formulas-fc2935f9-115d-4bef-a370-3aa8bb4c91f1: the syntax rules."""
    for trace in [*hostile(), *(trace for _, trace in itertools.islice(traces(), 40)), mazur().mutate("no-output-slope")]:
        names = list(book(trace_xlsx(trace)).names)
        assert len(names) >= len(trace) and len({name.upper() for name in names}) == len(names)
        for name in names:
            assert re.fullmatch(r"[^\W\d]\w*|_\w+", name) and len(name) <= 255  # ﷺ is 18 letters
            assert not re.fullmatch(r"[A-Z]{1,3}[0-9]+|(R[0-9]*)?(C[0-9]*)?|TRUE|FALSE", name.upper())
            assert name.upper() not in {*FUNCTIONS.values(), "PI", "IF", "AND", "OR", "NOT"}
            assert not re.search("_x[0-9A-Fa-f]{4}_", name)  # a sign by its number


def test_what_a_person_has_typed_is_never_a_formula():
    for trace in hostile():
        data = trace_xlsx(trace)
        made, known = book(data), {*book(data).names, *FUNCTIONS.values(), "PI", "IF"}
        for text in formulas(data).values():
            assert "".join(TOKEN.findall(text)) == text
            assert {word for word in TOKEN.findall(text) if word[0].isalpha() or word[0] == "_"} <= known
        assert all(cell.formula is None for place, cell in made.sheets["trace"].items() if place[0] != "D")
        assert list(made.addresses) == [step.address for step in trace]
        title = made.sheets["trace"]["A1"]
        assert (title.text, title.style) == (trace.title, 3)  # a text, and one also if it is typed over


def test_a_number_of_a_sign_stays_as_it_was_typed():
    """Excel reads _x0041_ as the letter A (ECMA-376, part 1, 22.9.2.19); its _ is _x005F_."""
    trace = Network(["_x0041_"], [Layer(1, names=["o"])], seed=1).trace([1])
    assert "w[_x005F_x0041_->o]" in [cell.text for cell in book(trace_xlsx(trace)).sheets["trace"].values()]


# Long sums


def wide():
    """Sums of 700 products, of 300 powers and of 520 squares, 300 numbers for a largest, and names of 100 letters."""
    draws = [math.sin(number) for number in range(700)]
    yield Network(700, [Layer(1, weights=[draws[::-1]], biases=[0.1])]).trace(draws, [1], SGD(0.1))
    for size, targets in ((300, None), (130, [1] + [0] * 129)):
        layer = Layer(size, "softmax", weights=[draws[start : start + 3] for start in range(size)], biases=[0] * size)
        yield Network(3, [layer]).trace([1.0, 2.0, -1.0], targets, targets and SGD(0.1, clip_norm=0.1))
    names = [f"{number:x>100}" for number in range(60)]
    yield Network(names, [Layer(1, names=["y" * 100])], seed=1).trace(draws[:60], [1], SGD(0.1))


def test_no_formula_is_longer_than_a_cell_has_room_for():
    for trace in wide():
        data = trace_xlsx(trace)
        assert len(book(data).sheets["sums"]) > 4
        for text in formulas(data).values():
            assert len(text) <= LONGEST_FORMULA
            assert all(inside.count(",") < MOST_ARGUMENTS for inside in re.findall(r"\(([^()]*)\)", text))


def test_parts_of_a_sum_have_cells_of_their_own():
    found = formulas(trace_xlsx(next(wide())))
    parts = [f"z_o1_part{end}" for end in ("", *(f"_{number}" for number in range(2, 9)))]
    assert found["z_o1"] == " + ".join(parts) and found["z_o1_part_8"] == "b_o1"
    assert [found[part].count("*") for part in parts[:7]] == [MOST_TERMS] * 7


# What there is no sheet for


@pytest.mark.parametrize("kind", [Fraction, Decimal])
def test_exact_numbers_are_refused(kind, tmp_path):
    trace = Network(1, [Layer(1, "relu", weights=[[kind(2)]], biases=[kind(1)])]).trace([kind(3)])
    with pytest.raises(InputError, match=rf"^w\[x1->o1\]: a sheet has floats, and {kind.__name__}.* is none$"):
        trace.xlsx(tmp_path / "no.xlsx")
    assert not list(tmp_path.iterdir())


def test_a_whole_number_beyond_the_floats_is_refused():
    with pytest.raises(InputError, match=r"^w\+\[x1->h1\]: a sheet has floats, and 1000.* is none$"):
        trace_xlsx(mazur().replay(values={"w+[x1->h1]": 10**400}))


def test_rounded_numbers_are_refused():
    with pytest.raises(InputError, match="^there is no live sheet of a trace with rounded numbers; record it without"):
        trace_xlsx(mazur().replay(rounding=Places(4)))


def complaint(reason):
    return re.escape(f"a[o1]: there is no formula of a sheet for 'Own', {reason}")


def own(text, function):
    """A class of an activation of one's own, without a backward pass."""
    return type("Own", (Activation,), {"formula": text, "__call__": lambda self, z: function(z)})


@pytest.mark.parametrize(
    "text, reason",
    [
        ("", "'Own(z)': a sheet has no Own()"),
        ("2z", "'2z': it is in another language"),
        ("factor * z", "'factor * z': nothing is known of factor"),
        ("z + 2", "whose numbers are not those of its formula 'z + 2'"),
    ],
)
def test_a_class_of_ones_own_is_refused_where_its_formula_does_not_give_its_numbers(text, reason):
    trace = Network(1, [Layer(1, own(text, lambda z: 2 * z))], seed=1).trace([1])
    with pytest.raises(InputError, match=f"^{complaint(reason)}$"):
        trace_xlsx(trace)


# The command


def test_the_command_writes_the_trace_as_swapped(run, tmp_path):
    path = tmp_path / "sheet.xlsx"
    assert run("trace", "mazur", "--as", "xlsx", "-o", path, "--set", "w[x1->h1]=0.9", "--set", "z[h2]=1") == (0, "", "")
    swapped = mazur().replay(values={"w[x1->h1]": 0.9, "z[h2]": 1})
    assert path.read_bytes() == trace_xlsx(swapped)
    assert "z_h2" not in formulas(path.read_bytes()) and float(book(path.read_bytes()).number("z_h2")) == 1


def test_the_command_prints_no_workbook(run):
    assert run("trace", "mazur", "--as", "xlsx") == (
        2, "", "neurosim: error: a workbook is no text to print: -o sheet.xlsx writes it to a file\n"
    )


@pytest.mark.parametrize("option, value", [("--only", "h1"), ("--places", "4"), ("--decimals", "4")])
def test_the_command_takes_no_part_of_a_sheet_and_rounds_nothing(option, value, run, tmp_path):
    status, output, errors = run("trace", "mazur", "--as", "xlsx", "-o", tmp_path / "sheet.xlsx", option, value)
    assert (status, output, list(tmp_path.iterdir())) == (2, "", []) and f"{option} does not go with --as xlsx" in errors


# The notation


@pytest.mark.parametrize(
    "text, cell",
    [
        ("-z^2", "-(z^2)"), ("exp(-z^2 / 2)", "EXP(-(z^2) / 2)"), ("2^-z", "2^(-z)"), ("(-2)^z", "(-2)^z"),
        ("1 if -3 < z < 3 else 0", "IF(AND(-3 < z, z < 3), 1, 0)"), ("floor(z / 2)", "INT(z / 2)"),
        ("1 if not z == 1 and (z != 2 or z <= 0) else pi", "IF(AND(NOT(z = 1), OR(z <> 2, z <= 0)), 1, PI())"),
        ("z*1e-08 + .5", "z*1E-08 + 0.5"), ("log(z) + atan(z)", "LN(z) + ATAN(z)"),
    ],
)  # fmt: skip
def test_cells_say_what_the_formula_says(text, cell):
    """A minus before a number binds tighter than ^ in Excel: the operators' order at support.microsoft.com."""
    assert CellNotation().template(formula(text).put({"z": operand(0)})).format(["z"], ["z"]) == cell


def test_a_sheet_has_every_word_that_a_script_has():
    assert {*FUNCTIONS, *SPELLED, "pi", "above_zero"} == PythonNotation().functions
    for text in (*SAFER, *SAFER.values()):
        names = formula(text).names
        CellNotation().template(formula(text).put({name: operand(index) for index, name in enumerate(names)}))


# What LibreOffice works out


@needs_libreoffice
def test_sheets_have_the_numbers_of_their_traces(request, tmp_path):
    """With --long of all: every built-in example and activation, loss, optimizer, clipping, decay, schedule and batch."""
    long = request.config.getoption("--long")
    chosen = [trace for number, (_, trace) in enumerate(traces()) if long or number % 24 == 0]
    data = changed(trace_xlsx(chosen[0]))
    assert {book(data).number(name) for name in formulas(data)} == {WRONG}  # so that the right ones are LibreOffice's own
    assert len(chosen) >= (120 if long else 8)
    assert_agree(chosen, traces_worked_out(chosen, tmp_path))


@needs_libreoffice
def test_sheets_of_random_networks_have_the_numbers_of_their_traces(request, tmp_path):
    """With inputs as they are, and with such as overflow what is written as it reads."""
    pairs, recorded = list(enumerate(PAIRS))[:: 1 if request.config.getoption("--long") else 24], []
    for factor, (number, pair) in itertools.product((1, 1e-9, 30, 1000), pairs):
        network, inputs, targets = random_network(number, *pair, deepest=2)
        recorded.append(network.trace([x * factor for x in inputs], targets, SGD(0.1)))
    chosen = [trace for trace in recorded if is_told_apart(trace)]
    assert len(chosen) > len(recorded) / 2
    assert_agree(chosen, traces_worked_out(chosen, tmp_path))


@needs_libreoffice
def test_a_sheet_takes_the_difference_of_what_is_nearly_equal_for_zero(tmp_path):
    """As the guide says; so that it says so no longer than it is true."""
    trace = Network(1, [Layer(1, "tanh", weights=[[18.0]], bias=False)]).trace([1.0], [0.0], SGD(0.1))
    assert 0 < trace["f'[o1]"].value < 1e-15
    assert float(traces_worked_out([trace], tmp_path)[0]["f'[o1]"]) == 0


@needs_libreoffice
def test_a_changed_given_runs_through_the_sheet_as_through_a_replay(request, tmp_path):
    chosen = [trace for number, (_, trace) in enumerate(traces()) if request.config.getoption("--long") or number % 40 == 0]
    replayed, books = [], []
    for trace in chosen:
        data, givens = trace_xlsx(trace), [step for step in trace if step.phase == "given"]
        weight, given = (next(step for step in givens if step.address.startswith(start)) for start in ("w[", "a["))
        values = {weight.address: weight.value + 0.375, given.address: given.value - 0.25}
        replayed.append(trace.replay(values=values))
        addresses = book(data).addresses
        books.append(changed(data, **{addresses[address]: value for address, value in values.items()}))
    assert_agree(replayed, worked_out(books, tmp_path))
    assert all(new != old for new, old in zip(replayed, chosen))


@needs_libreoffice
def test_sheets_of_long_sums_and_of_hostile_names_have_the_numbers_of_their_traces(tmp_path):
    chosen = [*wide(), *hostile()]
    assert_agree(chosen, traces_worked_out(chosen, tmp_path))


NEAR_ONE = [1 - 2.0**-53, 1 - 1e-15, 1 - 1e-12, 1 - 1e-6, 0.75, 0.5, 0.25, 1e-3, 1e-9, 1e-17, 0.0, -0.5, -3.0]
ANY = [sign * size for size in (0, 1e-17, 1e-12, 1e-7, 1e-3, 0.3, 0.99, 1, 1.5, 5, 20, 36, 40) for sign in (1, -1)]
OF_ONE = {  # by closed forms that lose no digits
    "expm1(z)": (math.expm1, [*ANY, -800.0, 700.0]),
    "log1p(z)": (math.log1p, [z for z in ANY if z > -1] + [1e9]),
    "sigmoid(z)": (lambda z: math.exp(min(z, 0)) / (1 + math.exp(-abs(z))), [*ANY, 1000.0, -700.0]),
    "softplus(z)": (lambda z: max(z, 0) + math.log1p(math.exp(-abs(z))), [*ANY, 1000.0, -700.0]),
    "log_cosh(z)": (lambda z: math.log1p(2 * math.sinh(z / 2) ** 2), [*ANY, 300.0, -300.0]),
    "log_of_rest(z)": (lambda z: math.log1p(-z), NEAR_ONE),
    "erfc(z)": (math.erfc, [*ANY[:-4], 10.0, -10.0, 26.0]),
    "tanh(z)": (math.tanh, ANY), "atan(z)": (math.atan, ANY), "sign(z)": (lambda z: (z > 0) - (z < 0), ANY),
    "floor(z)": (math.floor, [2.5, -2.5, 3.0, -3.0]), "cosh(z)": (math.cosh, ANY),
    "z^2 - -z^2": (lambda z: 2 * z * z, ANY), "2^-z": (lambda z: 2**-z, ANY),
    "1 if -3 < z < 3 else 0": (lambda z: int(-3 < z < 3), [*ANY, 3.0, -3.0]),
    "1 if z < -3 or not z <= 3 else pi": (lambda z: 1 if not -3 <= z <= 3 else math.pi, [*ANY, 3.0, -3.0]),
}  # fmt: skip


@needs_libreoffice
def test_words_that_sheets_lack_are_as_accurate_as_those_that_they_have(tmp_path):
    chosen = []
    for text, (function, points) in OF_ONE.items():
        layer = Layer(len(points), own(text, function), weights=[[float(z)] for z in points], bias=False)
        chosen.append(Network(1, [layer]).trace([1.0]))
    assert_agree(chosen, traces_worked_out(chosen, tmp_path))


@needs_libreoffice
def test_zero_times_the_logarithm_of_zero_and_zero_by_zero(tmp_path):
    net = Network(1, [Layer(2, "softmax", weights=[[1], [-1]], bias=False)], "categorical_crossentropy")
    kl = Network(1, [Layer(2, "softmax", weights=[[1], [-1]], bias=False)], "kl_divergence")
    chosen = [net.trace([1000], [1, 0]), kl.trace([1000], [1, 0])]
    assert chosen[0]["a[o2]"].value == chosen[0]["E[o2]"].value == 0
    assert_agree(chosen, traces_worked_out(chosen, tmp_path))
