"""Exercises: worked examples with the numbers that their pages print, new ones from a seed, marking, and practice.

In comes a problem with addresses that are asked, or a person's answers; out come sheets, keys and marks, by the judge that
judges anybody's numbers.
"""
