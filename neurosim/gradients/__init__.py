"""Every gradient of backpropagation beside the same slope found without it.

A network and examples come in.
A `GradientCheck` goes out.
"""
