"""What the scripts for all frameworks share: a skeleton, numbers as text, and formulas of whole arrays.

Activations, losses and updates are written from the formulas of their classes, in the words in which nothing overflows,
unless a framework has words of its own for them.
"""

from __future__ import annotations

import keyword
import re
import textwrap
from typing import TYPE_CHECKING, Any, Mapping, Sequence

from neurosim.core.optimizers import OPTIMIZERS
from neurosim.formula.formula import NotAFormula, formula, number
from neurosim.formula.python import PythonNotation
from neurosim.formula.safer import safer
from neurosim.formula.text import ATOM, COMPARISON, LOOSE, POWER, SUM
from neurosim.support.errors import InputError, counted, shorten, shown
from neurosim.support.page import visible

if TYPE_CHECKING:
    from neurosim.problems.problem_file import Problem

WIDTH = 96  # columns
OF_MODULE = ("exp", "log", "sqrt", "tanh", "abs", "sign", "cosh", "floor", "expm1", "log1p")
RENAMED_THERE = {"atan": "arctan", "max": "maximum", "min": "minimum"}
IN_PYTHON = ("abs", "max", "min")  # for single numbers; the others are in `math`
# What a script defines where it calls it; {xp} is the module of the arrays.
DEFINED = {
    "sigmoid": """\
def sigmoid(z):
    power = {xp}.exp(-{xp}.abs(z))  # which cannot be too large
    return {xp}.where(z >= 0, 1, power) / (1 + power)""",
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
    "times_log": "def times_log(t, a):\n    return t * {xp}.log({xp}.clip(a, 1e-300, 1e300))  # 0 log(0) is 0",
    "log_of_rest": """\
def log_of_rest(a):
    below_one = {xp}.clip(a, 0, 0.9999999999999999)
    return {xp}.where(a < 1, {xp}.log1p(-below_one), math.log(1e-300))  # never log(0)""",
    "over": "def over(t, a):\n    return t / {xp}.clip(a, 1e-300, 1e300)  # 0 / 0 is 0",
}
CALLED = re.compile(r"(?<![\w.])\w+(?=\()")
BLOCK = re.compile(r"^(def|class|@|if)\b", re.M)  # has two empty lines around it
# What an optimizer's formulas name, by what a script has for it; and what a script has for something else.
RENAMED = {"decayed": "g", "clipped": "g", "shortened": "g", "t": "updates"}
RESERVED = {"np", "torch", "nn", "F", "keras", "ops", "math", "inputs", "targets", "parameters", "memory", "updates", "x",
            "name", "gradients", "Net", "Loss", "Update", "model", "forward", "loss", "update",
            "train_step", *DEFINED}  # fmt: skip
OF_LAYER = re.compile(r"([Wbza]|delta)\d+")


class Arrays(PythonNotation):
    """Python for arrays: np.where(z1 > 0, z1, 0.01 * z1).

    variables: what stands for each name. scalars: names that stand for a single number.
    """

    def __init__(self, script: Script, variables: Mapping[str, str], scalars: set[str]) -> None:
        super().__init__()
        there = {**{word: word for word in OF_MODULE}, **RENAMED_THERE}
        self.words = {**{word: word for word in DEFINED}, **{word: f"{script.xp}.{there[word]}" for word in there},
                      **script.functions}  # fmt: skip
        self.script, self.variables, self.scalars = script, variables, scalars if script.has_scalars else set()

    def _name(self, name):
        if name != "pi" and name not in self.variables:
            raise NotAFormula(f"nothing is known of {shown(name)}")
        return "math.pi" if name == "pi" else self.variables[name], ATOM

    def _call(self, name, *arguments):
        texts, is_pair = list(map(self.write, arguments)), name in ("max", "min")
        if name not in self.words or is_pair and len(texts) == 1:
            raise NotAFormula(f"a script has no {shown(name)}() of {counted(len(texts), 'thing')}")
        if self._is_scalar(*arguments):
            return f"{'' if name in IN_PYTHON else 'math.'}{name}({', '.join(texts)})", ATOM
        if is_pair:
            wrapped = map(self.script.scalar.format, texts)
            texts = [there if self._is_scalar(one) else text for one, text, there in zip(arguments, texts, wrapped)]
        while is_pair and len(texts) > 2:
            texts[-2:] = [f"{self.words[name]}({', '.join(texts[-2:])})"]
        return f"{self.words[name]}({', '.join(texts)})", ATOM

    def _is_scalar(self, *pieces):
        return all(set(piece.names) <= self.scalars for piece in pieces)

    def _choice(self, value, condition, otherwise):
        if self._is_scalar(condition):
            return super()._choice(value, condition, otherwise)
        return f"{self.script.xp}.where({', '.join(map(self.write, (condition, value, otherwise)))})", ATOM

    def _comparison(self, *parts):
        texts = [part if isinstance(part, str) else self.write(part, SUM) for part in parts]
        pairs = [" ".join(texts[place : place + 3]) for place in range(0, len(texts) - 2, 2)]
        return (pairs[0], COMPARISON) if len(pairs) == 1 else (" & ".join([f"({pair})" for pair in pairs]), LOOSE)

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
    setting = ""  # by which the framework computes in float64
    xp = "np"  # the module of the arrays
    array = "np.array"
    scalar = "{}"  # a single number as an argument beside arrays
    assigned = "w[...] = {}"
    has_scalars = True  # an update has numbers that are no arrays
    done_before: tuple[str, ...] = ()  # an update's rules come to them
    functions: Mapping[str, str] = {}  # by what formulas call them
    activations: Mapping[str, str] = {}  # with {z} and parameters, in place of formulas

    def __init__(self, problem: Problem) -> None:
        self.problem, self.network = problem, problem.network
        self.layers, self.loss = list(enumerate(self.network.layers, 1)), self.network.loss
        self.output = self.network.layers[-1]
        self.optimizer: Any = OPTIMIZERS.make("sgd") if problem.optimizer is None else problem.optimizer
        self.over_batch = " / len(t)" if problem.reduction == "mean" else ""
        self.cancels = self.output.activation.name in self.loss.cancels_with
        self.is_mean = getattr(self.loss, "outputs", "sum") == "mean"  # over the outputs
        self.eta = "eta" if self.optimizer.schedule.name == "constant" else "learning_rate"

    def text(self) -> str:
        """The script."""
        code = [self.settings(), self.numbers(), *self.parts(), self.main()]
        called = set(CALLED.findall("\n".join(code)))
        code = [text.format(xp=self.xp) for word, text in DEFINED.items() if word in called] + code
        imports = ["import math"] * ("math." in "\n".join(code)) + list(self.imports)
        text, was_block = self.title(), False
        for part in filter(None, ("\n".join(imports), self.setting, *code)):
            is_block = bool(BLOCK.search(part))
            text += ("\n\n\n" if is_block or was_block else "\n\n") + part
            was_block = is_block
        return text

    def parts(self) -> list[str]:
        """The network, its loss and a step of its training."""
        raise NotImplementedError

    def title(self) -> str:
        """What the script is, as comments."""
        told = f"A training step in {self.framework}, of a batch: x and t have a row for each example."
        fresh = "The optimizer starts afresh." if self.problem.training or self.optimizer.updates else ""
        return "\n".join(map(comment, filter(None, (self.problem.title, self.problem.source, told, fresh))))

    def numbers(self) -> str:
        """Weights, biases and examples."""
        lines = ["# Weights: a row for each unit, and in it a number for each input."]
        for k, layer in self.layers:
            lines.append(comment(f"Layer {k}: {counted(layer.size, f'{layer.activation.label} unit')}"))
            lines.append(f"W{k} = {self.array}({matrix(layer.weights, f'layer {k}')})")
            lines += [f"b{k} = {self.array}({row(each, f'layer {k}')})" for each in [layer.biases] if each is not None]
        for name in ("inputs", "targets"):
            lines.append("\n" * (name == "inputs") + f"{name} = {self.array}({matrix(getattr(self.problem, name), name)})")
        return "\n".join(lines)

    def main(self) -> str:
        """The first step, on the first batch."""
        size: Any = self.problem.batch_size
        part = "" if size == "all" or size >= len(self.problem.inputs) else f"[:{size}]"
        call = f"train_step(inputs{part}, targets{part})"
        return block('if __name__ == "__main__":', f'print("E before the first step:", {call})')

    # The network, by the formulas of its activations and its loss

    def forward_lines(self, weighted: str) -> list[str]:
        """z and a of every layer; `weighted` is how layer {k} weighs its inputs {a}, with {bias}."""
        lines = []
        for k, layer in self.layers:
            bias = f" + b{k}" * layer.has_bias
            lines.append(f"z{k} = {weighted.format(k=k, a=inputs_of(k), bias=bias)}")
            lines.append(f"a{k} = {self.activation(layer.activation, f'z{k}')}")
        return lines

    def activation(self, activation: Any, z: str) -> str:
        """a, from z."""
        if activation.name in self.activations:
            values = {each: getattr(activation, each) for each in activation.parameters}
            return self.activations[activation.name].format(z=z, **values)
        return self.written(activation, activation.formula, {"z": z})

    def term(self) -> str:
        """Every output's share of the loss, in every example."""
        return self.written(self.loss, self.loss.formula, {"a": "a", "t": "t"})

    def written(self, thing: Any, text: str, variables: Mapping[str, str], level: int = LOOSE) -> str:
        """A formula of an activation or a loss, in the words in which nothing overflows, with its parameters as numbers."""
        form = safer(formula(text))
        values = {"n": self.output.size, **{each: getattr(thing, each) for each in form.names if hasattr(thing, each)}}
        form = form.put({each: number(value) for each, value in values.items() if each not in variables})
        return Arrays(self, variables, set()).write(form, level)

    # The update, by the formulas of its optimizer

    def settings(self) -> str:
        """The optimizer's numbers by their names, of those that its formulas have."""
        used = {each for rule in self.optimizer.all_rules(True, 1.0) for each in rule.operands}
        names = {self.eta: "learning_rate", **{variable(each): each for each in self.optimizer.parameters if each in used}}
        lines = [f"{name} = {float(getattr(self.optimizer, each))!r}" for name, each in names.items()]
        return "\n".join([comment(f"The optimizer: {self.optimizer.label}"), *lines])

    def rule_lines(self) -> list[str]:
        """What an update makes of w and g."""
        optimizer, lines = self.optimizer, []
        for rule in optimizer.all_rules(True, 1.0):
            form = safer(formula(rule.formula))
            arrays = Arrays(self, {each: variable(each) for each in form.names}, {"eta", "t", "norm", *optimizer.parameters})
            left = self.assigned if rule.quantity == "w+" else f"{variable(rule.quantity)} = {{}}"
            line = left.format(arrays.write(form))
            if rule.quantity == "decayed" and not optimizer.decay_biases:
                lines += ["if w.ndim == 2:  # weights, not biases", f"    {line}"]
            elif rule.quantity not in self.done_before:
                lines.append(line)
        return lines

    def rate(self, eta: str, updates: str) -> str:
        """The learning rate after so many updates."""
        schedule = self.optimizer.schedule
        form = formula(schedule.formula).put({each: number(getattr(schedule, each)) for each in schedule.parameters})
        return Arrays(self, {"eta": eta, "k": updates}, {"k"}).write(form)

    def counting(self, *between: str) -> list[str]:
        """The lines that count the update and work out its learning rate, if anything depends on these; `between` first."""
        eta = [f"eta = {self.rate('learning_rate', 'updates')}"] if self.eta != "eta" else []
        counts = eta or any(re.search(r"\bupdates\b", line) for line in self.rule_lines())
        return [*between, *eta, "updates += 1"] if counts else []

    def remembered(self, sign: str = "") -> list[str]:
        """The variables of what is remembered of each parameter, or with + of what will be."""
        return [variable(each + sign) for each in self.optimizer.state]

    def starts(self) -> list[float]:
        """What each of these starts with."""
        starts = self.optimizer.starts
        return [getattr(self.optimizer, starts[each]) if each in starts else 0 for each in self.optimizer.state]

    def update(self, decorator: str = "") -> str:
        """What is remembered between updates, and a function that changes every parameter by its gradient."""
        names, counting, state = self.remembered(), self.counting("global updates"), []
        loop = ["w = parameters[name]", *self.rule_lines()]
        if names:
            state.append("memory = {}  # what the optimizer remembers of each parameter")
            start = ", ".join(map(repr, self.starts()))
            start = start if len(names) == 1 else f"({start})"
            loop.insert(1, f"{', '.join(names)} = memory.get(name, {start})")
            loop.append(f"memory[name] = {', '.join(self.remembered('+'))}")
        norm = f"norm = {self.xp}.sqrt(sum([{self.xp}.sum(g**2) for g in gradients.values()]))"
        body = [*counting, *[norm] * (self.optimizer.clip_norm is not None)]
        state = ["updates = 0"] * bool(counting) + state
        head = f"{decorator}def update(gradients):"
        return "\n".join([*state, *["", ""] * bool(state),
                          block(head, *body, block("for name, g in gradients.items():", *loop))])  # fmt: skip


def inputs_of(k: int) -> str:
    """The variable of what goes into layer k."""
    return f"a{k - 1}" if k > 1 else "x"


def variable(name: str) -> str:
    """The variable of a name in an optimizer's formulas."""
    word = f"new_{name[:-1]}" if name.endswith("+") else name
    is_taken = word in RESERVED or keyword.iskeyword(word) or OF_LAYER.fullmatch(word)
    return RENAMED.get(name) or word + "_" * bool(is_taken)


# Texts


def comment(text: str) -> str:
    """The text as comments, which nothing that a person has typed can end."""
    return "\n".join([f"# {line}" for line in textwrap.wrap(visible(text), WIDTH - 2)])


def block(head: str, *lines: str) -> str:
    """A function, or whatever else has lines that stand further in."""
    return head + "\n" + textwrap.indent("\n".join(lines), "    ")


def bracketed(brackets: str, texts: Sequence[str]) -> str:
    """Texts with commas between them, in lines that are not too wide."""
    line = ", ".join(texts)
    if len(line) > WIDTH - 20:
        line = "\n" + textwrap.indent(textwrap.fill(line, WIDTH - 8), "    ") + ",\n"
    return f"{brackets[0]}{line}{brackets[1]}"


def row(values: Sequence[Any], place: str) -> str:
    """Numbers in brackets, as floats with all their digits."""
    for value in values:
        if not isinstance(value, (int, float)):
            raise InputError(f"{place}: a script for a framework has floats, not {shorten(value)}; float() makes one")
    return bracketed("[]", [float.__repr__(float(value)) for value in values])


def matrix(rows: Sequence[Sequence[Any]], place: str) -> str:
    """Rows of numbers, each in a line, unless there is only one."""
    texts = [row(each, place) for each in rows]
    if len(texts) == 1 and "\n" not in texts[0]:
        return f"[{texts[0]}]"
    return "[\n" + "".join([f"{textwrap.indent(text, '    ')},\n" for text in texts]) + "]"
