"""The activations and losses once more, in 80-digit Decimal arithmetic and by other formulas than the library's.

Derivatives are central differences with a step of 1e-30, whose own error is below 1e-45.
"""

from decimal import Context, Decimal, localcontext

DIGITS = 80
STEP = Decimal("1e-30")
CONTEXT = Context(prec=DIGITS, Emin=-(10**9), Emax=10**9)

TWO = Decimal(2)
SELU_ALPHA = Decimal("1.6732632423543772848170429916717")  # Klambauer and others 2017
SELU_SCALE = Decimal("1.0507009873554804934193349852946")


def pi():
    """Machin 1706: pi = 16 atan(1/5) - 4 atan(1/239)."""
    return 16 * _atan_series(Decimal(1) / 5) - 4 * _atan_series(Decimal(1) / 239)


def _atan_series(x):
    total, power, n = Decimal(0), x, 1
    while abs(power) > Decimal(10) ** -(DIGITS + 5) * abs(x):
        total += power / n
        power, n = -power * x * x, n + 2
    return total


def atan(x):
    """By the half-angle formula atan(x) = 2 atan(x / (1 + sqrt(1 + x^2))), ten times."""
    for _ in range(10):
        x = x / (1 + (1 + x * x).sqrt())
    return 1024 * _atan_series(x)


def sinh(x):
    return (x.exp() - (-x).exp()) / 2


def cosh(x):
    return (x.exp() + (-x).exp()) / 2


def sigmoid(x):
    return x.exp() / (x.exp() + 1)


def normal_share_below(z):
    """Marsaglia 2004: 1/2 + density(z) * (z + z^3/3 + z^5/(3*5) + ...); a tail beyond |z| = 40 is below 1e-300."""
    if abs(z) > 40:
        return Decimal(int(z > 0))
    with localcontext(Context(prec=DIGITS + 400, Emin=-(10**9), Emax=10**9)):
        term, total, n = z, z, 1
        while abs(term) > abs(total) * Decimal(10) ** -(DIGITS + 380):
            n += 2
            term = term * z * z / n
            total += term
        return Decimal("0.5") + total * (-z * z / 2).exp() / (2 * _wide_pi()).sqrt()


def _wide_pi():
    total, k = Decimal(0), 0
    while k < 400:  # Bailey, Borwein and Plouffe 1997
        total += (Decimal(4) / (8 * k + 1) - TWO / (8 * k + 4) - Decimal(1) / (8 * k + 5) - Decimal(1) / (8 * k + 6)) / (
            Decimal(16) ** k
        )
        k += 1
    return total


ACTIVATIONS = {
    "linear": lambda z: z,
    "sigmoid": sigmoid,
    "bipolar_sigmoid": lambda z: 2 / (1 + (-z).exp()) - 1,
    "hard_sigmoid": lambda z: min(Decimal(1), max(Decimal(0), z / 6 + Decimal("0.5"))),
    "tanh": lambda z: sinh(z) / cosh(z),
    "arctan": atan,
    "softsign": lambda z: z / (1 + abs(z)),
    "relu": lambda z: (z + abs(z)) / 2,
    "leaky_relu": lambda z: max(z, z / 100),
    "elu": lambda z: z if z > 0 else z.exp() - 1,
    "selu": lambda z: SELU_SCALE * (z if z > 0 else SELU_ALPHA * (z.exp() - 1)),
    "softplus": lambda z: z + (1 + (-z).exp()).ln() if z > 0 else _ln_1_plus(z.exp()),
    "swish": lambda z: z * sigmoid(z),
    "gelu": lambda z: z * normal_share_below(z),
    "gaussian": lambda z: (-z * z).exp(),
    "exponential": lambda z: z.exp(),
}


def _ln_1_plus(x):
    """ln(1 + x) for x from 0 to 1, also for tiny x."""
    return x - x * x / 2 + x * x * x / 3 if x < Decimal("1e-30") else (1 + x).ln()


LOSSES = {  # one output's term, from a, t and the number of outputs
    "half_squared_error": lambda a, t, n: (a * a - 2 * a * t + t * t) / 2,
    "squared_error": lambda a, t, n: a * a - 2 * a * t + t * t,
    "mean_squared_error": lambda a, t, n: (a * a - 2 * a * t + t * t) / n,
    "mean_absolute_error": lambda a, t, n: ((a - t) ** 2).sqrt() / n,
    "binary_crossentropy": lambda a, t, n: -_t_ln(t, a) - _t_ln(1 - t, 1 - a),
    "categorical_crossentropy": lambda a, t, n: -_t_ln(t, a),
    "hinge": lambda a, t, n: max(Decimal(0), 1 - t * a),
    "huber": lambda a, t, n: (a - t) ** 2 / 2 if abs(a - t) <= 1 else abs(a - t) - Decimal("0.5"),
    "log_cosh": lambda a, t, n: cosh(a - t).ln(),
    "poisson": lambda a, t, n: a - _t_ln(t, a),
    "kl_divergence": lambda a, t, n: _t_ln(t, t) - _t_ln(t, a),
    "perceptron": lambda a, t, n: max(a, t) - min(a, t),
}


def _t_ln(t, a):
    return Decimal(0) if t == 0 else t * a.ln()


def value(function, x, *rest):
    """The function at a float, exactly."""
    with localcontext(CONTEXT):
        return function(Decimal(x), *map(Decimal, rest))


def slope(function, x, *rest):
    """The derivative by the first argument at a float."""
    with localcontext(CONTEXT):
        x, rest = Decimal(x), [Decimal(r) for r in rest]
        return (function(x + STEP, *rest) - function(x - STEP, *rest)) / (2 * STEP)


def close(value, exact, relative, absolute):
    """Whether a float lies as near to an exact number as both tolerances together allow."""
    return abs(Decimal(value) - exact) <= Decimal(relative) * abs(exact) + Decimal(absolute)
