"""What is wrong with a unit, a connection or a layer, and what happened to a unit while it learnt.

A network and examples come in, or a training run to record.
A `Health` or a `Life` goes out.
"""
