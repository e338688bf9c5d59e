"""The page's judge beside `diagnose`: simulated sheets typed into a page, and the words that contradict each other.

    python tests/page_judge.py --sheets 500
"""

import argparse
import random
import re
from collections import Counter

import diagnoses
from page_kernel import in_node

from neurosim.page.data import shipped
from neurosim.page.script import KERNEL

KINDS = (
    diagnoses.right_work, diagnoses.cut_off, diagnoses.with_a_mistake, diagnoses.with_a_mistake, diagnoses.in_one_layer,
    diagnoses.in_one_unit, diagnoses.with_a_slip, diagnoses.slip_and_mistake, diagnoses.with_coarse_numbers,
    diagnoses.numbers_off, diagnoses.pair_of_mistakes,
)
WORK = """
const kernel = new Kernel(given.document, RULES), judge = new Judge(kernel, given.document);
const work = ({answers, places}) => {
  const typed = new Map(answers.map(([address, text]) => [kernel.index.get(address), typedNumber(text, address)]));
  const verdicts = judge.verdicts(kernel.shipped, typed, places);
  return answers.map(([address]) => [address, verdicts.get(kernel.index.get(address))]);
};
"""
PLACES = 4  # that a page asks for
NAME = re.compile(r"\[([a-z0-9-]+)\]")


def sheets(count, seed=1):
    """So many random sheets, with the name of their kind."""
    draw, found = random.Random(seed), 0
    while found < count:
        kind = KINDS[found % len(KINDS)]
        sheet = kind(draw)
        if sheet is not None:
            found += 1
            yield kind.__name__, sheet


def in_page(sheet):
    """What the page says of each number, {address: verdict}, once all are typed."""
    ship = shipped(sheet.person.problem.trace())
    task = {"answers": list(sheet.answers.items()), "places": PLACES}
    return dict(in_node(WORK, [task], ship.rules, ship.document, (*KERNEL, "judge.js"))[0])


def contradictions(diagnosis, verdicts):
    """(address, what the page says, what `diagnose` says) wherever one of them is wrong if the other is right."""
    names = {name for found in diagnosis.found for name in found.names}
    names.update(name for rival in diagnosis.rivals for name in NAME.findall(rival))
    for address, verdict in verdicts.items():
        judged = diagnosis.numbers[address].verdict
        is_called_right = verdict["word"] in ("right", "own")
        if is_called_right and judged in ("wrong", "slip"):
            yield address, verdict["text"], judged
        elif verdict["word"] == "mistake" and (judged not in ("wrong", "slip") or names.isdisjoint(verdict["names"])):
            yield address, verdict["text"], f"{judged}; {diagnosis.status}: {', '.join(sorted(names))}"


def main():
    """Print how many words contradict, and what the page says of how many numbers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sheets", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    words, wrong, against = Counter(), Counter(), []
    for kind, sheet in sheets(options.sheets, options.seed):
        diagnosis, verdicts = sheet.diagnosed(), in_page(sheet)
        words.update((kind, verdict["word"]) for verdict in verdicts.values())
        wrong.update(kind for number in diagnosis.numbers.values() if number.verdict in ("wrong", "slip"))
        for found in contradictions(diagnosis, verdicts):
            against.append((kind, *found))
            print(*against[-1], sep=" | ")
    for kind in dict.fromkeys(one.__name__ for one in KINDS):
        said = ", ".join(f"{count} {word}" for (other, word), count in sorted(words.items()) if other == kind)
        print(f"{kind}: {wrong[kind]} wrong by diagnose; the page says {said}")
    print(f"{options.sheets} sheets, {sum(words.values())} numbers, {len(against)} contradictions")


if __name__ == "__main__":
    main()
