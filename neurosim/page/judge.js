// The judge of what a person types for a hidden number. It says right, right from your own numbers, one known mistake by
// its name, or that it does not recognise the number; never more. `neurosim diagnose` looks at a whole sheet and knows more.

const SLACK = 1e-9;  // times the size: numbers with all digits may come from another order of summation
const COARSE = 0.1;  // half a unit beyond so much of what a number is about proves nothing
const NEAR = 0.25;  // of what it is about: rounding on the way may have moved a number so far
const FIRM = 3;  // powers of ten by which a mistake must be likelier than none
const MISTAKE = 2, OTHER = 2;  // what a mistake costs, and a number that nothing explains, besides its digits
const UNKNOWN = "not recognised here; ask neurosim diagnose";

function hits(answer, value) {
  return Math.abs(answer.value - value) <= answer.half * (1 + 1e-6) + SLACK * Math.max(Math.abs(answer.value), Math.abs(value));
}

class Judge {
  // layers: the names of their units; mistakes: [name, what its numbers equal, {rule: steps}, {step: [rule, operands]}],
  // those without a name are conventions
  constructor(kernel, {mistakes, layers}) {
    this.outputs = layers[layers.length - 1].length;
    this.kernel = kernel;
    this.mistakes = (mistakes ?? []).map(([name, equals, same, others]) => {
      const swaps = new Map(Object.entries(others).map(([i, swap]) => [Number(i), swap]));
      for (const [rule, steps] of Object.entries(same)) for (const i of steps) swaps.set(i, [rule, kernel.steps[i].operands]);
      return {name, equals, swaps};
    });
  }

  // What each answer, {i: {text, value, half}}, is in a replay: {i: {word, text}}. places: how many decimals are asked for.
  verdicts(result, answers, places) {
    const own = new Map([...answers].map(([i, {value}]) => [i, value]));
    const expected = new Map([...answers.keys()].map(i => [i, result.from(without(own, i))(i)]));
    const wrong = [...answers.keys()].filter(i => !this.fits(result, answers.get(i), i, expected.get(i)));
    const named = this.named(result, answers, own, expected, wrong);
    return new Map([...answers].map(([i, answer]) => {
      const from = expected.get(i), isRight = hits(answer, result.values[i]);
      const away = Math.min(Math.abs(answer.value - result.values[i]), Math.abs(answer.value - from));
      if (this.isCoarse(result, answer, i, from) && away > 0.5 * 10 ** -places * (1 + 1e-9)) {
        return [i, away <= answer.half ? {word: "short", text: "too few digits to tell"} : {word: "unknown", text: UNKNOWN}];
      }
      if (isRight) return [i, {word: "right", text: "right"}];
      if (hits(answer, from)) return [i, {word: "own", text: "right from your own numbers"}];
      if (named.has(i)) {
        const mistakes = named.get(i), equals = mistakes.map(({equals}) => equals).join("; or ");
        return [i, {word: "mistake", text: `a known mistake: ${equals}`, names: mistakes.map(({name}) => name)}];
      }
      return [i, {word: "unknown", text: UNKNOWN}];
    }));
  }

  fits(result, answer, i, from) {
    return hits(answer, result.values[i]) || hits(answer, from);
  }

  // What a number is about: how far a new weight is from the old one, any other from 0.
  isCoarse(result, answer, i, value) {
    const {address} = this.kernel.steps[i], old = /^[wb]\+\[/.test(address) ? result.values[result.operands(i)[0]] : 0;
    return answer.half > COARSE * Math.abs(value - old);
  }

  // {i: the mistakes that a wrong number equals}: those that make enough numbers for it not to be chance.
  named(result, answers, own, expected, wrong) {
    const stands = (i, j) => hits(answers.get(i), result.values[j]);  // as the right number of another place would
    const clear = wrong.filter(i => this.isClear(result, answers.get(i), i, expected.get(i))
      && !wrong.some(j => j !== i && stands(i, j) && stands(j, i)));
    if (!clear.length) return new Map();
    const found = [];
    for (const mistake of this.mistakes) {
      const explained = wrong.filter(i => {
        const value = result.from(without(own, i), mistake.swaps)(i);
        return Number.isFinite(value) && hits(answers.get(i), value);
      });
      const evidence = explained.reduce((all, i) => all + OTHER + digitsSaid(answers.get(i), expected.get(i)), -MISTAKE);
      if (explained.length) found.push({...mistake, explained, evidence});
    }
    const best = new Map();
    for (const i of clear) {
      const making = found.filter(({explained}) => explained.includes(i));
      const most = Math.max(...making.map(({evidence}) => evidence));
      const names = making.filter(({evidence}) => evidence >= most - 1);
      if (most >= FIRM && names.every(({name}) => name)) best.set(i, oneOfEach(names));
    }
    return best;
  }

  // Whether a number is too far off for rounding, no slip of the pen, and no multiple by another convention.
  isClear(result, answer, i, from) {
    const right = [result.values[i], from], eta = result.values[this.kernel.index.get("eta")] ?? 1;
    const factors = [-1, eta, -eta, -1 / eta, 2, 0.5, this.outputs, 1 / this.outputs, 2 / this.outputs];
    return right.every(value => Math.abs(answer.value - value) > NEAR * Math.abs(value) + 2 * answer.half
      && !isSlip(answer.text, value) && !factors.some(factor => hits(answer, factor * value)));
  }
}

function without(own, i) {
  const others = new Map(own);
  others.delete(i);
  return others;
}

// How many digits a number tells, beyond which it could be another.
function digitsSaid(answer, value) {
  const half = answer.half || Math.abs(answer.value) * 1e-12 || 1e-300;
  return Math.log10(Math.max(Math.abs(answer.value), Math.abs(value), half) / half);
}

function oneOfEach(mistakes) {
  return [...new Map(mistakes.map(mistake => [mistake.name, mistake])).values()];
}

// Whether the digits differ from those of the value, written alike, by a sign, a point, one digit, or two that are swapped.
function isSlip(text, value) {
  const places = (text.split(".")[1] ?? "").length, bare = written => written.replace(/[-+.]/g, "").replace(/^0+|0+$/g, "");
  const mine = bare(text);
  return [-2, -1, 0, 1, 2].some(shift => {
    const right = bare(numberText(value, Math.max(places + shift, 0)));
    if (mine === right) return true;
    if (mine.length === right.length) {
      const other = [...mine].map((digit, at) => digit === right[at] ? -1 : at).filter(at => at >= 0);
      const [one, next] = other;
      return other.length === 1 || other.length === 2 && mine[one] === right[next] && mine[next] === right[one];
    }
    const [short, long] = mine.length < right.length ? [mine, right] : [right, mine];
    return [...long].some((_, at) => long.slice(0, at) + long.slice(at + 1) === short);
  });
}
