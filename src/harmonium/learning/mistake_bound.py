"""The largest number of mistakes that a perceptron can make on separable rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmonium.errors import UsageError
from harmonium.extras import need

__all__ = ["MistakeBound", "mistake_bound"]


@dataclass(frozen=True)
class MistakeBound:
    """Radius and margin of separable rows, which bound a perceptron's mistakes.

    Args:
        radius: R, the largest Euclidean length of a row with one more value of 1 for the bias.
        margin: gamma, the largest distance from a plane through zero to the nearest of these
            longer rows, all on their own side.
        weight: the unit vector of that plane, ``(D + 1,)``, the bias last.
    """

    radius: float
    margin: float
    weight: NDArray[np.float64]

    @property
    def mistakes(self) -> float:
        """The largest possible number of mistakes, (R / gamma)^2."""
        return (self.radius / self.margin) ** 2


def mistake_bound(x: ArrayLike, y: ArrayLike) -> MistakeBound | None:
    r"""Returns Novikoff's bound for rows of two classes, or None where no plane separates them.

    .. math:: \text{mistakes} \le (R / \gamma)^2, \qquad R = \max_i |(x_i, 1)|, \qquad
              \gamma = \max_{|v| = 1} \min_i s_i \, v \cdot (x_i, 1)

    with s = 1 for the second class and -1 for the first. It holds for the online form of the
    rule, which corrects after every single mistake, from weights of zero, in any order of the
    rows and with any constant rate; not for batches, and not for averaged weights. The margin is
    the smallest v with :math:`s_i v \cdot (x_i, 1) \ge 1`, found as non-negative least squares.
    (Novikoff, 1962; Lawson and Hanson, 1974, chapter 23.)

    Args:
        x: rows, ``(N, D)``.
        y: the class of every row, ``(N,)``, two different values.

    Raises:
        ValueError: there are not exactly two classes.
        ImportError: scipy is missing, which comes with scikit-learn.

    >>> bound = mistake_bound([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    >>> round(bound.radius**2, 6), round(bound.margin**-2, 6), round(bound.mistakes, 6)
    (3.0, 17.0, 51.0)
    >>> mistake_bound([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]) is None
    True
    """
    rows, labels = np.asarray(x, np.float64), np.asarray(y)
    classes = np.unique(labels)
    if len(classes) != 2:
        raise UsageError(f"the bound is of two classes, and there are {len(classes)}: give two")
    augmented = np.c_[rows, np.ones(len(rows))]
    radius = float(np.linalg.norm(augmented, axis=1).max())
    signed = np.where(labels == classes[1], 1.0, -1.0)[:, None] * augmented / radius
    need("sklearn", "the bound needs scipy, which comes with")
    system = np.vstack([signed.T, np.ones(len(rows))])
    aim = np.r_[np.zeros(augmented.shape[1]), 1.0]
    weights, _ = need("scipy.optimize").nnls(system, aim)
    rest = system @ weights - aim
    if -rest[-1] < 1e-9:
        return None
    v = rest[:-1] / -rest[-1]
    length = float(np.linalg.norm(v))
    reach = float((signed @ v).min())
    if reach <= 1e-9 * length:
        return None
    return MistakeBound(radius, radius * reach / length, v / length)
