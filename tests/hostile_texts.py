"""Texts that would harm a terminal, a page, a drawing or a sheet if they were printed as they are."""

# name: text. The first ones steer a terminal, or deceive whoever reads one.
STEERING = {
    "colour": "\x1b[31mred\x1b[0m", "title": "\x1b]0;mine\x07", "hyperlink": "\x1b]8;;http://e\x1b\\here\x1b]8;;\x1b\\",
    "bell": "ding\x07", "backspace": "right\b\b\b\b\bwrong", "carriage return": "wrong\rright", "C1 CSI": "\x9b31mred",
    "C1 OSC": "\x9d0;mine\x9c", "delete": "a\x7fb", "newline": "a\nneurosim: error: b", "tab": "a\tb", "null": "a\0b",
    "vertical tab": "a\vb", "form feed": "a\fb", "next line": "a\x85b", "right to left": "a\u202egpj.exe",
    "isolates": "\u2066a\u2067b\u2068c\u2069", "mark": "a\u200fb", "zero width": "a\u200bb", "joiner": "a\u200db",
    "line separator": "a\u2028b", "paragraph separator": "a\u2029b", "byte order mark": "\ufeffa",
    "lone surrogate": "a\ud800b", "no-break space": "a\xa0b", "tag signs": "a\U000e0041\U000e0042",
}
MARKUP = {
    "script": "<script>alert(1)</script>", "image with a handler": '"><img src=x onerror=alert(1)>', "entity": "&amp;",
    "end of a drawing": "</svg>", "line break": "<br/>", "apostrophe": "' onclick='alert(1)", "comment": "<!-- a",
    "TeX file": r"\input{/etc/passwd}", "TeX command": r"$\write18{x}$", "TeX comment": "50% of", "brace": "a}b{c",
    "display formula": "$$ x $$", "verb": r"\verb|x|",
    "link": "[x](javascript:alert(1))", "image": "![x](http://e)", "code": "```sh", "heading": "# heading",
    "cell": "| cell |", "emphasis": "*a* _b_ ~c~", "include": ".. include:: /etc/passwd", "rule": "====  ====",
    "Mermaid click": '"]; click n1 "javascript:alert(1)"', "Mermaid word": "end", "Mermaid setting": "%%{init}%%",
    "DOT label": '"]; x [label="', "DOT name": r"\N", "DOT end": '\\"]}',
    "format": "{0} %s {operand}", "Python": '"""\nimport os', "JSON": '", "value": 1, "',
    "path": "../../etc/passwd", "Windows path": "..\\..\\x", "device": "con",
    "long": "x" * 10_000, "long words": "ab " * 3_000,
}
FORMULAS = {
    "DDE": "=cmd|'/C calc'!A0", "plus": "+1+1", "at": "@SUM(A1)", "minus": "-2+3",
    "hyperlink formula": '=HYPERLINK("http://e")',
    "wide equals": "\uff1d1+1", "wide plus": "\uff0b1+1", "wide minus": "\uff0d1+1", "wide at": "\uff20SUM(A1)",
    "behind spaces": "  =1+1", "behind a tab": "\t=1+1", "behind a return": "\r=1+1", "in quotes": '"=1+1"',
    "open quotes": '"a', "pounds": "-1 pound",
}
TEXTS = {**STEERING, **MARKUP, **FORMULAS}
SHORT = {name: text for name, text in TEXTS.items() if len(text) < 1000}

# The names that a unit may have: printable, without spaces, and without -> [ ] @ and commas.
NAMES = [
    "<script>alert(1)</script>", '"><img/src=x/onerror=alert(1)>', "&amp;", "</svg>", "<br/>", "<!--", "'onclick='alert(1)",
    r"\input{/etc/passwd}", r"$\write18{x}$", "50%of", "a}b{c", "$$", "$$$x$$", r"\verb|x|",
    "```sh", "#", "##a", "|cell|", "*a*_b_~c~", "====", '";click', "end", "%%{init}%%", '";x', r"\N", '\\"', "{0}%s",
    '"""', "../../etc/passwd", "..\\..\\x", "con", "=cmd|'/C/calc'!A0", "+1+1", "-2+3", "\uff1d1+1", '"=1+1"', "&lt;b",
    "subgraph", "graph", "--", "1.", "x" * 100,
]
