"""The page: one HTML file in which a trace is walked, changed, explained and practised.

Python ships the numbers, the formulas as functions in JavaScript, and what stands there without a script. The scripts
beside these modules work everything out again: `kernel.js` without a document, the others on it.
"""
