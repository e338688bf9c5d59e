"""What a terminal adds to a text: its width, colours, and a pager for what is longer than the screen."""

from __future__ import annotations

import os
import re
import shlex
import subprocess

from neurosim.support.page import NARROWEST, columns, page_width

RIGHT, WRONG = 32, 31  # green, red: the colours' numbers in ECMA-48
PHASES = {"given": 2, "forward": 36, "loss": 35, "backward": 33, "gradient": 34, "update": 35}
COLOURS = {
    **PHASES, **dict.fromkeys(["true", "right", "agrees"], RIGHT),
    **dict.fromkeys(["not true", "wrong", "differs", "does not hold", "alarm", "error"], WRONG),
}
# Words are coloured where they say what a row or a line is about, not inside a sentence; without colours they say it too.
PHASE = "|".join(PHASES)
COLOURED = re.compile(
    rf"""^-- .*?\b({PHASE})\b             # the heading of a part of a session
      | ^(?:=>|[ ]*\d*)[ ]{{1,}}({PHASE})(?=[ ]{{2}}|$)  # the column of phases
      | ^(?:[ ]*|neurosim:[ ])(true|right|wrong|not[ ]true|does[ ]not[ ]hold|error)(?=[:,])
      | ^(alarm)(?=[ ]{{2}})
      | [ ]{{2}}(agrees|differs)(?=[ ]|$)""",
    re.MULTILINE | re.VERBOSE,
)


def stream_width(stream):
    """The width of the terminal that the stream writes to; `page_width()` if it is none, or COLUMNS says another."""
    if not columns() and stream.isatty():
        try:
            found = os.get_terminal_size(stream.fileno()).columns
            return max(found, NARROWEST) if found else page_width()
        except (OSError, ValueError):  # a terminal that does not tell
            pass
    return page_width()


def painted(text, stream):
    """The text as it is to be written to the stream: in a terminal with colours, unless NO_COLOR is set."""
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return COLOURED.sub(_paint, text)


def _paint(match):
    number = match.lastindex
    before, word = match[0][: match.start(number) - match.start()], match[number]
    return f"{before}\x1b[{COLOURS[word]}m{word}\x1b[0m"


def show(text, stream, with_pager=True):
    """Write the text; if it is longer than the stream's terminal, through the program that PAGER names."""
    program, painted_text = os.environ.get("PAGER"), painted(text, stream)
    is_long = with_pager and program and stream.isatty() and text.count("\n") > _height(stream)
    if not (is_long and _paged(painted_text, program)):
        stream.write(painted_text)


def _height(stream):
    try:
        return os.get_terminal_size(stream.fileno()).lines
    except (OSError, ValueError):
        return 24


def _paged(text, program):
    """Whether the pager could be started."""
    environment = {"LESS": "FRX", **os.environ}  # less: end where all fits, show colours, leave the screen as it is
    try:
        process = subprocess.Popen(shlex.split(program), stdin=subprocess.PIPE, env=environment)
    except (OSError, ValueError, IndexError):
        return False
    try:
        process.communicate(text.encode("utf-8", "backslashreplace"))
    except BrokenPipeError:  # the reader has seen enough
        pass
    except KeyboardInterrupt:  # which is for the pager
        process.wait()
    return True
