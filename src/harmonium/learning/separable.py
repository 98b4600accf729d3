"""Whether a plane separates two classes: linear programming, with a proof either way."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmonium.errors import UsageError
from harmonium.extras import need

__all__ = ["Separation", "separable"]

_TOLERANCE = 1e-9


@dataclass(frozen=True, kw_only=True)
class Separation:
    """The answer, and its proof.

    Args:
        separable: whether a plane has all rows of the first class on one side, and all of the
            second class on the other.
        weight: w of the plane w.x + b = 0 with the largest margin, ``(D,)``; the second class is
            where w.x + b is positive. No value is above 1. None if there is no plane.
        bias: its b; None if there is no plane.
        margin: the smallest distance of a row from the plane, in the sum of absolute
            differences (1-norm), because w is bounded by its largest value; 0 if there is no
            plane.
        certificate: where there is no plane, weights of the rows, ``(N,)``, at least 0 and the
            largest 1: weighted sums of both classes are the same, so their hulls have a point in
            common. Otherwise None.
    """

    separable: bool
    weight: NDArray[np.float64] | None
    bias: float | None
    margin: float
    certificate: NDArray[np.float64] | None


def separable(x: ArrayLike, y: ArrayLike) -> Separation:
    r"""Decides whether a plane separates the rows of two classes.

    With s = 1 for the second class and -1 for the first, the plane with the largest margin is

    .. math:: \max_{w, b, m} m \quad \text{with} \quad s_i (w \cdot x_i + b) \ge m, \qquad
              |w_j| \le 1

    There is one if m > 0. Otherwise there are :math:`\lambda_i \ge 0`, not all zero, with

    .. math:: \textstyle\sum_i \lambda_i s_i = 0, \qquad \sum_i \lambda_i s_i x_i = 0

    which prove that there is none: for any w and b, the sum of
    :math:`\lambda_i s_i (w \cdot x_i + b)` is zero, so the terms cannot all be positive. XOR has
    all four equal. (Minsky and Papert, 1969; Gale, Kuhn and Tucker, 1951.)

    Args:
        x: rows, ``(N, D)``.
        y: the class of every row, ``(N,)``, two different values.

    Raises:
        ValueError: there are not exactly two classes, values are not finite, or the linear program
            has no answer.
        ImportError: scipy is missing, which comes with scikit-learn.

    >>> square = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> both = separable(square, [0, 0, 0, 1])
    >>> both.separable, both.weight, both.bias, both.margin
    (True, array([1., 1.]), -1.5, 0.5)
    >>> either = separable(square, [0, 1, 1, 0])
    >>> either.separable, either.certificate
    (False, array([1., 1., 1., 1.]))
    """
    rows, signs = _signed(x, y)
    scale = np.abs(rows).max(0)
    scale[scale == 0] = 1.0
    size = float(scale.max())
    w, b, margin = _widest(rows / size, signs)
    if margin > _TOLERANCE:
        return Separation(
            separable=True, weight=w, bias=b * size, margin=margin * size, certificate=None
        )
    certificate = _common_point(rows / scale, signs)
    return Separation(separable=False, weight=None, bias=None, margin=0.0, certificate=certificate)


def _signed(x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows, labels = np.asarray(x, np.float64), np.asarray(y)
    classes = np.unique(labels)
    if len(classes) != 2 or rows.ndim != 2 or labels.shape != rows.shape[:1]:
        raise UsageError(
            f"rows of shape {rows.shape} and labels of shape {labels.shape} with {len(classes)} "
            "classes: give rows (N, D) and labels (N,) of two classes"
        )
    if not np.isfinite(rows).all():
        raise UsageError("rows have values that are not finite: remove or fill them")
    return rows, np.where(labels == classes[1], 1.0, -1.0)


def _widest(
    rows: NDArray[np.float64], signs: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float, float]:
    """w, b and margin of the widest plane with no weight above 1."""
    n, d = rows.shape
    solved = _solved(
        [0.0] * (d + 1) + [-1.0],
        A_ub=np.hstack([-signs[:, None] * rows, -signs[:, None], np.ones((n, 1))]),
        b_ub=np.zeros(n),
        bounds=[(-1, 1)] * d + [(None, None)] * 2,
    )
    return solved[:d], float(solved[d]), float(solved[-1])


def _common_point(rows: NDArray[np.float64], signs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights of the rows for which the weighted sums of both classes are the same."""
    n = len(rows)
    equal = np.vstack([(signs[:, None] * np.c_[rows, np.ones(n)]).T, np.ones(n)])
    aim = np.r_[np.zeros(rows.shape[1] + 1), 1.0]
    weights = _solved(np.zeros(n), A_eq=equal, b_eq=aim, bounds=(0, None))
    return weights / weights.max()


def _solved(cost: Any, **program: Any) -> NDArray[np.float64]:  # noqa: ANN401
    need("sklearn", "separability needs scipy, which comes with")
    result = need("scipy.optimize").linprog(cost, method="highs", **program)
    if result.status != 0:
        raise UsageError(
            f"the linear program has no answer ({result.message}): the margin may be too small "
            "for it; scale the columns to about the same size"
        )
    return np.asarray(result.x, np.float64)
