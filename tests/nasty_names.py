"""Names of units that are troublesome in TeX, Markdown, HTML, Mermaid, Graphviz or a spreadsheet."""

NASTY = [
    "<b>", "a_1$&", "%", r"\x", "{", "}", '"', "#", "~", "^", "|", "`", "'", "größe", "αβ", "日本", "*a*", "&lt;",
    "#quot;", "=1+1", r"\n", "1.", "end", "--",
]
