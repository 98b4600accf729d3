"""Convolution in which every output map reads only some of the maps below."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonium.bounds import Count, Size
from harmonium.errors import UsageError
from harmonium.nets.tables import table_of
from harmonium.random import initial

__all__ = ["TableConv2d"]


class TableConv2d(nn.Module):
    r"""A convolution with a connection table, ``(B, I, H, W) -> (B, O, H', W')``.

    .. math:: y_o = b_o + \sum_{i : T_{io} = 1} W_{io} \star x_i

    where :math:`\star` is the cross-correlation, as in ``nn.Conv2d``. There are parameters only
    where the table has a 1. Different output maps see different inputs, so that they have to
    learn different features, with fewer weights. (LeCun et al., 1998,
    https://doi.org/10.1109/5.726791, table I.)

    Initial weights are normal with standard deviation :math:`1 / \sqrt{n}`, where n is the number
    of values that an output map reads at each place, so that maps that read more do not start
    with larger values. Biases start at zero.

    Args:
        in_channels: maps below, the rows of the table.
        table: its name (``nets.tables.TABLES``), or rows of 0 and 1 with one column for each
            output map.
        kernel_size: rows and columns of a kernel.
        stride: distance of neighbouring windows.
        padding: zeros added at every edge.
        bias: whether there is one, for each output map.

    Raises:
        ValueError: the table does not have a row for every map below.

    >>> layer = TableConv2d(6, "lenet_c3", kernel_size=5)
    >>> sum(p.numel() for p in layer.parameters()), layer(torch.zeros(2, 6, 14, 14)).shape
    (1516, torch.Size([2, 16, 10, 10]))
    """

    def __init__(  # noqa: PLR0913
        self,
        in_channels: Count,
        table: str | Sequence[Sequence[int]],
        *,
        kernel_size: Count,
        stride: Count = 1,
        padding: Size = 0,
        bias: bool = True,
    ) -> None:
        super().__init__()
        rows = table_of(table)
        if len(rows) != in_channels:
            raise UsageError(
                f"the table has {len(rows)} rows, and there are {in_channels} maps below: give "
                "one row for each"
            )
        self.in_channels, self.out_channels = in_channels, len(rows[0])
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        columns = [*zip(*rows, strict=True)]
        ones = [o * in_channels + i for o, column in enumerate(columns) for i in where(column)]
        self.register_buffer("places", torch.tensor(ones, dtype=torch.int64), persistent=False)
        read = [
            1 / (sum(column) * kernel_size**2) ** 0.5 for column in columns for _ in where(column)
        ]
        spread = torch.tensor(read, dtype=torch.float32)[:, None, None]
        first = initial(len(ones), kernel_size, kernel_size)
        self.weight = nn.Parameter(first * spread.to(first))
        zeros = torch.zeros(len(columns), dtype=torch.float32)
        self.bias = nn.Parameter(zeros) if bias else None

    def dense_weight(self) -> Tensor:
        """The kernels with zeros where the table has none, ``(O, I, k, k)``."""
        places: Tensor = self.get_buffer("places")
        kernels = self.in_channels * self.out_channels
        flat = self.weight.new_zeros(kernels, *self.weight.shape[1:])
        filled = flat.index_copy(0, places, self.weight)
        return filled.reshape(self.out_channels, self.in_channels, *self.weight.shape[1:])

    def forward(self, x: Tensor) -> Tensor:
        """The maps."""
        weight = self.dense_weight()
        return functional.conv2d(x, weight, self.bias, self.stride, self.padding)

    def extra_repr(self) -> str:
        """Sizes, for ``repr``."""
        return (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}, padding={self.padding}, kernels={len(self.weight)}"
        )


def where(column: Sequence[int]) -> list[int]:
    """Maps that a column of a table names."""
    return [i for i, read in enumerate(column) if read]
