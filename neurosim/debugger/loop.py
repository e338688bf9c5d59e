"""The loop that reads commands, from a person or from a script, and finds what they mean."""

import cmd

from neurosim.debugger.completion import completions, whole_words
from neurosim.errors import InputError, UnknownNameError

GROUPS = {
    "Go on": ("step", "next", "finish", "continue", "goto"),
    "Go back": ("back", "reverse-continue", "restart"),
    "Stop": ("break", "watch", "delete"),
    "Look": ("print", "display", "undisplay", "explain", "where", "list"),
    "What if": ("set", "unset"),
    "The session": ("info", "history", "help", "quit"),
}
COMMANDS = [command for group in GROUPS.values() for command in group]
ALIASES = {
    "s": "step", "n": "next", "fin": "finish", "c": "continue", "g": "goto", "r": "restart", "run": "restart",
    "rs": "back", "reverse-step": "back", "rc": "reverse-continue", "b": "break", "d": "delete", "p": "print",
    "x": "explain", "w": "where", "bt": "where", "l": "list", "i": "info", "h": "help", "?": "help", "q": "quit",
    "exit": "quit",
}  # fmt: skip
REPEATED = ("step", "next", "finish", "continue", "back", "reverse-continue")  # by an empty line


class Loop(cmd.Cmd):
    """Reads lines and calls the method of each command: `do_step` for step, with the rest of the line."""

    prompt = "(neurosim) "
    commands = COMMANDS

    def __init__(self, stdin=None, stdout=None):
        super().__init__(stdin=stdin, stdout=stdout)
        self.past, self.lastcmd, self.interactive = [], "", False  # `lastcmd` is what an empty line repeats

    def greet(self):
        """Say what this is, before the first command."""

    def run_script(self, lines):
        """Run these lines, each shown behind the prompt as if it had been typed, and then quit."""
        self.greet()
        for line in lines:
            line = line.strip()
            if line and not line.startswith("#"):
                self.say(f"{self.prompt}{line}")
                if self.onecmd(line):
                    return

    def interact(self):
        """Read commands from a person until they leave."""
        self.greet()
        self.interactive = True
        while True:
            try:
                with whole_words():
                    self.cmdloop()
                return
            except KeyboardInterrupt:  # at the prompt: a fresh one
                self.say("")
            except UnicodeDecodeError:
                self.say("error: that is not text in the terminal's encoding")

    def say(self, text):
        """Print the text."""
        self.stdout.write(f"{text}\n")

    def onecmd(self, line):
        """Run one line; True if it is the last."""
        if line == "EOF":  # which is how cmd says Ctrl-D
            self.say("")
            return True
        line = f" {line} ".partition(" #")[0].strip()
        if not line:
            return self.emptyline()
        word, _, argument = line.partition(" ")
        self.lastcmd = ""
        try:
            command = self.command(word)
            self.past.append(line)
            if command in REPEATED:
                self.lastcmd = line
            return getattr(self, f"do_{command.replace('-', '_')}")(argument.strip())
        except InputError as error:
            self.say(f"error: {' '.join(str(error).split())}")
        except KeyboardInterrupt:
            if not self.interactive:
                raise
            self.say("\ninterrupted")
        return None

    def emptyline(self):
        """Repeat the last command, if it was a move."""
        return self.onecmd(self.lastcmd) if self.lastcmd else None

    def command(self, word):
        """The command that a word means: its name, an alias, or the beginning of only one."""
        if word in COMMANDS or word in ALIASES:
            return ALIASES.get(word, word)
        meant = [command for command in COMMANDS if command.startswith(word)]
        if len(meant) > 1:
            raise InputError(f"{word!r} could be {' or '.join(meant)}")
        if not meant:
            raise UnknownNameError("command", word, COMMANDS)
        return meant[0]

    def completenames(self, text, *ignored):
        """How the first word may go on."""
        return [command for command in COMMANDS if command.startswith(text)]

    def completedefault(self, text, line, begidx, endidx):
        """How the last word may go on."""
        return completions(self, text, line[:endidx])
