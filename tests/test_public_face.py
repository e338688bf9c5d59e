"""The face that tools read: signatures, types and docstrings of everything public."""

import inspect
import pickle
import pydoc
import re
import subprocess
import sys

import pytest

import neurosim as ns
from neurosim import custom, testing

PUBLIC = {name: getattr(ns, name) for name in ns.__all__}
PUBLIC.update((f"custom.{name}", getattr(custom, name)) for name in custom.__all__)
PUBLIC["testing.assert_backprop_matches"] = testing.assert_backprop_matches
CLASSES = {name: thing for name, thing in PUBLIC.items() if inspect.isclass(thing)}
OPERATORS = {"__call__", "__getitem__", "__len__", "__iter__", "__contains__", "__bool__", "__add__", "__or__", "__init__"}


def functions():
    """(name, function) of every public function and every public method that the package defines."""
    for name, thing in PUBLIC.items():
        if inspect.isclass(thing):
            for attribute, member in inspect.getmembers(thing):
                member = member.fget if isinstance(member, property) else member
                own = inspect.isfunction(member) and (member.__module__ or "").startswith("neurosim.")
                if own and (not attribute.startswith("_") or attribute in OPERATORS):
                    yield f"{name}.{attribute}", member
        elif inspect.isfunction(thing) and (thing.__module__ or "").startswith("neurosim."):
            yield name, thing


FUNCTIONS = dict(functions())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_everything_public_has_types(name):
    signature = inspect.signature(FUNCTIONS[name])
    missing = [p.name for p in signature.parameters.values() if p.name != "self" and p.annotation is p.empty]
    assert not missing and signature.return_annotation is not signature.empty, f"{name}{signature}"


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if not name.endswith("__")])
def test_everything_public_has_a_docstring(name):
    assert inspect.getdoc(FUNCTIONS[name])


@pytest.mark.parametrize("name", [name for name, cls in CLASSES.items() if issubclass(cls, tuple)])
def test_each_field_of_a_record_says_what_it_is(name):
    for field in CLASSES[name]._fields:
        assert not getattr(CLASSES[name], field).__doc__.startswith("Alias for field"), f"{name}.{field}"


def test_help_shows_the_signature():
    text = pydoc.plain(pydoc.render_doc(ns.Network.fit))
    assert re.search(r"\nfit\(\s*self,\s*inputs: ", text) and "Train on examples" in text


def test_a_star_import_brings_the_public_names_and_no_others():
    names = {}
    exec("from neurosim import *", names)
    assert set(names) - {"__builtins__"} == set(ns.__all__)


def test_a_module_of_a_room_is_imported_as_itself():
    import neurosim.health.symptoms as symptoms
    import neurosim.trace.replay as replay

    assert inspect.ismodule(replay) and inspect.ismodule(symptoms)
    code = "import inspect, neurosim; assert inspect.ismodule(neurosim.trace) and inspect.ismodule(neurosim.health)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_lazy_names_are_those_that_type_checkers_see():
    """The table of names that are loaded when used, and the imports under TYPE_CHECKING, say the same."""
    import ast

    tree = ast.parse(inspect.getsource(ns))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {}
    for node in block.body:
        seen.setdefault(node.module, set()).update(alias.name for alias in node.names)
    assert set(ns._ROOMS) == seen.pop("neurosim")
    assert seen == {f"neurosim.{module}": set(names) for module, names in ns._LOADED_WHEN_USED.items()}


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Netwrok'"):
        ns.Netwrok
    assert pickle.loads(pickle.dumps(ns.InputError("x"))).args == ("x",)
