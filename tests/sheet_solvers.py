"""People who have nothing but a sheet's printed text: they read it, and work it out by formulas of their own.

Nothing here knows the library's networks, traces or rules. How they round is a function of a number.

    z, a, delta: {unit: number} of a pass
    w, b:        {(from, to): number} and {unit: number}
"""

import math
import re

ACTIVATIONS = {  # (f, its derivative by z and a)
    "sigmoid": (lambda z: 1 / (1 + math.exp(-z)), lambda z, a: a * (1 - a)),
    "tanh": (math.tanh, lambda z, a: 1 - a * a),
    "relu": (lambda z: max(0.0, z), lambda z, a: float(z > 0)),
    "linear": (lambda z: z, lambda z, a: 1.0),
    "sign": (lambda z: 1.0 if z >= 0 else -1.0, lambda z, a: 1.0),
}


class Sheet:
    """What stands on a sheet.

    layers:   of each the names of its units, the inputs first
    kinds:    the activation of each layer behind the inputs
    examples: (inputs, targets) as {unit: number}
    asked:    the addresses, in the order in which they stand there
    """

    def __init__(self, text):
        self.text, self.w, self.b, self.kinds, self.layers, self.given = text, {}, {}, [], [], {}
        self.examples, self.lost = [], None
        for table in re.findall(r"^(\w+ +.*)\n-[- ]+\n((?:.+\n)+)", text, re.M):
            self._table(*[[re.split(r"  +", line.strip()) for line in part.strip().split("\n")] for part in table])
        self.asked = [one.strip() for one in re.findall(r"(?:^|   )((?:mean )?[^\s=]+) = \.{10}", text, re.M)]
        self.places = int(re.search(r"Give (\d+) decimals|One decimal", text)[1] or 1)
        joined = " ".join(text.split())
        self.eta = self._number(joined, "eta")
        self.momentum = self._number(joined, "momentum") or 0.0
        self.is_batch = "the mean of dE/dw over all examples" in joined
        self.cancels = "softmax" in self.kinds or "delta = a - t" in text
        self.has_entropy = "categorical_crossentropy" in text

    @staticmethod
    def _number(text, name):
        found = re.search(rf"[;,] {name} = ([^,;]+)", text)
        return None if found is None or found[1] == "?" else float(found[1])

    def _table(self, header, rows):
        [header] = header
        if header[0] == "number":
            self.given = {address: float(value) for address, value in rows}
        elif header[0] == "example":
            inputs = [name for name in header[1:] if not name.startswith("t[")]
            self.layers.insert(0, inputs)
            for row in rows:
                values = dict(zip(header[1:], map(float, row[1:])))
                self.examples.append(({name: values[name] for name in inputs},
                                      {name[2:-1]: value for name, value in values.items() if name.startswith("t[")}))
        else:
            self.kinds.append(header[0])
            self.layers.append([row[0] for row in rows])
            for name, *cells in rows:
                for head, cell in zip(header[1:], cells):
                    place = (head[5:], name) if head.startswith("from ") else None
                    value = None if cell == "?" else float(cell)
                    self.lost = place if value is None else self.lost
                    if place:
                        self.w[place] = value
                    else:
                        self.b[name] = value


def solved(text, rounded=lambda value: value):
    """{address: number} of all that a sheet asks, and of the work for it."""
    sheet = Sheet(text)
    if sheet.asked == ["eta"]:
        new = next(address for address in sheet.given if address.startswith("w+"))
        source, target = new[3:-1].split("->")
        return {"eta": (sheet.w[source, target] - sheet.given[new]) / sheet.given[f"dE/dw[{source}->{target}]"]}
    if sheet.lost and len(sheet.asked) == 1:
        source, target = sheet.lost
        inputs, _ = sheet.examples[0]
        known = sum(sheet.w[name, target] * value for name, value in inputs.items() if name != source)
        return {f"w[{source}->{target}]": (sheet.given[f"z[{target}]"] - known - sheet.b[target]) / inputs[source]}
    return Work(sheet, rounded).numbers


class Work:
    """The work on a sheet; `numbers` are all that came up, by address."""

    def __init__(self, sheet, rounded):
        self.sheet, self.rounded, self.numbers = sheet, rounded, {}
        passes = [int(number) for number in re.findall(r"@(\d+)", " ".join(sheet.asked))]
        self.count = max(passes, default=1)
        self.w, self.b, self.velocities, self.gradients = dict(sheet.w), dict(sheet.b), {}, {}
        self.pending = {}  # new weights and biases, until there are all of them
        for number in range(1, self.count + 1):
            self._pass(number, *sheet.examples[(number - 1) % len(sheet.examples)])

    def _put(self, quantity, place, number, value):
        address = f"{quantity}[{place}]" if place else quantity
        address += f"@{number}" if self.count > 1 else ""
        self.numbers[address] = self.sheet.given[address] if address in self.sheet.given else self.rounded(value)
        return self.numbers[address]

    def _pass(self, number, inputs, targets):
        layers, z, a, delta = self.sheet.layers, {}, dict(inputs), {}
        for kind, before, names in zip(self.sheet.kinds, layers, layers[1:]):
            for name in names:
                z[name] = self._put("z", name, number, sum(self.w[one, name] * a[one] for one in before) + self.b[name])
                if kind != "softmax":
                    a[name] = self._put("a", name, number, ACTIVATIONS[kind][0](z[name]))
            if kind == "softmax":
                powers = {name: math.exp(z[name]) for name in names}
                for name in names:
                    a[name] = self._put("a", name, number, powers[name] / sum(powers.values()))
        if not targets:
            return
        self._loss(number, a, targets)
        for index in range(len(layers) - 1, 0, -1):
            for name in layers[index]:
                self._delta(name, index, number, z, a, delta, targets)
        for index in range(len(layers) - 1, 0, -1):
            for name in layers[index]:
                for source in layers[index - 1]:
                    self._update((source, name), self.w, number, delta[name] * a[source])
                self._update(name, self.b, number, delta[name])

    def _loss(self, number, a, targets):
        shares = {}
        for name, target in targets.items():
            entropy = 0.0 if target == 0 else -target * math.log(a[name]) if self.sheet.has_entropy else None
            value = entropy if self.sheet.has_entropy else (a[name] - target) ** 2 / 2
            shares[name] = self._put("E", name, number, value)
        self._put("E", "", number, sum(shares.values()))

    def _delta(self, name, index, number, z, a, delta, targets):
        is_output = index == len(self.sheet.layers) - 1
        following = self.sheet.layers[index + 1] if not is_output else ()
        error = a[name] - targets[name] if is_output else sum(self.w[name, one] * delta[one] for one in following)
        if is_output and self.sheet.cancels:
            delta[name] = self._put("delta", name, number, error)
            return
        slope = ACTIVATIONS[self.sheet.kinds[index - 1]][1](z[name], a[name])
        delta[name] = self._put("delta", name, number, error * slope)

    def _update(self, place, numbers, number, gradient):
        """Go one step with a weight or a bias, if the sheet does, and if the batch is complete."""
        name, letter = ("->".join(place), "w") if isinstance(place, tuple) else (place, "b")
        if not self.sheet.is_batch:
            gradient = self._put(f"dE/d{letter}", name, number, gradient)
        else:
            gradients = self.gradients.setdefault(place, [])
            gradients.append(gradient)
            if len(gradients) < len(self.sheet.examples):
                return
            gradient = self._put(f"mean dE/d{letter}", name, number, sum(gradients) / len(gradients))
        if self.sheet.eta is None:
            return
        velocity = self.sheet.momentum * self.velocities.get(place, 0.0) - self.sheet.eta * gradient
        if self.sheet.momentum:
            velocity = self.velocities[place] = self._put("velocity+", name, number, velocity)
        self.pending[letter, place] = self._put(f"{letter}+", name, number, numbers[place] + velocity)
        if len(self.pending) == len(self.w) + len(self.b):
            for (kind, where), value in self.pending.items():
                (self.w if kind == "w" else self.b)[where] = value
            self.pending = {}
