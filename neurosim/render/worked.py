"""The worked solution of a trace, as a teacher orders it; text, Markdown and LaTeX are its notations.

It is a title, a few words, and a list of sections: a heading, how deep it is, and the steps under it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from neurosim.core.address import layer_place, split_address
from neurosim.core.summary import sizes_text
from neurosim.core.weights import WEIGHTS_BY
from neurosim.render.accuracy import Accuracy
from neurosim.render.matrices import Layers
from neurosim.support import checks
from neurosim.support.errors import InputError
from neurosim.support.page import visible
from neurosim.support.records import documented
from neurosim.trace.lines import chosen_lines

if TYPE_CHECKING:
    from typing import Sequence

    from neurosim.render.matrices import Equation
    from neurosim.trace.lines import Line

PHASE_TITLES = {
    "given": "Given", "forward": "Forward pass", "loss": "Loss", "backward": "Backward pass", "gradient": "Gradients",
    "update": "Update",
}

IN_MATRICES = (
    "Only the product of matrices has no sign; all else goes element by element. Of large matrices the first and the last "
    "rows and columns are shown."
)


@documented
class Section(NamedTuple):
    """Some lines under a heading.

    level:     1 for a chapter, 2 for what is in it, ...
    title:     the heading
    lines:     the `Line`s under it, often none
    equations: what stands there in matrix form: `Equation`s, and between them `Line`s
    """

    level: int
    title: str
    lines: list[Line]
    equations: Sequence[Equation | Line] = ()


@documented
class Worked(NamedTuple):
    """A worked solution.

    title:    of the whole
    remarks:  lines of text under the title
    sections: its `Section`s, in order
    accuracy: writes the numbers
    layers:   in matrix form what puts lines together, else None
    """

    title: str
    remarks: list[str]
    sections: list[Section]
    accuracy: Accuracy
    layers: Layers | None


def worked(trace, units=None, phases=None, decimals=None, terms=None, weights_by=None):
    """The worked solution of the steps that belong to these units and phases; weights_by: a layout of matrices, or None."""
    checks.decimals(decimals)
    checks.terms(terms)
    layers = _layers(trace, units, weights_by)
    headings = dict(_headings(trace))
    if layers:
        headings = {address: tuple(title for title in titles if title not in layers.numbers) for address, titles in
                    headings.items()}
    sections, before = [], ()
    for line in chosen_lines(trace, units, phases):
        titles = headings[line.step.address]
        if titles != before:
            same = next(level for level in range(len(titles) + 1) if titles[: level + 1] != before[: level + 1])
            for level in range(min(same, len(titles) - 1), len(titles)):
                sections.append(Section(level + 1, titles[level], []))
            before = titles
        sections[-1].lines.append(line)
    if layers:
        sections = [_in_matrix_form(section, layers) for section in sections]
    accuracy = Accuracy(trace, decimals)
    title, *remarks = _names(trace)
    said = [_settings(trace), accuracy.sentence(), *[IN_MATRICES] * bool(layers)]
    return Worked(title, [*remarks, *said], sections, accuracy, layers)


def _layers(trace, units, weights_by):
    """What puts the lines together in matrix form, or None where it was not asked for."""
    if weights_by is None:
        return None
    checks.known("layout of the matrices", weights_by, WEIGHTS_BY)
    if units is not None:
        raise InputError("matrices are those of whole layers, so no units can be chosen")
    return Layers(trace, weights_by)


def _in_matrix_form(section, layers):
    return section._replace(lines=[], equations=layers.equations(section.lines))


def _names(trace):
    """The title, and the lines under it that say what it is the title of."""
    solution = f"Worked solution of a {sizes_text(trace.structure)} network"
    source = [f"Source: {visible(trace.source)}"] if trace.source else []
    return [visible(trace.title), solution, *source] if trace.title else [solution, *source]


def _settings(trace):
    activations = ", ".join(layer.activation.label for layer in trace.network.layers)
    loss = f" Loss: {trace.network.loss.label}." if any(step.phase == "loss" for step in trace) else ""
    return f"Activations: {activations}.{loss}"


def _headings(trace):
    """Pairs of an address and the headings that its step stands under, from the outermost to the innermost."""
    layers = _layer_titles(trace.network)
    several = any(split_address(step.address)[2] for step in trace)
    batch = None
    for step in trace:
        quantity, place, pass_number = split_address(step.address)
        if step.phase == "given" and quantity == "a":
            batch = None  # a pass begins
        if quantity in ("mean E", "sum E") and several:
            passes = [split_address(operand)[2] for operand in step.operands]
            batch = f"Batch of passes {passes[0]} to {passes[-1]}"
        titles = [batch or (f"Pass {pass_number}" if pass_number else "Start")] if several else []
        yield step.address, tuple(titles + _inner_titles(step, quantity, place, layers))


def _inner_titles(step, quantity, place, layers):
    if step.phase == "given":
        if quantity in ("w", "b"):
            return [PHASE_TITLES["given"], layers[step.unit], step.unit]
        if place and quantity in ("a", "t"):
            return [PHASE_TITLES["given"], "Inputs" if quantity == "a" else "Targets"]
        if quantity == "dE/da":
            return [PHASE_TITLES["given"], "Output gradients"]
        # k and t, the counts of updates, are given where the update begins
        return [PHASE_TITLES["update"]] if quantity in ("k", "t") else [PHASE_TITLES["given"], "Optimizer"]
    if step.phase == "loss" or not place:
        return [PHASE_TITLES[step.phase]]
    return [PHASE_TITLES[step.phase], layers[step.unit or place], *[step.unit] * bool(step.unit)]


def _layer_titles(network):
    """The title of each unit's layer, and of the place of what a layer's units share."""
    count, titles = len(network.layer_names), {}
    for index, names in enumerate(network.layer_names):
        titles.update(dict.fromkeys([layer_place(index, count), *names], layer_title(index, count)))
    return titles


def layer_title(index, count):
    """The title of the layer of this index, of so many beside the inputs."""
    if index == count - 1:
        return "Output layer"
    return f"Hidden layer {index + 1}" if count > 2 else "Hidden layer"
