"""Reads signatures from source text, so that recipes are checked without importing torch."""

import ast
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["Module", "Parameter", "Signature", "module", "read", "resolve"]

Definition = ast.ClassDef | ast.FunctionDef | ast.Assign | ast.AnnAssign


@dataclass(frozen=True, eq=False)
class Module:
    """A parsed module: its definitions, and the origin of its imports."""

    name: str
    definitions: dict[str, Definition]
    imports: dict[str, tuple[str, str]]


@dataclass(frozen=True, eq=False)
class Parameter:
    """One parameter: ``annotation`` and ``default`` as expressions of ``module``."""

    name: str
    annotation: ast.expr | None
    default: ast.expr | None
    module: Module
    variadic: bool = False
    doc: str = ""


@dataclass(frozen=True, eq=False)
class Signature:
    """Parameters of a constructor; ``doc`` is the first paragraph of its docstring."""

    target: str
    parameters: tuple[Parameter, ...]
    doc: str = ""


@cache
def module(name: str) -> Module:
    """Parses the module of a dotted name; only the top package is looked up, none imported.

    Raises:
        ModuleNotFoundError: there is no such file.
    """
    top, *rest = name.split(".")
    spec = importlib.util.find_spec(top)
    places = None if spec is None else spec.submodule_search_locations
    if not places:
        raise ModuleNotFoundError(f"no package {top!r} for {name}", name=top)
    place = Path(next(iter(places))).joinpath(*rest)
    path = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    if not path.is_file():
        raise ModuleNotFoundError(f"no file {path} for module {name}", name=name)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    definitions: dict[str, Definition] = {}
    imports: dict[str, tuple[str, str]] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            home = _absolute(node, package)
            imports |= {a.asname or a.name: (home, a.name) for a in node.names}
        elif isinstance(node, ast.ClassDef | ast.FunctionDef):
            definitions[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            definitions |= {t.id: node for t in targets if isinstance(t, ast.Name)}
    return Module(name, definitions, imports)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, *([node.module] if node.module else [])])


def resolve(home: Module, name: str) -> tuple[Module, Definition] | None:
    """Finds the definition of a name through imports; None if its source cannot be read."""
    while name not in home.definitions:
        if name not in home.imports:
            return None
        source, name = home.imports[name]
        try:
            home = module(source)
        except ModuleNotFoundError:
            return None
    return home, home.definitions[name]


@cache
def read(target: str) -> Signature:
    """Reads the signature of "module:name", a function or class.

    Raises:
        ModuleNotFoundError: there is no such module.
        LookupError: the module has no such function or class.
    """
    home_name, _, name = target.partition(":")
    definition = resolve(module(home_name), name)
    home, node = definition or (None, None)
    if home is None or not isinstance(node, ast.ClassDef | ast.FunctionDef):
        raise LookupError(f"{home_name} defines no function or class {name!r}")
    text = ast.get_docstring(node) or ""
    docs = _arguments(text)
    if isinstance(node, ast.ClassDef):
        parameters = _of_class(home, node)
        for _, base in _lineage(home, node):
            docs = _arguments(ast.get_docstring(base) or "") | docs
    else:
        parameters = _of_function(home, node)
    documented = tuple(
        Parameter(p.name, p.annotation, p.default, p.module, p.variadic, docs.get(p.name, ""))
        for p in parameters
    )
    return Signature(target, documented, " ".join(text.split("\n\n")[0].split()))


def _lineage(home: Module, node: ast.ClassDef) -> Iterator[tuple[Module, ast.ClassDef]]:
    """The class and its base classes, depth first, as far as their source can be read."""
    yield home, node
    for base in node.bases:
        name = ast.unparse(base).rpartition(".")[2]
        definition = resolve(home, name)
        if definition is not None and isinstance(definition[1], ast.ClassDef):
            yield from _lineage(definition[0], definition[1])


def _of_class(home: Module, node: ast.ClassDef) -> list[Parameter]:
    for owner, cls in _lineage(home, node):
        for item in cls.body:
            if isinstance(item, ast.FunctionDef) and item.name == "__init__":
                return _of_function(owner, item)[1:]
        if any("dataclass" in ast.unparse(d) for d in cls.decorator_list):
            return _fields(owner, cls)
    return []


def _fields(home: Module, node: ast.ClassDef) -> list[Parameter]:
    fields: dict[str, Parameter] = {}
    for owner, cls in reversed(list(_lineage(home, node))):
        if not any("dataclass" in ast.unparse(d) for d in cls.decorator_list):
            continue
        for item in cls.body:
            if not (isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)):
                continue
            hidden = isinstance(item.value, ast.Call) and any(
                k.arg == "init" and ast.unparse(k.value) == "False" for k in item.value.keywords
            )
            kind = ast.unparse(item.annotation)
            if hidden or "ClassVar" in kind or kind.endswith("KW_ONLY"):
                continue
            name = item.target.id
            fields[name] = Parameter(name, item.annotation, item.value, owner)
    return list(fields.values())


def _of_function(home: Module, node: ast.FunctionDef) -> list[Parameter]:
    a = node.args
    named = [*a.posonlyargs, *a.args]
    missing: list[ast.expr | None] = [None] * (len(named) - len(a.defaults))
    pairs = [*zip(named, [*missing, *a.defaults], strict=True)]
    parameters = [Parameter(p.arg, p.annotation, default, home) for p, default in pairs]
    if a.vararg is not None:
        parameters.append(Parameter(a.vararg.arg, a.vararg.annotation, None, home, variadic=True))
    keywords = zip(a.kwonlyargs, a.kw_defaults, strict=True)
    return parameters + [Parameter(p.arg, p.annotation, default, home) for p, default in keywords]


_SECTION = re.compile(r"^(Args|Arguments):\s*\n((?:[ \t]+.*\n?|\s*\n)*)", re.MULTILINE)
_ENTRY = re.compile(r"^(\s+)\*{0,2}(\w+)(?:\s*\([^)]*\))?:\s*(.*)$")


def _arguments(docstring: str) -> dict[str, str]:
    """Name -> text, from the Args section of a Google docstring."""
    section = _SECTION.search(docstring)
    texts: dict[str, str] = {}
    margin, name = None, ""
    for line in section[2].splitlines() if section else []:
        entry = _ENTRY.match(line)
        if entry and margin in (None, entry[1]):
            margin, name = entry[1], entry[2]
            texts[name] = entry[3].strip()
        elif name:
            texts[name] = f"{texts[name]} {line.strip()}".strip()
    return texts
