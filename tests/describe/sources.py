"""Constructors whose signatures the tests read, as text and for real."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, Optional, Union

from harmonium.bounds import Count, NonNegative, Positive, Seed, Share, Size
from harmonium.describe.component import Component

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.describe.component import Contrast, Rule, Units
    from harmonium.random import Source

LIMIT = 7


def function(  # noqa: PLR0913
    tensor: Tensor,
    first: Count,
    second: float = -1e-3,
    *rest: int,
    only: Literal["a", "b"] = "a",
    limit: int = LIMIT,
    source: Source = None,
) -> None:
    """What it is,
    on two lines.

    More of it.

    Args:
        first: the first: with a colon.
        second: the second,
            which goes on.
        *rest: the others.

    Returns:
        nothing: at all.
    """


class Parent:
    """A parent.

    Args:
        inherited: from above.
    """

    def __init__(self, *, inherited: bool = True) -> None: ...


class Child(Parent):
    """A child without a constructor of its own."""


class Plain:
    """Neither."""


@dataclass(frozen=True)
class Record:
    """A dataclass.

    Args:
        a: one.
    """

    a: Size
    b: Sequence[str] = ()
    c: ClassVar[int] = 3
    d: dict[str, float] = field(default_factory=dict)
    e: int = field(default=4)
    f: int = field(init=False, default=5)


@dataclasses.dataclass(frozen=True)
class More(Record):
    """Another."""

    _: KW_ONLY
    g: Path | None = None


def every(  # noqa: PLR0913
    a: int,
    b: "float",  # noqa: UP037
    c: bool,
    d: str,
    e: Path,
    f: str | PathLike[str] | None,
    g: Literal["x", "y"],
    h: Sequence[Count],
    i: tuple[Share, Share],
    j: tuple[int, ...],
    k: Mapping[str, Positive],
    l: Optional[NonNegative],  # noqa: E741, UP045
    m: Union[int, str],  # noqa: UP007
    n: Units,
    o: int | Units,
    p: str | Units,
    q: Sequence[Rule],
    r: Contrast | None,
    s: Sequence[Share | Literal["scale"]],
    t: float | Tensor,
    u: Seed,
    v: Sequence[Sequence[int]],
) -> None:
    """One of every annotation."""


def unreachable(a: Tensor, b: Callable[[int], int], c: Tensor | None) -> None:
    """Nothing that a recipe could give."""


def unknown(a: Fraction) -> None:  # noqa: F821
    """An annotation that no recipe has a type for."""


def untyped(a) -> None:  # noqa: ANN001
    """No annotation."""


def strange(a: int = min(3, 4)) -> None:  # noqa: B008
    """A default that no recipe could state."""


def named_type(type: int) -> None:
    """A parameter with the word that recipes use."""


def needs_tensor(a: Tensor) -> None:
    """A required value that no recipe can give."""


def preset(a: Contrast = Component("Contrast", "cd", {"steps": 2})) -> None:  # noqa: B008
    """A component for a default."""
