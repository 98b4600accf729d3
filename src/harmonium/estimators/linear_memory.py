"""Kohonen's linear associative memory as a scikit-learn estimator."""

from dataclasses import KW_ONLY, dataclass
from numbers import Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import MultiOutputMixin, RegressorMixin, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from harmonium.ambient import neutrally
from harmonium.errors import UsageError
from harmonium.estimators.estimator import Estimator
from harmonium.learning import condition, correlation_matrix, optimal_mapping

__all__ = ["AssociativeMemory"]

_FLOATS = [np.float64, np.float32]


@dataclass(eq=False, repr=False)
class AssociativeMemory(MultiOutputMixin, RegressorMixin, Estimator):
    r"""Stores pairs of keys and values in one matrix; predict recalls a value from a key.

    .. math:: \hat y = M x, \qquad M = Y^\top X \quad \text{or} \quad Y^\top (X^\top)^+

    The optimal form recalls linearly independent keys exactly; it is least squares without an
    intercept. The correlation form is exact for orthonormal keys only. Without values every row is
    its own value: then a damaged row recalls the stored ones nearest to it, and the optimal form
    projects onto their span. (Kohonen, 1972, https://doi.org/10.1109/TC.1972.5008975.)

    Args:
        form: "optimal" or "correlation".
        cutoff: of the optimal form: singular values of the keys below this share of the largest
            count as zero, against noise.

    Attributes:
        coef_: the matrix M, ``(n_outputs, n_features)``.
        condition_: condition number of the keys: by how much recall can amplify noise.

    >>> keys, values = [[1, 0, 0], [0.6, 0.8, 0]], [[1, -1], [2, 0]]
    >>> memory = AssociativeMemory().fit(keys, values)
    >>> (memory.coef_.round(6) + 0.0).tolist()
    [[1.0, 1.75, 0.0], [-1.0, 0.75, 0.0]]
    >>> AssociativeMemory(form="correlation").fit(keys, values).predict(keys).round(6).tolist()
    [[2.2, -1.0], [2.6, -0.6]]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "form": [StrOptions({"optimal", "correlation"})],
        "cutoff": [Interval(Real, 0, 1, closed="left")],
    }

    _: KW_ONLY
    form: Literal["optimal", "correlation"] = "optimal"
    cutoff: float = 1e-10

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> Self:
        """Stores every row of X with the value of the same row of y.

        Args:
            X: keys, ``(n_pairs, n_features)``.
            y: values, ``(n_pairs,)`` or ``(n_pairs, n_outputs)``; None for X itself.

        Raises:
            ValueError: values are NaN or infinite, or there is not a value for each key.
        """
        if y is None:
            rows = validate_data(self, X, dtype=_FLOATS)
            values = rows
        else:
            given = np.asarray(y)
            if given.dtype.kind in "OSU" and any(isinstance(v, str) for v in given.ravel()):
                raise UsageError(
                    "values are text: give numbers, such as a column of 0 and 1 for each class "
                    "(pandas.get_dummies(y))"
                )
            rows, values = validate_data(
                self, X, y, dtype=_FLOATS, multi_output=True, y_numeric=True
            )
        self._flat = values.ndim == 1
        keys = torch.from_numpy(np.array(rows))
        wanted = torch.from_numpy(np.array(values, dtype=rows.dtype).reshape(len(rows), -1))
        if self.form == "optimal":
            matrix = optimal_mapping(keys, wanted, cutoff=self.cutoff)
        else:
            matrix = correlation_matrix(keys, wanted)
        self.coef_: NDArray[Any] = matrix.numpy()
        self.condition_ = condition(keys)
        return self

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Recalls a value for every row, ``(n_samples, n_outputs)``, flat if y was flat."""
        check_is_fitted(self)
        rows: NDArray[Any] = validate_data(self, X, dtype=_FLOATS, reset=False)
        recalled: NDArray[Any] = rows @ self.coef_.T
        return recalled[:, 0] if self._flat else recalled
