"""Turns annotations of arguments into types that check the values of a recipe."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from types import GenericAlias
from typing import Annotated, Any, Literal, NamedTuple, Optional, Protocol, cast

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, Strict, ValidationInfo
from pydantic_core import PydanticCustomError, core_schema

from harmonium.describe.signature import Module, resolve
from harmonium.errors import UsageTypeError
from harmonium.files import expanded
from harmonium.registry import KINDS, SECTIONS

__all__ = ["MARK", "NUMBERS", "Again", "Choice", "Models", "Typed", "typed"]

MARK = "\0"
"""First character of union tags in the path of an error, which are not keys of the file."""

_INT = 2**63 - 1
_COUNT = 2**31 - 1


class Typed(NamedTuple):
    """A type for pydantic, a test of which values are meant for it, and its description."""

    type: Any
    accepts: Callable[[object], bool]
    words: str


class Models(Protocol):
    """Makes the types of components and sections."""

    def component(self, kind: str) -> Typed:
        """Type of any component of a kind."""
        ...

    def section(self, name: str) -> Typed:
        """Type of a mapping without the key "type"."""
        ...

    def overrides(self) -> Typed:
        """Type of some settings of the signature that is being read."""
        ...


@dataclass(eq=False)
class Choice:
    """A union for pydantic, in which ``pick`` selects the member that a value is meant for."""

    members: dict[str, Any]
    pick: Callable[[Any], str | None]
    _: KW_ONLY
    error: str
    context: dict[str, Any]
    name: str = ""
    """By which ``Again`` refers to the union; empty if nothing does."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Schema of the tagged union."""
        del source
        choices: dict[Any, core_schema.CoreSchema] = {
            f"{MARK}{name}": handler.generate_schema(member)
            for name, member in self.members.items()
        }

        def tag(value: object) -> str | None:
            name = self.pick(value)
            return None if name is None else f"{MARK}{name}"

        return core_schema.tagged_union_schema(
            choices or {MARK: core_schema.literal_schema(["none is registered"])},
            tag,
            custom_error_type=self.error,
            custom_error_message=self.error,
            custom_error_context=self.context,
            ref=self.name or None,
        )


@dataclass(eq=False)
class Again:
    """A union inside one of its own members, by its name.

    A member may also be used by itself: then ``whole`` gives the type of the union.
    """

    name: str
    whole: Callable[[], Any | None]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Reference to the schema of the union, or the schema where there is none yet."""
        del source
        whole = self.whole()
        if whole is None:
            return core_schema.definition_reference_schema(self.name)
        return handler.generate_schema(whole)


def _whole(low: int, high: int, *, words: str) -> Typed:
    return Typed(Annotated[int, Strict(), Field(ge=low, le=high)], _is_int, words)


def _real(words: str, **bounds: float) -> Typed:
    kind = Annotated[float, Strict(), Field(allow_inf_nan=False, **cast(Any, bounds))]
    return Typed(kind, _is_float, words)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_float(value: object) -> bool:
    return isinstance(value, float) or _is_int(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _in_folder(value: str, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder", Path.cwd())
    try:
        path = Path(folder, expanded(value)).resolve()
        str(path).encode()
    except UnicodeEncodeError:
        message = "it lies below a folder whose name is not UTF-8: rename that folder, or move it"
        raise PydanticCustomError("place", message) from None
    except (OSError, RuntimeError, ValueError) as error:
        raise PydanticCustomError("place", "it names no place on this computer") from error
    return path


NUMBERS: dict[str, Typed] = {
    "Count": _whole(1, _COUNT, words="a whole number of at least 1"),
    "Size": _whole(0, _COUNT, words="a whole number of at least 0"),
    "Seed": _whole(0, _COUNT, words="a whole number from 0 to 2147483647"),
    "Positive": _real("a number above 0", gt=0),
    "NonNegative": _real("a number of at least 0", ge=0),
    "Share": _real("a number from 0 to 1", ge=0, le=1),
}
"""The aliases of ``harmonium.bounds``, with the types that they stand for."""

_PLAIN: dict[str, Typed] = {
    "int": _whole(-_INT - 1, _INT, words="a whole number"),
    "float": _real("a number"),
    "bool": Typed(Annotated[bool, Strict()], lambda v: isinstance(v, bool), "true or false"),
    "str": Typed(Annotated[str, Strict(), Field(max_length=10_000)], _is_text, "text"),
    "Path": Typed(
        Annotated[str, Strict(), Field(min_length=1), AfterValidator(_in_folder)],
        _is_text,
        "a path",
    ),
}
_PLAIN["PathLike"] = _PLAIN["Path"]

_UNREACHABLE = {
    "Callable",
    "Connection",
    "DataSet",
    "EnergyGraph",
    "Generator",
    "Graph",
    "LRScheduler",
    "Module",
    "Optimizer",
    "ParamsT",
    "RandomState",
    "Source",
    "State",
    "Tensor",
}
"""Types of arguments that the program gives, never a recipe."""


def typed(node: ast.expr | None, home: Module, *, models: Models) -> Typed | None:
    """Returns the type of an annotation; None if a recipe cannot give such a value.

    Raises:
        TypeError: the annotation is missing or unknown.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        node = ast.parse(node.value, mode="eval").body
    if isinstance(node, ast.Constant) and node.value is None:
        return Typed(None, lambda v: v is None, "null")
    if isinstance(node, ast.Name | ast.Attribute):
        return _named(ast.unparse(node).rpartition(".")[2], home, models=models)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union(_flat(node), home, models=models)
    if isinstance(node, ast.Subscript):
        return _subscript(node, home, models=models)
    shown = "nothing" if node is None else ast.unparse(node)
    raise UsageTypeError(f"{home.name}: a recipe has no type for the annotation {shown}")


def _named(name: str, home: Module, *, models: Models) -> Typed | None:
    if name in _UNREACHABLE:
        return None
    if name in KINDS:
        return models.component(name)
    if name in SECTIONS:
        return models.section(name)
    if name == "Overrides":
        return models.overrides()
    known_type = NUMBERS.get(name) or _PLAIN.get(name)
    if known_type is None and (alias := resolve(home, name)) is not None:
        owner, node = alias
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Subscript):
            return typed(node.value, owner, models=models)
    if known_type is None:
        raise UsageTypeError(f"a recipe has no type for the annotation {name}")
    return known_type


def _flat(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_flat(node.left), *_flat(node.right)]
    return [node]


def _union(nodes: Sequence[ast.expr], home: Module, *, models: Models) -> Typed | None:
    reachable = [t for node in nodes if (t := typed(node, home, models=models)) is not None]
    none = [t for t in reachable if t.type is None]
    members = [t for t in reachable if t.type is not None]
    paths = [t for t in members if t.words == "a path"]
    if paths:  # str | PathLike is a single type
        members = [t for t in members if t.words != "text" and t not in paths[1:]]
    if any(t.words.startswith("units ") for t in members):  # a whole number is Bernoulli units
        members = [t for t in members if not t.words.startswith("a whole number")]
    if not members:
        return None
    union = members[0] if len(members) == 1 else _choice(members)
    if not none:
        return union
    return Typed(
        Optional[union.type],  # noqa: UP045
        lambda v: v is None or union.accepts(v),
        f"{union.words} or null",
    )


def _choice(members: Sequence[Typed]) -> Typed:
    words = " or ".join(t.words for t in members)

    def pick(value: object) -> str | None:
        fitting = (t.words for t in members if t.accepts(value))
        return next(fitting, None)

    union = Choice(
        {t.words: t.type for t in members}, pick, error="mismatch", context={"words": words}
    )
    return Typed(Annotated[Any, union], lambda v: pick(v) is not None, words)


def _subscript(node: ast.Subscript, home: Module, *, models: Models) -> Typed | None:
    outer = ast.unparse(node.value).rpartition(".")[2]
    inner = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
    if outer in _UNREACHABLE:
        return None
    if outer in ("PathLike", "Annotated"):
        return typed(node.value if outer == "PathLike" else inner[0], home, models=models)
    if outer in ("Optional", "Union"):
        return _union(
            [*inner, *([ast.Constant(None)] if outer == "Optional" else [])], home, models=models
        )
    if outer == "Literal":
        values = tuple(ast.literal_eval(item) for item in inner)
        words = "one of " + ", ".join(map(str, values)) if len(values) > 1 else str(values[0])
        return Typed(Literal[values], lambda v: v in values and type(v) is type(values[0]), words)
    if outer in ("Mapping", "dict"):
        return _mapping(inner, home, models=models)
    if outer in ("Sequence", "list", "tuple", "Iterable"):
        return _sequence(inner, home, fixed=outer == "tuple", models=models)
    raise UsageTypeError(
        f"{home.name}: a recipe has no type for the annotation {ast.unparse(node)}"
    )


def _mapping(inner: list[ast.expr], home: Module, *, models: Models) -> Typed | None:
    key, value = (typed(item, home, models=models) for item in inner)
    if key is None or value is None:
        return None
    kind = GenericAlias(dict, (key.type, value.type))
    return Typed(kind, lambda v: isinstance(v, dict), f"a mapping to {value.words}")


def _sequence(inner: list[ast.expr], home: Module, *, fixed: bool, models: Models) -> Typed | None:
    ragged = not fixed or (len(inner) == 2 and ast.unparse(inner[1]) == "...")
    items = [typed(item, home, models=models) for item in (inner[:1] if ragged else inner)]
    known = [t for t in items if t is not None]
    if len(known) < len(items):
        return None
    if ragged:
        kind: Any = GenericAlias(list, (known[0].type,))
        return Typed(kind, _is_sequence, f"a list of {known[0].words}")
    kind = GenericAlias(tuple, tuple(t.type for t in known))
    return Typed(
        kind, _is_sequence, f"a list of {len(known)}: {', '.join(t.words for t in known)}"
    )


def _is_sequence(value: object) -> bool:
    return isinstance(value, list | tuple)
