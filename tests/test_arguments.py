"""Arguments are compared with annotations; the message has place, finding and need."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

import numpy as np
import pytest
import torch
from torch import Generator, Tensor

from harmonium.arguments import checked, named
from harmonium.bounds import Count, NonNegative, Share
from harmonium.errors import UsageError, UsageTypeError

T = TypeVar("T")


class Rule(Protocol):
    def __call__(self, x: int) -> int: ...


class Named(Protocol):
    name: str


@checked
def f(
    n: Count | Tensor = 1,
    *more: Count,
    rate: NonNegative | None = None,
    source: Generator | None = None,
    named: Mapping[str, Tensor] | None = None,
    parts: Sequence[Generator] = (),
    **rest: Any,
) -> tuple[Any, ...]:
    return n, *more, rate, source, named, parts, rest


@checked
def g(
    rule: Rule = abs,
    *,
    call: Callable[[int], int] = abs,
    text: str = "",
    flag: bool = False,
    whole: int = 0,
    real: float = 0.0,
    loose: "Named | None" = None,
    anything: Any = None,
    some: T = None,
) -> Any:
    return rule, call, text, flag, whole, real, loose, anything, some


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (
            lambda: f(0),
            ValueError,
            "f: n is 0; a whole number of at least 1 or a Tensor is needed",
        ),
        (lambda: f(1.5), TypeError, "f: n is 1.5; a whole"),
        (lambda: f(True), TypeError, "f: n is True"),
        (lambda: f(1, 2, -3), ValueError, "f: more is -3"),
        (lambda: f(rate=float("nan")), ValueError, "f: rate is nan; a finite number of at least"),
        (lambda: f(source=5), TypeError, "f: source is 5; a Generator or None is needed"),
        (lambda: f(source=Generator), TypeError, "the class Generator (make one: Generator(...))"),
        (lambda: f(named=[1]), TypeError, "f: named is [1], a list; a Mapping or None"),
        (lambda: f(named=np.zeros((2, 3))), TypeError, "an ndarray of shape (2, 3)"),
        (lambda: f(parts=[5]), TypeError, "a Sequence in which each is a Generator is needed"),
        (lambda: g(5), TypeError, "g: rule is 5; a function is needed"),
        (lambda: g(call=int), TypeError, "g: call is the class int"),
        (lambda: g(text=b"x"), TypeError, "g: text is a bytes; text is needed"),
        (lambda: g(flag=1), TypeError, "g: flag is 1; True or False is needed"),
        (lambda: g(whole=2.0), TypeError, "g: whole is 2; a whole number is needed"),
        (lambda: g(whole=False), TypeError, "g: whole is False"),
        (lambda: g(real="x"), TypeError, "g: real is 'x'; a number is needed"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(call, kind, words):
    with pytest.raises(kind) as error:
        call()
    assert words in str(error.value)


def test_what_fits_passes_unchanged():
    x, source = torch.ones(2), Generator()
    assert f(x)[0] is x
    assert f(np.int64(3), 4, rate=np.float32(0), source=source, other=1) == (
        *(3, 4, 0.0, source, None, ()),
        {"other": 1},
    )
    assert g(max, real=3, whole=np.int8(1), loose=7, anything=int, some="x")[-2:] == (int, "x")
    assert f.__name__ == "f"


@checked
@dataclass(frozen=True)
class Settings:
    steps: Count = 1
    share: Share = 0.5


def test_a_class_is_checked_when_it_is_made():
    assert Settings(2) == Settings(steps=2)
    assert isinstance(Settings(), Settings)
    with pytest.raises(ValueError, match="Settings: steps is 0; a whole number of at least 1"):
        Settings(0)
    with pytest.raises(ValueError, match=r"Settings: share is 1\.5; a number from 0 to 1"):
        Settings(share=1.5)


def test_values_are_named_on_a_short_line():
    long = named({"a": "x" * 200})
    assert (named(None), named(0.1), long) == ("None", "0.1", "a dict")
    assert len(named("x" * 1000)) <= 60
    assert named(torch.ones(2, 3)) == "a Tensor of shape (2, 3)"


def test_literals_are_the_only_values():
    @checked
    def drawn(kind: Literal["line", "area"] | None = None) -> str:
        return str(kind)

    assert [drawn(), drawn("area"), drawn(kind="line")] == ["None", "area", "line"]
    with pytest.raises(UsageError, match="drawn: kind is 'lien'; 'line' or 'area' or None is"):
        drawn("lien")
    with pytest.raises(UsageTypeError, match="kind is 3; 'line' or 'area' or None is needed"):
        drawn(kind=3)
