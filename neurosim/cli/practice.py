"""The command that asks one number at a time: practice."""

from __future__ import annotations

import cmd
import os
import sys

from neurosim.cli.options import tell_notes
from neurosim.cli.parser import described
from neurosim.support.errors import InputError, shown_path
from neurosim.support.files import check_writable, read_file
from neurosim.support.page import fold, visible
from neurosim.support.tables import table
from neurosim.support.terminal import painted, stream_width

SEED = 1
COMMANDS = ("hint", "skip", "sheet", "bars", "next", "quit", "help")
HELP = """\
Type the number that is asked: 0.59, .593, 0,59, 3.8e-3, 1/3, or what makes it:
0.15*0.05+0.35.
  hint   the rule; again: its formula; again: with numbers; again: the value
  skip   show the value and go on
  sheet  the exercise again, with what is known so far
  bars   what you can do already
  next   another exercise
  quit   leave; also Ctrl-D
The first answer to a question counts, if there was no hint; to skip it is a miss."""


def add_commands(commands):
    """Add this group's command to the parser's."""
    help = "exercises one number at a time, with hints and what your number equals"
    parser = commands.add_parser("practice", help=help, description=described(help),
                                 example="neurosim practice --kind deltas --state me.json")
    parser.add_argument("--kind", metavar="NAME", help="of exercise; by default where something is not known yet")
    parser.add_argument("--seed", metavar="SEED", help=f"a number or a word; the same gives the same exercises ({SEED})")
    parser.add_argument("--state", metavar="FILE", help="keep what you can do in this file, and go on from it")
    parser.set_defaults(run=run_practice)


def run_practice(options):
    """neurosim practice"""
    from neurosim.exercises.practice import Record, read_record

    record = Record()
    if options.state is not None:
        check_writable(options.state)
        record = read_file(options.state, read_record) if os.path.exists(options.state) else record
        options.signals.said = f"; what you can do is in {shown_path(options.state)}"
    tell_notes(options)
    try:
        Tutor(options, record).cmdloop()
    except UnicodeDecodeError as error:
        raise InputError(f"standard input: not text in UTF-8, at byte {error.start}") from None


class Tutor(cmd.Cmd):
    """Asks for numbers until the person leaves; the record is saved after each."""

    def __init__(self, options, record):
        super().__init__()
        self.options, self.record = options, record
        self.seed = str(SEED if options.seed is None else options.seed)
        self.use_rawinput = sys.stdin.isatty()
        self.skipped = 0  # exercises that were left before their end
        self.begin()

    def begin(self):
        """Take the next exercise."""
        from neurosim.exercises.practice import new_practice

        self.practice = new_practice(self.record, self.seed, self.options.kind, self.skipped)
        self.level, self.counted = 0, False  # hints taken, and whether this question has had its answer that counts

    def preloop(self):
        self.say("Type help for what you can do.")
        self.do_sheet("")

    @property
    def prompt(self):
        return f"{self.practice.question} = " if self.practice.question else "Enter for the next exercise, or quit: "

    def say(self, text, is_table=False):
        """Print the text, long lines over several."""
        width = stream_width(sys.stdout)
        text = text if is_table else "\n".join(fold(line, width) for line in text.split("\n"))
        self.stdout.write(painted(visible(text, kept="\n"), self.stdout) + "\n")
        self.stdout.flush()

    def onecmd(self, line):
        line = line.strip()
        if line == "EOF":
            self.say("")
            return True
        if not self.use_rawinput:
            self.say(line)  # so that what was piped in reads like a session
        word = line.lower()
        found = [name for name in COMMANDS if word and name.startswith(word)] or {"?": ["help"], "": ["sheet"]}.get(word)
        if not self.practice.question and found != ["quit"]:
            found = [found[0] if found and found[0] in ("bars", "help") else "next"]
        if found:
            return getattr(self, f"do_{found[0]}")("")
        return self.default(line)

    def default(self, line):
        """Judge a number."""
        skill = self._skill()
        try:
            reply = self.practice.answer(line)
        except InputError as error:
            self.say(f"error: {error}")
            return
        self.say(reply.text if reply.is_right is None else f"{'right' if reply.is_right else 'wrong'}{reply.text}")
        if reply.is_right is not None:
            self._note(skill, reply.is_right)
        if reply.is_right:
            self._go_on()

    def _skill(self):
        from neurosim.exercises.practice import skill_of

        return skill_of(self.practice.exercise, self.practice.question)

    def _note(self, skill, is_right):
        """Count an answer, of several to one question only the first."""
        if not self.counted:
            self.record.note(skill, is_right, hinted=self.level > 0)
        self.counted = True
        self._save()

    def _save(self):
        if self.options.state is not None:
            self.record.save(self.options.state)

    def _go_on(self):
        """To the next question, or to the end of the exercise."""
        self.level, self.counted = 0, False
        if not self.practice.question:
            kind, self.record.current = self.practice.exercise.kind, None
            self.record.done[kind] = self.record.done.get(kind, 0) + 1
            self._save()
            self.say("That was the last number of this exercise.\n")
            self.do_bars("")

    def do_hint(self, _):
        """The next of four hints."""
        self.level = min(self.level + 1, 4)
        self.say(self.practice.hint(self.level))

    def do_skip(self, _):
        """Show the value and go on."""
        skill = self._skill()
        self.say(self.practice.skip())
        self._note(skill, False)
        self._go_on()

    def do_sheet(self, _):
        """The exercise, with what is known so far."""
        from neurosim.exercises.sheet_forms import practice_text

        self.say(practice_text(self.practice, stream_width(sys.stdout)), is_table=True)

    def do_bars(self, _):
        """What the person can do."""
        rows = self.record.bars()
        self.say(table(rows, ("rule", "in a row", "right"), width=stream_width(sys.stdout)) if rows else "nothing yet", True)

    def do_next(self, _):
        """Another exercise."""
        self.skipped += bool(self.practice.question)
        self.record.current = None
        self.begin()
        self.do_sheet("")

    def do_help(self, _):
        """What can be typed."""
        self.say(HELP)

    def do_quit(self, _):
        """Leave."""
        return True
