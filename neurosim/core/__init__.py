"""The algorithm: neurons, layers, the network, and what they are made of.

Inputs, targets and an optimizer come in.
Outputs, a loss, deltas, gradients and new weights go out, recorded on the neurons.
"""
