"""How the printed numbers of the built-in pages come out: python tests/library_measured.py prints a row for each page."""

from collections import Counter

from tabulate import tabulate

import neurosim as ns
from neurosim.exercises.library import HOW, MISPRINT, page
from neurosim.problems.catalogue import names

ENTRIES = list(dict.fromkeys(HOW.values()))


def counts(name):
    """{how a number comes out: how many do} of one page."""
    return Counter(MISPRINT if one.how.startswith(MISPRINT) else one.how for one in page(ns.built_in(name)).numbers)


def main():
    found = {name: counts(name) for name in names() if ns.built_in(name).printed is not None}
    columns = [*ENTRIES, MISPRINT]
    rows = [(name, sum(row.values()), *[row[column] or "" for column in columns]) for name, row in found.items()]
    total = sum(found.values(), Counter())
    rows.append((f"{len(found)} pages", sum(total.values()), *[total[column] or "" for column in columns]))
    print(tabulate(rows, ("page", "printed", *columns)))


if __name__ == "__main__":
    main()
