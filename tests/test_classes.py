"""A class: sheets that nobody can draw again, and the marking of whatever is handed in."""

import csv
import io
import json
import random
import zipfile
from concurrent.futures import ProcessPoolExecutor

import pytest
from made_submissions import hand_in

from neurosim import InputError
from neurosim.exercises.class_report import read_by_hand
from neurosim.exercises.classes import grade_all, new_class, read_class, read_students
from neurosim.exercises.generator import new_exercise
from neurosim.exercises.sheet import answer_texts
from neurosim.exercises.sheet_forms import sheet_text
from neurosim.support.files import read_file

STUDENTS = ["Ada", "Bob", "Cid, the third", "=Eve"]


@pytest.fixture(scope="module")
def sheets():
    return new_class(STUDENTS, "a secret", "deltas")


def filled(sheet, answers, form="csv"):
    """A file of answers as a student hands it in."""
    if form == "json":
        return json.dumps({"sheet": sheet, **answers})
    return "\n".join([f"sheet,{sheet}", *[f"{address},{number}" for address, number in answers.items()]])


def key(sheets, student):
    sheet = next(sheet for sheet, name in sheets.students.items() if name == student)
    return sheet, answer_texts(sheets.exercises[sheet])


def marked(sheets, folder, **settings):
    return {row.file: row for row in grade_all(sheets, str(folder), **settings).rows}


def test_each_student_has_a_sheet_of_their_own_that_the_secret_alone_gives(sheets):
    again, other = new_class(STUDENTS, "a secret", "deltas"), new_class(STUDENTS, "another", "deltas")
    assert again.students == sheets.students and again.exercises == sheets.exercises
    assert not set(other.students) & set(sheets.students)
    texts = [sheet_text(exercise) for exercise in sheets.exercises.values()]
    assert len(set(texts)) == len(STUDENTS)
    for sheet, exercise in sheets.exercises.items():
        assert new_exercise("deltas", sheet, id=sheet) != exercise  # the id is no seed
        assert str(exercise.seed) not in sheet_text(exercise) and sheet in sheet_text(exercise)


def test_a_class_is_kept_in_a_file(sheets, tmp_path):
    sheets.save(tmp_path / "class.json")
    again = read_file(tmp_path / "class.json", read_class)
    assert again.students == sheets.students and again.exercises == sheets.exercises


def test_an_exercise_alone_is_a_class_of_one(tmp_path):
    exercise = new_exercise("loss", 1)
    exercise.save(tmp_path / "sheet.json")
    assert list(read_file(tmp_path / "sheet.json", read_class).exercises.values()) == [exercise]


@pytest.mark.parametrize("text, students", [
    ("name,mail\nAda,a@x\nBob,b@x\n", ["Ada", "Bob"]), ("Ada\n\n Bob \n", ["Ada", "Bob"]),
    ('\ufeffID\r\n"Cid, the third"\r\n', ["Cid, the third"]), ("First name,x\nAda,1\n", ["Ada"]),
])
def test_students_stand_in_the_first_column(text, students):
    assert read_students(io.BytesIO(text.encode()), "students.csv") == students


@pytest.mark.parametrize("students, secret, message", [
    (["Ada", "Ada"], "s", "students: 'Ada' is there twice"), ([], "s", "students: there are none"),
    (["Ada"], "", "secret: expected a text that students don't know"),
])
def test_a_class_that_makes_no_sense_is_refused(students, secret, message):
    with pytest.raises(InputError) as error:
        new_class(students, secret, "deltas")
    assert str(error.value) == message


def test_files_and_zips_are_marked_as_course_systems_name_them(sheets, tmp_path):
    for student, name in (("Ada", "Ada Byron_4711_assignsubmission_file_"), ("Bob", "bob_12345_67890")):
        sheet, right = key(sheets, student)
        (tmp_path / name).mkdir()
        (tmp_path / name / "answers.csv").write_text(filled(sheet, right), encoding="utf-8")
    sheet, right = key(sheets, "Cid, the third")
    with zipfile.ZipFile(tmp_path / "submissions.zip", "w") as archive:
        archive.writestr("cid_1_2_answers.json", filled(sheet, {**right, "z[h1]": ""}, "json"))
        archive.writestr("__MACOSX/._cid_1_2_answers.json", b"\0\1")
    rows = marked(sheets, tmp_path)
    assert {name: (sheets.students[row.sheet], row.mark) for name, row in rows.items()} == {
        "Ada Byron_4711_assignsubmission_file_/answers.csv": ("Ada", 9),
        "bob_12345_67890/answers.csv": ("Bob", 9), "submissions.zip/cid_1_2_answers.json": ("Cid, the third", 8),
    }
    assert "nothing was handed in by: =Eve" in str(grade_all(sheets, str(tmp_path)))


def test_a_sheet_is_found_by_its_id_in_the_file_or_else_in_its_name(sheets, tmp_path):
    sheet, right = key(sheets, "Bob")
    numbers = "\n".join(f"{address} = {number}" for address, number in right.items())
    (tmp_path / f"{sheet} last try.txt").write_text(numbers, encoding="utf-8")
    (tmp_path / "mine.txt").write_text(numbers, encoding="utf-8")
    rows = marked(sheets, tmp_path)
    assert rows[f"{sheet} last try.txt"].mark == 9
    assert rows["mine.txt"].note == "it doesn't say which sheet it is of; its first line should be sheet,ID"


def test_the_numbers_of_another_sheet_are_told(sheets, tmp_path):
    sheet, _ = key(sheets, "Ada")
    other, right = key(sheets, "Bob")
    (tmp_path / "a.csv").write_text(filled(sheet, right), encoding="utf-8")
    assert marked(sheets, tmp_path)["a.csv"].note == f"these numbers are those of sheet {other}, which is Bob's"


HOSTILE = {
    "empty.csv": b"", "blank.txt": b"\n\n", "binary.csv": bytes(range(256)), "broken.json": b'{"a": ',
    "plain.json": b"[1, 2]",
    "deep.json": b"[" * 100_000, "nan.json": b'{"z[h1]": NaN}', "huge.csv": b"z[h1]," + b"9" * 2_000_000,
    "broken.zip": b"PK\3\4 no zip", "notes.docx": b"PK", "twice.csv": b"z[h1],1\nz[h1],2\n",
    "spaces.csv": b" " * 900_000, "words.csv": b"Your numbers\n" + b"a" * 900_000,
    "rows.csv": b"Your numbers\n| a" + b" " * 900_000, "xs.csv": (b"x" * 131_000 + b",1\n") * 6,
    "list.json": b'{"z1":"[[1]' + b" " * 900_000 + b']"}', "key.json": b'{"a' + b" " * 900_000 + b'b": 1}',
    "far.csv": b"sheet,nosuch\nz[h1],1\n", "formula.csv": b"=cmd|' /C calc'!A0,1\n", "utf16.csv": "z[h1],1".encode("utf-16"),
}


def test_a_hostile_file_is_its_own_rows_problem(sheets, tmp_path):
    for name, data in HOSTILE.items():
        (tmp_path / name).write_bytes(data)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.csv", b"0" * 5_000_000)
        archive.writestr("../../escape.csv", b"z[h1],1\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "nowhere")
    sheet, right = key(sheets, "Ada")
    (tmp_path / "good.csv").write_text(filled(sheet, right), encoding="utf-8")
    report = grade_all(sheets, str(tmp_path))
    rows = {row.file: row for row in report.rows}
    assert rows["good.csv"].mark == 9 and not report
    assert rows["bomb.zip/zeros.csv"].note == rows["huge.csv"].note == "too large for a file of answers"
    assert all(row.mark is None and row.note and "\n" not in row.note for name, row in rows.items() if name != "good.csv")
    assert {*HOSTILE, "good.csv", "bomb.zip/zeros.csv", "bomb.zip/../../escape.csv", "link.csv"} == set(rows)
    for line in list(csv.reader(io.StringIO(report.csv())))[1:]:
        assert not any(cell.startswith(("=", "+", "@")) for cell in line)


def test_two_files_for_a_sheet_are_told(sheets, tmp_path):
    sheet, right = key(sheets, "Ada")
    for name in ("first.csv", "second.csv"):
        (tmp_path / name).write_text(filled(sheet, right), encoding="utf-8")
    notes = [row.note for row in marked(sheets, tmp_path).values()]
    assert notes == [f"for this sheet there is also {name}.csv" for name in ("second", "first")]


def test_marks_set_by_hand_are_kept(sheets, tmp_path):
    (tmp_path / "in").mkdir()
    sheet, right = key(sheets, "Ada")
    (tmp_path / "in" / "a.csv").write_text(filled(sheet, {**right, "z[h1]": "", "a[h1]": ""}), encoding="utf-8")
    lines = list(csv.DictReader(io.StringIO(grade_all(sheets, str(tmp_path / "in")).csv())))
    assert (lines[0]["mark"], lines[0]["by hand"], lines[0]["final"]) == ("7", "", "7")
    lines[0]["by hand"] = "7.5"
    text = "\n".join([",".join(lines[0]), ",".join(lines[0].values())])
    by_hand = read_by_hand(io.BytesIO(text.encode()), "marks.csv")
    sheets.exercises[sheet].asked["z[h1]"] = 3  # the scheme changes
    try:
        again = list(csv.DictReader(io.StringIO(grade_all(sheets, str(tmp_path / "in"), by_hand=by_hand).csv())))
    finally:
        sheets.exercises[sheet].asked["z[h1]"] = 1
    assert (again[0]["mark"], again[0]["of"], again[0]["by hand"], again[0]["final"]) == ("7", "11", "7.5", "7.5")


def test_a_table_without_the_columns_is_refused():
    with pytest.raises(InputError, match="marks.csv: expected a file of marks with the columns sheet, file, of and by hand"):
        read_by_hand(io.BytesIO(b"a,b\n1,2\n"), "marks.csv")


@pytest.mark.parametrize("mark, kept", [("7,5", "7.5"), (" 3 ", "3"), ("50%", "0.5")])
def test_a_mark_may_be_written_as_numbers_are(mark, kept):
    text = f'sheet,file,of,by hand\nab,a.csv,9,"{mark}"\n'
    assert read_by_hand(io.BytesIO(text.encode()), "marks.csv") == {("ab", "a.csv"): kept}


def test_a_table_may_come_back_from_a_spreadsheet_with_semicolons():
    text = "\ufeffsheet;file;of;by hand\r\nab;a.csv;9;4,5\r\n"
    assert read_by_hand(io.BytesIO(text.encode()), "marks.csv") == {("ab", "a.csv"): "4.5"}


@pytest.mark.parametrize("mark", ["-1", "10", "abc", "1e9"])
def test_a_mark_that_is_none_is_refused(mark):
    with pytest.raises(InputError, match="marks.csv: by hand, a.csv: expected a "):
        read_by_hand(io.BytesIO(f"sheet,file,of,by hand\nab,a.csv,9,{mark}\n".encode()), "marks.csv")


def test_a_file_that_is_called_like_a_formula_keeps_its_mark(sheets, tmp_path):
    sheet, right = key(sheets, "Ada")
    (tmp_path / "=a.csv").write_text(filled(sheet, right), encoding="utf-8")
    table = grade_all(sheets, str(tmp_path)).csv().replace(",9,9,,9,", ",9,9,4,9,")
    by_hand = read_by_hand(io.BytesIO(table.encode()), "marks.csv")
    assert by_hand == {(sheet, "=a.csv"): "4"}
    assert ",9,9,4,4," in grade_all(sheets, str(tmp_path), by_hand=by_hand).csv()
    (tmp_path / "=a.csv").unlink()
    assert f"{sheet},Ada,'=a.csv,,,4,4,the file is not there any more\n" in grade_all(
        sheets, str(tmp_path), by_hand=by_hand).csv()
    assert "marks set by hand for files that are not there any more: =a.csv" in str(
        grade_all(sheets, str(tmp_path), by_hand=by_hand))


def test_an_empty_sheet_beside_a_filled_one_does_not_count(sheets, tmp_path):
    sheet, right = key(sheets, "Ada")
    (tmp_path / "blank.csv").write_text(sheet_text(sheets.exercises[sheet], "csv"), encoding="utf-8")
    rows = marked(sheets, tmp_path)
    assert (rows["blank.csv"].mark, rows["blank.csv"].note) == (0, "nothing is filled in")
    (tmp_path / "good.csv").write_text(filled(sheet, right), encoding="utf-8")
    table = list(csv.DictReader(io.StringIO(grade_all(sheets, str(tmp_path)).csv())))
    assert [(row["file"], row["final"]) for row in table] == [("blank.csv", ""), ("good.csv", "9")]


def test_pages_are_named_by_their_students(sheets, tmp_path):
    sheet, right = key(sheets, "Cid, the third")
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.csv").write_text(filled(sheet, right), encoding="utf-8")
    pages = grade_all(sheets, str(tmp_path)).pages()
    assert list(pages) == [f"Cid_ the third {sheet}.txt", f"Cid_ the third {sheet} (2).txt"]
    assert all(page.startswith("For Cid, the third\n\nNote: for this sheet there is also ") for page in pages.values())


def test_marks_are_the_same_on_a_process_pool(sheets, tmp_path):
    draw = random.Random(5)
    for student in STUDENTS:
        sheet, right = key(sheets, student)
        answers = {address: draw.choice([number, "0.5", ""]) for address, number in right.items()}
        (tmp_path / f"{sheet}.json").write_text(filled(sheet, answers, "json"), encoding="utf-8")
    seen = []
    alone = grade_all(sheets, str(tmp_path), progress=lambda done, count: seen.append((done, count)))
    with ProcessPoolExecutor(2) as executor:
        assert grade_all(sheets, str(tmp_path), executor).rows == alone.rows
    assert seen == [(number, 4) for number in range(1, 5)]


def test_the_report_counts_the_mistakes(sheets, tmp_path):
    """No derivative at the output: delta = a - t."""
    for student in STUDENTS[:2]:
        sheet, right = key(sheets, student)
        exercise = sheets.exercises[sheet]
        wrong = exercise.trace["a[o1]"].value - exercise.problem.targets[0][0]
        answers = {**right, "delta[o1]": f"{wrong:.4f}", "delta[h1]": "", "delta[h2]": ""}
        (tmp_path / f"{sheet}.csv").write_text(filled(sheet, answers), encoding="utf-8")
    report = grade_all(sheets, str(tmp_path))
    assert [row.mistakes for row in report.rows] == [[("no-output-slope",)]] * 2
    assert [line.split() for line in str(report).split("\n") if "no-output-slope" in line] == [["2", "no-output-slope"]]


def test_a_class_gets_the_marks_that_its_sheets_deserve(tmp_path):
    """Right sheets all of them; slips lose one; a mistake is named, alone or with what these digits don't tell apart."""
    sheets = new_class([f"student {number}" for number in range(60)], "secret", "one-update", layers="2-2-2")
    made = hand_in(sheets, tmp_path, random.Random(3))
    rows = {row.file[:-4]: row for row in grade_all(sheets, str(tmp_path)).rows}
    assert set(made.values()) == {"right", "mistake", "slip", "nonsense"}
    for sheet, how in made.items():
        row = rows[sheet]
        lost = None if row.mark is None else row.of - row.mark
        assert {"right": lost == 0, "mistake": bool(lost or row.mistakes), "slip": lost == 1,
                "nonsense": not row.mark and row.note != ""}[how], (sheet, how, row)
    named = [bool(rows[sheet].mistakes) for sheet, how in made.items() if how == "mistake"]
    assert sum(named) >= 0.95 * len(named)
