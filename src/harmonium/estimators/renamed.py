"""Errors for settings of an estimator that have another name now."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from harmonium.errors import UsageTypeError

__all__ = ["renamed"]

Class = TypeVar("Class", bound=type)


def renamed(**names: str) -> Callable[[Class], Class]:
    """A decorator for classes: refuses old names of arguments, and gives the new ones.

    Args:
        **names: old name -> new name, with what else has changed.

    >>> @renamed(n_epochs="max_iter")
    ... class Model:
    ...     def __init__(self, max_iter=10): ...
    >>> Model(n_epochs=3)
    Traceback (most recent call last):
    harmonium.errors.UsageTypeError: Model: n_epochs is now max_iter
    """

    def decorated(kind: Class) -> Class:
        init = vars(kind)["__init__"]

        @wraps(init)
        def checked(self: object, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
            for old, new in names.items():
                if old in kwargs:
                    raise UsageTypeError(f"{type(self).__name__}: {old} is now {new}")
            init(self, *args, **kwargs)

        setattr(kind, "__init__", checked)  # noqa: B010
        return kind

    return decorated
