"""The base class of all models."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.data import Examples, Kind

__all__ = ["Model"]


class Model(nn.Module):
    """A machine or a net with abilities (``models.abilities``) that can be saved and restored."""

    @property
    def device(self) -> torch.device:
        """Device of the parameters."""
        return next(self.parameters()).device

    def reads(self, rows: Examples) -> Examples:
        """Returns the rows in the form that the model reads: by default flat, ``(B, D)``."""
        return rows.flattened()

    def batches(self, rows: Examples, size: int = 10_000) -> Iterator[dict[str, Tensor]]:
        """Yields all rows in order, in batches of at most ``size``, in the form of ``reads``."""
        return self.reads(rows).batches(size)

    def check_columns(self, columns: Mapping[str, Kind]) -> None:
        """Raises ValueError where the model cannot read columns of these kinds."""
        del columns

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
