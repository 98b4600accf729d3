"""Exact nearest neighbours, in blocks that fit into memory."""

from typing import Literal

import torch
from torch import Tensor

from harmonium.errors import UsageError

__all__ = ["Metric", "nearest", "neighbour_error", "vote"]

Metric = Literal["euclid", "cosine"]
"""The Euclidean distance, or 1 minus the cosine of the angle."""

_CELLS = 16_000_000
"""Distances that are held at once: 64 MB in single precision."""

_SPARE = 8
"""More rows than asked for whose distances are computed again without cancellation."""


@torch.no_grad()
def nearest(
    queries: Tensor, rows: Tensor, *, k: int, metric: Metric = "euclid", itself: bool = True
) -> tuple[Tensor, Tensor]:
    r"""The k nearest rows of every query, the nearest first.

    .. math:: |q - x|^2 = |q|^2 + |x|^2 - 2 q \cdot x

    is computed by one matrix product for a block of queries; it is exact to the rounding of the
    product. The distances of the k + 8 best are then computed again from the differences, so that
    close rows are in their order. Equal distances are ordered by the index of the row.

    Args:
        queries: ``(Q, D)``.
        rows: ``(N, D)``.
        k: number of neighbours.
        metric: Euclidean distance or 1 - cosine; the cosine of a row of zeros is 0.
        itself: whether query i may find row i; False if the queries are the rows.

    Returns:
        Distances ``(Q, k)`` and indices of rows ``(Q, k)``, int64.

    Raises:
        ValueError: widths differ, or there are fewer than k other rows.

    >>> x = torch.tensor([[0.0], [1.0], [3.0]])
    >>> distances, found = nearest(x, x, k=2, itself=False)
    >>> found.tolist(), distances.tolist()
    ([[1, 2], [0, 2], [1, 0]], [[1.0, 3.0], [1.0, 2.0], [2.0, 3.0]])
    """
    _check(queries, rows, k=k, itself=itself)
    if metric == "cosine":
        queries, rows = _directions(queries), _directions(rows)
    centre = rows.mean(0)
    q, x = queries - centre, rows - centre  # smaller norms lose fewer digits to cancellation
    squares = x.square().sum(1)
    block = max(1, _CELLS // max(1, len(x)))
    parts = [
        _block(q[at : at + block], x, squares=squares, k=k, first=None if itself else at)
        for at in range(0, len(q), block)
    ]
    distances = torch.cat([d for d, _ in parts])
    if metric == "cosine":
        distances = distances.square() / 2
    return distances, torch.cat([found for _, found in parts])


def _block(
    q: Tensor, x: Tensor, *, squares: Tensor, k: int, first: int | None
) -> tuple[Tensor, Tensor]:
    """Neighbours of some queries; ``first`` is the row of the first query, to be left out."""
    score = torch.addmm(squares, q, x.mT, alpha=-2)
    if first is not None:
        own = torch.arange(len(q), device=q.device)
        score[own, own + first] = torch.inf
    most = min(k + _SPARE, len(x) - (first is not None))
    found = score.topk(most, dim=1, largest=False).indices.sort(1).values
    distances = (q[:, None] - x[found]).square().sum(2).sqrt()
    order = distances.sort(dim=1, stable=True).indices[:, :k]
    return distances.gather(1, order), found.gather(1, order)


def _directions(x: Tensor) -> Tensor:
    """Rows of length 1; rows of zeros stay."""
    return x / x.norm(dim=1, keepdim=True).clamp(min=torch.finfo(x.dtype).tiny)


def _check(queries: Tensor, rows: Tensor, *, k: int, itself: bool) -> None:
    if queries.ndim != 2 or rows.ndim != 2 or queries.shape[1] != rows.shape[1]:
        raise UsageError(
            f"queries of shape {tuple(queries.shape)} and rows of shape {tuple(rows.shape)}: give "
            "(Q, D) and (N, D) with the same D"
        )
    others = len(rows) - (not itself)
    if not 1 <= k <= others:
        raise UsageError(
            f"{k} neighbours were asked for, and there are {max(others, 0)} rows: ask for 1 to "
            f"{max(others, 1)}"
        )


def vote(labels: Tensor, classes: int) -> Tensor:
    """The class of most neighbours, ``(Q,)``; of several classes, the first.

    Args:
        labels: classes of the neighbours, ``(Q, k)``, int64.
        classes: number of classes.

    >>> vote(torch.tensor([[2, 0, 2], [1, 0, 2]]), 3).tolist()
    [2, 0]
    """
    counts = torch.zeros(len(labels), classes, dtype=torch.int64, device=labels.device)
    return counts.scatter_add_(1, labels, torch.ones_like(labels)).argmax(1)


def neighbour_error(
    known: tuple[Tensor, Tensor],
    asked: tuple[Tensor, Tensor],
    *,
    k: int,
    metric: Metric = "euclid",
) -> float:
    """Share of rows to which the vote of their k nearest known rows gives a wrong class.

    Args:
        known: rows ``(N, D)`` and their classes ``(N,)``.
        asked: rows ``(Q, D)`` and their classes ``(Q,)``.
        k: number of neighbours; N if it is larger.
        metric: Euclidean distance, or 1 - cosine.

    >>> known = torch.tensor([[0.0], [1.0], [9.0]]), torch.tensor([0, 0, 1])
    >>> neighbour_error(known, (torch.tensor([[2.0], [8.0]]), torch.tensor([0, 1])), k=1)
    0.0
    """
    (rows, labels), (queries, truth) = known, asked
    _, found = nearest(queries, rows, k=min(k, len(rows)), metric=metric)
    classes = int(max(labels.max(), truth.max())) + 1
    return float((vote(labels[found], classes) != truth).double().mean())
