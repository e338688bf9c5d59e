"""The command for exercises: exercise new, sheet, key, page, grade, regrade and kinds."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext

from neurosim.cli.diagnose import read_from
from neurosim.cli.options import DOES_NOT_HOLD, add_destination, check_kept, next_step, write_output
from neurosim.cli.parser import Parser, described, group
from neurosim.cli.values import seconds, table_format, typed_setting, whole_number
from neurosim.problems import catalogue
from neurosim.support.errors import InputError, shown, shown_path
from neurosim.support.files import check_path, check_writable, read_file, write_atomically
from neurosim.support.page import visible
from neurosim.support.tables import table

SEED = 1
MOST_JOBS = 64
ENDS = {"text": "txt", "markdown": "md", "latex": "tex", "csv": "csv", "json": "json"}


def add_commands(commands):
    """Add this group's commands to the parser's."""
    help = "new exercises from a seed, their sheets and keys, and marking"
    exercise = commands.add_parser("exercise", help=help, description=described(help),
                                   example="neurosim exercise new --kind one-update --seed 17")
    parts = exercise.add_subparsers(metavar="WHAT", dest="part", parser_class=Parser, required=True)

    parser = _part(parts, "new", run_new, "a new exercise from a seed, or one for each student of a class",
                   "neurosim exercise new --kind one-update --layers 2-3-2 --activation tanh --seed 17 --save sheet.json")
    parser.add_argument("--kind", metavar="NAME", help="one of those that neurosim exercise kinds lists (one-update)")
    parser.add_argument("--problem", metavar="SOURCE", help="a problem file or a built-in example, with its own numbers")
    parser.add_argument("--seed", metavar="SEED", help=f"a number or a word; the same gives the same exercise ({SEED})")
    parser.add_argument("--layers", metavar="2-3-1", help="the sizes of the network, the inputs first")
    parser.add_argument("--activation", metavar="NAME[,NAME]", help="of all layers, or of each")
    parser.add_argument("--loss", metavar="NAME", help="what is minimised")
    parser.add_argument("--places", type=whole_number, metavar="N", help="how many decimals are asked for")
    parser.add_argument("--given", metavar="PART", help="forward or deltas: what of the work the sheet gives")
    parser.add_argument("--class", dest="students", metavar="FILE", help="a CSV file with a student in each row")
    parser.add_argument("--secret", metavar="TEXT", help="with --class: a secret that the sheets are drawn from")
    parser.add_argument("--folder", metavar="FOLDER", help="with --class: where the sheets go, each with a CSV to fill in")
    group(parser, "output").add_argument("--save", metavar="FILE", help="write the exercise, or the class, to a file")
    _add_form(parser)

    for name, run, what in (("sheet", run_sheet, "the student's sheet"), ("key", run_key, "the key with full working")):
        parser = _part(parts, name, run, f"{what} of an exercise", f"neurosim exercise {name} sheet.json")
        parser.add_argument("exercise", metavar="EXERCISE", help="a file that exercise new --save has written")
        parser.add_argument("--sheet", metavar="ID", help="which sheet of a class")
        _add_form(parser)

    parser = _part(parts, "page", run_page, "an exercise as one HTML file, to practise in a browser",
                   "neurosim exercise page sheet.json -o practice.html")
    parser.add_argument("exercise", metavar="EXERCISE", help="a file that exercise new --save has written")
    parser.add_argument("--sheet", metavar="ID", help="which sheet of a class")
    add_destination(parser)

    parser = _part(parts, "grade", run_grade, "mark the answers to a sheet, or all that a class has handed in",
                   "neurosim exercise grade sheet.json answers.csv")
    parser.add_argument("exercise", metavar="EXERCISE", help="a file that exercise new --save has written")
    parser.add_argument("answers", nargs="?", metavar="ANSWERS",
                        help="the sheet as text or Markdown, filled in, or a JSON or CSV file, or -")
    parser.add_argument("--answer", action="append", type=typed_setting, default=[], metavar="ADDRESS=NUMBER",
                        help="one of your numbers, besides those of the file; may be given several times")
    parser.add_argument("--sheet", metavar="ID", help="which sheet of a class")
    _add_marking(parser)

    parser = _part(parts, "regrade", run_regrade, "mark a class again, and keep the marks that were set by hand",
                   "neurosim exercise regrade class.json marks.csv --dir submissions")
    parser.add_argument("exercise", metavar="EXERCISE", help="the file of the class, or of its one exercise")
    parser.add_argument("marks", metavar="MARKS", help='a file of --marks, with marks in its column "by hand"')
    _add_marking(parser)

    parser = _part(parts, "kinds", run_kinds, "the kinds of exercise", "neurosim exercise kinds")
    parser.add_argument("--format", type=table_format, default="simple", help="a format of tabulate, or json")
    add_destination(parser)


def _part(parts, name, run, help, example):
    parser = parts.add_parser(name, help=help, description=described(help), example=example)
    parser.set_defaults(run=run)
    return parser


def _add_form(parser):
    group(parser, "output").add_argument("--as", dest="form", default="text", metavar="FORM", help=", ".join(ENDS))
    add_destination(parser)


def _add_marking(parser):
    parser.add_argument("--dir", metavar="FOLDER", help="mark all files in a folder, and in its zips")
    parser.add_argument("--marks", dest="table", metavar="FILE",
                        help="with --dir: where the marks go as CSV; those set by hand there stay")
    parser.add_argument("--feedback", metavar="FOLDER", help="with --dir: where a page for each student goes")
    parser.add_argument("--jobs", type=whole_number, metavar="N", help="with --dir: how many processes mark (1)")
    parser.add_argument("--hide", action="store_true", help="leave the right numbers out")
    parser.add_argument("--budget", type=seconds, metavar="SECONDS", help="to spend looking for mistakes in one sheet (10)")
    parser.add_argument("--format", type=table_format, default="simple", help="a format of tabulate, or json")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    add_destination(parser)


# New


def run_new(options):
    """neurosim exercise new"""
    from neurosim.exercises.generator import exercise_about, new_exercise
    from neurosim.exercises.sheet_forms import sheet_text

    settings = {name: getattr(options, name) for name in ("layers", "activation", "loss", "places")}
    settings["given"], kind = options.given or "", options.kind or "one-update"
    if options.students is not None:
        _new_class(kind, settings, options)
        return
    for name in ("secret", "folder"):
        if getattr(options, name) is not None:
            raise InputError(f"--{name} goes with --class")
    if options.problem is not None:
        for name in ("seed", "layers", "activation", "loss"):
            if getattr(options, name) is not None:
                raise InputError(f"--{name} does not go with --problem, which has numbers of its own")
        problem = catalogue.open_source(options.problem)
        exercise = exercise_about(problem, kind, options.places, settings["given"])
    else:
        if options.seed is None:
            options.notes.append(f"drawn from --seed {SEED}")
        exercise = new_exercise(kind, str(SEED if options.seed is None else options.seed), **settings)
    text = sheet_text(exercise, options.form, options.width)
    if options.save is not None:
        exercise.save(options.save)
        options.notes.append(f"saved; its key: neurosim exercise key {shown_path(options.save)}")
    write_output(text, options)


def _new_class(kind, settings, options):
    from neurosim.exercises.classes import new_class, read_students
    from neurosim.exercises.sheet_forms import sheet_text

    for name in ("seed", "problem"):
        if getattr(options, name) is not None:
            raise InputError(f"--{name} does not go with --class, whose sheets are drawn by --secret")
    for name in ("secret", "save", "folder"):
        if getattr(options, name) is None:
            raise InputError(f"--class needs --secret TEXT, --save FILE and --folder FOLDER; there is no --{name}")
    check_path(options.folder)
    sheets = new_class(read_file(options.students, read_students), options.secret, kind, **settings)
    os.makedirs(options.folder, exist_ok=True)
    for sheet, exercise in sheets.exercises.items():
        for form in dict.fromkeys([options.form, "csv"]):
            text = visible(sheet_text(exercise, form, 80), kept="\n")
            write_atomically(os.path.join(options.folder, f"{sheet}.{ENDS[form]}"), text + "\n")
    sheets.save(options.save)
    rows = [(student, sheet) for sheet, student in sheets.students.items()]
    then = next_step(options, "exercise", "grade", options.save, "--dir", "FOLDER")
    write_output(table(rows, ("student", "sheet"), width=options.width) + then, options)


def run_kinds(options):
    """neurosim exercise kinds"""
    from neurosim.exercises.kinds import KINDS

    rows = [(name, kind.layers, kind.task) for name, kind in KINDS.items()]
    text = table(rows, ("kind", "layers", "task"), options.format, width=options.width)
    write_output(text + next_step(options, "exercise", "new", "--kind", "one-update"), options)


# Sheet and key


def run_sheet(options):
    """neurosim exercise sheet EXERCISE"""
    from neurosim.exercises.sheet_forms import sheet_text

    write_output(sheet_text(_one(options), options.form, options.width), options)


def run_key(options):
    """neurosim exercise key EXERCISE"""
    from neurosim.exercises.sheet_forms import key_text

    write_output(key_text(_one(options), options.form, options.width), options)


def run_page(options):
    """neurosim exercise page EXERCISE -o FILE"""
    from neurosim.cli.page import write_page
    from neurosim.page.html import exercise_page

    write_page(exercise_page(_one(options)), options)


def _read(path):
    from neurosim.exercises.classes import read_class

    return read_file(path, read_class)


def _one(options, said=None):
    """The exercise of the file; of a class that of --sheet, or that the answers say."""
    sheets = _read(options.exercise).exercises
    wanted = options.sheet if options.sheet is not None else said
    if wanted is None and len(sheets) == 1:
        return next(iter(sheets.values()))
    if wanted not in sheets:
        which = f"there is no sheet {shown(str(wanted))}" if wanted is not None else "there are several sheets"
        raise InputError(f"{shown_path(options.exercise)}: {which}; --sheet ID says which, such as {next(iter(sheets))}")
    return sheets[wanted]


# Marking


def run_grade(options):
    """neurosim exercise grade EXERCISE [ANSWERS]"""
    from neurosim.exercises.class_report import read_by_hand
    from neurosim.exercises.handed_in import read_handed_in
    from neurosim.exercises.marking import grade
    from neurosim.exercises.sheet import SHEET

    if options.dir is not None:
        if options.answers is not None or options.answer or options.sheet is not None:
            raise InputError("--dir marks all files of a folder, and takes no answers beside them")
        is_there = options.table is not None and os.path.isfile(options.table)
        return _grade_all(options, read_file(options.table, read_by_hand) if is_there else {})
    for name in ("table", "feedback", "jobs"):
        if getattr(options, name) is not None:
            raise InputError(f"--{'marks' if name == 'table' else name} goes with --dir FOLDER")
    if options.answers is None and not options.answer:
        raise InputError("expected your numbers: ANSWERS, which is a file, or --answer ADDRESS=NUMBER, or --dir FOLDER")
    answers = {} if options.answers is None else read_from(options.answers, read_handed_in)
    for address, number in options.answer:
        if address in answers:
            raise InputError(f"--answer: {shown(address)} is given twice")
        answers[address] = number
    said = str(answers[SHEET]).strip() if SHEET in answers else None
    marked = grade(_one(options, said), answers, options.budget)
    write_output(marked.text(options.format, options.width, options.hide), options)
    return 0 if marked else DOES_NOT_HOLD


def run_regrade(options):
    """neurosim exercise regrade EXERCISE MARKS"""
    from neurosim.exercises.class_report import read_by_hand

    if options.dir is None:
        raise InputError("expected --dir FOLDER, where the files are that were handed in")
    check_kept("-o", options.output, options.marks)
    by_hand = read_file(options.marks, read_by_hand)
    options.table = options.table or options.marks
    return _grade_all(options, by_hand)


def _grade_all(options, by_hand):
    from neurosim.exercises.classes import grade_all

    if not os.path.isdir(options.dir):
        raise InputError(f"--dir {shown_path(options.dir)}: expected a folder")
    if options.table is not None:
        check_writable(options.table)
    sheets = _read(options.exercise)
    if options.feedback is not None:
        os.makedirs(options.feedback, exist_ok=True)
    if options.jobs is not None and options.jobs > MOST_JOBS:
        raise InputError(f"--jobs: {MOST_JOBS} are the most, got {options.jobs}")
    pool = ProcessPoolExecutor(options.jobs) if options.jobs and options.jobs > 1 else nullcontext()
    with pool as executor:
        report = grade_all(sheets, options.dir, executor, options.hide, options.budget, by_hand, _progress())
    text = report.text(options.format, options.width)
    if options.table is not None:
        write_atomically(options.table, report.csv())
    if options.feedback is not None:
        for name, page in report.pages().items():
            write_atomically(os.path.join(options.feedback, name), visible(page, kept="\n") + "\n")
    write_output(text, options)
    return 0 if report else DOES_NOT_HOLD


def _progress():
    """A line that is rewritten in place while a person watches, or None."""
    if not sys.stderr.isatty():
        return None

    def tell(done, count):
        sys.stderr.write(f"\rmarked {done} of {count}" if done < count else f"\r{'':40}\r")
        sys.stderr.flush()

    return tell
