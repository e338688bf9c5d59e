"""The writer: turns what the neurons have recorded into steps, each with the addresses that it was made from."""

from __future__ import annotations

from neurosim.core.address import layer_place, make_address, split_address
from neurosim.core.schedules import Constant
from neurosim.support.errors import NonFiniteError
from neurosim.support.numeric import as_kind, is_finite
from neurosim.trace.rules import RULES, activation_rules, loss_rules, schedule_rule, update_rules
from neurosim.trace.softmax import needs_shift, powers_rule
from neurosim.trace.step import Step


def rules_of(network, optimizer):
    """The rules that any trace of this network and optimizer has."""
    return Writer(network, optimizer, several_passes=False).rules


class Writer:
    """Writes steps for one network; knows the address at which each weight and bias has its present value.

    Nothing is computed here but what no neuron keeps: f', the terms of the loss and the batch's loss,
    each by the rule that the step names.
    """

    def __init__(self, network, optimizer, several_passes, passes=0):
        """`passes` have run before, and with an optimizer the last of them ended with an update."""
        self.network, self.optimizer, self.several_passes = network, optimizer, several_passes
        self.pass_number, self._made = passes, {}  # the addresses of the present pass, by quantity and place
        self.steps, self.values, self.rules = [], {}, dict(RULES)
        self.activation_rules = [activation_rules(layer.activation) for layer in network.layers]
        self.loss_rules = loss_rules(network.loss, network.layers[-1].size)
        self.rules.update((rule.name, rule) for pair in [*self.activation_rules, self.loss_rules] for rule in pair)
        self.layers = network.named_layers()
        self.weight_addresses = [
            [[self._so_far("w", f"{source}->{name}") for source in before] for name in names]
            for names, before, _ in self.layers
        ]
        self.bias_addresses = [
            [self._so_far("b", name) if neuron.trainable_bias else make_address("b", name)
             for name, neuron in zip(names, layer.neurons)]
            for names, _, layer in self.layers
        ]
        self.state_addresses = {}  # by the name of what an optimizer remembers, and the unit or connection
        if optimizer is not None:
            self._prepare_updates()

    def _prepare_updates(self):
        like = self.network.layers[0].neurons[0].weights[0]
        self.update_rules = {is_weight: update_rules(self.optimizer, is_weight, like) for is_weight in (True, False)}
        self.kept = {f"{name}+": name for name in self.optimizer.state}  # what a rule makes: what is remembered by it
        self.schedule_rule = schedule_rule(self.optimizer.schedule)
        self.rules.update((rule.name, rule) for rules in self.update_rules.values() for _, rule in rules)
        self.rules[self.schedule_rule.name] = self.schedule_rule

    def _so_far(self, quantity, place):
        """The address at which something that updates change has its present value."""
        if self.optimizer is None or not self.pass_number:
            return make_address(quantity, place)
        return make_address(f"{quantity}+", place, self.pass_number)

    def _at(self, quantity, place="", pass_number=None):
        """The address in the present pass, made once, or in another pass."""
        if pass_number is not None:
            return make_address(quantity, place, pass_number if self.several_passes else None)
        address = self._made.get((quantity, place))
        if address is None:
            address = make_address(quantity, place, self.pass_number if self.several_passes else None)
            self._made[quantity, place] = address
        return address

    def _write(self, address, phase, rule, operands, value):
        if not is_finite(value):
            quantity, place, _ = split_address(address)
            raise NonFiniteError(quantity, place, value)
        self.steps.append(Step(address, phase, rule, tuple(operands), value))
        self.values[address] = value
        return address

    def _given(self, address, value):
        return self._write(address, "given", "given", (), value)

    def parameters(self):
        """The weights and biases, the learning rate and what the optimizer remembers, as they are now."""
        for (_, _, layer), weights, biases in zip(self.layers, self.weight_addresses, self.bias_addresses):
            for neuron, addresses, bias in zip(layer.neurons, weights, biases):
                for address, weight in zip(addresses, neuron.weights):
                    self._given(address, weight)
                if neuron.bias is not None:
                    self._given(bias, neuron.bias)
        if self.optimizer is not None:
            self._given("eta", as_kind(self.optimizer.learning_rate, self.network.layers[0].neurons[0].weights[0]))
            self._remembered()

    def _remembered(self):
        """What the optimizer remembers: 0 unless it has been at work before."""
        for names, sources, layer in self.layers:
            for name, neuron in zip(names, layer.neurons):
                parts = [("weights", [f"{source}->{name}" for source in sources])]
                parts += [("bias", [name])] * neuron.trainable_bias
                for part, places in parts:
                    for quantity, values in self.optimizer.remembered(neuron, part, len(places)).items():
                        for place, value in zip(places, values):
                            address = self._given(self._so_far(quantity, place), value)
                            self.state_addresses[quantity, place] = address

    def example(self, inputs, targets, quantity="t"):
        """The inputs of the pass that begins, and what is given of its outputs: targets, or "dE/da"."""
        self.pass_number, self._made = self.pass_number + 1, {}
        for quantity, names, values in (("a", self.network.input_names, inputs), (quantity, self.layers[-1][0], targets)):
            for name, value in zip(names, values or ()):
                self._given(self._at(quantity, name), value)

    def forward(self):
        """z and a of every neuron; softmax outputs after all the net inputs of their layer."""
        for index, (names, before, layer) in enumerate(self.layers):
            outputs_before = [self._at("a", name) for name in before]
            for name, neuron, weights, bias in zip(
                names, layer.neurons, self.weight_addresses[index], self.bias_addresses[index]
            ):
                operands = [address for pair in zip(weights, outputs_before) for address in pair]
                rule = "weighted_sum_without_bias"
                if neuron.bias is not None:
                    operands, rule = [*operands, bias], "weighted_sum"
                self._write(self._at("z", name), "forward", rule, operands, neuron.net_input)
                if not layer.activation.coupled:
                    self._output(index, name, neuron, [self._at("z", name)])
            if layer.activation.coupled:
                self._shares(index)

    def _output(self, index, name, neuron, operands):
        self._write(self._at("a", name), "forward", self.activation_rules[index][0].name, operands, neuron.output)

    def _shares(self, index):
        """exp(z) of each softmax unit, their sum, and each unit's share of it, which the neuron has worked out itself."""
        names, _, layer = self.layers[index]
        place = layer_place(index, len(self.layers))
        net_inputs, shift = [self._at("z", name) for name in names], []
        if needs_shift([neuron.net_input for neuron in layer.neurons]):
            shift = [self._work_out(self._at("largest z", place), "largest", net_inputs)]
        rule = powers_rule(shift)
        powers = [self._work_out(self._at("exp", name), rule, [z, *shift]) for name, z in zip(names, net_inputs)]
        total = self._work_out(self._at("S", place), "exponential_sum", powers)
        for name, neuron, power in zip(names, layer.neurons, powers):
            self._output(index, name, neuron, [power, total])

    def _work_out(self, address, rule, operands):
        """A step of the forward pass that no neuron keeps."""
        value = self.rules[rule].evaluate(*[self.values[operand] for operand in operands])
        return self._write(address, "forward", rule, operands, value)

    def loss(self, targets, loss):
        """Each output's term of the loss, and their sum."""
        names, _, layer = self.layers[-1]
        term = self.loss_rules[0]
        for name, neuron, target in zip(names, layer.neurons, targets):
            operands = self._at("a", name), self._at("t", name)
            self._write(self._at("E", name), "loss", term.name, operands, term.evaluate(neuron.output, target))
        self._write(self._at("E"), "loss", "loss_sum", [self._at("E", name) for name in names], loss)

    def backward(self, index):
        """dE/da, f' and delta of one layer's neurons."""
        names, _, layer = self.layers[index]
        if layer.neurons[0].output_gradient is None:
            for name, neuron in zip(names, layer.neurons):
                operands = self._at("a", name), self._at("t", name)
                self._write(self._at("delta", name), "backward", "cancelled_delta", operands, neuron.delta)
            return
        for position, (name, neuron) in enumerate(zip(names, layer.neurons)):
            self._output_gradient(index, position, name, neuron)
            if not layer.activation.coupled:
                self._delta(index, name, neuron)
        if layer.activation.coupled:
            shared = [self._at(quantity, name) for name in names for quantity in ("dE/da", "a")]
            for name, neuron in zip(names, layer.neurons):
                operands = self._at("a", name), self._at("dE/da", name), *shared
                self._write(self._at("delta", name), "backward", "softmax_delta", operands, neuron.delta)

    def _output_gradient(self, index, position, name, neuron):
        if self._at("dE/da", name) in self.values:
            return  # given with the example
        if index == len(self.layers) - 1:
            rule, operands = self.loss_rules[1].name, [self._at("a", name), self._at("t", name)]
        else:
            rule, operands = "arriving_error", []
            for next_name, weights in zip(self.layers[index + 1][0], self.weight_addresses[index + 1]):
                operands += weights[position], self._at("delta", next_name)
        self._write(self._at("dE/da", name), "backward", rule, operands, neuron.output_gradient)

    def _delta(self, index, name, neuron):
        rule = self.activation_rules[index][1]
        slope = rule.evaluate(neuron.net_input, neuron.output)
        operands = self._at("z", name), self._at("a", name)
        self._write(self._at("f'", name), "backward", rule.name, operands, slope)
        operands = self._at("dE/da", name), self._at("f'", name)
        self._write(self._at("delta", name), "backward", "delta", operands, neuron.delta)

    def gradients(self, index):
        """dE/dw and dE/db of one layer, for the example of this pass."""
        names, before, layer = self.layers[index]
        for name, neuron in zip(names, layer.neurons):
            delta = self._at("delta", name)
            for source, gradient in zip(before, neuron.weight_gradients):
                operands = delta, self._at("a", source)
                self._write(self._at("dE/dw", f"{source}->{name}"), "gradient", "weight_gradient", operands, gradient)
            if neuron.trainable_bias:
                self._write(self._at("dE/db", name), "gradient", "bias_gradient", [delta], neuron.bias_gradient)

    def batch_loss(self, passes, reduction, losses):
        """The loss of a batch, from the losses of its passes."""
        rule = RULES[f"{reduction}_loss"]
        operands = [self._at("E", "", number) for number in passes]
        self._write(self._at(f"{reduction} E"), "loss", rule.name, operands, rule.evaluate(*losses))

    def batch_gradients(self, index, passes, reduction):
        """dE/dw and dE/db of one layer, reduced over the examples of some passes."""
        names, before, layer = self.layers[index]
        outputs_before = [[self._at("a", source, number) for number in passes] for source in before]
        for name, neuron in zip(names, layer.neurons):
            deltas = [self._at("delta", name, number) for number in passes]
            for source, outputs, gradient in zip(before, outputs_before, neuron.weight_gradients):
                address = self._at(f"{reduction} dE/dw", f"{source}->{name}")
                operands = [address for pair in zip(deltas, outputs) for address in pair]
                self._write(address, "gradient", f"{reduction}_weight_gradient", operands, gradient)
            if neuron.trainable_bias:
                address = self._at(f"{reduction} dE/db", name)
                self._write(address, "gradient", f"{reduction}_bias_gradient", deltas, neuron.bias_gradient)

    def begin_updates(self, reduction=None):
        """What the updates of this pass share: the scheduled learning rate, t, and the gradients' norm."""
        optimizer = self.optimizer
        self.shared = {"eta": "eta"}
        if type(optimizer.schedule) is not Constant:
            before = self._given(self._at("k"), optimizer.updates - 1)
            self.shared["eta"] = self._write(
                self._at("scheduled eta"), "update", self.schedule_rule.name, ("eta", before), optimizer.eta
            )
        operands = {operand for rules in self.update_rules.values() for _, rule in rules for operand in rule.names}
        if "t" in operands:
            self.shared["t"] = self._given(self._at("t"), optimizer.updates)
        if "norm" in operands:
            prefix = f"{reduction} " if reduction else ""
            gradients = []
            for names, sources, layer in self.layers:
                for name, neuron in zip(names, layer.neurons):
                    gradients += [self._at(f"{prefix}dE/dw", f"{source}->{name}") for source in sources]
                    gradients += [self._at(f"{prefix}dE/db", name)] * neuron.trainable_bias
            self.shared["norm"] = self._write(self._at("norm"), "update", "gradient_norm", gradients, optimizer.norm)

    def updates(self, index, reduction=None):
        """w+ and b+ of one layer, from the gradients of an example or of a reduced batch, and what leads to them."""
        names, before, layer = self.layers[index]
        prefix = f"{reduction} " if reduction else ""
        biases = self.bias_addresses[index]
        for position, (name, neuron) in enumerate(zip(names, layer.neurons)):
            weights = self.weight_addresses[index][position]
            for number, (source, weight) in enumerate(zip(before, neuron.weights)):
                place = f"{source}->{name}"
                addresses = {"w": weights[number], "g": self._at(f"{prefix}dE/dw", place), **self.shared}
                weights[number] = self._update(place, "w+", addresses, self.update_rules[True], weight)
            if neuron.trainable_bias:
                addresses = {"w": biases[position], "g": self._at(f"{prefix}dE/db", name), **self.shared}
                biases[position] = self._update(name, "b+", addresses, self.update_rules[False], neuron.bias)

    def _update(self, place, quantity, addresses, rules, new_value):
        """The steps from one gradient to one new value, which is the neuron's own; return its address."""
        for name in self.optimizer.state:
            addresses[name] = self.state_addresses[name, place]
        for made, rule in rules:
            operands = [addresses[operand] for operand in rule.names]
            if made == "w+":
                return self._write(self._at(quantity, place), "update", rule.name, operands, new_value)
            value = rule.evaluate(*[self.values[operand] for operand in operands])
            addresses[made] = self._write(self._at(made, place), "update", rule.name, operands, value)
            if made in self.kept:
                self.state_addresses[self.kept[made], place] = addresses[made]
