"""The commands exercise and practice, run as a person runs them."""

import json
import re
import sys

import pytest
from sheet_solvers import solved

from neurosim.exercises.exercise import exercise_of
from neurosim.exercises.sheet import answer_texts


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


def saved(run, *options):
    status, out, err = run("exercise", "new", *options, "--save", "e.json")
    assert status == 0, err
    return out


def test_a_sheet_is_worked_out_typed_into_and_handed_in(run, tmp_path):
    """By somebody who has the printed page alone, and leaves one blank."""
    page = saved(run, "--kind", "one-update", "--seed", "17")
    work = solved(page)
    filled = re.sub(r"(\S+) = \.{10}", lambda blank: f"{blank[1]} = {work[blank[1]]:.4f}", page, count=17)
    (tmp_path / "mine.txt").write_text(filled, encoding="utf-8")
    status, out, err = run("exercise", "grade", "e.json", "mine.txt")
    assert (status, err) == (1, "") and out.startswith("Sheet 3fb5acc8: 17 of 18 marks\n")
    assert [line.split()[-1] for line in out.splitlines() if line.startswith("b+[h2]")] == ["blank"]


def test_a_sheet_in_markdown_is_handed_in(run, tmp_path):
    page = saved(run, "--kind", "deltas", "--as", "markdown")
    key = answer_texts(exercise_of(json.loads((tmp_path / "e.json").read_text())))
    filled = re.sub(r"^\| (\w*\+?\[\S+) *\|[^|]*\|", lambda row: f"| {row[1]} | {key[row[1]]} |", page, flags=re.M)
    (tmp_path / "mine.md").write_text(filled, encoding="utf-8")
    assert run("exercise", "grade", "e.json", "mine.md")[0] == 0


@pytest.mark.parametrize("form", ["text", "markdown", "latex", "csv", "json"])
def test_sheet_and_key_have_every_form(run, form):
    saved(run)
    sheet, key = (run("exercise", part, "e.json", "--as", form) for part in ("sheet", "key"))
    assert sheet[0] == key[0] == 0 and sheet[1] != key[1]


def test_a_key_earns_all_marks(run, tmp_path):
    saved(run, "--kind", "softmax", "--given", "forward")
    run("exercise", "key", "e.json", "--as", "csv", "-o", "key.csv")
    status, out, err = run("exercise", "grade", "e.json", "key.csv", "--json")
    assert status == 0 and json.loads(out)["mark"] == json.loads(out)["of"] == 13


def test_a_class_from_students_to_marks(run, tmp_path):
    (tmp_path / "students.csv").write_text("name\nAda\nBob\n", encoding="utf-8")
    new = ("exercise", "new", "--class", "students.csv", "--secret", "s", "--save", "class.json", "--folder", "sheets")
    assert run(*new, "--kind", "loss")[0] == 0
    sheets = sorted(path.stem for path in (tmp_path / "sheets").glob("*.txt"))
    assert len(sheets) == 2 and sheets == sorted(path.stem for path in (tmp_path / "sheets").glob("*.csv"))
    (tmp_path / "in").mkdir()
    for sheet in sheets:
        run("exercise", "key", "class.json", "--sheet", sheet, "--as", "json", "-o", f"in/{sheet}.json")
    grade = ("exercise", "grade", "class.json", "--dir", "in", "--marks", "marks.csv", "--feedback", "pages")
    status, out, err = run(*grade)
    assert (status, err) == (0, "") and out == "2 files marked, on average 11.0 of 11 marks; 2 with all\n"
    assert len(list((tmp_path / "pages").iterdir())) == 2
    table = (tmp_path / "marks.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "marks.csv").write_text("\n".join([table[0], table[1].replace(",11,11,,11,", ",11,11,3,11,")]))
    (tmp_path / "in" / "broken.csv").write_text("z", encoding="utf-8")
    status, out, err = run("exercise", "regrade", "class.json", "marks.csv", "--dir", "in")
    assert status == 1 and "on average 7.0 of 11" in out and "broken.csv" in out
    assert ",11,11,3,3," in (tmp_path / "marks.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments, message", [
    ("exercise", "the following arguments are required: WHAT"),
    ("exercise new --kind nosuch", "unknown kind of exercise 'nosuch'"),
    ("exercise new --secret x", "--secret goes with --class"),
    ("exercise new --class no.csv --secret s", "--class needs --secret TEXT, --save FILE and --folder FOLDER"),
    ("exercise new --seed 1 --class no.csv", "--seed does not go with --class"),
    ("exercise new --problem mazur --layers 2-1", "--layers does not go with --problem"),
    ("exercise new --problem no-such", "no-such"),
    ("exercise new --problem mazur --kind softmax", "softmax does not fit: the outputs are no softmax"),
    ("exercise new --problem mazur --kind batch", "batch does not fit: each example has an update of its own"),
    ("exercise new --problem mazur --kind momentum", "momentum does not fit: there is no velocity+"),
    ("exercise new --problem mazur --kind weights-for-and", "weights-for-and does not fit: there are weights that do not"),
    ("exercise new --problem mazur --kind zero-gradients", "zero-gradients does not fit: there is another number of"),
    ("exercise new --class no.csv --secret s --save c.json --folder f", "no.csv: No such file or directory"),
    ("exercise new --as pdf", "unknown form of a sheet 'pdf'"),
    ("exercise key no.json", "no.json: No such file or directory"),
    ("exercise grade e.json", "expected your numbers"),
    ("exercise grade e.json --answer z[h9]=1", "'z[h9]'"),
    ("exercise grade e.json --answer z[h1]=1 --answer z[h1]=2", "--answer: z[h1] is given twice"),
    ("exercise grade e.json --answer z[h1]=1 --marks m.csv", "--marks goes with --dir FOLDER"),
    ("exercise grade e.json e.json --dir .", "--dir marks all files of a folder"),
    ("exercise grade e.json --dir nowhere", "--dir nowhere: expected a folder"),
    ("exercise grade e.json --sheet 1 --answer z[h1]=1", "e.json: there is no sheet 1; --sheet ID says which, such as"),
    ("exercise key e.json -o e.json", "-o e.json: this command reads the file"),
    ("exercise regrade e.json e.json", "expected --dir FOLDER"),
    ("exercise regrade e.json e.json --dir .", "e.json: expected a file of marks"),
    ("practice --kind missing-rate", "unknown kind of exercise to practise 'missing-rate'"),
    ("practice --state e.json", "e.json: unknown key"),
])
def test_what_does_not_go_is_one_line(run, arguments, message):
    saved(run)
    status, out, err = run(*arguments.split())
    assert (status, out) == (2, "") and message in err and err.count("\n") == 1


def test_an_exercise_about_a_worked_example(run, tmp_path):
    """Mazur's page prints z[h1] = 0.3775 and w5+ = 0.35891648."""
    status, out, err = run("exercise", "new", "--problem", "mazur", "--kind", "one-update", "--save", "mazur.json")
    assert status == 0 and "b+[o1]" not in out and "w+[h1->o1] = ....." in out
    answers = ("--answer", "z[h1]=0.3775", "--answer", "w+[h1->o1]=0.35891648")
    assert json.loads(run("exercise", "grade", "mazur.json", *answers, "--json")[1])["mark"] == 2


def test_kinds_are_listed(run):
    status, out, _ = run("exercise", "kinds", "--format", "json")
    assert status == 0 and {row["kind"] for row in json.loads(out)} >= {"one-update", "perceptron", "zero-gradients"}


def test_practice_from_a_pipe(run, monkeypatch, tmp_path):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("help\nhint\n0.1*\n1\nskip\nbars\n"))
    status, out, err = run("practice", "--kind", "forward-pass", "--state", "me.json")
    assert (status, err) == (0, "") and max(map(len, out.splitlines())) <= 80
    assert "error: your number: expected a number, got '0.1*'" in out and "skip   show the value" in out
    skills = json.loads((tmp_path / "me.json").read_text(encoding="utf-8"))["skills"]
    assert skills == {"z": {"row": 0, "right": 0, "asked": 1}}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal on Windows")
def test_practice_in_a_terminal_and_left_by_ctrl_c(tmp_path):
    from terminal import Terminal

    with Terminal("-m", "neurosim", "practice", "--kind", "deltas", "--state", "me.json", size=(40, 80)) as terminal:
        terminal.expect("a[o1] ")
        terminal.expect("delta[o1] = ")
        terminal.type("skip\n")
        terminal.expect("delta[h1] = ")
        terminal.type("\x03")
        terminal.expect("what you can do is in me.json", impatient="\x03")
        assert terminal.ends() == 130
    assert json.loads((tmp_path / "me.json").read_text(encoding="utf-8"))["skills"]["output delta"]["asked"] == 1
