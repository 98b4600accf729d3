r"""Figures of ranked lists, as means over all orders of equal distances.

Hamming distances are whole numbers, so that many rows of a list are equally far. Their order would
be an accident; all figures here are expectations over every order of them (McSherry and Najork,
2008, https://doi.org/10.1007/978-3-540-78646-7_38).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from harmonium.errors import UsageError

__all__ = ["Ranking", "ranked", "rerank"]

Real = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ranking:
    """Lists of rows in the order of their distance from each query.

    Args:
        expected: probability that the row at each place of a list is relevant, ``(Q, N)``.
        average_precision: of each query, ``(Q,)``; NaN for a query without a relevant row.
    """

    expected: Real
    average_precision: Real

    def precision_at(self, k: int) -> Real:
        """Share of relevant rows among the first k of each list, ``(Q,)``.

        Raises:
            ValueError: the lists are shorter.

        >>> distances, relevant = np.array([[0, 1, 1, 1, 2]]), np.array([[1, 0, 1, 1, 0]])
        >>> ranked(distances, relevant).precision_at(2)
        array([0.83333333])
        """
        if not 1 <= k <= self.expected.shape[1]:
            raise UsageError(
                f"precision at {k}, but the lists have {self.expected.shape[1]} rows: choose a "
                "number from 1 to that"
            )
        precision: Real = self.expected[:, :k].mean(1)
        return precision

    def curve(self, lengths: NDArray[np.int64]) -> tuple[Real, Real]:
        """Precision and recall at some lengths of the list, means over the queries.

        Queries without a relevant row are left out.

        Args:
            lengths: of the list, from 1 to N, ``(L,)``.

        Returns:
            Precision and recall, ``(L,)`` each.
        """
        found = self.expected.cumsum(1)
        every = found[:, -1]
        some = every > 0
        at = found[some][:, lengths - 1]
        return (at / lengths).mean(0), (at / every[some, None]).mean(0)


def ranked(distances: NDArray[Any], relevant: NDArray[Any]) -> Ranking:
    r"""Orders the rows of each list by distance.

    Let t rows of a list be nearer than n equally far ones, of which r are relevant, and let c of
    the t be relevant. The i-th of the n places holds a relevant row with probability r / n; if so,
    the expected precision there is

    .. math:: \frac{1}{t + i} \Big( c + 1 + (i - 1) \frac{r - 1}{n - 1} \Big)

    and the average precision is the sum of the products, divided by the number of relevant rows.

    Args:
        distances: of every row from every query, ``(Q, N)``.
        relevant: whether the row is relevant to the query, ``(Q, N)``.

    Raises:
        ValueError: the shapes differ, or a distance is not a number.

    >>> rows = np.array([[1, 0, 1, 1, 0]])
    >>> ranked(np.arange(5)[None], rows).average_precision
    array([0.80555556])
    """
    if distances.shape != relevant.shape or distances.ndim != 2 or not distances.size:
        raise UsageError(
            f"distances of shape {distances.shape} and relevance of {relevant.shape}: both are "
            "(queries, rows)"
        )
    order = np.argsort(distances, axis=1, kind="stable")
    apart = np.take_along_axis(distances, order, 1)
    good = np.take_along_axis(relevant, order, 1).astype(np.float64)
    if bool((apart != apart).any()):
        raise UsageError("some distances are not a number: check the codes")
    first = np.ones(apart.shape, dtype=bool)
    first[:, 1:] = apart[:, 1:] != apart[:, :-1]
    tie = first.ravel().cumsum() - 1
    begin = np.flatnonzero(first)
    n = np.diff(np.append(begin, first.size))
    r = np.add.reduceat(good.ravel(), begin)
    total = np.concatenate([[0.0], good.ravel().cumsum()])
    before = total[begin] - total[begin // apart.shape[1] * apart.shape[1]]
    share = r / n
    slope = np.where(n > 1, (r - 1) / np.maximum(n - 1, 1), 0.0)
    inside = np.arange(first.size) - begin[tie]
    place = np.arange(first.size) % apart.shape[1] + 1
    expected = share[tie].reshape(apart.shape)
    gain = (share[tie] * (before[tie] + 1 + inside * slope[tie]) / place).reshape(apart.shape)
    every = good.sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        average = np.where(every > 0, gain.sum(1) / every, np.nan)
    return Ranking(expected, average)


def rerank(
    values: NDArray[Any],
    query: NDArray[Any],
    *,
    rows: NDArray[np.int64],
    k: int,
    by: Literal["cosine", "euclid"] = "cosine",
) -> tuple[Real, NDArray[np.int64]]:
    """The k rows of a short list that are nearest by real codes, ties by row.

    The short list comes from a Hamming ball; so few rows are compared by their real codes.

    Args:
        values: real codes of all rows, ``(N, k)``; may be mapped from a file.
        query: real code, ``(k,)``.
        rows: the short list, ``(n,)``.
        k: number of rows to keep; all of a shorter list.
        by: 1 - cosine, or the Euclidean distance.

    Returns:
        Distances and rows, ``(min(k, n),)`` each.

    >>> codes = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> rerank(codes, np.array([1.0, 0.2]), rows=np.array([1, 2]), k=1)[1]
    array([2])
    """
    rows = np.sort(rows)
    some, wanted = values[rows].astype(np.float64), np.asarray(query, dtype=np.float64)
    if by == "cosine":
        length = np.linalg.norm(some, axis=1) * np.linalg.norm(wanted)
        apart = 1 - some @ wanted / np.where(length > 0, length, 1)
    else:
        apart = np.linalg.norm(some - wanted, axis=1)
    best = np.argsort(apart, kind="stable")[:k]
    return apart[best], rows[best]
