"""The toolbox of a trace: what replays it, asks it, judges it, and shows it in another form.

Each method is a call into its module, which is imported when the method is first used: the only calls from this
room upwards stand here. Signatures and docstrings are the ones that editors, type checkers and `help()` show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Mapping, Sequence

if TYPE_CHECKING:
    from neurosim.diagnosis.diagnosis import Diagnosis
    from neurosim.support.types import Answers, Decimals, Names, Number
    from neurosim.trace.diff import Diff
    from neurosim.trace.explain import Explanation
    from neurosim.trace.rounding import AnyRounding
    from neurosim.trace.rules import Rule
    from neurosim.trace.step import Trace
    from neurosim.trace.verify import Verdict


class Toolbox:
    """The methods of a `Trace` beyond its steps."""

    # A spreadsheet: what if, what depends on what, is it true

    def replay(
        self, values: Mapping[str, Number] | None = None,
        rules: Mapping[str, str | Rule | Callable[..., Any]] | None = None,
        rewire: Mapping[str, Sequence[str] | Mapping[str, str]] | None = None, rounding: AnyRounding = None,
        number: Callable[[Any], Number] | None = None,
    ) -> Trace:
        """A new trace in which something is swapped and all that depends on it is worked out again.

        values:   {address: number}. A step that was computed becomes a given by it, so that what follows is
                  worked out from that number.
        rules:    {rule, quantity or address: rule}: by its name everywhere, at every address of a quantity such as
                  "f'", or at one address. What is the name of a rule of some step means that rule. The new rule is
                  the name of one that the trace has, a `Rule`, or a function of the operands' values.
        rewire:   {address: operands}: which addresses the step reads, as a list of all of them or as a dict
                  {old: new} of those to change. A step may then read one that came after it; it moves behind it.
        rounding: how each computed value is rounded: `Places(4)`, `Digits(4)`, or a dict by quantity or address,
                  {"a": Places(3)}; any function of a value may stand for them. It takes the place of the trace's own.
        number:   the kind that the givens become: `Fraction`, `Decimal`, or any function of a number.

        Raises InputError for what does not fit the trace, for steps that read each other in a circle, and for a
        rule that cannot be applied to its operands; NonFiniteError for a value that is infinite or NaN.

        >>> from neurosim import Layer, Network
        >>> trace = Network(2, [Layer(1, "linear", weights=[[3, 4]], biases=[5])]).trace([1, 2])
        >>> trace.replay(values={"w[x2->o1]": 10})["a[o1]"].value
        28
        """
        from neurosim.trace.replay import replay

        return replay(self, values, rules, rewire, rounding, number)

    def depends_on(self, address: str) -> list[str]:
        """The addresses that the number at this one was made from, near and far, in the order of the trace."""
        from neurosim.trace.replay import depends_on

        return depends_on(self, address)

    def affects(self, address: str) -> list[str]:
        """The addresses whose numbers were made from the one at this address, near and far, in order."""
        from neurosim.trace.replay import affects

        return affects(self, address)

    def verify(self) -> Verdict:
        """Check a trace step by step; return a `Verdict`.

        Each step's value must be what its rule makes of its operands; each operand must be an earlier step; only
        givens come from nowhere; and the steps, their rules and operands must be those of the algorithm: the same
        that a recording of the same network on the same examples has. A rounded trace is checked with its rounding.

        >>> from neurosim import built_in
        >>> trace = built_in("mazur").trace()
        >>> print(trace.verify())
        true: each of the 56 steps is its rule applied to its operands, and none is missing
        >>> print(trace.replay(values={"z[h1]": 0.38}).verify())
        not true, first at z[h1]: comes from nowhere: a step of the phase 'forward' without operands
        """
        from neurosim.trace.verify import verify

        return verify(self)

    def explain(self, address: str, paths: int | None = 20, depth: int | None = None) -> Explanation:
        """What a number is the sum of, its derivation, and of a weight or bias the ledger of its paths to the loss.

        address: any of the trace, or the difference of two, "z[o1] - z[o2]"; `x1->h1` means `w[x1->h1]`, and a unit's
        name, such as `h1`, its delta (or, without a backward pass, its output). In several passes `w[x1->h1]@2` asks for
        the weight's gradient in the second.
        paths: how many of the largest paths the ledger holds; None means every one.
        depth: how many steps away from the number the derivation begins at most; None means as far as its phase goes, and
        0 for a difference.

        Raises InputError for an address that is not in the trace.
        """
        from neurosim.trace.explain import explain

        return explain(self, address, paths, depth)

    def diff(self, other: Trace, units: Names = None, phases: Names = None) -> Diff:
        """Compare with another trace, address by address; return a `Diff`, which is false if nothing differs.

        units, phases: only the steps that belong to these; None means all.
        Raises InputError for a unit that one of them does not have.

        >>> from neurosim import built_in
        >>> trace = built_in("mazur").trace()
        >>> diff = trace.diff(trace.replay(values={"w[x1->h1]": 0.2}))
        >>> len(diff.differences), diff.first.address, diff.most[0].address
        (37, 'w[x1->h1]', 'E')
        """
        from neurosim.trace.diff import diff

        return diff(self, other, units, phases)

    # A person's numbers, and mistakes

    def diagnose(self, answers: Answers, given: Answers | None = None, budget: float | None = None) -> Diagnosis:
        """Compare a person's numbers with this computation; return a `Diagnosis`, as `Network.diagnose` does."""
        from neurosim.diagnosis.search import diagnose_trace

        return diagnose_trace(self, answers, given, budget)

    def mutate(self, name: str, form: str | None = None) -> Trace:
        """The trace as it comes out with one of the known mistakes in it; `neurosim mutate SOURCE` lists them.

        form: which of its forms, such as "the last"; None means the first.
        Raises InputError for a mistake that can't be made in this computation.

        >>> from neurosim import built_in
        >>> trace = built_in("mazur").trace()
        >>> trace.mutate("no-output-slope")["delta[o1]"].value == trace["dE/da[o1]"].value
        True
        """
        from neurosim.diagnosis.search import mutate

        return mutate(self, name, form)

    # Forms. Everywhere:
    #   units, phases: only the steps that belong to these (a list of names, or one); None means all.
    #   decimals: so many for every number, or "all" its digits; None means six significant digits.
    #   terms: sums of more terms are shortened to so many; None shows them all.

    def table(
        self, units: Names = None, phases: Names = None, format: str = "simple", decimals: Decimals = None,
        terms: int | None = 8, width: int | None = None, most: int | None = None,
    ) -> str:
        """Each step with its formula, the formula with the numbers in it, and the value.

        units, phases: show only the steps that belong to these; None means all.
        format: one of tabulate's, or "json" for a list with an object for each row.
        decimals: so many for every number, or "all" its digits; None means six significant digits.
        terms: sums of more terms are shortened to so many; None shows them all.
        width: of a line, in characters; None means what COLUMNS says, or 100.
        most: of more rows only so many, from both ends, and a line that says so; None shows all.
        """
        from neurosim.render.table import trace_table

        return trace_table(self, units, phases, format, decimals, terms, width, most)

    def text(
        self, units: Names = None, phases: Names = None, decimals: Decimals = None, terms: int | None = 8,
        width: int | None = None, weights_by: str | None = None,
    ) -> str:
        """The worked solution line by line: each number by its formula, with the numbers in it, and worked out.

        Its title is the trace's. The arguments are those of `table`; without `decimals` a number that was rounded as it
        was computed has all the digits that it was rounded to.
        """
        from neurosim.render.text import trace_text

        return trace_text(self, units, phases, decimals, terms, width, weights_by)

    def markdown(
        self, units: Names = None, phases: Names = None, decimals: Decimals = None, terms: int | None = 8,
        weights_by: str | None = None,
    ) -> str:
        """The worked solution in Markdown, with a block of aligned formulas under each heading.

        The arguments are those of `text`.
        """
        from neurosim.render.markdown import trace_markdown

        return trace_markdown(self, units, phases, decimals, terms, weights_by)

    def latex(
        self, units: Names = None, phases: Names = None, decimals: Decimals = None, terms: int | None = 8,
        fragment: bool = False, weights_by: str | None = None,
    ) -> str:
        r"""The worked solution in LaTeX, with derivations that are aligned, none of which breaks over a page.

        The arguments are those of `text`. A formula that is still too long for a line goes over several.
        fragment: without the preamble, for your own document that uses amsmath (and \allowdisplaybreaks).

        It is all in ASCII. Letters that pdflatex's own fonts lack, such as Chinese ones, are shown like U+65E5.
        """
        from neurosim.render.latex import trace_latex

        return trace_latex(self, units, phases, decimals, terms, fragment, weights_by)

    def json(self, units: Names = None, phases: Names = None) -> str:
        """What network it was, and a list of its steps: address, phase, rule, operands, formula and value.

        units, phases: only the steps that belong to these; None means all. `number` counts all steps, as the table
        does. A number that is neither a float nor an int, such as a Fraction, is a text.
        """
        from neurosim.render.json import trace_json

        return trace_json(self, units, phases)

    def csv(self, units: Names = None, phases: Names = None) -> str:
        """A line for each step under a line of headers, with every number in full.

        units, phases: only the steps that belong to these; None means all. `number` counts all steps, as the table
        does. The formula is written as an equation: one that began with a minus would be no text to a spreadsheet,
        which takes cells with = + - @ in front for its own formulas.
        """
        from neurosim.render.csv import trace_csv

        return trace_csv(self, units, phases)

    def python(self) -> str:
        """A script in Python that works every number out again, a line each, and prints it by its address.

        It needs nothing but the standard library. Fractions and Decimals stay exact.
        Raises InputError for your own class that has no formula, and for a trace with rounded numbers.
        """
        from neurosim.render.python import trace_python

        return trace_python(self)

    def xlsx(self, path: Any) -> None:
        """Write a workbook for Excel or LibreOffice, in which a change of a given number runs through all that follow.

        A row for each step; its value is a formula of named cells, such as dE_da_h1 * slope_h1 in the cell delta_h1.
        Whatever was at `path` stays whole until the new file is.

        Raises InputError for Fractions and Decimals, since a sheet has floats, for your own class that has no formula,
        and for a trace with rounded numbers.
        """
        from neurosim.render.xlsx import save_xlsx

        save_xlsx(self, path)

    def dot(
        self, pass_number: int | None = None, decimals: Decimals = 4, phases: Names = None, units: Names = None,
    ) -> str:
        """Units with their outputs, deltas and targets, and connections with their weights, in Graphviz's language.

        pass_number: which pass of several; by default the last. Where it ends with an update, weights are old → new.
        decimals: so many for every number, or "all" its digits; None means six significant digits.
        phases: show only the numbers of these (a list of names, or one): of "given" the weights, biases, inputs and
        targets, as in an exercise that is still to be solved. None means all.
        units: draw only these, the connections among them, and in each layer how many more there are. None means all.

        Of a layer of more than 20 units the first 5 and the last are drawn, and how many more there are.
        """
        from neurosim.render.dot import trace_dot

        return trace_dot(self, pass_number, decimals, phases, units)

    def mermaid(
        self, pass_number: int | None = None, decimals: Decimals = 4, phases: Names = None, units: Names = None,
    ) -> str:
        """The same drawing as `dot` gives, with the same arguments, in Mermaid's language."""
        from neurosim.render.mermaid import trace_mermaid

        return trace_mermaid(self, pass_number, decimals, phases, units)

    def svg(
        self, pass_number: int | None = None, decimals: Decimals = 4, phases: Names = None, units: Names = None,
    ) -> str:
        """The same drawing, with the same arguments, as a picture: one SVG file that any browser shows.

        A line is wider for a weight that is further from 0, and dashed for a negative one. Between two layers of more
        than 64 connections the weights are not written, but shown where the mouse rests on a line.
        """
        from neurosim.render.svg import trace_svg

        return trace_svg(self, pass_number, decimals, phases, units)

    def page(self, hide: Names = None) -> str:
        """One HTML file in which the whole trace can be walked, changed and practised, with nothing beside it.

        hide: kinds of numbers, such as "delta" or ["a", "delta"], that are to be worked out; the page does not show them.
        A page of Fractions, Decimals or your own classes can be looked at and not changed. Of a very long trace what it
        has no room for is left out, and it says so.

        Raises InputError for a kind of number that the trace does not compute.
        """
        from neurosim.page.html import trace_page

        return trace_page(self, hide)

    def save(self, path: Any) -> None:
        """Write the trace to a file; whatever was at `path` stays whole until the new file is.

        Raises InputError for your own class, which a file can't name, and for a kind of number it can't hold.
        """
        from neurosim.trace.files import save_trace

        save_trace(self, path)

    def __str__(self) -> str:
        from neurosim.render.table import shortened_table

        return shortened_table(self, "simple")

    def _repr_html_(self) -> str:
        from neurosim.render.table import shortened_table

        return shortened_table(self, "html")
