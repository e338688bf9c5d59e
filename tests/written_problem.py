"""The text of a problem file as a person writes it, and the problem that is read from such a text."""

import io

from neurosim.problems.problem_file import read_problem

EXAMPLE = """{
  "format": "neurosim/1",
  "title": "A step by step example, 2-2-2",
  "inputs": ["x1", "x2"],
  "layers": [
    {"activation": "sigmoid", "trainable_bias": false,
     "neurons": [{"weights": [0.15, 0.20], "bias": 0.35}, {"weights": [0.25, 0.30], "bias": 0.35}]},
    {"activation": "sigmoid", "trainable_bias": false,
     "neurons": [{"weights": [0.40, 0.45], "bias": 0.60}, {"weights": [0.50, 0.55], "bias": 0.60}]}
  ],
  "loss": "half_squared_error",
  "examples": [{"inputs": [0.05, 0.10], "targets": [0.01, 0.99]}],
  "optimizer": {"name": "sgd", "learning_rate": 0.5}
}"""


def read(text):
    return read_problem(io.BytesIO(text.encode()), "it")
