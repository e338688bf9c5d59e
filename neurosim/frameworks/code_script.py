"""What the scripts for all frameworks share: their skeleton, numbers as text, and formulas of whole arrays.

Activations, losses and updates are written from the formulas of their classes, in the words in which nothing overflows;
a framework's own words for some of them stand in its tables, which come first.
"""

from __future__ import annotations

import keyword
import re
import textwrap
from typing import TYPE_CHECKING, Any, Mapping, Sequence

from neurosim.core.optimizers import OPTIMIZERS
from neurosim.formula.formula import Formula, NotAFormula, formula, name, number
from neurosim.formula.python import WORD, PythonNotation
from neurosim.formula.safer import SAFER
from neurosim.formula.text import ATOM, COMPARISON, LOOSE, POWER, SUM
from neurosim.support.errors import InputError, shorten, shown
from neurosim.support.page import visible

if TYPE_CHECKING:
    from neurosim.problems.problem_file import Problem

WIDTH = 96  # columns
FUNCTIONS = {"atan": "{xp}.arctan", "max": "{xp}.maximum", "min": "{xp}.minimum", "softplus": "softplus"}
OF_ARRAYS = ("exp", "log", "sqrt", "tanh", "abs", "sign", "cosh", "floor", "expm1", "log1p")
# What a script defines where it is used; {xp} is the module of the arrays.
DEFINED = {
    "sigmoid": """\
def sigmoid(z):
    power = {xp}.exp(-{xp}.abs(z))  # which cannot be too large
    return {xp}.where(z >= 0, 1, power) / (1 + power)""",
    "softplus": """\
def softplus(z):
    return {xp}.maximum(z, 0) + {xp}.log1p({xp}.exp(-{xp}.abs(z)))  # with a power that cannot be too large""",
    "softmax": """\
def softmax(z):
    powers = {xp}.exp(z - z.max(axis=1, keepdims=True))  # which cannot be too large
    return powers / powers.sum(axis=1, keepdims=True)""",
    "erfc": "erfc = {xp}.vectorize(math.erfc)",
    "log_cosh": """\
def log_cosh(error):
    near = 2 * {xp}.sinh({xp}.clip(error, -1, 1) / 2)**2  # accurate also near 0
    far = {xp}.abs(error) + {xp}.log1p({xp}.exp(-2 * {xp}.abs(error))) - math.log(2)
    return {xp}.where({xp}.abs(error) < 1, {xp}.log1p(near), far)""",
    "times_log": """\
def times_log(t, a):
    return t * {xp}.log({xp}.clip(a, 1e-300, 1e300))  # 0 log(0) is 0""",
    "log_of_rest": """\
def log_of_rest(a):
    below_one = {xp}.clip(a, 0, 0.9999999999999999)
    return {xp}.where(a < 1, {xp}.log1p(-below_one), math.log(1e-300))  # so that there is a logarithm""",
    "over": """\
def over(t, a):
    return t / {xp}.clip(a, 1e-300, 1e300)  # 0 / 0 is 0""",
}
# Names that a script has for other things than what an optimizer of one's own calls so.
RESERVED = {"np", "torch", "nn", "F", "keras", "ops", "math", "inputs", "targets", "parameters", "memory", "updates", "x",
            "name", "gradients", "Net", "model", "optimizer", "forward", "loss", "update", "train_step", *DEFINED}  # fmt: skip
BLOCK = re.compile(r"^(def|class|@|if) ?", re.M)
OF_LAYER = re.compile(r"([Wb]|z|a|delta)\d+")
RENAMED = {"decayed": "g", "clipped": "g", "shortened": "g", "t": "updates"}


class Arrays(PythonNotation):
    """Python for arrays: np.where(z1 > 0, z1, 0.01 * z1).

    variables: what stands for a name. scalars: names that stand for a single number.
    """

    def __init__(self, script: Script, variables: Mapping[str, str], scalars: set[str]) -> None:
        super().__init__()
        xp, functions = script.xp, script.functions
        known = {**{word: f"{{xp}}.{word}" for word in OF_ARRAYS}, **{word: word for word in DEFINED}, **FUNCTIONS, **functions}
        self.words = {word: text.format(xp=xp) for word, text in known.items()}
        self.xp, self.variables, self.scalars = xp, variables, scalars if script.has_scalars else set()
        self.scalar = script.scalar

    def _name(self, name):
        if name == "pi":
            return "math.pi", ATOM
        if name not in self.variables:
            raise NotAFormula(f"nothing is known of {shown(name)}")
        return self.variables[name], ATOM

    def _call(self, name, *arguments):
        texts = list(map(self.write, arguments))
        if name not in self.words or len(texts) != 1 and name in OF_ARRAYS or name in ("max", "min") and len(texts) == 1:
            raise NotAFormula(f"a script has no {shown(name)}() of {len(texts)}")
        if self._is_scalar(*arguments):
            return f"{'' if name in ('max', 'min', 'abs') else 'math.'}{name}({', '.join(texts)})", ATOM
        if name in ("max", "min"):
            texts = [self.scalar.format(text) if self._is_scalar(piece) else text for text, piece in zip(texts, arguments)]
        while name in ("max", "min") and len(texts) > 2:
            texts[-2:] = [f"{self.words[name]}({', '.join(texts[-2:])})"]
        return f"{self.words[name]}({', '.join(texts)})", ATOM

    def _is_scalar(self, *pieces):
        return all(set(piece.names) <= self.scalars for piece in pieces)

    def _choice(self, value, condition, otherwise):
        if self._is_scalar(condition):
            return super()._choice(value, condition, otherwise)
        return f"{self.xp}.where({', '.join(map(self.write, (condition, value, otherwise)))})", ATOM

    def _comparison(self, *parts):
        texts = [part if isinstance(part, str) else self.write(part, SUM) for part in parts]
        pairs = [" ".join(texts[place : place + 3]) for place in range(0, len(texts) - 2, 2)]
        return (pairs[0], COMPARISON) if len(pairs) == 1 else (" & ".join(f"({pair})" for pair in pairs), LOOSE)

    def _and(self, *parts):
        return " & ".join([self.write(part, ATOM) for part in parts]), LOOSE

    def _or(self, *parts):
        return " | ".join([self.write(part, ATOM) for part in parts]), LOOSE

    def _not(self, part):
        return f"~{self.write(part, ATOM)}", POWER


class Script:
    """The skeleton of a script; what is a framework's own stands in a class for each."""

    framework = ""
    imports: tuple[str, ...] = ()  # `import math` is added where it is needed
    setting = ""  # of the framework, so that it computes in float64
    xp = "np"  # the module of the arrays
    array = "np.array"
    scalar = "{}"  # as an argument beside arrays
    functions: Mapping[str, str] = {}  # by the names that formulas have for them
    activations: Mapping[str, str] = {}  # expressions with {z} and parameters, in place of formulas
    assigned = "w[...] = {}"
    done_before: tuple[str, ...] = ()  # of an update
    has_scalars = True  # numbers of an update that are no arrays

    def __init__(self, problem: Problem) -> None:
        self.problem, self.network = problem, problem.network
        self.layers, self.loss = self.network.layers, self.network.loss
        self.optimizer = OPTIMIZERS.make("sgd") if problem.optimizer is None else problem.optimizer
        self.count = len(self.layers)
        self.is_mean = problem.reduction == "mean"
        self.cancels = self.layers[-1].activation.name in self.loss.cancels_with

    def text(self) -> str:
        """The script."""
        code = [self.settings(), self.numbers(), *self.parts(), self.main()]
        words = set(WORD.findall("\n".join(code)))
        defined = []
        for word, text in DEFINED.items():
            if word in words and f"{self.xp}.{word}" not in self.functions.values():
                defined.append(text.format(xp=self.xp))
        math = "import math" if "math." in "\n".join([*code, *defined]) else ""
        imports = "\n".join(filter(None, (math, *self.imports)))
        return _joined([*filter(None, (self.title(), imports, self.setting)), *defined, *code])

    def parts(self) -> list[str]:
        """The network, its loss and a step of its training."""
        raise NotImplementedError

    def parameters(self) -> list[tuple[str, bool]]:
        """The names of all weights and biases, and whether each is trained."""
        return [pair for number, layer in enumerate(self.layers, 1)
                for pair in ((f"W{number}", True), *[(f"b{number}", layer.trainable_bias)] * layer.has_bias)]

    def title(self) -> str:
        """What the script is, as comments."""
        problem = self.problem
        fresh = "The optimizer starts afresh." if problem.training or self.optimizer.updates else ""
        told = f"A training step in {self.framework}, of a batch: x and t have a row for each example. {fresh}"
        return "\n".join(map(comment, filter(None, (problem.title, problem.source, told))))

    def numbers(self) -> str:
        """Weights, biases and examples."""
        lines = ["# Weights: a row for each unit, and in it a number for each input."]
        for number, layer in enumerate(self.layers, 1):
            lines.append(comment(f"Layer {number}: {layer.size} {layer.activation.label} unit{'s' * (layer.size > 1)}"))
            lines.append(f"W{number} = {self.array}({matrix(layer.weights, f'layer {number}')})")
            if layer.has_bias:
                lines.append(f"b{number} = {self.array}({row(layer.biases, f'layer {number}')})")
        inputs, targets = matrix(self.problem.inputs, "inputs"), matrix(self.problem.targets, "targets")
        return "\n".join([*lines, f"\ninputs = {self.array}({inputs})", f"targets = {self.array}({targets})"])

    def main(self) -> str:
        """The first step, on the first batch."""
        size = self.problem.batch_size
        part = "" if size == "all" or size >= len(self.problem.inputs) else f"[:{size}]"
        return f'if __name__ == "__main__":\n    print("E before the first step:", train_step(inputs{part}, targets{part}))'

    # Formulas

    def forward_lines(self, weighted: str) -> list[str]:
        """z and a of every layer; `weighted` is how a layer weighs its inputs {a}, from its number and that of its bias."""
        lines = []
        for number, layer in enumerate(self.layers, 1):
            bias = f" + b{number}" * layer.has_bias
            lines.append(f"z{number} = {weighted.format(number=number, a=f'a{number - 1}' if number > 1 else 'x', bias=bias)}")
            lines.append(f"a{number} = {self.activation(number, f'z{number}')}")
        return lines

    def activation(self, number: int, z: str) -> str:
        """a of a layer, from z."""
        function = self.layers[number - 1].activation
        if function.name in self.activations:
            values = {parameter: getattr(function, parameter) for parameter in function.parameters}
            return self.activations[function.name].format(z=z, **values)
        return self.written(function, function.formula, {"z": z})

    def term(self) -> str:
        """One output's share of the loss, of all outputs of all examples."""
        return self.written(self.loss, self.loss.formula, {"a": "a", "t": "t"})

    def written(self, thing, text: str, variables: Mapping[str, str], level: int = LOOSE) -> str:
        """A formula of an activation or a loss, with its parameters as numbers."""
        form = safer(thing, text)
        known = {"n": self.layers[-1].size, **{each: getattr(thing, each) for each in form.names if hasattr(thing, each)}}
        form = form.put({each: number(value) for each, value in known.items() if each not in variables})
        return self._write(thing, form, variables, set(), level)

    def _write(self, thing, form, variables, scalars, level=LOOSE):
        try:
            return Arrays(self, variables, scalars).write(form, level)
        except NotAFormula as error:
            raise NotAFormula(f"there is no {self.framework} for {shorten(thing.name)}, {shorten(str(form))}: {error}") from None

    # The update, by the optimizer's own formulas

    def settings(self) -> str:
        """The optimizer's numbers by their names, of those that its formulas have."""
        optimizer = self.optimizer
        eta = "eta" if optimizer.schedule.name == "constant" else "learning_rate"
        used = {name for rule in optimizer.all_rules(True, 1.0) for name in rule.operands}
        names = {eta: "learning_rate", **{_variable(each): each for each in optimizer.parameters if each in used}}
        lines = [f"{name} = {literal(getattr(optimizer, each), each)}" for name, each in names.items()]
        return "\n".join([comment(f"The optimizer: {optimizer.label}"), *lines])

    def rule_lines(self) -> list[str]:
        """What an update makes of w and g."""
        optimizer, lines = self.optimizer, []
        for rule in optimizer.all_rules(True, 1.0):
            if rule.quantity in self.done_before:
                continue
            form = formula(SAFER.get(rule.formula, rule.formula))
            variables = {each: _variable(each) for each in form.names}
            right = self._write(optimizer, form, variables, {"eta", "t", "norm", *optimizer.parameters})
            line = self.assigned.format(right) if rule.quantity == "w+" else f"{_variable(rule.quantity)} = {right}"
            lines += ["if w.ndim == 2:  # weights, not biases", f"    {line}"] if rule.quantity == "decayed" else [line]
        return lines

    def eta_line(self) -> list[str]:
        """The learning rate of an update, where a schedule says it."""
        schedule = self.optimizer.schedule
        if schedule.name == "constant":
            return []
        return [f"eta = {self.rate('learning_rate', 'updates')}"]

    def rate(self, eta: str, updates: str) -> str:
        """The learning rate by the schedule."""
        schedule = self.optimizer.schedule
        form = formula(schedule.formula).put({each: number(getattr(schedule, each)) for each in schedule.parameters})
        return self._write(schedule, form, {"eta": eta, "k": updates}, {"k"})

    def counts(self) -> bool:
        """Whether an update depends on how many there were."""
        return any("updates" in WORD.findall(line) for line in [*self.rule_lines(), *self.eta_line()])

    def remembered(self, sign: str = "") -> list[str]:
        """The variables of what is remembered of each parameter, or with + of what will be."""
        return [_variable(each + sign) for each in self.optimizer.state]

    def update(self) -> str:
        """What is remembered between updates, and a function that changes every parameter by its gradient."""
        counts, names = self.counts(), self.remembered()
        loop = ["w = parameters[name]", *self.rule_lines()]
        if names:
            start = "0" if len(names) == 1 else f"({', '.join('0' for _ in names)})"
            loop.insert(1, f"{', '.join(names)} = memory.get(name, {start})")
            loop.append(f"memory[name] = {', '.join(self.remembered('+'))}")
        norm = f"norm = {self.xp}.sqrt(sum([{self.xp}.sum(g**2) for g in gradients.values()]))"
        body = [*["global updates"] * counts, *self.eta_line(), *["updates += 1"] * counts]
        body += [norm] * (self.optimizer.clip_norm is not None)
        body.append(block("for name, g in gradients.items():", *loop))
        state = ["updates = 0"] * counts + ["memory = {}  # what the optimizer remembers of each parameter"] * bool(names)
        return "\n".join([*state, *["", ""] * bool(state), block("def update(gradients):", *body)])


def safer(thing, text: str) -> Formula:
    """The formula of an activation or a loss, in the words in which nothing overflows."""
    try:
        return formula(SAFER.get(text, text))
    except NotAFormula as error:
        raise InputError(f"{shorten(thing.name)}: {error}") from None


def _variable(name):
    """What a name of an optimizer's formulas is called in a script."""
    word = f"new_{name[:-1]}" if name.endswith("+") else name
    is_taken = word in RESERVED or keyword.iskeyword(word) or OF_LAYER.fullmatch(word)
    return RENAMED.get(name) or (f"{word}_" if is_taken else word)


# Texts


def comment(text: str) -> str:
    """The text as lines of comments, which nothing that a person has typed can end."""
    return "\n".join([f"# {line}" for line in textwrap.wrap(visible(text), WIDTH - 2)])


def literal(value: object, place: str) -> str:
    """A number with all its digits, as a float."""
    if not isinstance(value, (int, float)):
        raise InputError(f"{place}: a script for a framework has floats, not {shorten(value)}; float() makes one")
    return float.__repr__(float(value))


def row(values: Sequence[Any], place: str) -> str:
    """Numbers in brackets, in lines that are not too wide."""
    text = f"[{', '.join([literal(value, place) for value in values])}]"
    return text if len(text) <= WIDTH - 20 else "[\n" + textwrap.indent(textwrap.fill(text[1:-1], WIDTH - 8), "    ") + ",\n]"


def matrix(rows: Sequence[Sequence[Any]], place: str) -> str:
    """A row of numbers in each line."""
    if len(rows) == 1 and "\n" not in row(rows[0], place):
        return f"[{row(rows[0], place)}]"
    return "[\n" + "".join([f"{textwrap.indent(row(each, place), '    ')},\n" for each in rows]) + "]"


def block(head: str, *lines: str) -> str:
    """A function, or whatever else has lines that stand further in."""
    return head + "\n" + textwrap.indent("\n".join(lines), "    ")


def _joined(parts):
    """The parts, with two empty lines around functions and classes, and one between others."""
    text, was_block = parts[0], False
    for part in parts[1:]:
        is_block = bool(BLOCK.search(part))
        text += ("\n\n\n" if is_block or was_block else "\n\n") + part
        was_block = is_block
    return text
