"""Nine faults planted in PyTorch models, and clean models: what watching a step finds in them."""

import random

import torch
from torch import nn

import neurosim as ns

MARGIN = 1e-3  # by which net inputs stay away from kinks


class WrongSlope(torch.autograd.Function):
    """A sigmoid whose derivative's formula is fed the net input."""

    @staticmethod
    def forward(context, z):
        context.save_for_backward(z)
        return torch.sigmoid(z)

    @staticmethod
    def backward(context, gradient):
        (z,) = context.saved_tensors
        return gradient * z * (1 - z)


class SumForMean(torch.autograd.Function):
    """A mean squared error over the batch whose gradient lacks the division by the number of examples."""

    @staticmethod
    def forward(context, outputs, targets):
        context.save_for_backward(outputs - targets)
        return ((outputs - targets) ** 2).mean()

    @staticmethod
    def backward(context, gradient):
        (errors,) = context.saved_tensors
        return 2 * errors / errors.shape[1], None


class Scaled(torch.autograd.Function):
    """A linear layer whose second unit sends back 1.001 times its delta."""

    @staticmethod
    def forward(context, outputs):
        return outputs.clone()

    @staticmethod
    def backward(context, gradient):
        gradient = gradient.clone()
        gradient[:, 1] *= 1.001
        return gradient


class MeanSquared(nn.Module):
    """A loss of one's own, by a function."""

    reduction = "mean"

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, outputs, targets):
        return self.function(outputs, targets)


MeanSquared.__name__ = "MSELoss"


class Net(nn.Module):
    """Two layers with functions between and behind them; declared in another order than they run in."""

    def __init__(self, hidden, output=None, sizes=(3, 4, 2)):
        super().__init__()
        self.fc2, self.fc1 = nn.Linear(sizes[1], sizes[2]), nn.Linear(sizes[0], sizes[1])
        self.hidden, self.output = hidden, output

    def forward(self, x):
        z = self.fc2(self.hidden(self.fc1(x)))
        return z if self.output is None else self.output(z)


class Transposed(nn.Linear):
    """Reads its square weights in the other layout."""

    def forward(self, x):
        return nn.functional.linear(x, self.weight.t(), self.bias)


Transposed.__name__ = "Linear"


class Convolutional(nn.Module):
    """A convolution, batch normalisation and dropout before a dense head."""

    def __init__(self, hidden):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Dropout(0.2),
        )
        self.head = Net(hidden, sizes=(8, 4, 2))

    def forward(self, x):
        return self.head(self.features(x))


def numbers(*shape, dtype, draw):
    return torch.tensor([[draw.gauss(0, 1) for _ in range(shape[1])] for _ in range(shape[0])], dtype=dtype)


def plain_step(model, loss, optimizer, x, y):
    def step():
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()

    return step


def watched(model, loss, optimizer, step, part=None, **settings):
    with ns.observe(part or model, loss, optimizer, **settings) as seen:
        step()
    return seen.compare()


def each_fault(dtype, draw):
    """(what was planted, the comparison, how the address begins where it is, its name or None) of each."""
    torch.manual_seed(draw.randrange(1000))
    x, y = numbers(5, 3, dtype=dtype, draw=draw), numbers(5, 2, dtype=dtype, draw=draw)
    classes, images = torch.tensor([draw.randrange(2) for _ in range(5)]), numbers(5, 16, dtype=dtype, draw=draw)
    entropy, squares = nn.CrossEntropyLoss(), nn.MSELoss()

    def case(hidden, output=None, sizes=(3, 4, 2)):
        model = Net(hidden, output, sizes).to(dtype)
        return model, torch.optim.SGD(model.parameters(), 0.1)

    def seen(model, optimizer, loss=squares, goals=y, step=None, **settings):
        return watched(model, loss, optimizer, step or plain_step(model, loss, optimizer, x, goals), **settings)

    yield "a slope", seen(*case(WrongSlope.apply), entropy, classes), "delta[h", "slope-of-net-input"

    model = Convolutional(WrongSlope.apply).to(dtype)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    step = plain_step(model, entropy, optimizer, images.reshape(5, 1, 4, 4), classes)
    comparison = watched(model, entropy, optimizer, step, model.head)
    yield "a slope in the head of a convolutional model", comparison, "delta[h", "slope-of-net-input"

    along_the_batch = case(torch.tanh, lambda z: torch.softmax(z, dim=0))
    comparison = seen(*along_the_batch, activations=[None, "softmax"])
    yield "a softmax along the batch", comparison, "a[o", "softmax-over-batch"

    yield "a missing 1/n", seen(*case(torch.tanh), MeanSquared(SumForMean.apply)), "dE/da[o", "common-factor"

    model, optimizer = case(torch.tanh)
    plain_step(model, squares, optimizer, x, y)()

    def without_clearing():
        squares(model(x), y).backward()
        optimizer.step()

    comparison = seen(model, optimizer, step=without_clearing)
    yield "gradients not cleared", comparison, "mean dE/dw[", "gradients-not-cleared"

    model, optimizer = case(torch.tanh)

    def alias():
        optimizer.zero_grad()
        loss = squares(model(x), y)
        (gradient,) = torch.autograd.grad(loss, model.fc2.weight, retain_graph=True)
        model.fc2.weight.data.sub_(0.1 * gradient)
        loss.backward()
        model.fc2.weight.data.add_(0.1 * gradient)
        optimizer.step()

    comparison = seen(model, optimizer, step=alias)
    yield "an alias that is changed in place", comparison, "dE/da[h", "weights-already-updated"

    model, optimizer = case(torch.tanh, sizes=(3, 3, 2))
    model.fc1.__class__ = Transposed
    yield "a square matrix transposed", seen(model, optimizer), "z[h", "weights-transposed"

    model, optimizer = case(torch.tanh)
    model.fc1.requires_grad_(False)
    yield "a frozen layer", seen(model, optimizer), "w+[x", "not-updated"

    yield "a unit scaled by 1.001", seen(*case(lambda z: torch.tanh(Scaled.apply(z)))), "delta[h2]", None

    shifted = case(lambda z: torch.relu(z - 0.25))
    yield "a shifted ReLU", seen(*shifted, activations=["relu", None]), "a[h", None


def faults(seeds=3):
    """What was found of each fault, in both kinds of float."""
    found = []
    for seed in range(seeds):
        for bits, dtype in ((64, torch.float64), (32, torch.float32)):
            for what, comparison, where, name in each_fault(dtype, random.Random(seed)):
                found.append({
                    "what": what, "bits": bits, "address": comparison.address, "place": comparison.place, "where": where,
                    "located": comparison.address.startswith(where), "equals": comparison.equals,
                    "names": list(comparison.names), "named": name is None or name in comparison.names, "name": name,
                    "departures": len(comparison.departures),
                })
    return found


def clean(count):
    """Clean models: how many numbers depart in each kind of float, of so many models each."""
    from with_torch import random_case, step_there

    found = {}
    for bits, dtype in ((64, torch.float64), (32, torch.float32)):
        models = departing = number = 0
        texts = []
        while models < count:
            number += 1
            name, model, loss, optimizer, inputs, targets = random_case(1000 + number, dtype)
            with ns.observe(model, loss, optimizer) as seen:
                step_there(model, loss, optimizer, inputs, targets)
            models += 1
            comparison = seen.compare()
            if not comparison:
                departing += 1
                texts.append(f"{name}: {comparison}")
        found[bits] = {"models": models, "departing": departing, "texts": texts}
    return found


def harmless():
    """What watching a step leaves as it is."""
    found = {}

    def trained(is_watched):
        torch.manual_seed(3)
        model = Net(torch.tanh)
        optimizer, loss = torch.optim.SGD(model.parameters(), 0.1), nn.MSELoss()
        x, y = torch.rand(4, 3), torch.rand(4, 2)
        step = plain_step(model, loss, optimizer, x, y)
        if is_watched:
            watched(model, loss, optimizer, step)
        else:
            step()
        return model, loss, optimizer, x, torch.rand(1).item()

    (seen, loss, optimizer, x, number), (own, _, _, _, other) = trained(True), trained(False)
    found["same weights"] = all(torch.equal(a, b) for a, b in zip(seen.parameters(), own.parameters()))
    found["same gradients"] = all(torch.equal(a.grad, b.grad) for a, b in zip(seen.parameters(), own.parameters()))
    found["same random numbers"], found["hooks left"] = number == other, hooks_of(seen, loss, optimizer)
    try:
        with ns.observe(seen, loss, optimizer):
            seen(x)
            raise KeyError
    except KeyError:
        found["hooks left by an exception"] = hooks_of(seen, loss, optimizer)
    problem = ns.from_torch(seen, loss, None, x)
    in_order = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    problem.network.to_torch(in_order)
    found["put back"] = torch.equal(in_order[0].weight, seen.fc1.weight) and torch.equal(in_order[2].bias, seen.fc2.bias)
    found["same outputs"] = torch.allclose(in_order(x), seen(x))
    with ns.observe(seen, loss, optimizer) as watching:
        plain_step(seen, loss, optimizer, x, torch.rand(4, 2))()
    trace = watching.trace()
    found["same trace"] = abs(trace["z[h1]@1"].value - watching.step.layers[0].net_inputs[0][0]) < 1e-6
    return found


def not_finite():
    """Where a number that is not finite begins, in a model in which one output of a hidden unit is infinite."""
    def overflow(z):
        a = torch.tanh(z)
        return torch.where(torch.arange(a.numel()).reshape(a.shape) == 6, a / 0, a)

    torch.manual_seed(1)
    model, loss, x, y = Net(overflow), nn.MSELoss(), torch.rand(4, 3), torch.rand(4, 2)
    with ns.observe(model, loss, activations=["tanh", None]) as seen:
        loss(model(x), y).backward()
    comparison = seen.compare()
    return {"address": comparison.address, "equals": comparison.equals}


def hooks_of(model, loss, optimizer):
    """How many hooks there are."""
    modules = [*model.modules(), loss]
    count = sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in modules)
    count += sum(len(one._post_accumulate_grad_hooks or ()) for one in model.parameters())
    return count + len(optimizer._optimizer_step_pre_hooks)
