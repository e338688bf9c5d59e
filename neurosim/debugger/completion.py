"""Completion with the Tab key: of commands, addresses and numbers of breakpoints."""

from contextlib import contextmanager

from neurosim.debugger.expressions import FUNCTIONS

BEFORE_AN_ADDRESS = " (,<>=*/^+-"


@contextmanager
def whole_words():
    """While it lasts, the line editor takes an address for one word; it may be missing."""
    try:
        import readline
    except ImportError:
        yield
        return
    old = readline.get_completer_delims()
    readline.set_completer_delims(" \t\n")
    if "libedit" in (readline.__doc__ or ""):  # which has another way of writing cmd's "tab: complete"
        readline.parse_and_bind("bind ^I rl_complete")
    try:
        yield
    finally:
        readline.set_completer_delims(old)


def in_expression(typed, last_word, heads):
    """How the last word of what has been typed may go on: as an address or a function.

    An address may begin anywhere behind a sign, and go over a space; only its part in the last word is given.

    >>> in_expression("abs(del", "abs(del", ["delta[h1]", "delta[o1]"])
    ['abs(delta[h1]', 'abs(delta[o1]']
    >>> in_expression("1 + mean d", "d", ["mean dE/dw[x1->h1]", "delta[h1]"])
    ['dE/dw[x1->h1]']
    """
    before = len(typed) - len(last_word)
    for start in range(len(typed)):
        if start == 0 or typed[start - 1] in BEFORE_AN_ADDRESS:
            beginning = typed[start:].replace("→", "->")
            found = [head for head in heads if head.startswith(beginning)] if beginning else []
            if found or not beginning:
                return [typed[before:start] + head[max(0, before - start) :] for head in found]
    return list(heads) if not last_word else []


def completions(shell, text, line):
    """What the last word, `text`, of a line may become."""
    word, _, typed = line.partition(" ")
    try:
        command = shell.command(word)
    except ValueError:
        return []
    session = shell.session
    words = {
        "delete": map(str, session.stops), "undisplay": map(str, shell.displays), "unset": session.what_ifs,
        "help": shell.commands, "info": shell.topics,
    }  # fmt: skip
    if command in words:
        return [one for one in words[command] if one.startswith(text)]
    if command in ("goto", "watch", "explain", "set"):
        return in_expression(typed, text, session.computation.heads)
    if command in ("print", "display", "break"):
        functions = [f"{function}(" for function in FUNCTIONS]
        return in_expression(typed, text, [*session.computation.heads, *functions, *["if "] * (command == "break")])
    return []
