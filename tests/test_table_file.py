"""Table files: separators, headers, what stands too much at the ends of lines, limits, and what is no table."""

import os
import random
import threading

import pytest

from neurosim import InputError
from neurosim.problems import table_file
from neurosim.problems.columns import NUMBERS, Dates, Notation, Unusable, kind_of, notation_of
from neurosim.problems.table_file import find_separator, read_table


@pytest.fixture
def file(tmp_path):
    """A function that writes a file and gives its path."""

    def write(content, name="t.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return str(path)

    return write


def table(path, **settings):
    """(names, rows) of a file."""
    found = read_table(path, **settings)
    return found.names, found.rows


def written(rows, separator):
    """The rows as text, with two or three spaces where spaces separate."""
    return "".join((separator if separator != " " else "   ").join(row) + "\n" for row in rows)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " "])
@pytest.mark.parametrize("seed", range(8))
def test_the_separator_that_a_file_was_written_with_is_found(separator, seed):
    draw = random.Random(f"{separator}{seed}")
    kinds = [draw.choice((lambda: f"{draw.uniform(-9, 9):.2f}", lambda: draw.choice(("red", "blue")))) for _ in range(4)]
    rows = [["a", "b", "c", "d"], *([make() for make in kinds] for _ in range(30))]
    assert find_separator(written(rows, separator)) == separator


@pytest.mark.parametrize("text, separator", [
    ("a;b\n1,5;2,5\n3,5;4,5\n", ";"), ("a\tb\n1,5\t2,5\n3,5\t4,5\n", "\t"), ("a,b\nx y,1\nz w,2\n", ","),
    ('"a, b";c\n"1, 2";3\n', ";"), ("1\t2\t\t3\n1\t2\t3\n1\t2\t3\n", " "), ("a b  c\n1  2 3\n", " "),
    ("1,5;2\n" * 19 + "1,5;2;3\n", ";"),
    ("a,b\n1,2\n3\n4,5\n", ","), ("a\n1\n2\n", ","), ("", ","), ("Mr. A,1\nMr. B,2\nMrs. C,3\n", ","),
])
def test_separators_that_could_be_mistaken(text, separator):
    assert find_separator(text) == separator


def test_a_separator_that_is_said_is_taken(file):
    assert table(file("a b,c\n1 2,3\n"), separator="space") == (["a", "b,c"], [["1", "2,3"]])
    assert table(file("a;b\n1;2\n"), separator=",") == (["a;b"], [["1;2"]])


@pytest.mark.parametrize("text, names", [
    ("a,b\n1,2\n", ["a", "b"]), ("1,2\n3,4\n", ["1", "2"]), ("?,2\n3,4\n", ["1", "2"]), (",x\n0,1\n", ["1", "x"]),
    ('a,b\n"1,000","2,000"\n', ["a", "b"]), ("a;b\n1,5;x\n", ["a", "b"]), ("p,x\ne,y\np,x\n", ["1", "2"]),
    ("class,cap\ne,y\np,x\n", ["class", "cap"]), ("x,5\ny,6\nx,7\n", ["1", "2"]), ("day,n\n2020-01-01,1\n", ["day", "n"]),
    ("2019,2020\n1,2\n", ["1", "2"]), ("5.1,setosa\n", ["1", "2"]), ("a,a1\ny,n\nn,y\n", ["a", "a1"]),
])
def test_a_header_is_found_where_there_is_one(text, names, file):
    assert table(file(text))[0] == names


def test_a_header_that_is_said_or_has_the_names_expected_is_one(file):
    assert table(file("2019,2020\n1,2\n"), header=True) == (["2019", "2020"], [["1", "2"]])
    assert table(file("a,b\n1,2\n"), header=False) == (["1", "2"], [["a", "b"], ["1", "2"]])
    assert table(file("p,x\ne,y\np,x\n"), expected=["x"])[0] == ["p", "x"]
    assert table(file("1,2\n3,4\n"), expected=["1", "2"])[1] == [["1", "2"], ["3", "4"]]


@pytest.mark.parametrize("text, rows", [
    ("a,b,\n1,2,\n3,4,\n", [["1", "2"], ["3", "4"]]), ("a,b\n1,2,\n3,4,,\n", [["1", "2"], ["3", "4"]]),
    ("a,b\n\n1,2\n , \n3,4\n\n", [["1", "2"], ["3", "4"]]),
    ('"a" "b"\n"1" 5 6\n"2" 7 8\n', [["1", "5", "6"], ["2", "7", "8"]]),
    ("a,b\r\n1,2\r\n", [["1", "2"]]), ("a,b\r1,2\r", [["1", "2"]]), ('a, "b"\n1, "x, y"\n', [["1", "x, y"]]),
    ('a b\n1 "x ""y"" z"\n', [["1", 'x "y" z']]), ("a,b\n1,\n2,\n", [["1", ""], ["2", ""]]), ("a|b\n1|2", [["1", "2"]]),
])
def test_what_stands_too_much_is_cut(text, rows, file):
    assert table(file(text))[1] == rows


def test_lines_keep_their_numbers(file):
    found = read_table(file('a,b\n\n1,"x\ny"\n2,z\n'))
    assert found.lines == [4, 5] and found.place(1, "b").endswith("t.txt, line 5, column 'b'")


@pytest.mark.parametrize("content, settings, message", [
    ("a,b\n1,2\n1\n", {}, "t.txt, line 3: expected 2 cells, got 1"),
    ("a,b\n1\n1,2\n1,2,3\n1,2\n1\n1,2\n1,2\n5\n1,2\n1,2\n", {},
     "expected 2 cells in each line, 4 lines have others: line 2 has 1, line 4 has 3, line 6 has 1, ...; another separator"),
    ("Sales of 2024\na,b\n1,2\n3,4\n5,6\n", {}, "t.txt, line 1: expected 2 cells as in most lines, got 1"),
    ("a,b,a\n1,2,3\n", {}, "two columns of the same name, 'a'; if the first line has no names, say --header no"),
    (b"a,b\n1,\xe4\n", {}, "not text in UTF-8, at byte 6 in line 2: 0xe4; if it is Latin-1, say --encoding latin-1"),
    (b"a,b\n1,\xe4\n", {"encoding": "ascii"}, "not text in ascii, at byte 6 in line 2: 0xe4"),
    ("a,b\n1,2\n", {"encoding": "zip"}, "unknown encoding 'zip'"),
    ("a,b\n1,2\n", {"encoding": "a\0b"}, "encoding"),
    (b"PK\x03\x04\x14\x00", {}, "a spreadsheet or an archive, not text; save the sheet as CSV"),
    (b"a,b\n1,\x002\n", {}, "line 2: a null character"), (b"\xff\xfea\0", {}, "say --encoding utf-16"),
    ('a,b\n1,"' + "x" * 200_000 + '"\n', {}, "line 2: not CSV: field larger than field limit"),
    ("", {}, "no examples"), ("\n\n,,\n", {}, "no examples"), ("a,b\n", {}, "no examples"),
    ('{"format": "neurosim/1"}', {}, "a problem file or other JSON"),
])
def test_what_is_no_table_is_told_with_file_and_line(content, settings, message, file):
    with pytest.raises(InputError, match=r".*") as caught:
        read_table(file(content), **settings)
    assert message in str(caught.value) and "t.txt" in str(caught.value) and "\n" not in str(caught.value)


# Limits


def test_more_cells_than_the_limit_are_refused_with_how_many_rows_fit(file, monkeypatch):
    monkeypatch.setattr(table_file, "MOST_CELLS", 100)
    path = file("a,b,c\n" + "1,2,3\n" * 40)
    with pytest.raises(InputError, match="t.txt: more than 100 cells; --rows 32 takes the first 32 rows"):
        read_table(path)
    assert len(read_table(path, rows=32).rows) == 32
    assert table_file.MOST_CELLS == 100 and len(read_table(file("a,b,c\n" + "1,2,3\n" * 30)).rows) == 30


def test_a_file_of_more_than_64_mb_is_refused_also_from_a_device():
    with pytest.raises(InputError, match="/dev/zero: larger than 64 MB"):
        read_table("/dev/zero")


def test_a_table_of_more_columns_than_a_layer_can_have_units_is_refused(file):
    with pytest.raises(InputError, match="t.txt, line 1: 10,001 cells; a table has 10,000 columns at most"):
        read_table(file("1," * 10_000 + "1\n"))


def test_a_line_without_an_end_is_refused(file):
    with pytest.raises(InputError, match=r"t.txt, line 2: longer than 2,000,000 characters"):
        read_table(file("a,b\n" + "1," * 1_500_000))


def test_a_pipe_is_read_once(tmp_path):
    path = str(tmp_path / "pipe")
    os.mkfifo(path)

    def write():
        with open(path, "w") as pipe:
            pipe.write("a,b\n1,2\n")

    thread = threading.Thread(target=write)
    thread.start()
    assert table(path) == (["a", "b"], [["1", "2"]])
    thread.join()


# Numbers


@pytest.mark.parametrize("text, notation, number", [
    ("1,200", Notation(".", ","), 1200), ("1,200.5", Notation(".", ","), 1200.5),
    ("-1,234,567", Notation(".", ","), -1234567),
    ("1.200,5", Notation(",", "."), 1200.5), ("1,5", Notation(","), 1.5),
    ("1 200,5", Notation(",", "space"), 1200.5),
    ("1\u00a0200", Notation(".", "space"), 1200), ("1'200.5", Notation(".", "apostrophe"), 1200.5),
    ("-4e1", Notation(), -40),
    ("+.5", Notation(), 0.5), ("200", Notation(".", ","), 200),
])
def test_a_number_is_read_as_its_notation_says(text, notation, number):
    assert notation.number(text) == number


@pytest.mark.parametrize("text, notation", [
    ("1,200", Notation()), ("1.5", Notation(",")), ("1,20", Notation(".", ",")), ("12,00,000", Notation(".", ",")),
    ("1_000", Notation()), ("nan", Notation()), ("inf", Notation()), ("1e999", Notation()), ("9" * 5000, Notation()),
    ("", Notation()), ("0x10", Notation()), ("1.2.3", Notation(",", ".")), ("1,2,3", Notation(",")),
])
def test_what_says_no_number_is_refused(text, notation):
    assert not notation.takes(text)


def test_decimal_commas_are_found_only_beside_other_separators():
    assert notation_of(["1,5", "2"], ";") == notation_of(["1,5"], "\t") == notation_of(["1,5"], "|") == Notation(",")
    assert notation_of(["1,5", "2"], ",") == Notation(".") == notation_of(["1.5"], ";")
    assert notation_of(["1.5", "1,500.5"], ";", ",") == Notation(".", ",")


def test_a_number_of_5000_digits_is_told_by_its_place(file):
    from neurosim.problems.csv_data import read_csv

    for target in ("a", "b"):
        with pytest.raises(InputError, match=r"t.txt, line 3, column 'b': expected a number, got '999"):
            read_csv(file("a,b\n1,2.5\n2," + "9" * 5000 + "\n3,1.5\n4,2.5\n"), target)


@pytest.mark.parametrize("second, first", [("2,5", "1.200"), ("", "1,200")])
def test_a_sign_that_may_separate_thousands_or_decimals_is_refused(second, first, file):
    from neurosim.problems.csv_data import read_csv

    text = f"a;b\n{first};{second or 1}\n{first};{second or 2}\n9;{second or 3}\n"
    mark = first[1]
    other = {",": ".", ".": ","}[mark]
    with pytest.raises(InputError, match=rf"line 2, column 'a': {first} has a sign that may separate thousands or decimals; "
                                         rf"say --thousands \{mark} or --thousands \{other}"):
        read_csv(file(text))


# Kinds


@pytest.mark.parametrize("cells, description", [
    (["1", "2.5", "?"], "number"), (["yes", "no", "Yes"], "yes/no"), (["t", "f"], "yes/no"),
    (["TRUE", "", "false"], "yes/no"),
    (["yes", "f"], ["f", "yes"]), (["b", "a", "b"], ["a", "b"]), (["0", "1", "1"], "number"), (["y"], "yes/no"),
    ([f"{chr(97 + number)}" for number in range(20)], [chr(97 + number) for number in range(20)]),
    (["1", "x", "2"], "number"), (["x", "y", "2"], ["2", "x", "y"]),
])
def test_a_column_is_taken_for_what_most_of_its_cells_are(cells, description):
    assert kind_of(cells, ",").describe() == description


@pytest.mark.parametrize("cell", ["2024-01-31", "1.2.2021", "31/12/99", "2024-01-31 12:30", "2024-01-31T12:30:00Z", "12:30",
                                  "9:05 PM"])
def test_dates_and_times_are_refused(cell):
    with pytest.raises(Dates, match="dates, such as"):
        kind_of([cell, cell], ",")


def test_more_than_twenty_texts_are_refused():
    with pytest.raises(Unusable, match="21 different texts, such as 'text 0'"):
        kind_of([f"text {number}" for number in range(21)] * 2, ",")


def test_one_text_in_a_column_of_numbers_is_told_by_its_place():
    with pytest.raises(InputError, match="row 2: expected a number, got 'x'"):
        NUMBERS.read(["1", "2", "x"], lambda row: f"row {row}")
