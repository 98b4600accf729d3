"""The base class of all models."""

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

__all__ = ["Model"]


class Model(nn.Module):
    """A machine or a net with abilities (``models.abilities``) that can be saved and restored."""

    @property
    def device(self) -> torch.device:
        """Device of the parameters."""
        return next(self.parameters()).device

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
