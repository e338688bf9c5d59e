"""The forms that a trace can be shown in: a table, text, Markdown, LaTeX, JSON, CSV, drawings.

A `Trace` comes in.
Text goes out.
"""
