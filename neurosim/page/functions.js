// The functions that formulas call. What `Math` has not is worked out here, each as safely as in Python.

const {exp, log, sqrt, tanh, atan, cosh, abs, min, max, floor, expm1, log1p, sign, pow, PI} = Math;

function sum(count, term) {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
}

function largest(count, term) {
  let found = term(0);
  for (let i = 1; i < count; i++) found = max(found, term(i));
  return found;
}

function smallest(count, term) {
  return -largest(count, i => -term(i));
}

function sigmoid(z) {
  return z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (1 + exp(z));  // with a power that cannot be too large
}

function softplus(z) {
  return max(0, z) + log1p(exp(-abs(z)));
}

function log_cosh(error) {
  const size = abs(error);
  if (size >= 1) return size + log1p(exp(-2 * size)) - log(2);
  const sinh = (expm1(size / 2) - expm1(-size / 2)) / 2;  // accurate also near 0
  return log1p(2 * sinh * sinh);
}

function above_zero(a) {
  return max(a, 1e-300);  // so that there is a logarithm, and a quotient
}

function times_log(t, a) {
  if (a < 0) return NaN;
  return t === 0 ? 0 : t * log(above_zero(a));  // 0 log(0) is 0
}

function log_of_rest(a) {
  if (a > 1) return NaN;
  return a < 1 ? log1p(-a) : log(above_zero(1 - a));
}

function over(t, a) {
  return t === 0 ? 0 : t / above_zero(a);  // 0 / 0 is 0
}

// 1 - erf(x): the series 7.1.6 of Abramowitz and Stegun below x = 1, their continued fraction 7.1.14 from there on.
function erfc(x) {
  if (x < 0) return 2 - erfc(-x);
  if (x > 28) return 0;
  const scale = exp(-x * x) / sqrt(PI);
  if (x < 1) {
    let term = 2 * x, total = term;
    for (let n = 3; total + term !== total; n += 2) {
      term *= 2 * x * x / n;
      total += term;
    }
    return 1 - scale * total;
  }
  let fraction = x, c = x, d = 0, last = 0;  // by the method of Lentz 1976
  for (let n = 1; fraction !== last && n < 1000; n++) {
    d = 1 / (x + d * n / 2);
    c = x + n / (2 * c);
    last = fraction;
    fraction *= c * d;
  }
  return scale / fraction;
}
