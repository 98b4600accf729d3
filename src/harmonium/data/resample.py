"""Pictures read at new positions: bilinear interpolation, and affine maps of the plane."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from harmonium.errors import DataError

__all__ = ["grid", "mapped_grid", "resampled"]


def resampled(pictures: Tensor, rows: Tensor, *, columns: Tensor, fill: float | None) -> Tensor:
    r"""Values of pictures between their pixels, by bilinear interpolation.

    .. math:: y_{ij} = (1 - f)(1 - g) x_{rc} + (1 - f) g \, x_{r, c+1}
              + f (1 - g) x_{r+1, c} + f g \, x_{r+1, c+1}

    where r + f is the row and c + g the column that pixel (i, j) is read at. At whole positions
    the values are those of the pixels, to the bit.

    Args:
        pictures: x ``(B, C, H, W)``.
        rows: row that every pixel is read at, ``(B, H', W')``.
        columns: its column, ``(B, H', W')``.
        fill: value of pixels outside a picture; None: of the nearest pixel.

    Returns:
        ``(B, C, H', W')``.

    >>> x = torch.arange(4.0).reshape(1, 1, 2, 2)
    >>> half = torch.full((1, 1, 1), 0.5)
    >>> float(resampled(x, half, columns=half, fill=None))
    1.5
    """
    edge = 0 if fill is None else 1
    down, across = (_spare(size + 2 * edge) for size in pictures.shape[2:])
    sides = (edge, edge + across, edge, edge + down)
    if fill is not None:
        padded = functional.pad(pictures, sides, value=fill)
    else:
        padded = functional.pad(pictures, sides, mode="replicate") if down or across else pictures
    height, width = padded.shape[2:]
    at = torch.stack(
        [
            (columns + (edge + 0.5)) * (2 / width) - 1,
            (rows + (edge + 0.5)) * (2 / height) - 1,
        ],
        -1,
    )
    return functional.grid_sample(padded, at, padding_mode="border", align_corners=False)


def _spare(size: int) -> int:
    """Pixels that a size lacks to a power of two, at which torch's positions are exact."""
    return (1 << (size - 1).bit_length()) - size


def grid(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Row ``(1, H, 1)`` and column ``(1, 1, W)`` of every pixel of pictures ``(B, C, H, W)``."""
    height, width = pictures.shape[2:]
    rows = torch.arange(height, dtype=pictures.dtype, device=pictures.device)
    columns = torch.arange(width, dtype=pictures.dtype, device=pictures.device)
    return rows[None, :, None], columns[None, None, :]


def mapped_grid(
    pictures: Tensor,
    *,
    shift: Tensor,
    rotation: Tensor,
    scale: Tensor,
    shear: Tensor,
) -> tuple[Tensor, Tensor]:
    r"""Positions at which affinely transformed pictures are read.

    .. math:: p = c + A^{-1} (q - c - t), \qquad
              A = s \begin{pmatrix} \cos\phi & \sin\phi \\ -\sin\phi & \cos\phi \end{pmatrix}
                  \begin{pmatrix} 1 & \tan\psi \\ 0 & 1 \end{pmatrix}

    in coordinates (column, row) with rows downwards, so that a positive rotation turns the
    picture anticlockwise; c is the centre. What was at p stands at q afterwards.

    Args:
        pictures: ``(B, C, H, W)``; only their size is used.
        shift: t, pixels to the right and down, ``(B, 2)``.
        rotation: phi, degrees, ``(B,)``.
        scale: s, ``(B,)``, above 0.
        shear: psi, degrees, ``(B,)``.

    Returns:
        Rows and columns, ``(B, H, W)``.

    Raises:
        ValueError: a scale is not above 0.
    """
    if not bool((scale > 0).all()):
        raise DataError(
            f"a scale of {float(scale.min())}: a picture is scaled by a factor above 0"
        )
    rows, columns = grid(pictures)
    height, width = pictures.shape[2:]
    middle, centre = (height - 1) / 2, (width - 1) / 2
    turn, slant = rotation * (math.pi / 180), (shear * (math.pi / 180)).tan()
    cos, sin = (turn.cos() / scale)[:, None, None], (turn.sin() / scale)[:, None, None]
    x = columns - centre - shift[:, 0, None, None]
    y = rows - middle - shift[:, 1, None, None]
    below = sin * x + cos * y
    beside = cos * x - sin * y - slant[:, None, None] * below
    return below + middle, beside + centre
