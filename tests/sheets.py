"""Workbooks that `Trace.xlsx` writes: read back, changed as a person changes them, and worked out by LibreOffice."""

import io
import os
import re
import shutil
import signal
import subprocess
import zipfile
from contextlib import suppress
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from neurosim.render.xlsx import trace_xlsx

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_libreoffice = pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice (soffice) here to work sheets out")
SPACE = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
WRONG = "-98765.5"  # stands in place of every number that a formula is to work out
AT_ONCE = 100  # workbooks in one run of LibreOffice, which ends without a word in the third hundred
SECONDS = 300  # of a run
# LibreOffice believes the numbers in a workbook; this makes it work all of them out (0: always).
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""


class Cell(NamedTuple):
    """The text of a cell, be it a number's, its formula or None, and the number of its style."""

    text: str
    formula: str
    style: int


class Book(NamedTuple):
    """{sheet: {place: `Cell`}}, and {name of a cell: (sheet, place)}."""

    sheets: dict
    names: dict

    def number(self, name):
        """The text of the number in the cell of this name."""
        sheet, place = self.names[name]
        return self.sheets[sheet][place].text

    @property
    def addresses(self):
        """{address: the name of its cell}"""
        rows = {row: name for name, (sheet, row) in self.names.items() if sheet == "trace"}
        return {self.sheets["trace"][f"A{row[1:]}"].text.replace("_x005F_", "_"): name for row, name in rows.items()}


def book(data):
    """The `Book` in the bytes of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        parts = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}
    shared = ["".join(text.itertext()) for text in parts.get("xl/sharedStrings.xml", ())]
    workbook = parts["xl/workbook.xml"]
    sheets = {}
    for number, sheet in enumerate(workbook.iterfind("s:sheets/s:sheet", SPACE), 1):
        cells = parts[f"xl/worksheets/sheet{number}.xml"].iterfind(".//s:c", SPACE)
        sheets[sheet.get("name")] = {cell.get("r"): _cell(cell, shared) for cell in cells}
    names = workbook.iterfind("s:definedNames/s:definedName", SPACE)
    return Book(sheets, {name.get("name"): tuple(name.text.replace("$", "").split("!")) for name in names})


def _cell(cell, shared):
    formula, inline, value = (cell.find(f"s:{tag}", SPACE) for tag in ("f", "is", "v"))
    text = "".join(inline.itertext()) if inline is not None else "" if value is None else value.text
    return Cell(shared[int(text)] if cell.get("t") == "s" else text, getattr(formula, "text", None), int(cell.get("s", 0)))


def changed(data, **givens):
    """The workbook with other givens, by the names of their cells, and `WRONG` for all that is to be worked out."""
    places = {"xl/worksheets/sheet1.xml": {book(data).names[name][1]: value for name, value in givens.items()}}
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            text = re.sub("(</f><v>)[^<]*", rf"\g<1>{WRONG}", old.read(name).decode("utf-8"))
            for place, value in places.get(name, {}).items():
                text, count = re.subn(f'(<c r="{place}"[^>]*><v>)[^<]*', rf"\g<1>{value!r}", text)
                assert count == 1
            new.writestr(name, text)
    return file.getvalue()


def worked_out(books, folder):
    """Of the bytes of each workbook {address: the text of the number}, as LibreOffice works them all out."""
    settings, made = folder / "profile" / "user" / "registrymodifications.xcu", folder / "made"
    settings.parent.mkdir(parents=True)
    settings.write_text(SETTINGS)
    paths = [folder / f"{number}.xlsx" for number in range(len(books))]
    for path, data in zip(paths, books):
        path.write_bytes(data)
    command = [SOFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx",
               "--outdir", made]
    for start in range(0, len(paths), AT_ONCE):
        _run([*command, *paths[start : start + AT_ONCE]])
    found = [book((made / path.name).read_bytes()).sheets["trace"] for path in paths]
    own = [book(data) for data in books]
    return [
        {address: sheet[mine.names[name][1]].text for address, name in mine.addresses.items()}
        for mine, sheet in zip(own, found)
    ]


def _run(command):
    """Run a command to its end, or end it and what it started."""
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert process.wait(SECONDS) == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def traces_worked_out(traces, folder):
    """The same of the workbooks of some traces."""
    return worked_out([changed(trace_xlsx(trace)) for trace in traces], folder)
