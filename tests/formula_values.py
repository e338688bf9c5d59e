"""The value of a printed formula, worked out by Python itself."""

import math


def evaluate(formula, **letters):
    """A printed formula, read by Python: only the power is written differently."""
    names = {"exp": math.exp, "log": math.log, "tanh": math.tanh, "atan": math.atan, "sqrt": math.sqrt,
             "erfc": math.erfc, "pi": math.pi, "cosh": math.cosh, "abs": abs, "min": min, "max": max,
             "sign": lambda x: (x > 0) - (x < 0)}
    return eval(formula.replace("^", "**"), {"__builtins__": {}, **names, **letters})
