// The page: what its buttons and keys do.

const data = JSON.parse($("data").textContent);
const sheet = new Sheet(new Kernel(data, RULES), data);
const isFramed = window.self !== window.top;  // whose address bar is another page's
const KEYS = [
  ["\u2190 \u2192", "a step back or forward"], ["Shift+\u2190 Shift+\u2192", "a phase back or forward"], [", .", "a unit back or forward"],
  ["[ ]", "a pass back or forward"], ["Home End", "the first or the last step"], ["/", "go to an address"],
  ["Enter", "on a number: type another one, and in it \u2191 \u2193 change its last digit"], ["e", "edit the number of this step"],
  ["x", "release the number of this step"], ["u", "undo the last edit"], ["r", "reset: take back all edits"],
  ["h", "a hint for the blank of this step, also in the blank"], ["?", "this list; Escape closes it"],
];
const TOUR = [
  ["", "Every number of the passes and updates is here. The arrow keys, or the buttons above, walk through them."],
  ["now", "This is the number of the step: its formula in symbols and in numbers. Point at an operand, and it lights up in "
    + "the sheet and in the drawing; click it to keep it lit."],
  ["drawing", "The drawing shows the same pass. A wider line is a weight further from 0, a dashed one is negative. "
    + "Click a unit or a line to go to its number."],
  ["sheet", "The sheet has all numbers. Click one and type another: all that depends on it is worked out again. "
    + "An edited step is kept until you release it with \u00d7."],
  ["practice", "Hide a kind of number, and work it out yourself. What you type is checked from your own numbers before it."],
];
let lit = null, hintLevel = 0, hintFor = null, tourAt = -1;

function buttonOf(name) {
  return document.querySelector(`[data-do="${name}"]`);
}

// What is refused is said in the status line, and changes nothing.
function attempt(action) {
  try {
    action();
    draw();
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    draw();
    say(error.message);
    return false;
  }
}

const acts = {
  draw: () => draw(),
  go(i) {
    while (sheet.result.values[i] === null) i++;  // the largest z of a softmax that takes none now
    if (i === sheet.at) return;
    sheet.at = i;
    draw();
  },
  goTo(place) {
    const quantity = place.includes("->") ? null : ["a", "z"].find(name => sheet.find(name, place, sheet.pass) !== undefined);
    const i = quantity ? sheet.find(quantity, place, sheet.pass) : sheet.parameter("w", place, sheet.pass);
    if (i !== undefined) acts.go(i);
  },
  light(i) {
    lit = i;
    lightUp();
  },
  lightPlace(place) {
    const i = place.includes("->") ? sheet.parameter("w", place, sheet.pass) : sheet.find("a", place, sheet.pass);
    acts.light(i ?? null);
  },
  pin(i) {
    sheet.pinned = sheet.pinned === i ? null : i;
    draw();
    document.querySelector(`#symbols .operand[data-i="${i}"]`)?.focus();
  },
  markPath: places => views.drawing.mark("path", places.concat(places.flatMap(place => place.split("->")))),
  edit: (i, text) => attempt(() => sheet.edit(new Map([[i, text]]))),
  release: i => attempt(() => sheet.release(i)),
  hint: () => hint(),
  answer(i, text, isEntered = false) {
    const isTaken = text === (sheet.answers.get(i) ?? "") || attempt(() => sheet.answer(i, text));
    const verdict = sheet.verdicts.get(i);
    if (isTaken && verdict) say(`${sheet.steps[i].address}: ${verdict.text}`);
    if (isEntered && isTaken && sheet.isSolved(i)) document.querySelector(`#s${i} ~ tr .blank:not([data-done], [placeholder])`)?.focus();
  },
  type(i) {
    if (sheet.data.fixed) return say(sheet.data.fixed);
    sheet.at = i;
    draw();
    if (sheet.isHidden(i)) document.querySelector(`#s${i} .blank`).focus();
    else views.rows.type(i);
  },
};

const commands = {
  first: () => acts.go(0),
  last: () => acts.go(sheet.result.values.at(-1) === null ? sheet.steps.length - 2 : sheet.steps.length - 1),
  back: () => acts.go(sheet.next(-1)),
  forward: () => acts.go(sheet.next(1)),
  phaseBack: () => acts.go(sheet.phase(-1)),
  phaseForward: () => acts.go(sheet.phase(1)),
  unitBack: () => acts.go(sheet.unit(-1)),
  unitForward: () => acts.go(sheet.unit(1)),
  passBack: () => goToPass(-1),
  passForward: () => goToPass(1),
  address: () => $("address").focus(),
  edit: () => acts.type(sheet.at),
  release: () => sheet.edits.has(sheet.at) && acts.release(sheet.at),
  undo: () => attempt(() => sheet.undo()),
  reset: () => attempt(() => sheet.reset()),
  hint: () => hint(),
  enlarge: () => $("drawing").classList.toggle("large"),
  help: () => guide(KEYS.map(([key, what]) => make("li", {}, make("kbd", {}, key), ` ${what}`)), "ul"),
  tour: () => tour(0),
  copyText: () => copy(sheet.line(sheet.at)),
  copyTex: () => copy(sheet.line(sheet.at, true)),
  copyLink: () => copy(`${location.href.split("#")[0]}#${sheet.hash}`),
  download: () => download(),
};
const OF_KEYS = {
  "ArrowLeft": "back", "ArrowRight": "forward", "Shift+ArrowLeft": "phaseBack", "Shift+ArrowRight": "phaseForward",
  ",": "unitBack", ".": "unitForward", "[": "passBack", "]": "passForward", "Home": "first", "End": "last", "/": "address",
  "e": "edit", "x": "release", "u": "undo", "r": "reset", "h": "hint", "?": "help",
};

function goToPass(way) {
  const passes = sheet.passes, number = passes[passes.indexOf(sheet.pass) + way];
  if (number !== undefined) toPass(number);
}

// The same number in another pass, or the first step of that pass.
function toPass(number) {
  const {quantity, place} = sheet.split[sheet.at];
  const same = sheet.kernel.index.get(`${place ? `${quantity}[${place}]` : quantity}@${number}`);
  acts.go(same ?? sheet.split.findIndex(({pass}) => (pass ?? 1) === number));
}

// Drawing

const views = {
  rows: new Rows(sheet, acts), now: new Now(sheet, acts), drawing: new Drawing(sheet, acts),
  paths: new Paths(sheet, acts), planes: new Planes(sheet, acts), slope: new Slope(sheet, acts),
};

function draw() {
  const {kernel, result, at} = sheet, cones = {behind: kernel.behind(result, at), ahead: kernel.ahead(result, at)};
  for (const view of Object.values(views)) {
    view.draw(cones);
    view.element.dataset.revision = String(sheet.revision);
  }
  drawBar();
  drawPractice();
  lightUp();
  say(views.now.sentence);
  remember();
}

function drawBar() {
  const {at, steps} = sheet;
  $("time").max = String(steps.length - 1);
  $("time").value = String(at);
  $("time").setAttribute("aria-valuetext", steps[at].address);
  $("count").textContent = `${at + 1} of ${steps.length}`;
  $("passes").hidden = sheet.passes.length < 2;
  sheet.passes.forEach((number, k) => {
    const option = $("pass").options[k] ?? $("pass").appendChild(make("option", {value: String(number)}));
    const loss = sheet.find("E", "", number), text = `${number}${loss === undefined ? "" : `: E = ${sheet.text(loss)}`}`;
    if (option.textContent !== text) option.textContent = text;
  });
  $("pass").value = String(sheet.pass);
  const isEdited = sheet.edits.size > 0 || sheet.rounding !== null;
  $("roundBy").value = sheet.rounding?.name ?? "";
  if (sheet.rounding) $("roundTo").value = String(sheet.rounding.count);
  for (const field of $("rowFields").querySelectorAll("input")) {
    const units = field.name === "a" ? data.layers[0] : data.layers[data.layers.length - 1];
    field.placeholder = units.map(unit => sheet.text(sheet.find(field.name, unit, sheet.pass))).join(", ");
  }
  buttonOf("undo").disabled = !sheet.past.length;
  buttonOf("reset").disabled = !isEdited;
}

function lightUp() {
  const wanted = [sheet.pinned, lit].filter(i => i !== null);
  for (const element of document.querySelectorAll(".lit")) element.classList.remove("lit");
  for (const i of wanted) {
    for (const element of document.querySelectorAll(`[data-i="${i}"]`)) element.classList.add("lit");
  }
  views.drawing.mark("lit", wanted.flatMap(i => [sheet.split[i].place]));
}

// The state in the address bar; inside a frame it stays here.
function remember() {
  if (isFramed || location.hash === `#${sheet.hash}`) return;
  clearTimeout(remember.timer);
  remember.timer = setTimeout(() => history.replaceState(null, "", `#${sheet.hash}`), 150);  // browsers refuse many at a time
}

// Practice

function setUpPractice() {
  $("practice").hidden = Boolean(data.fixed);
  if (data.fixed) return;
  for (const quantity of sheet.quantities) {
    const box = make("input", {type: "checkbox", value: quantity});
    box.checked = sheet.hidden.has(quantity);
    box.disabled = data.locked.includes(quantity);
    box.addEventListener("change", () => attempt(() => sheet.hide(quantity, box.checked)));
    $("kinds").append(make("label", {}, box, ` ${quantity}`), " ");
  }
  $("practice").open = sheet.hidden.size > 0;
}

function drawPractice() {
  if (hintFor !== sheet.at) [hintFor, hintLevel] = [sheet.at, 0];
  $("hints").hidden = !sheet.isHidden(sheet.at) || sheet.isSolved(sheet.at);
  if (!hintLevel) $("hint").textContent = "";
  for (const box of $("kinds").querySelectorAll("input")) box.checked = sheet.hidden.has(box.value);
  const blanks = sheet.steps.map((_, i) => i).filter(i => sheet.isHidden(i) && sheet.result.values[i] !== null
    && (data.asked?.includes(sheet.steps[i].address) ?? true));
  const solved = blanks.filter(i => sheet.isSolved(i)).length;
  $("progress").textContent = blanks.length ? `${solved} of ${blanks.length} right so far` : "";
}

// The rule in words, then its formula, then with numbers, then, unless it is hidden for good, the value.
function hint() {
  const i = sheet.at, {quantity, place} = sheet.split[i], {hints, layers, locked} = data;
  if (!sheet.isHidden(i) || sheet.isSolved(i)) return say("there is no blank at this step");
  const isOutput = layers[layers.length - 1].includes(place);
  const ofUnit = {"delta": isOutput ? "output delta" : "hidden delta", "dE/da": isOutput ? "output error" : "dE/da"};
  const words = hints[ofUnit[quantity] ?? quantity] ?? hints[""], {address} = sheet.steps[i];
  const levels = [words, `${address} = ${textOf(sheet.symbols(i))}`, `${address} = ${textOf(sheet.numbers(i))}`];
  if (!locked.includes(quantity)) {
    const others = [...sheet.answers].filter(([j]) => j !== i && sheet.isHidden(j));
    const own = new Map(others.map(([j, text]) => [j, typedNumber(text, "").value]));
    levels.push(`${address} = ${numberText(sheet.result.from(own)(i))}`);
  }
  hintLevel = Math.min(hintLevel + 1, levels.length);
  $("practice").open = true;
  $("hint").textContent = `hint ${hintLevel} of ${levels.length}: ${levels[hintLevel - 1]}`;
  say($("hint").textContent);
}

// Inputs, targets and rounding

function setUpChange() {
  $("change").hidden = Boolean(data.fixed);
  const outputs = data.layers[data.layers.length - 1];
  for (const [label, quantity, units] of [["inputs", "a", data.layers[0]], ["targets", "t", outputs]]) {
    if (sheet.find(quantity, units[0], 1) === undefined) continue;
    const field = make("input", {name: quantity, autocomplete: "off", size: "16"});
    $("rowFields").append(make("label", {}, `${label}: ${units.join(", ")} `, field), " ");
  }
  $("rows").addEventListener("submit", event => {
    event.preventDefault();
    attempt(() => sheet.edit(typedRows()));
  });
  const turn = () => attempt(() => {
    const name = $("roundBy").value, places = Number($("roundTo").value), least = name === "digits" ? 1 : 0;
    if (!Number.isInteger(places) || places < least || places > 15) {
      throw new Refusal(`round to a whole number from ${least} to 15, not ${$("roundTo").value || "nothing"}`);
    }
    sheet.round(name ? {name, count: places, half: "up"} : null);
  });
  $("roundBy").addEventListener("change", turn);
  $("roundTo").addEventListener("change", () => { if ($("roundBy").value) turn(); });
}

// {step: text} of the inputs and targets that were typed or pasted for this pass.
function typedRows() {
  const texts = new Map();
  for (const field of $("rowFields").querySelectorAll("input")) {
    const units = field.name === "a" ? data.layers[0] : data.layers[data.layers.length - 1];
    const text = field.value.trim(), isSpaced = /[\s;]/.test(text) || units.length === 1;
    const parts = isSpaced ? text.split(/[\s;]+/).map(part => part.replace(/,$/, "")) : text.split(",");
    if (!text) continue;
    if (parts.length !== units.length) {
      throw new Refusal(`expected ${count(units.length, "number")} for ${units.join(", ")}, got ${parts.length}`);
    }
    parts.forEach((text, k) => texts.set(sheet.find(field.name, units[k], sheet.pass), text));
  }
  if (!texts.size) throw new Refusal("type numbers for the inputs or the targets, such as 0.5, 1");
  return texts;
}

// Copying and the file

function copy(text) {
  const show = () => {
    $("copied").hidden = false;
    $("copied").value = text;
    $("copied").select();
    say("press Ctrl+C to copy it");
  };
  $("copied").hidden = true;
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => say(`copied: ${text}`), show);
  else show();
}

function download() {
  const {document: problem, rows} = structuredClone(data.problem), value = i => sheet.result.values[i];
  problem.layers.forEach((layer, at) => layer.neurons.forEach((neuron, k) => {
    const unit = data.layers[at + 1][k], before = data.layers[at];
    neuron.weights = before.map(source => value(sheet.kernel.index.get(`w[${source}->${unit}]`)));
    if (neuron.bias !== undefined) neuron.bias = value(sheet.kernel.index.get(`b[${unit}]`));
  }));
  for (const [key, addresses] of Object.entries(rows)) {
    problem.examples.forEach((example, k) => {
      example[key] = addresses[k].map(address => value(sheet.kernel.index.get(address)));
    });
  }
  if (problem.optimizer) problem.optimizer.learning_rate = value(sheet.kernel.index.get("eta"));
  delete problem.printed;
  const file = new Blob([`${JSON.stringify(problem, null, 1)}\n`], {type: "application/json"});
  make("a", {href: URL.createObjectURL(file), download: "network.json"}).click();
  say("network.json has the network, its examples and its settings as they are now");
}

// The tour and the list of keys

function guide(items, tag) {
  const close = make("button", {type: "button"}, "close");
  close.addEventListener("click", closeGuide);
  $("guide").replaceChildren(make(tag, {}, ...items), close);
  $("guide").hidden = false;
  return close;
}

function closeGuide() {
  $("guide").hidden = true;
  tourAt = -1;
  for (const element of document.querySelectorAll(".shown")) element.classList.remove("shown");
}

function tour(at) {
  closeGuide();
  if (!TOUR[at]) return;
  const [id, text] = TOUR[at];
  tourAt = at;
  const close = guide([make("p", {}, `${at + 1} of ${TOUR.length}: ${text}`)], "div");
  $("guide").prepend(close);
  const next = make("button", {type: "button"}, at + 1 < TOUR.length ? "next" : "done");
  next.addEventListener("click", () => tour(at + 1));
  close.before(next, " ");
  if (id) $(id).classList.add("shown");
  if (id === "practice") $(id).open = true;
  next.focus();
}

// Setting up

function setUp() {
  for (const button of document.querySelectorAll("[data-do]")) {
    button.addEventListener("click", () => commands[button.dataset.do]());
  }
  $("time").addEventListener("input", () => {
    const at = Number($("time").value);
    acts.go(sheet.result.values[at] === null ? at + 1 : at);
  });
  $("pass").addEventListener("change", () => toPass(Number($("pass").value)));
  $("goto").addEventListener("submit", event => {
    event.preventDefault();
    const typed = $("address").value.trim().replace("\u2192", "->"), i = find(typed);
    if (i === undefined) return say(`there is no ${typed || "address"} here; one looks like ${sheet.steps[sheet.at].address}`);
    acts.go(i);
  });
  document.addEventListener("keydown", ({key, shiftKey, ctrlKey, metaKey, altKey, target}) => {
    if (key === "Escape") return closeGuide();
    if (ctrlKey || metaKey || altKey || target.closest("input, select, textarea")) return;
    const way = {ArrowUp: 1, ArrowDown: -1}[key], i = Number(target.closest("tr")?.dataset.i);
    if (way && target.matches("button.number")) nudge(i, way);
    else {
      const command = OF_KEYS[shiftKey && key.startsWith("Arrow") ? `Shift+${key}` : key];
      if (!command) return;
      commands[command]();
    }
    event.preventDefault();
  });
  if (data.steps.length <= 1000) $("addresses").append(...sheet.steps.map(({address}) => make("option", {value: address})));
  if (!data.tex) buttonOf("copyTex").hidden = true;
  if (!data.problem) buttonOf("download").hidden = true;
  for (const name of ["undo", "reset"]) buttonOf(name).hidden = Boolean(data.fixed);
  setUpPractice();
  setUpChange();
  $("bar").hidden = buttonOf("enlarge").hidden = false;
  buttonOf("edit").hidden = Boolean(data.fixed);
  $("address").placeholder = sheet.steps[sheet.at].address;
  window.addEventListener("hashchange", () => { if (location.hash !== `#${sheet.hash}`) arrive(); });
  arrive();
}

// The last digit of a number that has the focus, one up or down.
function nudge(i, way) {
  const text = sheet.edits.get(i) ?? numberText(sheet.result.values[i]);
  if (/^[-+]?\d*\.?\d+(e[-+]?\d+)?$/i.test(text)) acts.edit(i, lastDigit(text, way));
}

// The step at an address; a connection is its weight, a unit its delta or its output.
function find(text) {
  const {quantity, place, pass = sheet.pass} = splitAddress(text);
  const words = place ? [] : quantity.includes("->") ? ["w"] : ["delta", "a"];
  const bare = address => address.split("@")[0].toLowerCase().replace(/[^\p{L}\p{N}+']/gu, "");  // delta4 for delta[4]
  const isAlike = (address, i) => (sheet.split[i].pass ?? pass) === pass && bare(address) === bare(text);
  const found = [sheet.kernel.index.get(text), sheet.find(quantity, place, pass), ...words.map(word => sheet.find(word, quantity, pass))];
  const alike = sheet.steps.findIndex(({address}, i) => isAlike(address, i));
  if (alike >= 0) found.push(alike);
  return found.find(i => i !== undefined && (data.fixed || sheet.result.values[i] !== null));
}

function arrive() {
  if (isFramed || !location.hash || attempt(() => sheet.take(location.hash.slice(1)))) draw();
}

setUp();
