"""The modules of the package, and what each imports, read from their text."""

import ast
from pathlib import Path

import neurosim

PACKAGE = Path(neurosim.__file__).parent
MODULES = {
    ".".join(["neurosim", *path.relative_to(PACKAGE).with_suffix("").parts]).replace(".__init__", ""): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


def imports(path, when_loaded=False):
    """The modules that a file imports, wherever in it, or only those that are imported when it is loaded."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body if when_loaded else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from [name if name in MODULES else node.module for name in names]
