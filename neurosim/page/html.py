"""The page as one HTML file: the parts that stand there without a script, and everything that the script needs."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Sequence

from neurosim.core.address import split_address
from neurosim.core.summary import sizes_text
from neurosim.page.data import shipped
from neurosim.page.script import KERNEL, data_text, part, script, stylesheet
from neurosim.render.drawing import MOST_UNITS, drawing
from neurosim.render.escaping import xml_text
from neurosim.render.svg import elements, headings, in_words
from neurosim.render.svg_layout import MOST_LABELS, layout
from neurosim.render.worked import PHASE_TITLES
from neurosim.support.errors import InputError, UnknownNameError
from neurosim.support.number_text import number_text
from neurosim.trace.lines import formulas
from neurosim.trace.step import PHASES, Trace

if TYPE_CHECKING:
    from neurosim.exercises.exercise import Exercise
    from neurosim.support.types import Names

FILES = (*KERNEL, "judge.js", "sheet.js", "views.js", "page.js")
MOST_ROWS = 1000  # that stand there without a script; of a longer trace the first few
FIRST_ROWS = 200
MOST_STEPS = 30_000  # of a page, so that the file stays under 3 MB
MARGIN, HEAD = 16, 44  # around the drawing, and over its units


def trace_page(trace: Trace, hide: Names = None) -> str:
    """The page of a trace, as `Trace.page` says."""
    kinds = [hide] if isinstance(hide, str) else list(hide or ())
    return _page(trace, _checked(kinds, trace), kinds)


def exercise_page(exercise: Exercise) -> str:
    """The page on which an exercise is practised, as `Exercise.page` says."""
    from neurosim.exercises.sheet import sheet_title, task

    if exercise.solves:
        raise InputError("weights that are to be found have no page: any that solve the exercise are right")
    computed = [split_address(step.address)[0] for step in exercise.trace if step.operands]
    remarks = [
        task(exercise), f"Round to {exercise.places} decimals. This page is for practice, not for marks: the key is in its source.",
    ]
    return _page(exercise.trace, list(dict.fromkeys(computed)), [], exercise.computed, exercise.places, remarks,
                 sheet_title(exercise), exercise.problem.source)


def _checked(kinds, trace):
    known = dict.fromkeys(split_address(step.address)[0] for step in trace if step.operands)
    for kind in kinds:
        if kind not in known:
            raise UnknownNameError("kind of number to hide", kind, list(known))
    return kinds


def _page(trace, hidden, locked, whole=None, places=None, remarks=(), title="", source=""):
    trace, left_out = fitting(trace)
    ship = shipped(trace, whole)
    if ship.fixed:
        if hidden:
            raise InputError(f"hide: no number of this trace can be worked out in a page: {ship.fixed}")
        remarks = [*remarks, f"The numbers of this page can be looked at and not changed: {ship.fixed}."]
    picture = drawing(trace, 1, 4, PHASES[:-1])
    few = ship.steps if len(ship.steps) <= MOST_ROWS else ship.steps[:FIRST_ROWS]
    if len(few) < len(ship.steps):
        remarks = [*remarks, f"<noscript>Without its script the page shows the first {FIRST_ROWS} of {len(ship.steps)} numbers.</noscript>"]
    head, thickest = headings(trace.structure), []
    spread = layout(picture.layers, picture.connections, head)
    for lines in spread.lines:
        thickest += [min(4, max(1.2, 160 / max(len(lines), 1)))] * len(lines)
    edges = [f"{one.source.name}->{one.target.name}" for between in picture.connections for one in between]
    labelled, start = [], 0
    for between in picture.connections:
        if len(between) <= MOST_LABELS:
            labelled += [start + at for at, one in enumerate(between) if one.label]
        start += len(between)
    document = {
        **ship.document, "titles": [PHASE_TITLES[phase] for phase in PHASES], "hidden": hidden, "locked": locked,
        "places": places, "leftOut": left_out,
        "drawing": {
            "units": [None if unit.left_out else unit.name for layer in picture.layers for unit in layer],
            "edges": edges, "labels": labelled, "thickest": thickest,
        },
    }
    title = title or trace.title or f"{sizes_text(trace.structure)} network"
    style = stylesheet()
    program = script(FILES, ship.rules)
    return part("page.html").format(
        title=xml_text(title), source=xml_text(source or trace.source),
        remarks="\n".join(remark if remark.startswith("<noscript>") else f"<p>{xml_text(remark)}</p>" for remark in remarks),
        style=style, style_hash=_hash(style), script=program, script_hash=_hash(program), data=data_text(document),
        drawing=_svg(trace, spread, head), caption=xml_text(_caption(picture)), left_out=xml_text(left_out),
        rows="\n".join(_rows(trace, few, hidden)),
    )


def _pass(step):
    return split_address(step.address)[2] or 1


def _hash(text):
    """The text as a Content-Security-Policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


# What is left out


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
        yield f'<tr><th scope="row">{xml_text(step.address)}</th>{cells}</tr>'


def _svg(trace, spread, head):
    """The drawing, in as many pixels as it takes at its own size."""
    width, height = spread.width + 2 * MARGIN, spread.height + HEAD + 2 * MARGIN
    return "\n".join([
        f'<svg class="neurosim" role="img" width="{width:.0f}" height="{height:.0f}"'
        f' viewBox="{-MARGIN} {-HEAD - MARGIN} {width:.1f} {height:.1f}">',
        f"<title>{xml_text(sizes_text(trace.structure))} network</title>",
        f"<desc>{xml_text(in_words(trace.structure, head))}</desc>", *elements(spread, head), "</svg>",
    ])


def _caption(picture):
    words = "A wider line: a weight further from 0. Dashed: a negative weight."
    if any(unit.left_out for layer in picture.layers for unit in layer):
        words += f" Of a layer of more than {MOST_UNITS} units the first few and the last are drawn; the sheet has all."
    return words
