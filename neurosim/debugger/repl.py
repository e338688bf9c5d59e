"""The loop that reads commands, from a person or from a script, and finds what they mean."""

from __future__ import annotations

import cmd
import os
from collections import deque
from contextlib import contextmanager, suppress
from itertools import groupby
from textwrap import dedent, indent
from typing import NamedTuple

from neurosim.debugger.conditions import ALL_FUNCTIONS, pieces
from neurosim.debugger.landmarks import LANDMARKS
from neurosim.debugger.stops import STOPS
from neurosim.debugger.texts import TOPICS
from neurosim.support.errors import InputError, UnknownNameError, shorten, shown_path
from neurosim.support.page import fold, visible
from neurosim.support.terminal import painted, stream_width

GROUPS = {
    "Go on": ("step", "next", "finish", "until", "continue", "goto"),
    "Go back": ("back", "reverse-next", "reverse-finish", "reverse-continue", "restart"),
    "Stop": ("break", "tbreak", "watch", "log", "condition", "ignore", "disable", "enable", "commands", "delete"),
    "Look": ("print", "display", "undisplay", "explain", "diff", "where", "list"),
    "What if": ("set", "unset"),
    "The session": ("info", "history", "source", "save", "help", "quit"),
}
COMMANDS = [command for group in GROUPS.values() for command in group]
ALIASES = {
    "s": "step", "n": "next", "fin": "finish", "u": "until", "c": "continue", "g": "goto", "r": "restart", "run": "restart",
    "rs": "back", "reverse-step": "back", "rn": "reverse-next", "rc": "reverse-continue", "b": "break", "tb": "tbreak",
    "dis": "disable", "en": "enable", "d": "delete", "p": "print", "x": "explain",
    "w": "where", "bt": "where", "l": "list", "i": "info", "h": "help", "?": "help", "q": "quit", "exit": "quit",
}
ALONE = (  # take no argument
    "next", "finish", "reverse-next", "reverse-finish", "reverse-continue", "restart", "history", "quit",
)
REPEATED = (  # by an empty line
    "step", "next", "finish", "until", "continue", "back", "reverse-next", "reverse-finish", "reverse-continue",
)
AT_THE_END = """\
The beginning of a name is enough, if only one begins so; Tab completes it, and
addresses. An empty line repeats the last move; ; stands between commands.
help COMMAND says how one is used, help all what each of them does."""
DEEPEST = 20  # files that are read by one another
LONGEST_HISTORY = 1000  # lines that are kept for the next session
NO_HISTORY = OSError, RuntimeError  # PyPy's line editor raises the second in a terminal that can do too little


class Pending(NamedTuple):
    """A line that is to be run.

    where:   how a message calls the place where it stands
    of_stop: whether a stop has brought it
    depth:   in how many files that read each other it stands
    """

    line: str
    where: str = ""
    of_stop: bool = False
    depth: int = 0


class Repl(cmd.Cmd):
    """Reads lines and calls the method of each command: `do_step` for step, with the rest of the line."""

    prompt = "(neurosim) "

    def __init__(self, stdin=None, stdout=None):
        super().__init__(stdin=stdin, stdout=stdout)
        self.past, self.lastcmd, self.interactive = [], "", False  # `lastcmd` is what an empty line repeats
        self.running = Pending("")
        self.pending, self.collected = deque(), None  # lines to be run next; and those of `commands` until there is an `end`

    def run_script(self, lines, named="command"):
        """Run these lines, each shown behind the prompt as if it had been typed, and then quit.

        named: what a line is called, in front of its number
        Raises InputError at the first that is wrong, which names it.
        """
        for number, line in enumerate(lines, 1):
            line = line.strip()
            if line and not line.startswith("#"):
                self.say(f"{self.prompt}{visible(line)}")
                if self.run_line(line, f"{named} {number}"):
                    return
        if self.collected:
            raise InputError("commands go on until a line that says end, and none does")

    def interact(self):
        """Read commands from a person until they leave."""
        self.interactive = True
        with whole_words(), kept_history():
            while True:
                try:
                    self.cmdloop()
                    return
                except KeyboardInterrupt:  # at the prompt: a fresh one
                    self.collect_no_more()
                    self.say("")
                except UnicodeDecodeError:
                    self.say("error: that is not text in the terminal's encoding")

    def say(self, text):
        """Print the text, long lines over several."""
        self.write(fold(text, self.width))

    def write(self, text):
        """Print the text as it is; nothing in it can steer the terminal."""
        self.stdout.write(painted(visible(text, kept="\n"), self.stdout) + "\n")

    @property
    def width(self):
        """How wide what is printed may be: a person may have changed the size of the terminal."""
        return stream_width(self.stdout)

    def onecmd(self, line):
        """Run a line that a person has typed; True if it is the last."""
        if line == "EOF":  # which is how cmd says Ctrl-D
            self.say("")
            return not self.collect_no_more()
        try:
            return self.run_line(line or self.lastcmd)
        except InputError as error:
            self.write(f"error: {visible(str(error))}")
        except KeyboardInterrupt:
            if not self.interactive:
                raise
            self.say("\ninterrupted")
        return None

    def run_line(self, line, where=""):
        """Run a line, and what its commands have to be run next; True if the session ends.

        Raises InputError for a command that is wrong, with where it stands, and runs nothing behind it.
        """
        self.pending.append(Pending(line, where))
        outermost = where
        try:
            while self.pending:
                self.running = self.pending.popleft()
                line, where = self.running.line, self.running.where
                first, *others = self._commands_in(line)
                self.pending.extendleft(self.running._replace(line=other) for other in reversed(others))
                if self._run_one(first):
                    return True
        except (InputError, OSError) as error:
            if isinstance(error, OSError) and error.filename is None:  # nobody reads what is printed
                raise
            told = error if isinstance(error, InputError) else f"{shown_path(error.filename)}: {error.strerror}"
            named = f"{where}, {shorten(line)}: {told}" if where else str(told)
            raise InputError(f"{outermost}: {named}" if outermost not in ("", where) else named) from None
        finally:
            self.pending.clear()
        return None

    def _commands_in(self, line):
        """The commands of a line; all that stands behind `commands` is one with it."""
        line = f" {line} ".partition(" #")[0].strip()
        if self.collected is not None:
            return [line]
        found = pieces(line, ";")
        for index, piece in enumerate(found):
            if self._takes_the_line(piece.partition(" ")[0]):
                return [*found[:index], "; ".join(found[index:])]
        return found

    def _takes_the_line(self, word):
        with suppress(InputError):
            return self.command(word) == "commands"
        return False

    def _run_one(self, line):
        if self.collected is not None:
            self.collect(line)
            return None
        if not line:
            return None
        word, _, argument = line.partition(" ")
        argument, self.lastcmd = argument.strip(), ""
        command = self.command(word)
        self.past.append(line)
        if command in REPEATED:
            self.lastcmd = line
        if command in ALONE and argument:
            raise InputError(f"{command} stands alone, got {shorten(argument)}")
        return self.method(command)(argument)

    def pend(self, lines, of_stop=False):
        """Run these (line, where it stands) next; those of a stop in place of what is left of those of the stop before."""
        depth = 0 if of_stop else self.running.depth + 1
        if depth > DEEPEST:
            raise InputError(f"files read each other, and {DEEPEST} in each other are the most")
        kept = [one for one in self.pending if not (of_stop and one.of_stop)]
        self.pending = deque([*(Pending(line, where, of_stop, depth) for line, where in lines), *kept])

    def checked(self, line):
        """The commands in a line that is kept to be run later."""
        commands = [piece for piece in pieces(line, ";") if piece]
        for piece in commands:
            if self.command(piece.split()[0]) == "commands":
                raise InputError("commands cannot stand among the commands of a stop")
        return commands

    def collect_no_more(self):
        """Take no more lines for `commands`; what would have got them, if there was anything."""
        collected, self.collected, self.prompt = self.collected, None, Repl.prompt
        return collected

    def collect(self, line):
        """Take a line for `commands`, whose lines end with `end`."""
        raise NotImplementedError

    def command(self, word):
        """The command that a word means: its name, an alias, or the beginning of only one."""
        if word in COMMANDS or word in ALIASES:
            return ALIASES.get(word, word)
        meant = [command for command in COMMANDS if command.startswith(word)]
        if len(meant) > 1:
            raise InputError(f"{shorten(word)} could be {' or '.join(meant)}")
        if not meant:
            raise UnknownNameError("command", word, COMMANDS)
        return meant[0]

    def method(self, command):
        """The method of a command."""
        return getattr(self, f"do_{command.replace('-', '_')}")

    def documentation(self, command):
        """(how a command is written, what it does), of the docstring of its method."""
        usage, _, rest = (self.method(command).__doc__ or command).partition("\n")
        return usage, dedent(rest).rstrip()

    def do_history(self, argument):
        """history
        Show the commands of this session."""
        for number, line in enumerate(self.past, 1):
            self.say(f"{number:3}  {visible(line)}")

    def do_help(self, argument):
        """help [COMMAND|all]
        Show all commands, or how one is used. Behind all stands what each of them does."""
        if argument not in ("", "all"):
            self._help_on(self.command(argument))
            return
        short = {command: alias for alias, command in reversed(list(ALIASES.items()))}
        for title, commands in GROUPS.items():
            if not argument:
                names = [f"{command} ({short[command]})" if command in short else command for command in commands]
                self.say(fold(f"{title + ':':13}{', '.join(names)}", self.width, " " * 13))
                continue
            self.say(f"{title}:")
            for command in commands:
                usage, description = self.documentation(command)
                first = " ".join(description.split()).partition(". ")[0].rstrip(".")
                self.say(_help_line(short.get(command, ""), usage, first, self.width))
        self.say(AT_THE_END)

    def _help_on(self, command):
        usage, description = self.documentation(command)
        self.say(usage)
        for is_example, lines in groupby(description.split("\n"), lambda line: line.startswith(" ")):
            text = "\n".join(lines) if is_example else fold(" ".join(lines), self.width - 2, "")
            self.say(indent(text, "  "))
        short = [alias for alias, meant in ALIASES.items() if meant == command]
        if short:
            self.say(f"  Also: {', '.join(short)}")

    def do_quit(self, argument):
        """quit
        Leave; Ctrl-D does too."""
        return True

    def completenames(self, text, *ignored):
        """How the first word may go on."""
        return [command for command in COMMANDS if command.startswith(text)]

    def completedefault(self, text, line, begidx, endidx):
        """How the last word may go on."""
        return completions(self, text, line[:endidx])


def _help_line(alias, usage, description, width):
    """A line of the list of commands, the description over several where it is long."""
    start = f"  {alias:3} {usage:31} "
    first, *others = fold(description, width - len(start), "").split("\n")
    return "\n".join([start + first, *[" " * len(start) + line for line in others]])


BEFORE_AN_ADDRESS = " (,<>=*/^+-"


def history_file():
    """Where lines are kept between sessions: in the folder that the system has for a user's state."""
    folder = os.environ.get("XDG_STATE_HOME", "")
    return os.path.join(folder if os.path.isabs(folder) else os.path.expanduser("~/.local/state"), "neurosim", "history")


@contextmanager
def kept_history():
    """While it lasts, the line editor has the lines of earlier sessions, and in the end they are kept with its own."""
    try:
        import readline
    except ImportError:
        yield
        return
    path = history_file()
    with suppress(*NO_HISTORY):
        readline.read_history_file(path)
    readline.set_history_length(LONGEST_HISTORY)
    try:
        yield
    finally:
        with suppress(*NO_HISTORY):  # where nothing can be written, nothing is kept
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            readline.write_history_file(path)


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
            found = [head for head in heads if head.startswith(beginning)]
            if found:
                return [typed[before:start] + head[max(0, before - start) :] for head in found]
    return [] if last_word else list(heads)


def completions(debugger, text, line):
    """What the last word, `text`, of a line may become."""
    word, _, typed = pieces(line, ";")[-1].partition(" ")
    typed += " " * (line.endswith(" ") and bool(typed))
    try:
        command = debugger.command(word)
    except ValueError:
        return []
    session = debugger.session
    topics = ["locals", *TOPICS]
    words = {
        **dict.fromkeys(("delete", "ignore", "disable", "enable", "commands"), session.stops),
        "undisplay": session.displays, "unset": session.what_ifs, "help": [*COMMANDS, "all"],
        "info": topics, "save": ["breakpoints"],
        "where": [name for names in session.timeline.unit_names for name in names],
    }
    if command in words:
        return [str(one) for one in words[command] if str(one).startswith(text)]
    if command == "goto":
        return in_expression(typed, text, [*session.timeline.heads, *[f"{landmark} " for landmark in LANDMARKS]])
    if command in ("until", "explain", "set"):
        return in_expression(typed, text, session.timeline.heads)
    if command in ("print", "display", "condition", *STOPS) and (command != "condition" or " " in typed):
        functions = [f"{function}(" for function in ALL_FUNCTIONS]
        return in_expression(typed, text, [*session.timeline.heads, *functions, *["if "] * (command in STOPS)])
    return []
