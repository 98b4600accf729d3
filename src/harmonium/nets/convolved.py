"""Features of small patches, laid over large pictures and pooled."""

from collections.abc import Callable, Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonium.bounds import Count
from harmonium.errors import UsageError

__all__ = ["Convolved", "folded", "pooled"]


def folded(weight: Tensor, bias: Tensor, *, mean: Tensor, matrix: Tensor) -> tuple[Tensor, Tensor]:
    r"""Filters that read raw patches, from filters that read whitened ones.

    .. math:: W T (x - m) + b = W' x + b', \qquad W' = W T, \qquad b' = b - W T m

    Args:
        weight: W ``(k, E)``.
        bias: b ``(k,)``.
        mean: m ``(D,)`` of the raw patches.
        matrix: T ``(E, D)``, such as that of ``data.whiten.whitening``.

    Returns:
        W' ``(k, D)`` and b' ``(k,)``.
    """
    through = weight @ matrix
    return through, bias - through @ mean


class Convolved(nn.Module):
    r"""Features of every patch of pictures, ``(B, C, r, c) -> (B, k, r - a + 1, c - b + 1)``.

    .. math:: h_{kij} = f\Big( b_k + \sum_{cuv} W_{kcuv} x_{c, i + u, j + v} \Big)

    This is a cross-correlation: filters are not flipped, so that a feature has the value that it
    has on the patch alone. The channels of a picture are summed over.

    Args:
        weight: filters ``(k, C a b)``, in the order of the values of a patch ``(C, a, b)``.
        bias: ``(k,)``.
        shape: (a, b), or (C, a, b).
        activation: f.

    Raises:
        ValueError: the filters do not have this shape.

    >>> layer = Convolved(torch.ones(2, 4), torch.zeros(2), shape=(2, 2))
    >>> layer(torch.zeros(1, 1, 5, 6)).shape
    torch.Size([1, 2, 4, 5])
    """

    def __init__(
        self,
        weight: Tensor,
        bias: Tensor,
        *,
        shape: Sequence[int],
        activation: Callable[[Tensor], Tensor] = torch.sigmoid,
    ) -> None:
        super().__init__()
        patch = tuple(shape) if len(shape) == 3 else (1, *shape)
        if len(patch) != 3 or weight.ndim != 2 or weight.shape[1] != torch.Size(patch).numel():
            raise UsageError(
                f"filters of shape {tuple(weight.shape)}, patches of shape {tuple(shape)}: give "
                "(k, C a b) and (C, a, b)"
            )
        self.weight = nn.Parameter(weight.reshape(len(weight), *patch).detach().clone())
        self.bias = nn.Parameter(bias.detach().clone())
        self.activation = activation

    def forward(self, pictures: Tensor) -> Tensor:
        """Features of every patch.

        Raises:
            ValueError: the pictures have other channels, or are smaller than a patch.
        """
        _, channels, a, b = self.weight.shape
        if (
            pictures.ndim != 4
            or pictures.shape[1] != channels
            or pictures.shape[2] < a
            or pictures.shape[3] < b
        ):
            raise UsageError(
                f"pictures of shape {tuple(pictures.shape)}: give (B, {channels}, at least {a}, "
                f"at least {b})"
            )
        return self.activation(functional.conv2d(pictures, self.weight, self.bias))


def pooled(
    features: Tensor, grid: Count | tuple[int, int], *, kind: Literal["mean", "max"] = "mean"
) -> Tensor:
    """Mean or maximum of the features in each cell of a grid, ``(B, k, r, c) -> (B, k, q, s)``.

    Cells are as equal as possible and never overlap; every place belongs to one cell. Cell i of q
    has the rows from floor(i r / q) up to, not including, floor((i + 1) r / q).

    Args:
        features: of every place.
        grid: (q, s), or q for both.
        kind: mean, or max.

    Raises:
        ValueError: a cell would be empty.

    >>> pooled(torch.arange(9.0).reshape(1, 1, 3, 3), 2)
    tensor([[[[0.0000, 1.5000],
              [4.5000, 6.0000]]]])
    """
    down, across = (grid, grid) if isinstance(grid, int) else grid
    height, width = features.shape[-2:]
    if not (1 <= down <= height and 1 <= across <= width):
        raise UsageError(
            f"a grid of {down} x {across} cells over {height} x {width} places: give 1 to "
            f"{height} and 1 to {width}"
        )
    reduce = (lambda x, axis: x.mean(axis)) if kind == "mean" else (lambda x, axis: x.amax(axis))
    edges = [i * height // down for i in range(down + 1)]
    rows = torch.stack([reduce(features[..., a:b, :], -2) for a, b in _pairs(edges)], -2)
    edges = [i * width // across for i in range(across + 1)]
    return torch.stack([reduce(rows[..., a:b], -1) for a, b in _pairs(edges)], -1)


def _pairs(edges: Sequence[int]) -> list[tuple[int, int]]:
    return list(zip(edges[:-1], edges[1:], strict=True))
