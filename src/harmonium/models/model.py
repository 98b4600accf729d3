"""What every model answers, whatever it can do."""

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

__all__ = ["Model"]


class Model(nn.Module):
    """A machine or a net with abilities (``models.abilities``), and how it is stored."""

    @property
    def device(self) -> torch.device:
        """Where the parameters lie."""
        return next(self.parameters()).device

    @abstractmethod
    def outline(self) -> list[dict[str, Any]]:
        """One row for each part with parameters: "part", "kind", "shape" and "parameters"."""

    @abstractmethod
    def saved(self) -> dict[str, Any]:
        """The parameters, by name."""

    @abstractmethod
    def restore(self, saved: Mapping[str, Any]) -> None:
        """Takes saved parameters back."""

    @abstractmethod
    def save(self, path: Path) -> None:
        """Writes the model to a safetensors file."""
