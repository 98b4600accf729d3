"""Reads a list of layers into the steps of a net: names, inputs and copies resolved."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from itertools import islice
from typing import Any

from harmonium.arguments import named
from harmonium.catalogue.find import nearest
from harmonium.errors import UsageError
from harmonium.nets.described.placed import Layer, Placed
from harmonium.registry import KINDS, SHARED

__all__ = ["INPUT", "LayerError", "Step", "steps_of"]

INPUT = "input"
"""Name of what a list of layers reads."""

_MOST = 100_000
"""Layers of a net; far more would only fill the memory."""

_DEEPEST = 50
"""Lists of layers inside each other."""

_SHARED = tuple(f.name for f in fields(Placed))
assert set(SHARED) == {"Layer"}


class LayerError(UsageError):
    """A layer that cannot stand where it is.

    Args:
        place: of the layer in the settings of its net, such as ("layers", 3).
        label: its name, or else its type; empty if it has neither.
        reason: what was found, and the remedy.
    """

    def __init__(self, place: Sequence[str | int], label: str, *, reason: str) -> None:
        self.place, self.label, self.reason = tuple(place), label, reason
        super().__init__(f"{located(self.place)}{f' ({label})' if label else ''}: {reason}")

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return partial(type(self), reason=self.reason), (self.place, self.label)


def located(place: Sequence[str | int]) -> str:
    """A place in words.

    >>> located(("layers", 3, "layers", 0))
    'layers[3].layers[0]'
    """
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return text.removeprefix(".")


@dataclass(frozen=True)
class Step:
    """One layer of a net: what it is, what it reads, and how it starts and learns.

    Args:
        name: full name, with those of the lists around it: "layer1.0".
        type: of the layer, in the registry.
        settings: arguments of its constructor.
        inputs: full names of the steps that it reads; "input" is the input of the net.
        place: of the layer in the settings of the net.
        rate: factor of the learning rate.
        frozen: whether its parameters stay as they are.
        initial: rules of initial values of its parameters, by their names.
        around: those of the lists around it, the outermost first.
    """

    name: str
    type: str
    settings: Mapping[str, Any]
    inputs: tuple[str, ...]
    place: tuple[str | int, ...]
    rate: float = 1.0
    frozen: bool = False
    initial: Mapping[str, Any] = field(default_factory=dict)
    around: tuple[Mapping[str, Any], ...] = ()

    @property
    def label(self) -> str:
        """What messages call it."""
        return self.name if not self.name.rpartition(".")[2].isdigit() else self.type


def steps_of(layers: Sequence[Layer]) -> list[Step]:
    """The steps of a net, in order.

    Raises:
        LayerError: a layer is no layer, has no such type, a name twice or unknown inputs, or
            stands in too many lists.
        ValueError: there are too many layers.
    """
    steps = _Scope("", None, read=INPUT).steps(layers, _Inherited(("layers",)))
    found = [*islice(steps, _MOST + 1)]
    if len(found) > _MOST:
        raise UsageError(f"a net of more than {_MOST:,d} layers: give fewer, or repeat them less")
    return found


@dataclass(frozen=True)
class _Inherited:
    """What a list of layers passes on to its layers."""

    place: tuple[str | int, ...]
    rate: float = 1.0
    frozen: bool = False
    around: tuple[Mapping[str, Any], ...] = ()

    def of(self, placed: Placed) -> "_Inherited":
        """What a layer that is placed so passes on, or has."""
        return replace(self, rate=self.rate * placed.rate, frozen=self.frozen or placed.frozen)


@dataclass
class _Scope:
    """Names that the layers of one list can read.

    Args:
        prefix: of the full names of the list's layers.
        outer: scope of the list around it.
        read: full name of the step that the list reads.
    """

    prefix: str
    outer: "_Scope | None"
    read: str
    above: str = ""
    known: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def __post_init__(self) -> None:
        self.above, self.known[INPUT] = self.read, self.read

    def steps(self, layers: Sequence[Layer], inherited: _Inherited) -> Iterator[Step]:
        """The steps of the list's layers."""
        for k, layer in enumerate(layers):
            here = replace(inherited, place=(*inherited.place, k))
            yield from self.layer(_full(layer, here.place), here)

    def layer(self, settings: Mapping[str, Any], inherited: _Inherited) -> Iterator[Step]:
        """The steps of one layer: one for each copy, or those of the list inside it."""
        own = {key: value for key, value in settings.items() if key not in (*_SHARED, "type")}
        placed = _placed(settings, inherited.place)
        passed = inherited.of(placed)
        label = placed.name or str(settings["type"])
        given = (placed.inputs,) if isinstance(placed.inputs, str) else tuple(placed.inputs)
        found = tuple(self.find(name, inherited.place, label=label) for name in given)
        inputs = found or (self.above,)
        for copy in range(placed.repeat):
            name = self.new_name(placed, copy, place=inherited.place)
            full = f"{self.prefix}{name}"
            if settings["type"] == "sequential":
                inside = replace(passed, around=(*passed.around, placed.initial))
                yield from self.nested(own, full, inputs=inputs, inherited=inside)
            else:
                yield Step(
                    full,
                    settings["type"],
                    own,
                    inputs,
                    passed.place,
                    rate=passed.rate,
                    frozen=passed.frozen,
                    initial=placed.initial,
                    around=passed.around,
                )
                self.above = full
            self.known[name] = self.above
            if placed.name is not None:
                self.known[placed.name] = self.above
            inputs = (self.above,)

    def nested(
        self,
        settings: Mapping[str, Any],
        full: str,
        *,
        inputs: tuple[str, ...],
        inherited: _Inherited,
    ) -> Iterator[Step]:
        """The steps of a list inside this one."""
        inner = settings.get("layers", ())
        if isinstance(inner, str) or not isinstance(inner, Sequence) or not inner:
            reason = f"its layers are {named(inner)}: give a list of at least one layer"
            raise LayerError(inherited.place, full, reason=reason)
        if extra := [key for key in settings if key != "layers"]:
            reason = f"has the setting {extra[0]!r}: a sequential has only layers"
            raise LayerError(inherited.place, full, reason=reason)
        if len(inputs) > 1:
            reason = (
                f"reads {len(inputs)} layers, and a list reads one: join them by concat or add"
            )
            raise LayerError(inherited.place, full, reason=reason)
        if len(inherited.place) > 2 * _DEEPEST:
            reason = f"lists of layers stand more than {_DEEPEST} deep in each other: use repeat"
            raise LayerError(inherited.place[:2], "", reason=reason)
        scope = _Scope(f"{full}.", self, read=inputs[0])
        place = (*inherited.place, "layers")
        yield from scope.steps(inner, replace(inherited, place=place))
        self.above = scope.above

    def find(self, name: str, place: tuple[str | int, ...], *, label: str) -> str:
        """Full name of the step that a layer of the list calls by this name."""
        scope: _Scope | None = self
        names: list[str] = []
        if not isinstance(name, str):
            reason = f"inputs has {named(name)}: give names of layers, which are text"
            raise LayerError(place, label, reason=reason)
        while scope is not None:
            if name in scope.known:
                return scope.known[name]
            names += [other for other in scope.known if other not in names]
            scope = scope.outer
        reason = f"reads {name!r}, but no layer before it has this name"
        raise LayerError(place, label, reason=reason + nearest(str(name), names))

    def new_name(self, placed: Placed, copy: int, *, place: tuple[str | int, ...]) -> str:
        """Name of a copy in the list; raises LayerError if it is taken or no name."""
        number, self.count = str(self.count), self.count + 1
        if placed.name is None:
            if number in self.known:
                reason = f"another layer is named {number!r}, the number of this one: rename it"
                raise LayerError(place, "", reason=reason)
            return number
        name = placed.name if placed.repeat == 1 else f"{placed.name}{copy + 1}"
        if not name or "." in name or name == INPUT:
            reason = f"its name is {name!r}: give one without dots that is not {INPUT!r}"
            raise LayerError(place, name, reason=reason)
        if name in self.known or (not copy and placed.name in self.known):
            raise LayerError(place, name, reason="another layer has this name: give each its own")
        return name


def _full(layer: Any, place: tuple[str | int, ...]) -> Mapping[str, Any]:  # noqa: ANN401
    """A layer as a mapping; raises LayerError if it is none, or has no type."""
    settings = {"type": layer} if isinstance(layer, str) else layer
    if not isinstance(settings, Mapping):
        reason = f"is {named(layer)}: give the name of a type, or a mapping with type"
        raise LayerError(place, "", reason=reason)
    kind = settings.get("type")
    if kind is None:
        raise LayerError(place, str(settings.get("name") or ""), reason="has no type: add one")
    if not isinstance(kind, str) or kind not in KINDS["Layer"]:
        reason = f"{kind!r} is not a type of layer{nearest(str(kind), KINDS['Layer'])}"
        raise LayerError(place, str(settings.get("name") or ""), reason=reason)
    return settings


def _placed(settings: Mapping[str, Any], place: tuple[str | int, ...]) -> Placed:
    """The settings that every layer has; raises LayerError where one is not valid."""
    given = {key: settings[key] for key in _SHARED if key in settings}
    placed = Placed(**given)
    label = str(placed.name or settings["type"])
    wanted: dict[str, tuple[type, ...]] = {
        "name": (str, type(None)),
        "inputs": (str, list, tuple),
        "repeat": (int,),
        "initial": (Mapping,),
        "frozen": (bool,),
        "rate": (int, float),
    }
    for key, kinds in wanted.items():
        value = getattr(placed, key)
        odd = isinstance(value, bool) and bool not in kinds
        if odd or not isinstance(value, kinds):
            words = " or ".join(kind.__name__ for kind in kinds)
            raise LayerError(place, label, reason=f"{key} is {named(value)}; {words} is needed")
    if placed.repeat < 1 or not 0 <= placed.rate < math.inf:
        key, least = ("repeat", 1) if placed.repeat < 1 else ("rate", 0)
        reason = f"{key} is {getattr(placed, key)}; at least {least}, and finite, is needed"
        raise LayerError(place, label, reason=reason)
    return placed
