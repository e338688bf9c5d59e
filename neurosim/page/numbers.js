// Numbers as text and back, written and rounded as Python does it, digit by digit.

const NOISE = 14;  // significant digits of a number that are not rounding noise: 0.1 + 0.2 is 0.3 to a person
const SIGNIFICANT = 6;  // digits that are shown

class Refusal extends Error {}  // what was asked for cannot be done; the message says why, in one line

// The decimal digits of the size of x, and the power of ten of the first: 0.03775 has ["3775", -2].
function shortest(x) {
  const [mantissa, exponent] = Math.abs(x).toExponential().split("e");
  return [mantissa.replace(".", ""), Number(exponent)];
}

// The same of what x is in full, not of the shortest text that stands for it.
function inFull(x) {
  const [mantissa, exponent] = Math.abs(x).toExponential(60).split("e");
  return [mantissa.replace(".", ""), Number(exponent)];
}

// The digits with only `keep` of them. A rest of exactly a half goes "up", to the "even" digit, or is "cut" off.
function rounded([digits, exponent], keep, half) {
  const rest = digits.slice(Math.max(keep, 0));
  const kept = BigInt(digits.slice(0, Math.max(keep, 0)) || "0");
  let up = keep >= 0 && half !== "cut" && rest >= "5";
  if (up && half === "even" && /^50*$/.test(rest)) up = kept % 2n === 1n;
  const text = String(kept + (up ? 1n : 0n));
  return [text, exponent + Math.max(text.length - Math.max(keep, 0), 0) - (text === "0" ? text.length : 0)];
}

function valueOf([digits, exponent]) {
  return Number(`${digits}e${exponent - digits.length + 1}`);
}

// x to so many decimal places or significant digits, as Python's `Places` and `Digits` round it: {name, count, half}.
function round(x, {name, count, half}) {
  if (x === 0) return 0;
  const keep = exponent => name === "places" ? count + exponent + 1 : count;
  let number = shortest(x);
  if (keep(number[1]) < NOISE) number = rounded(inFull(x), NOISE, "even");
  if (number[0].length <= keep(number[1])) return Math.sign(x) * valueOf(number);
  return Math.sign(x) * valueOf(rounded(number, keep(number[1]), half)) || 0;
}

// The digits of a number as a decimal: ["3775", -2] is 0.03775.
function plain([digits, exponent]) {
  if (exponent < 0) return "0." + "0".repeat(-exponent - 1) + digits;
  const whole = digits.padEnd(exponent + 1, "0");
  return whole.slice(0, exponent + 1) + (whole.length > exponent + 1 ? "." + whole.slice(exponent + 1) : "");
}

// The text of a number with six significant digits, or so many places.
function numberText(x, places) {
  const sign = x < 0 ? "-" : "";
  if (x === 0 || places !== undefined) {
    const text = x === 0 ? (0).toFixed(places ?? 0) : toPlaces(x, places);
    return /[1-9]/.test(text) ? sign + text : text;
  }
  const [digits, exponent] = rounded(inFull(x), SIGNIFICANT, "even");
  const short = digits.replace(/0+$/, "");
  if (exponent >= -4 && exponent < SIGNIFICANT) return sign + plain([short, exponent]);
  const power = String(Math.abs(exponent)).padStart(2, "0");
  return sign + short[0] + (short.length > 1 ? "." + short.slice(1) : "") + "e" + (exponent < 0 ? "-" : "+") + power;
}

function toPlaces(x, places) {
  const number = inFull(x);
  const [digits, exponent] = rounded(number, places + number[1] + 1, "even");
  if (!/[1-9]/.test(digits)) return (0).toFixed(places);
  const text = plain([digits, exponent]);
  const [whole, decimals = ""] = text.split(".");
  return places ? `${whole}.${decimals.padEnd(places, "0")}` : whole;
}

// What a person typed: {text, value, half}, with half a unit of the last digit; 0.25, 0,25, 25%, 1/4 and 2.5e-1 are one.
function typedNumber(typed, place) {
  const text = typed.trim().replace(/\s*([/%])\s*/g, "$1").replace(/[\u2010-\u2014\u2212\ufe63\uff0d]/g, "-").replace(/^([^,.]*),(\d[^,.]*)$/, "$1.$2");
  const [, number, exponent, sign] = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d{1,9}))?\s*(%?)$/.exec(text) ?? [];
  const [, above, below] = /^([+-]?\d+)\s*\/\s*(\d+)$/.exec(text) ?? [];
  const shift = Number(exponent ?? 0) - (sign ? 2 : 0);
  const value = number ? Number(`${number}e${shift}`) : Number(above) / Number(below);
  if (!Number.isFinite(value) || Math.abs(value) >= 1e300 || (sign && exponent)) {
    throw new Refusal(`${place}: expected a number such as 0.25, got ${typed.trim().slice(0, 40) || "nothing"}`);
  }
  const places = number ? (number.split(".")[1] ?? "").length - shift : Infinity;
  return {text, value, half: number ? 0.5 * 10 ** -places : 0};
}

// The text of a number with its last digit one larger or smaller: 0.3775 becomes 0.3776.
function lastDigit(text, change) {
  const [mantissa, exponent] = text.toLowerCase().split("e");
  const places = (mantissa.split(".")[1] ?? "").length;
  const units = BigInt(mantissa.replace(".", "")) + BigInt(change);
  const digits = String(units < 0n ? -units : units).padStart(places + 1, "0");
  const point = digits.length - places;
  const decimal = digits.slice(0, point) + (places ? "." + digits.slice(point) : "");
  return (units < 0n ? "-" : "") + decimal + (exponent ? "e" + exponent : "");
}
