"""The worked solution as text, Markdown and LaTeX, and the trace as JSON and CSV."""

import csv
import io
import json
import re
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
from nasty_names import NASTY
from printed import printed
from random_networks import random_network
from recordings import optimizers

import neurosim as ns
from neurosim import InputError, Layer, Network
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
        "jsonl",
    }


def test_the_worked_solution_has_the_same_headings_in_every_form():
    text = mazur().text()
    headings = [underlined or unit for underlined, unit in re.findall(r"^(.+)\n[=-]{3,}$|^(\w+):$", text, re.M)]
    assert headings[:5] == ["Worked solution of a 2-2-2 network", "Given", "Hidden layer", "h1", "h2"]
    plain = {
        "markdown": re.findall(r"^#+ (.*)", mazur().markdown(), re.M),
        "latex": re.findall(r"section\*\{(?:\\LARGE )?(.*)\}$", mazur().latex().replace("{-}", "-"), re.M),
    }
    assert plain == {"markdown": headings, "latex": headings}


@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_the_worked_solution_has_a_formula_for_each_step_and_its_value(form):
    """A line of an aligned block that does not begin with & begins the formula of the next step."""
    blocks = re.findall(r"\\begin\{align(?:ed|\*)\}\n(.*?)\n\\end", getattr(mazur(), form)(), re.S)
    rows = [row for block in blocks for row in block.splitlines()]
    starts = [number for number, row in enumerate(rows) if not row.startswith("&")]
    ends = [rows[number - 1] for number in [*starts[1:], len(rows)]]
    values = [re.search(r"= (\S+)", row.removesuffix(r" \cr").removesuffix(r" \\"))[1] for row in ends]
    steps = mazur().steps
    assert values == [number_text(step.value) for step in steps]


def test_the_text_of_the_first_net_input_as_mazur_prints_it():
    text = mazur().text(units="h1", phases="forward")
    assert "  z[h1] = w[x1->h1]*a[x1] + " in text
    assert "\n        = 0.15*0.05 + 0.2*0.1 + 0.35\n        = 0.3775\n" in text
    value = re.search(r"a\[h1\] = 1 / .*\n.*\n +  = ([\d.]+)", text)[1]
    assert printed("0.593269992") == value


def test_every_chosen_step_is_in_the_text_once_and_in_order():
    for seed in range(8):
        network, inputs, targets = random_network(seed)
        trace = network.trace([inputs, inputs], [targets, targets], optimizers(seed))
        labels = re.findall(r"^  (\S.*?) += ", trace.text(terms=None), re.M)
        assert [label for label in labels if label in trace] == [step.address for step in trace]


def test_equals_signs_of_a_section_stand_below_each_other():
    for block in re.split(r"\n\n(?=\S)", mazur().text()):
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


# LaTeX and Markdown


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
    assert document.startswith(r"\documentclass") and fragment in document and r"\begin{align*}" in fragment
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
    (tmp_path / "trace.tex").write_text(trace.latex(), encoding="ascii")
    result = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "trace.tex"],
        cwd=tmp_path, capture_output=True, timeout=120,
    )
    output = result.stdout.decode("utf-8", "replace")
    assert result.returncode == 0, output[-2000:]
    assert not [wide for wide in re.findall(r"Overfull \\hbox \(([\d.]+)pt", output) if float(wide) > 15]


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


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--as", "markdwn"], "unknown form 'markdwn'; did you mean 'markdown'?"),
        (["--as", "latex", "--format", "html"], "--format does not go with --as latex"),
        (["--as", "json", "--decimals", "3"], "--decimals does not go with --as json"),
        (["--as", "csv", "--terms", "3"], "--terms does not go with --as csv"),
        (["--as", "dot", "--only", "h1"], "--only does not go with --as dot"),
        (["--pass", "1"], "--pass does not go with --as table"),
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
