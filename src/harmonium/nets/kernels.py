"""Named kernels, and linear filters of pictures with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch
from torch import Tensor
from torch.nn import functional

from harmonium.errors import UsageError

__all__ = [
    "KERNELS",
    "MAGNITUDES",
    "Display",
    "Kernel",
    "Padding",
    "filtered",
    "kernel_of",
    "shown",
]

Display: TypeAlias = Literal["clip", "absolute", "range"]
"""``clip``: below 0 is black, above 255 white. ``absolute``: sizes, clipped. ``range``: the lowest
value is black, the highest white."""

Padding: TypeAlias = Literal["valid", "same"]
"""``valid``: only places where the whole kernel lies on the picture. ``same``: a border of zeros,
so that every pixel has a result."""


_LARGEST = 1e100
"""Largest size of a weight, far from numbers whose sums overflow."""

_WIDEST = 10_000
"""Largest width of a border of zeros, in pixels."""


@dataclass(frozen=True)
class Kernel:
    """Whole numbers and the number by which their sums are divided.

    Args:
        rows: of the kernel, all of one length.
        divisor: the sum of a smoothing kernel, so that it keeps the mean grey level.
        words: what the kernel finds.

    >>> KERNELS["box"].weights.sum().item()
    1.0
    """

    rows: tuple[tuple[int, ...], ...]
    divisor: int = 1
    words: str = ""

    @property
    def weights(self) -> Tensor:
        """The kernel divided by its divisor, ``(a, b)``, float64."""
        return torch.tensor(self.rows, dtype=torch.float64) / self.divisor


KERNELS: dict[str, Kernel] = {
    "identity": Kernel(((0, 0, 0), (0, 1, 0), (0, 0, 0)), words="the picture itself"),
    "edge1": Kernel(((1, 0, -1), (0, 0, 0), (-1, 0, 1)), words="corners and diagonal edges"),
    "edge2": Kernel(((0, 1, 0), (1, -4, 1), (0, 1, 0)), words="edges, by four neighbours"),
    "edge3": Kernel(((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)), words="edges, by all neighbours"),
    "sharpen": Kernel(((0, -1, 0), (-1, 5, -1), (0, -1, 0)), words="the picture and its edges"),
    "box": Kernel(((1, 1, 1), (1, 1, 1), (1, 1, 1)), 9, words="mean of nine pixels"),
    "gauss": Kernel(((1, 2, 1), (2, 4, 2), (1, 2, 1)), 16, words="smooth mean of nine pixels"),
    "sobel_x": Kernel(((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)), words="slope from left to right"),
    "sobel_y": Kernel(((1, 2, 1), (0, 0, 0), (-1, -2, -1)), words="slope from below to above"),
}
"""Name -> kernel. ``edge1`` to ``edge3`` and the two of Sobel sum to 0; the others to 1."""

MAGNITUDES: dict[str, tuple[str, str]] = {"sobel": ("sobel_x", "sobel_y")}
"""Name -> two kernels, whose results x and y give the magnitude (x^2 + y^2)^(1/2)."""


def kernel_of(text: str) -> Tensor:
    """A kernel from its name, or from numbers: spaces between columns, semicolons between rows.

    Raises:
        ValueError: there is no such name, or the rows are no matrix of finite numbers.

    >>> kernel_of("1 0; 0 -1").tolist()
    [[1.0, 0.0], [0.0, -1.0]]
    """
    if text in KERNELS:
        return KERNELS[text].weights
    try:
        rows = [[float(number) for number in row.split()] for row in text.split(";")]
    except ValueError:
        rows = [[]]
    lengths = [len(row) for row in rows]
    if len(set(lengths)) > 1:
        raise UsageError(
            f"the rows of kernel {text!r} have {', '.join(map(str, lengths))} numbers: give "
            'equally many in every row, such as "0 1 0; 1 -4 1; 0 1 0"'
        )
    weights = torch.tensor(rows, dtype=torch.float64)
    if not weights.numel() or not weights.isfinite().all():
        raise UsageError(
            f"no kernel {text!r}: choose from {', '.join([*KERNELS, *MAGNITUDES])}, or give "
            'numbers, such as "0 1 0; 1 -4 1; 0 1 0"'
        )
    return weights


def filtered(
    picture: Tensor,
    kernel: str | Kernel | Tensor,
    *,
    padding: Padding | int = "valid",
    stride: int = 1,
    dilation: int = 1,
    flip: bool = False,
) -> Tensor:
    r"""A picture filtered by a kernel: the sum of products in the window at every place.

    .. math:: y_{ij} = \sum_{u=0}^{a-1} \sum_{v=0}^{b-1} k_{uv} x_{s i + d u - p,\, s j + d v - q}

    with stride s, dilation d, and zeros outside of the picture. This is the cross-correlation,
    which most texts on nets call convolution: the kernel lies on the picture as it is printed.
    The convolution of mathematics turns it by 180 degrees first: ``flip``.

    The extent of the kernel is d (a - 1) + 1. With ``same`` padding, p = (extent - 1) // 2: the
    centre of an even kernel is the pixel above and to the left of its middle, and the missing
    column lies on the right, the missing row below. A stride takes every s-th result of the
    dense one, beginning with the first.

    Args:
        picture: ``(..., height, width)``; every channel is filtered by itself.
        kernel: a name, a kernel, or weights ``(a, b)``. Names of ``MAGNITUDES`` give magnitudes.
        padding: ``valid``, ``same``, or the width of a border of zeros on every side.
        stride: distance between neighbouring windows, in pixels.
        dilation: distance between neighbouring weights, in pixels.
        flip: turn the kernel by 180 degrees.

    Returns:
        ``(..., rows, columns)``, in float64.

    Raises:
        ValueError: there is no such kernel, it does not fit the picture, or a number is too small.

    >>> x = torch.tensor([[0, 0, 9], [0, 9, 9], [9, 9, 9]])
    >>> filtered(x, "box"), filtered(x, "sobel_x")
    (tensor([[6.]], dtype=torch.float64), tensor([[27.]], dtype=torch.float64))
    """
    if isinstance(kernel, str) and kernel in MAGNITUDES:
        x, y = (
            filtered(picture, name, padding=padding, stride=stride, dilation=dilation, flip=flip)
            for name in MAGNITUDES[kernel]
        )
        return torch.hypot(x, y)
    weights = _weights(kernel)
    if min(stride, dilation) < 1:
        raise UsageError(f"stride {stride}, dilation {dilation}: give whole numbers of at least 1")
    if picture.ndim < 2:
        raise UsageError(f"a picture of shape {tuple(picture.shape)}: give (..., height, width)")
    reach = [dilation * (side - 1) for side in weights.shape]
    left, right, above, below = _border(padding, reach)
    x = functional.pad(picture.double(), (left, right, above, below))
    if x.shape[-2] <= reach[0] or x.shape[-1] <= reach[1]:
        raise UsageError(
            f"a kernel that extends over {reach[0] + 1} x {reach[1] + 1} pixels on a picture of "
            f"{x.shape[-2]} x {x.shape[-1]}: give padding, a smaller kernel or a larger picture"
        )
    weights = weights.flip(0, 1) if flip else weights
    rows, columns = (side - far for side, far in zip(x.shape[-2:], reach, strict=True))
    y = x.new_zeros(*x.shape[:-2], -(-rows // stride), -(-columns // stride))
    for u, v in weights.nonzero().tolist():
        i, j = dilation * u, dilation * v
        y += weights[u, v] * x[..., i : i + rows : stride, j : j + columns : stride]
    return y


def shown(values: Tensor, display: Display = "clip") -> Tensor:
    """Values in 0 ... 255, as they are displayed.

    >>> shown(torch.tensor([-510.0, 12.0, 510.0]))
    tensor([  0.,  12., 255.])
    >>> shown(torch.tensor([-100.0, 0.0, 100.0]), "range")
    tensor([  0.0000, 127.5000, 255.0000])
    """
    if display == "range":
        low, high = values.min(), values.max()
        return 255 * (values - low) / (high - low if high > low else 1)
    return (values.abs() if display == "absolute" else values).clamp(0, 255)


def _weights(kernel: str | Kernel | Tensor) -> Tensor:
    if isinstance(kernel, str):
        weights = kernel_of(kernel)
    else:
        weights = kernel.weights if isinstance(kernel, Kernel) else kernel.double()
    if weights.ndim != 2 or not weights.numel():
        raise UsageError(f"a kernel of shape {tuple(weights.shape)}: give (rows, columns)")
    if (largest := float(weights.abs().max())) > _LARGEST:
        raise UsageError(
            f"a kernel with a weight of size {largest:.3g}: give {_LARGEST:g} at most"
        )
    return weights


def _border(padding: Padding | int, reach: list[int]) -> tuple[int, int, int, int]:
    """Zeros on the left, on the right, above and below."""
    if padding == "valid":
        return 0, 0, 0, 0
    if padding == "same":
        (down, across) = (side // 2 for side in reach)
        return across, reach[1] - across, down, reach[0] - down
    if isinstance(padding, str) or padding < 0:
        raise UsageError(f"padding {padding!r}: choose from valid, same, or a width of at least 0")
    if padding > _WIDEST:
        raise UsageError(f"padding {padding}: a border has at most {_WIDEST} pixels")
    return padding, padding, padding, padding
