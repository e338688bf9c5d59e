// The sheet: what a person has done to the trace, and what it comes to. Every change is a new revision, which the views
// draw; one that cannot be worked out is refused, and leaves everything as it was.
//
//   edits    {i: text}: numbers as they were typed, of givens and of steps (overrides)
//   hidden   quantities whose computed numbers are to be worked out; answers {i: text} what was typed for them
//   at       the step that is looked at; pinned: an operand that stays lit, or null

const PLACES = 4;  // decimals that are asked for, if the page does not say

class Sheet {
  constructor(kernel, data) {
    Object.assign(this, {kernel, data, edits: new Map(), rounding: null, answers: new Map(), past: [], revision: 0, pinned: null});
    this.judge = new Judge(kernel, data);
    this.steps = kernel.steps;
    this.split = this.steps.map(({address}) => splitAddress(address));
    this.hidden = new Set(data.hidden);
    this.result = kernel.shipped;
    this.at = Math.max(this.steps.findIndex(({operands}) => operands.length), 0);
  }

  // Edits

  change(apply) {
    const before = {edits: new Map(this.edits), rounding: this.rounding};
    try {
      if (this.data.fixed) throw new Refusal(this.data.fixed);
      apply();
      this.work();
    } catch (error) {
      Object.assign(this, before);
      throw error;
    }
    this.past.push(before);
  }

  work() {
    const numbers = new Map([...this.edits].map(([i, text]) => [i, typedNumber(text, this.steps[i].address).value]));
    this.result = this.kernel.replay(numbers, this.rounding);
    this.revised();
  }

  revised() {
    this.revision++;
    this.judged = null;
    if (this.result.values[this.at] === null) this.at--;
    if (this.pinned !== null && this.result.values[this.pinned] === null) this.pinned = null;
  }

  edit(texts) {
    this.change(() => texts.forEach((text, i) => this.edits.set(i, typedNumber(text, this.steps[i].address).text)));
  }

  release(i) {
    this.change(() => this.edits.delete(i));
  }

  round(rounding) {
    this.change(() => { this.rounding = rounding; });
  }

  undo() {
    if (this.data.fixed) throw new Refusal(this.data.fixed);
    if (!this.past.length) throw new Refusal("there is nothing to take back");
    Object.assign(this, this.past.pop());
    this.work();
  }

  reset() {
    if (!this.edits.size && !this.rounding) throw new Refusal("there is nothing to take back");
    this.change(() => Object.assign(this, {edits: new Map(), rounding: null}));
  }

  isGiven(i) {
    return !this.steps[i].operands.length;
  }

  isOverride(i) {
    return this.edits.has(i) && !this.isGiven(i);
  }

  // Practice

  isHidden(i) {
    return this.hidden.has(this.split[i].quantity) && !this.isGiven(i) && !this.edits.has(i);
  }

  hide(quantity, isHidden) {
    if (isHidden) this.hidden.add(quantity);
    else if (!this.data.locked.includes(quantity)) this.hidden.delete(quantity);
    this.revised();
  }

  answer(i, text) {
    if (text.trim()) this.answers.set(i, typedNumber(text, this.steps[i].address).text);
    else this.answers.delete(i);
    this.revised();
  }

  get verdicts() {
    if (!this.judged) {
      const asked = [...this.answers].filter(([i]) => this.isHidden(i));
      const typed = new Map(asked.map(([i, text]) => [i, typedNumber(text, "")]));
      this.judged = this.judge.verdicts(this.result, typed, this.data.places ?? PLACES);
    }
    return this.judged;
  }

  isSolved(i) {
    return this.verdicts.get(i)?.word === "right" || this.verdicts.get(i)?.word === "own";
  }

  // What is said

  // The text of a number as it is shown; a hidden one only as the person has worked it out.
  text(i) {
    if (this.isHidden(i)) return this.isSolved(i) ? this.answers.get(i) : "?";
    return this.data.fixed ? this.data.texts[i] : this.edits.get(i) ?? numberText(this.result.values[i]);
  }

  // Whether a number tells nothing that is still hidden, as a picture of it would.
  isShown(i) {
    return !this.isHidden(i) || this.isSolved(i);
  }

  // What stood there before, if it is another number now.
  before(i) {
    const {value} = this.steps[i];
    if (this.hidden.has(this.split[i].quantity) && !this.isGiven(i)) return "";
    return this.isShown(i) && this.result.changed.has(i) && value !== null ? numberText(value) : "";
  }

  // The name of a number in words: the net input of h1.
  name(i) {
    const {quantity, place, pass} = this.split[i], {names, layers} = this.data;
    const word = quantity === "a" && layers[0].includes(place) ? "input" : names[quantity] ?? quantity;
    const of = place ? ` of ${place.replace("->", " \u2192 ")}` : "", inPass = pass && this.passes.length > 1 ? ` in pass ${pass}` : "";
    return `the ${word}${of}${inPass}`;
  }

  phaseTitle(i) {
    const {pass} = this.split[i], title = this.data.titles[this.steps[i].phase];
    return pass && this.passes.length > 1 ? `${title}, pass ${pass}` : title;
  }

  // The formula of a step, as a list of texts and {operand: its step, text}; `write` gives the text of an operand.
  formula(i, write, tex = false) {
    const operands = this.result.operands(i);
    const shape = operands.length ? this.data.shapes[`${this.result.rule(i)},${operands.length}`]?.[tex ? 1 : 0] : null;
    return (shape ?? []).map(part => {
      if (typeof part === "string") return part;
      const operand = operands[part < 0 ? -1 - part : part], text = write(operand);
      return {operand, text: part < 0 && /^-|^\d+\//.test(text) ? `(${text})` : text};
    }).filter(part => part !== "");
  }

  symbols(i) {
    return this.formula(i, j => this.steps[j].address);
  }

  numbers(i) {
    return this.formula(i, j => this.text(j));
  }

  // A step as a line of text, or of TeX.
  line(i, tex = false) {
    const name = j => tex ? this.data.tex[j] : this.steps[j].address;
    const number = j => tex ? this.text(j).replace("%", "\\%") : this.text(j);
    const ways = [this.formula(i, name, tex), this.formula(i, number, tex)];
    return [name(i), ...new Set([...ways.filter(parts => parts.length).map(textOf), number(i)])].join(" = ");
  }

  // Passes: the numbers of those that there are, and the steps of one

  get passes() {
    this.numbersOfPasses ??= [...new Set(this.split.map(({pass}) => pass ?? 1))].sort((one, other) => one - other);
    return this.numbersOfPasses;
  }

  get pass() {
    return this.split[this.at].pass ?? 1;
  }

  // The step of a quantity in a pass, or undefined.
  find(quantity, place, pass) {
    const address = place ? `${quantity}[${place}]` : quantity;
    return this.kernel.index.get(`${address}@${pass}`) ?? this.kernel.index.get(address);
  }

  // The weight or bias that a pass reads: an operand of the net input of its unit.
  parameter(quantity, place, pass) {
    const [source, target] = place.includes("->") ? place.split("->") : [null, place];
    const operands = this.steps[this.find("z", target, pass)]?.operands ?? [];
    if (quantity === "b") return operands.length % 2 ? operands[operands.length - 1] : undefined;
    const at = operands.findIndex((j, k) => k % 2 === 1 && this.split[j].place === source);
    return at < 0 ? undefined : operands[at - 1];
  }

  // The state as a text for the address bar, and back

  get hash() {
    const state = new URLSearchParams({s: this.steps[this.at].address});
    const edits = [...this.edits].sort(([one], [other]) => one - other);
    for (const [i, text] of edits) state.append("e", `${this.steps[i].address} ${text}`);
    if (this.rounding) state.append("r", `${this.rounding.name} ${this.rounding.count}`);
    for (const quantity of [...this.hidden].sort()) if (!this.data.locked.includes(quantity)) state.append("h", quantity);
    return state.toString();
  }

  // Takes what it can of a hash; what is unknown in it changes nothing.
  take(hash) {
    const state = new URLSearchParams(hash), edits = new Map();
    for (const text of state.getAll("e")) {
      const at = text.lastIndexOf(" "), i = this.kernel.index.get(text.slice(0, at));
      if (i !== undefined && this.steps[i].value !== null && isNumber(text.slice(at + 1))) edits.set(i, text.slice(at + 1));
    }
    const [, name, count] = /^(places|digits) (\d{1,2})$/.exec(state.get("r") ?? "") ?? [];
    if (state.has("s")) this.hidden = new Set(this.data.locked);
    for (const quantity of state.getAll("h")) if (this.quantities.includes(quantity)) this.hidden.add(quantity);
    const at = this.kernel.index.get(state.get("s"));
    if (at !== undefined && this.result.values[at] !== null) this.at = at;
    this.revised();
    if (edits.size || name || this.edits.size || this.rounding) {
      this.change(() => {
        this.rounding = name ? {name, count: Math.max(Number(count), name === "digits" ? 1 : 0), half: "up"} : null;
        this.edits = new Map([...edits].map(([i, text]) => [i, typedNumber(text, this.steps[i].address).text]));
      });
    }
    if (at !== undefined && this.result.values[at] !== null) this.at = at;
  }

  // The kinds of numbers that are worked out, in the order of the work.
  get quantities() {
    return [...new Set(this.split.filter((_, i) => !this.isGiven(i)).map(({quantity}) => quantity))];
  }

  // Steps to go to

  next(way) {
    const isThere = i => this.data.fixed || this.result.values[i] !== null;
    let i = this.at + way;
    while (this.steps[i] && !isThere(i)) i += way;
    return this.steps[i] ? i : this.at;
  }

  // The first step of the next phase, or of the one before.
  phase(way) {
    const of = i => `${this.steps[i].phase} ${this.split[i].pass ?? 0}`;
    let i = this.at;
    while (this.steps[i + way] && of(i + way) === of(this.at)) i += way;
    if (way > 0) return this.steps[i + 1] ? i + 1 : this.at;
    if (i === this.at && this.steps[i - 1]) for (i--; this.steps[i - 1] && of(i - 1) === of(i);) i--;
    return i;
  }

  unit(way) {
    const of = i => this.split[i].place.split("->").pop();
    let i = this.at;
    while (this.steps[i + way] && (of(i + way) === of(this.at) || !of(i + way))) i += way;
    return this.steps[i + way] ? i + way : this.at;
  }

  // The weight, or the bias, that a number belongs to, with its gradient: {gradient, weight, place, pass}; or null.
  weight(i) {
    const {quantity, place, pass} = this.split[i], kind = place.includes("->") ? "w" : "b";
    if (!place || !(kind === "w" || /^(b|b\+|.*dE\/db)$/.test(quantity))) return null;
    const inPass = pass ?? 1, prefixes = ["", "mean ", "sum "];
    const gradient = prefixes.map(prefix => this.find(`${prefix}dE/d${kind}`, place, inPass)).find(j => j !== undefined);
    return gradient === undefined ? null : {gradient, weight: this.parameter(kind, place, inPass), place, pass: inPass};
  }

  // All ways from a gradient to the loss: {product, units, factors}, the largest first; null if there are too many.
  paths(gradient, most = 2000) {
    const {result} = this, found = [];
    const follow = (i, product, through) => {
      if (found.length > most) return;
      const operands = result.operands(i), errors = [...operands.keys()].filter(k => isError(this.split[operands[k]].quantity));
      const places = [...new Set([...through, this.split[i].place.split("->").pop()])];
      if (!errors.length) found.push({product: product * result.values[i], units: places, end: i});
      for (const k of errors) {
        const only = operands.map((j, at) => at === k ? 1 : errors.includes(at) ? 0 : result.values[j]);
        follow(operands[k], product * this.kernel.rules[result.rule(i)](only), places);
      }
    };
    follow(gradient, 1, []);
    return found.length > most ? null : found.sort((one, other) => Math.abs(other.product) - Math.abs(one.product));
  }
}

// The text of a formula's parts.
function textOf(parts) {
  return parts.map(part => part.text ?? part).join("");
}

function isNumber(text) {
  try {
    return Boolean(typedNumber(text, ""));
  } catch {
    return false;
  }
}

function isError(quantity) {
  return ["dE/da", "delta", "dE/dw", "dE/db"].includes(quantity.split(" ").pop());
}

// z[h1]@2 is {quantity: "z", place: "h1", pass: 2}.
function splitAddress(address) {
  const [, quantity, place = "", pass] = /^(.*?)(?:\[(.*)\])?(?:@(\d+))?$/.exec(address);
  return {quantity, place, pass: pass && Number(pass)};
}
