"""A model of PyTorch's that does not learn, and the first of its numbers that departs.

It needs PyTorch beside neurosim. The data are XOR; the sigmoid is written by hand, and something is wrong with it.
"""

import torch
from torch import nn

import neurosim as ns

torch.set_default_dtype(torch.float64)
x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
t = torch.tensor([[0.0], [1.0], [1.0], [0.0]])


class Sigmoid(torch.autograd.Function):
    """1 / (1 + exp(-z)), with its derivative."""

    @staticmethod
    def forward(context, z):
        context.save_for_backward(z)
        return 1 / (1 + torch.exp(-z))

    @staticmethod
    def backward(context, gradient):
        (a,) = context.saved_tensors
        return gradient * a * (1 - a)


class Net(nn.Module):
    """Two inputs, four hidden units, one output."""

    def __init__(self, sigmoid):
        super().__init__()
        self.sigmoid, self.fc1, self.fc2 = sigmoid, nn.Linear(2, 4), nn.Linear(4, 1)

    def forward(self, x):
        return self.fc2(self.sigmoid(self.fc1(x)))


def model_and_step(sigmoid):
    """A model with weights from a seed, its loss, its optimizer, and a training step."""
    model, loss = Net(sigmoid), nn.BCEWithLogitsLoss()
    start = ns.Network(2, [ns.Layer(4, bias_initializer="uniform"), ns.Layer(1)], seed=3)
    start.to_torch(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)

    def step():
        optimizer.zero_grad()
        E = loss(model(x), t)
        E.backward()
        optimizer.step()
        return E.item()

    return model, loss, optimizer, step


model, loss, optimizer, my_step = model_and_step(Sigmoid.apply)
print(f"by hand: {my_step():.4f} at first, {[my_step() for _ in range(2000)][-1]:.4f} after 2000 steps")
print()

# The same step, watched
model, loss, optimizer, my_step = model_and_step(Sigmoid.apply)
with ns.observe(model, loss, optimizer) as seen:
    my_step()
print(seen.compare())
print()

model, loss, optimizer, my_step = model_and_step(torch.sigmoid)
print(f"torch.sigmoid: {my_step():.4f} at first, {[my_step() for _ in range(2000)][-1]:.4f} after 2000 steps")
with ns.observe(model, loss, optimizer) as seen:
    my_step()
print(seen.compare())
print()

# The same network here, from the trained model, its loss and its optimizer
problem = ns.from_torch(model, loss, optimizer, x, t)
print(repr(problem.network))
print(*problem.notes, sep="\n")
print(problem.trace().table(units=["o1"], phases=["backward"], decimals=4))
