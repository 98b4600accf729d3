"""Makes pydantic models from signatures, to check the text of a recipe."""

import ast
from functools import cache
from types import GenericAlias
from typing import Annotated, Any, ClassVar, Literal, Optional

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from harmonium.describe.annotations import Again, Choice, Typed, typed
from harmonium.describe.defaults import REQUIRED, default
from harmonium.describe.foreign import HIDDEN, stated
from harmonium.describe.signature import Parameter, read
from harmonium.errors import UsageTypeError
from harmonium.registry import GIVEN, INFERRED, KINDS, ROOT, SECTIONS, SHARED

__all__ = ["Described", "component", "model", "schema"]


class Described(BaseModel):
    """Base class of the models: a mapping in a recipe, checked against a signature.

    ``target_`` is the constructor; ``kind_`` and ``name_`` its place in the registry (empty for
    sections); ``awaited_`` the arguments that only the program can give; ``variadic_`` the field
    that the constructor takes as ``*name``; ``sections_`` the models of fields that are mappings
    without type; and ``kinds_`` the kinds of fields that are components or lists of components.
    """

    model_config = ConfigDict(extra="forbid", validate_default=True, protected_namespaces=())
    target_: ClassVar[str] = ""
    kind_: ClassVar[str] = ""
    name_: ClassVar[str] = ""
    awaited_: ClassVar[tuple[str, ...]] = ()
    variadic_: ClassVar[str | None] = None
    sections_: ClassVar[dict[str, type["Described"]]] = {}
    kinds_: ClassVar[dict[str, str]] = {}


class _Fields:
    """Fields of one signature, with the types of components and sections that ``typed`` needs."""

    def __init__(self, target: str, kind: str) -> None:
        self.target = target
        self.given = GIVEN.get(kind, ())
        self.inferred = INFERRED.get(kind, ())
        self.fields: dict[str, Any] = {}
        self.awaited: list[str] = []
        self.sections: dict[str, type[Described]] = {}
        self.kinds: dict[str, str] = {}
        self.variadic: str | None = None
        self._name = ""
        shared = read(SHARED[kind]).parameters if kind in SHARED else ()
        for parameter in (*read(target).parameters, *shared):
            self._add(parameter)

    def _add(self, parameter: Parameter) -> None:
        self._name = name = parameter.name
        if name in self.given:
            self.awaited.append(name)
            return
        annotation = parameter.annotation
        doc = parameter.doc
        if self.target.startswith("torch."):
            if name in HIDDEN:
                return
            bound, words = stated(self.target, name)
            if bound and ast.unparse(parameter.default or ast.Constant(0)) == "None":
                bound = f"{bound} | None"
            annotation = ast.parse(bound, mode="eval").body if bound else annotation
            doc = words or doc
        try:
            value_type = typed(annotation, parameter.module, models=self)
        except TypeError as error:
            raise UsageTypeError(f"{self.target}, parameter {name}: {error}") from error
        about = doc or None
        if value_type is None:
            if parameter.default is None:
                raise UsageTypeError(
                    f"{self.target}, parameter {name}: no recipe can give its value"
                )
        elif parameter.variadic:
            self.variadic = name
            self.fields[name] = _several(value_type), Field(min_length=1, description=about)
        else:
            value, kind = default(parameter), value_type.type
            if value is REQUIRED and name in self.inferred:
                value, kind = None, Optional[kind]  # noqa: UP045
            start = ... if value is REQUIRED else value
            self.fields[name] = kind, Field(start, description=about)

    def component(self, kind: str) -> Typed:
        """Type of any component of a kind."""
        self.kinds[self._name] = kind
        return _written(kind, _again(kind)) if kind in _BEGUN else component(kind)

    def section(self, name: str) -> Typed:
        """Type of a mapping without the key "type"."""
        made = model(SECTIONS[name])
        self.sections[self._name] = made
        return Typed(made, lambda v: isinstance(v, dict), "a mapping")

    def overrides(self) -> Typed:
        """Type of some of the fields above, none of them required."""
        partial: dict[str, Any] = {
            name: (kind, Field(None)) for name, (kind, _) in self.fields.items()
        }
        made: type[Described] = create_model(
            f"{self.target.rpartition(':')[2]}Overrides",
            __base__=Described,
            __cls_kwargs__={"validate_default": False},
            **partial,
        )
        made.sections_, made.kinds_ = dict(self.sections), dict(self.kinds)
        self.sections[self._name] = made
        return Typed(made, lambda v: isinstance(v, dict), "a mapping")


def _several(item: Typed) -> Any:  # noqa: ANN401
    """Type of the values of ``*name``: a list, or one value for a list of one."""

    def listed(value: object) -> object:
        return value if isinstance(value, list | tuple) else [value]

    several: Any = GenericAlias(list, (item.type,))
    accepted = several | item.type
    return Annotated[several, BeforeValidator(listed, json_schema_input_type=accepted)]


@cache
def model(target: str, kind: str = "", *, name: str = "") -> type[Described]:
    """Makes the model of a constructor, "module:name".

    Args:
        target: function or class.
        kind: of the component; empty for a section.
        name: its type in the registry.

    Raises:
        TypeError: an annotation or a default cannot be written in a recipe.
    """
    collected = _Fields(target, kind)
    typing: dict[str, Any] = {"type": (Literal[name], Field())} if name else {}
    if name and "type" in collected.fields:
        raise UsageTypeError(f"{target}: a recipe uses the word type itself; rename the parameter")
    made: type[Described] = create_model(
        f"{kind or target.rpartition(':')[2]}{name and f'-{name}'}",
        __base__=Described,
        __doc__=read(target).doc or f"{target.replace(':', '.')}: see its documentation.",
        **typing,
        **collected.fields,
    )
    made.target_, made.kind_, made.name_ = target, kind, name
    made.awaited_, made.variadic_ = tuple(collected.awaited), collected.variadic
    made.sections_, made.kinds_ = collected.sections, collected.kinds
    return made


@cache
def component(kind: str) -> Typed:
    """Type of any component of a kind: a mapping with its type, its name, or a number of units."""
    types = KINDS[kind]
    _BEGUN.append(kind)
    try:
        members = {f"{kind}:{name}": model(types[name], kind, name=name) for name in types}
    finally:
        _BEGUN.remove(kind)

    def pick(value: object) -> str | None:
        name = value.get("type") if isinstance(value, dict) else None
        return f"{kind}:{name}" if isinstance(name, str) and name in types else None

    context = {"kind": kind}
    union = Choice(members, pick, error="component", context=context, name=kind)
    return _written(kind, union)


_BEGUN: list[str] = []
"""Kinds whose types are being made."""


def _again(kind: str) -> Again:
    """The union of a kind inside one of its own components."""
    return Again(kind, lambda: None if kind in _BEGUN else component(kind).type)


def _written(kind: str, union: Choice | Again) -> Typed:
    """Type of a component as a recipe writes it: the name of its type, or a mapping."""
    types = KINDS[kind]
    number = kind == "Units"

    def full(value: object) -> object:
        if isinstance(value, str):
            return {"type": value}
        if number and isinstance(value, int) and not isinstance(value, bool):
            return {"type": "bernoulli", "shape": [value]}
        return value

    short: Any = Literal[tuple(types)] if types else Literal["none is registered"]
    tagged: Any = Annotated[Any, union]
    accepted = short | int | tagged if number else short | tagged
    kinds = str | dict | int if number else str | dict
    return Typed(
        Annotated[Any, union, BeforeValidator(full, json_schema_input_type=accepted)],
        lambda v: (
            v in types if isinstance(v, str) else isinstance(v, kinds) and not isinstance(v, bool)
        ),
        "units (a number, a family or a mapping with its type)"
        if number
        else f"a {kind} (its type, or a mapping with it)",
        tuple(types),
    )


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a recipe, for editors of YAML and JSON."""
    made = model(ROOT).model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | made
