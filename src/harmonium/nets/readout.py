"""Nets whose hidden features are fixed: only a linear layer on top of them learns."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.random import Source

__all__ = ["Readout"]


class Readout(nn.Module, ABC):
    r"""Fixed features before a linear layer, ``(B, inputs) -> (B, outputs)``.

    .. math:: y = W \phi(x) + b

    ``learning.Ridge`` solves for W and b in one step; nothing else is learned. A kind of features
    is a subclass with ``features``.

    Args:
        units: number of values of a row, of features, and of outputs.
        outputs: "classes", of which the largest output decides, or "values".

    Raises:
        ValueError: there are not three sizes.
    """

    def __init__(
        self, units: Sequence[int], *, outputs: Literal["classes", "values"] = "classes"
    ) -> None:
        super().__init__()
        if len(units) != 3:
            raise UsageError(
                f"units {[*units]}: give three sizes: of a row, of the features, of the outputs"
            )
        self.units = tuple(int(n) for n in units)
        self.settings: dict[str, Any] = {"units": [*self.units], "outputs": outputs}
        _, features, count = self.units
        self.weight = nn.Parameter(torch.zeros((count, features), dtype=torch.float32))
        self.bias = nn.Parameter(torch.zeros(count, dtype=torch.float32))

    @property
    def output_kind(self) -> str:
        """Kind of the outputs: "indicators", near 1 for the class of a row, or "values"."""
        return "values" if self.settings.get("outputs") == "values" else "indicators"

    @abstractmethod
    def features(self, x: Tensor) -> Tensor:
        """The features of rows, ``(B, inputs) -> (B, features)``."""

    def prepare(self, x: Tensor, source: Source = None) -> None:
        """Fixes what the features take from training rows ``(N, inputs)``; by default nothing."""
        del x, source

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """The features as hidden layer: "h1", ``(B, features)``."""
        return {"h1": self.features(x)}

    def forward(self, x: Tensor) -> Tensor:
        """Outputs, ``(B, inputs) -> (B, outputs)``."""
        return nn.functional.linear(self.features(x), self.weight, self.bias)

    def decide(self, x: Tensor) -> Tensor:
        """Class with the largest output, ``(B,)``, int64."""
        return self(x).argmax(1)

    def extra_repr(self) -> str:
        """Settings, for ``repr``."""
        return ", ".join(f"{name}={value}" for name, value in self.settings.items())
