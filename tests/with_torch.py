"""Run by a Python that has PyTorch: random models beside their networks here, planted faults, and clean models.

    python with_torch.py updates 300      python with_torch.py faults       python with_torch.py clean 60

Each prints one JSON object of what it found, which the tests judge.
"""

import json
import random
import sys
import warnings
from functools import partial

import torch
from differences import difference_of_layers, differences_in_32_bits, train_here
from torch import nn

import neurosim as ns

ACTIVATIONS = {
    "linear": None, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU, "leaky_relu": lambda: nn.LeakyReLU(0.2),
    "elu": lambda: nn.ELU(0.7), "selu": nn.SELU, "swish": nn.SiLU, "softplus": nn.Softplus, "gelu": nn.GELU,
    "softmax": lambda: nn.Softmax(dim=-1), "softsign": nn.Softsign,
}  # but for hard_sigmoid, whose slope has 32 bits there
EXTRA = {"log_softmax": lambda: nn.LogSoftmax(dim=-1), "hard_sigmoid": nn.Hardsigmoid}
LOSSES = {  # what may stand at the end of the model, and a function that draws targets for so many examples and outputs
    "MSELoss": (nn.MSELoss, ("linear", "sigmoid", "tanh"), "numbers"),
    "L1Loss": (nn.L1Loss, ("linear", "tanh"), "numbers"),
    "HuberLoss": (lambda **how: nn.HuberLoss(delta=0.4, **how), ("linear", "softplus"), "numbers"),
    "SmoothL1Loss": (nn.SmoothL1Loss, ("linear",), "numbers"),
    "BCELoss": (nn.BCELoss, ("sigmoid",), "bits"),
    "BCEWithLogitsLoss": (nn.BCEWithLogitsLoss, ("linear",), "bits"),
    "CrossEntropyLoss": (nn.CrossEntropyLoss, ("linear",), "classes"),
    "NLLLoss": (nn.NLLLoss, ("log_softmax",), "classes"),
    "KLDivLoss": (nn.KLDivLoss, ("log_softmax",), "shares"),
    "PoissonNLLLoss": (nn.PoissonNLLLoss, ("linear",), "counts"),
    "PoissonNLLLoss of rates": (lambda **how: nn.PoissonNLLLoss(log_input=False, **how), ("softplus",), "counts"),
}
OPTIMIZERS = {
    "SGD": lambda p: torch.optim.SGD(p, 0.05),
    "SGD, decay": lambda p: torch.optim.SGD(p, 0.05, weight_decay=0.1),
    "momentum": lambda p: torch.optim.SGD(p, 0.02, momentum=0.8),
    "momentum, dampening": lambda p: torch.optim.SGD(p, 0.05, momentum=0.8, dampening=0.3),
    "Nesterov": lambda p: torch.optim.SGD(p, 0.02, momentum=0.7, nesterov=True, weight_decay=0.01),
    "Adam": lambda p: torch.optim.Adam(p, 0.01, betas=(0.8, 0.99)),
    "Adam, decay": lambda p: torch.optim.Adam(p, 0.01, weight_decay=0.1),
    "AdamW": lambda p: torch.optim.AdamW(p, 0.01, weight_decay=0.1),
    "RMSprop": lambda p: torch.optim.RMSprop(p, 0.01, alpha=0.8, eps=1e-6),
    "Adagrad": lambda p: torch.optim.Adagrad(p, 0.05, lr_decay=0.1, initial_accumulator_value=0.2),
}
NOT_ADAPTIVE = ("SGD", "SGD, decay", "momentum", "momentum, dampening", "Nesterov")


def drawn(kind, draw, examples, outputs, dtype):
    """Targets of a kind."""
    numbers = [[draw.uniform(-1, 1) for _ in range(outputs)] for _ in range(examples)]
    if kind == "classes":
        return torch.tensor([draw.randrange(outputs) for _ in range(examples)])
    if kind == "bits":
        numbers = [[float(number > 0) for number in row] for row in numbers]
    if kind == "counts":
        numbers = [[float(draw.randrange(4)) for _ in row] for row in numbers]
    if kind == "shares":
        numbers = [[abs(number) / sum(map(abs, row)) for number in row] for row in numbers]
    return torch.tensor(numbers, dtype=dtype)


def model_of(sizes, activations, dtype):
    modules = []
    for fan_in, size, name in zip(sizes, sizes[1:], activations):
        modules.append(nn.Linear(fan_in, size, bias=random.random() > 0.1))
        make = {**ACTIVATIONS, **EXTRA}[name]
        modules += [make()] if make else []
    return nn.Sequential(*modules).to(dtype)


def random_case(number, dtype):
    """(name, model, loss, optimizer, inputs, targets); every loss and every optimizer comes in its turn."""
    draw = random.Random(number)
    random.seed(number)
    torch.manual_seed(number)
    loss_name = list(LOSSES)[number % len(LOSSES)]
    optimizer_name = list(OPTIMIZERS)[number // 2 % len(OPTIMIZERS)]
    make, ends, kind = LOSSES[loss_name]
    sizes = [draw.randint(1, 5) for _ in range(draw.randint(2, 5))]
    if kind in ("classes", "shares"):
        sizes[-1] = draw.randint(2, 4)
    hidden = [draw.choice(list(ACTIVATIONS)) for _ in sizes[2:]]
    model = model_of(sizes, [*hidden, draw.choice(ends)], dtype)
    reduction = draw.choice(["mean", "sum"])
    if loss_name == "KLDivLoss" and reduction == "mean":
        reduction = "batchmean"
    if loss_name == "L1Loss":
        reduction = "mean"
    examples = draw.randint(1, 5)
    inputs = torch.tensor([[draw.gauss(0, 1) for _ in range(sizes[0])] for _ in range(examples)], dtype=dtype)
    targets = drawn(kind, draw, examples, sizes[-1], dtype)
    return (f"{loss_name} {reduction}, {optimizer_name}", model, make(reduction=reduction),
            OPTIMIZERS[optimizer_name](model.parameters()), inputs, targets)


def step_there(model, loss, optimizer, inputs, targets):
    optimizer.zero_grad()
    loss(model(inputs), targets).backward()
    optimizer.step()


def difference(network, model):
    """The worst difference of weights and biases, of the layer's largest."""
    return difference_of_layers(network, [
        (module.weight.tolist(), None if module.bias is None else module.bias.tolist())
        for module in model.modules() if isinstance(module, nn.Linear)
    ])


def updates(count):
    """Random models, 20 updates on both sides: the worst differences, and how often each loss and optimizer came."""
    found = {"worst": 0.0, "one": 0.0, "sgd": 0.0, "adaptive": 0.0, "models": 0, "losses": {}, "optimizers": {}, "at": {}}

    def note(key, value, name):
        if value > found[key]:
            found[key], found["at"][key] = value, name

    for number in range(count):
        name, model, loss, optimizer, inputs, targets = random_case(number, torch.float64)
        before, after = number % 3, 20 - number % 3  # brought in before any update, or after one or two
        for _ in range(before):
            step_there(model, loss, optimizer, inputs, targets)
        problem = ns.from_torch(model, loss, optimizer, inputs, targets)
        train_here(problem, after)
        for _ in range(after):
            step_there(model, loss, optimizer, inputs, targets)
        note("worst", difference(problem.network, model), name)
        found["models"] += 1
        loss_name, optimizer_name = name.split(" ")[0].split(",")[0], name.split(", ", 1)[1]
        for kind, which in (("losses", loss_name), ("optimizers", optimizer_name)):
            found[kind][which] = found[kind].get(which, 0) + 1

        name, model, loss, optimizer, inputs, targets = random_case(number, torch.float32)
        problem, is_adaptive = ns.from_torch(model, loss, optimizer, inputs, targets), optimizer_name not in NOT_ADAPTIVE
        step = partial(step_there, model, loss, optimizer, inputs, targets)
        for key, worst in differences_in_32_bits(problem, step, partial(difference, model=model), is_adaptive):
            note(key, worst, name)
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    from with_torch_faults import clean, faults, harmless, not_finite
    from with_torch_odd import odd

    tasks = {"updates": updates, "faults": faults, "clean": clean, "harmless": harmless, "not_finite": not_finite,
             "odd": odd}
    print(json.dumps(tasks[sys.argv[1]](*map(int, sys.argv[2:])), indent=1))
