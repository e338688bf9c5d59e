"""The parser of a command: its errors, its help, and the words of a command line before it reads them."""

from __future__ import annotations

import argparse
import re
import sys
from collections import deque

from neurosim.support.errors import InputError, did_you_mean, near, shown

# These take numbers, whose minus sign must not be taken for the start of another option.
NUMBER_OPTIONS = ("--inputs", "--targets", "--learning-rate", "--decimals", "--terms", "--pass", "--places", "--digits",
                  "--seed", "--epochs", "--example", "--weights", "--biases", "--momentum")
SHORT_OPTIONS = {"--eta": "--learning-rate", "--lr": "--learning-rate"}
LONGEST_MESSAGE = 200  # characters of what argparse says


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line, and whose help ends with an example that works as it stands."""

    def __init__(self, example, **settings):
        super().__init__(allow_abbrev=False, **settings)
        self.example = example

    def format_help(self):
        formatter = self._get_formatter()
        formatter.add_text(self.description)
        for title, description, actions in self._sections():
            formatter.start_section(title)
            formatter.add_text(description)
            formatter.add_arguments(actions)
            formatter.end_section()
        formatter.add_text(self.epilog)
        example = f"example: {self.example}\n"  # in one line, however narrow the terminal is
        return f"{self._usage()}\n{formatter.format_help()}\n{example}"

    def _usage(self):
        """The arguments alone, since the options stand below with what they do."""
        formatter = self._get_formatter()
        formatter.add_usage(None, self._get_positional_actions(), [])
        return formatter.format_help().replace(self.prog, f"{self.prog} [OPTIONS]", 1)

    def _sections(self):
        """(title, description, actions) of each part of the help."""
        return [(one.title, one.description, one._group_actions) for one in self._action_groups]

    def print_help(self, file=None):
        """Unlike argparse's own, this doesn't hide that the disk is full."""
        (file or sys.stdout).write(self.format_help())

    def exit(self, status=0, message=None):
        sys.stdout.flush()
        super().exit(status, message)

    def _get_values(self, action, arg_strings):
        """Before Python 3.13 argparse took away the value of `--option=--`, and gave an empty list in its place."""
        if action.option_strings and arg_strings == ["--"]:
            return self._get_value(action, "--")
        return super()._get_values(action, arg_strings)

    def parse_known_args(self, args=None, namespace=None):
        return super().parse_known_args(args if self._subparsers else self._options_first(args), namespace)

    def _options_first(self, words):
        """The options before all arguments, which argparse would take only where they stand side by side."""
        options, arguments, rest = [], [], deque(words)
        while rest:
            word = rest.popleft()
            if word == "--":
                return [*options, *arguments, word, *rest]
            is_option = word.startswith("-") and word != "-"
            (options if is_option else arguments).append(word)
            action = self._option_string_actions.get(word) if is_option else None
            if action and action.nargs == "?" and (not rest or rest[0].startswith("--")):
                options[-1] += "="  # no value, so that it takes no argument for one
            elif action and action.nargs != 0 and rest:
                options.append(rest.popleft())
        return options + arguments

    def refuse(self, unknown):
        """Raise InputError for words that are left over, with the option that the first may have been meant to be."""
        close = near(unknown[0].partition("=")[0], self._option_string_actions, 1)
        self.error(f"unrecognized arguments: {' '.join(unknown)}{did_you_mean(close) if close else ''}")

    def error(self, message):
        raise InputError(f"{shown(message, LONGEST_MESSAGE)} (see {self.prog} --help)")


def in_full(arguments):
    """(the arguments with their options in full, a note for each that was short)"""
    notes, full = [], []
    for argument in arguments:
        option, sign, value = argument.partition("=")
        full.append(SHORT_OPTIONS.get(option, option) + sign + value)
        if option in SHORT_OPTIONS:
            notes.append(f"{option} is read as {SHORT_OPTIONS[option]}")
    return full, notes


def join_negative_values(arguments):
    """`--inputs -1,2` as `--inputs=-1,2`, which argparse understands."""
    joined = []
    for argument in arguments:
        if joined and joined[-1] in NUMBER_OPTIONS and re.match(r"-\.?\d", argument):
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def described(help):
    """What a command's own help begins with, from its line in the help of all."""
    return f"{help[0].upper()}{help[1:]}."


def group(parser, title):
    """The group of options under this title in the command's help, made when it is first asked for."""
    found = [one for one in parser._action_groups if one.title == title]
    return found[0] if found else parser.add_argument_group(title)
