"""Other frameworks: this network as a script for one of them.

In comes a `Problem`.
Text goes out, in which somebody who knows the framework finds the same numbers.
"""
