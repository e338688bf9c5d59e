"""The shape of the package: what it imports, in which direction, and in how much memory it lives."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import neurosim
from neurosim import Layer, Network

PACKAGE = Path(neurosim.__file__).parent
MODULES = {
    ".".join(["neurosim", *path.relative_to(PACKAGE).with_suffix("").parts]).replace(".__init__", ""): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

# From the bottom to the top: a module may import from its own rank and from those before it.
RANKS = [
    ["errors"],
    ["elementary"],
    ["checks", "registry"],
    ["guards"],
    ["activations", "losses", "initializers"],
    ["flat"],
    ["neuron"],
    ["layer"],
    ["network"],
    ["schedules"],
    ["optimizers", "metrics", "stopping", "life", "history", "data"],
    ["storage", "checkpoint"],
    ["batch", "evaluation"],
    ["watching", "training"],
    ["trace"],
    ["render", "check", "exercises"],
    ["debugger", "testing"],
    ["cli"],
    ["__main__"],
]
STANDARD_LIBRARY = {
    "argparse", "ast", "cmd", "collections", "contextlib", "copy", "csv", "decimal", "difflib", "fractions", "functools",
    "heapq", "html", "importlib", "io", "itertools", "json", "math", "operator", "os", "random", "re",
    "readline", "stat", "statistics", "sys", "textwrap", "time", "unicodedata",
}  # fmt: skip


def imports(path):
    """The modules that a file imports, wherever in it, as dotted names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            if node.module == "neurosim":
                yield from (f"neurosim.{alias.name}" for alias in node.names)
            else:
                yield node.module


def rank(module):
    part = module.split(".")[1]
    return next(number for number, names in enumerate(RANKS) if part in names)


@pytest.mark.parametrize("module", [name for name in MODULES if name != "neurosim"])
def test_imports_point_down(module):
    for imported in imports(MODULES[module]):
        if imported.startswith("neurosim"):
            assert rank(imported) <= rank(module), f"{module} imports {imported}"


def test_only_the_standard_library_and_tabulate_are_imported():
    found = {name.split(".")[0] for path in MODULES.values() for name in imports(path)}
    assert found - {"neurosim"} == STANDARD_LIBRARY | {"tabulate"}


def test_only_the_command_line_and_the_debugger_print():
    for module, path in MODULES.items():
        calls = [n.func.id for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                 if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]  # fmt: skip
        assert module.startswith(("neurosim.cli", "neurosim.debugger")) or "print" not in calls, module


def test_tabulate_waits_for_the_first_table():
    code = (
        "import sys, neurosim as ns; net = ns.Network(1, [ns.Layer(1)], seed=1); trace = net.trace([1]);"
        "assert 'tabulate' not in sys.modules; trace.table(); assert 'tabulate' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_debugger_waits_until_something_is_debugged():
    code = "import sys, neurosim, neurosim.cli; assert not {'cmd', 'readline', 'neurosim.debugger.session'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_every_module_and_public_name_says_what_it_is():
    for module, path in MODULES.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), module
        for node in tree.body:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{module}.{node.name}"


def test_a_network_at_rest_takes_at_most_45_bytes_a_connection():
    tracemalloc = pytest.importorskip("tracemalloc", reason="PyPy cannot count memory", exc_type=ImportError)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        net = Network(784, [Layer(30), Layer(10)], seed=1)
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert len(net.layers) == 2
    assert taken / (784 * 30 + 30 * 10) <= 45


def test_tracing_costs_nothing_when_it_is_off():
    """There is nothing to switch: the core does not know that a trace exists."""
    for module in ("neuron", "layer", "network", "optimizers", "activations", "losses"):
        text = (PACKAGE / f"{module}.py").read_text(encoding="utf-8")
        assert not any(name.startswith("neurosim.trace") for name in imports(PACKAGE / f"{module}.py"))
        assert "hook" not in text and "callback" not in text


def test_the_core_can_be_read_in_one_sitting():
    lines = {name: len((PACKAGE / f"{name}.py").read_text(encoding="utf-8").splitlines()) for name in
             ("neuron", "layer", "network")}  # fmt: skip
    assert sum(lines.values()) < 600 and max(lines.values()) < 300, lines
