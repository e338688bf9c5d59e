"""The worked solution as text, Markdown and LaTeX, and the trace as JSON and CSV."""

import csv
import io
import json
import math
import re
import shutil
import subprocess
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest
from built_ins import TRACED
from formula_values import evaluate
from nasty_names import NASTY
from printed import printed
from random_networks import random_network
from recordings import optimizers

import neurosim as ns
from neurosim import Digits, InputError, Layer, Network, Places
from neurosim.cli import main
from neurosim.cli.look import FORMS
from neurosim.support.number_text import number_text

EXPECTED = Path(__file__).parent / "expected"


def mazur():
    return ns.built_in("mazur").trace()


def test_layout(capsys):
    assert main(["trace", "mazur", "--as", "text"]) == 0
    assert capsys.readouterr().out == (EXPECTED / "worked_mazur.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["markdown", "latex", "json", "csv", "python", "dot", "mermaid", "svg"])
def test_the_command_prints_what_the_method_returns(form, capsys):
    assert main(["trace", "mazur", "--as", form]) == 0
    assert capsys.readouterr().out == getattr(mazur(), form)().rstrip("\n") + "\n"


def test_every_form_is_a_method_or_a_trace_file():
    assert set(FORMS) == {
        "table", "text", "markdown", "latex", "latex-fragment", "json", "csv", "python", "dot", "mermaid", "svg",
        "jsonl", "xlsx",
    }


def test_the_worked_solution_has_the_same_headings_in_every_form():
    text = mazur().text()
    headings = [underlined or unit for underlined, unit in re.findall(r"^(.+)\n[=-]{3,}$|^(\w+):$", text, re.M)]
    assert headings[:5] == [mazur().title, "Given", "Hidden layer", "h1", "h2"]
    assert re.findall(r"^#+ (.*)", mazur().markdown(), re.M) == headings
    latex = re.findall(r"section\*\{(?:\\LARGE )?(.*)\}$", mazur().latex().replace("{-}", "-"), re.M)
    assert ", ".join(latex) == ", ".join(headings) and "Hidden layer, h1" in latex  # in one line


@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_the_worked_solution_has_a_formula_for_each_step_and_its_value(form):
    """A line of an aligned block that does not begin with & begins the next step; " & " stands between two."""
    blocks = re.findall(r"\\begin\{align(?:ed|\*)\}\n(.*?)\n\\end", getattr(mazur(), form)(), re.S)
    rows = [row for block in blocks for row in block.replace(" & ", "\n").splitlines()]
    starts = [number for number, row in enumerate(rows) if not row.startswith("&")]
    ends = [rows[number - 1] for number in [*starts[1:], len(rows)]]
    values = [re.findall(r"= (\S+)", row.removesuffix(r" \cr").removesuffix(r" \\"))[-1] for row in ends]
    steps = mazur().steps
    assert values == [number_text(step.value) for step in steps]


def test_the_text_of_the_first_net_input_as_mazur_prints_it():
    text = mazur().text(units="h1", phases="forward")
    assert "  z[h1] = w[x1->h1]*a[x1] + " in text
    assert "\n        = 0.15*0.05 + 0.2*0.1 + 0.35\n        = 0.3775\n" in text
    value = re.search(r"a\[h1\] = 1 / .*\n.*\n +  = ([\d.]+)", text)[1]
    assert printed(value) == Decimal("0.593269992")


def test_every_chosen_step_is_in_the_text_once_and_in_order():
    for seed in range(8):
        network, inputs, targets = random_network(seed)
        trace = network.trace([inputs, inputs], [targets, targets], optimizers(seed))
        labels = re.findall(r"^  (\S.*?) += ", trace.text(terms=None), re.M)
        assert [label for label in labels if label in trace] == [step.address for step in trace]


def test_equals_signs_of_a_section_stand_below_each_other():
    for block in re.split(r"\n\n(?=\S)", mazur().text())[1:]:
        signs = {row.index("=") for row in block.splitlines() if row.startswith("  ")}
        assert len(signs) <= 1


def test_long_formulas_go_over_several_lines():
    text = Network(30, [Layer(1)], seed=1).trace([0.123456] * 30).text(terms=None, phases="forward")
    assert max(map(len, text.splitlines()[4:])) <= 110 and "w[x30->o1]*a[x30]" in text


def test_headings_say_which_pass_and_which_batch():
    trace = ns.built_in("analytics-vidhya").trace()
    lines = trace.text().splitlines()
    assert [line for line in lines if line.startswith(("Start", "Pass", "Batch"))] == [
        "Start", "Pass 1", "Pass 2", "Pass 3", "Batch of passes 1 to 3",
    ]
    # a part of it stands under the same headings
    assert "Batch of passes 1 to 3\n" in trace.text(units="o1", phases="update")


def test_a_number_that_is_its_own_formula_stands_there_once():
    net = Network(1, [Layer(1, "linear", weights=[[2.0]], bias=False)])
    assert net.trace([3.0]).text(phases="forward").endswith("  a[o1] = z[o1]\n        = 6")


# The title


def titled(title):
    problem = ns.built_in("mazur")
    return ns.Problem(problem.network, problem.inputs, problem.targets, problem.optimizer, title=title).trace()


def test_the_title_of_the_file_is_the_heading_and_what_it_is_stands_under_it():
    trace = titled("A step by step example, 2-2-2")
    assert trace.text().startswith(
        f"A step by step example, 2-2-2\n{29 * '='}\nWorked solution of a 2-2-2 network\nActivations: "
    )
    assert trace.markdown().split("\n\n")[:2] == ["# A step by step example, 2-2-2", "Worked solution of a 2-2-2 network"]
    latex = trace.latex().replace("{-}", "-")
    assert "{\\LARGE A step by step example, 2-2-2}\n\nWorked solution of a 2-2-2 network\n\nActivations: " in latex


def test_without_a_title_the_heading_says_what_it_is():
    text = titled("").text()
    assert text.startswith(f"Worked solution of a 2-2-2 network\n{34 * '='}\nActivations: ")
    assert text.count("Worked solution") == 1


def test_the_source_of_a_problem_is_named():
    for form in ("text", "markdown", "latex"):
        assert "\nSource: Matt Mazur, A Step by Step" in getattr(mazur(), form)()


# A title, and how Markdown and LaTeX spell its very signs: CommonMark's backslashes, and the commands of LaTeX's own list.
HOSTILE = [
    ("<b>", r"\<b>", r"\textless{}b\textgreater{}"),
    ("$x$", r"\$x\$", r"\$x\$"),
    (r"\input{x}", r"\\input{x}", r"\textbackslash{}input\{x\}"),
    ("# h #", r"\# h \#", r"\# h \#"),
    ("_a_", r"\_a\_", r"\_a\_"),
    ("a | b", r"a \| b", r"a \textbar{} b"),
    ("![i](http://x.y)", r"!\[i\]\(http://x.y)", "![i](http://x.y)"),
    ("100%", "100%", r"100\%"),
    ("größe", "größe", r"gr\"{o}\ss{}e"),
]


@pytest.mark.parametrize("title, in_markdown, in_latex", HOSTILE)
def test_a_title_shows_its_very_signs_in_every_form(title, in_markdown, in_latex):
    trace = titled(title)
    assert trace.text().splitlines()[:2] == [title, "=" * len(title)]
    assert trace.markdown().splitlines()[0] == f"# {in_markdown}"
    assert rf"\section*{{\LARGE {in_latex}}}" in trace.latex().splitlines()


def test_a_title_that_was_put_there_later_stays_in_one_line():
    trace = mazur()
    trace.title = "a\nb\x1b[31m"
    assert trace.text().splitlines()[0] == r"a\nb\x1b[31m"


# How numbers were rounded

AS_THEY_ARE = "each was computed from those before it as they are, not as they are shown."
SIX = f"Numbers are shown with 6 significant digits at most; {AS_THEY_ARE}"
ALL = "Numbers are shown with all their digits"
NEXT = "before the next were computed from it"
TWO = "Numbers are shown with 2 decimals, whatever they were rounded to"
MIXED = {"a": Places(3), "z": Places(3), "delta[o1]": Digits(2), "a[h1]": None}
OF_MIXED = (
    "Some computed numbers were rounded before the next were computed from them: a, z rounded to 3 decimals; delta[o1] "
    "rounded to 2 significant digits; a[h1] as it is; no others."
)


def unchanged(value):
    return value


@pytest.mark.parametrize(
    "rounding, decimals, sentence",
    [
        (None, None, SIX),
        (None, 4, f"Numbers are shown with 4 decimals; {AS_THEY_ARE}"),
        (None, 1, f"Numbers are shown with 1 decimal; {AS_THEY_ARE}"),
        (None, "all", f"{ALL}; each was computed from those before it as they are shown."),
        (Places(4), None, f"Each computed number was rounded to 4 decimals {NEXT}. {ALL}."),
        (Places(4), 2, f"Each computed number was rounded to 4 decimals {NEXT}. {TWO}."),
        (Places(2, "even"), 2, f"Each computed number was rounded to 2 decimals (halves to the even digit) {NEXT}. {TWO}."),
        (Digits(1), "all", f"Each computed number was rounded to 1 significant digit {NEXT}. {ALL}."),
        (Digits(3, "cut"), None, f"Each computed number was cut off after 3 significant digits {NEXT}. {ALL}."),
        (unchanged, None, f"Each computed number was rounded by a function of your own (unchanged) {NEXT}. {ALL}."),
        (partial(round, ndigits=3), None, f"Each computed number was rounded by a function of your own {NEXT}. {ALL}."),
        (MIXED, None, f"{OF_MIXED} Those are shown with all their digits, all others with 6 significant digits at most."),
        (MIXED, 2, f"{OF_MIXED} {TWO}."),
        ({"a": None}, None, SIX),
    ],
)
def test_how_numbers_were_rounded_is_told(rounding, decimals, sentence):
    text = mazur().replay(rounding=rounding).text(decimals=decimals, width=1000)
    assert text.split("\n\n")[0].endswith(f"half_squared_error.\n{sentence}")


@pytest.mark.parametrize(
    "number, case, decimals, sentence",
    [
        (Fraction, "goodfellow-xor", None, "Numbers are whole numbers and fractions, exact and shown as they are."),
        (Fraction, "goodfellow-xor", 3, f"Numbers are shown with 3 decimals; {AS_THEY_ARE}"),
        (Decimal, "mazur", None, SIX),
    ],
)
def test_of_exact_numbers_it_is_told_that_they_are(number, case, decimals, sentence):
    text = ns.built_in(case).trace().replay(number=number).text(decimals=decimals, width=1000)
    assert text.split("\n\n")[0].splitlines()[-1] == sentence


def test_fractions_among_other_numbers_are_told_of():
    text = mazur().replay(number=Fraction).text(width=1000)
    assert "at most (whole numbers and fractions of up to 20 digits as they are); each was" in text


def worked_out(trace):
    """(formula with numbers, value) of each computed step, as the text prints them."""
    steps = re.split(r"\n\n(?=  \S)|\n(?=  \S)", trace.text(width=10_000, terms=None))
    rows = [[row.partition("= ")[2] for row in step.splitlines() if row.startswith("  ")] for step in steps[1:]]
    assert len(rows) == len(trace)
    return [(ways[-2], ways[-1]) for ways in rows if len(ways) > 1]


@pytest.mark.parametrize("case", TRACED)
@pytest.mark.parametrize("rounding", [Places(4), Places(8), Digits(3), Digits(9)], ids=repr)
def test_each_line_of_a_rounded_solution_follows_from_what_it_shows(case, rounding):
    """The printed formula, typed into a calculator and rounded, is the printed value."""
    for formula, value in worked_out(ns.built_in(case).trace().replay(rounding=rounding)):
        exact, shown = evaluate(formula) if not re.search(r"\[|\blog\(0", formula) else float(value), Decimal(value)
        last = Decimal(1).scaleb(-rounding.count)
        if isinstance(rounding, Digits):
            last = last.scaleb(Decimal(value).adjusted() + 1)
        assert abs(Decimal(exact) - shown) <= last / 2 + Decimal("1e-12"), (formula, value)
        assert shown % last == 0, value


def test_of_numbers_rounded_by_quantity_none_is_hidden_and_no_other_gets_longer():
    net = Network(1, [Layer(1, weights=[[1 / 7]], biases=[2 / 3])])
    text = net.trace([1 / 3]).replay(rounding={"a": Places(8)}).text()
    # a[x1], which is given, was not rounded; z[o1] = 1/21 + 2/3 was not either; a[o1] = 1 / (1 + exp(-5/7)) was
    assert "  a[x1] = 0.333333\n" in text and "= 0.714286\n" in text
    assert text.endswith(f"= {round(1 / (1 + math.exp(-5 / 7)), 8)}")


def test_the_other_forms_show_the_same_digits():
    trace = mazur().replay(rounding=Places(8))
    value = number_text(trace["a[h1]"].value, "all")
    assert len(value) == len("0.12345678")
    assert all(f"= {value}" in form for form in (trace.text(), trace.markdown(), trace.latex()))


# The page


def long_names():
    names = [f"unit_name_{number:05d}" for number in range(10)]
    net = Network(names[:2], [Layer(4, "selu", names=names[2:6]), Layer(4, "softmax", names=names[6:])],
                  loss="categorical_crossentropy", seed=1)
    return net.trace([[0.5, 1.0]] * 3, [[1, 0, 0, 0]] * 3, ns.Adam(0.1, l1=0.1), batch_size=3)


@pytest.mark.parametrize("case", [*TRACED, "long names"])
@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_no_line_is_longer_than_the_width(case, width):
    trace = long_names() if case == "long names" else ns.built_in(case).trace()
    for decimals in (None, "all", 17):
        for line in trace.text(width=width, decimals=decimals).splitlines():
            whole = len(re.split(r" (?=[-+*/] )", line.strip(" =+-"))) == 1  # w*a, which stays in one piece
            assert len(line) <= width or whole and width < 70, line


def test_a_long_label_has_its_formula_under_it():
    text = long_names().text(width=60, units="unit_name_00006", phases="forward")
    assert "\n  z[unit_name_00006]@1\n    = w[unit_name_00002->unit_name_00006]*a[unit_name_00002]@1\n      + w[" in text
    markdown = Network(["x" * 40], [Layer(1, names=["o" * 40])], seed=1).trace([1]).markdown(phases="forward")
    assert re.search(r"\n& z_\S+ \\cr\n&\\quad = w_.* \\cr\n&\\quad \\qquad \{\} \+ b_", markdown)


def test_a_long_title_goes_over_lines_and_its_underline_is_no_longer():
    title = "An example with very many words " * 5
    head = titled(title.strip()).text(width=60).split("Worked")[0].splitlines()
    assert " ".join(head[:-1]) == title.strip() and set(head[-1]) == {"="}
    assert len(head[-1]) == max(map(len, head[:-1])) <= 60


# LaTeX and Markdown


@pytest.mark.parametrize("case", [*TRACED, "long names"])
def test_no_page_ends_within_a_step(case):
    r"""LaTeX never ends a page after a row with \\* at its end; one with \\, after which it may, is the last of a step."""
    trace = long_names() if case == "long names" else ns.built_in(case).trace()
    latex = trace.latex()
    blocks = re.findall(r"\\begin\{align\*\}\n(.*?)\n\\end\{align\*\}", latex, re.S)
    steps = 0
    for block in blocks:
        rows = block.splitlines()
        for row, following in zip(rows, [*rows[1:], "end"]):
            begins = not following.startswith(("&=", r"&\q"))
            steps += max(1, row.count("&=")) if begins else 0  # short ones stand beside each other
            if following != "end":
                assert re.search(r" \\\\(\[1ex\])?$", row) if begins else row.endswith(r" \\*"), (row, following)
    assert steps == len(trace)


def test_a_heading_holds_on_to_what_follows():
    r"""LaTeX's own headings do, by \\@afterheading; a line of bold text does by \\nopagebreak."""
    latex = ns.built_in("analytics-vidhya").trace().latex()
    headings = re.findall(r"^\\.*(?=\n\n\\begin\{align)", latex, re.M)
    assert any(heading.startswith(r"\medskip") for heading in headings)
    assert all(heading.startswith(r"\s") or heading.endswith(r"\nopagebreak") for heading in headings)


@pytest.mark.parametrize("trainable", [False, True])
def test_a_pass_of_a_2_2_2_takes_two_pages(trainable, tmp_path):
    if not shutil.which("pdflatex"):
        pytest.skip("pdflatex is not installed, so no document was compiled")
    layers = [Layer(2, weights=[[0.15, 0.2], [0.25, 0.3]], biases=[0.35] * 2, trainable_bias=trainable) for _ in range(2)]
    trace = Network(2, layers).trace([0.05, 0.1], [0.01, 0.99], ns.SGD(0.5))
    assert ("b+[h1]" in trace) == trainable
    assert b"(2 pages" in compiled(trace.latex(), tmp_path)


def test_a_step_that_fills_a_page_may_go_on_in_the_next():
    trace = Network(400, [Layer(1)], seed=1).trace([0.123456] * 400)
    step = trace.latex(terms=None, phases="forward")
    assert max(len(rows.splitlines()) for rows in step.split(r"\\[1ex]")) > 40 and r"\\*" not in step.split(r"\\[1ex]")[0]


def test_markdown_has_the_equations_of_latex():
    for trace in (mazur(), ns.built_in("analytics-vidhya").trace()):
        blocks = re.findall(r"begin\{aligned\}\n(.*?)\n\\end", trace.markdown(), re.S)
        others = re.findall(r"begin\{align\*\}\n(.*?)\n\\end", trace.latex(fragment=True), re.S)
        rows = re.compile(r"\\(?:cr|\\(?:\*|\[1ex\])?)$|\s|&|\\q?quad", re.M)
        assert [rows.sub("", block) for block in blocks] == [rows.sub("", block) for block in others]


def test_braces_and_environments_are_balanced():
    for seed in range(30):
        network, inputs, targets = random_network(seed)
        trace = network.trace([inputs] * 3, [targets] * 3, optimizers(seed), batch_size=1 + seed % 3)
        for text in (trace.latex(), trace.markdown()):
            plain = re.sub(r"\\[{}]", "", text)
            assert plain.count("{") == plain.count("}")
            for name in set(re.findall(r"\\begin\{(\w+\*?)\}", text)):
                assert text.count(f"\\begin{{{name}}}") == text.count(f"\\end{{{name}}}")
            assert text.count(r"\left") == text.count(r"\right")


def test_a_fragment_has_no_preamble():
    document, fragment = mazur().latex(), mazur().latex(fragment=True)
    assert document.startswith(r"\documentclass") and fragment[:1000] in document and r"\begin{align*}" in fragment
    assert "documentclass" not in fragment and r"\begin{document}" not in fragment


NASTY_NETWORK = dict(inputs=NASTY[:8], loss="categorical_crossentropy", seed=1)


def nasty_trace(optimizer, **settings):
    net = Network(**NASTY_NETWORK).add(Layer(8, "gelu", names=NASTY[8:16])).add(Layer(8, "softmax", names=NASTY[16:24]))
    return net.trace([[0.5] * 8, [1] * 8], [[1] + [0] * 7] * 2, optimizer, **settings)


@pytest.mark.parametrize("case", ["mazur", "adam", "nesterov", "clipped batch"])
def test_pdflatex_sets_it_inside_the_page(case, tmp_path):
    if not shutil.which("pdflatex"):
        pytest.skip("pdflatex is not installed, so no document was compiled")
    trace = {
        "mazur": mazur,
        "adam": lambda: nasty_trace(ns.Adam(0.1, schedule="step")),
        "nesterov": lambda: nasty_trace(ns.Nesterov(0.1, l1=0.1, l2=0.1, clip_value=1)),
        "clipped batch": lambda: nasty_trace(ns.RMSprop(0.1, clip_norm=1), batch_size="all", reduction="sum"),
    }[case]()
    compiled(trace.latex(), tmp_path)


@pytest.mark.parametrize("decimals", [None, 4, "all", 17])
@pytest.mark.parametrize("case", [*TRACED, "long names", "20 inputs", "20 outputs"])
def test_pdflatex_sets_many_others_inside_the_page(case, decimals, tmp_path, request):
    if not request.config.getoption("--long"):
        pytest.skip("it takes a minute; --long compiles them")
    if not shutil.which("pdflatex"):
        pytest.skip("pdflatex is not installed, so no document was compiled")
    softmax = Network(3, [Layer(20, "softmax")], seed=1, loss="mean_squared_error")
    trace = {
        "long names": long_names,
        "20 inputs": lambda: Network(20, [Layer(2)], seed=1).trace([0.123456] * 20, [1, 0], ns.Momentum(0.1)),
        "20 outputs": lambda: softmax.trace([0.5] * 3, [1] + [0] * 19, ns.SGD(0.1)),
    }.get(case, lambda: ns.built_in(case).trace())()
    compiled(trace.latex(decimals=decimals, terms=None), tmp_path)


def compiled(document, directory):
    """Compile a document, in which nothing may be too wide or too tall."""
    (directory / "trace.tex").write_text(document, encoding="ascii")
    result = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "trace.tex"],
        cwd=directory, capture_output=True, timeout=120,
    )
    output = result.stdout.decode("utf-8", "replace")
    assert result.returncode == 0, output[-2000:]
    assert not re.findall(r"Overfull.*", output)
    return result.stdout


# JSON and CSV


def test_json_holds_the_network_and_every_step_in_full():
    trace = mazur()
    document = json.loads(trace.json())
    assert document["network"]["layers"][1] == {"units": ["o1", "o2"], "activation": "sigmoid"}
    for entry, step in zip(document["steps"], trace):
        assert (entry["address"], entry["phase"], entry["rule"], tuple(entry["operands"])) == step[:4]
        assert entry["value"] == step.value
    assert len(document["steps"]) == len(trace)
    assert [step["number"] for step in json.loads(trace.json(units="h1", phases="forward"))["steps"]] == [18, 19]


def test_json_of_fractions_and_of_a_class_of_one_s_own():
    net = Network(1, [Layer(1, "linear", weights=[[Fraction(1, 3)]], bias=False)])
    assert json.loads(net.trace([Fraction(1, 2)]).json())["steps"][-1]["value"] == "1/6"


def test_csv_reads_back_bit_for_bit_and_no_cell_is_a_spreadsheet_s_formula():
    trace = nasty_trace(ns.Adam(0.1))
    rows = list(csv.DictReader(io.StringIO(trace.csv())))
    assert [row["address"] for row in rows] == [step.address for step in trace]
    assert [float(row["value"]) for row in rows] == [step.value for step in trace]
    for row, step in zip(rows, trace):
        assert tuple(filter(None, row["operands"].split("; "))) == step.operands
        assert not any(cell.startswith(("=", "+", "-", "@")) for header, cell in row.items() if header != "value")


# The table in Markdown


@pytest.mark.parametrize("format", ["github", "pipe"])
def test_a_table_in_markdown_keeps_its_columns_and_its_signs(format):
    net = Network(["a|b", "<i>"], [Layer(1)], seed=1)
    lines = net.trace([1, 2]).table(format=format).splitlines()
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {7}
    assert r"w[a\|b->o1]" in lines[2] and r"\<i>" in lines[3]
    assert r"w[a\|b->o1]\*a[a\|b] + " in "\n".join(lines)


# The command

WORKED = "table, text, markdown, latex, latex-fragment"


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--as", "markdwn"], "unknown form 'markdwn'; did you mean 'markdown'?"),
        (["--as", "latex", "--format", "html"], "--format does not go with --as latex, but with table"),
        (["--as", "json", "--decimals", "3"],
         f"--decimals does not go with --as json, but with {WORKED}, dot, mermaid, svg"),
        (["--as", "csv", "--terms", "3"], f"--terms does not go with --as csv, but with {WORKED}"),
        (["--as", "dot", "--terms", "3"], f"--terms does not go with --as dot, but with {WORKED}"),
        (["--pass", "1"], "--pass does not go with --as table, but with dot, mermaid, svg"),
        (["--as", "mermaid", "--pass", "2"], "pass_number must be from 1 to 1, got 2"),
        (["--as", "text", "--terms", "2"], "terms must be 3 or more, got 2"),
    ],
)
def test_what_does_not_go_together_is_one_line(arguments, message, capsys):
    assert main(["trace", "mazur", *arguments]) == 2
    assert capsys.readouterr().err == f"neurosim: error: {message}\n"


def test_forms_refuse_unknown_units():
    with pytest.raises(InputError, match="unknown unit 'h9'"):
        mazur().csv(units=["h9"])
