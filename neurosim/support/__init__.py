"""What everything stands on and nothing in it knows about networks: errors, checks, registries, numbers, tables, files.

What a person gave, a file or a number comes in.
A checked value, text, or an error of one line goes out.
"""
