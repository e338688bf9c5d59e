"""The trace as a live workbook: a row for each step, and its value a formula of named cells, which Excel and LibreOffice
work out again when a given is changed.

It is a zip file of XML, and the same trace makes the same bytes. A sum too long for a cell goes over several on a sheet
of its own.
"""

from __future__ import annotations

import html
import io
import re
import sys
import zipfile
from functools import partial
from typing import NamedTuple

from neurosim.formula.cells import CellNotation
from neurosim.formula.formula import Formula, call, operand, total
from neurosim.formula.python import PythonNotation
from neurosim.render.forms import Forms, own_name, variables, written
from neurosim.support.errors import InputError, shorten
from neurosim.support.files import write_atomically
from neurosim.support.number_text import number_text
from neurosim.support.page import visible
from neurosim.trace.lines import chosen_lines, in_symbols

# What Excel has room for: characters of a formula, arguments of a function, characters of a text, and rows
LONGEST_FORMULA, MOST_ARGUMENTS, LONGEST_TEXT, MOST_ROWS = 8192, 255, 32_767, 1_048_576
LONGEST_NAME = 235  # of a cell: Excel has room for 255 characters, of which some are for a number behind it
MOST_TERMS = 100  # of a part of a sum
WIDEST = 60  # characters of a column
HEADERS = ("address", "phase", "formula", "value")
HINT = "Numbers in blue are given: change one, and all that follows from it is worked out again."
NOT_IN_NAMES = re.compile(r"\W|(?![0-9])\d|[^\0-\uffff]")
SIGN_BY_NUMBER = re.compile("_x(?=[0-9A-Fa-f]{4}_)")  # such as _x0041_, which is an A to Excel wherever it stands

# The styles of cells by their places in what a file has of them; what is typed over a text stays one (49, a quote)
NUMBER, GIVEN, TEXT, HEADING = range(4)
FONT = '<font>{}<sz val="11"/>{}<name val="Calibri"/></font>'
STYLE = '<xf numFmtId="{}" fontId="{}" fillId="0" borderId="0" quotePrefix="{}" applyNumberFormat="1" applyFont="1"/>'
STYLES = "".join([
    '<fonts count="3">', FONT.format("", ""), FONT.format("", '<color rgb="FF0000FF"/>'), FONT.format("<b/>", ""),
    '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>',
    '</fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4">',
    STYLE.format(0, 0, 0), STYLE.format(0, 1, 0), STYLE.format(49, 0, 1), STYLE.format(49, 2, 1), "</cellXfs>",
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>',
])  # fmt: skip

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DEFAULTS = (
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
)
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def save_xlsx(trace, path):
    """Write a trace to a file, as `Trace.xlsx` says."""
    write_atomically(path, trace_xlsx(trace))


def trace_xlsx(trace):
    """The bytes of the file."""
    if trace.rounding:
        raise InputError("there is no live sheet of a trace with rounded numbers; record it without rounding")
    for step in trace:
        if not isinstance(step.value, (int, float)) or abs(step.value) > sys.float_info.max:
            raise InputError(f"{step.address}: a sheet has floats, and {shorten(step.value)} is none")
    return _Workbook(trace).data()


class _Cell(NamedTuple):
    """What is in a cell, a text or a number, and how it looks; the formula that works the number out, or ""."""

    content: str | float
    style: int = TEXT
    formula: str = ""


class _Workbook:
    """What a workbook is made of: the name of each address's cell, the form of each rule, and rows of cells."""

    def __init__(self, trace):
        self.notation = CellNotation()
        self.forms = Forms(trace, "formula of a sheet", self.notation, PythonNotation().function)
        self.cells = variables(trace, set(), _legal, str.upper)
        self.taken = {name.upper() for name in self.cells.values()}
        self.places = {}  # of each name
        title = [[_Cell(text, HEADING)] for text in (trace.title, trace.source) if text]
        self.top = [*title, [_Cell(HINT)], [], [_Cell(header, HEADING) for header in HEADERS]]
        self.rows, self.sums = list(self.top), []
        for line in chosen_lines(trace):
            self._add_step(line)
        if max(len(self.rows), len(self.sums)) > MOST_ROWS:
            raise InputError(f"the trace has {len(trace)} steps, and a sheet no more than {MOST_ROWS} rows")

    def _add_step(self, line):
        step = line.step
        value = _Cell(step.value, NUMBER, self._formula(line)) if line.values else _Cell(step.value, GIVEN)
        self.rows.append([_Cell(step.address), _Cell(step.phase), _Cell(in_symbols(line, 8)), value])
        self.places[self.cells[step.address]] = f"trace!$D${len(self.rows)}"

    def _formula(self, line):
        """The formula of a step in the names of cells; in parts if it is too long for one."""
        names, address = [self.cells[operand] for operand in line.step.operands], line.step.address
        text = self.forms.templates[line.rule.name, len(names)].format(names, names)
        if len(text) <= LONGEST_FORMULA and len(names) <= MOST_ARGUMENTS:
            return text
        form = written(line.rule, self.forms.forms[line.rule.name], len(names))
        text = self._write(self._in_parts(form, names, list(line.values), address), names)
        if len(text) > LONGEST_FORMULA:
            raise InputError(f"{address}: its formula has {len(text)} characters, and a cell no more than {LONGEST_FORMULA}")
        return text

    def _write(self, piece, names):
        return self.notation.template(piece).format(names, names)

    def _in_parts(self, piece, names, values, address):
        """The piece with further operands, to which names and values are added, for parts of sums, and of max and min."""
        piece = piece.each(lambda part: self._in_parts(part, names, values, address))
        terms, together = _terms(piece)
        if len(terms) <= 2:
            return piece
        longest = max(len(self._write(term, names)) for term in terms)
        most = max(2, min(MOST_TERMS, LONGEST_FORMULA // (longest + 3)))
        while len(terms) > most:
            parts = [together(terms[start : start + most]) for start in range(0, len(terms), most)]
            for part in parts:
                values.append(self.forms.function(part, len(values))(values))
                names.append(self._add_part(_Cell(values[-1], NUMBER, self._write(part, names)), address))
            terms = [operand(len(names) - len(parts) + index) for index in range(len(parts))]
        return together(terms)

    def _add_part(self, cell, address):
        """The name of a new cell on the sheet of sums."""
        name = own_name(f"{self.cells[address][:LONGEST_NAME]}_part", self.taken, str.upper)
        self.sums.append([_Cell(f"part of {address}"), cell])
        self.places[name] = f"sums!$B${len(self.sums)}"
        return name

    def data(self):
        """The bytes of the file."""
        sheets = {"trace": _sheet(self.rows, len(self.top))}
        if self.sums:
            sheets["sums"] = _sheet(self.sums, 0)
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for path, text in _files(sheets, self.places).items():
                entry = zipfile.ZipInfo(path)  # of 1980, whenever it is written
                entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
                archive.writestr(entry, XML + text)
        return file.getvalue()


def _terms(piece):
    """The terms of a sum, or what max or min is of, and the function that makes the piece of them; of others nothing."""
    if piece.kind == "sum":
        signed = zip(("+", *piece.parts[1::2]), piece.parts[::2])
        return [part if sign == "+" else Formula("negative", (part,)) for sign, part in signed], total
    if piece.kind == "call" and piece.parts[0] in ("max", "min"):
        return list(piece.parts[1:]), partial(call, piece.parts[0])
    return [], total


def _legal(name):
    """The name as one that Excel allows: with a line in it no cell has it, as A1, R1C1 and R may be, and no function.

    >>> _legal("E"), _legal("dE_da_x1"), _legal("w_x1000_h1")
    ('E_', 'dE_da_x1', 'w_X1000_h1')
    """
    name = SIGN_BY_NUMBER.sub("_X", NOT_IN_NAMES.sub("_", name))[:LONGEST_NAME]
    return name if "_" in name else f"{name}_"


# XML


def _files(sheets, places):
    """{path: XML} of a workbook with these sheets, by their names, and these named places."""
    numbered = list(enumerate(sheets, 1))
    paths = {f"xl/worksheets/sheet{number}.xml": sheets[name] for number, name in numbered}
    kinds = [("xl/workbook.xml", "sheet.main"), ("xl/styles.xml", "styles"), *[(path, "worksheet") for path in paths]]
    overrides = "".join(f'<Override PartName="/{path}" ContentType="{KIND}.{kind}+xml"/>' for path, kind in kinds)
    listed = "".join(f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>' for number, name in numbered)
    named = "".join(f'<definedName name="{name}">{place}</definedName>' for name, place in places.items())
    targets = [*[("worksheet", path[3:]) for path in paths], ("styles", "styles.xml")]
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">{DEFAULTS}{overrides}</Types>',
        "_rels/.rels": _relationships([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>{listed}</sheets>'
                           f"<definedNames>{named}</definedNames></workbook>",
        "xl/_rels/workbook.xml.rels": _relationships(targets),
        "xl/styles.xml": f"<styleSheet {MAIN}>{STYLES}</styleSheet>",
        **paths,
    }


def _relationships(targets):
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def _sheet(rows, frozen):
    """The XML of a sheet, of which so many rows at the top stay where they are."""
    pane = f'<pane ySplit="{frozen}" topLeftCell="A{frozen + 1}" activePane="bottomLeft" state="frozen"/>' * bool(frozen)
    columns = enumerate(zip(*[row for row in rows if len(row) > 1]), 1)
    widths = [(number, min(WIDEST, max(len(str(cell.content)) for cell in column)) + 2) for number, column in columns]
    cols = "".join(f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>' for number, width in widths)
    lines = "".join(f'<row r="{number}">{_row(number, row)}</row>' for number, row in enumerate(rows, 1))
    return (
        f'<worksheet {MAIN}><sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        f"<cols>{cols}</cols><sheetData>{lines}</sheetData></worksheet>"
    )


def _row(number, row):
    return "".join(_cell(f"{column}{number}", *cell) for column, cell in zip("ABCD", row) if cell.content != "")


def _cell(place, content, style, formula):
    if isinstance(content, str):
        text = _escaped(visible(content)[:LONGEST_TEXT])
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    worked_out = f"<f>{_escaped(formula)}</f>" * bool(formula)
    return f'<c r="{place}" s="{style}">{worked_out}<v>{number_text(float(content), "all")}</v></c>'


def _escaped(text):
    return html.escape(SIGN_BY_NUMBER.sub("_x005F_x", text))
