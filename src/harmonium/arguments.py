"""Checks of arguments against their annotations, by the decorator ``checked``.

``checked`` reads the signature when the function is defined, and checks every call: annotations
from ``bounds`` as ranges, literals by equality, classes (and unions of them) by ``isinstance``,
protocols with ``__call__`` by ``callable``. Arguments with any other annotation are not checked.
"""

import inspect
import math
import types
from collections.abc import Callable, Sequence
from functools import wraps
from numbers import Integral, Real
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from harmonium.errors import UsageError, UsageTypeError

__all__ = ["checked", "named"]

T = TypeVar("T", bound=Callable[..., Any])


def checked(function: T) -> T:
    """A decorator for functions and classes: checks the arguments of every call.

    Raises (at a call):
        TypeError: an argument has the wrong type.
        ValueError: a number is outside its range.

    >>> from harmonium.bounds import Count
    >>> @checked
    ... def repeated(text: str, times: Count = 1) -> str:
    ...     return text * times
    >>> repeated("ab", 0)
    Traceback (most recent call last):
    harmonium.errors.UsageError: repeated: times is 0; a whole number of at least 1 is needed
    """
    if isinstance(function, type):
        function.__init__ = _guarded(function.__init__, function.__name__)  # type: ignore[misc]
        return function
    return _guarded(function, function.__name__)  # type: ignore[return-value]


def _guarded(function: Callable[..., Any], place: str) -> Callable[..., Any]:
    parameters = inspect.signature(function).parameters.values()
    rules = {p.name: None if p.name == "self" else _rule(p) for p in parameters}
    order = [rules[p.name] for p in parameters if p.kind in _PLACED]
    rest = next((rules[p.name] for p in parameters if p.kind is p.VAR_POSITIONAL), None)

    @wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        for i, value in enumerate(args):
            rule = order[i] if i < len(order) else rest
            if rule is not None and not rule.accepts(value):
                rule.refuse(value, place)
        for name, value in kwargs.items():
            if (rule := rules.get(name)) is not None and not rule.accepts(value):
                rule.refuse(value, place)
        return function(*args, **kwargs)

    return guarded


_PLACED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class _Rule:
    """What one parameter accepts: classes, literals, bounded numbers, functions, sequences."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.classes: tuple[type, ...] = ()
        self.bounds: list[Any] = []
        self.literals: tuple[object, ...] = ()
        self.items: _Rule | None = None
        self.words: list[str] = []
        self.accepted: set[type] = set()

    def accepts(self, value: object) -> bool:
        if type(value) in self.accepted:
            return True
        if isinstance(value, self.classes) and not (
            isinstance(value, bool) and bool not in self.classes
        ):
            items = self.items
            if items is None or isinstance(value, str):
                self.accepted.add(type(value))
                return True
            return not isinstance(value, Sequence) or all(map(items.accepts, value))
        if any(value == known and type(value) is type(known) for known in self.literals):
            return True
        return any(b.is_number(value) and b.holds(value) for b in self.bounds)

    def refuse(self, value: object, place: str) -> None:
        number = any(b.is_number(value) for b in self.bounds)
        known = any(type(value) is type(literal) for literal in self.literals)
        needed = " or ".join(dict.fromkeys(self.words))
        kind = UsageError if number or known else UsageTypeError
        raise kind(f"{place}: {self.name} is {named(value)}; {needed} is needed")


def _rule(parameter: inspect.Parameter) -> _Rule | None:
    """The rule of a parameter; None if its annotation cannot be checked."""
    rule = _Rule(parameter.name)
    unknown = parameter.kind is parameter.VAR_KEYWORD or parameter.annotation is parameter.empty
    return rule if not unknown and _learn(rule, parameter.annotation) else None


def _learn(rule: _Rule, annotation: Any) -> bool:  # noqa: ANN401
    """Adds what an annotation allows to the rule; False if it cannot be checked."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if annotation is None or annotation is type(None):
        rule.classes += (type(None),)
        rule.words.append("None")
        return True
    if origin in (Union, types.UnionType):
        return all(_learn(rule, part) for part in inner)
    if origin is Literal:
        rule.literals += inner
        rule.words.extend(map(repr, inner))
        return True
    if origin is Annotated:
        rule.bounds.append(inner[1])
        rule.words.append(inner[1].words)
        return True
    kind = origin or annotation
    if not isinstance(kind, type) or kind in (object, Any):
        return False  # a type variable, Any or a string
    if issubclass(kind, Sequence) and kind is not str and len(inner) == 1:
        items = _Rule(rule.name)
        rule.items = items if _learn(items, inner[0]) else None
    return _learn_class(rule, kind)


_KINDS: dict[type, tuple[type, str]] = {
    int: (Integral, "a whole number"),
    float: (Real, "a number"),
    bool: (bool, "True or False"),
    str: (str, "text"),
}


def _learn_class(rule: _Rule, kind: type) -> bool:
    if getattr(kind, "_is_protocol", False) or kind.__name__ == "Callable":
        if "__call__" not in vars(kind):
            return False
        rule.classes += (_Callable,)
        rule.words.append("a function")
        return True
    known, words = _KINDS.get(kind, (kind, f"{_article(kind.__name__)} {kind.__name__}"))
    rule.classes += (known,)
    of = "" if rule.items is None else f" in which each is {' or '.join(rule.items.words)}"
    rule.words.append(words + of)
    return True


class _CallableInstances(type):
    def __instancecheck__(cls, value: object) -> bool:
        return callable(value) and not isinstance(value, type)


class _Callable(metaclass=_CallableInstances):
    """Anything callable except a class, which must be instantiated first."""


def _article(word: str) -> str:
    return "an" if word[:1].lower() in "aeiou" or word == "ndarray" else "a"


def named(value: object) -> str:
    """A short description of a value, for an error message.

    >>> named(1.5), named("x" * 100)[:30], named([1, 2])
    ('1.5', "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxx", '[1, 2], a list')
    """
    if value is None or isinstance(value, bool | str | int | float):
        text = repr(value)
        if isinstance(value, float) and math.isfinite(value):
            text = f"{value:.6g}"
        return text if len(text) <= 60 else f"{text[:57]}..."
    kind = value.__name__ if isinstance(value, type) else type(value).__name__
    if isinstance(value, type):
        return f"the class {kind} (make one: {kind}(...))"
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return f"{_article(kind)} {kind} of shape {tuple(shape)}"
    text = repr(value) if isinstance(value, list | tuple | dict | set) else ""
    return (
        f"{text}, {_article(kind)} {kind}" if 0 < len(text) <= 40 else f"{_article(kind)} {kind}"
    )
