"""What the API reference shows is documented: parameters, fields, and an example of each function."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "gaitlab"
MODULES: Final = sorted(path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] != "app")
"""All but the application, which nobody calls from Python."""

ENTRY: Final = re.compile(r"^::: (\S+)", re.MULTILINE)


def resolved(path: str) -> Any:
    """Return the module, class or function of a dotted path."""
    module, _, name = path.rpartition(".")
    try:
        return importlib.import_module(path)
    except ImportError:
        return getattr(importlib.import_module(module), name)


@cache
def shown() -> dict[str, Any]:
    """Return what the pages of the API reference show, by dotted path: of a module what it exports."""
    entries = [
        entry for page in sorted((ROOT / "docs" / "api").glob("*.md")) for entry in ENTRY.findall(page.read_text())
    ]
    found = {entry: resolved(entry) for entry in entries}
    modules = {path: each for path, each in found.items() if inspect.ismodule(each)}
    members = {f"{path}.{name}": getattr(each, name) for path, each in modules.items() for name in each.__all__}
    return {path: each for path, each in (found | members).items() if path not in modules}


def functions() -> Iterator[tuple[str, Any, str]]:
    """Yield path, function and documentation with that of its class, of all functions and public methods shown."""
    for path, each in shown().items():
        if inspect.isfunction(each):
            yield path, each, inspect.getdoc(each) or ""
        elif inspect.isclass(each):
            for name, member in vars(each).items():
                function = getattr(member, "__func__", member)
                if inspect.isfunction(function) and not name.startswith("_"):
                    yield f"{path}.{name}", function, f"{inspect.getdoc(each)}\n\n{inspect.getdoc(function)}"


def has_section(doc: str, title: str) -> bool:
    return re.search(rf"^{title}\n-{{3,}}$", doc, re.MULTILINE) is not None


def explained(doc: str, *titles: str) -> set[str]:
    """Return the names that sections of a docstring explain, several of them on a line included."""
    names: set[str] = set()
    for title in titles:
        for body in re.findall(
            rf"^{title}\n-{{3,}}\n(.*?)(?=\n\n\S[^\n]*\n-{{3,}}\n|\Z)", doc, re.MULTILINE | re.DOTALL
        ):
            heads = [line for line in body.splitlines() if line and not line.startswith(" ")]
            names |= {name.strip(" *") for head in heads for name in head.split(" : ")[0].split(",")}
    return names


def test_the_api_reference_shows_many_names() -> None:
    assert len(shown()) > 100


def test_each_function_explains_its_parameters() -> None:
    for path, function, _ in functions():
        own = inspect.getdoc(function) or ""
        parameters = set(inspect.signature(function).parameters) - {"self", "cls"}
        assert parameters <= explained(own, "Parameters"), f"{path}: explain each parameter under Parameters."


def test_each_function_has_an_example() -> None:
    for path, _, doc in functions():
        shows = has_section(doc, "Examples") and ">>> " in doc
        assert shows, f"{path}: show how it is called under Examples."


def test_each_function_names_its_neighbours() -> None:
    for path, function, doc in functions():
        assert has_section(doc, "See Also"), (
            f"{path} ({function.__module__}): name what is called with it under See Also."
        )


def neighbours() -> Iterator[tuple[Path, str]]:
    """Yield module and name of each entry under See Also in the package."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                for name in explained(ast.get_docstring(node) or "", "See Also"):
                    yield path, name


def exists(name: str, module: str) -> bool:
    """Return whether a name is one of a module or its package, or a dotted path from the top."""
    owners = (module, module.rpartition(".")[0], name.rpartition(".")[0], name.rpartition(".")[0].rpartition(".")[0])
    for owner in filter(None, owners):
        found: Any = None
        with suppress(ImportError):
            found = importlib.import_module(owner)
        with suppress(AttributeError):
            if found is not None and attrgetter(name.removeprefix(f"{owner}."))(found) is not None:
                return True
    return False


def test_neighbours_exist() -> None:
    missing = []
    for path, name in neighbours():
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if not exists(name, module):
            missing.append(f"{module}: {name}")
    assert missing == [], "See Also names what there is: of the same module or package, or a path from gaitlab."


def test_the_first_line_states_what_is_computed() -> None:
    for path, function, _ in functions():
        first = (inspect.getdoc(function) or "").partition("\n")[0]
        assert not first.startswith(("Return ", "Give ", "Tell ", "Say ")), f"{path}: begin with what is computed."
        assert first.endswith("."), f"{path}: the first line is a sentence."


def test_most_examples_of_the_reference_are_run_with_the_tests() -> None:
    of_classes = [each for each in shown().values() if inspect.isclass(each) and dataclasses.is_dataclass(each)]
    texts = [doc for _, _, doc in functions()] + [inspect.getdoc(each) or "" for each in of_classes]
    run = [doc for doc in texts if any("SKIP" not in line for line in doc.splitlines() if line.startswith(">>> "))]
    assert len(run) > 0.8 * len(texts), "Too many examples are skipped; use gaitlab.simulate or gaitlab.testing."


def is_dataclass(node: ast.ClassDef) -> bool:
    return any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)


def exported(tree: ast.Module) -> set[str]:
    """Return the names in ``__all__``; without it all names."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(ast.unparse(target) == "__all__" for target in node.targets):
            return {str(name) for name in ast.literal_eval(node.value)}
    return {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


def fields(node: ast.ClassDef) -> set[str]:
    """Return the public fields that a class declares itself."""
    declared = [s for s in node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)]
    names = [ast.unparse(s.target) for s in declared if "ClassVar" not in ast.unparse(s.annotation)]
    return {name for name in names if not name.startswith("_")}


def unexplained(module: Path) -> Iterator[str]:
    """Yield the fields of the exported dataclasses of a module that no section explains."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    public = exported(tree)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name in public and is_dataclass(node):
            missing = fields(node) - explained(ast.get_docstring(node) or "", "Attributes", "Parameters")
            yield from (f"{module.relative_to(ROOT)} {node.name}.{name}" for name in sorted(missing))


def test_each_exported_dataclass_explains_its_fields() -> None:
    missing = [field for module in MODULES for field in unexplained(module)]
    assert missing == [], "Explain each field under Attributes or Parameters."


def test_a_field_that_no_section_explains_is_found() -> None:
    doc = "First.\n\nParameters\n----------\na, b : int\n    Both.\n**rest\n    Others.\n\nReturns\n-------\nc : int\n"
    assert explained(doc, "Parameters") == {"a", "b", "rest"}
    assert explained(doc, "Attributes") == set()
