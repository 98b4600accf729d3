"""The k-sparse code: only the largest numbers of a row are kept."""

import torch
from torch import Tensor

from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.nets.codes.code import Code

__all__ = ["KSparse"]


class KSparse(Code):
    r"""A code in which all but a few numbers of every row are zero.

    .. math:: c_j = z_j \ \text{where } z_j \text{ is among the kept largest of its row},
              \quad \text{else } 0

    Of equal numbers the one with the lower index is kept. Gradients reach the kept numbers only.
    (Makhzani and Frey, 2014, https://arxiv.org/abs/1312.5663.)

    Args:
        kept: numbers of every row that are kept, no more than the code has.

    >>> KSparse(2).point(torch.tensor([[1.0, 3.0, 3.0, -2.0, 2.0]], dtype=torch.float32))
    tensor([[0., 3., 3., 0., 0.]])
    """

    def __init__(self, kept: Count) -> None:
        super().__init__(kept=kept)

    def width(self, units: int) -> int:
        """As many outputs of the encoder as the code has numbers.

        Raises:
            ValueError: more numbers are kept than the code has.
        """
        if self.settings["kept"] > units:
            raise UsageError(
                f"k_sparse: kept is {self.settings['kept']}, but the code has {units} numbers: "
                "keep fewer"
            )
        return units

    def point(self, z: Tensor) -> Tensor:
        """The code, ``(B, k) -> (B, k)``."""
        order = z.detach().argsort(dim=1, descending=True, stable=True)
        kept = torch.zeros_like(z).scatter_(1, order[:, : self.settings["kept"]], 1.0)
        return z * kept

    def forward(self, z: Tensor) -> Tensor:
        """The same code, in training too."""
        return self.point(z)
