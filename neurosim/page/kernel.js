// The kernel: the trace as a spreadsheet. It works out again what depends on an edit, by the same formulas as Python,
// and leaves every other number as it was shipped.
//
//   i       the number of a step, from 0; what it is made of is `operands`, the numbers of other steps
//   edits   {i: number}: givens and overrides, as a Map
//   values  a number for each step; null where a step is not there now (the largest z of a softmax that needs none)

const LARGEST_POWER = 30;  // of a softmax: beyond it the largest z is taken from every z first

class Kernel {
  // steps: [address, phase, rule, operands, value]; rules: a function of a list of operands for each rule;
  // softmax: {largest, total, powers, plain, shifted} of each softmax layer in each pass, by the numbers of steps and rules
  constructor({steps, softmax, roundings, fixed}, rules) {
    this.steps = steps.map(([address, phase, rule, operands, value]) => ({address, phase, rule, operands, value}));
    this.rules = rules;
    this.roundings = roundings && roundings.list.map(i => roundings.kinds[i]);  // of each step, as it was recorded
    this.softmax = softmax;
    this.layerOf = new Map();
    for (const layer of softmax) {
      layer.isShifted = this.steps[layer.largest].value !== null;
      for (const i of [layer.largest, ...layer.powers]) this.layerOf.set(i, layer);
    }
    this.index = new Map(this.steps.map((step, i) => [step.address, i]));
    this.shipped = fixed ? new Result(this, new Map(), null) : this.replay(new Map());
  }

  // The trace with these edits; every step by another rounding, {name, count, half}, if one is given.
  replay(edits, rounding = null) {
    const result = new Result(this, edits, rounding), {values, changed} = result;
    this.steps.forEach((step, i) => {
      const layer = this.layerOf.get(i);
      if (i === layer?.largest && !result.shifts(layer)) {
        values.push(null);
        return;
      }
      const operands = result.operands(i);
      const isNew = rounding || (layer && result.shifts(layer) !== layer.isShifted) || operands.some(j => changed.has(j));
      let value = step.value;
      if (edits.has(i)) value = edits.get(i);
      else if (operands.length && isNew) value = this.work(result.rule(i), operands.map(j => values[j]), i, rounding);
      if (Number.isNaN(value)) throw new Refusal(`${step.address} would be no number`);
      if (!Number.isFinite(value)) throw new Refusal(`${step.address} would be infinite`);
      if (value !== step.value) changed.add(i);
      values.push(value);
    });
    return result;
  }

  // What a rule makes of its operands, rounded as the step is.
  work(rule, operands, i, rounding = null) {
    const value = this.rules[rule](operands), kind = rounding ?? this.roundings?.[i];
    return kind && Number.isFinite(value) ? round(value, kind) : value;
  }

  // The numbers that this one was made from, near and far, and those that are made from it; each a Set.
  behind(result, i) {
    const found = new Set([i]);
    for (let j = i; j >= 0; j--) if (found.has(j)) result.operands(j).forEach(operand => found.add(operand));
    found.delete(i);
    return found;
  }

  ahead(result, i) {
    const found = new Set([i]);
    for (let j = i + 1; j < this.steps.length; j++) if (result.operands(j).some(k => found.has(k))) found.add(j);
    found.delete(i);
    return found;
  }
}

// What a replay comes to: its values, and which of them changed.
class Result {
  constructor(kernel, edits, rounding) {
    Object.assign(this, {kernel, edits, rounding, values: [], changed: new Set(), shifted: new Map()});
  }

  // The operands of a step; none of one that is given, be it by an edit.
  operands(i) {
    if (this.edits.has(i)) return [];
    const layer = this.kernel.layerOf.get(i), {operands} = this.kernel.steps[i];
    if (!layer) return operands;
    if (i === layer.largest) return this.shifts(layer) ? operands : [];
    return this.shifts(layer) ? [operands[0], layer.largest] : operands.slice(0, 1);
  }

  rule(i) {
    const layer = this.kernel.layerOf.get(i);
    if (!layer || i === layer.largest) return this.kernel.steps[i].rule;
    return this.shifts(layer) ? layer.shifted : layer.plain;
  }

  // Whether a softmax layer takes the largest z from each z: as it was recorded, if one of its own steps is edited.
  shifts(layer) {
    if (!this.shifted.has(layer)) {
      const own = [layer.largest, layer.total, ...layer.powers];  // a given among them was put in place of a step
      const isFixed = own.some(i => this.edits.has(i) || !this.kernel.steps[i].operands.length);
      const sizes = layer.powers.map(i => Math.abs(this.values[this.kernel.steps[i].operands[0]]));
      this.shifted.set(layer, isFixed ? layer.isShifted : Math.max(...sizes) > LARGEST_POWER);
    }
    return this.shifted.get(layer);
  }

  // The number at i from a person's own numbers, {i: number}, and with the steps of a mistake, {i: [rule, operands]}.
  from(own, swaps = new Map()) {
    const known = new Map(own), busy = new Set();
    const value = i => {
      if (known.has(i)) return known.get(i);
      const [rule, operands] = (!this.edits.has(i) && swaps.get(i)) || [this.rule(i), this.operands(i)];
      if (!operands.length) return this.values[i];
      if (busy.has(i)) return NaN;  // it reads itself in a circle
      busy.add(i);
      known.set(i, this.kernel.work(rule, operands.map(value), i, this.rounding));
      return known.get(i);
    };
    return value;
  }
}
