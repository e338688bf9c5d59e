"""Formulas as data: read from their text, and set in TeX.

The text of a rule's formula comes in.
The same formula, shortened or in another notation, goes out.
"""
