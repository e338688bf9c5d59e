"""What the page says of typed numbers never contradicts `diagnose`."""

from collections import Counter

import pytest
from page_judge import contradictions, in_page, sheets
from page_kernel import NODE

pytestmark = pytest.mark.skipif(NODE is None, reason="there is no node here to run a page's scripts in")


def test_no_word_of_the_page_contradicts_diagnose(pytestconfig):
    words = Counter()
    for kind, sheet in sheets(500 if pytestconfig.getoption("--long") else 33):
        verdicts = in_page(sheet)
        words.update((kind, verdict["word"]) for verdict in verdicts.values())
        assert list(contradictions(sheet.diagnosed(), verdicts)) == [], (kind, sheet.answers)
    assert words["with_a_mistake", "mistake"] > 0 and words["right_work", "unknown"] <= words["right_work", "right"] / 1000
