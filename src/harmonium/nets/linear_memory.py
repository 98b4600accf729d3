"""A linear associative memory: one matrix, recall by one product."""

from collections.abc import Mapping
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.errors import UsageError

__all__ = ["LinearMemory"]


@checked
class LinearMemory(nn.Module):
    r"""Recalls a value from a key, :math:`\hat y = M x`, ``(B, inputs) -> (B, outputs)``.

    The value is the code of the row's class (one unit on for each class), or the row itself: then
    the memory completes and cleans rows. The matrix is stored by ``learning.Associate`` or learned
    by ``learning.Hebbian``; it starts at zero.

    Args:
        inputs: number of values of a key.
        outputs: number of values of a value: of classes, or again ``inputs``.
        recalls: "classes" or "rows".

    Raises:
        ValueError: a memory of rows has other numbers of inputs and outputs.

    >>> LinearMemory(3, 2)(torch.ones(1, 3, dtype=torch.float32))
    tensor([[0., 0.]], grad_fn=<MmBackward0>)
    """

    def __init__(
        self, inputs: Count, outputs: Count, *, recalls: Literal["classes", "rows"] = "classes"
    ) -> None:
        super().__init__()
        d, k = int(inputs), int(outputs)
        if recalls == "rows" and d != k:
            raise UsageError(
                f"inputs are {d} and outputs {k}: a memory that recalls rows needs as many outputs"
            )
        self.settings: dict[str, Any] = {"inputs": d, "outputs": k, "recalls": recalls}
        self.weight = nn.Parameter(torch.zeros((k, d), dtype=torch.float32))

    @property
    def recalls(self) -> str:
        """Whether it recalls "classes" or "rows"."""
        return str(self.settings["recalls"])

    @property
    def output_kind(self) -> str:
        """Kind of the outputs: recall."""
        return "recall"

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of a key and of a value."""
        return self.weight.shape[1], self.weight.shape[0]

    def values(self, batch: Mapping[str, Tensor]) -> Tensor:
        """The values of a batch, ``(B, outputs)``: codes of the classes "y", or the rows "x"."""
        if self.recalls == "rows":
            return batch["x"]
        return one_hot(batch["y"], self.units[1]).to(batch["x"])

    def forward(self, x: Tensor) -> Tensor:
        """Recalled values, ``(B, inputs) -> (B, outputs)``."""
        return x @ self.weight.mT

    def extra_repr(self) -> str:
        """Sizes, for ``repr``."""
        return ", ".join(f"{name}={value}" for name, value in self.settings.items())
