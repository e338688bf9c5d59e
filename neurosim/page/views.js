// The views: the drawing, the sheet and the sentence, which move together. Each draws what the sheet is now, and says in
// data-revision which revision it shows.

const WINDOW = 400;  // rows of a long sheet that are there at once
const HIDDEN = "What this tells is hidden now.";
const CROWD = 24;  // weights of a drawing, of more only those at the present unit are written
const $ = id => document.getElementById(id);

// An element with attributes and children; no text is ever read as HTML.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function say(text) {
  $("status").textContent = text;
}

// The rows of the sheet, which are made where they are needed

class Rows {
  constructor(sheet, acts) {
    Object.assign(this, {sheet, acts, element: $("rowsBody"), rows: new Map(), from: 0});
    this.size = sheet.steps.length > 1000 ? WINDOW : sheet.steps.length;
    this.fill(0);
    window.addEventListener("beforeprint", () => this.fill(0, sheet.steps.length));
    window.addEventListener("afterprint", () => this.fill(sheet.at - this.size / 2));
  }

  fill(from, size = this.size) {
    this.from = Math.max(0, Math.min(from, this.sheet.steps.length - size));
    this.rows.clear();
    const rows = [];
    for (let i = this.from; i < this.from + size; i++) {
      const title = this.sheet.phaseTitle(i);
      if (i === this.from || title !== this.sheet.phaseTitle(i - 1)) {
        rows.push(make("tr", {class: "phase"}, make("th", {scope: "rowgroup", colSpan: 4}, title)));
      }
      rows.push(this.make(i));
    }
    this.element.replaceChildren(...rows);
    if (this.cones) this.draw(this.cones);
  }

  make(i) {
    const cells = [0, 1, 2].map(() => make("td"));
    const head = make("th", {scope: "row"}, this.sheet.steps[i].address);
    const row = make("tr", {"data-i": String(i), id: `s${i}`}, head, ...cells);
    row.addEventListener("click", ({target}) => { if (!target.closest("button, input")) this.acts.go(i); });
    row.addEventListener("mouseenter", () => this.acts.light(i));
    row.addEventListener("mouseleave", () => this.acts.light(null));
    this.rows.set(i, {row, cells, shown: []});
    return row;
  }

  draw(cones) {
    const {sheet} = this, {at} = sheet;
    this.cones = cones;
    if (!this.rows.has(at)) return this.fill(at - this.size / 2);
    this.rows.forEach(({row, cells, shown}, i) => {
      row.hidden = sheet.result.values[i] === null;
      const isBehind = cones.behind.has(i), isAhead = cones.ahead.has(i);
      const looks = {
        given: sheet.isGiven(i), override: sheet.isOverride(i), changed: sheet.before(i), behind: isBehind, ahead: isAhead,
      };
      const look = Object.keys(looks).filter(name => looks[name]).join(" ");
      if (row.className !== look) row.className = look;
      if (i === at) row.setAttribute("aria-current", "step");
      else row.removeAttribute("aria-current");
      if (shown.revision === sheet.revision) return;
      shown.revision = sheet.revision;
      this.write(i, cells, shown);
    });
    const note = $("window"), all = sheet.steps.length;
    const here = `rows ${this.from + 1} to ${this.from + this.rows.size} of ${all} are here; the others come as you walk`;
    note.textContent = [sheet.data.leftOut, this.rows.size < all ? here : ""].filter(Boolean).join("; ");
    note.hidden = !note.textContent;
    const {row} = this.rows.get(at) ?? {};
    if (row && this.seen !== at) reveal(row, $("sheet"));
    this.seen = at;
  }

  write(i, [symbols, numbers, value], shown) {
    if (value.querySelector(".typing")) {
      shown.revision = null;
      return;
    }
    const {sheet} = this, word = sheet.edits.has(i) ? "put in by you" : sheet.isGiven(i) ? "given" : "";
    [word ? [word] : sheet.symbols(i), sheet.numbers(i)].forEach((parts, at) => {
      const cell = [symbols, numbers][at], text = textOf(parts);
      if (cell.textContent === text) return;
      cell.replaceChildren(...parts.flatMap(part => part.text ? [make("span", {}, part.text)] : [part, make("wbr")]));
    });
    const kind = sheet.isHidden(i) ? "blank" : "number", before = sheet.before(i), verdict = sheet.verdicts.get(i);
    const state = JSON.stringify([kind, sheet.text(i), before, sheet.answers.get(i), verdict, sheet.isOverride(i)]);
    if (shown.state === state) return;
    shown.state = state;
    const hadFocus = value.contains(document.activeElement);
    value.replaceChildren(...(kind === "blank" ? this.blank(i, verdict) : this.number(i, before)));
    if (hadFocus) value.querySelector("button, input")?.focus({preventScroll: true});
  }

  number(i, before) {
    const {sheet, acts} = this, {address} = sheet.steps[i];
    if (sheet.data.fixed) return [sheet.text(i)];
    const text = sheet.text(i), said = `${address} is ${text}; edit`;
    const button = make("button", {type: "button", class: "number", "aria-label": said}, text);
    button.addEventListener("click", () => acts.type(i));
    const parts = before ? [make("span", {class: "before"}, before, " \u2192 "), button] : [button];
    if (sheet.edits.has(i)) {
      const label = sheet.isGiven(i) ? "as it was" : "release";
      const attributes = {type: "button", class: "release", "aria-label": `${label}: ${address}`, title: label};
      const release = make("button", attributes, "\u00d7");
      release.addEventListener("click", () => acts.release(i));
      parts.push(" ", release);
    }
    return parts;
  }

  blank(i, verdict) {
    const {sheet, acts} = this;
    const label = `your number for ${sheet.steps[i].address}`;
    const input = make("input", {class: "blank", size: "9", autocomplete: "off", "aria-label": label});
    input.value = sheet.answers.get(i) ?? "";
    if (sheet.isSolved(i)) input.dataset.done = "";
    if (sheet.data.asked && !sheet.data.asked.includes(sheet.steps[i].address)) input.placeholder = "not asked";
    input.addEventListener("focus", () => acts.go(i));
    input.addEventListener("change", () => acts.answer(i, input.value));
    input.addEventListener("keydown", event => {
      if (event.key === "Enter") acts.answer(i, input.value, true);
      if (event.key !== "h" && event.key !== "?") return;
      event.preventDefault();
      acts.hint();
    });
    return [input, make("span", {class: `verdict ${verdict?.word ?? ""}`}, verdict?.text ?? "")];
  }

  // The value of a row becomes a field in which it is typed.
  type(i) {
    const {sheet, acts} = this, cell = this.rows.get(i).cells[2];
    const label = `new number for ${sheet.steps[i].address}`;
    const input = make("input", {class: "typing", size: "12", autocomplete: "off", "aria-label": label});
    input.value = input.before = sheet.edits.get(i) ?? numberText(sheet.result.values[i]);
    let isDone = false;
    const end = isTaken => {
      if (isDone) return;
      isDone = true;
      input.classList.remove("typing");
      Object.assign(this.rows.get(i)?.shown ?? {}, {state: null, revision: null});
      if (isTaken && input.value !== input.before) acts.edit(i, input.value);
      else acts.draw();
    };
    input.addEventListener("keydown", event => {
      const way = {ArrowUp: 1, ArrowDown: -1}[event.key];
      if (way && /^[-+]?\d*\.?\d+(e[-+]?\d+)?$/i.test(input.value)) {
        input.value = lastDigit(input.value, way);
        if (acts.edit(i, input.value, true)) input.before = input.value;
      } else if (event.key === "Enter" || event.key === "Escape") end(event.key === "Enter");
      else return;
      event.preventDefault();
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") cell.querySelector("button")?.focus({preventScroll: true});
    });
    input.addEventListener("blur", () => end(true));
    cell.replaceChildren(input);
    input.scrollIntoView({block: "nearest"});
    input.focus({preventScroll: true});
    input.select();
  }
}

// Scroll an element of a scrolling part into it, and nothing else.
function reveal(row, part) {
  if (part.scrollHeight <= part.clientHeight + 1) return;
  const {top, bottom} = row.getBoundingClientRect(), frame = part.getBoundingClientRect(), head = 40;
  if (top < frame.top + head) part.scrollTop -= frame.top + head - top + frame.height / 3;
  else if (bottom > frame.bottom) part.scrollTop += bottom - frame.bottom + frame.height / 3;
}

// The sentence: what the step is, with its formula in symbols and in numbers

class Now {
  constructor(sheet, acts) {
    Object.assign(this, {sheet, acts, element: $("now")});
    this.element.hidden = false;
  }

  draw(cones) {
    const {sheet} = this, {at} = sheet, {address, phase} = sheet.steps[at];
    $("what").textContent = `${address}, ${sheet.name(at)}`;
    $("phase").textContent = sheet.phaseTitle(at);
    const symbols = sheet.symbols(at), numbers = sheet.numbers(at), value = sheet.text(at);
    const whence = sheet.edits.has(at) ? "put in by you" : "which is given";
    this.formula($("symbols"), address, symbols, symbols.length ? "" : `${value}, ${whence}`, true);
    this.formula($("numbers"), "", numbers, numbers.length ? value : "", false);
    $("numbers").hidden = !numbers.length;
    this.pin();
    this.change();
    const made = `made from ${count(cones.behind.size, "number")} (\u25c2 in the sheet)`;
    $("cones").textContent = `${made}, reaches ${cones.ahead.size} (\u25b8)`;
    const where = `Step ${at + 1} of ${sheet.steps.length}, ${sheet.data.titles[phase].toLowerCase()}`;
    this.sentence = `${address}, ${sheet.name(at)}, is ${value}. ${where}.`;
  }

  formula(element, left, parts, right, isSymbols) {
    const {acts} = this, children = left ? [make("b", {}, left), " = "] : ["= "];
    for (const part of parts) {
      if (typeof part === "string") {
        children.push(part);
        continue;
      }
      const i = part.operand, attributes = {class: "operand", "data-i": String(i)};
      if (isSymbols) Object.assign(attributes, {type: "button", "aria-pressed": String(this.sheet.pinned === i)});
      const child = make(isSymbols ? "button" : "span", attributes, part.text);
      child.addEventListener("mouseenter", () => acts.light(i));
      child.addEventListener("mouseleave", () => acts.light(null));
      child.addEventListener("focus", () => acts.light(i));
      child.addEventListener("blur", () => acts.light(null));
      child.addEventListener("click", () => acts.pin(i));
      children.push(child);
    }
    if (right) children.push(parts.length ? " = " : "", make("b", {}, right));
    element.replaceChildren(...children);
  }

  pin() {
    const {sheet} = this, i = sheet.pinned;
    $("pinned").replaceChildren(...i === null ? [] : [`pinned: ${sheet.name(i)}, `, this.link(i)]);
    $("pinned").hidden = i === null;
  }

  // Of a weight or bias, where its gradient and its new value are.
  change() {
    const {sheet} = this, found = sheet.data.fixed ? null : sheet.weight(sheet.at), links = [];
    if (found) {
      const kind = found.place.includes("->") ? "w" : "b", next = sheet.find(`${kind}+`, found.place, found.pass);
      links.push(...[found.weight, found.gradient, next].filter(i => i !== undefined && i !== sheet.at).map(i => this.link(i)));
    }
    $("related").replaceChildren(...links.flatMap((link, k) => [k ? " " : "with it: ", link]));
    $("related").hidden = !links.length;
  }

  link(i) {
    const {sheet, acts} = this, go = make("button", {type: "button"}, `${sheet.steps[i].address} = ${sheet.text(i)}`);
    go.addEventListener("click", () => acts.go(i));
    return go;
  }
}

function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

// The drawing: units with their numbers, connections with their weights

class Drawing {
  constructor(sheet, acts) {
    Object.assign(this, {sheet, acts, element: $("drawing")});
    const {units, edges, labels, thickest} = sheet.data.drawing, all = selector => [...this.element.querySelectorAll(selector)];
    const lines = all("g.positive, g.negative"), tags = all("g.label"), boxes = all("g.unit");
    this.edges = edges.map((place, at) => ({place, line: lines[at], label: null, thickest: thickest[at]}));
    labels.forEach((edge, at) => { this.edges[edge].label = tags[at].querySelector("text"); });
    this.element.classList.toggle("crowded", labels.length > CROWD);
    this.units = units.map((place, at) => ({place, box: boxes[at]})).filter(({place}) => place);
    for (const unit of this.units) {
      unit.texts = [...unit.box.querySelectorAll("text")].slice(1);
      unit.lines = unit.texts.map(text => text.textContent.split(" = ")[0]);
    }
    for (const {place, line, label, box} of [...this.edges, ...this.units]) {
      for (const part of [line, label?.parentNode, box].filter(Boolean)) {
        part.addEventListener("click", () => acts.goTo(place));
        part.addEventListener("mouseenter", () => acts.lightPlace(place));
        part.addEventListener("mouseleave", () => acts.light(null));
      }
    }
  }

  draw() {
    const {sheet} = this, {pass, result} = sheet, at = j => j <= sheet.at ? "" : "later";
    const text = j => sheet.isHidden(j) || sheet.data.fixed ? sheet.text(j) : shortText(result.values[j]);
    for (const {place, texts, lines} of this.units) {
      texts.forEach((element, line) => {
        const quantity = lines[line], isBias = quantity === "b";
        const j = isBias ? sheet.parameter("b", place, pass) : sheet.find(quantity, place, pass);
        const shown = j === undefined ? "" : `${quantity} = ${text(j)}`;
        if (element.textContent !== shown) element.textContent = shown;
        element.setAttribute("class", j === undefined ? "" : at(j));
      });
    }
    const weights = this.edges.map(({place}) => sheet.parameter("w", place, pass));
    const most = Math.max(...weights.map(j => j === undefined || !sheet.isShown(j) ? 0 : Math.abs(result.values[j] ?? 0)));
    this.edges.forEach(({place, line, label, thickest}, edge) => {
      const j = weights[edge], value = j === undefined || !sheet.isShown(j) ? 0 : result.values[j];
      if (!sheet.data.fixed) {
        line.classList.toggle("negative", value < 0);
        line.classList.toggle("positive", !(value < 0));
        const share = most ? Math.abs(value) / most : 0;
        line.querySelector("line").setAttribute("stroke-width", (thickest * (0.2 + 0.8 * share)).toFixed(2));
      }
      const shown = j === undefined ? "" : text(j);
      line.querySelector("title").textContent = `${place.replace("->", " \u2192 ")}: ${shown}`;
      if (label && label.textContent !== shown) label.textContent = shown;
    });
    const {place} = sheet.split[sheet.at], unit = place.split("->").pop();
    this.mark("current", [place]);
    for (const edge of this.edges) edge.label?.parentNode.classList.toggle("near", edge.place.split("->").includes(unit));
    this.mark("off", this.units.map(one => one.place).filter(one => this.isOff(sheet.find("f'", one, pass))));
  }

  // Whether no error passes a unit, since the slope of its activation is 0.
  isOff(slope) {
    const {sheet} = this;
    return slope !== undefined && !sheet.data.fixed && sheet.isShown(slope) && sheet.result.values[slope] === 0;
  }

  // Mark units and connections by a class.
  mark(name, places) {
    for (const {place, line, box} of [...this.edges, ...this.units]) (line ?? box).classList.toggle(name, places.includes(place));
  }
}

function shortText(value) {
  return Math.abs(value) < 1000 && (value === 0 || Math.abs(value) >= 0.001) ? numberText(value, PLACES) : numberText(value);
}

// The paths from a weight to the loss, each with its share of the gradient

class Paths {
  constructor(sheet, acts) {
    Object.assign(this, {sheet, acts, element: $("paths")});
    this.element.addEventListener("toggle", () => acts.draw());
  }

  draw() {
    const {sheet, acts} = this, {layers, fixed} = sheet.data, found = fixed ? null : sheet.weight(sheet.at);
    const isFew = layers.flat().length - layers[0].length <= 20;
    const list = this.element.querySelector("ol"), note = this.element.querySelector("p");
    this.element.hidden = !found;
    if (!found || !this.element.open) return list.replaceChildren();
    const {address} = sheet.steps[found.gradient];
    const isShown = sheet.isShown(found.gradient) && ![...sheet.hidden].some(isError) && !sheet.hidden.has("f'");
    const paths = isFew && isShown ? sheet.paths(found.gradient) : null;
    const told = paths && `${address} is the sum over ${count(paths.length, "path")}, each the product of the slopes and `
      + "weights on its way; a share is of the sum of all their sizes.";
    note.textContent = told ?? (isShown ? "There are too many to draw; neurosim explain shows the largest." : HIDDEN);
    const total = paths?.reduce((all, {product}) => all + Math.abs(product), 0);
    list.replaceChildren(...(paths ?? []).slice(0, 50).map(path => {
      const source = found.place.includes("->") ? [found.place.split("->")[0]] : [], all = [...source, ...path.units];
      const share = total ? Math.round(100 * Math.abs(path.product) / total) : 0;
      const button = make("button", {type: "button"}, `${all.join(" \u2192 ")}: ${numberText(path.product)}, ${share} %`);
      const places = all.slice(1).map((unit, k) => `${all[k]}->${unit}`);
      for (const event of ["mouseenter", "focus", "click"]) button.addEventListener(event, () => acts.markPath(places));
      for (const event of ["mouseleave", "blur"]) button.addEventListener(event, () => acts.markPath([]));
      return make("li", {}, button);
    }));
  }
}

// Each unit's output over the plane of two inputs

class Planes {
  constructor(sheet, acts) {
    const {layers, fixed} = sheet.data;
    Object.assign(this, {sheet, element: $("planes"), side: 40});
    this.isPossible = layers[0].length === 2 && layers.flat().length <= 22 && !fixed;
    this.element.hidden = !this.isPossible;
    if (!this.isPossible) return;
    this.maps = layers.slice(1).flat().map(unit => {
      const canvas = make("canvas", {width: this.side, height: this.side, role: "img"});
      const text = make("figcaption");
      this.element.querySelector(".maps").append(make("figure", {}, canvas, text));
      return {unit, canvas, text};
    });
    this.element.addEventListener("toggle", () => acts.draw());
  }

  draw() {
    const {sheet, side} = this;
    if (!this.isPossible || !this.element.open) return;
    const {pass} = sheet, key = `${sheet.revision} ${pass}`;
    if (this.key === key) return;
    this.key = key;
    const inputs = sheet.data.layers[0].map(name => sheet.find("a", name, pass));
    const ranges = sheet.data.layers[0].map(name => {
      const values = sheet.passes.map(number => sheet.result.values[sheet.find("a", name, number)]);
      const low = Math.min(0, ...values), high = Math.max(1, ...values), room = 0.2 * (high - low);
      return [low - room, high + room];
    });
    const units = this.maps.map(({unit}) => sheet.find("a", unit, pass)), steps = forwardSteps(sheet, inputs, units);
    const values = [...sheet.result.values], planes = units.map(() => new Float64Array(side * side));
    for (let point = 0; point < side * side; point++) {
      inputs.forEach((i, axis) => {
        const [low, high] = ranges[axis], at = axis ? side - 1 - Math.floor(point / side) : point % side;
        values[i] = low + (high - low) * (at + 0.5) / side;
      });
      for (const {i, rule, operands} of steps) values[i] = sheet.kernel.rules[rule](operands.map(j => values[j]));
      units.forEach((i, at) => { planes[at][point] = values[i]; });
    }
    this.maps.forEach((map, at) => this.paint(map, planes[at], ranges, sheet.isShown(units[at])));
  }

  // Where the examples are in the plane; that of this pass is larger.
  points(ranges) {
    const {sheet, side} = this, {passes, pass} = sheet;
    return [...passes.filter(number => number !== pass), pass].map(number => {
      const [x, y] = sheet.data.layers[0].map((name, axis) => {
        const [low, high] = ranges[axis];
        return (sheet.result.values[sheet.find("a", name, number)] - low) / (high - low) * side;
      });
      return [Math.floor(x), Math.floor(side - y), number === pass ? 2 : 1];
    });
  }

  paint({unit, canvas, text}, plane, ranges, isShown) {
    const {side, sheet} = this, context = canvas.getContext("2d"), image = context.createImageData(side, side);
    const low = Math.min(...plane), high = Math.max(...plane);
    plane.forEach((value, point) => {
      const share = high > low ? (value - low) / (high - low) : 0.5, color = isShown ? shade(share) : [160, 160, 160];
      image.data.set([...color, 255], 4 * point);
    });
    context.putImageData(image, 0, 0);
    for (const [x, y, size] of isShown ? this.points(ranges) : []) {
      context.fillStyle = "white";
      context.fillRect(x - size, y - size, 2 * size + 1, 2 * size + 1);
      context.fillStyle = "black";
      context.fillRect(x - size + 1, y - size + 1, 2 * size - 1, 2 * size - 1);
    }
    const [names, spans] = [sheet.data.layers[0], ranges.map(range => range.map(end => numberText(end, 1)).join(" to "))];
    const said = isShown ? `${unit}: dark ${numberText(low)}, light ${numberText(high)}` : `${unit}: hidden now`;
    text.textContent = said;
    canvas.setAttribute("aria-label", `${said}; ${names[0]} from ${spans[0]} to the right, ${names[1]} from ${spans[1]} upwards`);
    canvas.title = canvas.getAttribute("aria-label");
    canvas.dataset.sum = String(plane.reduce((all, value) => all + value, 0));
  }
}

// The steps that lead from these inputs to these outputs, in order, each with its rule and operands as they are now.
function forwardSteps(sheet, inputs, outputs) {
  const reached = new Set(inputs), found = [];
  for (let i = 0; i <= Math.max(...outputs); i++) {
    const operands = sheet.result.operands(i);
    if (operands.some(j => reached.has(j))) {
      reached.add(i);
      found.push({i, rule: sheet.result.rule(i), operands});
    }
  }
  return found;
}

// From dark blue over grey to light yellow: its lightness alone tells the value.
function shade(share) {
  const ends = [[18, 44, 92], [124, 122, 118], [253, 231, 140]], half = share < 0.5 ? 0 : 1, part = 2 * share - half;
  return [0, 1, 2].map(c => Math.round(ends[half][c] * (1 - part) + ends[half + 1][c] * part));
}

// Try your gradient: one weight on a range, the loss beside the tangent

class Slope {
  constructor(sheet, acts) {
    Object.assign(this, {sheet, acts, element: $("slope")});
    this.range = make("input", {type: "range", min: "0", max: "200", value: "100", "aria-label": "the weight"});
    this.text = make("p", {role: "status"});
    this.picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.picture.setAttribute("viewBox", "-10 -10 320 140");
    this.picture.setAttribute("role", "img");
    this.element.querySelector(".try").append(this.text, this.range, this.picture);
    this.range.addEventListener("input", () => { this.key = null; this.draw(); });
    this.element.addEventListener("toggle", () => acts.draw());
  }

  draw() {
    const {sheet} = this, found = sheet.data.fixed ? null : sheet.weight(sheet.at);
    const loss = found && sheet.find(sheet.split[found.gradient].quantity.replace(/dE\/d[wb]/, "E"), "", found.pass);
    const isThere = i => i !== undefined && i !== null;
    const isPossible = isThere(loss) && isThere(found.weight) && ![found.gradient, loss].some(i => sheet.edits.has(i));
    this.element.hidden = !isPossible;
    if (!isPossible || !this.element.open) {
      this.text.textContent = this.key = "";
      return;
    }
    const key = `${sheet.revision} ${found.gradient}`;
    if (this.key === key) return;
    if (this.place !== found.place) this.range.value = "100";
    Object.assign(this, {key, place: found.place});
    if (![loss, found.gradient, found.weight].every(i => sheet.isShown(i))) {
      this.text.textContent = HIDDEN;
      this.range.removeAttribute("aria-valuetext");
      this.range.setAttribute("aria-label", "the weight");
      this.picture.setAttribute("aria-label", HIDDEN);
      this.picture.replaceChildren();
      return;
    }
    const [weight, gradient, first] = [found.weight, found.gradient, loss].map(i => sheet.result.values[i]);
    const reach = Math.max(1, Math.abs(weight)), at = share => weight + reach * (2 * share - 1);
    const lossAt = value => sheet.result.from(new Map([[found.weight, value]]))(loss);
    const tangent = value => first + gradient * (value - weight);
    const shares = Array.from({length: 41}, (_, k) => k / 40).filter(share => Number.isFinite(lossAt(at(share))));
    const losses = shares.map(share => lossAt(at(share)));
    const low = Math.min(...losses), high = Math.max(...losses), span = high - low || 1;
    const height = value => (120 - 120 * (value - low) / span).toFixed(1);
    const point = (share, value) => `${(300 * share).toFixed(1)},${height(value)}`;
    const share = Number(this.range.value) / 200, value = at(share), now = lossAt(value);
    const isDefined = Number.isFinite(now);
    this.picture.replaceChildren(
      shape("polyline", {class: "curve", points: shares.map((one, k) => point(one, losses[k])).join(" ")}),
      shape("polyline", {class: "tangent", points: [0, 1].map(one => point(one, tangent(at(one)))).join(" ")}),
      shape("circle", {class: "here", r: 4, cx: (300 * share).toFixed(1), cy: height(isDefined ? now : low)}));
    const name = sheet.steps[found.weight].address;
    const said = `the tangent says ${numberText(tangent(value))} (slope ${numberText(gradient)})`;
    this.text.textContent = `${name} = ${numberText(value)}: E is ${isDefined ? numberText(now) : "not defined"}, ${said}.`;
    this.range.setAttribute("aria-label", `${name}, from ${numberText(at(0))} to ${numberText(at(1))}`);
    this.range.setAttribute("aria-valuetext", numberText(value));
    this.picture.setAttribute("aria-label", `the loss over ${name}, and its tangent at ${numberText(weight)}`);
  }
}

function shape(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
