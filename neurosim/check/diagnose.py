"""Diagnose: the first number that is wrong, and the mistake whose numbers a person's numbers equal."""

from collections import namedtuple
from math import log10

from neurosim.check.anatomy import Anatomy
from neurosim.check.answers import Answers, read_answers
from neurosim.check.conventions import CONVENTIONS, LOSSES
from neurosim.check.mistakes import MISTAKES
from neurosim.check.sheet import FullRun, Sheet, tolerance
from neurosim.errors import InputError, UnknownNameError

# kind: a `Mistake` of MISTAKES or CONVENTIONS; form: which of its forms; swaps: {address: (rule, operands)}
Hypothesis = namedtuple("Hypothesis", ("kind", "form", "swaps"))

BEAM = 12  # first mistakes of a pair that are tried with every second one
EVIDENCE = {1: 2.5, 2: 4.0, 3: 5.5}  # powers of ten against chance, by the number of mistakes


class Diagnosis:
    """What a person's numbers are.

    trace, answers: what was compared, and the `Answers` with it
    status:       "right", "explained" or "unexplained"; true if "right"
    wrong:        the addresses of the answers that do not follow from the person's own numbers before them, in order
    conventions:  a `Hypothesis` for each convention that the numbers follow
    explanations: sets of `Hypothesis`, each of which gives all the numbers: several where the answers can't tell
                  them apart
    """

    def __init__(self, trace, answers, sheet, conventions=(), explanations=(), status="unexplained"):
        self.trace, self.answers, self.sheet, self.status = trace, answers, sheet, status
        self.wrong = [] if status == "right" else [step.address for step in trace if step.address in sheet.wrong]
        self.conventions, self.explanations = list(conventions), [tuple(found) for found in explanations]

    def __bool__(self):
        return self.status == "right"

    @property
    def mistakes(self):
        """The names of the mistakes of each explanation."""
        return [
            tuple(hypothesis.kind.name for hypothesis in found if hypothesis.kind.stage != "convention")
            for found in self.explanations
        ]

    def separating(self):
        """(address, its value by each explanation) of the number that tells the explanations apart best.

        None if there is only one explanation, or if no other number differs.
        """
        if len(self.explanations) < 2:
            return None
        right = FullRun(self.trace, {})
        runs = [{**right.expected, **right.with_swaps(combined(found))} for found in self.explanations]
        best, found = 0.0, None
        for step in self.trace:
            if step.address in self.answers.by_address or not step.operands:
                continue
            values = [run[step.address].value for run in runs]
            if None in values:
                continue
            values.sort()
            size = max(map(abs, values)) or 1.0
            closest = min(after - before for before, after in zip(values, values[1:]))
            merit = (closest + (values[-1] - values[0]) / 1000) / size
            if merit > best + 1e-9:
                best, found = merit, step.address
        return None if found is None else (found, [run[found].value for run in runs])

    def __repr__(self):
        return f"<Diagnosis: {self.status}, {len(self.answers.by_address)} answers>"


def diagnose(network, inputs, targets, answers, optimizer=None, batch_size=1, reduction="mean", epochs=1):
    """Compare a person's numbers with the computation; return a `Diagnosis`.

    answers: {address: number}, any subset, with numbers as texts as they were typed, or lists by layer such as "dW2".
    The other arguments are those of `trace`.

    Each number is judged from the person's own numbers before it, within its printed precision. If some are wrong,
    the mistakes are looked for that give just these numbers: one, or else two.

    >>> from neurosim import built_in
    >>> problem = built_in("mazur")
    >>> diagnosis = diagnose(
    ...     problem.network, problem.inputs, problem.targets, {"delta[o1]": "0.7414", "delta[o2]": "-0.2171"}
    ... )
    >>> diagnosis.status, diagnosis.mistakes
    ('explained', [('no-output-slope',), ('other-slope',)])
    """
    return diagnose_trace(network.trace(inputs, targets, optimizer, batch_size, reduction, epochs), answers)


def diagnose_trace(trace, answers):
    """The same for a computation that has been traced; `answers` may also be the `Answers` that were read already."""
    if not any(step.phase == "backward" for step in trace):
        raise InputError("a diagnosis needs targets: the mistakes are those of a whole backward pass")
    if not all(isinstance(step.value, (int, float)) for step in trace):
        trace = trace.replay(number=float)  # a person's numbers are floats, and do not go together with Decimals
    answers = answers if isinstance(answers, Answers) else read_answers(trace, answers)
    return _Search(trace, answers).diagnosis()


def mutate(trace, name, form=None):
    """The trace as it comes out with one of the `MISTAKES` in it.

    form: which of its forms, such as "the last"; None means the first.
    Raises InputError for a mistake that can't be made in this computation.

    >>> from neurosim import built_in
    >>> trace = built_in("mazur").trace()
    >>> mutate(trace, "no-output-slope")["delta[o1]"].value == trace["dE/da[o1]"].value
    True
    """
    if name not in MISTAKES:
        raise UnknownNameError("mistake", name, MISTAKES)
    forms = dict(MISTAKES[name].forms(Anatomy(trace)))
    if not forms:
        raise InputError(f"the mistake {name!r} cannot be made in this computation")
    form = next(iter(forms)) if form is None else form
    if form not in forms:
        raise UnknownNameError(f"form of {name}", form, forms)
    return mutated(trace, [Hypothesis(MISTAKES[name], form, forms[form])])


class _Search:
    """Goes through conventions and mistakes, the fewest first, for what makes all answers right."""

    def __init__(self, trace, given):
        self.trace, self.given, self.answers = trace, given, given.by_address
        answers = self.answers
        anatomy = Anatomy(trace)
        self.conventions = [h for h in _hypotheses(CONVENTIONS, anatomy) if self._has_evidence(h)]
        self.mistakes = list(_hypotheses(MISTAKES, anatomy))
        coarsest = max((answer.half_unit for answer in answers.values()), default=0.0)
        # the ways in which a person may have worked, the one that can be judged most sharply first
        self.full_run = FullRun(trace, answers)
        self.exact = Sheet(trace, answers)
        self.on_paper = Sheet(trace, answers, way=coarsest)

    def _has_evidence(self, hypothesis):
        """A convention about the loss shows only in a loss or in its derivative."""
        if hypothesis.kind.name == "opposite-sign":
            return True
        losses = [address for address in self.answers if address.partition("[")[0].partition("@")[0] in LOSSES]
        if hypothesis.kind.name == "loss-factor":
            losses += [address for address in self.answers if address in hypothesis.swaps]
        return bool(losses)

    def diagnosis(self):
        for sheet in (self.full_run, self.on_paper):
            if not sheet.wrong:
                return Diagnosis(self.trace, self.given, self.exact, status="right")
            for conventions in self._convention_sets():
                if conventions and self._wrong(sheet, conventions) == set():
                    return Diagnosis(self.trace, self.given, self.exact, conventions, status="right")
            if sheet is self.full_run:
                found = self._singles(sheet, [()])
                if found:
                    return self._explained(sheet, found)
        for sheet in (self.full_run, self.exact, self.on_paper):
            bases = self._best_conventions(sheet)
            found = self._singles(sheet, bases) or (self._pairs(sheet, bases) if sheet is not self.full_run else [])
            if found:
                return self._explained(sheet, found)
        return Diagnosis(self.trace, self.given, self.on_paper)

    def _telling(self):
        """The sheet whose wrong numbers are shown: the most lenient one that has any."""
        return next((sheet for sheet in (self.on_paper, self.exact) if sheet.wrong), self.full_run)

    def _convention_sets(self):
        yield ()
        for convention in self.conventions:
            yield (convention,)
        for index, one in enumerate(self.conventions):
            for other in self.conventions[index + 1 :]:
                if other.kind is not one.kind:
                    yield (one, other)

    def _best_conventions(self, sheet):
        """No convention, and those that leave fewer answers wrong than that."""
        sets = [(self._wrong(sheet, conventions), conventions) for conventions in self._convention_sets()]
        counts = [(len(wrong), conventions) for wrong, conventions in sets if wrong is not None]
        plain = counts[0][0]
        better = sorted([pair for pair in counts[1:] if pair[0] < plain], key=lambda pair: pair[0])
        return [(), *[conventions for _, conventions in better[:3]]]

    def _wrong(self, sheet, hypotheses):
        swaps = combined(hypotheses)
        return None if swaps is None else sheet.wrong_with(sheet.with_swaps(swaps))

    def _singles(self, sheet, bases):
        for base in bases:
            found = [(*base, mistake) for mistake in self.mistakes if self._wrong(sheet, (*base, mistake)) == set()]
            found = [hypotheses for hypotheses in found if self._is_evident(sheet, base, hypotheses)]
            if found:
                return found
        return []

    def _pairs(self, sheet, bases):
        for base in bases[:2]:
            left = self._wrong(sheet, base)
            firsts = []
            for mistake in self.mistakes:
                wrong = self._wrong(sheet, (*base, mistake))
                if wrong is not None and wrong < left:
                    firsts.append((len(wrong), mistake, wrong))
            firsts = sorted(firsts, key=lambda first: first[0])[:BEAM]
            reaches = [(mistake, sheet.with_swaps(mistake.swaps).keys()) for mistake in self.mistakes] if firsts else []
            found, tried = [], []
            for _, one, wrong in firsts:
                tried.append(one)
                for other, reached in reaches:
                    if other.kind is one.kind or other in tried or not wrong <= reached:
                        continue  # a second mistake must at least change what the first leaves wrong
                    hypotheses = (*base, one, other)
                    if self._wrong(sheet, hypotheses) == set() and self._is_evident(sheet, base, hypotheses):
                        found.append(hypotheses)
            if found:
                return found
        return []

    def _is_evident(self, sheet, base, hypotheses):
        """Whether it would be a rare chance that wrong numbers equal those of one of so many mistakes."""
        without = sheet.with_swaps(combined(base))
        with_ = sheet.with_swaps(combined(hypotheses))
        evidence = 0.0
        for address in self._wrong(sheet, base):
            answer, before = self.answers[address], without.get(address, sheet.expected[address])
            after = with_.get(address, sheet.expected[address])
            distance = abs(answer.value - before.value) if before.value is not None else abs(answer.value)
            evidence += max(0.0, log10(max(distance, 1e-300)) - log10(max(tolerance(answer, after), 1e-300)))
        return evidence >= EVIDENCE[min(len(hypotheses) - len(base), 3)]

    def _explained(self, sheet, found):
        """The diagnosis from sets of hypotheses that each explain all; those that fit an unrounded run come first."""
        sharp = [hypotheses for hypotheses in found if self._wrong(self.full_run, hypotheses) == set()]
        by_names = {}
        for hypotheses in sharp or found:  # of the forms of one mistake the first is enough
            by_names.setdefault(tuple(hypothesis.kind.name for hypothesis in hypotheses), hypotheses)
        found = list(by_names.values())
        conventions = [h for h in found[0] if h.kind.stage == "convention"]
        return Diagnosis(self.trace, self.given, self._telling(), conventions, found, "explained")


def _hypotheses(kinds, anatomy):
    for kind in kinds.values():
        for form, swaps in kind.forms(anatomy):
            yield Hypothesis(kind, form, swaps)


def mutated(trace, hypotheses):
    """The trace as it comes out with these mistakes in it."""
    rules, rewire = {}, {}
    for address, (rule, operands) in combined(hypotheses).items():
        rules[address] = rule if isinstance(rule, str) else rule._replace(name=f"{rule.name} at {address}")
        rewire[address] = list(operands)
    return trace.replay(rules=rules, rewire=rewire)


def combined(hypotheses):
    """The swaps of several hypotheses together, or None if two of them swap the same step."""
    swaps = {}
    for hypothesis in hypotheses:
        if not swaps.keys().isdisjoint(hypothesis.swaps):
            return None
        swaps.update(hypothesis.swaps)
    return swaps
