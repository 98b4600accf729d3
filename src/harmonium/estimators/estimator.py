"""What every estimator has: seeds of its own, and words where an attribute is missing."""

import inspect
import secrets
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.utils import check_random_state

__all__ = ["Estimator", "fresh_seed"]


class Estimator(BaseEstimator):
    """A scikit-learn estimator that can be read from a file of another version.

    A setting that the file lacks has its default. A result that it lacks is a ``NotFittedError``
    (a ``ValueError`` and an ``AttributeError``), as it is before ``fit``.
    """

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name.startswith("__"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        setting = inspect.signature(type(self).__init__).parameters.get(name)
        if setting is not None and setting.default is not setting.empty:
            return setting.default
        raise NotFittedError(
            f"this {type(self).__name__} has no {name!r}: it is not fitted, or it was pickled by "
            "another version of harmonium; call fit first"
        )


def fresh_seed(random_state: int | np.random.RandomState | None) -> int:
    """A seed for one fit: the same for the same number; a new one for None.

    NumPy's global source is not asked: fits in several threads would change each other's.
    """
    if random_state is None:
        return secrets.randbelow(2**31 - 1)
    return int(check_random_state(random_state).randint(2**31 - 1))
