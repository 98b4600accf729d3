"""What multilayer perceptrons as estimators refuse, with the remedy."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from harmonium.errors import UsageError, UsageTypeError

__all__ = ["in_steps", "refuse_early_stopping", "takes_present_names"]

T = TypeVar("T", bound=Callable[..., None])

RENAMED = {
    "n_epochs": "max_iter",
    "patience": "n_iter_no_change",
}
"""Argument of earlier versions -> its present name."""


def takes_present_names(constructor: T) -> T:
    """A decorator for constructors: an argument of earlier versions names the present one.

    Raises (at a call):
        TypeError: an argument has another name now.
    """

    @wraps(constructor)
    def checked(self: Any, *args: Any, **settings: Any) -> None:  # noqa: ANN401
        for given in settings:
            if given in RENAMED:
                name = type(self).__name__
                raise UsageTypeError(f"{name} has no {given}: its name is {RENAMED[given]}")
        constructor(self, *args, **settings)

    return checked  # type: ignore[return-value]


def in_steps(model: Any) -> bool:  # noqa: ANN401
    """Whether an estimator has ``partial_fit``: L-BFGS takes all rows at once."""
    if model.solver == "lbfgs":
        raise AttributeError("partial_fit needs solver='adam' or 'sgd'; lbfgs takes all rows")
    return True


def refuse_early_stopping(model: Any) -> None:  # noqa: ANN401
    """Raises ValueError where partial fits cannot hold rows out."""
    if model.early_stopping:
        raise UsageError("partial_fit holds no rows out: set early_stopping=False, or call fit")
