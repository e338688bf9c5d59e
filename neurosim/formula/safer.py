"""Formulas in other words: how one is written where a number is too large, too small or 0 for it as it reads.

The functions in them that no language has (`sigmoid`, `times_log`, ...) each notation defines for itself.
"""

from __future__ import annotations

from neurosim.formula.formula import Formula, formula

MEAN = ("/", Formula("name", ("n",)))  # what stands behind a loss that is divided by the number of outputs

# How a formula reads: how it is written where that overflows, divides by 0 or loses digits.
SAFER = {
    # activations and their derivatives
    "1 / (1 + exp(-z))": "sigmoid(z)",
    "2 / (1 + exp(-z)) - 1": "tanh(z / 2)",
    "z if z > 0 else alpha * (exp(z) - 1)": "z if z > 0 else alpha * expm1(z)",
    "scale * z if z > 0 else scale * alpha * (exp(z) - 1)": "scale * z if z > 0 else scale * alpha * expm1(z)",
    "log(1 + exp(z))": "softplus(z)",
    "z / (1 + exp(-z))": "z * sigmoid(z)",
    "1 / (1 + exp(-z)) + a / (1 + exp(z))": "sigmoid(z) + a * sigmoid(-z)",
    "exp(-z^2)": "exp(-z * z)",
    "1 / (1 + z^2)": "1 / (1 + z * z)",
    "1 / (1 + abs(z))^2": "1 / (1 + abs(z)) / (1 + abs(z))",
    "erfc(-z / sqrt(2)) / 2 + z * exp(-z^2 / 2) / sqrt(2 * pi)":
        "erfc(-z / sqrt(2)) / 2 + z * exp(-z * z / 2) / sqrt(2 * pi)",
    # losses and their derivatives
    "-(t * log(a) + (1 - t) * log(1 - a))": "-(times_log(t, a) + (1 - t) * log_of_rest(a))",
    "(1 - t) / (1 - a) - t / a": "over(1 - t, 1 - a) - over(t, a)",
    "-(t * log(a))": "-times_log(t, a)",
    "-t / a": "-over(t, a)",
    "log(cosh(a - t))": "log_cosh(a - t)",
    "a - t * log(a)": "a - times_log(t, a)",
    "1 - t / a": "1 - over(t, a)",
    "t * log(t / a)": "times_log(t, t) - times_log(t, a)",
    # clipping all gradients together
    "g * min(1, clip_norm / norm)": "g * clip_norm / norm if norm > clip_norm else g",
}


def safer(written: Formula) -> Formula:
    """The formula in the words in which it does not overflow, divide by 0 or lose digits; itself where it does not.

    >>> str(safer(formula("(1 - t / a) / n")))
    '(1 - over(t, a)) / n'
    """
    words = SAFER.get(str(written))
    if words:
        return formula(words)
    if written.kind == "product" and written.parts[1:] == MEAN:
        return Formula("product", (safer(written.parts[0]), *MEAN))
    return written
