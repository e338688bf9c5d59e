"""What neurosim costs, measured by hand: python tests/benchmark.py

Times are medians; each is taken beside what it is compared with, in turns, so that a busy machine
slows both.
"""

import statistics
import subprocess
import sys
import time

from tabulate import tabulate


def milliseconds(code):
    """How long a fresh interpreter takes for some code."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-I", "-c", code], check=True)
    return 1000 * (time.perf_counter() - start)


def import_time(rounds=10):
    """What `import neurosim` adds to a bare interpreter."""
    pairs = [(milliseconds("pass"), milliseconds("import neurosim")) for _ in range(rounds)]
    bare, loaded = (statistics.median(column) for column in zip(*pairs))
    return [("bare interpreter, ms", bare), ("with import neurosim, ms", loaded), ("import neurosim adds, ms", loaded - bare)]


def memory_at_rest():
    """Bytes a connection of a 784-30-10 network that has not run yet."""
    import tracemalloc

    from neurosim import Layer, Network

    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    network = Network(784, [Layer(30), Layer(10)], seed=1)
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    connections = sum(len(neuron.weights) for layer in network.layers for neuron in layer.neurons)
    return [("784-30-10 at rest, bytes a connection", taken / connections)]


if __name__ == "__main__":
    version = f"{sys.implementation.name} {sys.version.split()[0]}"
    rows = import_time()
    if sys.implementation.name == "cpython":
        rows += memory_at_rest()
    print(tabulate(rows, headers=["measured", version], floatfmt=".1f"))
