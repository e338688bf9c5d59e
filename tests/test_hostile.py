"""No text that a person, a file or a class brings can harm a terminal, a page, a drawing, a script or a sheet."""

import copy
import csv
import html
import io
import json
import re
import shutil
import subprocess

import pytest
from broken_traces import BROKEN, broken_lines, mazur
from harmless import (
    CHECKS, LONGEST_MESSAGE, Page, check_csv, check_dot, check_format, check_html, check_html_with_picture, check_json,
    check_jsonl, check_markdown, check_mermaid, check_message, check_python, check_seen, check_svg, check_worked_latex,
)
from hostile_texts import FORMULAS, NAMES, SHORT, TEXTS

import neurosim as ns
from neurosim import InputError, Layer, Network, Problem
from neurosim.debugger.commands import Commands
from neurosim.debugger.session import Session
from neurosim.health.life import Event
from neurosim.problems.csv_data import read_csv
from neurosim.support.page import visible
from neurosim.support.tables import UNSAFE_FORMATS, csv_text, json_text, paragraph, table
from neurosim.training.prediction_report import prediction_table
from neurosim.trace.files import trace_file, trace_lines
from neurosim.trace.step import Trace
from written_problem import read

tabulate = pytest.importorskip("tabulate")
FORMATS = ["json", *(name for name in tabulate.tabulate_formats if name not in UNSAFE_FORMATS)]
READ = [*CHECKS, "simple", "grid"]  # those that programs read, and two of the many that people read
# The forms of a trace, each with what reads it. A new drawing is a line here.
FORMS = {
    "text": (Trace.text, check_seen),
    "markdown": (Trace.markdown, check_markdown),
    "latex": (Trace.latex, check_worked_latex),
    "latex-fragment": (lambda trace: trace.latex(fragment=True), check_worked_latex),
    "json": (Trace.json, check_json),
    "csv": (Trace.csv, check_csv),
    "python": (Trace.python, check_python),
    "dot": (Trace.dot, check_dot),
    "mermaid": (Trace.mermaid, check_mermaid),
    "svg": (Trace.svg, check_svg),
    "jsonl": (trace_file, check_jsonl),
}
DRAWINGS = ("dot", "mermaid", "svg")
OF_OWN_CLASSES = [form for form in FORMS if form not in ("python", "jsonl")]  # those take built-in ones alone

DIVERSE = ("colour", "newline", "null", "right to left", "lone surrogate", "long")


def check_refused(run, arguments):
    status, out, err = run(*arguments)
    assert (status, out) == (2, ""), (status, out)
    assert err.startswith("neurosim: error: ") and err.endswith("\n")
    check_message(err[:-1])


def named_problem():
    """A problem all of whose units have hostile names."""
    half = len(NAMES) // 2
    network = Network(NAMES[:half], [Layer(2, "tanh", names=NAMES[half:half + 2]),
                                     Layer(len(NAMES) - half - 2, names=NAMES[half + 2:])], seed=1)
    inputs, targets = [[0.1] * half], [[0.5] * (len(NAMES) - half - 2)]
    return Problem(network, inputs, targets, ns.SGD(0.5), title="names")


@pytest.fixture(scope="module")
def named():
    return named_problem().trace()


@pytest.fixture(scope="module")
def drawn():
    """Traces of small networks with the same names, no layer of which is folded in a drawing."""
    traces = []
    for first in range(0, len(NAMES), 6):
        names = NAMES[first:first + 6]
        layers = [Layer(1, names=names[3:4]), Layer(2, names=names[4:])]
        traces.append(Network(names[:3], layers, seed=1).trace([0.1] * 3, [0.5] * 2, ns.SGD(0.5)))
    return traces


# Names of units


@pytest.mark.parametrize("form", FORMS)
def test_names_of_units_harm_no_form(named, drawn, form):
    draw, check = FORMS[form]
    for trace in drawn if form in DRAWINGS else [named, *drawn]:
        text = draw(trace)
        check_seen(text)
        check(text)


@pytest.mark.parametrize("format", READ)
def test_names_of_units_harm_no_table(named, format):
    check_format(named.table(format=format), format)
    check_format(named.structure.summary(format), format)
    for name in NAMES[:len(NAMES) // 2]:
        check_format(named.explain(f"a[{name}]").text(format), format)
    check_format(named.explain(f"{NAMES[0]}->{NAMES[len(NAMES) // 2]}").text(format), format)


def test_names_of_units_come_back_as_they_were_typed(named, drawn):
    addresses = [step.address for step in named]
    assert [step["address"] for step in json.loads(named.json())["steps"]] == addresses
    assert [json.loads(line)["address"] for line in trace_file(named).split("\n")[1:]] == addresses
    assert [row[2] for row in csv.reader(io.StringIO(named.csv()))][1:] == addresses
    cells = {text.strip() for text in Page(named.table(format="html")).texts}
    assert cells >= set(addresses)
    labels = [label for trace in drawn for label in re.findall(r'\["(.*)"\]', trace.mermaid())]
    assert [html.unescape(re.sub(r"#(\d+);", r"&#\1;", label.split("<br/>")[0])) for label in labels] == NAMES


def test_graphviz_draws_the_units_and_connections_that_there_are_and_no_others(drawn):
    if not shutil.which("dot"):
        pytest.skip("Graphviz is not installed, so no drawing was made")
    source = "\n".join(trace.dot() for trace in drawn)  # it draws one after the other
    result = subprocess.run(["dot", "-Tplain"], input=source, capture_output=True, encoding="utf-8", timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    edges = [line for line in lines if line.startswith("edge ") and not re.search(r" invis \w+$", line)]
    assert len([line for line in lines if line.startswith("node ")]) == 6 * len(drawn)
    assert len(edges) == (3 * 1 + 1 * 2) * len(drawn)


def test_the_script_of_hostile_names_works_every_number_out(named, capsys):
    exec(compile(named.python(), "script", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert [line.rpartition(" = ")[0] for line in printed] == [step.address for step in named]


@pytest.mark.parametrize("text", [text for text in TEXTS.values() if text not in NAMES], ids=ascii)
def test_what_cannot_be_a_name_is_refused_in_one_line(text):
    if text.isprintable() and len(text) <= 100 and not re.search(r"[ \[\]@,]|->|→", text):
        Network([text])
        return
    with pytest.raises(InputError) as caught:
        Network([text])
    check_message(str(caught.value))


# Classes of a person's own


def own_classes(name):
    """An activation, a loss and an optimizer of a person's own that are called so."""
    def call(self, net_input):
        return net_input * 2

    def derivative(self, net_input, output):
        return net_input - net_input + 2

    activation = type("Own", (ns.Activation,), {"name": name, "__call__": call, "derivative": derivative})
    loss = type("Own", (ns.Loss,), {
        "name": name, "term": lambda self, a, t, size: (a - t) * (a - t), "derivative": lambda self, a, t, size: 2 * (a - t),
    })
    optimizer = type("Own", (ns.Optimizer,), {"name": name, "formulas": {"w+": "w - eta*g"}})
    return activation, loss, optimizer


def own_network(name):
    activation, loss, optimizer = own_classes(name)
    return Network(1, [Layer(2, activation), Layer(1, activation)], loss, seed=1), optimizer(0.1)


@pytest.fixture(scope="module")
def own():
    """(network, trace): a chain of units, each with an activation of a hostile name."""
    _, loss, optimizer = own_classes("\x1b[31m<b>{0}")
    layers = [Layer(1, own_classes(text)[0], weights=[[1.0]]) for text in SHORT.values()]
    network = Network(1, layers, loss)
    return network, network.trace([0.3], [1], type("Own", (optimizer,), {"name": "=\u202e[x](y)|"})(0.1))


@pytest.mark.parametrize("form", OF_OWN_CLASSES)
def test_the_names_of_own_classes_harm_no_form(own, form):
    draw, check = FORMS[form]
    text = draw(own[1])
    check_seen(text)
    check(text)


@pytest.mark.parametrize("format", FORMATS)
def test_the_names_of_own_classes_harm_no_table(own, format):
    network, trace = own
    check_format(network.summary(format), format)
    check_format(trace.table(phases=["forward", "loss", "update"], format=format), format)


@pytest.mark.parametrize("text", TEXTS.values(), ids=ascii)
def test_the_names_of_own_classes_harm_no_report(text):
    network, optimizer = own_network(text)
    trace = network.trace([0.3], [1], optimizer)
    for said in (repr(network), repr(network.layers[0]), repr(network.layers[0].activation), repr(trace), repr(optimizer)):
        check_seen(said, kept="")
    check, health = network.check_gradients([0.3], [1], "central"), network.health([[0.3]], [[1]])
    for report in (trace.verify(), trace.explain("x1->h1"), check, health):
        check_seen(str(report))
        check_html(report._repr_html_())
    check_html_with_picture(network._repr_html_())


def test_a_trace_in_a_notebook_is_harmless(own, named):
    for shown in (own[1], named, named.explain(f"a[{NAMES[0]}]"), named.verify()):
        check_html(shown._repr_html_())
    for network in (named.structure, named.after):
        check_html_with_picture(network._repr_html_())


@pytest.mark.parametrize("text", TEXTS.values(), ids=ascii)
def test_messages_about_own_classes_are_one_line(text):
    activation, loss, optimizer = own_classes(text)
    network, own_optimizer = own_network(text)
    for call in (
        lambda: network.trace([0.3], [1], own_optimizer).save("t.jsonl"), lambda: network.save("n.json"),
        lambda: Network(1, [Layer(1)], loss).save("n.json"), lambda: network.trace([1], [1], own_optimizer).python(),
        lambda: Problem(Network(1, [Layer(1)]), optimizer=own_optimizer).save("n.json"),
        lambda: Layer(1, type("Own", (activation,), {"__init__": lambda self, needed: None, "name": text})),
        lambda: Layer(1, text), lambda: Network(1, loss=text), lambda: network.trace([1], [1], text),
    ):
        with pytest.raises(InputError) as caught:
            call()
        check_message(str(caught.value))


# Tables, sheets and texts beside them


@pytest.mark.parametrize("format", FORMATS)
def test_any_text_can_stand_in_any_table(format):
    rows = [(text, number - 0.5, text) for number, text in enumerate(SHORT.values())]
    check_format(table(rows, ["text", "number", "x"], format), format)
    check_format(table([[*SHORT.values()]], [*SHORT.values()], format), format)
    check_format(table([[text] for text in TEXTS.values() if text not in SHORT.values()], ["x"], format), format)
    if format != "json":
        check_format(paragraph("\n".join(f"{name}: {text}" for name, text in TEXTS.items()), format), format)


@pytest.mark.parametrize("text", FORMULAS.values(), ids=ascii)
def test_a_sheet_takes_no_text_for_a_formula(text):
    rows = check_csv(csv_text([text, "b"], [(text, 1), ("a", text)]))
    assert rows[1][0] in (visible(text), f"'{visible(text)}")


@pytest.mark.parametrize("number", ["-0.5", "+3", "-1e-07", "-.5", "-1/3", "0", "-12."])
def test_a_number_stays_one_in_a_sheet_also_if_it_is_a_text(number):
    assert csv_text(["x", "y"], [(number, float(ns.built_in("mazur").trace()["b[h1]"].value))]) == f"x,y\n{number},0.35\n"
    assert table([(number, "a")], ["x", "y"], "tsv").splitlines()[1].split("\t")[0].strip() == number
    assert csv_text(["x"], [(-0.5,)]) == "x\n-0.5\n" and table([(-0.5,)], ["x"], "tsv").split("\n")[1].strip() == "-0.5"


@pytest.mark.parametrize("text", TEXTS.values(), ids=ascii)
def test_json_gives_back_the_very_text(text):
    written = json_text({text: [text]})
    check_seen(written)
    assert json.loads(written) == {text: [text]}


def test_a_page_gives_back_the_very_text():
    for text in TEXTS.values():
        for page in (table([(text,)], ["x"], "html"), paragraph(text, "html")):
            shown = visible(text, kept="\n" if page.startswith("<pre") else "")
            assert shown.strip() in [found.strip() for found in Page(page).texts]


# Problem files and data


def document(**changes):
    return {"format": "neurosim/1", "inputs": 1, "layers": [{"neurons": [{"weights": [1]}]}], **changes}


@pytest.mark.parametrize("text", TEXTS.values(), ids=ascii)
def test_problem_files_are_refused_in_one_line(text):
    twice = json.dumps(text)
    documents = [f"{{{twice}: 1, {twice}: 2}}"]
    for changes in (
        {text: 1}, {"inputs": [text + " "]}, {"loss": text}, {"layers": [{"activation": text, "neurons": []}]},
        {"seed": text}, {"layers": [{text: 1, "neurons": []}]}, {"optimizer": text}, {"optimizer": {"name": "sgd", text: 1}},
        {"reduction": text}, {"batch_size": text}, {"format": text}, {"examples": [{"inputs": [text]}]},
        {"data": {text: 1}}, {"title": text + "\n"}, {"source": text + "\x1b"},
    ):
        documents.append(json.dumps(document(**changes)))
    for written in documents:
        with pytest.raises(InputError) as caught:
            read(written)
        check_message(str(caught.value))


@pytest.mark.parametrize("text", TEXTS.values(), ids=ascii)
def test_titles_are_printable_lines_or_refused(text, run, tmp_path):
    if text.isprintable():
        path = tmp_path / "p.json"
        Problem(Network(1, [Layer(1)], seed=1), [[1]], title=text, source=text).save(path)
        status, out, err = run("debug", str(path), "--command", "info network")
        check_seen(out)
        assert (status, err) == (0, "") and "".join(text.split()) in "".join(out.split())
        return
    with pytest.raises(InputError) as caught:
        Problem(Network(1, [Layer(1)]), title=text)
    check_message(str(caught.value))


CLASSES = [text for name, text in TEXTS.items() if name not in ("null", "lone surrogate")]  # what a CSV file can hold


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """(data, model): a file whose columns and classes have hostile names, and a network that was trained on it."""
    from neurosim.cli import main

    folder = tmp_path_factory.mktemp("trained")
    data, model = str(folder / "d.csv"), str(folder / "m.json")
    with open(data, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["\x1b[31mx", "<b>=y", "=class\u202e"])
        for number, text in enumerate(CLASSES * 2):
            writer.writerow([number % 7, number, text])
    arguments = ["--epochs", "2", "--save", model, "--history", str(folder / "h.csv"), "-o", str(folder / "out.txt")]
    assert main(["train", data, "--test-share", "0.5", *arguments]) == 0
    return data, model


@pytest.mark.parametrize("format", ["simple", "html", "tsv"])
def test_classes_harm_no_output_of_predict(trained, run, format):
    data, model = trained
    status, out, err = run("predict", model, data, "--format", format, "--decimals", "2")
    assert (status, err) == (0, "")
    check_format(out[:-1], format)


@pytest.mark.parametrize("format", READ)
def test_classes_harm_no_table_of_predictions(named, format):
    names = [NAMES[0], NAMES[4]]
    network = Network(names, [Layer(1, names=[NAMES[-3]])], seed=1)
    inputs = [[0.5, -0.5]] * len(CLASSES)
    names = [text for text in CLASSES if text in SHORT.values()]
    outputs = network.predict(inputs[:len(names)])
    check_format(prediction_table(network, inputs[:len(names)], outputs, None, names, format), format)


@pytest.mark.parametrize("format", READ)
def test_classes_harm_no_output_of_evaluate_and_train(run, format, tmp_path):
    for classes in [("\x1b[31m| <script>", "=1+1"), ('"[x](y)', ".. include:: /etc/passwd")]:
        data = tmp_path / "d.csv"
        with open(data, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["a", "b"], *[(number, classes[number % 2]) for number in range(10)]])
        model = str(tmp_path / "m.json")
        outputs = [run("train", str(data), "--epochs", "1", "--layers", "2", "--save", model, "--format", format),
                   run("evaluate", model, str(data), "--format", format),
                   run("health", model, str(data), "--format", format)]
        for status, out, err in outputs:
            assert err == "" and status in (0, 1)
            check_format(out[:-1], format)


def test_files_that_training_writes_are_harmless(trained):
    data, model = trained
    with open(model, encoding="utf-8") as file:
        text = file.read()
    check_seen(text)
    assert set(json.loads(text)["data"]["classes"]) == {text.strip() for text in CLASSES}
    with open(model.replace("m.json", "h.csv"), encoding="utf-8") as file:
        check_csv(file.read())
    with open(model.replace("m.json", "out.txt"), encoding="utf-8") as file:
        check_seen(file.read())


def tables_with(text):
    """Tables that cannot be learnt from, in which a text stands."""
    return [
        [["a", text + "x", "b"], [1, "x", 1], [2, 2, 2]],
        [["a", "b", "c"], [1, 2, 3], [1, text + "x", 1]],
        [[text, text], ["1", "a"]],
        [["a", "b"], [1, text + "x"], [2, text + "x"], [3, text + "x"]],
        [["a", text + "x", "b"], [1, "1.7e308", "a"], [1, "1.6e308", "b"], [1, "1.7e308", "b"]],
    ]


def write_rows(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


@pytest.mark.parametrize("text", CLASSES, ids=ascii)
def test_messages_about_data_are_one_line(text, tmp_path):
    path = tmp_path / "d.csv"
    for rows in tables_with(text):
        write_rows(path, rows)
        for target in (text, rows[0][-1].strip()):
            with pytest.raises(InputError) as caught:
                read_csv(path, target).prepare("z-score")
            check_message(str(caught.value))


@pytest.mark.parametrize("name", [name for name in DIVERSE if TEXTS[name] in CLASSES])
def test_commands_refuse_data_in_one_line(name, tmp_path, run, trained):
    path = str(tmp_path / "d.csv")
    for rows in tables_with(TEXTS[name]):
        write_rows(path, rows)
        for command in (["train", path, "--test-share", "0"], ["train", path, "--target", TEXTS[name]],
                        ["predict", trained[1], path]):
            check_refused(run, command)


def test_the_names_in_a_history_harm_no_sheet_and_no_progress_line(capsys, monkeypatch):
    import sys

    from neurosim.cli.long_run import ProgressLine

    history = ns.History({text: [1.0, -0.5] for text in TEXTS.values()})
    check_csv(history.csv())
    check_seen(repr(history), kept="")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    line = ProgressLine(2)
    line.shown -= 1
    line.show(history)
    line = capsys.readouterr().err
    assert line[0] == "\r" and len(line) <= 80
    check_seen(line[1:], kept="")


# The command line

TEMPLATES = [
    ["{}"], ["summary", "{}"], ["summary", "/{}"], ["summary", "mazur", "{}"], ["summary", "mazur", "--format", "{}"],
    ["summary", "mazur", "--{}"], ["explain", "mazur", "{}"], ["explain", "mazur", "w[{}]"],
    ["explain", "mazur", "z[h1]@{}"],
    ["explain", "mazur", "{}->h1"],
    ["explain", "mazur", "z[h1]", "--paths", "{}"], ["trace", "mazur", "--set", "{}"], ["trace", "mazur", "--set", "{}=1"],
    ["trace", "mazur", "--set", "z[h1]={}"], ["trace", "mazur", "--only", "{}x"], ["trace", "mazur", "--phase", "{}"],
    ["trace", "mazur", "--as", "{}"], ["trace", "mazur", "--terms", "{}"], ["trace", "mazur", "--decimals", "{}"],
    ["trace", "mazur", "--pass", "{}", "--as", "dot"], ["trace", "mazur", "--inputs", "{}"],
    ["trace", "mazur", "--inputs", "1,2", "--targets", "{};"], ["trace", "mazur", "--optimizer", "{}"],
    ["trace", "mazur", "--loss", "{}"], ["trace", "mazur", "--order", "{}"], ["trace", "mazur", "--learning-rate", "{}"],
    ["trace", "mazur", "--places", "{}"], ["trace", "mazur", "-o", "/nowhere/{}"], ["check", "mazur", "--method", "{}"],
    ["check", "mazur", "--reduction", "{}"], ["mutate", "mazur", "--mistake", "{}"],
    ["mutate", "mazur", "--mistake", "no-output-slope", "--form", "{}x"], ["diagnose", "mazur", "/nowhere/{}"],
    ["solve", "mazur", "/nowhere/{}"], ["predict", "mazur", "{}"], ["predict", "mazur", "/nowhere/{}"], ["verify", "{}"],
    ["train", "mazur", "--record", "{}x"], ["train", "mazur", "--save", "/nowhere/{}/x"], ["train", "{}.csv"],
    ["train", "mazur", "--layers", "{}"], ["train", "mazur", "--history", "/nowhere/{}/x"],
    ["debug", "mazur", "--epochs", "{}"],
    ["debug", "mazur", "--batch-size", "{}"], ["evaluate", "{}"], ["health", "{}"],
]


@pytest.mark.parametrize("template", TEMPLATES, ids=" ".join)
def test_arguments_are_refused_in_one_line(run, template):
    for name in DIVERSE:
        check_refused(run, [part.replace("{}", TEXTS[name]) for part in template])


@pytest.mark.parametrize("text", TEXTS.values(), ids=ascii)
def test_each_text_as_an_address_is_refused_in_one_line(run, text):
    check_refused(run, ["explain", "mazur", f"z[{text}]"])
    check_refused(run, ["trace", "mazur", "--set", f"{text}[h1]=1"])


@pytest.mark.parametrize("text", TEXTS.values(), ids=ascii)
def test_answers_are_refused_in_one_line(text):
    problem = ns.built_in("mazur")
    trace = problem.trace()
    for answers in ({text + "x": 1}, {f"z[{text}]": 1}, {"z[h1]": text + "x"}, {"W1": text}, {"W1": [[text, 1], [1, 2]]},
                    {f"z[{text}]@0": 1}, {f" z[h1] @{text}": 1}):
        with pytest.raises(InputError) as caught:
            trace.diagnose(answers)
        check_message(str(caught.value))
        with pytest.raises(InputError) as caught:
            problem.network.solve(problem.inputs, problem.targets, answers, problem.optimizer)
        check_message(str(caught.value))


@pytest.mark.parametrize("name", [name for name in DIVERSE if TEXTS[name] in CLASSES])
def test_answer_files_are_refused_in_one_line(name, run, tmp_path):
    path, text = str(tmp_path / "a"), TEXTS[name]
    for rows in ([[text + "x", 1], [text + "x", 2]], [[text + "x", 1]], [["z[h1]", text]], [[text, text, text]]):
        write_rows(path, rows)
        for command in ("diagnose", "solve"):
            check_refused(run, [command, "mazur", path])
    with open(path, "w", encoding="utf-8") as file:
        json.dump({text: 1}, file)
    check_refused(run, ["diagnose", "mazur", path])


@pytest.fixture(scope="module")
def reports():
    """Reports in which names stand: the text of each is a function of a format."""
    half = len(NAMES) // 2
    found = []
    for number in range(0, half, 6):  # small networks, which are quickly examined
        names = NAMES[number:number + 2], NAMES[number + 2:number + 3], NAMES[half + number:half + number + 1]
        network = Network(names[0], [Layer(1, "relu", names=names[1]), Layer(1, "sigmoid", names=names[2])], seed=1)
        problem = Problem(network, [[1.0, 0.5]], [[1.0]], ns.SGD(0.5))
        trace = problem.trace()
        unit, wrong = names[2][0], {f"z[{names[2][0]}]": "0.123", f"delta[{names[2][0]}]": "0.7"}
        explained = {f"delta[{unit}]": str(trace[f"dE/da[{unit}]"].value)}
        found += [
            network.diagnose(problem.inputs, problem.targets, wrong, problem.optimizer).text,
            network.diagnose(problem.inputs, problem.targets, explained, problem.optimizer).text,
            network.solve(problem.inputs, problem.targets, wrong, problem.optimizer).text,
            network.check_gradients([1.0, 0.5], [1.0]).text, network.health(problem.inputs, problem.targets).text,
            trace.explain(unit).text, trace.explain(f"{names[1][0]}->{unit}").text, network.summary,
        ]
    return found


@pytest.mark.parametrize("format", READ)
def test_reports_about_hostile_names_harm_no_format(reports, format):
    for text in reports:
        check_format(text(format), format)


# The debugger

COMMANDS = ["{}", "{} 3", "print {}", "print z[{}]", "print z[h1] + {}", "break {}", "break if {} > 0", "watch {}",
            "goto {}",
            "set {} = 1", "set z[h1] = {}", "unset {}", "explain {}", "explain w[{}]", "info {}", "help {}", "step {}",
            "delete {}", "list {}", "display {}", "next {}"]


@pytest.mark.parametrize("text", TEXTS.values(), ids=ascii)
def test_the_debugger_prints_no_text_as_it_is(text, capsys):
    debugger = Commands(Session(ns.built_in("mazur").network, [1, 2], [0, 1], ns.SGD(0.1)))
    for line in [*[command.replace("{}", text) for command in COMMANDS], "history", "info"]:
        debugger.onecmd(line)
    out = capsys.readouterr().out
    check_seen(out)
    errors = [line for line in out.splitlines() if line.startswith("error: ")]
    assert len(errors) > 10 or text.strip().startswith("#")
    for line in errors:
        check_message(line)


def test_the_debugger_shows_own_classes_and_hostile_names(capsys):
    moves = ["where", "step 30", "where", "list 30", "info", "print", "continue", "where", "explain"]
    for text in SHORT.values():
        network, optimizer = own_network(text)
        network.debug([0.5], [1], optimizer, commands=moves)
    problem = named_problem()
    problem.network.debug(problem.inputs, problem.targets, problem.optimizer, commands=moves)
    check_seen(capsys.readouterr().out)


# Trace files and checkpoints that were tampered with


def tampered(path, change):
    lines = [json.loads(line) for line in trace_lines(mazur())]
    change(lines)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(path)


CHANGES = {
    "address": lambda text: lambda lines: lines[20].update(address=f"z[{text}]"),
    "rule": lambda text: lambda lines: lines[20].update(rule=text),
    "phase": lambda text: lambda lines: lines[20].update(phase=text),
    "operand": lambda text: lambda lines: lines[20]["operands"].__setitem__(0, text),
    "value": lambda text: lambda lines: lines[20].update(value=text),
    "key": lambda text: lambda lines: lines[20].update({text: 1}),
    "header": lambda text: lambda lines: lines[0].update({text: 1}),
    "loss": lambda text: lambda lines: lines[0].update(loss=text),
    "input": lambda text: lambda lines: lines[0].update(inputs=[text, "x2"]),
    "rounding": lambda text: lambda lines: lines[0].update(rounding={"name": text}),
}
READERS = [
    ["verify"], ["explain", "E"], ["trace"], ["trace", "--as", "text"], ["trace", "--as", "dot"], ["trace", "--as", "jsonl"],
    ["trace", "--set", "w[x1->h1]=2"],
]


def check_read(run, path, readers):
    """A trace file is refused in one line, or shown so that it harms nothing."""
    for command, *others in readers:
        status, out, err = run(command, path, *others)
        check_seen(out)
        if status == 2:
            assert out == "" and check_message(err[:-1]) is None
        else:
            assert err == ""
            assert command != "verify" or all(len(line) <= LONGEST_MESSAGE for line in out.splitlines())
            if "jsonl" in others:
                check_jsonl(out[:-1])


@pytest.mark.parametrize("change", CHANGES)
def test_tampered_trace_files_are_refused_or_shown_harmlessly(change, run, tmp_path):
    for name in ("colour", "newline", "lone surrogate", "script", "long"):
        check_read(run, tampered(tmp_path / "t.jsonl", CHANGES[change](TEXTS[name])), READERS)


FORMS_BY_SHAPE = [["trace", "--as", "text"], ["trace", "--set", "w[x1->h1]=2", "--as", "dot"]]


@pytest.mark.parametrize("name", BROKEN)
def test_broken_trace_files_are_refused_or_shown(name, run, tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text("".join(broken_lines(name)[0]), encoding="utf-8")
    check_read(run, str(path), FORMS_BY_SHAPE)


@pytest.mark.parametrize("name", [*DIVERSE, "tab", "C1 CSI"])
def test_tampered_checkpoints_are_refused_or_shown_harmlessly(name, run, tmp_path):
    text, model = TEXTS[name], tmp_path / "m.json"
    arguments = ["train", "negnevitsky-xor", "--record", "3", "--save", str(model), "--resume"]
    assert run(*arguments, "--epochs", "1")[0] == 0
    whole = model.read_text()

    def event(training):
        training["lives"]["3"]["events"] = [[1, [1], 1, "changed its sign", text, 1.0, -1.0, None]]

    for change in (
        lambda training: training["history"].update({text: [1.0]}), lambda training: training["history"].update({text: 1}),
        lambda training: training.update({text: 1}), lambda training: training.update(random=text),
        lambda training: training["lives"].update({text: {"epochs": [], "events": []}}),
        lambda training: training["lives"].update({text: 1}), event,
        lambda training: training["lives"]["3"].update(events=[[1, [1], 1, text, None, None, None, None]]),
        lambda training: training.update(updates=text), lambda training: training["memory"].append({text: text}),
    ):
        document = json.loads(whole)
        change(document["training"])
        model.write_text(json.dumps(document))
        status, out, err = run(*arguments, "--epochs", "2")
        check_seen(out)
        check_message(err[:-1]) if status else check_seen(err)


@pytest.mark.parametrize("text", ["a\x1b[31m", "a\x9b31m", "a\u202eb", "a\ud800"])
def test_a_title_that_was_put_into_a_trace_harms_no_file(named, text):
    trace = copy.deepcopy(named)
    trace.title = text  # which no reader and no constructor would take
    header = trace_file(trace).split("\n")[0]
    assert header.isprintable() and json.loads(header)["title"] == text


@pytest.mark.parametrize("text", ["a\x1b[31m", "a\u202eb", "a" * 301])
def test_the_address_of_an_event_is_none_that_could_harm(text):
    with pytest.raises(ns.InputError, match="^life: expected an address, before and after, got ") as caught:
        Event.from_description([1, [1], 1, "changed its sign", text, 1.0, -1.0, None], "life")
    assert str(caught.value).isprintable() and len(str(caught.value)) < 200
