"""Softmax over the units or maps of a layer, by default over the axis behind the batch."""

from torch import Tensor, nn

__all__ = ["LogSoftmax", "Softmax"]


class Softmax(nn.Module):
    r"""Shares :math:`e^{z_k} / \sum_j e^{z_j}`, ``(B, *) -> (B, *)``.

    Args:
        dim: the axis over which they sum to 1; 0 is the batch.
    """

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, z: Tensor) -> Tensor:
        """The shares."""
        return z.softmax(self.dim)


class LogSoftmax(nn.Module):
    r"""Logarithms of shares, :math:`z_k - \log \sum_j e^{z_j}`, ``(B, *) -> (B, *)``.

    Args:
        dim: the axis over which the shares sum to 1; 0 is the batch.
    """

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, z: Tensor) -> Tensor:
        """The logarithms."""
        return z.log_softmax(self.dim)
