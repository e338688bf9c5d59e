"""Odd models and steps of PyTorch: what is said of each."""

import torch
import torch.nn.functional as F
from torch import nn
from with_torch_faults import Net

import neurosim as ns


class Residual(nn.Module):
    """Adds its input to what a layer makes of it."""

    def __init__(self, activation):
        super().__init__()
        self.a, self.relu, self.b, self.activation = nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 2), activation

    def forward(self, x):
        return self.b(x + (self.relu(self.a(x)) if self.activation is None else self.activation(self.a(x))))


class Squeezed(Net):
    """Gives one number for each example, not a row."""

    def __init__(self):
        super().__init__(torch.tanh, sizes=(3, 4, 1))

    def forward(self, x):
        return super().forward(x).squeeze(1)


def said(function):
    """What a comparison says, or the complaint."""
    try:
        comparison = function()
    except ns.InputError as error:
        return f"refused: {error}"
    return "right" if comparison else f"{comparison.address} {' '.join(comparison.names)}"


def odd():
    """{what: what is said}."""
    torch.manual_seed(5)
    x, y, squares, entropy = torch.randn(8, 3), torch.randn(8, 2), nn.MSELoss(), nn.CrossEntropyLoss()
    classes = torch.tensor([0, 1] * 4)

    def clean(model, loss=squares, inputs=x, targets=y, step=None, optimizer=None, **settings):
        optimizer = optimizer or torch.optim.SGD(model.parameters(), 0.1)

        def watched():
            with ns.observe(model, loss, optimizer, **settings) as seen:
                optimizer.zero_grad()
                (step or (lambda: loss(model(inputs), targets).backward()))()
                optimizer.step()
            return seen.compare()

        return said(watched)

    def brought_in(model, **settings):
        def read():
            problem = ns.from_torch(model, squares, None, x, y, **settings)
            here, there = problem.network.predict(problem.inputs), model(x).tolist()
            return max(abs(a - b) for rows in zip(here, there) for a, b in zip(*rows)) < 1e-5 and problem

        return said(read)

    def net(function=torch.tanh, **settings):
        return Net(function, **settings)

    def with_a_look_aside():
        E = squares(model(x), y)
        with torch.no_grad():
            squares(model(x[:3]), y[:3])
        E.backward()

    found, model = {}, net()
    found["a look aside between forward and backward"] = clean(model, step=with_a_look_aside)
    for name, function in (("leaky", lambda z: F.leaky_relu(z, 0.1)), ("clamped", lambda z: z.clamp(-0.5, 0.5)),
                           ("halved", lambda z: torch.relu(z) / 2)):
        found[f"{name}, watched"], found[f"{name}, brought in"] = clean(net(function)), brought_in(net(function))
    for name, function in (("residual", None), ("residual with a function", torch.relu)):
        found[f"{name}, watched"], found[f"{name}, brought in"] = clean(Residual(function)), brought_in(Residual(function))
    found["normalised"] = clean(nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2)))
    found["PReLU"] = clean(nn.Sequential(nn.Linear(3, 4), nn.PReLU(), nn.Linear(4, 2)))
    found["tripled logits"] = clean(net(torch.tanh, output=lambda z: 3 * z), entropy, targets=classes)
    found["keywords"] = clean(model, step=lambda: squares(input=model(x), target=y).backward())
    found["another loss"] = clean(model, step=lambda: (-F.mse_loss(model(x), y)).backward())
    found["squeezed"] = clean(Squeezed(), targets=y[:, 0])
    found["three axes"] = clean(net(), inputs=x.reshape(2, 4, 3), targets=y.reshape(2, 4, 2))
    found["logarithms by a function"] = clean(
        net(output=lambda z: F.log_softmax(z, dim=1)), nn.NLLLoss(), targets=classes
    )
    found["half"] = clean(net().to(torch.bfloat16), inputs=x.to(torch.bfloat16), targets=y.to(torch.bfloat16))
    found["weight_norm"] = clean(nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(3, 2))))
    found["no targets"] = said(lambda: ns.observe(model, "mean_squared_error"))
    found["a function as the loss"] = said(lambda: ns.observe(model, F.mse_loss))

    def clipped():
        squares(model(x), y).backward()
        model.fc1.bias.grad.mul_(0.5)

    def warmed_up(optimizer):
        squares(model(x), y).backward()
        optimizer.param_groups[0]["lr"] = 0.05

    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    found["biases clipped"] = clean(model, step=clipped)
    found["warmed up"] = clean(model, step=lambda: warmed_up(optimizer), optimizer=optimizer)
    found["groups"] = clean(model, optimizer=torch.optim.AdamW(
        [{"params": [model.fc1.weight, model.fc2.weight]},
         {"params": [model.fc1.bias, model.fc2.bias], "weight_decay": 0}], lr=0.1,
    ))
    silu = nn.Sequential(nn.Linear(3, 8), nn.SiLU(), nn.Linear(8, 2))
    found["SiLU in 32 bits"] = {clean(silu) for _ in range(20)} == {"right"}
    column = net(sizes=(3, 4, 1))
    with ns.observe(column, squares) as seen:
        squares(column(x), y[:, 0]).backward()
    found["a column and a row"] = any("(8, 1) and targets of (8,)" in note for note in seen.compare().notes)
    found["a scripted part"] = clean(nn.Sequential(torch.jit.script(nn.Sequential(nn.Linear(3, 4))), nn.Linear(4, 2)))
    broken = x.clone()
    broken[2, 1] = float("nan")
    found["no number among the inputs"] = clean(net(), inputs=broken)
    spoilt = net()
    with torch.no_grad():
        spoilt.fc1.weight[0, 0] = float("inf")
    found["no number among the weights"] = clean(spoilt)
    observer = ns.observe(model, squares)
    with observer:
        squares(model(x), y).backward()
    observer.compare()
    with observer:
        squares(model(x), y).backward()
    found["a second time"] = said(observer.compare)
    watched = x.clone().requires_grad_()
    with ns.observe(model):
        model(watched)
    found["hooks on the input"] = len(watched._backward_hooks or ())
    return found
