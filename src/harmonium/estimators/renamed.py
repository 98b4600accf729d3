"""Errors for arguments of a constructor that have another name now."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from harmonium.errors import UsageTypeError

__all__ = ["renamed"]

Init = TypeVar("Init", bound=Callable[..., None])


def renamed(**names: str) -> Callable[[Init], Init]:
    """A decorator for ``__init__``: refuses old names of arguments, and gives the new one.

    Args:
        **names: old name -> new name, with what else has changed.

    >>> class Model:
    ...     @renamed(n_epochs="max_iter")
    ...     def __init__(self, max_iter=10): ...
    >>> Model(n_epochs=3)
    Traceback (most recent call last):
    harmonium.errors.UsageTypeError: Model: n_epochs is now max_iter
    """

    def decorated(init: Init) -> Init:
        @wraps(init)
        def checked(self: object, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
            for old, new in names.items():
                if old in kwargs:
                    raise UsageTypeError(f"{type(self).__name__}: {old} is now {new}")
            init(self, *args, **kwargs)

        return checked  # type: ignore[return-value]

    return decorated
