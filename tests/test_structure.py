"""The shape of the package: which rooms there are, what each stands on, what it imports, how much it loads."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from package import MODULES, PACKAGE, imports

from neurosim import Layer, Network

# Each room, from the ground up, and the rooms that it imports from: all of them below it, and no others.
ROOMS = {
    "support": set(),
    "formula": {"support"},
    "core": {"support", "formula"},
    "trace": {"support", "formula", "core"},
    "health": {"support", "core"},
    "gradients": {"support", "core"},
    "render": {"support", "formula", "core", "trace"},
    "diagnosis": {"support", "formula", "core", "trace", "health"},
    "training": {"support", "core", "health"},
    "problems": {"support", "core", "trace", "training"},
    "debugger": {"support", "formula", "core", "trace"},
    "exercises": {"support", "formula", "core", "trace", "health", "render", "diagnosis", "problems"},
    "page": {"support", "formula", "core", "trace", "render", "diagnosis", "problems", "exercises"},
    "frameworks": {"support", "formula", "core", "trace", "diagnosis", "problems"},
    "testing": {"support", "core", "diagnosis", "problems", "frameworks"},
    "custom": {"support", "core"},
    "cli": {"support", "core", "trace", "gradients", "diagnosis", "problems", "training", "debugger",
            "exercises", "page", "frameworks"},
    "__main__": {"cli"},
}
CALL_UPWARD = ("neurosim.core.toolbox", "neurosim.trace.toolbox")
STANDARD_LIBRARY = {
    "__future__", "argparse", "ast", "base64", "cmd", "collections", "concurrent", "contextlib", "copy", "csv", "decimal",
    "difflib", "errno", "fractions", "functools", "hashlib", "heapq", "hmac", "html", "importlib", "io", "itertools",
    "json", "keyword", "math", "operator", "os", "pickle", "random", "re", "readline", "shlex", "signal", "stat",
    "statistics", "struct", "subprocess", "sys", "textwrap", "time", "typing", "unicodedata", "zipfile",
}
# What the first network loads: the core, and what it stands on.
CORE = {
    "neurosim", "neurosim.core", "neurosim.formula", "neurosim.support",
    *(f"neurosim.formula.{name}" for name in ("formula", "text", "values")),
    *(f"neurosim.core.{name}" for name in (
        "activations", "guards", "initializers", "layer", "losses", "network", "neuron", "optimizers", "schedules",
        "toolbox",
    )),
    *(f"neurosim.support.{name}" for name in ("checks", "errors", "numeric", "records", "registry")),
}


def room(module):
    return module.split(".")[1]


@pytest.mark.parametrize("module", [name for name in MODULES if name != "neurosim"])
def test_a_module_imports_from_its_room_and_from_rooms_below(module):
    if module in CALL_UPWARD:
        pytest.skip("a toolbox calls upward, inside functions; the next test looks at those two")
    for imported in imports(MODULES[module]):
        if imported.startswith("neurosim.") and room(imported) != room(module):
            assert room(imported) in ROOMS[room(module)], f"{module} imports {imported}"


def test_every_room_stands_above_those_it_imports_from():
    floors = list(ROOMS)
    for name, below in ROOMS.items():
        found = {room(imported) for module, path in MODULES.items() for imported in imports(path)
                 if room(f"{module}.") == name and module not in CALL_UPWARD and imported.startswith("neurosim.")}
        assert found - {name} == below, name
        assert all(floors.index(other) < floors.index(name) for other in below), name
    assert {room(module) for module in MODULES if module != "neurosim"} == set(ROOMS)


@pytest.mark.parametrize("module", CALL_UPWARD)
def test_a_toolbox_imports_rooms_only_inside_functions_and_for_type_checkers(module):
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    outside = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert {node.module for node in outside} == {"__future__", "typing"}
    for node in tree.body:
        if isinstance(node, ast.If):
            assert ast.unparse(node.test) == "TYPE_CHECKING"


def test_no_modules_import_each_other_in_a_circle():
    """Outside functions and TYPE_CHECKING, so that any module can be imported first."""
    graph = {
        module: {name for name in imports(path, when_loaded=True) if name in MODULES}
        for module, path in MODULES.items()
    }
    done = set()
    while len(done) < len(graph):
        free = {module for module, needed in graph.items() if module not in done and needed - {module} <= done}
        assert free, sorted(set(graph) - done)
        done |= free


@pytest.mark.parametrize("path", sorted(Path(__file__).parent.glob("*.py")), ids=lambda path: path.name)
def test_no_test_module_is_imported(path):
    assert not [name for name in imports(path) if name.split(".")[-1].startswith("test_")]


def test_only_the_standard_library_and_tabulate_are_imported():
    found = {name.split(".")[0] for path in MODULES.values() for name in imports(path)}
    assert found - {"neurosim"} == STANDARD_LIBRARY | {"tabulate"}


def test_only_the_command_line_and_the_debugger_print():
    for module, path in MODULES.items():
        calls = [n.func.id for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                 if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
        assert room(f"{module}.") in ("cli", "debugger") or "print" not in calls, module


def loaded_by(statement):
    """The modules that a statement loads, in a Python of its own."""
    code = f"import sys; before = set(sys.modules); {statement}; print(*sorted(set(sys.modules) - before))"
    return set(subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=60, capture_output=True, text=True,
    ).stdout.split())


def test_a_network_loads_the_core_alone():
    loaded = loaded_by("import neurosim; neurosim.Network")
    assert {name for name in loaded if name.startswith("neurosim")} == CORE
    assert not loaded & {
        "argparse", "ast", "cmd", "csv", "dataclasses", "decimal", "difflib", "fractions", "html", "inspect", "json",
        "readline", "statistics", "tabulate", "textwrap",
    }


def test_the_launcher_loads_what_answers_signals_and_nothing_else():
    loaded = loaded_by("import os, signal; import neurosim.cli") - loaded_by("import os, signal")
    assert loaded == {"neurosim", "neurosim.cli", "neurosim.cli.signals"}
    assert set(imports(MODULES["neurosim.cli.signals"])) == {"os", "signal", "sys"}


def test_a_trace_is_recorded_without_the_rooms_above_it():
    code = (
        "import sys, neurosim as ns; net = ns.Network(1, [ns.Layer(1)], seed=1); trace = net.trace([1]);"
        "assert not {'tabulate', 'neurosim.render', 'neurosim.diagnosis'} & set(sys.modules);"
        "trace.table(); assert 'tabulate' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_debugger_waits_until_something_is_debugged():
    code = (
        "import sys, neurosim, neurosim.cli;"
        "assert not {'cmd', 'readline', 'neurosim.debugger.session'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_every_module_and_public_name_says_what_it_is():
    for module, path in MODULES.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), module
        for node in tree.body:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_"):
                assert ast.get_docstring(node) or in_the_table_of_mistakes(node), f"{module}.{node.name}"


def in_the_table_of_mistakes(function):
    """Whether a decorator says what the function is, as that of every mistake and convention does."""
    return [ast.unparse(getattr(one, "func", one)) for one in function.decorator_list] in (["mistake"], ["convention"])


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
        text = (PACKAGE / "core" / f"{module}.py").read_text(encoding="utf-8")
        assert not any(name.startswith("neurosim.trace") for name in imports(PACKAGE / "core" / f"{module}.py"))
        assert "hook" not in text and "callback" not in text


def test_the_core_can_be_read_in_one_sitting():
    lines = {name: len((PACKAGE / "core" / f"{name}.py").read_text(encoding="utf-8").splitlines()) for name in
             ("neuron", "layer", "network")}
    assert sum(lines.values()) < 600 and max(lines.values()) < 300, lines
