"""Whether a person's numbers are those of another problem."""

from __future__ import annotations

from neurosim.diagnosis.judge import Judge

FEWEST = 2  # numbers that must prove something


def are_of(answers, trace):
    """Whether the `Answers` are right in this trace, as they stand, and at least two of them prove something there."""
    if not all(address in trace for address in answers.by_address):
        return False
    judge = Judge(trace, answers.by_address)
    proving = [address for address in judge.order if not judge.is_coarse(address)]
    return len(proving) >= FEWEST and judge.tell(()).is_sharp
