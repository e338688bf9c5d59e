"""A person's numbers judged: the first wrong one, the mistake that explains it, the conventions of a book.

A trace and the answers to it come in.
A `Diagnosis` or a `Solution` goes out.
"""
