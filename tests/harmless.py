"""What makes a text harmless, told by reading each form as the program does that it is written for."""

import ast
import csv
import html
import io
import json
import re
from fractions import Fraction
from html.parser import HTMLParser
from xml.etree import ElementTree

LONGEST_MESSAGE = 500  # characters, of which the most are a list of known names


def check_seen(text, kept="\n"):
    """Every sign can be seen, but for the ends of lines."""
    assert not [sign for sign in text if not sign.isprintable() and sign not in kept]


def check_message(text):
    """One line that no given text makes long."""
    check_seen(text, kept="")
    assert 0 < len(text) <= LONGEST_MESSAGE


class Page(HTMLParser):
    """The tags of a page, each with its attributes, and the texts between them."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.texts, self.others = [], [""], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, tuple(name for name, _ in attributes)))
        self.texts.append("")

    def handle_endtag(self, tag):
        self.texts.append("")

    def handle_data(self, data):
        self.texts[-1] += data

    def handle_comment(self, data):
        self.others.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def check_html(text):
    page = Page(text)
    known = {(tag, ()) for tag in ("table", "thead", "tbody", "tr", "th", "td", "pre", "p")}
    known |= {(tag, ("style",)) for tag in ("th", "td", "pre")}
    assert set(page.tags) <= known and not page.others
    styles = set(re.findall(r"<(?:t[hd]|pre) style=(.*?)>", text))
    assert styles <= {'"text-align: right;"', '"text-align: left;"', '"font-family: monospace; word-break: normal;"'}


def check_html_with_picture(text):
    before, start, picture = text.partition("<svg")
    picture, end, behind = picture.partition("</svg>")
    check_html(before + behind)
    check_svg(start + picture + end)


def is_number(text):
    for read in (float, Fraction):
        try:
            read(text)
        except ValueError:
            continue
        return True
    return False


def check_cells(rows):
    """No cell begins a formula, unless it is a number."""
    for row in rows:
        for cell in row:
            assert is_number(cell) or cell.strip("\t\r\n ")[:1] not in tuple("=+-@\uff1d\uff0b\uff0d\uff20"), cell


def check_csv(text):
    rows = list(csv.reader(io.StringIO(text), strict=True))
    assert len({len(row) for row in rows}) == 1
    check_cells(rows)
    return rows


def check_tsv(text):
    """As it stands, and as a program reads it that takes quotes for quotes, as spreadsheets do."""
    for block in text.split("\n\n"):
        plain = [line.split("\t") for line in block.splitlines()]
        quoted = list(csv.reader(io.StringIO(block), delimiter="\t"))
        assert [len(row) for row in plain] == [len(row) for row in quoted]
        check_cells([*plain, *quoted])


def check_json(text):
    json.loads(text)


def check_jsonl(text):
    for line in text.split("\n"):
        json.loads(line)


ESCAPED = re.compile(r"\\[!-/:-@\[-`{-~]")  # in Markdown: a backslash before any sign of ASCII


def check_markdown(text):
    """Outside formulas each special sign is escaped; tables keep their columns; nothing ends a formula but its end."""
    parts = re.split(r"^\$\$$", text, flags=re.MULTILINE)
    assert not any("$$" in ESCAPED.sub("", part) for part in parts) and len(parts) % 2
    for formula in parts[1::2]:
        rows = re.sub(r"^& ", "", formula, flags=re.MULTILINE)  # how a row begins whose formula stands under it
        assert not re.search(r"[<]|&(?!=|\\)|\]\(|_\[", rows)
    for part in parts[::2]:
        columns = None
        for line in part.split("\n"):
            line = ESCAPED.sub("", line)
            assert "](" not in line and not re.search(r"[\\`*_<~$&]", line), line
            assert not re.match(r"#+.*#", line) or re.fullmatch(r"#+ [^#]*", line), line
            if line.startswith("|"):
                columns = columns or line.count("|")
                assert line.count("|") == columns, line
            else:
                assert "|" not in line, line
                columns = None


FORBIDDEN = r"\\(input|include|write|immediate|openout|read|def|let|catcode|csname|special|href|url)(?![a-zA-Z])"


def check_latex(text):
    """No command reads, writes or defines, no sign begins a comment, and braces are balanced."""
    left = re.sub(r"\\verb\|.*?\|", "", text)
    assert not re.search(FORBIDDEN, left)
    left = re.sub(r"\\\\|\\[^A-Za-z]", "", left)
    assert not re.search(r"[%#~]", left)
    depth = 0
    for sign in left:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0 and left.count("$") % 2 == 0


def check_worked_latex(text):
    assert text.isascii()
    check_latex(text)


# The marks that tabulate itself writes in the tables of wikis.
WIKI_TABLE = re.compile(
    r"<!-- caption -->|\'\'\'|<style=[^<>\n]*>|[a-z]+=\"[^\"\n]*\"|^(\{\|.*|\|\}|\|-|\|\+.*|\[cols=.*|\|====)$|^! | !! |"
    r"\|(?:[<>]|_)\. ", re.MULTILINE,
)


def check_wiki(text):
    """Signs of markup are written by their numbers; what is left is the table's own."""
    left = WIKI_TABLE.sub("", re.sub(r"&#\d+;", "", text))
    assert not re.search(r"""[&<>\\\[\]{}*_'"`~^+#!?@%$]""", re.sub(r"[-\d.]e\+\d", "", left))


def check_jira(text):
    check_wiki(text)
    assert not re.search(r"[\[\]{}*_!]", text)
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line.startswith("| ")]
        assert len({line.count("|") for line in lines}) <= 1


def check_rst(text):
    """Nothing is marked, and no line begins a directive."""
    for line in text.splitlines():
        assert not re.search(r"[`*_|]", re.sub(r"\\.", "", line)) and not re.search(r"(^|  )\.\. +\S+::", line), line


def check_org(text):
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line.startswith("| ")]
        assert len({line.count("|") for line in lines}) <= 1


MERMAID_LABEL = r'"(?:[\w .=→-]|#\d+;|<br/>)*"'
MERMAID = re.compile(rf"flowchart LR|  n\d+_\d+\[{MERMAID_LABEL}\]|  n\d+_\d+ -- {MERMAID_LABEL} --> n\d+_\d+")


def check_mermaid(text):
    for line in text.split("\n"):
        assert MERMAID.fullmatch(line), line


DOT_LABEL = r'\[label="(?:[^"\\]|\\["\\n])*"\]'
DOT = re.compile(
    rf"digraph network \{{|  rankdir=.*|  (node|edge) \[fontname.*\]|  node \[shape=.*\]|  \{{ rank=same|  \}}|\}}"
    rf"|    n\d+_\d+ {DOT_LABEL}|  n\d+_\d+ -> n\d+_\d+ (\[style=invis\]|{DOT_LABEL})"
)


def check_dot(text):
    for line in text.split("\n"):
        assert DOT.fullmatch(line) and not re.search(r"&(?!amp;)", line), line


SVG = "{http://www.w3.org/2000/svg}"
SHAPES = ("svg", "style", "g", "rect", "line", "text", "title", "desc")


def check_svg(text):
    """A picture of shapes and texts, which runs nothing, loads nothing and links to nothing."""
    for element in ElementTree.fromstring(text).iter():
        assert element.tag.replace(SVG, "") in SHAPES
        assert not [name for name in element.attrib if name.lower().startswith("on") or "href" in name.lower()]
        if element.tag == f"{SVG}style":
            assert not re.search(r"url|import|expression", element.text)


def check_python(text):
    """A script of assignments and of the loop that prints them."""
    tree = ast.parse(text)
    kinds = {type(node) for node in tree.body}
    assert kinds <= {ast.Assign, ast.For, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Expr}
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= {"math", "fractions", "decimal"} and len([n for n in tree.body if isinstance(n, ast.For)]) == 1


CHECKS = {  # by the name of a format of tabulate; those that are not here are read as they are
    "html": check_html, "github": check_markdown, "pipe": check_markdown, "tsv": check_tsv, "json": check_json,
    "latex": check_latex, "latex_booktabs": check_latex, "latex_longtable": check_latex, "rst": check_rst,
    "orgtbl": check_org, "jira": check_jira, "youtrack": check_jira, "mediawiki": check_wiki, "moinmoin": check_wiki,
    "textile": check_wiki, "asciidoc": check_wiki,
}


def check_format(text, format):
    """A table, and what stands beside it, in one of the formats of tables."""
    check_seen(text, kept="\n\t" if format == "tsv" else "\n")
    CHECKS.get(format, str)(text)


def unescaped(text):
    """The text of a page without its tags."""
    return html.unescape(re.sub(r"<[^>]*>", "\n", text))
