"""What the commands info and help show."""

from textwrap import dedent

from neurosim.debugger import texts
from neurosim.render.numbers import number_text
from neurosim.render.summary import summary
from neurosim.render.table import table

SOME = 6  # addresses that are named one by one
AT_THE_END = (
    "The beginning of a name is enough, if only one begins so. Tab completes commands and addresses.",
    "An empty line repeats the last move; help COMMAND says more about one.",
)


def about(shell, topic):
    """The text on one of the topics of info."""
    return TOPICS[topic](shell.session, shell)


def _position(session, shell):
    step = session.here
    at = "" if step.phase == "given" else f", at {step.address}"
    return f"position: {texts.phase_text(session, step)}{at}"


def _stops(kind, none):
    def text(session, shell):
        rows = [
            (stop.number, stop.text, _where(stop), stop.hits) for stop in session.stops.values() if stop.kind == kind
        ]
        return table(rows, (kind, "at", "tested at", "hits")) if rows else none

    return text


def _where(stop):
    places = sorted([*stop.heads, *stop.addresses])
    return ", ".join(places if len(places) <= SOME else [*places[:SOME], "..."])


def _displays(session, shell):
    lines = [f"display {number}: {expression.text}" for number, expression in shell.displays.items()]
    return "\n".join(lines) if lines else "no displays"


def _what_ifs(session, shell):
    lines = []
    for address, value in session.what_ifs.items():
        old = session.original.chapter(session.computation.chapter_of(address))[address].value
        lines.append(f"what if {address} = {number_text(value)}, and not {number_text(old)}")
    return "\n".join(lines) if lines else "no what-ifs"


def _network(session, shell):
    settings = session.computation.settings
    parts = [f"loss: {session.trace.structure.loss.name}"]
    if settings.optimizer is not None:
        parts.append(f"optimizer: {settings.optimizer!r}")
    if settings.batch_size > 1:
        parts.append(f"batches of {settings.batch_size}, {settings.reduction} of the gradients")
    return f"{summary(session.trace.structure)}\n" + "\n".join(parts)


TOPICS = {
    "position": _position,
    "breakpoints": _stops("breakpoint", "no breakpoints"),
    "watches": _stops("watch", "no watches"),
    "displays": _displays,
    "what-ifs": _what_ifs,
    "network": _network,
}


def overview(shell, groups, aliases):
    """All commands in their groups, a line each."""
    short = {command: alias for alias, command in reversed(list(aliases.items()))}
    lines = []
    for title, commands in groups.items():
        lines.append(f"{title}:")
        for command in commands:
            usage, description = _documentation(shell, command)
            first = description.partition(". ")[0].rstrip(".")
            lines.append(f"  {short.get(command, ''):3} {usage:30} {first}")
    return "\n".join([*lines, *AT_THE_END])


def manual(shell, command, aliases):
    """How one command is used."""
    usage, description = _documentation(shell, command)
    short = [alias for alias, meant in aliases.items() if meant == command]
    lines = [usage, *(f"  {line}" for line in description.split("\n"))]
    return "\n".join([*lines, f"  Also: {', '.join(short)}"] if short else lines)


def _documentation(shell, command):
    """The first line of a command's docstring, and the rest."""
    usage, _, rest = (getattr(shell, f"do_{command.replace('-', '_')}").__doc__ or command).partition("\n")
    return usage, dedent(rest).rstrip()
