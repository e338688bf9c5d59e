"""The judge: how each of a person's numbers comes about under a story, and what the story costs.

An own number is carried on exactly as it is written, never as an interval, so a short one makes nothing else right.
"""

from __future__ import annotations

from itertools import combinations
from math import inf, log10

from neurosim.core.address import make_address, split_address
from neurosim.diagnosis.cells import Cells, joined
from neurosim.diagnosis.matching import (
    digits_of, divided, halves_of_32_bits, hits, in_decimals, is_whole, middle, places_of, unit,
)
from neurosim.diagnosis.roundings import to_places
from neurosim.diagnosis.slips import slip
from neurosim.diagnosis.stories import (
    EXCHANGED, LAST_DIGIT, MANY, NEW, NOTHING, OTHER, OWN, PATTERN, PLAIN, RIGHT, ROUNDED, ROUNDING, SHARE, SLIP,
    WITHIN_MARGIN, WRONG, How, Story,
)

WHOLE = 0.5  # half a unit of a number without decimals, which may be meant as it stands or in a rough way
COARSE = 0.1  # half a unit beyond so much of what a number is about proves nothing
NARROW = 0.25  # a margin or a rounding beyond so much of it counts no longer
FULL = 0.9  # of the numbers of a trace
FEW = 0.25  # of the wrong numbers, that rounding can have moved so far
NEARLY = 10  # half units by which what follows from own numbers may differ from what follows from all digits
FEWEST_ROUNDED = 2  # numbers that a rounding must explain


class Expected:
    """What is expected at an address, in a run with changes.

    changed, used: {index: number} of what a cell's rule makes otherwise, and of what is read otherwise
    own:           {index: number} of what is carried on as it is written
    halves:        half a unit of each of these; None until a margin asks for them
    """

    __slots__ = ("run", "changed", "used", "own", "index", "halves")

    def __init__(self, run, changed, used, own, index):
        self.run, self.changed, self.used, self.own, self.index, self.halves = run, changed, used, own, index, None

    def __call__(self, address):
        place = self.index[address]
        return self.changed[place] if place in self.changed else self.run.expected[place]


def _exactly(answer, own, exact, cut):
    """How a number comes about that is exactly what is expected, from own numbers or with all digits; else None."""
    if hits(answer, own, cut):
        return How(RIGHT if hits(answer, exact, cut) else OWN, own)
    return How(RIGHT, exact) if hits(answer, exact, cut) else None


class Judge:
    """A person's numbers in a trace.

    answers: {address: `Answer`}, in the order of the trace; halves of a unit are those of 32 bits where a program has such
    is_full: whether nearly all numbers are there, so that each follows from others, whatever comes before them
    givens:  the addresses among them of what is given, which is compared and carried on only by a reading that says so
    miscopied: those of them that are not what is given
    way:     half a unit to which the person is taken to have rounded what is not written
    """

    def __init__(self, trace, answers):
        self.trace = trace
        in_order = {step.address: in_decimals(answers[step.address]) for step in trace if step.address in answers}
        self.answers = halves_of_32_bits(trace, in_order)
        self.order = list(self.answers)
        self.cells = Cells(trace, self.order)
        self.givens = {step.address for step in trace if not step.operands and step.address in answers}
        self.miscopied = tuple([
            address for address in self.order
            if address in self.givens and not hits(self.answers[address], trace[address].value)
        ])
        computed = [answer for address, answer in self.answers.items() if address not in self.givens]
        halves = sorted(answer.half_unit for answer in computed)
        self.way = halves[(len(halves) - 1) // 2] if halves else 0.0
        self.is_full = len(computed) >= FULL * sum(bool(step.operands) for step in trace)
        self.fewest_places = min(map(places_of, computed), default=0)
        digits = sorted(digits_of(answer.text) for answer in computed)
        self.usual_digits = digits[len(digits) // 2] if digits else 0
        self._halves = {self.cells.index[address]: answer.half_unit for address, answer in self.answers.items()}
        self._old = {
            address: trace[trace[address].operands[0]].value for address in self.answers
            if address.startswith(("w+[", "b+[")) and address not in self.givens
        }
        self._runs, self._answers, self._own, self._plain, self._ways, self._classes = {}, {}, {}, {}, {}, {}

    # Runs from a person's own numbers

    def read(self, reading):
        """{address: `Answer`} as the trace has its numbers."""
        key = reading.factors
        if key not in self._answers:
            factors = dict(key)
            self._answers[key] = {
                address: divided(answer, factors.get(self.quantity_class(address), 1))
                for address, answer in self.answers.items()
            }
        return self._answers[key]

    def own(self, reading):
        """{index: number} of what is carried on."""
        key = reading.factors, reading.copied
        if key not in self._own:
            self._own[key] = {
                self.cells.index[address]: answer.value for address, answer in self.read(reading).items()
                if address not in self.givens or address in reading.copied
            }
        return self._own[key]

    def run(self, reading, rounding=None, is_own=True):
        """The `Run` of the trace with the person's numbers or without, rounded or not; each is worked out once."""
        key = (reading.factors if is_own else None, reading.copied, rounding and rounding.label)
        if key not in self._runs:
            copied = {self.cells.index[address]: self.answers[address].value for address in reading.copied}
            own = self.own(reading) if is_own else copied
            self._runs[key] = self.cells.run(own, rounding and rounding.apply) if own or rounding else self.cells.recorded
        return self._runs[key]

    # One story

    def tell(self, parts, reading=PLAIN, rounding=None, most=inf):
        """The `Story` of these parts; None if two of them swap the same step, or if it costs more than `most`."""
        cost = sum(part.cost for part in parts) + reading.cost + ROUNDING * (rounding is not None)
        swaps = joined(part.cells for part in parts)
        if swaps is None or cost > most:
            return None
        exact = self._expected(swaps, self.run(reading, is_own=False), {})
        from_own = self._expected(swaps, self.run(reading), self.own(reading))
        if exact is None or from_own is None:
            return None
        how, open_ = self._sharp(exact, from_own, reading)
        if cost + LAST_DIGIT * len(open_) * (rounding is None) > most:
            return None
        if rounding:
            before = len(open_)
            self._by_rounding(swaps, reading, rounding, exact, how, open_)
            if before - len(open_) < FEWEST_ROUNDED:
                return None
        self._exchanged(exact, reading, how, open_)
        less = self._without_the_wrong(swaps, reading, how, open_) if 0 < len(open_) < len(self.order) else None
        cost += sum(one.cost for one in how.values())
        for address in open_:
            how[address] = self._off(address, from_own, exact, less, swaps, reading)
            cost += how[address].cost
            if cost > most:
                return None
        return Story(cost, tuple(parts), reading, rounding, {address: how[address] for address in self.order})

    def misses(self, parts, reading, off=()):
        """The addresses of the numbers that a story does not give exactly; None if its parts do not go together.

        None too where it gives exactly none of those that are `off` without its last part. Of many, as long as no single
        one follows from own numbers, it isn't worked out whether some would with all digits.
        """
        swaps = joined(part.cells for part in parts)
        if swaps is None or len(off) >= MANY and not self.gives(parts, reading, off):
            return None
        from_own = self._expected(swaps, self.run(reading), self.own(reading))
        exact = self._expected(swaps, self.run(reading, is_own=False), {})
        missed = None if exact is None or from_own is None else set(self._sharp(exact, from_own, reading)[1])
        return None if missed is None or off and missed.issuperset(off) else missed

    def given_exactly(self, parts, reading):
        """{address: `How`} of the numbers that a story of parts that go together gives exactly."""
        swaps = joined(part.cells for part in parts)
        exact = self._expected(swaps, self.run(reading, is_own=False), {})
        return self._sharp(exact, self._expected(swaps, self.run(reading), self.own(reading)), reading)[0]

    def given_from_the_start(self, reading, rounding=None):
        """The addresses of the numbers that come out where no own number is carried on."""
        run, answers = self.run(reading, rounding, is_own=False), self.read(reading)
        return {
            address for address in self.order
            if hits(answers[address], run.expected[self.cells.index[address]], reading.cut)
        }

    def gives(self, parts, reading, off):
        """Whether parts give one of the numbers that are off by what they swap, or nearly some, as own ones are short."""
        swaps = joined(part.cells for part in parts)
        from_own = None if swaps is None else self._expected(swaps, self.run(reading), self.own(reading))
        if from_own is None:
            return False
        answers, addresses = self.read(reading), self.cells.addresses
        near = 0
        for place, value in from_own.changed.items():
            address = addresses[place]
            if address in off and value is not None:
                if hits(answers[address], value, reading.cut):
                    return True
                near += abs(answers[address].value - value) <= NEARLY * unit(answers[address])
        return near > SHARE * len(off)

    def _expected(self, swaps, run, own, rounding=None):
        """What is `Expected` in a run with swaps; None if they make a circle."""
        try:
            changed, used = self.cells.changed(run, swaps, own, rounding) if swaps else ({}, {})
        except ValueError:
            return None
        return Expected(run, changed, used, own, self.cells.index)

    def _sharp(self, exact, from_own, reading):
        """({address: `How`} of the numbers that are given exactly, the addresses of the others)."""
        if reading not in self._plain:
            plain = [Expected(one.run, {}, {}, one.own, one.index) for one in (exact, from_own)]
            self._plain[reading] = self._hit(*plain, reading, self.order)
        how, open_ = self._plain[reading]
        touched = [self.cells.addresses[place] for place in from_own.changed.keys() | exact.changed.keys()]
        changed, missed = self._hit(exact, from_own, reading, [address for address in touched if address in self.answers])
        if not changed and not missed:
            return dict(how), list(open_)
        how = {**how, **changed}
        for address in missed:
            how.pop(address, None)
        return how, [address for address in self.order if address not in how]

    def _hit(self, exact, from_own, reading, addresses):
        """The same of some addresses."""
        answers, how, open_ = self.read(reading), {}, []
        for address in addresses:
            found = _exactly(answers[address], from_own(address), exact(address), reading.cut)
            if found:
                how[address] = found
            else:
                open_.append(address)
        return how, open_

    def may_be_rounded(self, story):
        """Whether enough of the numbers that a story leaves off are as near as rounding on the way may move them."""
        answers, near = self.read(story.reading), 0
        for address in story.off:
            expected, answer = story.how[address].expected, answers[address]
            if expected is not None:
                slack = NARROW * self.about(address, expected) + 2 * answer.half_unit
                near += abs(answer.value - expected) <= slack
        return near >= max(FEWEST_ROUNDED, FEW * len(story.off))

    def may_be_cut(self, story):
        """Whether a number that a story leaves off is what it is expected to be without its further digits."""
        answers = self.read(story.reading)
        return any(hits(answers[address], story.how[address].expected, cut=True) for address in story.off)

    def _by_rounding(self, swaps, reading, rounding, exact, how, open_):
        """Explain open numbers by what is unwritten having been rounded."""
        for is_own in (True, False):
            run = self.run(reading, rounding, is_own)
            rounded = self._expected(swaps, run, self.own(reading) if is_own else {}, rounding.apply)
            for address in list(open_):
                value, answer = rounded(address), self.read(reading)[address]
                if exact(address) is not None and hits(answer, value, reading.cut):
                    shift = abs(value - exact(address))
                    swallowed = shift > NARROW * self.about(address, exact(address))
                    extra = WITHIN_MARGIN + log10(max(1.0, shift / unit(answer))) if swallowed else 0.0
                    how[address] = How(ROUNDED, value, extra, "coarse" if swallowed else rounding.label)
                    open_.remove(address)

    def _exchanged(self, exact, reading, how, open_):
        """Explain open numbers that stand in each other's place."""
        answers = self.read(reading)
        for one, other in combinations(open_, 2) if len(open_) <= MANY else ():
            pairs = (one, other), (other, one)
            if one in open_ and other in open_ and all(
                hits(answers[here], exact(there)) and not self.is_coarse(here) for here, there in pairs
            ):
                for here, there in pairs:
                    how[here] = How(SLIP, exact(here), PATTERN / 2, f"{EXCHANGED} {there}")
                    open_.remove(here)

    def _without_the_wrong(self, swaps, reading, how, open_):
        """Explain open numbers by those before them that are not open; what is `Expected` then if there are such.

        In place of each open one the right number is carried on, with all digits or as it would have been written.
        """
        own = self.own(reading)
        left = {self.cells.index[address] for address in open_}
        less = {index: value for index, value in own.items() if index not in left}
        if len(less) == len(own):
            return None

        def as_written(address, value):
            is_left = self.cells.index[address] in left
            return to_places(value, places_of(self.answers[address]), reading.cut) if is_left else value

        values = self._expected(swaps, self.cells.run_without(self.run(reading), less, own.keys() & left), less)
        self._explain(how, open_, values, reading)
        if 0 < len(open_) < MANY:
            values = self._expected(swaps, self.cells.run(less, as_written), less, as_written)
            self._explain(how, open_, values, reading)
        return values

    def _explain(self, how, open_, expected, reading):
        """Take from the open numbers those that are as expected."""
        for address in list(open_):
            if hits(self.read(reading)[address], expected(address), reading.cut):
                how[address] = How(OWN, expected(address))
                open_.remove(address)

    def _off(self, address, from_own, exact, less, swaps, reading):
        """A number that the story does not give: its last digit, rounding on the way, a slip of the pen, or anything.

        What was said of it in another story is said again if it is expected to be the same here.
        """
        ways = [from_own, less] if less else [from_own]
        key = (reading, address, exact(address), *[expected(address) for expected in ways])
        if key not in self._ways:
            self._ways[key] = self._way(address, ways, exact(address), swaps, reading)
        return self._ways[key]

    def _way(self, address, ways, exact, swaps, reading):
        answer = self.read(reading)[address]
        for expected in ways:
            how = self._nearly(address, answer, expected, exact, swaps, reading.cut)
            if how:
                return how
        new = self._new(address)
        if new and hits(answer, self.trace[new].value):
            return How(SLIP, exact, PATTERN, f"{NEW} {new}")
        factor = dict(reading.factors).get(self.quantity_class(address), 1)
        for right in dict.fromkeys([expected(address) for expected in ways] + [exact]):
            done = slip(answer.text, right * factor, reading.cut) if right is not None else None
            if done and (done != "the sign" or factor > 0):  # which contradicts a reading that turns it
                return How(SLIP, right, PATTERN, done)
        value = ways[0](address)
        if value is None:
            return How(WRONG, None, OTHER + NOTHING)
        half = max(unit(answer), WHOLE) if is_whole(answer.text) else unit(answer)
        return How(WRONG, value, OTHER + log10(max(abs(value), abs(answer.value), half) / half))

    def _new(self, address):
        """The address of a weight or bias after its first update, of one before it; None of anything else."""
        quantity, place, _ = split_address(address)
        found = [make_address(f"{quantity}+", place, number) for number in (None, 1)] if address in self.givens else []
        return next((new for new in found if new in self.trace), None)

    def _nearly(self, address, answer, expected, exact, swaps, cut):
        """How a number comes about that rounding of what is unwritten may give, or a last digit; None if it is not."""
        value, half, size = expected(address), unit(answer), self.about(address, exact)
        if value is None or half > COARSE * size:
            return None
        distance = abs(middle(answer, cut) - value)
        if distance <= 2 * half * (1 + 1e-6) and 2 * half <= NARROW * size:
            return How(ROUNDED, value, LAST_DIGIT, "the last digit off")
        if distance <= NARROW * size + half:
            margin = half + self._margin(address, expected, swaps) * (1 + cut)  # which moves by a whole unit
            if distance <= margin * (1 + 1e-6) and margin <= NARROW * size:
                return How(ROUNDED, value, WITHIN_MARGIN + log10(margin / half), "rounded on the way")
        return None

    def _margin(self, address, expected, swaps):
        if any(operand > place for place, (_, operands) in swaps.items() for operand in operands):
            return 0.0
        if expected.halves is None:
            expected.halves = {place: min(self._halves[place], self.way) for place in expected.own}
        place = self.cells.index[address]
        return self.cells.margin(place, swaps, expected.run, expected.used, expected.halves, self.way)

    def quantity_class(self, address):
        """What of the readings concerns a quantity, such as "delta", "gradient" or "E"; None if nothing does."""
        if address not in self._classes:
            self._classes[address] = self._class(address)
        return self._classes[address]

    def _class(self, address):
        quantity = address.partition("[")[0].partition("@")[0]
        if quantity == "dE/da":
            _, place, _ = split_address(address)
            return "dE/da" if place in self.trace.structure.layer_names[-1] else "delta"  # of which hidden ones are made
        if quantity in ("delta", "velocity+"):
            return quantity.rstrip("+")
        if quantity == "b+":
            return "new bias"
        last = quantity.split(" ")[-1]
        return "gradient" if last in ("dE/dw", "dE/db") else "E" if last == "E" else None

    # What a number can prove

    def about(self, address, value):
        """How far a number would move if what it is about had not been done: from 0, or from the old weight."""
        if value is None:
            return 0.0
        return abs(value - self._old.get(address, 0.0))

    def is_coarse(self, address):
        """Whether a number is too short to prove anything."""
        size = self.about(address, self.trace[address].value)
        return address in self.givens or size > 0 and self.answers[address].half_unit > COARSE * size
