"""The base class of all models."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from harmonium.data import DataSet, Examples

__all__ = ["Model"]


class Model(nn.Module):
    """A machine or a net with abilities (``models.abilities``) that can be saved and restored."""

    reads_tokens: ClassVar[bool] = False
    """Whether rows are indices of symbols, not real numbers."""

    channels: int = 0
    """Values of a frame where rows are series; 0 for other rows."""

    @property
    def device(self) -> torch.device:
        """Device of the parameters."""
        return next(self.parameters()).device

    def meet(self, data: DataSet) -> None:
        """Takes over from the data of a run what they alone know; by default nothing.

        Raises:
            ValueError: the data do not fit the model.
        """
        del data

    def reads(self, rows: Examples) -> Examples:
        """Returns the rows in the form that the model reads: by default flat, ``(B, D)``."""
        return rows.flattened()

    def batches(self, rows: Examples, size: int = 10_000) -> Iterator[dict[str, Tensor]]:
        """Yields all rows in order, in batches of at most ``size``, in the form of ``reads``."""
        return self.reads(rows).batches(size)

    @abstractmethod
    def outline(self) -> list[dict[str, Any]]:
        """One row for each part with parameters: "part", "kind", "shape" and "parameters"."""

    @abstractmethod
    def saved(self) -> dict[str, Any]:
        """The parameters, by name."""

    @abstractmethod
    def restore(self, saved: Mapping[str, Any]) -> None:
        """Restores saved parameters."""

    @abstractmethod
    def save(self, path: Path) -> None:
        """Writes the model to a safetensors file."""
