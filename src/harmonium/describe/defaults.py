"""Reads default values from source text, in the form in which a recipe writes them."""

import ast
from functools import cache
from typing import Any

from harmonium.describe.signature import Module, Parameter, read, resolve
from harmonium.errors import UsageTypeError
from harmonium.registry import KINDS

__all__ = ["REQUIRED", "default"]

REQUIRED = object()
"""Marks a parameter without default."""


def default(parameter: Parameter) -> Any:  # noqa: ANN401
    """Returns the default of a parameter in the form of a recipe, or ``REQUIRED``.

    Raises:
        TypeError: the default is not a literal, constant or registered component.
    """
    if parameter.default is None:
        return REQUIRED
    return _value(parameter.default, parameter.module)


def _value(node: ast.expr, home: Module) -> Any:  # noqa: ANN401
    try:
        return ast.literal_eval(node)
    except ValueError:
        pass
    if isinstance(node, ast.List | ast.Tuple):
        return [_value(item, home) for item in node.elts]
    if isinstance(node, ast.Dict):
        return {
            ast.literal_eval(k): _value(v, home)
            for k, v in zip(node.keys, node.values, strict=True)
            if k is not None
        }
    if isinstance(node, ast.Name):
        return _name(node.id, home)
    if isinstance(node, ast.Call):
        return _call(node, home)
    raise _unreadable(node, home)


def _name(name: str, home: Module) -> Any:  # noqa: ANN401
    definition = resolve(home, name)
    if definition is None:
        raise _unreadable(ast.Name(name), home)
    owner, node = definition
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        return _value(node.value, owner)
    registered = _types().get(f"{owner.name}:{name}")
    if registered is None:
        raise _unreadable(ast.Name(name), home)
    return {"type": registered}


def _call(node: ast.Call, home: Module) -> Any:  # noqa: ANN401
    called = ast.unparse(node.func).rpartition(".")[2]
    keywords = {k.arg: k.value for k in node.keywords if k.arg is not None}
    if called == "field":
        if "default" in keywords:
            return _value(keywords["default"], home)
        if "default_factory" not in keywords:
            return REQUIRED
        factory = keywords["default_factory"]
        if isinstance(factory, ast.Lambda):
            return _value(factory.body, home)
        empty: dict[str, Any] = {"dict": {}, "list": [], "tuple": []}
        name = ast.unparse(factory)
        return empty[name] if name in empty else _value(factory, home)
    if called == "Component":
        _, name, *inner = (_value(item, home) for item in node.args)
        return {"type": name, **(inner[0] if inner else {})}
    settings = {name: _value(value, home) for name, value in keywords.items()}
    definition = resolve(home, called)
    if definition is None:
        raise _unreadable(node, home)
    target = f"{definition[0].name}:{called}"
    given = zip(read(target).parameters, node.args, strict=False)
    settings |= {p.name: _value(value, home) for p, value in given}
    return ({"type": _types()[target]} if target in _types() else {}) | settings


@cache
def _types() -> dict[str, str]:
    return {target: name for types in KINDS.values() for name, target in types.items()}


def _unreadable(node: ast.expr, home: Module) -> TypeError:
    return UsageTypeError(
        f"{home.name}: the default {ast.unparse(node)} is neither a literal nor a registered "
        "component, so a recipe cannot state it"
    )
