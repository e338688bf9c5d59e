"""Exercises: worked examples with the numbers that their pages print.

In comes a problem that has printed numbers; out comes what each of them is, by the judge that judges anybody's numbers.
"""
