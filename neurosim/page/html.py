"""The page as one HTML file: the parts that stand there without a script, and everything that the script needs."""

from __future__ import annotations

import base64
import hashlib
from itertools import chain
from typing import TYPE_CHECKING

from neurosim.core.address import split_address
from neurosim.core.summary import sizes_text
from neurosim.exercises.sheet import sheet_title, task
from neurosim.page.data import shipped
from neurosim.page.script import KERNEL, data_text, part, script, stylesheet
from neurosim.render.drawing import MOST_UNITS, drawing
from neurosim.render.escaping import xml_text
from neurosim.render.svg import elements, headings, in_words, thickest
from neurosim.render.svg_layout import MOST_LABELS, layout
from neurosim.render.worked import PHASE_TITLES
from neurosim.support.errors import InputError, UnknownNameError
from neurosim.support.number_text import number_text
from neurosim.trace.lines import formulas
from neurosim.trace.step import PHASES, Trace

if TYPE_CHECKING:
    from neurosim.exercises.exercise import Exercise

FILES = (*KERNEL, "judge.js", "sheet.js", "views.js", "page.js")
MOST_ROWS = 1000  # that stand there without a script; of a longer trace the first few
FIRST_ROWS = 200
MOST_STEPS = 30_000  # of a page, so that the file stays under 3 MB
MARGIN, HEAD = 16, 44  # around the drawing, and over its units


def trace_page(trace, hide=None):
    """The page of a trace, as `Trace.page` says."""
    kinds = [hide] if isinstance(hide, str) else list(hide or ())
    known = list(dict.fromkeys(split_address(step.address)[0] for step in trace if step.operands))
    for kind in kinds:
        if kind not in known:
            raise UnknownNameError("kind of number to hide", kind, known)
    return _page(trace, {"hidden": kinds, "locked": kinds})


def exercise_page(exercise: Exercise) -> str:
    """The page on which an exercise is practised, with its task on top.

    Raises InputError for one that asks for a number of the network itself, such as a weight that is to be found.
    """
    given = [address for address in exercise.asked if not exercise.trace[address].operands]
    if given:
        raise InputError(f"this exercise has no page, on which what is given is seen: it asks for {given[0]}")
    hidden = list(dict.fromkeys(split_address(step.address)[0] for step in exercise.trace if step.operands))
    settings = {"hidden": hidden, "places": exercise.places, "asked": list(exercise.asked)}
    practice = "This page is for practice, not for marks: the key is in its source."
    remarks = [task(exercise), f"Round to {exercise.places} decimals. {practice}"]
    return _page(exercise.trace, settings, remarks, exercise.computed, sheet_title(exercise))


def _page(trace, settings, remarks=(), whole=None, title=""):
    """The file. whole: the trace in which nothing is swapped, if it is another."""
    trace, left_out = fitting(trace)
    ship, picture = shipped(trace, whole), _blanked(drawing(trace, 1, 4, PHASES[:-1]), settings["hidden"])
    heads = headings(trace.structure)
    spread = layout(picture.layers, picture.connections, heads)
    if ship.fixed and settings["hidden"]:
        raise InputError(f"hide: no number of this trace can be worked out in a page: {ship.fixed}")
    document = {
        "locked": [], "places": None, **ship.document, **settings, "titles": [PHASE_TITLES[phase] for phase in PHASES],
        "leftOut": left_out, "drawing": _drawn(picture, spread),
    }
    few = ship.steps if len(ship.steps) <= MOST_ROWS else ship.steps[:FIRST_ROWS]
    style, program = stylesheet(), script(FILES, ship.rules)
    return part("page.html").format(
        title=xml_text(title or trace.title or f"{sizes_text(trace.structure)} network"), source=xml_text(trace.source),
        remarks="\n".join(_remarks(remarks, ship, few)), style=style, style_hash=_hash(style), script=program,
        script_hash=_hash(program), data=data_text(document), drawing=_svg(trace, spread, heads),
        caption=xml_text(_caption(picture)), left_out=xml_text(left_out),
        rows="\n".join(_rows(trace, few, settings["hidden"])),
    )


def _remarks(remarks, ship, few):
    yield from (f"<p>{xml_text(remark)}</p>" for remark in remarks)
    if ship.document["roundings"]:
        yield "<p>Numbers of this page were rounded as they were computed, and are again when they are worked out anew.</p>"
    if ship.fixed:
        yield f"<p>The numbers of this page can be looked at and not changed: {xml_text(ship.fixed)}.</p>"
    if len(few) < len(ship.steps):
        yield f"<noscript><p>Without its script the page shows {len(few)} of {len(ship.steps)} numbers.</p></noscript>"


def _blanked(picture, hidden):
    """The drawing without the numbers of hidden kinds; what is given to the inputs stays."""
    def lines(unit):
        return [f"{line.split(' = ')[0]} = ?" if line.split(" = ")[0] in hidden else line for line in unit.lines]

    inputs, *layers = picture.layers
    return picture._replace(layers=[inputs, *[[unit._replace(lines=lines(unit)) for unit in layer] for layer in layers]])


def _drawn(picture, spread):
    """What each part of the drawing stands for, in the order in which they are drawn."""
    between = list(enumerate(chain(*picture.connections)))
    crowds = [len(lines) for lines in spread.lines for _ in lines]
    return {
        "units": [None if unit.left_out else unit.name for unit in chain(*picture.layers)],
        "edges": [f"{one.source.name}->{one.target.name}" for _, one in between],
        "labels": [number for (number, one), crowd in zip(between, crowds) if one.label and crowd <= MOST_LABELS],
        "thickest": [thickest(crowd) for crowd in crowds],
    }


def _hash(text):
    """The text as a Content-Security-Policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


# What is left out


def _pass(step):
    return split_address(step.address)[2] or 1


def fitting(trace):
    """The trace, or as much of it as a page has room for, and what was left out, in words."""
    if len(trace) <= MOST_STEPS:
        return trace, ""
    last = _pass(trace.steps[MOST_STEPS])
    kept = [step for step in trace if _pass(step) < last]
    if kept and any(step.operands for step in kept):
        return _shortened(trace, kept), f"left out of {max(map(_pass, trace))} passes: those from the {last}. on"
    for end in range(len(PHASES) - 1, 1, -1):
        kept = [step for step in trace if step.phase in PHASES[:end] and _pass(step) == 1]
        if len(kept) <= MOST_STEPS:
            names = " and ".join(PHASE_TITLES[phase].lower() for phase in PHASES[end:])
            return _shortened(trace, kept), f"left out: {names}, {len(trace) - len(kept)} numbers"
    raise InputError(f"a page holds {MOST_STEPS} numbers, and this trace has {len(trace)}")


def _shortened(trace, steps):
    return Trace(steps, trace.rules, trace.structure, trace.settings, trace.rounding, trace.title, trace.source)


# What stands there without a script


def _rows(trace, steps, hidden):
    """A row for each step; a hidden number is left blank, and so is it where others read it."""
    blank = {step.address for step in trace if step.operands and split_address(step.address)[0] in hidden}
    title = None
    for step in steps:
        if step.value is None:
            continue
        if step.phase != title:
            title = step.phase
            yield f'<tr class="phase"><th scope="rowgroup" colspan="4">{PHASE_TITLES[title]}</th></tr>'
        symbols, numbers = formulas(trace, step) if step.operands else ("given", "")
        if not blank.isdisjoint(step.operands):
            numbers = ""
        value = "" if step.address in blank else number_text(step.value)
        cells = "".join(f"<td>{xml_text(text)}</td>" for text in (symbols, numbers, value))
        yield f'<tr><th>{xml_text(step.address)}</th>{cells}</tr>'


def _svg(trace, spread, heads):
    """The drawing at its own size."""
    width, height = spread.width + 2 * MARGIN, spread.height + HEAD + 2 * MARGIN
    return "\n".join([
        f'<svg class="neurosim" role="img" width="{width:.0f}" height="{height:.0f}"'
        f' viewBox="{-MARGIN} {-HEAD - MARGIN} {width:.1f} {height:.1f}">',
        f"<title>{xml_text(sizes_text(trace.structure))} network</title>",
        f"<desc>{xml_text(in_words(trace.structure, heads))}</desc>", *elements(spread, heads), "</svg>",
    ])


def _caption(picture):
    words = "A wider line: a weight further from 0. Dashed: a negative weight. Slanted: not reached yet. "
    words += "A dotted border: the unit's slope is 0, so that no error passes it."
    if any(unit.left_out for layer in picture.layers for unit in layer):
        words += f" Of a layer of more than {MOST_UNITS} units the first few and the last are drawn; the sheet has all."
    return words
