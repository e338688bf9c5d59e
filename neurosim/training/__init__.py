"""Training: epochs over all examples until a stop, and how good the network then is.

A network, examples and an optimizer come in.
The trained network and a `History` go out.
"""
