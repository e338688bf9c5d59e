"""The debugger's commands, in the manner of gdb and pdb, and what they print."""

from __future__ import annotations

import os

from neurosim.debugger import side_by_side, texts
from neurosim.debugger.conditions import read_name
from neurosim.debugger.landmarks import LANDMARKS
from neurosim.debugger.repl import Repl
from neurosim.debugger.stops import STOPS
from neurosim.support.errors import InputError, UnknownNameError, shorten, shown_path
from neurosim.support.files import read_file, read_whole, told_with, write_atomically

MOST = 10**9  # steps of one move


class Commands(Repl):
    """Commands over a `Session`. The docstring of each is its help: how it is written, and what it does."""

    def __init__(self, session, title="", stdin=None, stdout=None):
        super().__init__(stdin, stdout)
        self.session, self.title, self.told = session, title, None  # `told` is the heading that was printed last
        session.logged = self._logged

    def greet(self):
        """Say what is being debugged."""
        timeline = self.session.timeline
        passes = "one pass" if timeline.passes == 1 else f"{timeline.passes} passes"
        epochs = f" in {timeline.epochs} epochs" if timeline.epochs > 1 else ""
        if self.title:
            self.say(self.title)
        self.say(f"{self.session.trace.structure!r}, {passes}{epochs}.")
        self.say("Type help for the commands.")

    # Moves

    def do_step(self, argument):
        """step [N]
        Compute the next number, or the next N. Shows where each comes from."""
        self._moved(self.session.step(_count(argument)))

    def do_next(self, argument):
        """next
        Compute the rest of this unit, or the next unit. In this phase: its net input and output, its dE/da,
        f' and delta, its gradients, or its new weights."""
        self._moved(self.session.next_unit())

    def do_finish(self, argument):
        """finish
        Compute the rest of this layer, or the next layer, in this phase."""
        self._moved(self.session.finish())

    def do_until(self, argument):
        """until [ADDRESS]
        Compute up to the next time that an address is computed. Alone, compute the rest of this pass with its update.
        Breakpoints and watches stop it on the way."""
        self._moved((self.session.run_to(argument) if argument else self.session.finish_pass())._replace(way=[]))

    def do_continue(self, argument):
        """continue [N]
        Compute until a breakpoint or a watch stops it. With N the one that has stopped here does so the Nth time.
        Ctrl-C stops it too, and loses nothing."""
        times, stopped_by = _count(argument), self.session.stopped_by
        if times > 1 and not stopped_by:
            raise InputError(f"nothing has stopped the run here, so it can't do so {times} times; continue goes on")
        for stop in stopped_by if argument else ():
            stop.ignored = times - 1
        self._moved(self.session.run()._replace(way=[]))

    def do_goto(self, argument):
        """goto ADDRESS|PLACE
        Go to a number, ahead or behind, or to the beginning of a pass. For example: goto delta[h1], goto E@400.
        Places are epoch 3, update 50 (the first pass that it follows), pass 7, example 17 (in this epoch) and
        epoch 3 example 17. Nothing stops on the way."""
        step = self.session.goto(_needed(argument, "goto delta[h1]"))
        self.stand()
        if step.phase == "given" and argument.split()[0] not in LANDMARKS:
            self.say(texts.value_text(self.session, step))
        self._show_displays()

    def do_back(self, argument):
        """back [N]
        Take the last number back, or the last N."""
        self._moved(self.session.back(_count(argument)))

    def do_reverse_next(self, argument):
        """reverse-next
        Take this unit back, up to the end of the one before in this phase."""
        self._moved(self.session.back_unit())

    def do_reverse_finish(self, argument):
        """reverse-finish
        Take this layer back, up to the end of the one before in this phase."""
        self._moved(self.session.back_layer())

    def do_reverse_continue(self, argument):
        """reverse-continue
        Go back to where something would have stopped last: a breakpoint or a watch."""
        self._moved(self.session.run_back())

    def do_restart(self, argument):
        """restart
        Go back to the beginning. Breakpoints, watches, displays and what-ifs stay."""
        self.session.restart()
        self.stand()
        self._show_displays()

    def _moved(self, move):
        """Show what a move did and where the session stands now."""
        if move.end == "interrupted":
            if not self.interactive:
                raise KeyboardInterrupt
            self.say("\ninterrupted")  # behind the ^C that the terminal shows
        earlier = move.way[:-1]
        if earlier and move.moved > len(move.way):
            self.say(f"... {move.moved - len(move.way)} steps, and")
        for step in earlier:
            self._head(texts.phase_text(self.session, step))
            self.say(texts.value_text(self.session, step))
        for hit in move.hits:
            self.say(str(hit))
        if move.moved:
            self.stand()
        if move.end not in (None, "interrupted"):
            self.say(texts.ending(self.session, move.end))
        self._show_displays()
        if move.hits:
            named = [(line, f"{hit.stop.kind} {hit.stop.number}") for hit in move.hits for line in hit.stop.commands]
            self.pend(named, of_stop=True)

    def stand(self):
        """Show where the session stands."""
        session = self.session
        self._head(texts.phase_text(session, session.here))
        if session.here.phase != "given":
            self.say(texts.step_text(session, session.here, self.width))

    def _head(self, heading):
        if heading != self.told:
            self.say(f"-- {heading}")
            self.told = heading

    # Stops

    def do_break(self, argument):
        """break [ADDRESS] [if CONDITION]
        Stop at an address, or where a condition holds, or both. For example:
            break delta[h1]
            break E@400
            break if abs(delta) < 1e-4
            break E if rises(E)
            break if all(z[h1] <= 0)
        A quantity without a unit, such as delta, is that of any unit. A condition is tested whenever one of
        the quantities in it has been computed; with any(...), all(...), count(...) or mean(...), which go over
        the examples of an epoch, only at its end. Alone, it lists the breakpoints."""
        self._stop("break", argument)

    def do_tbreak(self, argument):
        """tbreak [ADDRESS] [if CONDITION]
        A breakpoint that is deleted when it has stopped a run forward."""
        self._stop("tbreak", argument)

    def do_watch(self, argument):
        """watch [ADDRESS] [if CONDITION]
        Stop where a number changes, and show the old and the new. From one pass or update to the next: watch E,
        watch w[x1->h1], watch E if E > 0.1. Alone, it lists the watches."""
        self._stop("watch", argument)

    def do_log(self, argument):
        """log [WHERE] [: EXPRESSION, ...]
        Show numbers where a breakpoint would stop, and stop nothing. For example:
            log E
            log w+[x1->h1]: w+[x1->h1] - w[x1->h1], dE/dw[x1->h1]
            log E if rises(E): E, prev(E)
        WHERE is as for break. Only runs forward show them. Alone, it lists the logs."""
        self._stop("log", argument)

    def _stop(self, command, argument):
        if argument:
            stop = self.session.add(command, argument)
            self.say(f"{stop.kind} {stop.number}: {stop.text}")
        else:
            self.do_info(STOPS[command].kind)

    def do_condition(self, argument):
        """condition N [CONDITION]
        Give breakpoint, watch or log N another condition, or none."""
        number, condition = _first(argument, "condition 1 E > 0.1")
        stop = self.session.set_condition(number, condition)
        self.say(f"{stop.kind} {stop.number}: {stop.text}")

    def do_ignore(self, argument):
        """ignore N COUNT
        Let the next COUNT hits of breakpoint or watch N stop nothing. Only runs forward count."""
        number, count = _first(argument, "ignore 1 4")
        self.session.stop(number).ignored = _count(_needed(count, "ignore 1 4"), least=0)

    def do_disable(self, argument):
        """disable [N]
        Keep breakpoint, watch or log N, or all of them, and have it do nothing."""
        self._enable(argument, False)

    def do_enable(self, argument):
        """enable [N]
        Have it do something again."""
        self._enable(argument, True)

    def _enable(self, argument, enabled):
        stops = [self.session.stop(_number(argument))] if argument else list(self.session.stops.values())
        for stop in stops:
            stop.enabled = enabled

    def do_commands(self, argument):
        """commands N [COMMAND; ...]
        Run these whenever breakpoint or watch N has stopped a run. For example: commands 1 print E; continue.
        Without commands here, they follow, one a line, up to a line `end`; none takes them away. What follows a
        command that runs into a stop gives way to the commands of that stop."""
        number, line = _first(argument, "commands 1 print E; continue")
        stop = self.session.stop(number)
        if stop.kind == "log":
            raise InputError(f"log {stop.number} stops nothing; commands are for breakpoints and watches")
        if line:
            stop.commands = self.checked(line)
        else:
            self.collected = stop, []
            self.prompt = "> "

    def collect(self, line):
        """A line of `commands`."""
        stop, lines = self.collected
        if line == "end":
            stop.commands = lines
            self.collect_no_more()
        else:
            lines += self.checked(line)

    def do_delete(self, argument):
        """delete [N]
        Delete breakpoint, watch or log N, or all of them."""
        self.session.delete(_number(argument) if argument else None)

    def _logged(self, hit):
        self.say(f"{hit.stop.kind} {hit.stop.number}: {self._pass()}{hit.text}")

    def _pass(self):
        return f"pass {self.session.pass_number}, " if self.session.timeline.passes > 1 else ""

    # Looking

    def do_print(self, argument):
        """print [EXPRESSION]
        Show a number as it is known here. For example: print z[h1], print w+[x1->h1] - w[x1->h1], print E > E@2.
        A unit's name means its delta, as in print abs(h1) < 1e-4, and x1->h1 the weight.
        There are + - * / ^, comparisons, and, or, not, abs, min, max, exp, log, sqrt, tanh and round. Without
        @ and the number of a pass the present pass is meant, without a unit that of the present step. prev(E) is
        the number in the pass before, or before the last update, and rises(E) means E > prev(E). any(E > 1),
        all(E > 1), count(E > 1) and mean(E) go over the examples of this epoch so far. Alone, it shows the
        present step."""
        if argument:
            self.say(texts.reading_text(self.session, self.session.expression(argument)))
        else:
            self.say(texts.value_text(self.session, self._computed("print z[h1]")))

    def do_display(self, argument):
        """display [EXPRESSION]
        Show a number after every move from now on. Alone, it shows all displays now."""
        if argument:
            number = max(self.session.displays, default=0) + 1
            self.session.displays[number] = self.session.expression(argument)
            self.say(f"{number}: {texts.display_text(self.session, self.session.displays[number])}")
        else:
            self._show_displays()

    def do_undisplay(self, argument):
        """undisplay [N]
        Show display N no longer, or none of them."""
        if not argument:
            self.session.displays.clear()
        elif self.session.displays.pop(_number(argument), None) is None:
            raise UnknownNameError("display", argument, map(str, self.session.displays))

    def _show_displays(self):
        for number, expression in self.session.displays.items():
            self.say(f"{number}: {texts.display_text(self.session, expression)}")

    def do_explain(self, argument):
        """explain [ADDRESS] [depth N]
        Show how a number comes about; alone, the present one. First its terms by size, then what it was made from,
        N steps away at most. So too for the difference of two: explain z[o1] - z[o2]. Of a weight, w[x1->h1] or
        just x1->h1, also show all its paths to the loss; a unit's name means its delta."""
        text, _, depth = f" {argument}".partition(" depth ")
        text = text.strip() or self._computed("explain z[h1]").address
        explanation = self.session.explain(text, _count(depth.strip(), None, least=0))
        self.say(explanation.text(width=self.width, most=None))

    def _computed(self, example):
        """The present step, if there is one."""
        if self.session.here.phase == "given":
            raise InputError(f"nothing is computed here yet; say what you mean, as in {example}")
        return self.session.here

    def do_diff(self, argument):
        """diff ADDRESS ADDRESS
        Show two numbers beside each other, with their operands. For example: diff E@1 E@2. Or what differs
        between two passes, the outputs and E first, then the most: diff pass 1 2, diff pass 1 2 show o1 delta."""
        self.say(side_by_side.diff_text(self.session, _needed(argument, "diff E@1 E@2"), self.width))

    def do_where(self, argument):
        """where [UNIT|LAYER]
        Show the network, what is known of it, and the present step. Or a unit with the connections that lead to
        it, or all units of a layer: where h1, where o, where 2 (the second layer)."""
        self.say(texts.network_text(self.session, self.width, argument))

    def do_list(self, argument):
        """list [N]
        Show the N steps around the present one (10)."""
        self.say(texts.listing(self.session, _count(argument, 10), self.width))

    # What if

    def do_set(self, argument):
        """set ADDRESS = VALUE
        Have a number come out otherwise, and show what changes. All that follows from it is computed again, and
        compared with how it was before: set w[x1->h1] = 0.2, set delta[o1] = 2*delta[o1]. It stays so until unset.
        Behind show stand units, quantities and addresses of which alone all is listed: set b[h1] = 1 show o1 E."""
        session, (text, _, words) = self.session, f"{_needed(argument, 'set w[x1->h1] = 0.2')} ".partition(" show ")
        text, wanted = text.strip(), side_by_side.wanted(session, words)
        name, rest = read_name(text, session.timeline.quantities)
        if name is None:
            address, sign, rest = text.partition("=")
            name, rest = session.timeline.name(address), sign + rest
        before, sign, value = rest.partition("=")
        if before.strip() or not sign or value.startswith("="):
            raise InputError(f"set is written like set {name} = 0.2, got {shorten(text)}")
        value = session.evaluate(value)
        if isinstance(value, bool):
            raise InputError(f"{name}: expected a number, got a condition")
        found = session.set(str(name), value)
        self.say(texts.what_ifs_text(session))
        self.say(side_by_side.changes_text(session, found, wanted, self.width))
        self._show_displays()

    def do_unset(self, argument):
        """unset [ADDRESS]
        Let a number that was set, or all of them, come out as before."""
        self.session.unset(argument or None)
        self.say(texts.what_ifs_text(self.session))
        self._show_displays()

    def do_info(self, argument):
        """info [TOPIC|locals UNIT]
        Show the position, stops, displays, what-ifs and the network. Or one of the topics position, breakpoints,
        watches, logs, displays, what-ifs and network. Or all that is known of a unit: info locals h1."""
        topic, _, unit = argument.partition(" ")
        if topic and "locals".startswith(topic):
            self.say(texts.locals_text(self.session, unit.strip() or self._computed("info locals h1").unit, self.width))
            return
        topics = [topic for topic in texts.TOPICS if topic.startswith(argument)]
        if not topics:
            raise UnknownNameError("topic", argument, [*texts.TOPICS, "locals"])
        for topic in topics:
            self.say(texts.TOPICS[topic](self.session, self.width))

    # The session

    def do_source(self, argument):
        """source FILE
        Run the commands of a file. It ends at the first that is wrong."""
        lines = read_file(os.path.expanduser(_needed(argument, "source my.stops")), _lines)
        self.pend([(line, f"{shown_path(argument)}, line {number}") for number, line in lines])

    def do_save(self, argument):
        """save breakpoints FILE
        Write all breakpoints, watches and logs to a file that `source` reads. It takes the place of no file but one
        that save has written."""
        what, path = _first(argument, "save breakpoints my.stops", str)
        if not path or not "breakpoints".startswith(what):
            raise InputError(f"save is written like save breakpoints my.stops, got {shorten(argument)}")
        path = os.path.expanduser(path)
        if os.path.exists(path) and not read_file(path, _is_saved):
            raise InputError(f"{shown_path(path)} is there, and save has not written it; choose another name")
        write_atomically(path, texts.script_of(self.session.stops.values()))
        self.say(f"{len(self.session.stops)} saved in {shown_path(path)}")


def _count(argument, default=1, least=1):
    if not argument:
        return default
    if not argument.isdecimal() or not least <= int(argument[:10]) <= MOST:
        raise InputError(f"expected how many, a whole number of {least} or more, got {shorten(argument)}")
    return int(argument)


def _first(argument, example, read=None):
    """The number of a stop that an argument begins with, or what `read` makes of its first word, and the rest."""
    first, _, rest = _needed(argument, example).partition(" ")
    return (read or _number)(first), rest.strip()


def _lines(file, name):
    """(number, line) of each line of a script that says something."""
    with told_with(name):
        text = read_whole(file).decode("utf-8-sig")
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    return [(number, line) for number, line in lines if line and not line.startswith("#")]


def _is_saved(file, name):
    return file.readline(len(texts.SAVED) + 2).decode("utf-8", "replace").rstrip() == texts.SAVED


def _number(argument):
    if argument == "last":
        return argument
    if not argument.isdecimal():
        raise InputError(f"expected a number of the list, got {shorten(argument)}")
    return int(argument[:10])


def _needed(argument, example):
    if not argument:
        raise InputError(f"what? For example: {example}")
    return argument
