"""Tables that fit a width: nothing is lost, nothing is wider than it must be."""

import random
import re

import pytest
from tabulate import multiline_formats, tabulate_formats

from neurosim import built_in
from neurosim.support.tables import READ_BY_PROGRAMS, UNSAFE_FORMATS, table

FITTED = ["simple", "plain", "grid", "fancy_grid", "outline", "pretty", "psql", "presto", "rst", "rounded_outline"]
FITTED = [name for name in FITTED if name in multiline_formats]  # of outlines an older tabulate makes only single lines
WORDS = "the number of what was given to a unit delta[h1] w[x1->h1] in this pass".split()


def random_table(generator):
    """Headers and rows of texts and numbers."""
    kinds = [generator.choice(("word", "text", "number")) for _ in range(generator.randint(1, 9))]
    headers = [" ".join(generator.sample(WORDS, generator.randint(1, 3))) + str(index) for index in range(len(kinds))]
    make = {
        "word": lambda: generator.choice(WORDS),
        "text": lambda: " ".join(generator.choice(WORDS) for _ in range(generator.randint(1, 20))),
        "number": lambda: round(generator.uniform(-100, 100), 3),
    }
    return headers, [[make[kind]() for kind in kinds] for _ in range(generator.randint(1, 5))]


def words(text):
    """The words of a text without what formats draw around them, in alphabetical order."""
    return sorted(re.findall(r"[^\s|+═─│╒╤╕╞╪╡├┼┤╘╧╛╭┬╮┴╰╯=]*[\w\]][^\s|│]*", re.sub(r"-{2,}", " ", text)))


@pytest.mark.parametrize("format", FITTED)
def test_no_line_is_longer_than_the_width_and_no_word_is_lost(format):
    generator = random.Random(format)
    for _ in range(60):
        headers, rows = random_table(generator)
        natural = table(rows, headers, format, width=10**4)
        for width in (40, 60, 80, 120):
            text = table(rows, headers, format, width=width)
            assert max(map(len, text.split("\n"))) <= width
            assert set(words(natural)) <= set(re.findall(r"[^\s:|│]+", text)) | set(words(text))


def test_a_table_with_room_is_that_of_tabulate():
    rows = [("a", 1.5), ("b", -2)]
    assert table(rows, ("name", "value"), width=40) == table(rows, ("name", "value"), width=400)


@pytest.mark.parametrize("format", [
    name for name in tabulate_formats
    if (name not in multiline_formats or name in READ_BY_PROGRAMS) and name not in UNSAFE_FORMATS
])
def test_formats_that_are_read_by_programs_have_a_line_for_each_row(format):
    rows = [("word " * 50, 1.5)]
    assert table(rows, ("text", "value"), format, width=40) == table(rows, ("text", "value"), format, width=400)


def test_a_trace_at_200_80_and_50_columns():
    trace = built_in("mazur").trace()
    wide, narrow, blocks = (trace.table(phases="forward", width=width) for width in (200, 80, 50))
    assert re.search(
        r"\n 18  forward  z\[h1\] +w\[x1->h1\]\*a\[x1\] \+ w\[x2->h1\]\*a\[x2\] \+ b\[h1\]  "
        r"0\.15\*0\.05 \+ 0\.2\*0\.1 \+ 0\.35 +0\.3775\n", wide
    )
    assert re.search(
        r"\n 18  forward  z\[h1\] += w\[x1->h1\]\*a\[x1\] \+ w\[x2->h1\]\*a\[x2\] \+ b\[h1\] +0\.3775\n"
        r" += 0\.15\*0\.05 \+ 0\.2\*0\.1 \+ 0\.35 *\n", narrow
    )
    assert blocks.split("\n")[:4] == [
        "18  forward  z[h1]", "  = w[x1->h1]*a[x1] + w[x2->h1]*a[x2] + b[h1]", "  = 0.15*0.05 + 0.2*0.1 + 0.35",
        "  = 0.3775",
    ]


def test_columns_of_numbers_go_into_several_tables_that_all_begin_with_the_first():
    headers = ["example", *[f"a[o{number}]" for number in range(1, 11)]]
    rows = [[number, *[number / 7 + column for column in range(10)]] for number in range(1, 4)]
    bands = table(rows, headers, width=60, counts=["example"]).split("\n\n")
    assert len(bands) > 1 and all(band.split()[0] == "example" for band in bands)
    assert [name for band in bands for name in band.split("\n")[0].split()[1:]] == headers[1:]


def test_rows_of_long_texts_become_records():
    headers = ("severity", "place", "symptom", "criterion", "what usually helps")
    row = ("alarm", "h2", "dead ReLU", "z <= 0 on all examples", "draw its weights again, lower the learning rate")
    assert table([row], headers, width=40) == (
        "severity: alarm\n  place: h2\n  symptom: dead ReLU\n  criterion: z <= 0 on all examples\n"
        "  what usually helps: draw its weights\n    again, lower the learning rate"
    )
