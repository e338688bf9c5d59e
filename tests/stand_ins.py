"""Objects that can do what PyTorch's can, as far as they are read: so what is refused is tested on every Python."""


class Module:
    """A module with settings; its class is known by its name."""

    training = True

    def __init__(self, **settings):
        vars(self).update(settings)

    def named_children(self):
        return []

    def parameters(self):
        return []

    def register_forward_hook(self, hook):
        raise AssertionError("nothing is run here")

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(f'{name}={value}' for name, value in vars(self).items())})"


def module(kind, **settings):
    """A module of a class with this name."""
    return type(kind, (Module,), {"__module__": "torch.nn"})(**settings)


class Tensor(list):
    """A parameter: a list that may be frozen, and is the same only as itself."""

    requires_grad = True
    __hash__ = object.__hash__

    def __eq__(self, other):
        return self is other

    def tolist(self):
        return [list(row) if isinstance(row, (list, tuple)) else row for row in self]


def linear(rows, biases=None):
    """A Linear with a row of weights for each unit."""
    return module("Linear", weight=Tensor(rows), bias=None if biases is None else Tensor(biases))


def sequential(*modules):
    """A Sequential of modules."""
    made = module("Sequential")
    made._modules = {str(number): one for number, one in enumerate(modules)}
    made.named_children = lambda: list(made._modules.items())
    return made


def optimizer(kind, **group):
    """A torch.optim optimizer with one group, which remembers nothing yet."""
    made = type(kind, (), {})()
    made.param_groups, made.state = [{"params": [], "maximize": False, **group}], {}
    return made
