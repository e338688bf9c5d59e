"""Run by a Python that has Dask: a sweep, restarts and the marking of a class on an executor, and without one."""

import json
import sys
import tempfile
from pathlib import Path

import neurosim as ns
from neurosim.exercises.classes import grade_all, new_class

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]


def train(seed, rate):
    """The last loss of a network."""
    network = ns.Network(2, [ns.Layer(2), ns.Layer(1)], seed=seed)
    return network.fit(*XOR, 20, optimizer=ns.SGD(rate), shuffle=False)["loss"][-1]


def restarted(executor):
    """The weights of the best of some attempts, and the history."""
    network = ns.Network(2, [ns.Layer(2), ns.Layer(1)], seed=1)
    history = network.fit(*XOR, 30, restarts=3, stop=ns.LossBelow(0.001), executor=executor)
    return network.get_weights(), history["loss"]


def marked(executor):
    """The report on a class of which one student has handed in."""
    sheets = new_class(["Ada", "Ben"], "a secret", "forward-pass")
    with tempfile.TemporaryDirectory() as folder:
        for name, exercise in list(sheets.exercises.items())[:1]:
            answers = {address: "0.5" for address in exercise.asked}
            (Path(folder) / f"{name}.json").write_text(json.dumps(answers), encoding="utf-8")
        return grade_all(sheets, folder, executor).text("json")


if __name__ == "__main__":
    from dask.distributed import Client, LocalCluster

    sys.path.insert(0, str(Path(__file__).parent))
    import with_dask

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        executor, choices = client.get_executor(), {"seed": range(4), "rate": [0.1, 1.0]}
        print(json.dumps({
            "sweep": ns.sweep(with_dask.train, executor, **choices) == ns.sweep(with_dask.train, **choices),
            "restarts": restarted(executor) == restarted(None), "marking": marked(executor) == marked(None),
        }))
