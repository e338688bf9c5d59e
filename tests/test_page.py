"""Width, folding, and signs that can't be seen."""

import random
import sys
import unicodedata

import pytest

from neurosim.support.errors import InputError
from neurosim.support.page import equation, fold, fold_formula, page_width, visible


def test_the_width_is_100_unless_columns_says_otherwise(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert page_width() == 100
    monkeypatch.setenv("COLUMNS", "72")
    assert page_width() == 72 and page_width(90) == 90


@pytest.mark.parametrize("text", ["", "0", "-5", "wide", "8e1", "²", "٣٣", "999999"])
def test_columns_that_say_nothing_sensible_are_passed_over(text, monkeypatch):
    monkeypatch.setenv("COLUMNS", text)
    assert page_width() == 100


def test_no_page_is_narrower_than_20(monkeypatch):
    monkeypatch.setenv("COLUMNS", "3")
    assert page_width() == 20


@pytest.mark.parametrize("width", [19, 0, -1, True, 80.0, "80"])
def test_a_width_that_is_none(width):
    with pytest.raises(InputError, match="^width must be a whole number of 20 or more, got "):
        page_width(width)


def test_every_sign_of_unicode_is_printable_once_it_is_made_visible():
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    shown = visible(everything)
    assert shown.isprintable()
    assert not any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in shown)


def test_what_is_printable_stays_as_it_is():
    assert visible("größe → 日本 ½ \\x1b") == "größe → 日本 ½ \\x1b"


def test_signs_are_shown_as_python_writes_them():
    for sign in "\x1b\x07\r\n\t\x00\x7f\x9b\u202e\u2066\u200b\u2028\ufeff\U000e0041":
        assert visible(sign) == repr(sign)[1:-1]
    assert visible("a\tb\n\x1b", kept="\n\t") == "a\tb\n\\x1b"


def texts(count):
    generator = random.Random(1)
    for _ in range(count):
        words = ["".join(generator.choice("ab->[]x1.") for _ in range(generator.randint(1, 15))) for _ in range(20)]
        yield "  " * generator.randint(0, 3) + " ".join(words)


@pytest.mark.parametrize("width", [20, 33, 80])
def test_a_folded_text_has_the_same_words_in_lines_that_fit(width):
    for text in texts(50):
        lines = fold(text, width).split("\n")
        assert " ".join(lines).split() == text.split()
        assert all(len(line) <= width or len(line.split()) == 1 for line in lines)


def test_a_text_that_fits_stays_as_it_is():
    assert fold("  a  b\n\n   c", 20) == "  a  b\n\n   c"


@pytest.mark.parametrize("width", [20, 40, 80])
def test_a_folded_formula_goes_on_with_an_operator(width):
    terms = [f"w[x{number}->h1]*a[x{number}]" for number in range(1, 30)]
    formula = "= " + " + ".join(terms) + " - 2 / (1 + exp(-z))"
    first, *others = fold_formula(formula, width)
    assert " ".join([first, *[line.strip() for line in others]]) == formula
    assert first.startswith("= ") and all(line[:4] in ("  + ", "  - ", "  / ") for line in others)
    assert all(len(line) <= max(width, len("  + w[x10->h1]*a[x10]")) for line in (first, *others))


def test_an_equation_goes_below_its_label_where_there_is_no_room_beside_it():
    assert equation("z[a_long_name]", ["w[x1->a_long_name]*a[x1]", "6"], 30).split("\n") == [
        "z[a_long_name]", "  = w[x1->a_long_name]*a[x1]", "  = 6",
    ]
